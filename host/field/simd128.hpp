// Two elements of a field at a time, for WebAssembly's vectors of 128 bits: the product of montgomery_narrow.hpp in both halves.
//
// Shape:   nine limbs of 29 bits an element; vector k has limbs 2k of both elements, then limbs 2k + 1, each in 32 bits. What is multiplied is
//          widened by the instruction that multiplies, 32 by 32 bits into 64, low or high half.
// Form:    a value stands as a * 2^261 mod p, nine rounds of 29 bits; MontgomeryField has R = 2^256.
// Range:   factors below 32 p, with limbs of 29 bits; products are below (32^2 / 2^7.4 + 1) p < 7.1 p, and below 1.4 p where factors are below
//          7.1 p: a b / 2^261 + p, where p < 2^253.6. Sums of a limb stay below 2 * 9 * 2^58 + 2^35 < 2^63.
#pragma once

#if defined(__wasm_simd128__)

#include <wasm_simd128.h>

#include <array>
#include <cstddef>
#include <cstdint>

#include "host/field/montgomery.hpp"

namespace proofcard::simd128 {

inline constexpr std::size_t kLanes = 2;

struct Pair {
  std::array<v128_t, 5> limbs;
};

// Field: a MontgomeryField.
template <class Field>
class PairOf {
 public:
  // Of a 2^256 and b 2^256 it makes a 2^261 and b 2^261, which are below 32 p.
  static Pair load(const Field& a, const Field& b) {
    Limbs left = split(a.montgomery()), right = split(b.montgomery());
    Pair out;
    for (std::size_t k = 0; k < out.limbs.size(); ++k) {
      out.limbs[k] = wasm_u32x4_make(left[2 * k], right[2 * k], left[2 * k + 1], right[2 * k + 1]);
    }
    return out;
  }

  // Pre: below 33 p.
  static Field first(const Pair& a) { return join<0>(a); }
  static Field second(const Pair& a) { return join<1>(a); }

  static Pair multiply(const Pair& a, const Pair& b) {
    Sums t;
    t.fill(wasm_i64x2_const_splat(0));
    const Pair p = modulus();
#pragma GCC unroll 9
    for (std::size_t i = 0; i < kLimbs; ++i) {
      const v128_t factor = limb_twice(b, i);
      t[i] = wasm_i64x2_add(t[i], product(a, factor, 0));
      const v128_t m = quotient(t[i]);
      t[i] = wasm_i64x2_add(t[i], product(p, m, 0));
      t[i + 1] = wasm_i64x2_add(t[i + 1], wasm_u64x2_shr(t[i], kBits));
#pragma GCC unroll 8
      for (std::size_t j = 1; j < kLimbs; ++j) {
        t[i + j] = wasm_i64x2_add(wasm_i64x2_add(t[i + j], product(a, factor, j)), product(p, m, j));
      }
    }
    return carried(t);
  }

  static Pair square(const Pair& a) {
    Sums t;
    t.fill(wasm_i64x2_const_splat(0));
    const Pair p = modulus();
    Pair twice;
#pragma GCC unroll 5
    for (std::size_t k = 0; k < a.limbs.size(); ++k) {
      twice.limbs[k] = wasm_i32x4_shl(a.limbs[k], 1);
    }
#pragma GCC unroll 9
    for (std::size_t i = 0; i < kLimbs; ++i) {
      const v128_t factor = limb_twice(a, i);
      t[2 * i] = wasm_i64x2_add(t[2 * i], product(a, factor, i));
#pragma GCC unroll 8
      for (std::size_t j = i + 1; j < kLimbs; ++j) {
        t[i + j] = wasm_i64x2_add(t[i + j], product(twice, factor, j));
      }
    }
#pragma GCC unroll 9
    for (std::size_t i = 0; i < kLimbs; ++i) {
      const v128_t m = quotient(t[i]);
      t[i] = wasm_i64x2_add(t[i], product(p, m, 0));
      t[i + 1] = wasm_i64x2_add(t[i + 1], wasm_u64x2_shr(t[i], kBits));
#pragma GCC unroll 8
      for (std::size_t j = 1; j < kLimbs; ++j) {
        t[i + j] = wasm_i64x2_add(t[i + j], product(p, m, j));
      }
    }
    return carried(t);
  }

 private:
  static constexpr std::size_t kLimbs = 9;
  static constexpr unsigned kBits = 29;
  static constexpr unsigned kShift = 5;  // 261 - 256
  static constexpr std::uint32_t kMask = (std::uint32_t{1} << kBits) - 1;
  using Limbs = std::array<std::uint32_t, kLimbs + 1>;  // the last is 0
  using Sums = std::array<v128_t, 2 * kLimbs>;          // 64 bits a limb and element

