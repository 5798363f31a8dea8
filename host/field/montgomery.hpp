// A prime field of up to 254 bits in four 64-bit limbs, in Montgomery form with R = 2^256.
//
// Source:  Montgomery 1985, interleaved by words; p < 2^254 keeps every intermediate value in five words.
// Range:   every stored value is in [0, p), as a*R mod p; so equality is equality of limbs.
// Errors:  from_bytes refuses non-canonical encodings.
#pragma once

#include <array>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <type_traits>
#include <vector>

#include "host/base/cpu_features.hpp"
#include "host/field/montgomery_mulx.hpp"
#include "host/field/montgomery_narrow.hpp"

namespace proofcard {

using U256 = std::array<std::uint64_t, 4>;  // little-endian limbs

namespace detail {

__extension__ using U128 = unsigned __int128;

// g++ 12 does not turn 128-bit sums into chains of add-with-carry, which makes a field product a third slower.
#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__)
#define PROOFCARD_CARRY_BUILTINS 1
#endif

// a + b + carry; sets carry to 0 or 1. Pre: carry is 0 or 1.
constexpr std::uint64_t add_carry(std::uint64_t a, std::uint64_t b, unsigned char& carry) {
#if defined(PROOFCARD_CARRY_BUILTINS)
  if (!std::is_constant_evaluated()) {
    unsigned long long sum = 0;
    carry = __builtin_ia32_addcarryx_u64(carry, a, b, &sum);
    return sum;
  }
#endif
  const U128 sum = static_cast<U128>(a) + b + carry;
  carry = static_cast<unsigned char>(sum >> 64);
  return static_cast<std::uint64_t>(sum);
}

// a - b - borrow; sets borrow to 0 or 1. Pre: borrow is 0 or 1.
constexpr std::uint64_t subtract_borrow(std::uint64_t a, std::uint64_t b, unsigned char& borrow) {
#if defined(PROOFCARD_CARRY_BUILTINS)
  if (!std::is_constant_evaluated()) {
    unsigned long long difference = 0;
    borrow = __builtin_ia32_sbb_u64(borrow, a, b, &difference);
    return difference;
  }
#endif
  const U128 difference = static_cast<U128>(a) - b - borrow;
  borrow = static_cast<unsigned char>(static_cast<std::uint64_t>(difference >> 64) & 1);
  return static_cast<std::uint64_t>(difference);
}
#undef PROOFCARD_CARRY_BUILTINS

// Returns a - b and sets borrow to 0 or 1.
constexpr U256 subtract(const U256& a, const U256& b, std::uint64_t& borrow) {
  unsigned char c = 0;
  const std::uint64_t d0 = subtract_borrow(a[0], b[0], c);
  const std::uint64_t d1 = subtract_borrow(a[1], b[1], c);
  const std::uint64_t d2 = subtract_borrow(a[2], b[2], c);
  const std::uint64_t d3 = subtract_borrow(a[3], b[3], c);
  borrow = c;
  return {d0, d1, d2, d3};
}

// a + b mod 2^256.
constexpr U256 add(const U256& a, const U256& b) {
  unsigned char c = 0;
  const std::uint64_t d0 = add_carry(a[0], b[0], c);
  const std::uint64_t d1 = add_carry(a[1], b[1], c);
  const std::uint64_t d2 = add_carry(a[2], b[2], c);
  const std::uint64_t d3 = add_carry(a[3], b[3], c);
  return {d0, d1, d2, d3};
}

constexpr bool less(const U256& a, const U256& b) {
  std::uint64_t borrow = 0;
  subtract(a, b, borrow);
  return borrow != 0;
}

// 2a mod p. Pre: a < p < 2^255.
constexpr U256 double_mod(const U256& a, const U256& p) {
  const U256 twice = add(a, a);
  return less(twice, p) ? twice : [&] {
    std::uint64_t borrow = 0;
    return subtract(twice, p, borrow);
  }();
}

// 2^exponent mod p.
constexpr U256 power_of_two_mod(unsigned exponent, const U256& p) {
  U256 r{1, 0, 0, 0};
  for (unsigned i = 0; i < exponent; ++i) {
    r = double_mod(r, p);
  }
  return r;
}

// -p^-1 mod 2^64, by Newton iteration.
constexpr std::uint64_t negative_inverse(std::uint64_t p0) {
  std::uint64_t inv = 1;
  for (int i = 0; i < 6; ++i) {
    inv *= 2 - p0 * inv;
  }
  return 0 - inv;
}

}  // namespace detail

// Params: static constexpr U256 kModulus.
template <class Params>
class MontgomeryField {
 public:
  static constexpr U256 kModulus = Params::kModulus;
  static constexpr std::size_t kBytes = 32;

  constexpr MontgomeryField() = default;  // zero

