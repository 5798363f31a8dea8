#include "host/device/ntt/xrt_ntt.hpp"

#include <algorithm>
#include <bit>
#include <type_traits>

#include "host/base/check.hpp"

namespace proofcard::device {

template <class F>
const NttCard<F>& XrtNtt<F>::on(const CardPlace& place) {
  if constexpr (std::is_same_v<F, Fr>) {
    return *place.kernels().ntt_fr;
  } else {
    return *place.kernels().ntt_goldilocks;
  }
}

template <class F>
XrtNtt<F>::XrtNtt(std::string name, CardPlaces places) : name_(std::move(name)), places_(std::move(places)) {
  PROOFCARD_CHECK(!places_.empty());
  max_points_ = SIZE_MAX;
  max_log_n_ = kernels::kMaxLogNtt;
  for (std::size_t c = 0; c < places_.size(); ++c) {
    const NttCard<F>& card = on(*places_[c]);
    max_points_ = std::min(max_points_, card.max_points());
    max_log_n_ = std::min(max_log_n_, card.max_log_n());
    for (std::uint32_t unit = 0; unit < card.num_units(); ++unit) {
      lanes_.push_back({c, unit, 0});
    }
  }
}

template <class F>
Status XrtNtt<F>::transform(std::span<F> data, const kernels::NttJob<F>& job) const {
  PROOFCARD_RETURN_IF_ERROR(kernels::check_ntt(data.size(), job));
  const std::size_t n = std::size_t{1} << job.log_n;
  if (job.log_n > max_log_n_ || n > max_points_) {
    return bad_input("--device " + name_, "expected transforms of at most 2^{} points, found 2^{}",
                     std::min(max_log_n_, static_cast<unsigned>(std::bit_width(max_points_) - 1)), job.log_n);
  }
  const std::size_t batch = data.size() / n;
  const std::size_t most = std::min<std::size_t>(max_points_ / n, abi::ntt_fr::kMaxBatch);
  const std::size_t at_once = std::clamp<std::size_t>((batch + lanes_.size() - 1) / lanes_.size(), 1, most);
  const auto work = [&](const Lane& lane, std::size_t task) -> Status {
    const std::size_t first = task * at_once;
    return on(*places_[lane.card]).run(lane.unit, data.subspan(first * n, std::min(at_once, batch - first) * n), job);
  };
  PlacedCards cards(places_);
  return spread(lanes_, (batch + at_once - 1) / at_once, work, cards).status;
}

template <class F>
Counters XrtNtt<F>::counters() const {
  Counters out;
  for (const auto& place : places_) {
    if (const CardPlace::Use use(*place); use) {
      out = out + on(*place).counters();
    }
  }
  return out;
}

template class XrtNtt<Fr>;
template class XrtNtt<Goldilocks>;

}  // namespace proofcard::device
