#include "host/device/quotient/xrt_quotient.hpp"

#include <algorithm>

#include "host/base/check.hpp"

namespace proofcard::device {

XrtQuotient::XrtQuotient(std::string name, CardPlaces places, const XrtMsm& msm, const XrtNtt<Fr>& ntt)
    : name_(std::move(name)),
      places_(std::move(places)),
      max_log_n_(kernels::kMaxLogNtt),
      msm_(msm),
      composed_(ntt, msm) {
  PROOFCARD_CHECK(!places_.empty());
  for (std::size_t c = 0; c < places_.size(); ++c) {
    max_log_n_ = std::min(max_log_n_, card(c).max_log_n());
    for (std::uint32_t path = 0; path < card(c).num_paths(); ++path) {
      lanes_.push_back({c, path, 0});
    }
  }
}

Result<curve::G1Affine> XrtQuotient::sum(const kernels::MsmBases& bases, std::span<Fr> sides, unsigned log_n) const {
  PROOFCARD_RETURN_IF_ERROR(kernels::check_quotient_sum(log_n));
  if (!fits(log_n)) {
    ++composed_calls_;
    return composed_.sum(bases, sides, log_n);
  }
  const std::size_t n = std::size_t{1} << log_n;
  prepare_quotient_sides(sides, n);
  curve::G1Affine out;
  const auto work = [&](const Lane& lane, std::size_t) -> Status {
    const QuotientCard& on = card(lane.card);
    PROOFCARD_TRY(const auto values, on.transform(lane.unit, sides, log_n));
    const auto fill = [&](const Buffer& scalars, const Lane& msm_lane, const MsmPart& part) {
      return on.fill(lane.unit, values, log_n, scalars, msm_lane, part);
    };
    PROOFCARD_TRY(out, msm_.sum_on_card(lane.card, on.msm_units(lane.unit), bases, n, fill));
    return {};
  };
  PlacedCards cards(places_);
  const SpreadResult result = spread(lanes_, 1, work, cards);
  moved_ += result.moved;
  PROOFCARD_RETURN_IF_ERROR(result.status);
  return out;
}

}  // namespace proofcard::device
