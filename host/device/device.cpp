#include "host/device/device.hpp"

#include <algorithm>
#include <thread>

namespace proofcard::device {
Device::Device(const std::string& name, const std::vector<CardKernels>& cards) {
  for (const CardKernels& card : cards) {
    places_.push_back(std::make_shared<CardPlace>(card));
  }
  msm_ = std::make_unique<XrtMsm>(name, places_);
  if (std::ranges::all_of(cards, [](const CardKernels& card) { return card.ntt_fr != nullptr; })) {
    ntt_fr_ = std::make_unique<XrtNtt<Fr>>(name, places_);
  }
  if (std::ranges::all_of(cards, [](const CardKernels& card) { return card.ntt_goldilocks != nullptr; })) {
    ntt_goldilocks_ = std::make_unique<XrtNtt<Goldilocks>>(name, places_);
  }
  if (std::ranges::all_of(cards, [](const CardKernels& card) { return card.quotient != nullptr; })) {
    quotient_ = std::make_unique<XrtQuotient>(name, places_, *msm_, *ntt_fr_);
  }
}

Result<std::unique_ptr<Device>> open(const std::string& name, const Options& options) {
  PROOFCARD_TRY(const std::vector<CardName> names, parse_cards(name));
  std::vector<std::optional<Result<CardKernels>>> opened(names.size());
  {
    std::vector<std::jthread> threads;
    for (std::size_t i = 0; i < names.size(); ++i) {
      threads.emplace_back([&, i] { opened[i] = open_card(names[i], options); });
    }
  }
  std::vector<CardKernels> cards;
  for (auto& card : opened) {
    if (!card->ok()) {
      return card->error();
    }
    cards.push_back(std::move(**card));
  }
  return std::make_unique<Device>(name, cards);
}

}  // namespace proofcard::device
