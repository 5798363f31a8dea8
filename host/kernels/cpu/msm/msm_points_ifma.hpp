// What the additions of G1 and G2 with AVX-512 IFMA share. Include it only from *_avx512.cpp files: see
// host/field/ifma52.hpp for why everything is in an unnamed namespace.
#pragma once

#include "host/field/fq.hpp"
#include "host/field/ifma52.hpp"
#include "host/kernels/cpu/msm/msm_points.hpp"

namespace proofcard::kernels::msm_cpu {
namespace {

using namespace ifma52;
using Q = ifma52::Field<FqParams>;

constexpr std::size_t kLanes = 8;
constexpr U256 kOneRadix52 = detail::power_of_two_mod(260, FqParams::kModulus);

struct Operand {
  const Word* point[kLanes];
  __mmask8 negative;
};

// The left operands of eight pairs for side = 0, the right ones for side = 1.
PROOFCARD_IFMA Operand operand(const PointRef* refs, std::size_t side) {
  Operand r{};
  unsigned negative = 0;
#pragma GCC unroll 8
  for (std::size_t i = 0; i < kLanes; ++i) {
    const PointRef ref = refs[2 * i + side];
    r.point[i] = reinterpret_cast<const Word*>(ref & ~PointRef{1});
    negative |= static_cast<unsigned>(ref & 1) << i;
  }
  r.negative = static_cast<__mmask8>(negative);
  return r;
}

PROOFCARD_IFMA void load_words(__m512i word[4], const Operand& o, std::size_t offset) {
  transpose_in(word, o.point[0] + offset, o.point[1] + offset, o.point[2] + offset, o.point[3] + offset,
               o.point[4] + offset, o.point[5] + offset, o.point[6] + offset, o.point[7] + offset);
}

PROOFCARD_IFMA __mmask8 all_zero(const __m512i word[4]) {
  const __m512i any = _mm512_or_si512(_mm512_ternarylogic_epi64(word[0], word[1], word[2], 0xfe), word[3]);
  return _mm512_testn_epi64_mask(any, any);
}

struct Exceptions {
  __mmask8 left_infinite, right_infinite, opposite, same;
};
PROOFCARD_IFMA std::uint32_t pack(const Exceptions& e) {
  return static_cast<std::uint32_t>(e.left_infinite) | static_cast<std::uint32_t>(e.right_infinite) << 8 |
         static_cast<std::uint32_t>(e.opposite) << 16 | static_cast<std::uint32_t>(e.same) << 24;
}
PROOFCARD_IFMA Exceptions unpack(std::uint32_t e) {
  return {static_cast<__mmask8>(e), static_cast<__mmask8>(e >> 8), static_cast<__mmask8>(e >> 16),
          static_cast<__mmask8>(e >> 24)};
}

PROOFCARD_IFMA Limbs load_limbs(const std::uint64_t* from) {
  Limbs r;
  for (std::size_t i = 0; i < 5; ++i) {
    r.l[i] = _mm512_load_si512(from + kLanes * i);
  }
  return r;
}
PROOFCARD_IFMA void store_limbs(std::uint64_t* to, const Limbs& a) {
  for (std::size_t i = 0; i < 5; ++i) {
    _mm512_store_si512(to + kLanes * i, a.l[i]);
  }
}

PROOFCARD_IFMA Limbs rotate(const Limbs& a, __m512i lanes) {
  Limbs r;
  for (int i = 0; i < 5; ++i) {
    r.l[i] = _mm512_permutexvar_epi64(lanes, a.l[i]);
  }
  return r;
}

// The inverse of every lane with one inversion. 2^260 form, below 2 q.
PROOFCARD_IFMA Limbs invert_lanes(const Limbs& a) {
  const __m512i by4 = _mm512_setr_epi64(4, 5, 6, 7, 0, 1, 2, 3), by2 = _mm512_setr_epi64(2, 3, 0, 1, 6, 7, 4, 5),
                by1 = _mm512_setr_epi64(1, 0, 3, 2, 5, 4, 7, 6);
  const Limbs two = Q::mul(a, rotate(a, by4));
  const Limbs four = Q::mul(two, rotate(two, by2));
  const Limbs all = Q::canonical<2>(Q::mul(four, rotate(four, by1)));
  alignas(64) Word words[4 * kLanes];
  store(words, all);
  invert_radix52(words);
  Limbs inverse = broadcast(words);
  inverse = Q::mul(inverse, rotate(four, by1));
  inverse = Q::mul(inverse, rotate(two, by2));
  return Q::mul(inverse, rotate(a, by4));
}

}  // namespace
}  // namespace proofcard::kernels::msm_cpu
