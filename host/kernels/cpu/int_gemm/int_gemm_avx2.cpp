// g++ 12 takes the deliberately undefined operands in this header for mistakes (GCC bug 105593).
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wmaybe-uninitialized"
#pragma GCC diagnostic ignored "-Wuninitialized"
#include <immintrin.h>
#pragma GCC diagnostic pop

#include "host/kernels/cpu/int_gemm/int_gemm_pack.hpp"

namespace proofcard::kernels::detail {
namespace {

constexpr std::size_t kGroup = 2;
constexpr std::size_t kVectors = 4;  // of eight digits, for one group

void pack_digits(std::uint32_t* out, const std::uint64_t* elements, std::size_t count) {
  for (std::size_t k = 0; k < count; k += kGroup, out += kDigits) {
    for (std::size_t half = 0; half < 2; ++half) {
      const std::uint64_t* at = elements + 4 * k + 2 * half;
      const __m128i first = _mm_loadu_si128(reinterpret_cast<const __m128i*>(at));
      const __m128i second =
          k + 1 < count ? _mm_loadu_si128(reinterpret_cast<const __m128i*>(at + 4)) : _mm_setzero_si128();
      __m256i* to = reinterpret_cast<__m256i*>(out + 16 * half);
      _mm256_storeu_si256(to, _mm256_cvtepu8_epi16(_mm_unpacklo_epi8(first, second)));
      _mm256_storeu_si256(to + 1, _mm256_cvtepu8_epi16(_mm_unpackhi_epi8(first, second)));
    }
  }
}

// N outputs at a time; their sums stay in registers.
template <std::size_t N>
[[gnu::always_inline]] inline void accumulate_tile(std::int32_t* sums, const std::uint32_t* digits,
                                                   std::size_t num_groups, const std::uint32_t* integers,
                                                   std::size_t group_stride, std::size_t output_stride) {
  __m256i acc[N][kVectors];
  for (std::size_t n = 0; n < N; ++n) {
    for (std::size_t v = 0; v < kVectors; ++v) {
      acc[n][v] = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(sums + n * kDigits + 8 * v));
    }
  }
  for (std::size_t g = 0; g < num_groups; ++g) {
    __m256i w[N];
    for (std::size_t n = 0; n < N; ++n) {
      w[n] = _mm256_set1_epi32(static_cast<int>(integers[g * group_stride + n * output_stride]));
    }
    for (std::size_t v = 0; v < kVectors; ++v) {
      const __m256i e = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(digits + g * kDigits + 8 * v));
      for (std::size_t n = 0; n < N; ++n) {
        acc[n][v] = _mm256_add_epi32(acc[n][v], _mm256_madd_epi16(e, w[n]));
      }
    }
  }
  for (std::size_t n = 0; n < N; ++n) {
    for (std::size_t v = 0; v < kVectors; ++v) {
      _mm256_storeu_si256(reinterpret_cast<__m256i*>(sums + n * kDigits + 8 * v), acc[n][v]);
    }
  }
}

void accumulate(std::int32_t* sums, const std::uint32_t* digits, std::size_t num_groups, const std::uint32_t* integers,
                std::size_t group_stride, std::size_t output_stride, std::size_t num_outputs) {
  std::size_t o = 0;
  for (; o + 2 <= num_outputs; o += 2) {
    accumulate_tile<2>(sums + o * kDigits, digits, num_groups, integers + o * output_stride, group_stride,
                       output_stride);
  }
  if (o < num_outputs) {
    accumulate_tile<1>(sums + o * kDigits, digits, num_groups, integers + o * output_stride, group_stride,
                       output_stride);
  }
}

}  // namespace

const IntGemmKernels& int_gemm_avx2() {
  static constexpr IntGemmKernels kKernels {
#if defined(__AVX2__)
    .compiled_for = Isa::kAvx2,
#endif
    .group = kGroup, .pack_digits = pack_digits, .pack_integers = pack_integers<kGroup>, .accumulate = accumulate
  };
  return kKernels;
}

}  // namespace proofcard::kernels::detail
