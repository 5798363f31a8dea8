// Eight products at a time in a 254-bit prime field, with AVX-512 IFMA: five 52-bit limbs, one lane an element.
//
// Include it only from *_avx512.cpp files. Everything is in an unnamed namespace on purpose: a function with external
// linkage that was compiled for AVX-512 could be the copy that the linker keeps for portable callers, and crash older
// processors. For the same reason such files instantiate no templates of std and call no inline functions of Fr or Fq;
// tests/field/check_isa_objects.cmake looks at the object files.
//
// Source:  Montgomery 1985, with R = 2^260 over 52-bit digits.
// Form:    memory holds Fr and Fq as they are, x * 2^256 mod p in four 64-bit words. With one factor multiplied by 16,
//          which a load does for free (load_x16), the product divides by 2^260 and so gives A * B / 2^256: the same
//          form. Products in a chain may instead stay in 2^260 form: what load_x16 gives is that form (below 16 p), mul
//          keeps it, and div16 leaves it.
// Range:   Limbs are normalised when limbs 0..3 are in [0, 2^52) and limb 4 is in [0, 2^52): values below 2^260, where
//          p < 0.1891 * 2^256 and 84 p < 2^260. Functions take and return normalised values; "canonical" is below p.
//          A function that can go below zero is told how many p to add.
#pragma once

#if !defined(__AVX512IFMA__)
#error "ifma52.hpp is for files that are compiled for AVX-512 IFMA"
#endif

// g++ 12 takes the deliberately undefined merge operands in this header for mistakes (GCC bug 105593).
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wmaybe-uninitialized"
#pragma GCC diagnostic ignored "-Wuninitialized"
#if defined(__x86_64__)  // elsewhere a test emulates it
#include <immintrin.h>
#endif
#pragma GCC diagnostic pop

#include <cstddef>
#include <cstdint>