  static constexpr MontgomeryField zero() { return {}; }
  static constexpr MontgomeryField one() { return from_montgomery(kR); }
  static constexpr MontgomeryField from_u64(std::uint64_t v) {
    return from_montgomery({v, 0, 0, 0}) * from_montgomery(kR2);
  }
  static constexpr MontgomeryField from_i64(std::int64_t v) {
    return v < 0 ? -from_u64(0 - static_cast<std::uint64_t>(v)) : from_u64(static_cast<std::uint64_t>(v));
  }
  // Pre: v < p.
  static constexpr MontgomeryField from_canonical(const U256& v) { return from_montgomery(v) * from_montgomery(kR2); }
  // v mod p for any 256-bit v (five subtractions at most for BN254).
  static constexpr MontgomeryField from_u256_reduced(U256 v) {
    std::uint64_t borrow = 0;
    while (!detail::less(v, kModulus)) {
      v = detail::subtract(v, kModulus, borrow);
    }
    return from_canonical(v);
  }
  // (hi * 2^256 + lo) mod p: uniform to within 2^-256 when the 512 bits are.
  static constexpr MontgomeryField from_u512_reduced(const U256& lo, const U256& hi) {
    return from_u256_reduced(lo) + from_u256_reduced(hi) * from_montgomery(kR2);
  }
  // 64 little-endian bytes mod p: uniform to within 2^-256 when they are.
  static MontgomeryField from_bytes_reduced(std::span<const std::uint8_t, 64> bytes) {
    U256 limbs[2] = {};
    for (std::size_t i = 0; i < 64; ++i) {
      limbs[i / 32][(i % 32) / 8] |= static_cast<std::uint64_t>(bytes[i]) << (8 * (i % 8));
    }
    return from_u512_reduced(limbs[0], limbs[1]);
  }
  // Takes limbs that already are a*R mod p. Pre: below p.
  static constexpr MontgomeryField from_montgomery(const U256& limbs) {
    MontgomeryField f;
    f.limbs_ = limbs;
    return f;
  }

  constexpr const U256& montgomery() const { return limbs_; }
  constexpr U256 canonical() const { return reduce_once(multiply(limbs_, U256{1, 0, 0, 0})); }

  // 32 bytes, little-endian, canonical.
  std::array<std::uint8_t, kBytes> to_bytes() const {
    const U256 c = canonical();
    std::array<std::uint8_t, kBytes> out{};
    for (std::size_t i = 0; i < kBytes; ++i) {
      out[i] = static_cast<std::uint8_t>(c[i / 8] >> (8 * (i % 8)));
    }
    return out;
  }
  // Empty when the value is p or more. Pre: bytes.size() == 32.
  static std::optional<MontgomeryField> from_bytes(std::span<const std::uint8_t> bytes) {
    U256 v{};
    for (std::size_t i = 0; i < kBytes; ++i) {
      v[i / 8] |= static_cast<std::uint64_t>(bytes[i]) << (8 * (i % 8));
    }
    if (!detail::less(v, kModulus)) {
      return std::nullopt;
    }
    return from_canonical(v);
  }

  constexpr bool is_zero() const { return (limbs_[0] | limbs_[1] | limbs_[2] | limbs_[3]) == 0; }
  constexpr bool operator==(const MontgomeryField&) const = default;

  constexpr MontgomeryField operator+(const MontgomeryField& o) const {
    return from_montgomery(reduce_once(detail::add(limbs_, o.limbs_)));
  }
  constexpr MontgomeryField operator-(const MontgomeryField& o) const {
    std::uint64_t borrow = 0;
    const U256 d = detail::subtract(limbs_, o.limbs_, borrow);
    const std::uint64_t mask = 0 - borrow;
    return from_montgomery(
        detail::add(d, {kModulus[0] & mask, kModulus[1] & mask, kModulus[2] & mask, kModulus[3] & mask}));
  }
  constexpr MontgomeryField operator-() const { return zero() - *this; }
  constexpr MontgomeryField operator*(const MontgomeryField& o) const {
    return from_montgomery(reduce_once(multiply(limbs_, o.limbs_)));
  }
  constexpr MontgomeryField& operator+=(const MontgomeryField& o) { return *this = *this + o; }
  constexpr MontgomeryField& operator-=(const MontgomeryField& o) { return *this = *this - o; }
  constexpr MontgomeryField& operator*=(const MontgomeryField& o) { return *this = *this * o; }
  constexpr MontgomeryField square() const { return *this * *this; }
  constexpr MontgomeryField twice() const { return *this + *this; }

  // Variable time in the exponent, which must be public.
  constexpr MontgomeryField pow_vartime(const U256& exponent) const {
    MontgomeryField result = one();
    for (int bit = 255; bit >= 0; --bit) {
      result = result.square();
      if ((exponent[static_cast<std::size_t>(bit) / 64] >> (bit % 64)) & 1) {
        result *= *this;
      }
    }
    return result;
  }
  // By Fermat: fixed exponent, so the time does not depend on the value. The inverse of zero is zero.
  constexpr MontgomeryField inverse() const {
    U256 e = kModulus;
    e[0] -= 2;  // both BN254 moduli are odd and end in at least 2
    return pow_vartime(e);
  }

