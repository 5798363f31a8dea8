// The pass over Fr with AVX-512 IFMA: eight elements a vector in five 52-bit limbs (host/field/ifma52.hpp).
//
// Method:  a factor c is known beforehand, so its product with x needs no Montgomery reduction (Shoup's trick, Harvey,
//          arXiv:1205.2926): with c' = floor(c 2^260 / p), q is the upper half of c' x and c x - q p the result. Only
//          the lower halves of c x and q p are computed, and q without the columns below 2^260: 75 multiply-adds
//          instead of 105.
// Range:   multiples of p that bound a value are noted as [B]. The columns left out of q are below 9 * 2^260 and c' is
//          less than 1 below the quotient, so products are [10.02] for any normalised x. Values stay below [84] =
//          2^260: loads [5.3], results of butterflies [55]. Representation (a Montgomery form) does not matter, for
//          everything is linear.
#include "host/field/fr.hpp"
#include "host/field/ifma52.hpp"
#include "host/kernels/cpu/ntt/ntt_pass.hpp"

namespace proofcard::kernels::ntt_cpu {
namespace {

using ifma52::Limbs;
using F = ifma52::Field<FrParams>;

struct Multiple {
  Word limb[5];
};
// k p in 52-bit limbs.
constexpr Multiple multiple(Word k) {
  Multiple r{};
  __extension__ unsigned __int128 sum = 0;
  for (int i = 0; i < 5; ++i) {
    __extension__ using Word128 = unsigned __int128;
    sum += static_cast<Word128>(F::kConstants.multiple[1][i]) * k;
    r.limb[i] = static_cast<Word>(sum) & ifma52::kMask;
    sum >>= 52;
  }
  return r;
}
// 2^260 - p.
constexpr Multiple minus_modulus() {
  Multiple r = multiple(1);
  for (int i = 0; i < 5; ++i) {
    r.limb[i] = (i == 0 ? Word{1} << 52 : ifma52::kMask) - r.limb[i];
  }
  return r;
}
// -1/p mod 2^260, digit by digit.
constexpr Multiple minus_inverse() {
  Multiple r{}, t{{1, 0, 0, 0, 0}};
  for (int i = 0; i < 5; ++i) {
    r.limb[i] = t.limb[i] * F::kConstants.neg_inverse & ifma52::kMask;
    __extension__ unsigned __int128 carry = 0;
    for (int j = i; j < 5; ++j) {
      __extension__ using Word128 = unsigned __int128;
      carry += t.limb[j] + static_cast<Word128>(r.limb[i]) * F::kConstants.multiple[1][j - i];
      t.limb[j] = static_cast<Word>(carry) & ifma52::kMask;
      carry >>= 52;
    }
  }
  return r;
}
// floor(2^305 / p).
constexpr Word reciprocal() {
  U256 rest{1, 0, 0, 0};
  Word quotient = 0;
  for (int i = 0; i < 305; ++i) {
    rest = detail::add(rest, rest);
    quotient *= 2;
    if (!detail::less(rest, FrParams::kModulus)) {
      Word borrow = 0;
      rest = detail::subtract(rest, FrParams::kModulus, borrow);
      quotient |= 1;
    }
  }
  return quotient;
}
constexpr Word kReciprocal = reciprocal();
constexpr U256 kOneRadix52 = detail::power_of_two_mod(260, FrParams::kModulus);

PROOFCARD_IFMA __m512i set1(Word w) { return _mm512_set1_epi64(static_cast<long long>(w)); }

template <Word K>
PROOFCARD_IFMA __m512i multiple_limb(int i) {
  constexpr Multiple kMultiple = multiple(K);
  return set1(kMultiple.limb[i]);
}

// A factor c < p and floor(c 2^260 / p).
struct Factor {
  Limbs value;
  Limbs quotient;
};

PROOFCARD_IFMA Factor load_factor(const Word* words) {
  Factor f;
  for (int i = 0; i < 5; ++i) {
    f.value.l[i] = set1(words[i]);
    f.quotient.l[i] = set1(words[5 + i]);
  }
  return f;
}

// Columns 0..4 of a product, added to.
PROOFCARD_IFMA void add_low_half(Limbs& acc, const Limbs& a, const Limbs& b) {
#pragma GCC unroll 5
  for (int i = 0; i < 5; ++i) {
#pragma GCC unroll 5
    for (int j = 0; j < 5 - i; ++j) {
      acc.l[i + j] = _mm512_madd52lo_epu64(acc.l[i + j], a.l[j], b.l[i]);
    }
#pragma GCC unroll 5
    for (int j = 0; j < 4 - i; ++j) {
      acc.l[i + j + 1] = _mm512_madd52hi_epu64(acc.l[i + j + 1], a.l[j], b.l[i]);
    }
  }
}
// Columns 5..9 of a product, of its terms in them.
PROOFCARD_IFMA Limbs high_half(const Limbs& a, const Limbs& b) {
  Limbs acc = ifma52::zero();
#pragma GCC unroll 5
  for (int i = 0; i < 5; ++i) {
#pragma GCC unroll 5
    for (int j = 4 - i; j < 5; ++j) {
      acc.l[i + j - 4] = _mm512_madd52hi_epu64(acc.l[i + j - 4], a.l[j], b.l[i]);
    }
#pragma GCC unroll 5
    for (int j = 5 - i; j < 5; ++j) {
      acc.l[i + j - 5] = _mm512_madd52lo_epu64(acc.l[i + j - 5], a.l[j], b.l[i]);
    }
  }
  return acc;
}

// Moves carries up and drops what is above 2^260.
PROOFCARD_IFMA Limbs carry_modulo(const Limbs& a) {
  Limbs r = ifma52::carry(a);
  r.l[4] = _mm512_and_si512(r.l[4], ifma52::mask52());
  return r;
}

// c x [10.02], normalised, for a normalised x.
PROOFCARD_IFMA Limbs product(const Limbs& x, const Factor& c) {
  Limbs q = high_half(x, c.quotient);
  // The multiply-adds read 52 bits only, so carries are moved but not masked off.
  for (int i = 0; i < 4; ++i) {
    q.l[i + 1] = _mm512_add_epi64(q.l[i + 1], _mm512_srli_epi64(q.l[i], 52));
  }
  constexpr Multiple kMinusModulus = minus_modulus();
  Limbs t = ifma52::zero();
  add_low_half(t, x, c.value);
  Limbs minus_p;
  for (int i = 0; i < 5; ++i) {
    minus_p.l[i] = set1(kMinusModulus.limb[i]);
  }
  add_low_half(t, q, minus_p);
  return carry_modulo(t);
}

// a - b + K p, not normalised.
template <Word K>
PROOFCARD_IFMA Limbs difference(const Limbs& a, const Limbs& b) {
  Limbs d;
  for (int i = 0; i < 5; ++i) {
    d.l[i] = _mm512_add_epi64(_mm512_sub_epi64(a.l[i], b.l[i]), multiple_limb<K>(i));
  }
  return d;
}

// a or a - K p, not normalised, never negative: below [K] and a little if a is below [2 K]. A little is 2^221, because
// only limb 4 is looked at, and the others hold less than 2^6 of its units too much or too little.
template <Word K>
PROOFCARD_IFMA Limbs below(const Limbs& a) {
  constexpr Multiple kMultiple = multiple(K);
  const __mmask8 large = _mm512_cmpgt_epi64_mask(a.l[4], set1(kMultiple.limb[4] + (Word{1} << 12)));
  Limbs r;
  for (int i = 0; i < 5; ++i) {
    r.l[i] = _mm512_mask_sub_epi64(a.l[i], large, a.l[i], multiple_limb<K>(i));
  }
  return r;
}

// a mod p. Pre: a is normalised.
PROOFCARD_IFMA Limbs canonical(const Limbs& a) {
  constexpr Multiple kMinusModulus = minus_modulus();
  // The quotient by p, or one less, from the uppermost limb alone.
  const __m512i q = _mm512_srli_epi64(_mm512_madd52hi_epu64(_mm512_setzero_si512(), a.l[4], set1(kReciprocal)), 45);
  Limbs t = a;
  for (int i = 0; i < 5; ++i) {
    t.l[i] = _mm512_madd52lo_epu64(t.l[i], q, set1(kMinusModulus.limb[i]));
  }
  for (int i = 0; i < 4; ++i) {
    t.l[i + 1] = _mm512_madd52hi_epu64(t.l[i + 1], q, set1(kMinusModulus.limb[i]));
  }
  return F::reduce_once<1>(carry_modulo(t));
}

struct FrLanes {
  static constexpr std::size_t kLanes = 8;
  static constexpr std::size_t kWords = 4;
  static constexpr std::size_t kFactorWords = 10;
  static constexpr std::size_t kGroup = 2;
  static constexpr bool kHasDft = false;
  static constexpr bool kStreams = false;
  using Vec = Limbs;
  using LaneFactor = Factor;
  using Power = Limbs;  // in 2^260 form, canonical

