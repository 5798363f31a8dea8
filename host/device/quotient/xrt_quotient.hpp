// QuotientSum on cards: transforms, products and sum back to back on one card, whose host sends the values and gets the
// windows of the sum.
//
// Faults:  a chain of a card that fails is done again, from its start, on the next.
// Sizes:   what has no room on every card is composed: the transforms and the sum of the same cards, with the vectors
//          going through the host between them; counted apart.
// Errors:  kDeviceFault for whatever the last card does wrong; kBadInput for what has no room either way.
#pragma once

#include <atomic>
#include <memory>
#include <string>
#include <vector>

#include "host/device/msm/xrt_msm.hpp"
#include "host/device/ntt/xrt_ntt.hpp"
#include "host/device/quotient/quotient_card.hpp"
#include "host/kernels/quotient_sum.hpp"

namespace proofcard::device {

class XrtQuotient final : public kernels::QuotientSum {
 public:
  // Pre: every card has a chain; places are those of msm and ntt, which outlive this.
  XrtQuotient(std::string name, CardPlaces places, const XrtMsm& msm, const XrtNtt<Fr>& ntt);

  std::string_view name() const override { return name_; }
  Result<curve::G1Affine> sum(const kernels::MsmBases& bases, std::span<Fr> sides, unsigned log_n) const override;

  const QuotientCard& card(std::size_t i) const { return *places_[i]->kernels().quotient; }
  std::size_t num_cards() const { return places_.size(); }
  bool fits(unsigned log_n) const { return log_n <= max_log_n_; }
  // Sums that had no room as a chain.
  std::uint64_t composed() const { return composed_calls_; }
  // Chains that were begun on a card that failed, and done on another.
  std::uint64_t moved() const { return moved_; }

 private:
  std::string name_;
  CardPlaces places_;
  unsigned max_log_n_;  // of every card
  const XrtMsm& msm_;
  kernels::ComposedQuotientSum composed_;
  std::vector<Lane> lanes_;  // a path each
  mutable std::atomic<std::uint64_t> composed_calls_ = 0;
  mutable std::atomic<std::uint64_t> moved_ = 0;
};

}  // namespace proofcard::device
