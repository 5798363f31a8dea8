// Arithmetic of rtl/field/pc_gl_*.sv in C++: numbers in [0, p), p = 2^64 - 2^32 + 1.
#pragma once

#include <cstdint>

namespace proofcard::rtl {

inline constexpr std::uint64_t kGlModulus = 0xffffffff00000001;

inline std::uint64_t gl_mul(std::uint64_t a, std::uint64_t b) {
  __extension__ using Wide = unsigned __int128;
  const Wide product = static_cast<Wide>(a) * b;
  const auto low = static_cast<std::uint64_t>(product);
  const auto middle = static_cast<std::uint64_t>(product >> 64) & 0xffffffff;
  const auto high = static_cast<std::uint64_t>(product >> 96);
  // low + middle (2^32 - 1) - high
  std::uint64_t r = low - high;
  if (low < high) {
    r += kGlModulus;
  }
  const std::uint64_t fold = (middle << 32) - middle;
  const std::uint64_t sum = r + fold;
  r = sum < fold ? sum + 0xffffffff : sum;
  return r >= kGlModulus ? r - kGlModulus : r;
}
inline std::uint64_t gl_subtract(std::uint64_t a, std::uint64_t b) { return a >= b ? a - b : a + (kGlModulus - b); }
inline std::uint64_t gl_add(std::uint64_t a, std::uint64_t b) { return gl_subtract(a, b == 0 ? 0 : kGlModulus - b); }
inline std::uint64_t gl_halve(std::uint64_t a) { return (a >> 1) + ((a & 1) != 0 ? (kGlModulus + 1) / 2 : 0); }

}  // namespace proofcard::rtl