  PROOFCARD_IFMA Vec load(const Word* p, std::size_t stride) {
    const std::size_t s = kWords * stride;
    __m512i word[4];
    ifma52::transpose_in(word, p, p + s, p + 2 * s, p + 3 * s, p + 4 * s, p + 5 * s, p + 6 * s, p + 7 * s);
    return ifma52::limbs_from_words<0>(word);
  }
  PROOFCARD_IFMA void store_words(Word* p, std::size_t stride, const Vec& v) {
    const std::size_t s = kWords * stride;
    ifma52::transpose_out(v, p, p + s, p + 2 * s, p + 3 * s, p + 4 * s, p + 5 * s, p + 6 * s, p + 7 * s);
  }
  PROOFCARD_IFMA void store(Word* p, std::size_t stride, const Vec& v) {
    store_words(p, stride, canonical(ifma52::carry(v)));
  }
  // Pre: v is a product; [5.3] is 2^256.
  PROOFCARD_IFMA void store_weak(Word* p, std::size_t stride, const Vec& v) {
    store_words(p, stride, ifma52::carry(below<5>(v)));
  }

  PROOFCARD_IFMA void load_group(Vec (&v)[kGroup], const Word* p, std::size_t stride) {
    v[0] = load(p, stride);
    v[1] = load(p + kWords, stride);
  }
  PROOFCARD_IFMA void store_group(Word* p, std::size_t stride, const Vec (&v)[kGroup]) {
    store(p, stride, v[0]);
    store(p + kWords, stride, v[1]);
  }
  PROOFCARD_IFMA void store_group_weak(Word* p, std::size_t stride, const Vec (&v)[kGroup]) {
    store_weak(p, stride, v[0]);
    store_weak(p + kWords, stride, v[1]);
  }

