// The pass over Goldilocks with AVX-512: eight elements a register, one register a vector or four.
//
// Method:  64-bit products from four 32-bit ones, reduced by 2^64 = 2^32 - 1 and 2^96 = -1 mod p.
// Range:   as in ntt_goldilocks_dft.hpp: values are any 64-bit words, small ones at most p.
#include "host/field/goldilocks.hpp"
#include "host/kernels/cpu/ntt/ntt_goldilocks_lanes.hpp"

// g++ 12 takes the deliberately undefined merge operands in this header for mistakes (GCC bug 105593).
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wmaybe-uninitialized"
#pragma GCC diagnostic ignored "-Wuninitialized"
#include <immintrin.h>
#pragma GCC diagnostic pop

namespace proofcard::kernels::ntt_cpu {
namespace {

#define PROOFCARD_INLINE [[gnu::always_inline]] static inline

constexpr Word kEpsilonWord = 0xffffffff;  // 2^64 - p = 2^64 mod p

PROOFCARD_INLINE __m512i epsilon() { return _mm512_set1_epi64(static_cast<long long>(kEpsilonWord)); }

PROOFCARD_INLINE __m512i times_epsilon(__m512i a) { return _mm512_mul_epu32(a, epsilon()); }  // of the lower half

// The registers of ntt_goldilocks_lanes.hpp.
struct Arithmetic {
  using Register = __m512i;
  static constexpr std::size_t kRegisterWords = 8;

  PROOFCARD_INLINE __m512i load(const __m512i* p) { return _mm512_load_si512(p); }
  PROOFCARD_INLINE void store(__m512i* p, __m512i r) { _mm512_store_si512(p, r); }

  // a mod p: a - p = a + epsilon wraps to less than a exactly where a is p or more.
  PROOFCARD_INLINE __m512i small(__m512i a) { return _mm512_min_epu64(a, _mm512_add_epi64(a, epsilon())); }

  PROOFCARD_INLINE __m512i add(__m512i a, __m512i b) {
    const __m512i sum = _mm512_add_epi64(a, b);
    return _mm512_mask_add_epi64(sum, _mm512_cmplt_epu64_mask(sum, b), sum, epsilon());
  }
  PROOFCARD_INLINE __m512i subtract(__m512i a, __m512i b) {
    const __m512i difference = _mm512_sub_epi64(a, b);
    return _mm512_mask_sub_epi64(difference, _mm512_cmplt_epu64_mask(a, b), difference, epsilon());
  }
  PROOFCARD_INLINE __m512i negate(__m512i a) {
    return _mm512_sub_epi64(_mm512_set1_epi64(static_cast<long long>(Goldilocks::kModulus)), a);
  }

  // a + g - epsilon mod p. Pre: epsilon <= g < p, and a + g >= epsilon.
  PROOFCARD_INLINE __m512i add_less_epsilon(__m512i a, __m512i g) {
    const __m512i sum = _mm512_add_epi64(a, g);
    return _mm512_mask_sub_epi64(sum, _mm512_cmpge_epu64_mask(sum, g), sum, epsilon());
  }
  // low + 2^64 (middle mod 2^32) - top. Pre: top < 2^32.
  // A borrow of low - top stands for epsilon, which is then left out of g; low - top is at least p in that case.
  PROOFCARD_INLINE __m512i reduce(__m512i low, __m512i middle, __m512i top) {
    const __m512i folded = times_epsilon(middle);
    const __m512i g = _mm512_mask_add_epi64(folded, _mm512_cmpge_epu64_mask(low, top), folded, epsilon());
    return add_less_epsilon(_mm512_sub_epi64(low, top), g);
  }
  template <unsigned K>
  PROOFCARD_INLINE __m512i shift_left(__m512i a) {
    const __m512i folded = times_epsilon(_mm512_srli_epi64(a, 64 - K));
    return add_less_epsilon(_mm512_slli_epi64(a, K), _mm512_add_epi64(folded, epsilon()));
  }
  template <unsigned K>
  PROOFCARD_INLINE __m512i shift_middle(__m512i a) {
    return reduce(_mm512_slli_epi64(a, K), _mm512_srli_epi64(a, 64 - K), _mm512_srli_epi64(a, 96 - K));
  }
  // 2^-K a = (a >> K) - epsilon (the lower K bits of a, shifted up to 2^32), because 2^-K = -2^(96 - K).
  template <unsigned K>
  PROOFCARD_INLINE __m512i shift_right(__m512i a) {
    return subtract(_mm512_srli_epi64(a, K), times_epsilon(_mm512_slli_epi64(a, 32 - K)));
  }
  template <unsigned K>
  PROOFCARD_INLINE __m512i minus_shift_right(__m512i a) {
    return subtract(times_epsilon(_mm512_slli_epi64(a, 32 - K)), _mm512_srli_epi64(a, K));
  }

