// Batched affine additions with AVX-512 IFMA: eight additions a group, some groups in step.
//
// Forms (host/field/ifma52.hpp): a product of a number in 2^260 form and one in the form of memory is in the form of
// memory; the chain of differences stays in 2^260 form. Bounds are noted as multiples of q.
#include "host/kernels/cpu/msm/msm_points_ifma.hpp"

namespace proofcard::kernels::msm_cpu {
namespace {

// Groups of eight in step: one product alone is a chain of latencies. Three are no faster, for lack of registers.
constexpr std::size_t kStreams = 2;
constexpr std::size_t kGroup = kStreams * kLanes;
// How far ahead points are fetched: about the time of one access to memory.
constexpr std::size_t kPrefetchPairs = 96;

constexpr PackedPoint kInfinity{};

PROOFCARD_IFMA Limbs load_x(const Operand& o) {
  __m512i word[4];
  load_words(word, o, 0);
  return limbs_from_words<0>(word);
}

// y, or q - y with limbs that are not normalised.
PROOFCARD_IFMA Limbs load_signed_y(const Operand& o) {
  __m512i word[4];
  load_words(word, o, 4);
  Limbs y = limbs_from_words<0>(word);
  for (int i = 0; i < 5; ++i) {
    y.l[i] = _mm512_mask_sub_epi64(y.l[i], o.negative, Q::multiple_limb<1>(i), y.l[i]);
  }
  return y;
}

// Denominators of the slopes in 2^260 form, below 32 q; a nonzero number where there is no slope.
PROOFCARD_IFMA Limbs denominators(const PointRef* refs, std::uint32_t& exceptions) {
  const Operand left = operand(refs, 0), right = operand(refs, 1);
  __m512i x1[4], x2[4];
  load_words(x1, left, 0);
  load_words(x2, right, 0);
  Limbs d = Q::sub<16>(limbs_from_words<4>(x2), limbs_from_words<4>(x1));
  const __m512i unequal =
      _mm512_or_si512(_mm512_or_si512(_mm512_xor_si512(x1[0], x2[0]), _mm512_xor_si512(x1[1], x2[1])),
                      _mm512_or_si512(_mm512_xor_si512(x1[2], x2[2]), _mm512_xor_si512(x1[3], x2[3])));
  const __mmask8 equal = _mm512_testn_epi64_mask(unequal, unequal);
  const __mmask8 left_infinite = all_zero(x1), right_infinite = all_zero(x2);
  exceptions = 0;
  if ((equal | left_infinite | right_infinite) != 0) [[unlikely]] {
    Limbs y1 = carry(load_signed_y(left));
    const __mmask8 same_y = is_zero(sub_raw(y1, carry(load_signed_y(right))));
    Exceptions e{};
    e.left_infinite = left_infinite;
    e.right_infinite = static_cast<__mmask8>(right_infinite & ~left_infinite);
    const __mmask8 met = static_cast<__mmask8>(equal & ~left_infinite & ~right_infinite);
    e.same = met & same_y;
    e.opposite = static_cast<__mmask8>(met & ~same_y);
    exceptions = pack(e);
    y1 = x16(y1);
    Limbs one = zero();
    one.l[0] = _mm512_set1_epi64(1);
    d = select(static_cast<__mmask8>(equal | left_infinite | right_infinite), d, one);
    d = select(e.same, d, add(y1, y1));
  }
  return d;
}

// The eight sums, given the inverses of the denominators (2^260 form, below 2 q).
struct Sums {
  Limbs x, y;
};

// Numerators of the slopes in the form of memory: below 2 q; 3 x^2 for doublings.
PROOFCARD_IFMA Limbs numerators(const Limbs& x1, const Limbs& y1, const Limbs& y2, std::uint32_t exceptions) {
  Limbs n = Q::sub<1>(y2, y1);
  const __mmask8 same = unpack(exceptions).same;
  if (same != 0) [[unlikely]] {
    const Limbs xx = Q::mul(x16(x1), x1);
    n = select(same, n, add_raw(add_raw(xx, xx), xx));
    n = carry(n);
  }
  return n;
}

PROOFCARD_IFMA void resolve(Sums& s, std::uint32_t exceptions, const Limbs& x1, const Limbs& y1, const Limbs& x2,
                            const Limbs& y2) {
  const Exceptions e = unpack(exceptions);
  s.x = select(e.right_infinite, select(e.left_infinite, s.x, x2), x1);
  s.y = select(e.right_infinite, select(e.left_infinite, s.y, carry(y2)), carry(y1));
  // A negated infinity has y = q here; infinity is known by x and stored as zeros.
  const __mmask8 infinite = static_cast<__mmask8>(e.opposite | is_zero(s.x));
  s.x = select(infinite, s.x, zero());
  s.y = select(infinite, s.y, zero());
}

// One step of the way back: the sums of kStreams groups, and the running inverses without their denominators.
PROOFCARD_IFMA void finish(const PointRef* refs, const std::uint64_t* difference, const std::uint64_t* prefix,
                           const std::uint32_t* exceptions, Limbs (&running)[kStreams], PackedPoint* out) {
  Limbs inverse[kStreams];
  {
    Limbs before[kStreams], d[kStreams], next[kStreams];
    for (std::size_t n = 0; n < kStreams; ++n) {
      before[n] = load_limbs(prefix + 5 * kLanes * n);
      d[n] = load_limbs(difference + 5 * kLanes * n);
    }
    Q::mul_many(inverse, running, before);  // below 1.1 q
    Q::mul_many(next, running, d);          // below 1.8 q
    for (std::size_t n = 0; n < kStreams; ++n) {
      running[n] = next[n];
    }
  }
  Operand left[kStreams], right[kStreams];
  Limbs x1[kStreams], y1[kStreams], x2[kStreams], numerator[kStreams];
  for (std::size_t n = 0; n < kStreams; ++n) {
    left[n] = operand(refs + 2 * kLanes * n, 0);
    right[n] = operand(refs + 2 * kLanes * n, 1);
    x1[n] = load_x(left[n]);
    y1[n] = load_signed_y(left[n]);
    numerator[n] = numerators(x1[n], y1[n], load_signed_y(right[n]), exceptions[n]);
  }
  Limbs slope[kStreams], slope16[kStreams], square[kStreams], x[kStreams], y[kStreams], step[kStreams];
  Q::mul_many(slope, inverse, numerator);  // below 1.1 q
  for (std::size_t n = 0; n < kStreams; ++n) {
    slope16[n] = x16(slope[n]);
  }
  Q::mul_many(square, slope16, slope);  // below 1.3 q
  for (std::size_t n = 0; n < kStreams; ++n) {
    x2[n] = load_x(right[n]);
    Limbs raw = sub_raw(sub_raw(square[n], x1[n]), x2[n]);
    for (int i = 0; i < 5; ++i) {
      raw.l[i] = _mm512_add_epi64(raw.l[i], Q::multiple_limb<2>(i));
    }
    x[n] = Q::canonical<3>(raw);
    step[n] = Q::sub<1>(x1[n], x[n]);
  }
  Q::mul_many(y, slope16, step);  // below 1.5 q
  for (std::size_t n = 0; n < kStreams; ++n) {
    Limbs raw = sub_raw(y[n], y1[n]);
    for (int i = 0; i < 5; ++i) {
      raw.l[i] = _mm512_add_epi64(raw.l[i], Q::multiple_limb<1>(i));
    }
    Sums s{x[n], Q::canonical<2>(raw)};
    if (exceptions[n] != 0) [[unlikely]] {
      resolve(s, exceptions[n], x1[n], y1[n], x2[n], load_signed_y(right[n]));
    }
    store<8>(out[n * kLanes].words, s.x);
    store<8>(out[n * kLanes].words + 4, s.y);
  }
}

// From the products of all streams to the inverse of each, with one inversion.
PROOFCARD_IFMA void invert_streams(Limbs (&inverses)[kStreams], const Limbs (&products)[kStreams]) {
  Limbs prefix[kStreams];
  prefix[0] = products[0];
  for (std::size_t n = 1; n < kStreams; ++n) {
    prefix[n] = Q::mul(prefix[n - 1], products[n]);
  }
  Limbs rest = invert_lanes(prefix[kStreams - 1]);
  for (std::size_t n = kStreams; n-- > 1;) {
    inverses[n] = Q::mul(rest, prefix[n - 1]);
    rest = Q::mul(rest, products[n]);
  }
  inverses[0] = rest;
}

void add(const PointRef* refs, std::size_t count, PackedPoint* out, AddScratch<PackedPoint>& scratch) {
  // The last step works on a copy that is filled up with infinities.
  const std::size_t num_full = count / kGroup;
  const std::size_t num_rest = count % kGroup;
  const std::size_t num_steps = num_full + (num_rest != 0 ? 1 : 0);
  alignas(64) PointRef rest[2 * kGroup];
  alignas(64) PackedPoint rest_out[kGroup];
  for (std::size_t i = 0; i < 2 * kGroup; ++i) {
    rest[i] = i < 2 * num_rest ? refs[2 * kGroup * num_full + i] : reinterpret_cast<PointRef>(&kInfinity);
  }

  Limbs product[kStreams], running[kStreams];
  for (std::size_t n = 0; n < kStreams; ++n) {
    product[n] = broadcast(reinterpret_cast<const Word*>(&kOneRadix52));
  }
  for (std::size_t s = 0; s < num_steps; ++s) {
    const PointRef* step = s < num_full ? refs + 2 * kGroup * s : rest;
    if (kGroup * (s + 1) + kPrefetchPairs <= count) {
      for (std::size_t i = 0; i < 2 * kGroup; ++i) {
        _mm_prefetch(reinterpret_cast<const char*>(step[2 * kPrefetchPairs + i]), _MM_HINT_T0);
      }
    }
    Limbs d[kStreams], next[kStreams];
    for (std::size_t n = 0; n < kStreams; ++n) {
      d[n] = denominators(step + 2 * kLanes * n, scratch.exceptions[kStreams * s + n]);
    }
    Q::mul_many(next, product, d);
    for (std::size_t n = 0; n < kStreams; ++n) {
      store_limbs(scratch.difference + 5 * (kGroup * s + kLanes * n), d[n]);
      store_limbs(scratch.prefix + 5 * (kGroup * s + kLanes * n), product[n]);
      product[n] = next[n];
    }
  }
  invert_streams(running, product);
  for (std::size_t s = num_steps; s-- > 0;) {
    finish(s < num_full ? refs + 2 * kGroup * s : rest, scratch.difference + 5 * kGroup * s,
           scratch.prefix + 5 * kGroup * s, scratch.exceptions + kStreams * s, running,
           s < num_full ? out + kGroup * s : rest_out);
  }
  for (std::size_t i = 0; i < num_rest; ++i) {
    for (std::size_t k = 0; k < 8; ++k) {
      out[kGroup * num_full + i].words[k] = rest_out[i].words[k];
    }
  }
}

constexpr PointOps kOps{"avx512", add};

}  // namespace

const PointOps* avx512_point_ops() { return &kOps; }

}  // namespace proofcard::kernels::msm_cpu