namespace proofcard::ifma52 {
namespace {

#define PROOFCARD_IFMA [[gnu::always_inline]] static inline

using Word = std::uint64_t;

struct Limbs {
  __m512i l[5];
};
// An unreduced product or sum of products: sum_k c[k] * 2^(52 k), columns of up to 64 bits.
struct Wide {
  __m512i c[10];
};

constexpr Word kMask = (Word{1} << 52) - 1;

PROOFCARD_IFMA __m512i mask52() { return _mm512_set1_epi64(static_cast<long long>(kMask)); }

// ---- between four 64-bit words and limbs ----

// (x | y) & mask
PROOFCARD_IFMA __m512i or_and(__m512i x, __m512i y, __m512i mask) {
  return _mm512_ternarylogic_epi64(x, y, mask, 0xa8);
}

// word[k] holds word k of the eight elements. Shift = 4 multiplies by 16; then words must be below 2^256 (any are).
template <int Shift>
PROOFCARD_IFMA Limbs limbs_from_words(const __m512i word[4]) {
  const __m512i mask = mask52();
  Limbs r;
  r.l[0] = _mm512_and_si512(Shift == 0 ? word[0] : _mm512_slli_epi64(word[0], Shift), mask);
  r.l[1] = or_and(_mm512_srli_epi64(word[0], 52 - Shift), _mm512_slli_epi64(word[1], 12 + Shift), mask);
  r.l[2] = or_and(_mm512_srli_epi64(word[1], 40 - Shift), _mm512_slli_epi64(word[2], 24 + Shift), mask);
  r.l[3] = or_and(_mm512_srli_epi64(word[2], 28 - Shift), _mm512_slli_epi64(word[3], 36 + Shift), mask);
  r.l[4] = _mm512_srli_epi64(word[3], 16 - Shift);
  return r;
}

PROOFCARD_IFMA __m512i load_two(const Word* low, const Word* high) {
  const __m512i v = _mm512_castsi256_si512(_mm256_loadu_si256(reinterpret_cast<const __m256i*>(low)));
  return _mm512_inserti64x4(v, _mm256_loadu_si256(reinterpret_cast<const __m256i*>(high)), 1);
}

// Lane i of word[k] becomes e_i[k].
PROOFCARD_IFMA void transpose_in(__m512i word[4], const Word* e0, const Word* e1, const Word* e2, const Word* e3,
                                 const Word* e4, const Word* e5, const Word* e6, const Word* e7) {
  const __m512i a = load_two(e0, e2), b = load_two(e1, e3), c = load_two(e4, e6), d = load_two(e5, e7);
  const __m512i ab_even = _mm512_unpacklo_epi64(a, b), ab_odd = _mm512_unpackhi_epi64(a, b);
  const __m512i cd_even = _mm512_unpacklo_epi64(c, d), cd_odd = _mm512_unpackhi_epi64(c, d);
  word[0] = _mm512_shuffle_i64x2(ab_even, cd_even, 0x88);
  word[1] = _mm512_shuffle_i64x2(ab_odd, cd_odd, 0x88);
  word[2] = _mm512_shuffle_i64x2(ab_even, cd_even, 0xdd);
  word[3] = _mm512_shuffle_i64x2(ab_odd, cd_odd, 0xdd);
}

// Lane i is the element at base + i * Stride words; Stride = 4 reads eight consecutive elements, 8 every other one.
// Shift = 0: the value, Shift = 4: sixteen times the value.
template <int Shift, std::size_t Stride>
PROOFCARD_IFMA Limbs load_shifted(const Word* base) {
  __m512i word[4];
  transpose_in(word, base, base + Stride, base + 2 * Stride, base + 3 * Stride, base + 4 * Stride, base + 5 * Stride,
               base + 6 * Stride, base + 7 * Stride);
  return limbs_from_words<Shift>(word);
}
template <std::size_t Stride = 4>
PROOFCARD_IFMA Limbs load(const Word* base) {
  return load_shifted<0, Stride>(base);
}
template <std::size_t Stride = 4>
PROOFCARD_IFMA Limbs load_x16(const Word* base) {
  return load_shifted<4, Stride>(base);
}

// Lane i is the element at e[i].
template <int Shift = 0>
PROOFCARD_IFMA Limbs gather(const Word* const e[8]) {
  __m512i word[4];
  transpose_in(word, e[0], e[1], e[2], e[3], e[4], e[5], e[6], e[7]);
  return limbs_from_words<Shift>(word);
}
// Lane i is the element at base + index[i] * Stride words.
template <std::size_t Stride = 4, int Shift = 0>
PROOFCARD_IFMA Limbs gather_index(const Word* base, const std::uint32_t index[8]) {
  const Word* e[8];
  for (int i = 0; i < 8; ++i) {
    e[i] = base + std::size_t{index[i]} * Stride;
  }
  return gather<Shift>(e);
}

// The same element in every lane.
template <int Shift = 0>
PROOFCARD_IFMA Limbs broadcast(const Word* element) {
  __m512i word[4];
  for (int k = 0; k < 4; ++k) {
    word[k] = _mm512_set1_epi64(static_cast<long long>(element[k]));
  }
  return limbs_from_words<Shift>(word);
}

PROOFCARD_IFMA void words_from_limbs(__m512i word[4], const Limbs& a) {
  word[0] = _mm512_or_si512(a.l[0], _mm512_slli_epi64(a.l[1], 52));
  word[1] = _mm512_or_si512(_mm512_srli_epi64(a.l[1], 12), _mm512_slli_epi64(a.l[2], 40));
  word[2] = _mm512_or_si512(_mm512_srli_epi64(a.l[2], 24), _mm512_slli_epi64(a.l[3], 28));
  word[3] = _mm512_or_si512(_mm512_srli_epi64(a.l[3], 36), _mm512_slli_epi64(a.l[4], 16));
}

PROOFCARD_IFMA void store_two(Word* low, Word* high, __m512i v) {
  _mm256_storeu_si256(reinterpret_cast<__m256i*>(low), _mm512_castsi512_si256(v));
  _mm256_storeu_si256(reinterpret_cast<__m256i*>(high), _mm512_extracti64x4_epi64(v, 1));
}

// Writes lane i to e_i. Pre: below 2^256; canonical where Fr or Fq will read it.
PROOFCARD_IFMA void transpose_out(const Limbs& a, Word* e0, Word* e1, Word* e2, Word* e3, Word* e4, Word* e5, Word* e6,
                                  Word* e7) {
  __m512i word[4];
  words_from_limbs(word, a);
  const __m512i even_low = _mm512_unpacklo_epi64(word[0], word[1]), odd_low = _mm512_unpackhi_epi64(word[0], word[1]);
  const __m512i even_high = _mm512_unpacklo_epi64(word[2], word[3]), odd_high = _mm512_unpackhi_epi64(word[2], word[3]);
  // even_low: words 0, 1 of elements 0, 2, 4, 6; and so on.
  const __m512i pick_low = _mm512_setr_epi64(0, 1, 8, 9, 2, 3, 10, 11);
  const __m512i pick_high = _mm512_setr_epi64(4, 5, 12, 13, 6, 7, 14, 15);
  store_two(e0, e2, _mm512_permutex2var_epi64(even_low, pick_low, even_high));
  store_two(e1, e3, _mm512_permutex2var_epi64(odd_low, pick_low, odd_high));
  store_two(e4, e6, _mm512_permutex2var_epi64(even_low, pick_high, even_high));
  store_two(e5, e7, _mm512_permutex2var_epi64(odd_low, pick_high, odd_high));
}
template <std::size_t Stride = 4>
PROOFCARD_IFMA void store(Word* base, const Limbs& a) {
  transpose_out(a, base, base + Stride, base + 2 * Stride, base + 3 * Stride, base + 4 * Stride, base + 5 * Stride,
                base + 6 * Stride, base + 7 * Stride);
}
PROOFCARD_IFMA void scatter(Word* const e[8], const Limbs& a) {
  transpose_out(a, e[0], e[1], e[2], e[3], e[4], e[5], e[6], e[7]);
}

// ---- arithmetic that does not depend on the modulus ----

PROOFCARD_IFMA Limbs zero() {
  const __m512i z = _mm512_setzero_si512();
  return {{z, z, z, z, z}};
}
PROOFCARD_IFMA Wide wide_zero() {
  const __m512i z = _mm512_setzero_si512();
  return {{z, z, z, z, z, z, z, z, z, z}};
}

// Moves carries up, so that limbs 0..3 are in [0, 2^52). Limbs may be negative; the sign ends in limb 4.
PROOFCARD_IFMA Limbs carry(const Limbs& a) {
  const __m512i mask = mask52();
  Limbs r;
  __m512i c = a.l[0];
  for (int i = 0; i < 4; ++i) {
    r.l[i] = _mm512_and_si512(c, mask);
    c = _mm512_add_epi64(a.l[i + 1], _mm512_srai_epi64(c, 52));
  }
  r.l[4] = c;
  return r;
}

// Limb by limb, without carries: the result is not normalised until carry().
PROOFCARD_IFMA Limbs add_raw(const Limbs& a, const Limbs& b) {
  Limbs r;
  for (int i = 0; i < 5; ++i) {
    r.l[i] = _mm512_add_epi64(a.l[i], b.l[i]);
  }
  return r;
}
PROOFCARD_IFMA Limbs sub_raw(const Limbs& a, const Limbs& b) {
  Limbs r;
  for (int i = 0; i < 5; ++i) {
    r.l[i] = _mm512_sub_epi64(a.l[i], b.l[i]);
  }
  return r;
}

// a + b. Pre: the sum is below 2^260.
PROOFCARD_IFMA Limbs add(const Limbs& a, const Limbs& b) { return carry(add_raw(a, b)); }

// 16 a. Pre: a < 2^256.
PROOFCARD_IFMA Limbs x16(const Limbs& a) {
  const __m512i mask = mask52();
  Limbs r;
  r.l[0] = _mm512_and_si512(_mm512_slli_epi64(a.l[0], 4), mask);
  for (int i = 1; i < 5; ++i) {
    r.l[i] = or_and(_mm512_srli_epi64(a.l[i - 1], 48), _mm512_slli_epi64(a.l[i], 4), mask);
  }
  return r;
}

PROOFCARD_IFMA __mmask8 is_zero(const Limbs& a) {
  const __m512i any =
      _mm512_or_si512(_mm512_ternarylogic_epi64(a.l[0], a.l[1], a.l[2], 0xfe), _mm512_or_si512(a.l[3], a.l[4]));
  return _mm512_testn_epi64_mask(any, any);
}

// Lane i of b where bit i of choose_b is set, else of a.
PROOFCARD_IFMA Limbs select(__mmask8 choose_b, const Limbs& a, const Limbs& b) {
  Limbs r;
  for (int i = 0; i < 5; ++i) {
    r.l[i] = _mm512_mask_blend_epi64(choose_b, a.l[i], b.l[i]);
  }
  return r;
}

// acc += a * b. A column grows by less than 9 * 2^52, so 256 products fit between two calls of carry_wide.
PROOFCARD_IFMA void mul_add(Wide& acc, const Limbs& a, const Limbs& b) {
#pragma GCC unroll 5
  for (int i = 0; i < 5; ++i) {
#pragma GCC unroll 5
    for (int j = 0; j < 5; ++j) {
      acc.c[i + j] = _mm512_madd52lo_epu64(acc.c[i + j], a.l[j], b.l[i]);
    }
#pragma GCC unroll 5
    for (int j = 0; j < 5; ++j) {
      acc.c[i + j + 1] = _mm512_madd52hi_epu64(acc.c[i + j + 1], a.l[j], b.l[i]);
    }
  }
}
constexpr std::size_t kProductsPerCarry = 256;

// a * a: products of different limbs once, doubled by adding the column to itself.
PROOFCARD_IFMA Wide square_wide(const Limbs& a) {
  Wide r = wide_zero();
#pragma GCC unroll 4
  for (int i = 0; i < 4; ++i) {
#pragma GCC unroll 4
    for (int j = i + 1; j < 5; ++j) {
      r.c[i + j] = _mm512_madd52lo_epu64(r.c[i + j], a.l[i], a.l[j]);
      r.c[i + j + 1] = _mm512_madd52hi_epu64(r.c[i + j + 1], a.l[i], a.l[j]);
    }
  }
#pragma GCC unroll 9
  for (int k = 1; k < 9; ++k) {
    r.c[k] = _mm512_add_epi64(r.c[k], r.c[k]);
  }
#pragma GCC unroll 5
  for (int i = 0; i < 5; ++i) {
    r.c[2 * i] = _mm512_madd52lo_epu64(r.c[2 * i], a.l[i], a.l[i]);
    r.c[2 * i + 1] = _mm512_madd52hi_epu64(r.c[2 * i + 1], a.l[i], a.l[i]);
  }
  return r;
}

// Brings columns 0..8 below 2^52; column 9 holds the rest.
PROOFCARD_IFMA void carry_wide(Wide& acc) {
  const __m512i mask = mask52();
  for (int i = 0; i < 9; ++i) {
    acc.c[i + 1] = _mm512_add_epi64(acc.c[i + 1], _mm512_srli_epi64(acc.c[i], 52));
    acc.c[i] = _mm512_and_si512(acc.c[i], mask);
  }
}

// acc += a * 2^260, so that reduce() adds a to its result.
PROOFCARD_IFMA void add_high(Wide& acc, const Limbs& a) {
  for (int i = 0; i < 5; ++i) {
    acc.c[5 + i] = _mm512_add_epi64(acc.c[5 + i], a.l[i]);
  }
}

// ---- arithmetic modulo Params::kModulus ----

template <class Params>
struct Field {
  struct Constants {
    Word multiple[17][5];  // k p in 52-bit limbs
    Word neg_inverse;      // -1/p mod 2^52
  };
  static constexpr Constants constants() {
    Constants r{};
    for (int k = 0; k <= 16; ++k) {
      __extension__ unsigned __int128 sum = 0;
      for (int i = 0; i < 5; ++i) {
        const int bit = 52 * i, word = bit / 64, shift = bit % 64;
        Word limb = Params::kModulus[static_cast<std::size_t>(word)] >> shift;
        if (shift > 12 && word < 3) {
          limb |= Params::kModulus[static_cast<std::size_t>(word) + 1] << (64 - shift);
        }
        __extension__ using Wide128 = unsigned __int128;
        sum += static_cast<Wide128>(limb & kMask) * static_cast<Word>(k);
        r.multiple[k][i] = static_cast<Word>(sum) & kMask;
        sum >>= 52;
      }
    }
    Word inverse = 1;
    for (int i = 0; i < 6; ++i) {
      inverse *= 2 - Params::kModulus[0] * inverse;
    }
    r.neg_inverse = (0 - inverse) & kMask;
    return r;
  }
  static constexpr Constants kConstants = constants();

