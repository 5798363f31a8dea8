// g++ 12 takes the deliberately undefined operands in this header for mistakes (GCC bug 105593).
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wmaybe-uninitialized"
#pragma GCC diagnostic ignored "-Wuninitialized"
#include <immintrin.h>
#pragma GCC diagnostic pop

#include "host/kernels/cpu/int_gemm/int_gemm_pack.hpp"

namespace proofcard::kernels::detail {
namespace {

constexpr std::size_t kGroup = 4;

// Transposes 4 x 32 bytes: byte 4 d + t of the result is byte d of row t. Rows 0, 1 are in a, rows 2, 3 in b.
class Transpose {
 public:
  [[gnu::always_inline]] Transpose() {
    alignas(64) std::uint8_t index[64];
    for (std::size_t i = 0; i < 64; ++i) {
      index[i] = static_cast<std::uint8_t>(32 * (i % 4) + i / 4);
    }
    low_ = _mm512_load_si512(index);
    high_ = _mm512_add_epi8(low_, _mm512_set1_epi8(16));
  }
  [[gnu::always_inline]] __m512i low(__m512i a, __m512i b) const { return _mm512_permutex2var_epi8(a, low_, b); }
  [[gnu::always_inline]] __m512i high(__m512i a, __m512i b) const { return _mm512_permutex2var_epi8(a, high_, b); }

