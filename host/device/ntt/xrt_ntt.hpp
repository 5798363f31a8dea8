// Ntt on cards: batches are shared out over all units of all cards; what a failing card had is done by the others.
#pragma once

#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "host/device/card_place.hpp"
#include "host/device/jobs/spread.hpp"
#include "host/device/ntt/ntt_card.hpp"

namespace proofcard::device {

template <class F>
class XrtNtt final : public kernels::Ntt<F> {
 public:
  // Pre: at least one card, and each has such units.
  XrtNtt(std::string name, CardPlaces places);

  std::string_view name() const override { return name_; }
  // Errors: kBadInput also for a transform that has no room on a card.
  Status transform(std::span<F> data, const kernels::NttJob<F>& job) const override;

  const NttCard<F>& card(std::size_t i) const { return on(*places_[i]); }
  Counters counters() const;

 private:
  static const NttCard<F>& on(const CardPlace& place);

  std::string name_;
  CardPlaces places_;
  std::vector<Lane> lanes_;
  std::size_t max_points_ = 0;
  unsigned max_log_n_ = 0;
};

extern template class XrtNtt<Fr>;
extern template class XrtNtt<Goldilocks>;

}  // namespace proofcard::device
