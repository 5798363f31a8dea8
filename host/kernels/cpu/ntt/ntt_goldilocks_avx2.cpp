// The pass over Goldilocks with AVX2: four elements a register, eight registers a vector or two.
//
// Method:  as with AVX-512. Without unsigned comparisons, a carry is found by comparing with the upper bits flipped,
//          and what it stands for is a mask shifted to 2^32 - 1.
// Range:   as in ntt_goldilocks_dft.hpp: values are any 64-bit words, small ones at most p.
#include <immintrin.h>

#include "host/field/goldilocks.hpp"
#include "host/kernels/cpu/ntt/ntt_goldilocks_lanes.hpp"

namespace proofcard::kernels::ntt_cpu {
namespace {

#define PROOFCARD_INLINE [[gnu::always_inline]] static inline

PROOFCARD_INLINE __m256i set1(Word w) { return _mm256_set1_epi64x(static_cast<long long>(w)); }
PROOFCARD_INLINE __m256i epsilon() { return set1(0xffffffff); }                               // 2^64 - p = 2^64 mod p
PROOFCARD_INLINE __m256i times_epsilon(__m256i a) { return _mm256_mul_epu32(a, epsilon()); }  // of the lower half
PROOFCARD_INLINE __m256i flip(__m256i a) { return _mm256_xor_si256(a, set1(Word{1} << 63)); }
// epsilon where a > b, both flipped.
PROOFCARD_INLINE __m256i epsilon_if_greater(__m256i a, __m256i b) {
  return _mm256_srli_epi64(_mm256_cmpgt_epi64(a, b), 32);
}

// The registers of ntt_goldilocks_lanes.hpp.
struct Arithmetic {
  using Register = __m256i;
  static constexpr std::size_t kRegisterWords = 4;

  PROOFCARD_INLINE __m256i load(const __m256i* p) { return _mm256_load_si256(p); }
  PROOFCARD_INLINE void store(__m256i* p, __m256i r) { _mm256_store_si256(p, r); }

  PROOFCARD_INLINE __m256i small(__m256i a) {
    return _mm256_add_epi64(a, epsilon_if_greater(flip(a), flip(set1(Goldilocks::kModulus - 1))));
  }
  PROOFCARD_INLINE __m256i add(__m256i a, __m256i b) {
    const __m256i flipped = flip(a), sum = _mm256_add_epi64(flipped, b);  // flipped, too
    return _mm256_add_epi64(flip(sum), epsilon_if_greater(flipped, sum));
  }
  PROOFCARD_INLINE __m256i subtract(__m256i a, __m256i b) {
    return _mm256_sub_epi64(_mm256_sub_epi64(a, b), epsilon_if_greater(flip(b), flip(a)));
  }
  PROOFCARD_INLINE __m256i negate(__m256i a) { return _mm256_sub_epi64(set1(Goldilocks::kModulus), a); }

  // low + 2^64 (middle mod 2^32) - top, small. Pre: top < 2^32.
  PROOFCARD_INLINE __m256i reduce(__m256i low, __m256i middle, __m256i top) {
    return small(add(subtract(low, top), times_epsilon(middle)));
  }
  template <unsigned K>
  PROOFCARD_INLINE __m256i shift_left(__m256i a) {
    return small(add(_mm256_slli_epi64(a, K), times_epsilon(_mm256_srli_epi64(a, 64 - K))));
  }
  template <unsigned K>
  PROOFCARD_INLINE __m256i shift_middle(__m256i a) {
    return reduce(_mm256_slli_epi64(a, K), _mm256_srli_epi64(a, 64 - K), _mm256_srli_epi64(a, 96 - K));
  }
  // See the same with AVX-512.
  template <unsigned K>
  PROOFCARD_INLINE __m256i shift_right(__m256i a) {
    return subtract(_mm256_srli_epi64(a, K), times_epsilon(_mm256_slli_epi64(a, 32 - K)));
  }
  template <unsigned K>
  PROOFCARD_INLINE __m256i minus_shift_right(__m256i a) {
    return subtract(times_epsilon(_mm256_slli_epi64(a, 32 - K)), _mm256_srli_epi64(a, K));
  }