  // Of words * 2^shift.
  static constexpr Limbs split(const U256& words, unsigned shift = kShift) {
    Limbs out{};
    for (std::size_t i = 0; i < kLimbs; ++i) {
      const std::size_t bit = kBits * i + 64 - shift;  // in words behind 64 zeros
      const std::uint64_t low = bit / 64 == 0 ? 0 : words[bit / 64 - 1];
      const std::uint64_t high = bit / 64 < words.size() ? words[bit / 64] : 0;
      out[i] = static_cast<std::uint32_t>(low >> (bit % 64)) & kMask;
      if (bit % 64 > 64 - kBits) {
        out[i] |= static_cast<std::uint32_t>(high << (64 - bit % 64)) & kMask;
      }
    }
    return out;
  }
  static constexpr Limbs kModulus = split(Field::kModulus, 0);
  // -1 / p mod 2^29, by Newton iteration.
  static constexpr std::uint32_t kNegativeInverse = [] {
    std::uint32_t inverse = 1;
    for (int i = 0; i < 5; ++i) {
      inverse *= 2 - kModulus[0] * inverse;
    }
    return (0 - inverse) & kMask;
  }();

  // a / 2^5 mod p, canonical, of element Lane: the multiple of p is added that makes it divisible.
  template <int Lane>
  static Field join(const Pair& a) {
    Limbs limbs;
    for (std::size_t k = 0; k < a.limbs.size(); ++k) {
      limbs[2 * k] = wasm_u32x4_extract_lane(a.limbs[k], Lane);
      limbs[2 * k + 1] = wasm_u32x4_extract_lane(a.limbs[k], Lane + 2);
    }
    constexpr std::uint32_t kLow = (std::uint32_t{1} << kShift) - 1;
    const std::uint64_t m = (limbs[0] * kNegativeInverse) & kLow;
    U256 out{};
    std::uint64_t carry = 0;
    for (std::size_t i = 0; i < kLimbs; ++i) {
      const std::uint64_t sum = limbs[i] + m * kModulus[i] + carry;
      carry = sum >> kBits;
      const std::uint64_t limb = i + 1 < kLimbs ? sum & kMask : sum;
      if (i == 0) {
        out[0] = limb >> kShift;
        continue;
      }
      const std::size_t bit = kBits * i - kShift;
      out[bit / 64] |= limb << (bit % 64);
      if (bit % 64 > 64 - kBits) {
        out[bit / 64 + 1] |= limb >> (64 - bit % 64);
      }
    }
    std::uint64_t borrow = 0;
    const U256 less = detail::subtract(out, Field::kModulus, borrow);  // (33 + 31) p / 32 = 2 p
    return Field::from_montgomery(borrow != 0 ? out : less);
  }

  static Pair modulus() {
    Pair out;
#pragma GCC unroll 5
    for (std::size_t k = 0; k < out.limbs.size(); ++k) {
      out.limbs[k] = wasm_u32x4_make(kModulus[2 * k], kModulus[2 * k], kModulus[2 * k + 1], kModulus[2 * k + 1]);
    }
    return out;
  }

  // Limb i of both elements, in both halves.
  static v128_t limb_twice(const Pair& a, std::size_t i) {
    const v128_t v = a.limbs[i / 2];
    return i % 2 == 0 ? wasm_i64x2_shuffle(v, v, 0, 0) : wasm_i64x2_shuffle(v, v, 1, 1);
  }
  // Limb i of a times the factor, which stands in both halves.
  static v128_t product(const Pair& a, v128_t factor, std::size_t i) {
    return i % 2 == 0 ? wasm_u64x2_extmul_low_u32x4(a.limbs[i / 2], factor)
                      : wasm_u64x2_extmul_high_u32x4(a.limbs[i / 2], factor);
  }
  // What p is multiplied by, so that the lowest limb vanishes; in both halves.
  static v128_t quotient(v128_t sum) {
    const v128_t m =
        wasm_v128_and(wasm_i32x4_mul(sum, wasm_u32x4_const_splat(kNegativeInverse)), wasm_u32x4_const_splat(kMask));
    return wasm_i32x4_shuffle(m, m, 0, 2, 0, 2);
  }
  // The upper nine sums as limbs.
  static Pair carried(const Sums& t) {
    const v128_t mask = wasm_i64x2_const_splat(kMask);
    std::array<v128_t, kLimbs + 1> limbs;
    v128_t carry = wasm_i64x2_const_splat(0);
#pragma GCC unroll 9
    for (std::size_t i = 0; i < kLimbs; ++i) {
      const v128_t sum = wasm_i64x2_add(t[kLimbs + i], carry);
      limbs[i] = i + 1 < kLimbs ? wasm_v128_and(sum, mask) : sum;
      carry = wasm_u64x2_shr(sum, kBits);
    }
    limbs[kLimbs] = wasm_i64x2_const_splat(0);
    Pair out;
#pragma GCC unroll 5
    for (std::size_t k = 0; k < out.limbs.size(); ++k) {
      out.limbs[k] = wasm_i32x4_shuffle(limbs[2 * k], limbs[2 * k + 1], 0, 2, 4, 6);
    }
    return out;
  }
};

}  // namespace proofcard::simd128

#endif
