// Ntt: number-theoretic transforms of length 2^log_n, the kernel that polynomial provers are made of.
//
// Forward: X[k] = sum_i x[i] (shift w^k)^i with w = root_of_unity(log_n) (host/field/two_adic.hpp): the values of the
//          polynomial x on the coset shift <w>. Inverse: the coefficients from those values, 1/n included.
// Shape:   data holds any number of transforms, one after the other: data.size() is a multiple of 2^log_n. In place.
// Order:   natural, or bit-reversed on one side: element i at the position of i's log_n bits in reverse.
// Range:   elements in and out are canonical, so results are equal byte for byte whatever the backend and threads.
// Errors:  kBadInput for a length, size or shift that is not allowed, with data untouched; kDeviceFault from a card.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "host/base/result.hpp"
#include "host/field/fr.hpp"
#include "host/field/goldilocks.hpp"

namespace proofcard::kernels {

inline constexpr unsigned kMaxLogNtt = 26;

enum class NttDirection : std::uint8_t { kForward, kInverse };
enum class NttOrder : std::uint8_t {
  kNaturalToNatural,
  kNaturalToBitReversed,
  kBitReversedToNatural,
};

template <class F>
struct NttJob {
  unsigned log_n = 0;
  NttDirection direction = NttDirection::kForward;
  NttOrder order = NttOrder::kNaturalToNatural;
  F shift = F::one();  // not zero
};

template <class F>
class Ntt {
 public:
  virtual ~Ntt() = default;
  virtual std::string_view name() const = 0;
  virtual Status transform(std::span<F> data, const NttJob<F>& job) const = 0;
};
using NttFr = Ntt<Fr>;
using NttGoldilocks = Ntt<Goldilocks>;

// What every backend refuses.
template <class F>
Status check_ntt(std::size_t data_size, const NttJob<F>& job) {
  if (job.log_n > kMaxLogNtt) {
    return bad_input("ntt", "log_n: expected at most {}, found {}", kMaxLogNtt, job.log_n);
  }
  if (data_size % (std::size_t{1} << job.log_n) != 0) {
    return bad_input("ntt", "number of elements: expected a multiple of 2^{}, found {}", job.log_n, data_size);
  }
  if (job.shift.is_zero()) {
    return bad_input("ntt", "shift of the coset: expected a nonzero element, found 0");
  }
  return {};
}

// Radix 2, one level after the other; the definition that the others are tested against.
const NttFr& reference_ntt_fr();
const NttGoldilocks& reference_ntt_goldilocks();
// Two passes over memory, eight or more transforms in step; AVX-512 (IFMA for Fr), AVX2 (Goldilocks) or portable by
// active_isa().
// Parallel.
const NttFr& cpu_ntt_fr();
const NttGoldilocks& cpu_ntt_goldilocks();

}  // namespace proofcard::kernels