  template <int K>
  PROOFCARD_IFMA __m512i multiple_limb(int i) {
    static_assert(K >= 0 && K <= 16);
    return _mm512_set1_epi64(static_cast<long long>(kConstants.multiple[K][i]));
  }

  // a - b + K p. Pre: b <= a + K p, and the result is below 2^260.
  template <int K>
  PROOFCARD_IFMA Limbs sub(const Limbs& a, const Limbs& b) {
    Limbs d = sub_raw(a, b);
    for (int i = 0; i < 5; ++i) {
      d.l[i] = _mm512_add_epi64(d.l[i], multiple_limb<K>(i));
    }
    return carry(d);
  }

  // a - K p where that is not negative, else a: from [0, 2 K p) to [0, K p), and from [0, 3 K p) to [0, 2 K p).
  template <int K = 1>
  PROOFCARD_IFMA Limbs reduce_once(const Limbs& a) {
    Limbs d;
    for (int i = 0; i < 5; ++i) {
      d.l[i] = _mm512_sub_epi64(a.l[i], multiple_limb<K>(i));
    }
    d = carry(d);
    return select(_mm512_movepi64_mask(d.l[4]), d, a);
  }

  // a - b mod p, canonical. Pre: both canonical.
  PROOFCARD_IFMA Limbs sub_mod(const Limbs& a, const Limbs& b) {
    Limbs d = carry(sub_raw(a, b));
    const __mmask8 negative = _mm512_movepi64_mask(d.l[4]);
    for (int i = 0; i < 5; ++i) {
      d.l[i] = _mm512_mask_add_epi64(d.l[i], negative, d.l[i], multiple_limb<1>(i));
    }
    return carry(d);
  }
  // a + b mod p, canonical. Pre: both canonical.
  PROOFCARD_IFMA Limbs add_mod(const Limbs& a, const Limbs& b) { return reduce_once(add(a, b)); }

