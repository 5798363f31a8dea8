#include "host/device/device.hpp"

#include <thread>

namespace proofcard::device {
namespace {

Result<std::shared_ptr<MsmCard>> open_card(const CardName& name, const Options& options) {
  PROOFCARD_TRY(auto session, Session::open(name, options));
  return MsmCard::create(std::move(session));
}

}  // namespace

Result<std::unique_ptr<Device>> open(const std::string& name, const Options& options) {
  PROOFCARD_TRY(const std::vector<CardName> names, parse_cards(name));
  std::vector<std::optional<Result<std::shared_ptr<MsmCard>>>> opened(names.size());
  {
    std::vector<std::jthread> threads;
    for (std::size_t i = 0; i < names.size(); ++i) {
      threads.emplace_back([&, i] { opened[i] = open_card(names[i], options); });
    }
  }
  std::vector<std::shared_ptr<MsmCard>> cards;
  for (auto& card : opened) {
    if (!card->ok()) {
      return card->error();
    }
    cards.push_back(std::move(**card));
  }
  return std::make_unique<Device>(name, std::move(cards));
}

}  // namespace proofcard::device