 private:
  __m512i low_;
  __m512i high_;
};

void pack_digits(std::uint32_t* out, const std::uint64_t* elements, std::size_t count) {
  const Transpose transpose;
  const auto pack = [&](__m512i a, __m512i b) __attribute__((always_inline)) {
    _mm512_storeu_si512(out, transpose.low(a, b));
    _mm512_storeu_si512(out + 16, transpose.high(a, b));
  };
  std::size_t k = 0;
  for (; k + kGroup <= count; k += kGroup, out += kDigits) {
    pack(_mm512_loadu_si512(elements + 4 * k), _mm512_loadu_si512(elements + 4 * k + 8));
  }
  if (k < count) {
    const unsigned present = (1u << (4 * (count - k))) - 1;  // words of the elements that are left
    pack(_mm512_maskz_loadu_epi64(static_cast<__mmask8>(present), elements + 4 * k),
         _mm512_maskz_loadu_epi64(static_cast<__mmask8>(present >> 8), elements + 4 * k + 8));
  }
}

// Packs four rows of bytes, adjacent outputs 32 at a time. Rows that are missing are null.
[[gnu::always_inline]] inline void pack_four_rows(std::uint32_t* out, const std::int8_t* const rows[4],
                                                  std::size_t num_outputs, const Transpose& transpose) {
  for (std::size_t o = 0; o < num_outputs; o += 32) {
    const std::size_t left = num_outputs - o;
    const auto load_mask = left >= 32 ? ~__mmask32{0} : (__mmask32{1} << left) - 1;
    const auto load = [&](const std::int8_t* row) __attribute__((always_inline)) {
      return row == nullptr ? _mm256_setzero_si256() : _mm256_maskz_loadu_epi8(load_mask, row + o);
    };
    const __m512i a = _mm512_inserti64x4(_mm512_castsi256_si512(load(rows[0])), load(rows[1]), 1);
    const __m512i b = _mm512_inserti64x4(_mm512_castsi256_si512(load(rows[2])), load(rows[3]), 1);
    _mm512_mask_storeu_epi32(out + o, static_cast<__mmask16>(load_mask), transpose.low(a, b));
    _mm512_mask_storeu_epi32(out + o + 16, static_cast<__mmask16>(load_mask >> 16), transpose.high(a, b));
  }
}

// pack_rows of int_gemm_pack.hpp with byte permutations; bytes of wider integers are first copied together.
template <class T>
void pack_rows_permuted(std::uint32_t* out, std::size_t group_stride, const IntPanel& panel, unsigned plane) {
  const Transpose transpose;
  const std::size_t num_k = panel.num_k, num_outputs = panel.num_outputs, stride = panel.stride_k;
  const T* data = static_cast<const T*>(panel.data);
  std::int8_t bytes[kGroup][kMaxOutputs];
  for (std::size_t k = 0; k < num_k; k += kGroup) {
    const std::int8_t* rows[kGroup] = {};
    for (std::size_t t = 0; t < kGroup && k + t < num_k; ++t) {
      const T* row = data + (k + t) * stride;
      if constexpr (sizeof(T) == 1) {
        rows[t] = row;
      } else {
        narrow(bytes[t], row, num_outputs, plane);
        rows[t] = bytes[t];
      }
    }
    pack_four_rows(out + k / kGroup * group_stride, rows, num_outputs, transpose);
  }
}

void pack_any(std::uint32_t* out, std::size_t group_stride, std::size_t output_stride, const IntPanel& panel,
              unsigned plane) {
  if (panel.stride_k == 1) {
    pack_integers<kGroup>(out, group_stride, output_stride, panel, plane);
    return;
  }
  switch (panel.type) {
    case IntType::kI8:
      pack_rows_permuted<std::int8_t>(out, group_stride, panel, plane);
      break;
    case IntType::kI16:
      pack_rows_permuted<std::int16_t>(out, group_stride, panel, plane);
      break;
    case IntType::kI32:
      pack_rows_permuted<std::int32_t>(out, group_stride, panel, plane);
      break;
    case IntType::kI64:
      pack_rows_permuted<std::int64_t>(out, group_stride, panel, plane);
      break;
  }
}

// N outputs at a time, and Unroll groups in separate sums where N alone gives too few chains; all stay in registers.
template <std::size_t N, std::size_t Unroll>
[[gnu::always_inline]] inline void accumulate_tile(std::int32_t* sums, const std::uint32_t* digits,
                                                   std::size_t num_groups, const std::uint32_t* integers,
                                                   std::size_t group_stride, std::size_t output_stride) {
  __m512i acc[Unroll][N][2];
  for (std::size_t n = 0; n < N; ++n) {
    for (std::size_t h = 0; h < 2; ++h) {
      acc[0][n][h] = _mm512_loadu_si512(sums + n * kDigits + 16 * h);
      for (std::size_t u = 1; u < Unroll; ++u) {
        acc[u][n][h] = _mm512_setzero_si512();
      }
    }
  }
  const auto step = [&](std::size_t g, std::size_t u) __attribute__((always_inline)) {
    const __m512i e0 = _mm512_loadu_si512(digits + g * kDigits), e1 = _mm512_loadu_si512(digits + g * kDigits + 16);
    for (std::size_t n = 0; n < N; ++n) {
      const __m512i w = _mm512_set1_epi32(static_cast<int>(integers[g * group_stride + n * output_stride]));
      acc[u][n][0] = _mm512_dpbusd_epi32(acc[u][n][0], e0, w);
      acc[u][n][1] = _mm512_dpbusd_epi32(acc[u][n][1], e1, w);
    }
  };
  std::size_t g = 0;
  for (; g + Unroll <= num_groups; g += Unroll) {
#pragma GCC unroll 4
    for (std::size_t u = 0; u < Unroll; ++u) {
      step(g + u, u);
    }
  }
  for (; g < num_groups; ++g) {
    step(g, 0);
  }
  for (std::size_t n = 0; n < N; ++n) {
    for (std::size_t h = 0; h < 2; ++h) {
      for (std::size_t u = 1; u < Unroll; ++u) {
        acc[0][n][h] = _mm512_add_epi32(acc[0][n][h], acc[u][n][h]);
      }
      _mm512_storeu_si512(sums + n * kDigits + 16 * h, acc[0][n][h]);
    }
  }
}

void accumulate(std::int32_t* sums, const std::uint32_t* digits, std::size_t num_groups, const std::uint32_t* integers,
                std::size_t group_stride, std::size_t output_stride, std::size_t num_outputs) {
  std::size_t o = 0;
  for (; o + 12 <= num_outputs; o += 12) {
    accumulate_tile<12, 1>(sums + o * kDigits, digits, num_groups, integers + o * output_stride, group_stride,
                           output_stride);
  }
  for (; o + 4 <= num_outputs; o += 4) {
    accumulate_tile<4, 2>(sums + o * kDigits, digits, num_groups, integers + o * output_stride, group_stride,
                          output_stride);
  }
  for (; o < num_outputs; ++o) {
    accumulate_tile<1, 4>(sums + o * kDigits, digits, num_groups, integers + o * output_stride, group_stride,
                          output_stride);
  }
}

}  // namespace

const IntGemmKernels& int_gemm_avx512() {
  static constexpr IntGemmKernels kKernels {
#if defined(__AVX512VNNI__)
    .compiled_for = Isa::kAvx512,
#endif
    .group = kGroup, .pack_digits = pack_digits, .pack_integers = pack_any, .accumulate = accumulate
  };
  return kKernels;
}

}  // namespace proofcard::kernels::detail