  // t[n] / 2^260 mod p, below t[n] / 2^260 + p, for N sums in step, because one alone is a chain of latencies. Not
  // normalised: limbs are below 2^63. Pre: columns below 2^62, and the results are below 2^260.
  template <std::size_t N>
  PROOFCARD_IFMA void reduce_raw(Limbs (&out)[N], Wide (&t)[N]) {
    const __m512i inverse = _mm512_set1_epi64(static_cast<long long>(kConstants.neg_inverse));
#pragma GCC unroll 5
    for (int i = 0; i < 5; ++i) {
      // madd52 reads the low 52 bits of its factors only, so m needs no mask, nor does the column it comes from.
      __m512i m[N], low[N];
      for (std::size_t n = 0; n < N; ++n) {
        m[n] = _mm512_madd52lo_epu64(_mm512_setzero_si512(), t[n].c[i], inverse);
      }
      for (std::size_t n = 0; n < N; ++n) {
        low[n] = _mm512_madd52lo_epu64(t[n].c[i], m[n], multiple_limb<1>(0));
        t[n].c[i + 1] = _mm512_madd52hi_epu64(t[n].c[i + 1], m[n], multiple_limb<1>(0));
      }
#pragma GCC unroll 4
      for (int j = 1; j < 5; ++j) {
        for (std::size_t n = 0; n < N; ++n) {
          t[n].c[i + j] = _mm512_madd52lo_epu64(t[n].c[i + j], m[n], multiple_limb<1>(j));
          t[n].c[i + j + 1] = _mm512_madd52hi_epu64(t[n].c[i + j + 1], m[n], multiple_limb<1>(j));
        }
      }
      for (std::size_t n = 0; n < N; ++n) {
        t[n].c[i + 1] = _mm512_add_epi64(t[n].c[i + 1], _mm512_srli_epi64(low[n], 52));
      }
    }
    for (std::size_t n = 0; n < N; ++n) {
      out[n] = {{t[n].c[5], t[n].c[6], t[n].c[7], t[n].c[8], t[n].c[9]}};
    }
  }
  // The same for one sum, normalised.
  PROOFCARD_IFMA Limbs reduce(const Wide& t) {
    Wide sums[1] = {t};
    Limbs out[1];
    reduce_raw(out, sums);
    return carry(out[0]);
  }

