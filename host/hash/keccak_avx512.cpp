// Keccak-f[1600] of eight states at once, one in each lane of a register.
#include <immintrin.h>

#include "host/hash/keccak_kernels.hpp"

namespace proofcard::hash::keccak_internal {
namespace {

__m512i xor3(__m512i a, __m512i b, __m512i c) { return _mm512_ternarylogic_epi64(a, b, c, 0x96); }

// a ^ (~b & c)
__m512i chi(__m512i a, __m512i b, __m512i c) { return _mm512_ternarylogic_epi64(a, b, c, 0xd2); }

__m512i rotate(__m512i a, int bits) { return _mm512_rolv_epi64(a, _mm512_set1_epi64(bits)); }

}  // namespace

void permute_eight_avx512(std::uint64_t* lanes) {
  __m512i a[kLanes];
  for (std::size_t i = 0; i < kLanes; ++i) {
    a[i] = _mm512_loadu_si512(lanes + kStates * i);
  }
  for (const std::uint64_t round_constant : kRoundConstants) {
    __m512i column[5];
#pragma GCC unroll 5
    for (std::size_t x = 0; x < 5; ++x) {
      column[x] = xor3(xor3(a[x], a[x + 5], a[x + 10]), a[x + 15], a[x + 20]);
    }
#pragma GCC unroll 5
    for (std::size_t x = 0; x < 5; ++x) {
      const __m512i turned = rotate(column[(x + 1) % 5], 1);
#pragma GCC unroll 5
      for (std::size_t y = 0; y < kLanes; y += 5) {
        a[x + y] = xor3(a[x + y], column[(x + 4) % 5], turned);
      }
    }
    __m512i moving = a[1];
#pragma GCC unroll 24
    for (std::size_t t = 0; t < 24; ++t) {
      const __m512i next = a[kRhoPi.lane[t]];
      a[kRhoPi.lane[t]] = rotate(moving, kRhoPi.rotation[t]);
      moving = next;
    }
#pragma GCC unroll 5
    for (std::size_t y = 0; y < kLanes; y += 5) {
      const __m512i row[5] = {a[y], a[y + 1], a[y + 2], a[y + 3], a[y + 4]};
#pragma GCC unroll 5
      for (std::size_t x = 0; x < 5; ++x) {
        a[x + y] = chi(row[x], row[(x + 1) % 5], row[(x + 2) % 5]);
      }
    }
    a[0] = _mm512_xor_si512(a[0], _mm512_set1_epi64(static_cast<long long>(round_constant)));
  }
  for (std::size_t i = 0; i < kLanes; ++i) {
    _mm512_storeu_si512(lanes + kStates * i, a[i]);
  }
}

}  // namespace proofcard::hash::keccak_internal
