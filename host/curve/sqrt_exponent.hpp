// The exponent of a square root in Fq, (q + 1) / 4, in digits of 4 bits; shared by the implementations.
#pragma once

#include <cstdint>

#include "host/field/fq.hpp"

namespace proofcard::curve::sqrt_internal {

inline constexpr int kNumDigits = 63;

// Digits of (q + 1) / 4, the lowest first. q + 1 does not carry out of its lowest word.
struct Exponent {
  std::uint8_t digit[kNumDigits];
};
constexpr Exponent make_exponent() {
  static_assert((FqParams::kModulus[0] & 3) == 3);
  Exponent r{};
  for (int i = 0; i < kNumDigits; ++i) {
    unsigned digit = 0;
    for (int b = 0; b < 4; ++b) {
      const int bit = 4 * i + b + 2;
      const std::uint64_t word = FqParams::kModulus[static_cast<std::size_t>(bit / 64)] + (bit < 64 ? 1 : 0);
      digit |= static_cast<unsigned>((word >> (bit % 64)) & 1) << b;
    }
    r.digit[i] = static_cast<std::uint8_t>(digit);
  }
  return r;
}
inline constexpr Exponent kExponent = make_exponent();

// The power of each of `count` values, four words in Montgomery form each. Pre: count is a multiple of kSqrtGroup; the
// processor has AVX-512 IFMA.
inline constexpr std::size_t kSqrtGroup = 16;
void root_candidates_avx512(const std::uint64_t* values, std::size_t count, std::uint64_t* roots);

// Of two values at a time, in WebAssembly with vectors.
void root_candidates_simd128(const Fq& a, const Fq& b, Fq& root_a, Fq& root_b);

}  // namespace proofcard::curve::sqrt_internal