  // a mod p, canonical, for a not necessarily normalised. Pre: 0 <= a < (K + 1) p. The candidates a - k p are computed
  // side by side, because each is a chain of carries.
  template <int K>
  PROOFCARD_IFMA Limbs canonical(const Limbs& a) {
    Limbs r = carry(a);
    Limbs d[K];
    for (int k = 0; k < K; ++k) {
      for (int i = 0; i < 5; ++i) {
        d[k].l[i] = _mm512_sub_epi64(a.l[i], _mm512_set1_epi64(static_cast<long long>(kConstants.multiple[k + 1][i])));
      }
      d[k] = carry(d[k]);
    }
    for (int k = 0; k < K; ++k) {
      r = select(_mm512_movepi64_mask(d[k].l[4]), d[k], r);
    }
    return r;
  }

  // a * b / 2^260 mod p. For a <= x p and b <= y p the result is below (1 + 0.0119 x y) p: with a = 16 A, A and b below
  // 2 p, below 2 p; in 2^260 form, a and b below 9 p give a result below 2 p.
  PROOFCARD_IFMA Limbs mul(const Limbs& a, const Limbs& b) {
    Wide t = wide_zero();
    mul_add(t, a, b);
    return reduce(t);
  }

  // out[n] = mul(a[n], b[n]), in step: three at a time take two thirds of the time of one after the other.
  template <std::size_t N>
  PROOFCARD_IFMA void mul_many(Limbs (&out)[N], const Limbs (&a)[N], const Limbs (&b)[N]) {
    Wide t[N];
    for (std::size_t n = 0; n < N; ++n) {
      t[n] = wide_zero();
      mul_add(t[n], a[n], b[n]);
    }
    reduce_raw(out, t);
    for (std::size_t n = 0; n < N; ++n) {
      out[n] = carry(out[n]);
    }
  }

