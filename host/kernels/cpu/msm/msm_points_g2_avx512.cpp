// Batched affine additions of G2 with AVX-512 IFMA: eight additions a group.
//
// As msm_points_avx512.cpp, over Fq2 = Fq[u] / (u^2 + 1). The two coefficients of a product are two chains in step, so
// one group at a time keeps the multipliers busy. Bounds are noted as multiples of q.
#include "host/kernels/cpu/msm/msm_points_ifma.hpp"

namespace proofcard::kernels::msm_cpu {
namespace {

// How far ahead points are fetched: about the time of one access to memory.
constexpr std::size_t kPrefetchPairs = 48;

constexpr PackedPointG2 kInfinity{};

// c0 + c1 u.
struct Limbs2 {
  Limbs c0, c1;
};

// a * b, four products and two reductions. For a <= x q, b <= y q and b.c1 <= K q, the coefficients are below
// (1 + 0.0119 x (y + max(y, K))) q.
template <int K>
PROOFCARD_IFMA Limbs2 mul(const Limbs2& a, const Limbs2& b) {
  const Limbs minus_b1 = Q::sub<K>(zero(), b.c1);
  Wide t[2] = {wide_zero(), wide_zero()};
  mul_add(t[0], a.c0, b.c0);
  mul_add(t[1], a.c0, b.c1);
  mul_add(t[0], a.c1, minus_b1);
  mul_add(t[1], a.c1, b.c0);
  Limbs out[2];
  Q::reduce_raw(out, t);
  return {carry(out[0]), carry(out[1])};
}

PROOFCARD_IFMA Limbs2 select(__mmask8 mask, const Limbs2& a, const Limbs2& b) {
  return {ifma52::select(mask, a.c0, b.c0), ifma52::select(mask, a.c1, b.c1)};
}
PROOFCARD_IFMA Limbs2 carry(const Limbs2& a) { return {ifma52::carry(a.c0), ifma52::carry(a.c1)}; }
PROOFCARD_IFMA Limbs2 x16(const Limbs2& a) { return {ifma52::x16(a.c0), ifma52::x16(a.c1)}; }
template <int K>
PROOFCARD_IFMA Limbs2 sub(const Limbs2& a, const Limbs2& b) {
  return {Q::sub<K>(a.c0, b.c0), Q::sub<K>(a.c1, b.c1)};
}

PROOFCARD_IFMA Limbs2 load_limbs2(const std::uint64_t* from) {
  return {load_limbs(from), load_limbs(from + 5 * kLanes)};
}
PROOFCARD_IFMA void store_limbs2(std::uint64_t* to, const Limbs2& a) {
  store_limbs(to, a.c0);
  store_limbs(to + 5 * kLanes, a.c1);
}
constexpr std::size_t kWordsPerGroup = 2 * 5 * kLanes;

PROOFCARD_IFMA Limbs load_coordinate(const Operand& o, std::size_t offset) {
  __m512i word[4];
  load_words(word, o, offset);
  return limbs_from_words<0>(word);
}
PROOFCARD_IFMA Limbs2 load_x(const Operand& o) { return {load_coordinate(o, 0), load_coordinate(o, 4)}; }

// y, or q - y with limbs that are not normalised.
PROOFCARD_IFMA Limbs2 load_signed_y(const Operand& o) {
  Limbs2 y{load_coordinate(o, 8), load_coordinate(o, 12)};
  for (int i = 0; i < 5; ++i) {
    y.c0.l[i] = _mm512_mask_sub_epi64(y.c0.l[i], o.negative, Q::multiple_limb<1>(i), y.c0.l[i]);
    y.c1.l[i] = _mm512_mask_sub_epi64(y.c1.l[i], o.negative, Q::multiple_limb<1>(i), y.c1.l[i]);
  }
  return y;
}

PROOFCARD_IFMA __m512i any_difference(const __m512i a[4], const __m512i b[4]) {
  return _mm512_or_si512(_mm512_or_si512(_mm512_xor_si512(a[0], b[0]), _mm512_xor_si512(a[1], b[1])),
                         _mm512_or_si512(_mm512_xor_si512(a[2], b[2]), _mm512_xor_si512(a[3], b[3])));
}

// Which of these are 0 mod q. Pre: below 2 q.
PROOFCARD_IFMA __mmask8 is_zero_mod(const Limbs& a) { return is_zero(Q::reduce_once(a)); }

// Denominators of the slopes in 2^260 form, below 32 q; a nonzero number where there is no slope.
PROOFCARD_IFMA Limbs2 denominators(const PointRef* refs, std::uint32_t& exceptions) {
  const Operand left = operand(refs, 0), right = operand(refs, 1);
  __m512i a0[4], a1[4], b0[4], b1[4];
  load_words(a0, left, 0);
  load_words(a1, left, 4);
  load_words(b0, right, 0);
  load_words(b1, right, 4);
  Limbs2 d{Q::sub<16>(limbs_from_words<4>(b0), limbs_from_words<4>(a0)),
           Q::sub<16>(limbs_from_words<4>(b1), limbs_from_words<4>(a1))};
  const __m512i unequal = _mm512_or_si512(any_difference(a0, b0), any_difference(a1, b1));
  const __mmask8 equal = _mm512_testn_epi64_mask(unequal, unequal);
  const auto left_infinite = static_cast<__mmask8>(all_zero(a0) & all_zero(a1));
  const auto right_infinite = static_cast<__mmask8>(all_zero(b0) & all_zero(b1));
  exceptions = 0;
  if ((equal | left_infinite | right_infinite) != 0) [[unlikely]] {
    Limbs2 y1 = carry(load_signed_y(left));
    const Limbs2 difference = sub<1>(y1, carry(load_signed_y(right)));
    const auto same_y = static_cast<__mmask8>(is_zero_mod(difference.c0) & is_zero_mod(difference.c1));
    Exceptions e{};
    e.left_infinite = left_infinite;
    e.right_infinite = static_cast<__mmask8>(right_infinite & ~left_infinite);
    const auto met = static_cast<__mmask8>(equal & ~left_infinite & ~right_infinite);
    e.same = static_cast<__mmask8>(met & same_y);
    e.opposite = static_cast<__mmask8>(met & ~same_y);
    exceptions = pack(e);
    y1 = x16(y1);
    Limbs2 one{zero(), zero()};
    one.c0.l[0] = _mm512_set1_epi64(1);
    d = select(static_cast<__mmask8>(equal | left_infinite | right_infinite), d, one);
    d = select(e.same, d, {add(y1.c0, y1.c0), add(y1.c1, y1.c1)});
  }
  return d;
}

// Numerators of the slopes in the form of memory: below 2 q; 3 x^2, below 4.2 q, for doublings.
PROOFCARD_IFMA Limbs2 numerators(const Limbs2& x1, const Limbs2& y1, const Limbs2& y2, std::uint32_t exceptions) {
  Limbs2 n = sub<1>(y2, y1);
  const __mmask8 same = unpack(exceptions).same;
  if (same != 0) [[unlikely]] {
    const Limbs2 xx = mul<1>(x16(x1), x1);  // below 1.4 q
    n = select(same, n, carry(Limbs2{add_raw(add_raw(xx.c0, xx.c0), xx.c0), add_raw(add_raw(xx.c1, xx.c1), xx.c1)}));
  }
  return n;
}

struct Sums {
  Limbs2 x, y;
};
PROOFCARD_IFMA void resolve(Sums& s, std::uint32_t exceptions, const Limbs2& x1, const Limbs2& y1, const Limbs2& x2,
                            const Limbs2& y2) {
  const Exceptions e = unpack(exceptions);
  s.x = select(e.right_infinite, select(e.left_infinite, s.x, x2), x1);
  s.y = select(e.right_infinite, select(e.left_infinite, s.y, carry(y2)), carry(y1));
  // A negated coefficient 0 is q here.
  s.y = {Q::reduce_once(s.y.c0), Q::reduce_once(s.y.c1)};
  const auto infinite = static_cast<__mmask8>(e.opposite | (is_zero(s.x.c0) & is_zero(s.x.c1)));
  const Limbs2 none{zero(), zero()};
  s.x = select(infinite, s.x, none);
  s.y = select(infinite, s.y, none);
}

// One step of the way back: eight sums, and the running inverses without their denominators.
PROOFCARD_IFMA void finish(const PointRef* refs, const std::uint64_t* difference, const std::uint64_t* prefix,
                           std::uint32_t exceptions, Limbs2& running, PackedPointG2* out) {
  const Limbs2 inverse = mul<5>(load_limbs2(prefix), running);  // below 1.6 q
  running = mul<5>(load_limbs2(difference), running);           // below 4.7 q, as the products of denominators
  const Operand left = operand(refs, 0), right = operand(refs, 1);
  const Limbs2 x1 = load_x(left), y1 = load_signed_y(left);
  const Limbs2 numerator = numerators(x1, y1, load_signed_y(right), exceptions);
  const Limbs2 slope = mul<2>(numerator, inverse);  // below 1.2 q
  const Limbs2 slope16 = x16(slope);                // below 19.2 q
  const Limbs2 square = mul<2>(slope16, slope);     // below 1.8 q
  const Limbs2 x2 = load_x(right);
  Limbs2 raw{sub_raw(sub_raw(square.c0, x1.c0), x2.c0), sub_raw(sub_raw(square.c1, x1.c1), x2.c1)};
  for (int i = 0; i < 5; ++i) {
    raw.c0.l[i] = _mm512_add_epi64(raw.c0.l[i], Q::multiple_limb<2>(i));
    raw.c1.l[i] = _mm512_add_epi64(raw.c1.l[i], Q::multiple_limb<2>(i));
  }
  Sums s;
  s.x = {Q::canonical<3>(raw.c0), Q::canonical<3>(raw.c1)};
  const Limbs2 y = mul<2>(slope16, sub<1>(x1, s.x));  // below 2 q
  raw = {sub_raw(y.c0, y1.c0), sub_raw(y.c1, y1.c1)};
  for (int i = 0; i < 5; ++i) {
    raw.c0.l[i] = _mm512_add_epi64(raw.c0.l[i], Q::multiple_limb<1>(i));
    raw.c1.l[i] = _mm512_add_epi64(raw.c1.l[i], Q::multiple_limb<1>(i));
  }
  s.y = {Q::canonical<2>(raw.c0), Q::canonical<2>(raw.c1)};
  if (exceptions != 0) [[unlikely]] {
    resolve(s, exceptions, x1, y1, x2, load_signed_y(right));
  }
  store<16>(out->words, s.x.c0);
  store<16>(out->words + 4, s.x.c1);
  store<16>(out->words + 8, s.y.c0);
  store<16>(out->words + 12, s.y.c1);
}

// The inverse of every lane, below 1.2 q. Pre: below 5 q.
PROOFCARD_IFMA Limbs2 invert(const Limbs2& a) {
  const Limbs norm = [&] {
    Wide t = wide_zero();
    mul_add(t, a.c0, a.c0);
    mul_add(t, a.c1, a.c1);
    return Q::reduce(t);  // below 1.6 q
  }();
  const Limbs inverse = invert_lanes(norm);
  return {Q::mul(a.c0, inverse), Q::mul(Q::sub<5>(zero(), a.c1), inverse)};
}

void add(const PointRef* refs, std::size_t count, PackedPointG2* out, AddScratch<PackedPointG2>& scratch) {
  // The last step works on a copy that is filled up with infinities.
  const std::size_t num_full = count / kLanes;
  const std::size_t num_rest = count % kLanes;
  const std::size_t num_steps = num_full + (num_rest != 0 ? 1 : 0);
  alignas(64) PointRef rest[2 * kLanes];
  alignas(64) PackedPointG2 rest_out[kLanes];
  for (std::size_t i = 0; i < 2 * kLanes; ++i) {
    rest[i] = i < 2 * num_rest ? refs[2 * kLanes * num_full + i] : reinterpret_cast<PointRef>(&kInfinity);
  }

  // Products of denominators stay below 4.7 q: 1 + 0.0119 * 32 * (4.7 + 5) = 4.7.
  Limbs2 product{broadcast(reinterpret_cast<const Word*>(&kOneRadix52)), zero()};
  for (std::size_t s = 0; s < num_steps; ++s) {
    const PointRef* step = s < num_full ? refs + 2 * kLanes * s : rest;
    if (kLanes * (s + 1) + kPrefetchPairs <= count) {
      for (std::size_t i = 0; i < 2 * kLanes; ++i) {
        const auto* next = reinterpret_cast<const char*>(step[2 * kPrefetchPairs + i]);
        _mm_prefetch(next, _MM_HINT_T0);
        _mm_prefetch(next + 64, _MM_HINT_T0);
      }
    }
    const Limbs2 d = denominators(step, scratch.exceptions[s]);
    store_limbs2(scratch.difference + kWordsPerGroup * s, d);
    store_limbs2(scratch.prefix + kWordsPerGroup * s, product);
    product = mul<5>(d, product);
  }
  Limbs2 running = invert(product);
  for (std::size_t s = num_steps; s-- > 0;) {
    finish(s < num_full ? refs + 2 * kLanes * s : rest, scratch.difference + kWordsPerGroup * s,
           scratch.prefix + kWordsPerGroup * s, scratch.exceptions[s], running,
           s < num_full ? out + kLanes * s : rest_out);
  }
  for (std::size_t i = 0; i < num_rest; ++i) {
    for (std::size_t k = 0; k < 16; ++k) {
      out[kLanes * num_full + i].words[k] = rest_out[i].words[k];
    }
  }
}

constexpr PointOpsG2 kOps{"avx512", add};

}  // namespace

const PointOpsG2* avx512_point_ops_g2() { return &kOps; }

}  // namespace proofcard::kernels::msm_cpu
