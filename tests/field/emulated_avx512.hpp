// The AVX-512 intrinsics that host/field/ifma52.hpp uses, as loops over lanes, so that code written with them is tested on
// processors that do not have them. Semantics: Intel Intrinsics Guide. It stands in place of the compiler's header in one
// file of the tests (fr_vector_emulated.cpp) and nowhere else.
#pragma once

#include <cstdint>
#include <cstring>

struct __m512i {
  std::uint64_t lane[8];
};
struct __m256i {
  std::uint64_t lane[4];
};
using __mmask8 = std::uint8_t;

namespace emulated {

template <class F>
inline __m512i each(const F& f) {
  __m512i r;
  for (int i = 0; i < 8; ++i) {
    r.lane[i] = f(i);
  }
  return r;
}
template <class F>
inline __mmask8 mask(const F& f) {
  unsigned r = 0;
  for (int i = 0; i < 8; ++i) {
    r |= f(i) ? 1U << i : 0U;
  }
  return static_cast<__mmask8>(r);
}
__extension__ using Word128 = unsigned __int128;
inline Word128 product52(std::uint64_t a, std::uint64_t b) {
  constexpr std::uint64_t kMask = (std::uint64_t{1} << 52) - 1;
  return static_cast<Word128>(a & kMask) * (b & kMask);
}

}  // namespace emulated

inline __m512i _mm512_setzero_si512() { return {}; }
inline __m512i _mm512_set1_epi64(long long v) {
  return emulated::each([&](int) { return static_cast<std::uint64_t>(v); });
}
inline __m512i _mm512_setr_epi64(long long a, long long b, long long c, long long d, long long e, long long f,
                                 long long g, long long h) {
  const long long v[8] = {a, b, c, d, e, f, g, h};
  return emulated::each([&](int i) { return static_cast<std::uint64_t>(v[i]); });
}
inline __m512i _mm512_add_epi64(__m512i a, __m512i b) {
  return emulated::each([&](int i) { return a.lane[i] + b.lane[i]; });
}
inline __m512i _mm512_sub_epi64(__m512i a, __m512i b) {
  return emulated::each([&](int i) { return a.lane[i] - b.lane[i]; });
}
inline __m512i _mm512_and_si512(__m512i a, __m512i b) {
  return emulated::each([&](int i) { return a.lane[i] & b.lane[i]; });
}
inline __m512i _mm512_or_si512(__m512i a, __m512i b) {
  return emulated::each([&](int i) { return a.lane[i] | b.lane[i]; });
}
inline __m512i _mm512_slli_epi64(__m512i a, unsigned n) {
  return emulated::each([&](int i) { return n > 63 ? 0 : a.lane[i] << n; });
}
inline __m512i _mm512_srli_epi64(__m512i a, unsigned n) {
  return emulated::each([&](int i) { return n > 63 ? 0 : a.lane[i] >> n; });
}
inline __m512i _mm512_srai_epi64(__m512i a, unsigned n) {
  return emulated::each(
      [&](int i) { return static_cast<std::uint64_t>(static_cast<std::int64_t>(a.lane[i]) >> (n > 63 ? 63 : n)); });
}
inline __m512i _mm512_madd52lo_epu64(__m512i a, __m512i b, __m512i c) {
  return emulated::each([&](int i) {
    return a.lane[i] + (static_cast<std::uint64_t>(emulated::product52(b.lane[i], c.lane[i])) & ((1ULL << 52) - 1));
  });
}
inline __m512i _mm512_madd52hi_epu64(__m512i a, __m512i b, __m512i c) {
  return emulated::each(
      [&](int i) { return a.lane[i] + static_cast<std::uint64_t>(emulated::product52(b.lane[i], c.lane[i]) >> 52); });
}
// Bit k of the result is bit 4 a_k + 2 b_k + c_k of the table.
inline __m512i _mm512_ternarylogic_epi64(__m512i a, __m512i b, __m512i c, int table) {
  return emulated::each([&](int i) {
    std::uint64_t r = 0;
    for (int row = 0; row < 8; ++row) {
      const auto is = [&](const __m512i& x, int bit) { return (row & bit) != 0 ? x.lane[i] : ~x.lane[i]; };
      r |= (table >> row & 1) != 0 ? is(a, 4) & is(b, 2) & is(c, 1) : 0;
    }
    return r;
  });
}
inline __mmask8 _mm512_movepi64_mask(__m512i a) {
  return emulated::mask([&](int i) { return a.lane[i] >> 63 != 0; });
}
inline __mmask8 _mm512_testn_epi64_mask(__m512i a, __m512i b) {
  return emulated::mask([&](int i) { return (a.lane[i] & b.lane[i]) == 0; });
}
inline __m512i _mm512_mask_blend_epi64(__mmask8 k, __m512i a, __m512i b) {
  return emulated::each([&](int i) { return (k >> i & 1) != 0 ? b.lane[i] : a.lane[i]; });
}
inline __m512i _mm512_mask_add_epi64(__m512i other, __mmask8 k, __m512i a, __m512i b) {
  return emulated::each([&](int i) { return (k >> i & 1) != 0 ? a.lane[i] + b.lane[i] : other.lane[i]; });
}
inline __m512i _mm512_unpacklo_epi64(__m512i a, __m512i b) {
  return emulated::each([&](int i) { return i % 2 == 0 ? a.lane[i] : b.lane[i - 1]; });
}
inline __m512i _mm512_unpackhi_epi64(__m512i a, __m512i b) {
  return emulated::each([&](int i) { return i % 2 == 0 ? a.lane[i + 1] : b.lane[i]; });
}
// Quarters of 128 bits: two of a, then two of b.
inline __m512i _mm512_shuffle_i64x2(__m512i a, __m512i b, int which) {
  return emulated::each([&](int i) {
    const int quarter = i / 2, from = which >> (2 * quarter) & 3;
    return (quarter < 2 ? a : b).lane[2 * from + i % 2];
  });
}
inline __m512i _mm512_permutex2var_epi64(__m512i a, __m512i index, __m512i b) {
  return emulated::each([&](int i) {
    const std::uint64_t from = index.lane[i] & 15;
    return from < 8 ? a.lane[from] : b.lane[from - 8];
  });
}
inline __m512i _mm512_castsi256_si512(__m256i a) {
  return emulated::each([&](int i) { return i < 4 ? a.lane[i] : 0xbadULL; });  // the upper half is undefined
}
inline __m256i _mm512_castsi512_si256(__m512i a) { return {{a.lane[0], a.lane[1], a.lane[2], a.lane[3]}}; }
inline __m512i _mm512_inserti64x4(__m512i a, __m256i b, int half) {
  return emulated::each([&](int i) { return i / 4 == half ? b.lane[i % 4] : a.lane[i]; });
}
inline __m256i _mm512_extracti64x4_epi64(__m512i a, int half) {
  return {{a.lane[4 * half], a.lane[4 * half + 1], a.lane[4 * half + 2], a.lane[4 * half + 3]}};
}
inline __m256i _mm256_loadu_si256(const __m256i* p) {
  __m256i r;
  std::memcpy(&r, p, sizeof r);
  return r;
}
inline void _mm256_storeu_si256(__m256i* p, __m256i a) { std::memcpy(p, &a, sizeof a); }
inline void _mm512_store_si512(void* p, __m512i a) { std::memcpy(p, &a, sizeof a); }