  // out[n] = mul(a[n], a[n]), in step.
  template <std::size_t N>
  PROOFCARD_IFMA void square_many(Limbs (&out)[N], const Limbs (&a)[N]) {
    Wide t[N];
    for (std::size_t n = 0; n < N; ++n) {
      t[n] = square_wide(a[n]);
    }
    reduce_raw(out, t);
    for (std::size_t n = 0; n < N; ++n) {
      out[n] = carry(out[n]);
    }
  }

  // a / 16 mod p, below a / 16 + p: from 2^260 form to the form in memory.
  PROOFCARD_IFMA Limbs div16(const Limbs& a) {
    const __m512i inverse = _mm512_set1_epi64(static_cast<long long>(kConstants.neg_inverse));
    const __m512i m =
        _mm512_and_si512(_mm512_madd52lo_epu64(_mm512_setzero_si512(), a.l[0], inverse), _mm512_set1_epi64(15));
    Limbs t = a;
    for (int i = 0; i < 5; ++i) {
      t.l[i] = _mm512_madd52lo_epu64(t.l[i], m, multiple_limb<1>(i));
    }
    for (int i = 0; i < 4; ++i) {
      t.l[i + 1] = _mm512_madd52hi_epu64(t.l[i + 1], m, multiple_limb<1>(i));
    }
    t = carry(t);
    const __m512i mask = mask52();
    Limbs r;
    for (int i = 0; i < 4; ++i) {
      r.l[i] = or_and(_mm512_srli_epi64(t.l[i], 4), _mm512_slli_epi64(t.l[i + 1], 48), mask);
    }
    r.l[4] = _mm512_srli_epi64(t.l[4], 4);
    return r;
  }
};

}  // namespace
}  // namespace proofcard::ifma52