  PROOFCARD_INLINE __m256i multiply(__m256i a, __m256i b) {
    const __m256i a_high = _mm256_srli_epi64(a, 32), b_high = _mm256_srli_epi64(b, 32);
    const __m256i low_low = _mm256_mul_epu32(a, b), high_low = _mm256_mul_epu32(a_high, b);
    const __m256i low_high = _mm256_mul_epu32(a, b_high), high_high = _mm256_mul_epu32(a_high, b_high);
    const __m256i middle = _mm256_add_epi64(high_low, _mm256_srli_epi64(low_low, 32));
    const __m256i cross = _mm256_add_epi64(low_high, _mm256_and_si256(middle, epsilon()));
    const __m256i high =
        _mm256_add_epi64(_mm256_add_epi64(high_high, _mm256_srli_epi64(middle, 32)), _mm256_srli_epi64(cross, 32));
    const __m256i low = _mm256_blend_epi32(low_low, _mm256_slli_epi64(cross, 32), 0xaa);
    return reduce(low, high, _mm256_srli_epi64(high, 32));
  }
  PROOFCARD_INLINE __m256i multiply(__m256i a, const Word* factor) { return multiply(a, set1(*factor)); }

  PROOFCARD_INLINE __m256i set1(Word w) { return ntt_cpu::set1(w); }
  PROOFCARD_INLINE __m256i load(const Word* p) { return _mm256_loadu_si256(reinterpret_cast<const __m256i*>(p)); }
  PROOFCARD_INLINE void store(Word* p, __m256i r) { _mm256_storeu_si256(reinterpret_cast<__m256i*>(p), r); }
  PROOFCARD_INLINE void stream(Word* p, __m256i r) { _mm256_stream_si256(reinterpret_cast<__m256i*>(p), r); }
  PROOFCARD_INLINE void end_of_stream() { _mm_sfence(); }
  PROOFCARD_INLINE __m256i gather(const Word* p, std::size_t stride) {
    return _mm256_setr_epi64x(static_cast<long long>(p[0]), static_cast<long long>(p[stride]),
                              static_cast<long long>(p[2 * stride]), static_cast<long long>(p[3 * stride]));
  }
  PROOFCARD_INLINE void scatter(Word* p, std::size_t stride, __m256i r) {
    p[0] = static_cast<Word>(_mm256_extract_epi64(r, 0));
    p[stride] = static_cast<Word>(_mm256_extract_epi64(r, 1));
    p[2 * stride] = static_cast<Word>(_mm256_extract_epi64(r, 2));
    p[3 * stride] = static_cast<Word>(_mm256_extract_epi64(r, 3));
  }
  // Element j of register i becomes element i of register j.
  PROOFCARD_INLINE void transpose(__m256i r[4]) {
    const __m256i low01 = _mm256_unpacklo_epi64(r[0], r[1]), high01 = _mm256_unpackhi_epi64(r[0], r[1]);
    const __m256i low23 = _mm256_unpacklo_epi64(r[2], r[3]), high23 = _mm256_unpackhi_epi64(r[2], r[3]);
    r[0] = _mm256_permute2x128_si256(low01, low23, 0x20);
    r[1] = _mm256_permute2x128_si256(high01, high23, 0x20);
    r[2] = _mm256_permute2x128_si256(low01, low23, 0x31);
    r[3] = _mm256_permute2x128_si256(high01, high23, 0x31);
  }
};

}  // namespace

const NttKernels& goldilocks_avx2_kernels() {
#if defined(__AVX2__)
  constexpr Isa kCompiledFor = Isa::kAvx2;
#else
  constexpr Isa kCompiledFor = Isa::kPortable;
#endif
  static constexpr NttKernels kKernels = goldilocks_kernels<Arithmetic, 8, 2>(kCompiledFor);
  return kKernels;
}

}  // namespace proofcard::kernels::ntt_cpu