  // Small. b_high = b >> 32.
  PROOFCARD_INLINE __m512i multiply(__m512i a, __m512i b, __m512i b_high) {
    const __m512i a_high = _mm512_srli_epi64(a, 32);
    const __m512i low_low = _mm512_mul_epu32(a, b), high_low = _mm512_mul_epu32(a_high, b);
    const __m512i low_high = _mm512_mul_epu32(a, b_high), high_high = _mm512_mul_epu32(a_high, b_high);
    const __m512i middle = _mm512_add_epi64(high_low, _mm512_srli_epi64(low_low, 32));
    const __m512i cross = _mm512_add_epi64(low_high, _mm512_and_si512(middle, epsilon()));
    const __m512i high =
        _mm512_add_epi64(_mm512_add_epi64(high_high, _mm512_srli_epi64(middle, 32)), _mm512_srli_epi64(cross, 32));
    // The lower halves of low_low and, shifted up by 32, of cross.
    const __m512i low =
        _mm512_castps_si512(_mm512_mask_moveldup_ps(_mm512_castsi512_ps(low_low), 0xaaaa, _mm512_castsi512_ps(cross)));
    return reduce(low, high, _mm512_srli_epi64(high, 32));
  }
  PROOFCARD_INLINE __m512i multiply(__m512i a, __m512i b) { return multiply(a, b, _mm512_srli_epi64(b, 32)); }
  PROOFCARD_INLINE __m512i multiply(__m512i a, const Word* factor) {
    return multiply(a, _mm512_set1_epi64(static_cast<long long>(*factor)));
  }

  PROOFCARD_INLINE __m512i set1(Word w) { return _mm512_set1_epi64(static_cast<long long>(w)); }
  PROOFCARD_INLINE __m512i load(const Word* p) { return _mm512_loadu_si512(p); }
  PROOFCARD_INLINE void store(Word* p, __m512i r) { _mm512_storeu_si512(p, r); }
  PROOFCARD_INLINE void stream(Word* p, __m512i r) { _mm512_stream_si512(reinterpret_cast<__m512i*>(p), r); }
  PROOFCARD_INLINE __m512i offsets(std::size_t stride) {
    return _mm512_mullo_epi64(_mm512_setr_epi64(0, 1, 2, 3, 4, 5, 6, 7), set1(stride));
  }
  PROOFCARD_INLINE void end_of_stream() { _mm_sfence(); }
  PROOFCARD_INLINE __m512i gather(const Word* p, std::size_t stride) {
    return _mm512_i64gather_epi64(offsets(stride), p, 8);
  }
  PROOFCARD_INLINE void scatter(Word* p, std::size_t stride, __m512i r) {
    _mm512_i64scatter_epi64(p, offsets(stride), r, 8);
  }
  // Element j of register i becomes element i of register j.
  PROOFCARD_INLINE void transpose(__m512i r[8]) {
    __m512i s[8], t[8];
#pragma GCC unroll 4
    for (int i = 0; i < 8; i += 2) {
      s[i] = _mm512_unpacklo_epi64(r[i], r[i + 1]);
      s[i + 1] = _mm512_unpackhi_epi64(r[i], r[i + 1]);
    }
    // s[2i + h]: of rows 2i, 2i + 1 the columns h, h + 2, h + 4, h + 6, in pairs.
#pragma GCC unroll 2
    for (int h = 0; h < 2; ++h) {
      t[h] = _mm512_shuffle_i64x2(s[h], s[h + 2], 0x88);      // rows 0..3, columns h, h + 4
      t[h + 2] = _mm512_shuffle_i64x2(s[h], s[h + 2], 0xdd);  // rows 0..3, columns h + 2, h + 6
      t[h + 4] = _mm512_shuffle_i64x2(s[h + 4], s[h + 6], 0x88);
      t[h + 6] = _mm512_shuffle_i64x2(s[h + 4], s[h + 6], 0xdd);
    }
#pragma GCC unroll 4
    for (int c = 0; c < 4; ++c) {
      r[c] = _mm512_shuffle_i64x2(t[c], t[c + 4], 0x88);
      r[c + 4] = _mm512_shuffle_i64x2(t[c], t[c + 4], 0xdd);
    }
  }
};

}  // namespace

const NttKernels& goldilocks_avx512_kernels() {
#if defined(__AVX512F__)
  constexpr Isa kCompiledFor = Isa::kAvx512;
#else
  constexpr Isa kCompiledFor = Isa::kPortable;
#endif
  static constexpr NttKernels kKernels = goldilocks_kernels<Arithmetic, 4, 1>(kCompiledFor);
  return kKernels;
}

}  // namespace proofcard::kernels::ntt_cpu
