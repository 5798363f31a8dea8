// Goldilocks: the prime field of p = 2^64 - 2^32 + 1 = 0xffffffff00000001.
//
// Method:  2^64 = 2^32 - 1 and 2^96 = -1 mod p, so a 128-bit product is reduced by one 32-bit product and additions.
// Range:   every stored value is in [0, p), the element itself (no Montgomery form); equality is equality of words.
// Timing:  no branch depends on a value, except in pow_vartime's public exponent.
#pragma once

#include <cstdint>

namespace proofcard {

class Goldilocks {
 public:
  static constexpr std::uint64_t kModulus = 0xffffffff00000001;

  constexpr Goldilocks() = default;  // zero

  static constexpr Goldilocks zero() { return {}; }
  static constexpr Goldilocks one() { return from_canonical(1); }
  // v mod p.
  static constexpr Goldilocks from_u64(std::uint64_t v) { return from_canonical(reduce_once(v)); }
  // Pre: v < p.
  static constexpr Goldilocks from_canonical(std::uint64_t v) {
    Goldilocks x;
    x.value_ = v;
    return x;
  }
  constexpr std::uint64_t canonical() const { return value_; }

  constexpr bool is_zero() const { return value_ == 0; }
  constexpr bool operator==(const Goldilocks&) const = default;

  constexpr Goldilocks operator+(const Goldilocks& o) const {
    const std::uint64_t sum = value_ + o.value_;
    // A carry stands for 2^64 = kEpsilon; the sum is below 2 p, so it leaves something below p - 1.
    return from_canonical(reduce_once(sum + (kEpsilon & mask(sum < value_))));
  }
  constexpr Goldilocks operator-(const Goldilocks& o) const {
    return from_canonical(value_ - o.value_ + (kModulus & mask(value_ < o.value_)));
  }
  constexpr Goldilocks operator-() const { return zero() - *this; }
  constexpr Goldilocks operator*(const Goldilocks& o) const {
    __extension__ using Word128 = unsigned __int128;
    const Word128 product = static_cast<Word128>(value_) * o.value_;
    const auto low = static_cast<std::uint64_t>(product);
    const auto high = static_cast<std::uint64_t>(product >> 64);
    // low + 2^64 middle + 2^96 top = low - top + kEpsilon middle.
    const std::uint64_t top = high >> 32, middle = high & kEpsilon;
    std::uint64_t difference = low - top;
    difference -= kEpsilon & mask(low < top);
    const std::uint64_t sum = difference + middle * kEpsilon;
    return from_canonical(reduce_once(sum + (kEpsilon & mask(sum < difference))));
  }
  constexpr Goldilocks& operator+=(const Goldilocks& o) { return *this = *this + o; }
  constexpr Goldilocks& operator-=(const Goldilocks& o) { return *this = *this - o; }
  constexpr Goldilocks& operator*=(const Goldilocks& o) { return *this = *this * o; }

  // Variable time in the exponent, which must be public.
  constexpr Goldilocks pow_vartime(std::uint64_t exponent) const {
    Goldilocks result = one();
    for (int bit = 63; bit >= 0; --bit) {
      result *= result;
      if (((exponent >> bit) & 1) != 0) {
        result *= *this;
      }
    }
    return result;
  }
  // By Fermat. The inverse of zero is zero.
  constexpr Goldilocks inverse() const { return pow_vartime(kModulus - 2); }

 private:
  static constexpr std::uint64_t kEpsilon = 0xffffffff;  // 2^64 mod p

  static constexpr std::uint64_t mask(bool condition) {
    return std::uint64_t{0} - static_cast<std::uint64_t>(condition);
  }
  static constexpr std::uint64_t reduce_once(std::uint64_t v) { return v - (kModulus & mask(v >= kModulus)); }

  std::uint64_t value_ = 0;
};

}  // namespace proofcard
