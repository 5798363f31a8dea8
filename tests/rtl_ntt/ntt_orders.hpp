// What a job of an NTT kernel computes, whatever the orders of its two sides.
#pragma once

#include <span>
#include <utility>

#include "host/device/abi/abi_ntt_fr.hpp"
#include "host/kernels/ntt.hpp"

namespace proofcard::rtl {

// A job's flags, by the kernels' names; both kernels have the same.
struct NttFlags {
  bool inverse = false;
  bool bit_reversed = false;  // values
  bool coefficients_reversed = false;

  std::uint32_t word() const {
    return (inverse ? device::abi::ntt_fr::kFlagInverse : 0) |
           (bit_reversed ? device::abi::ntt_fr::kFlagBitReversed : 0) |
           (coefficients_reversed ? device::abi::ntt_fr::kFlagCoefficientsReversed : 0);
  }
};

inline constexpr NttFlags kAllFlags[] = {{false, false, false}, {false, true, false}, {false, false, true},
                                         {false, true, true},   {true, false, false}, {true, true, false},
                                         {true, false, true},   {true, true, true}};

template <class F>
void put_in_reverse(std::span<F> data, unsigned log_n) {
  const std::size_t n = std::size_t{1} << log_n;
  for (std::size_t i = 0; i < data.size(); ++i) {
    std::size_t reversed = 0;
    for (unsigned b = 0; b < log_n; ++b) {
      reversed |= (i >> b & 1) << (log_n - 1 - b);
    }
    if (const std::size_t j = i / n * n + reversed; i < j) {
      std::swap(data[i], data[j]);
    }
  }
}

// In place, by another implementation, which knows one reversed side at a time.
template <class F>
Status transform(const kernels::Ntt<F>& ntt, std::span<F> data, unsigned log_n, const NttFlags& flags, const F& shift) {
  kernels::NttJob<F> job{.log_n = log_n, .shift = shift};
  job.direction = flags.inverse ? kernels::NttDirection::kInverse : kernels::NttDirection::kForward;
  const bool in_reversed = flags.inverse ? flags.bit_reversed : flags.coefficients_reversed;
  const bool out_reversed = flags.inverse ? flags.coefficients_reversed : flags.bit_reversed;
  if (in_reversed && out_reversed) {
    put_in_reverse(data, log_n);
  }
  job.order = out_reversed  ? kernels::NttOrder::kNaturalToBitReversed
              : in_reversed ? kernels::NttOrder::kBitReversedToNatural
                            : kernels::NttOrder::kNaturalToNatural;
  return ntt.transform(data, job);
}

}  // namespace proofcard::rtl
