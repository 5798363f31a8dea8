#include "host/device/device.hpp"

#include <algorithm>
#include <thread>

namespace proofcard::device {
namespace {

Result<CardKernels> open_card(const CardName& name, const Options& options) {
  PROOFCARD_TRY(const auto session, Session::open(name, options));
  CardKernels out;
  PROOFCARD_TRY(out.msm, MsmCard::create(session));
  PROOFCARD_TRY(out.ntt_fr, NttCard<Fr>::create(session));
  PROOFCARD_TRY(out.ntt_goldilocks, NttCard<Goldilocks>::create(session));
  PROOFCARD_TRY(out.quotient, QuotientCard::create(session, out.msm, out.ntt_fr));
  return out;
}

template <class F>
std::unique_ptr<XrtNtt<F>> make_ntt(const std::string& name, const std::vector<CardKernels>& cards,
                                    std::shared_ptr<NttCard<F>> CardKernels::*kernel) {
  std::vector<std::shared_ptr<NttCard<F>>> all;
  for (const CardKernels& card : cards) {
    if (card.*kernel == nullptr) {
      return nullptr;
    }
    all.push_back(card.*kernel);
  }
  return std::make_unique<XrtNtt<F>>(name, std::move(all));
}

}  // namespace

Device::Device(const std::string& name, const std::vector<CardKernels>& cards)
    : ntt_fr_(make_ntt(name, cards, &CardKernels::ntt_fr)),
      ntt_goldilocks_(make_ntt(name, cards, &CardKernels::ntt_goldilocks)) {
  for (const CardKernels& card : cards) {
    cards_.push_back(card.msm);
  }
  msm_ = std::make_unique<XrtMsm>(name, cards_);
  if (std::ranges::all_of(cards, [](const CardKernels& card) { return card.quotient != nullptr; })) {
    std::vector<std::shared_ptr<QuotientCard>> chains;
    for (const CardKernels& card : cards) {
      chains.push_back(card.quotient);
    }
    quotient_ = std::make_unique<XrtQuotient>(name, std::move(chains), *msm_, *ntt_fr_);
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