  // From [5.3] to [11.3].
  PROOFCARD_IFMA void first2(Vec& v0, Vec& v1) {
    const Vec low = v0, high = v1;
    v0 = ifma52::add_raw(low, high);
    v1 = difference<6>(low, high);
  }
  // From [5.3] to [22.3].
  PROOFCARD_IFMA void first4(Vec& v0, Vec& v1, Vec& v2, Vec& v3, const Word* e) {
    const Vec sum0 = ifma52::add_raw(v0, v2), sum1 = ifma52::add_raw(v1, v3);
    const Vec difference0 = difference<6>(v0, v2);
    const Vec turned = product(ifma52::carry(difference<6>(v1, v3)), load_factor(e));
    v0 = ifma52::add_raw(sum0, sum1);
    v1 = difference<11>(sum0, sum1);
    v2 = ifma52::add_raw(difference0, turned);
    v3 = difference<11>(difference0, turned);
  }
  // From [64] to [43.1].
  PROOFCARD_IFMA void butterfly2(Vec& v0, Vec& v1, const Word* c) {
    const Vec low = below<32>(v0);
    const Vec high = product(ifma52::carry(v1), load_factor(c));
    v0 = ifma52::add_raw(low, high);
    v1 = difference<11>(low, high);
  }
  // From [64] to [54.1]; in between, what is multiplied is below [75.1].
  PROOFCARD_IFMA void butterfly4(Vec& v0, Vec& v1, Vec& v2, Vec& v3, const Word* c, const Word* d, const Word* e) {
    const Vec x3 = product(ifma52::carry(v3), load_factor(c));
    const Vec x2 = product(ifma52::carry(v2), load_factor(c));
    const Vec y1 = product(ifma52::add(v1, x3), load_factor(d));
    const Vec y3 = product(ifma52::carry(difference<11>(v1, x3)), load_factor(e));
    const Vec low = below<32>(v0);
    const Vec sum0 = ifma52::add_raw(low, x2), difference0 = difference<11>(low, x2);
    v0 = ifma52::add_raw(sum0, y1);
    v1 = difference<11>(sum0, y1);
    v2 = ifma52::add_raw(difference0, y3);
    v3 = difference<11>(difference0, y3);
  }

