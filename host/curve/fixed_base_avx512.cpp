// Sums and chains of FixedBases, eight points a register.
//
// Source:  Explicit-Formulas Database, short Weierstrass XYZZ: madd-2008-s and add-2008-s. Where equal or opposite
//          points meet, both give ZZ = 0, and every later sum keeps that; so one look at the end finds it.
// Forms:   sums are in 2^260 form (host/field/ifma52.hpp). Bounds are noted as multiples of q.
#include "host/curve/fixed_base_kernels.hpp"
#include "host/field/fq.hpp"
#include "host/field/ifma52.hpp"

namespace proofcard::curve::fixed_base_internal {
namespace {

using namespace ifma52;
using Q = ifma52::Field<FqParams>;

constexpr std::size_t kLanes = 8;
constexpr std::size_t kPrefetchSteps = 3;
constexpr U256 kOne = proofcard::detail::power_of_two_mod(260, FqParams::kModulus);

// X and Y at most 16 q; ZZ and ZZZ below 1.1 q, and all zero where nothing was added.
struct Sum {
  Limbs x, y, zz, zzz;
  __mmask8 started;
};

PROOFCARD_IFMA Sum empty_sum() { return {zero(), zero(), zero(), zero(), 0}; }

PROOFCARD_IFMA Limbs one() { return broadcast(reinterpret_cast<const Word*>(&kOne)); }

// a - b + K q, with limbs that are not normalised.
template <int K>
PROOFCARD_IFMA Limbs sub_raw_plus(const Limbs& a, const Limbs& b) {
  Limbs d = sub_raw(a, b);
  for (int i = 0; i < 5; ++i) {
    d.l[i] = _mm512_add_epi64(d.l[i], Q::multiple_limb<K>(i));
  }
  return d;
}

PROOFCARD_IFMA void mul_two(Limbs& r0, const Limbs& a0, const Limbs& b0, Limbs& r1, const Limbs& a1, const Limbs& b1) {
  const Limbs a[2] = {a0, a1}, b[2] = {b0, b1};
  Limbs r[2];
  Q::mul_many(r, a, b);
  r0 = r[0];
  r1 = r[1];
}

// The end of both formulas, given U1, S1 (at most S1Bound q) and H = U2 - U1 (P there), R = S2 - S1: below 17.3 q.
// ZZ and ZZZ are multiplied by H^2 and H^3.
template <int S1Bound>
PROOFCARD_IFMA Sum finish_sum(const Limbs& u1, const Limbs& s1, const Limbs& h, const Limbs& r, const Limbs& zz,
                              const Limbs& zzz, __mmask8 started) {
  Limbs hh, rr, hhh, v;
  mul_two(hh, h, h, rr, r, r);     // below 4.6 q
  mul_two(hhh, hh, h, v, u1, hh);  // below 2 q
  Sum sum;
  sum.x = carry(sub_raw_plus<6>(sub_raw(sub_raw(rr, hhh), v), v));  // below 10.6 q
  mul_two(sum.zz, zz, hh, sum.zzz, zzz, hhh);
  Wide y = wide_zero();
  mul_add(y, carry(sub_raw_plus<S1Bound>(zero(), s1)), hhh);
  mul_add(y, r, Q::sub<11>(v, sum.x));
  sum.y = Q::reduce(y);  // below 4.1 q
  sum.started = started;
  return sum;
}

PROOFCARD_IFMA Sum choose(__mmask8 second, const Sum& a, const Sum& b) {
  return {select(second, a.x, b.x), select(second, a.y, b.y), select(second, a.zz, b.zz), select(second, a.zzz, b.zzz),
          static_cast<__mmask8>((a.started & ~second) | (b.started & second))};
}

// Adds the points that eight refs stand for.
PROOFCARD_IFMA void add_points(Sum& sum, const Word* table, const TableRef* refs) {
  const Word* entry[kLanes];
#pragma GCC unroll 8
  for (std::size_t i = 0; i < kLanes; ++i) {
    entry[i] = table + std::size_t{refs[i] >> 1} * kEntryWords;
  }
  const __mmask8 negative =
      _mm256_test_epi32_mask(_mm256_loadu_si256(reinterpret_cast<const __m256i*>(refs)), _mm256_set1_epi32(1));
  __m512i word[4];
  transpose_in(word, entry[0], entry[1], entry[2], entry[3], entry[4], entry[5], entry[6], entry[7]);
  const __m512i any = _mm512_or_si512(_mm512_ternarylogic_epi64(word[0], word[1], word[2], 0xfe), word[3]);
  const __mmask8 finite = _mm512_test_epi64_mask(any, any);
  Sum point;
  point.x = limbs_from_words<4>(word);  // below 16 q
  transpose_in(word, entry[0] + 4, entry[1] + 4, entry[2] + 4, entry[3] + 4, entry[4] + 4, entry[5] + 4, entry[6] + 4,
               entry[7] + 4);
  point.y = limbs_from_words<4>(word);
  for (int i = 0; i < 5; ++i) {
    point.y.l[i] = _mm512_mask_sub_epi64(point.y.l[i], negative, Q::multiple_limb<16>(i), point.y.l[i]);
  }
  point.y = carry(point.y);
  point.zz = point.zzz = one();
  point.started = finite;

  Limbs u2, s2;
  mul_two(u2, point.x, sum.zz, s2, point.y, sum.zzz);  // below 1.3 q
  const Sum added =
      finish_sum<16>(sum.x, sum.y, Q::sub<16>(u2, sum.x), Q::sub<16>(s2, sum.y), sum.zz, sum.zzz, sum.started);
  sum = choose(static_cast<__mmask8>(finite & ~sum.started), choose(finite & sum.started, sum, added), point);
}

PROOFCARD_IFMA Sum add_sums(const Sum& a, const Sum& b) {
  Limbs u1, u2, s1, s2, zz, zzz;
  mul_two(u1, a.x, b.zz, u2, b.x, a.zz);  // these four below 1.3 q
  mul_two(s1, a.y, b.zzz, s2, b.y, a.zzz);
  mul_two(zz, a.zz, b.zz, zzz, a.zzz, b.zzz);
  const Sum added = finish_sum<2>(u1, s1, Q::sub<2>(u2, u1), Q::sub<2>(s2, s1), zz, zzz, a.started & b.started);
  return choose(static_cast<__mmask8>(b.started & ~a.started), choose(b.started & a.started, a, added), b);
}

PROOFCARD_IFMA Limbs rotate(const Limbs& a, __m512i lanes) {
  Limbs r;
  for (int i = 0; i < 5; ++i) {
    r.l[i] = _mm512_permutexvar_epi64(lanes, a.l[i]);
  }
  return r;
}

// Lane i of the result is lane i ^ by of a.
PROOFCARD_IFMA Sum exchange(const Sum& a, int by) {
  const __m512i lanes =
      _mm512_xor_si512(_mm512_setr_epi64(0, 1, 2, 3, 4, 5, 6, 7), _mm512_set1_epi64(static_cast<long long>(by)));
  const __m512i started = _mm512_permutexvar_epi64(lanes, _mm512_movm_epi64(a.started));
  return {rotate(a.x, lanes), rotate(a.y, lanes), rotate(a.zz, lanes), rotate(a.zzz, lanes),
          _mm512_movepi64_mask(started)};
}

// Writes eight points and returns the lanes that are not valid.
PROOFCARD_IFMA __mmask8 store_sum(Word* out, const Sum& sum) {
  const Limbs zz = Q::canonical<1>(Q::div16(sum.zz));
  store<kXyzzWords>(out, Q::canonical<1>(Q::div16(sum.x)));
  store<kXyzzWords>(out + 4, Q::canonical<1>(Q::div16(sum.y)));
  store<kXyzzWords>(out + 8, zz);
  store<kXyzzWords>(out + 12, Q::canonical<1>(Q::div16(sum.zzz)));
  return static_cast<__mmask8>(sum.started & is_zero(zz));
}

// sums[n], lane i: refs[s * 8 N + 8 n + i] over all s.
template <std::size_t N>
PROOFCARD_IFMA void accumulate(Sum (&sums)[N], const Word* table, const TableRef* refs, std::size_t num_steps) {
  for (std::size_t n = 0; n < N; ++n) {
    sums[n] = empty_sum();
  }
  for (std::size_t s = 0; s < num_steps; ++s) {
    const TableRef* step = refs + s * N * kLanes;
    if (s + kPrefetchSteps < num_steps) {
      for (std::size_t i = 0; i < N * kLanes; ++i) {
        const std::size_t entry = step[kPrefetchSteps * N * kLanes + i] >> 1;
        _mm_prefetch(reinterpret_cast<const char*>(table + entry * kEntryWords), _MM_HINT_T0);
      }
    }
    for (std::size_t n = 0; n < N; ++n) {
      add_points(sums[n], table, step + n * kLanes);
    }
  }
}

// ---- chains ----

constexpr std::size_t kStreams = kChainGroup / kLanes;
static_assert(kStreams == 2);
static_assert(kNumInverses == kChainGroup);

// Denominators of the slopes for multiple d plus multiple j, in 2^260 form, below 32 q: x_j - x_d, or 2 y_d for j = d.
PROOFCARD_IFMA Limbs denominator(const Word* chains, std::size_t d, std::size_t j) {
  if (j == d) {
    const Limbs y = load_x16<kChainWords>(chains + d * kEntryWords + 4);
    return add(y, y);
  }
  return Q::sub<16>(load_x16<kChainWords>(chains + j * kEntryWords), load_x16<kChainWords>(chains + d * kEntryWords));
}

// Multiple d + j, given the inverse of the denominator: below 1.4 q.
PROOFCARD_IFMA void write_multiple(Word* chains, std::size_t d, std::size_t j, const Limbs& inverse) {
  const Limbs x1 = load<kChainWords>(chains + d * kEntryWords), y1 = load<kChainWords>(chains + d * kEntryWords + 4);
  const Limbs x2 = load<kChainWords>(chains + j * kEntryWords);
  Limbs numerator;
  if (j == d) {
    const Limbs xx = Q::mul(x16(x1), x1);
    numerator = carry(add_raw(add_raw(xx, xx), xx));  // below 3.6 q
  } else {
    numerator = Q::sub<1>(load<kChainWords>(chains + j * kEntryWords + 4), y1);
  }
  const Limbs slope = Q::mul(inverse, numerator);  // below 1.1 q, in the form of memory
  const Limbs slope16 = x16(slope);
  const Limbs square = Q::mul(slope16, slope);  // below 1.3 q
  const Limbs x = Q::canonical<3>(sub_raw_plus<2>(sub_raw(square, x1), x2));
  const Limbs y = Q::mul(slope16, Q::sub<1>(x1, x));  // below 1.5 q
  store<kChainWords>(chains + (d + j) * kEntryWords, x);
  store<kChainWords>(chains + (d + j) * kEntryWords + 4, Q::canonical<2>(sub_raw_plus<1>(y, y1)));
}

}  // namespace

void fill_chains_avx512(std::uint64_t* chains, std::size_t num_chains) {
  constexpr std::size_t kGroupWords = kChainGroup * kChainWords;
  constexpr std::size_t kStreamWords = kLanes * kChainWords;
  // Products of the denominators before each one: one inversion a level and stream, then back.
  Limbs prefix[kChainBlock / kChainGroup * kMaxDigit / 2][kStreams];
  for (std::size_t d = 1; d < kMaxDigit; d *= 2) {
    Limbs product[kStreams] = {one(), one()};
    std::size_t step = 0;
    for (std::size_t first = 0; first < num_chains; first += kChainGroup) {
      const Word* group = chains + first / kChainGroup * kGroupWords;
      for (std::size_t j = 1; j <= d; ++j, ++step) {
        Limbs factor[kStreams], next[kStreams];
        for (std::size_t n = 0; n < kStreams; ++n) {
          prefix[step][n] = product[n];
          factor[n] = denominator(group + n * kStreamWords, d, j);
        }
        Q::mul_many(next, product, factor);  // below 1.7 q
        for (std::size_t n = 0; n < kStreams; ++n) {
          product[n] = next[n];
        }
      }
    }
    alignas(64) Word words[4 * kNumInverses];
    for (std::size_t n = 0; n < kStreams; ++n) {
      store(words + 4 * kLanes * n, Q::canonical<1>(Q::div16(product[n])));
    }
    invert_elements(words);
    Limbs running[kStreams];  // at most 16 q at first, then below 7.1 q and less
    for (std::size_t n = 0; n < kStreams; ++n) {
      running[n] = load_x16(words + 4 * kLanes * n);
    }
    for (std::size_t first = num_chains; first != 0;) {
      first -= kChainGroup;
      Word* group = chains + first / kChainGroup * kGroupWords;
      for (std::size_t j = d; j >= 1; --j) {
        --step;
        Limbs inverse[kStreams], factor[kStreams], next[kStreams];
        for (std::size_t n = 0; n < kStreams; ++n) {
          factor[n] = denominator(group + n * kStreamWords, d, j);
        }
        Q::mul_many(inverse, running, prefix[step]);  // below 1.4 q
        Q::mul_many(next, running, factor);
        for (std::size_t n = 0; n < kStreams; ++n) {
          running[n] = next[n];
          write_multiple(group + n * kStreamWords, d, j, inverse[n]);
        }
      }
    }
  }
}

unsigned add_lanes_avx512(std::uint64_t* out, const std::uint64_t* table, const TableRef* refs, std::size_t num_steps) {
  constexpr std::size_t kNumSums = kNumLanes / kLanes;
  Sum sums[kNumSums];
  accumulate(sums, table, refs, num_steps);
  unsigned invalid = 0;
  for (std::size_t n = 0; n < kNumSums; ++n) {
    invalid |= static_cast<unsigned>(store_sum(out + n * kLanes * kXyzzWords, sums[n])) << (n * kLanes);
  }
  return invalid;
}

bool add_all_avx512(std::uint64_t* out, const std::uint64_t* table, const TableRef* refs, std::size_t num_steps) {
  static_assert(kSplitLanes == kLanes);
  Sum sum[1];
  accumulate(sum, table, refs, num_steps);
  for (int by = 4; by >= 1; by /= 2) {
    sum[0] = add_sums(sum[0], exchange(sum[0], by));
  }
  // Every lane holds the same point, if not with the same coordinates.
  alignas(64) Word points[kLanes * kXyzzWords];
  const __mmask8 invalid = store_sum(points, sum[0]);
  for (std::size_t i = 0; i < kXyzzWords; ++i) {
    out[i] = points[i];
  }
  return (invalid & 1) == 0;
}

}  // namespace proofcard::curve::fixed_base_internal
