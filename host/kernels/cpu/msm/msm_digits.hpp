// Signed digits of scalars: v = sum_w digit_w * 2^(c w), with digits in [-2^(c-1), 2^(c-1)].
//
// Adding 2^(c-1) to every digit but the last makes each digit a plain bit field, so windows are independent of each
// other. Shape:  num_windows = ceil(num_bits / c), where |v| <= 2^(num_bits - 1).
#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <span>
#include <type_traits>
#include <vector>

#include "host/field/fr.hpp"

namespace proofcard::kernels::msm_cpu {

// A magnitude of up to 64 * Words bits and a sign.
template <std::size_t Words>
struct SignedInteger {
  std::array<std::uint64_t, Words> magnitude;
  bool negative;
};

inline SignedInteger<1> signed_integer(std::int64_t v) {
  return {{v < 0 ? 0 - static_cast<std::uint64_t>(v) : static_cast<std::uint64_t>(v)}, v < 0};
}

// The representative of v of least magnitude, which is at most (p - 1) / 2 < 2^253.
inline SignedInteger<4> signed_integer(const Fr& v) {
  const U256 plus = v.canonical();
  std::uint64_t borrow = 0;
  const U256 minus = detail::subtract(Fr::kModulus, plus, borrow);
  return detail::less(minus, plus) ? SignedInteger<4>{minus, true} : SignedInteger<4>{plus, false};
}

template <class Scalar>
using SignedIntegerOf = decltype(signed_integer(std::declval<Scalar>()));

// The least num_bits (see above) for all of these; 1 when all are zero.
template <std::size_t Words>
std::size_t num_bits_of(std::span<const SignedInteger<Words>> values) {
  std::array<std::uint64_t, Words> seen{};
  for (const auto& v : values) {
    for (std::size_t i = 0; i < Words; ++i) {
      seen[i] |= v.magnitude[i];
    }
  }
  for (std::size_t i = Words; i-- > 0;) {
    if (seen[i] != 0) {
      // 64 Words is enough for the one value of full width, INT64_MIN.
      return std::min(64 * i + static_cast<std::size_t>(std::bit_width(seen[i])) + 1, 64 * Words);
    }
  }
  return 1;
}

template <std::size_t Words>
class DigitReader {
 public:
  DigitReader(std::size_t num_bits, std::size_t window_bits)
      : window_bits_(window_bits), num_windows_((num_bits + window_bits - 1) / window_bits) {
    for (std::size_t w = 0; w + 1 < num_windows_; ++w) {
      const std::size_t bit = window_bits_ * (w + 1) - 1;
      offset_[bit / 64] |= std::uint64_t{1} << (bit % 64);
    }
  }

  std::size_t num_windows() const { return num_windows_; }
  std::size_t window_bits() const { return window_bits_; }
  std::int32_t max_digit() const { return std::int32_t{1} << (window_bits_ - 1); }

  // The form that digit() reads.
  SignedInteger<Words> prepare(SignedInteger<Words> v) const {
    unsigned carry = 0;
    for (std::size_t i = 0; i < Words; ++i) {
      const std::uint64_t sum = v.magnitude[i] + offset_[i];
      const std::uint64_t with_carry = sum + carry;
      carry = static_cast<unsigned>(sum < v.magnitude[i]) + static_cast<unsigned>(with_carry < sum);
      v.magnitude[i] = with_carry;
    }
    return v;
  }

  std::int32_t digit(const SignedInteger<Words>& prepared, std::size_t window) const {
    const std::size_t bit = window * window_bits_;
    const std::size_t word = bit / 64;
    std::uint64_t field = prepared.magnitude[word] >> (bit % 64);
    if constexpr (Words > 1) {
      if (bit % 64 + window_bits_ > 64 && word + 1 < Words) {
        field |= prepared.magnitude[word + 1] << (64 - bit % 64);
      }
    }
    std::int32_t digit = 0;
    if (window + 1 < num_windows_) {
      digit = static_cast<std::int32_t>(field & ((std::uint64_t{1} << window_bits_) - 1)) - max_digit();
    } else {
      digit = static_cast<std::int32_t>(field);
    }
    const std::int32_t sign = -static_cast<std::int32_t>(prepared.negative);  // 0 or -1; signs are random, so no branch
    return (digit ^ sign) - sign;
  }

 private:
  std::array<std::uint64_t, Words> offset_{};
  std::size_t window_bits_;
  std::size_t num_windows_;
};

}  // namespace proofcard::kernels::msm_cpu
