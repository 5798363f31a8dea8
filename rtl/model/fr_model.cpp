#include "rtl/model/fr_model.hpp"

#include <cstddef>

namespace proofcard::rtl {
namespace {

__extension__ using Wide = unsigned __int128;
constexpr std::uint64_t kMask26 = (std::uint64_t{1} << 26) - 1;
constexpr const U256& kR = FrParams::kModulus;
using Number = std::array<std::uint64_t, 9>;  // little-endian words

// t += factor * r * 2^bits. Pre: bits below 256; the sum fits.
void add_multiple(Number& t, std::uint64_t factor, unsigned bits) {
  const std::size_t word = bits / 64;
  const Wide shifted = static_cast<Wide>(factor) << (bits % 64);
  for (const std::size_t half : {std::size_t{0}, std::size_t{1}}) {
    const auto part = static_cast<std::uint64_t>(shifted >> (64 * half));
    Wide carry = 0;
    for (std::size_t i = word + half; i < t.size(); ++i) {
      const std::size_t k = i - word - half;
      carry += static_cast<Wide>(t[i]) + (k < 4 ? static_cast<Wide>(part) * kR[k] : 0);
      t[i] = static_cast<std::uint64_t>(carry);
      carry >>= 64;
    }
  }
}

std::uint64_t digit(const Number& t, unsigned bits) {
  const std::size_t word = bits / 64;
  const Wide both = (static_cast<Wide>(t[word + 1]) << 64) | t[word];
  return static_cast<std::uint64_t>(both >> (bits % 64)) & kMask26;
}

}  // namespace

FrLazy fr_mul(const FrLazy& a, const FrLazy& b) {
  Number t{};
  for (std::size_t i = 0; i < 4; ++i) {
    Wide carry = 0;
    for (std::size_t j = 0; j < 4; ++j) {
      carry += static_cast<Wide>(a[j]) * b[i] + t[i + j];
      t[i + j] = static_cast<std::uint64_t>(carry);
      carry >>= 64;
    }
    t[i + 4] = static_cast<std::uint64_t>(carry);
  }
  // A digit d below the last is its own quotient for (2^26 - 1) r, which is -1 mod 2^26.
  for (unsigned n = 0; n < 9; ++n) {
    add_multiple(t, digit(t, 26 * n) * kMask26, 26 * n);
  }
  add_multiple(t, (0 - digit(t, 26 * 9)) & kMask26, 26 * 9);
  FrLazy result{};
  for (std::size_t i = 0; i < 4; ++i) {
    result[i] = (t[i + 4] >> 4) | (t[i + 5] << 60);
  }
  return result;
}

Fr fr_value(const FrLazy& a) { return Fr::from_u256_reduced({a[0], a[1], a[2], a[3]}); }

}  // namespace proofcard::rtl