 private:
  static constexpr U256 kR = detail::power_of_two_mod(256, kModulus);
  static constexpr U256 kR2 = detail::power_of_two_mod(512, kModulus);
  static constexpr std::uint64_t kNegInv = detail::negative_inverse(kModulus[0]);
  static_assert(kModulus[3] < (std::uint64_t{1} << 62), "the product needs p < 2^254");

  // Brings a value in [0, 2p) to [0, p), without a branch on it.
  static constexpr U256 reduce_once(const U256& a) {
    std::uint64_t borrow = 0;
    const U256 d = detail::subtract(a, kModulus, borrow);
    const std::uint64_t keep = 0 - borrow;
    return {(a[0] & keep) | (d[0] & ~keep), (a[1] & keep) | (d[1] & ~keep), (a[2] & keep) | (d[2] & ~keep),
            (a[3] & keep) | (d[3] & ~keep)};
  }

  // a*b/R mod p, in [0, 2p). Interleaves the product with the reduction, one word of b a step; t stays below 2p, so
  // that five words hold it all along. Not inlined: a caller with several products would run out of registers
  // (measured: up to three times slower).
  [[gnu::noinline]] static constexpr U256 multiply(const U256& a, const U256& b) {
#if defined(PROOFCARD_HAS_MULX_CODE)
    if (!std::is_constant_evaluated() && mulx_chosen()) {
      return detail::multiply_mulx(a, b, kModulus, kNegInv);
    }
#endif
#if defined(__wasm__)
    constexpr detail::NarrowMontgomery kNarrow(kModulus);
    return kNarrow.multiply(a, b);
#else
    using detail::add_carry;
    using detail::U128;
    const auto low = [](U128 v) { return static_cast<std::uint64_t>(v); };
    const auto high = [](U128 v) { return static_cast<std::uint64_t>(v >> 64); };
    const std::uint64_t a0 = a[0], a1 = a[1], a2 = a[2], a3 = a[3];
    std::uint64_t t0 = 0, t1 = 0, t2 = 0, t3 = 0, t4 = 0;
#pragma GCC unroll 4
    for (std::size_t i = 0; i < 4; ++i) {
      // t += a * b[i]
      const U128 x0 = static_cast<U128>(a0) * b[i], x1 = static_cast<U128>(a1) * b[i];
      const U128 x2 = static_cast<U128>(a2) * b[i], x3 = static_cast<U128>(a3) * b[i];
      unsigned char c = 0;
      t0 = add_carry(t0, low(x0), c);
      t1 = add_carry(t1, low(x1), c);
      t2 = add_carry(t2, low(x2), c);
      t3 = add_carry(t3, low(x3), c);
      t4 = c;
      c = 0;
      t1 = add_carry(t1, high(x0), c);
      t2 = add_carry(t2, high(x1), c);
      t3 = add_carry(t3, high(x2), c);
      t4 = add_carry(t4, high(x3), c);
      // t = (t + m p) / 2^64 for the m that makes it exact
      const std::uint64_t m = t0 * kNegInv;
      const U128 y0 = static_cast<U128>(m) * kModulus[0], y1 = static_cast<U128>(m) * kModulus[1];
      const U128 y2 = static_cast<U128>(m) * kModulus[2], y3 = static_cast<U128>(m) * kModulus[3];
      c = 0;
      add_carry(t0, low(y0), c);
      t1 = add_carry(t1, low(y1), c);
      t2 = add_carry(t2, low(y2), c);
      t3 = add_carry(t3, low(y3), c);
      t4 = add_carry(t4, 0, c);
      c = 0;
      t0 = add_carry(t1, high(y0), c);
      t1 = add_carry(t2, high(y1), c);
      t2 = add_carry(t3, high(y2), c);
      t3 = add_carry(t4, high(y3), c);
    }
    return {t0, t1, t2, t3};
#endif
  }

  U256 limbs_{};
};

// Replaces every element by its inverse (zero stays zero) with one inversion in all (Montgomery's trick).
template <class Field>
void batch_inverse(std::span<Field> values) {
  std::vector<Field> prefix(values.size());
  Field product = Field::one();
  for (std::size_t i = 0; i < values.size(); ++i) {
    prefix[i] = product;
    if (!values[i].is_zero()) {
      product *= values[i];
    }
  }
  Field inverse = product.inverse();
  for (std::size_t i = values.size(); i-- > 0;) {
    if (!values[i].is_zero()) {
      const Field v = values[i];
      values[i] = inverse * prefix[i];
      inverse *= v;
    }
  }
}

}  // namespace proofcard