  PROOFCARD_IFMA void mul_factor(Vec& v, const Word* factor) { v = product(ifma52::carry(v), load_factor(factor)); }
  PROOFCARD_IFMA void mul_lane_factor(Vec& v, const LaneFactor& factor) { v = product(ifma52::carry(v), factor); }

  PROOFCARD_IFMA Power power(const Word* p) { return canonical(ifma52::load_x16(p)); }
  PROOFCARD_IFMA Power one() { return ifma52::broadcast(reinterpret_cast<const Word*>(&kOneRadix52)); }
  PROOFCARD_IFMA Power multiply(const Power& a, const Power& b) { return canonical(F::mul(a, b)); }
  PROOFCARD_IFMA LaneFactor lane_factor(const Power& p) {
    constexpr Multiple kMinusInverse = minus_inverse();
    Limbs one = ifma52::zero(), minus_inverse;
    one.l[0] = set1(1);
    for (int i = 0; i < 5; ++i) {
      minus_inverse.l[i] = set1(kMinusInverse.limb[i]);
    }
    // c 2^260 = quotient p + remainder, where the remainder is c in 2^260 form; modulo 2^260 that gives the quotient.
    LaneFactor f;
    f.value = canonical(F::mul(p, one));
    f.quotient = ifma52::zero();
    add_low_half(f.quotient, p, minus_inverse);
    f.quotient = carry_modulo(f.quotient);
    return f;
  }
};

void prepare(Word* out, const Word* elements, std::size_t count) {
  for (std::size_t done = 0; done < count; done += FrLanes::kLanes) {
    const std::size_t lanes = count - done < FrLanes::kLanes ? count - done : FrLanes::kLanes;
    Word in[FrLanes::kLanes * FrLanes::kWords] = {};
    for (std::size_t i = 0; i < lanes * FrLanes::kWords; ++i) {
      in[i] = elements[done * FrLanes::kWords + i];
    }
    const Factor f = FrLanes::lane_factor(FrLanes::power(in));
    alignas(64) Word limb[FrLanes::kFactorWords][FrLanes::kLanes];
    for (int k = 0; k < 5; ++k) {
      _mm512_store_si512(limb[k], f.value.l[k]);
      _mm512_store_si512(limb[k + 5], f.quotient.l[k]);
    }
    for (std::size_t i = 0; i < lanes; ++i) {
      for (std::size_t k = 0; k < FrLanes::kFactorWords; ++k) {
        out[(done + i) * FrLanes::kFactorWords + k] = limb[k][i];
      }
    }
  }
}

}  // namespace

const NttKernels& fr_avx512_kernels() {
  static constexpr NttKernels kKernels {
#if defined(__AVX512IFMA__)
    .compiled_for = Isa::kAvx512,
#endif
    .factor_words = FrLanes::kFactorWords, .has_dft = false, .streams = false, .prepare = prepare,
    .wide = lanes_of<FrLanes>(), .narrow = lanes_of<FrLanes>(),
  };
  return kKernels;
}

}  // namespace proofcard::kernels::ntt_cpu
