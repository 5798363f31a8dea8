// Msm on cards through XRT: a batch is cut into jobs, which are spread over compute units and cards.
//
// Order:   while a unit works at a job the host encodes its next and joins its last, and copies go on: two jobs a unit.
//          Which card did what does not show in the result: sums are exact and affine.
// Faults:  jobs of a card that fails are done again on the others; when none is left the call fails, naming each card
//          and its cause. There is no other way to compute behind this: an error is an error. While no card takes jobs
//          and one is drained or being tested, the call waits for it.
// Errors:  kDeviceFault for whatever the last card does wrong; kBadInput for bases that are not on the curve.
// Threads: calls of several threads take turns.
#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "host/device/card_place.hpp"
#include "host/device/msm/msm_card.hpp"
#include "host/kernels/msm.hpp"

namespace proofcard::device {

// On a card, digits of this many scalars take about as long as the calls around a job.
constexpr std::size_t kEarlyBatch = std::size_t{1} << 14;

class XrtMsm final : public kernels::Msm {
 public:
  // Pre: at least one card.
  XrtMsm(std::string name, CardPlaces places);
  XrtMsm(std::string name, const std::vector<std::shared_ptr<MsmCard>>& cards);

  std::string_view name() const override { return name_; }
  Result<std::shared_ptr<const kernels::MsmBases>> load_bases(std::span<const curve::G1Affine> bases) const override;
  Status rows(std::span<curve::G1Affine> out, const kernels::MsmBases& bases, const IntSpan& scalars,
              std::size_t row_len) const override;
  Status rows(std::span<curve::G1Affine> out, const kernels::MsmBases& bases, std::span<const Fr> scalars,
              std::size_t row_len) const override;
  Result<curve::G1Affine> once(std::span<const curve::G1Affine> points, std::span<const Fr> scalars) const override;
  std::optional<std::size_t> early_batch() const override { return kEarlyBatch; }
  bool is_trusted() const override { return false; }

  // The sum of one row whose scalars fill makes on this card, by those of its units; all of it is done there. Pre: whoever calls
  // has entered the card.
  Result<curve::G1Affine> sum_on_card(std::size_t card, std::span<const std::uint32_t> units,
                                      const kernels::MsmBases& bases, std::size_t num_points,
                                      const MsmCard::Fill& fill) const;

  // Of all cards together.
  Counters counters() const;
  // Jobs that were begun on a card that failed, and done on another.
  std::uint64_t moved_jobs() const;
  std::uint8_t implementation() const { return implementation_; }  // abi::kImplementation..., of the first card
  const MsmLimits& limits() const { return limits_; }

 private:
  // Does every part on a lane and adds up what work gives: part.num_rows sums.
  using Work = std::function<Status(std::span<curve::G1> sums, const Lane& lane, const MsmPart& part)>;
  SpreadResult add_parts(std::span<curve::G1> sums, std::span<const Lane> lanes, std::span<const MsmPart> parts,
                         const Work& work, SpreadCards& cards) const;
  Status run(std::span<curve::G1Affine> out, const kernels::MsmBases& bases, const RowScalars& scalars,
             std::size_t row_len) const;

  std::string name_;
  CardPlaces places_;
  std::vector<MsmWindows> windows_;  // by card
  std::vector<Lane> lanes_;
  MsmLimits limits_;
  std::uint8_t implementation_;
  mutable std::mutex mutex_;
  mutable std::uint64_t moved_jobs_ = 0;
  mutable std::uint64_t next_bases_ = 1;
};

}  // namespace proofcard::device
