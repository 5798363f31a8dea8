#include "host/kernels/int_gemm.hpp"

#include <algorithm>
#include <array>
#include <memory>
#include <mutex>

#include "host/base/check.hpp"
#include "host/base/parallel.hpp"
#include "host/kernels/cpu/int_gemm_kernels.hpp"

namespace proofcard::kernels {
namespace detail {

const IntGemmKernels& int_gemm_kernels() {
#if defined(__x86_64__)
  switch (active_isa()) {
    case Isa::kAvx512:
      return int_gemm_avx512();
    case Isa::kAvx2:
      return int_gemm_avx2();
    case Isa::kPortable:
      break;
  }
#endif
  return int_gemm_portable();
}

}  // namespace detail

namespace {

using detail::IntGemmKernels;
using detail::IntPanel;
using detail::kDigits;

// A task computes kOutputs outputs, kBlock terms at a time: the digits of a block (32 or 64 kB) and the integers packed
// for it (96 or 192 kB) then stay in the caches.
constexpr std::size_t kOutputs = 96;
constexpr std::size_t kBlock = 1024;
constexpr std::size_t kMaxColumns = kDigits + 7;  // digits of an element times bytes of an integer
using Columns = std::array<std::int64_t, kMaxColumns>;

__extension__ using Int128 = __int128;

std::size_t divide_up(std::size_t a, std::size_t b) { return (a + b - 1) / b; }

// 128 (1 + 256 + ...), one term a byte but the top one: what the planes have subtracted.
std::uint64_t plane_offset(IntType type) {
  std::uint64_t offset = 0;
  for (std::size_t plane = 0; plane + 1 < int_type_bytes(type); ++plane) {
    offset |= std::uint64_t{0x80} << (8 * plane);
  }
  return offset;
}

// (hi * 2^256 + lo) mod p as a Montgomery form. Pre: |hi| < 2^48, which keeps the error of the divisor below 2^-10.
// The quotient by the top words is floor((hi * 2^64 + lo[3]) / (p[3] + 1)) or one less: at most 2 below the true one.
Fr reduce_montgomery(std::int64_t hi, const U256& lo) {
  constexpr U256 kP = Fr::kModulus;
  const Int128 top = (static_cast<Int128>(hi) << 64) + lo[3];
  const auto quotient = static_cast<std::int64_t>(top / static_cast<std::int64_t>(kP[3] + 1)) - (hi < 0 ? 1 : 0);
  U256 rest{};
  Int128 carry = 0;
  for (std::size_t i = 0; i < 4; ++i) {
    // Two halves, because a whole product minus a word and a carry can leave the range of Int128.
    const Int128 low = static_cast<Int128>(quotient) * static_cast<std::int64_t>(kP[i] & 0xffffffff);
    const Int128 high = static_cast<Int128>(quotient) * static_cast<std::int64_t>(kP[i] >> 32);
    carry += static_cast<Int128>(lo[i]) - low - (high << 32);
    rest[i] = static_cast<std::uint64_t>(carry);
    carry >>= 64;
  }
  // rest < 3 p: each sum with zero takes p off where it can.
  return Fr::from_montgomery(rest) + Fr::zero() + Fr::zero();
}

// The element whose Montgomery form is sum_c columns[c] * 256^c mod p.
Fr element_from_columns(const Columns& columns) {
  U256 lo{};
  Int128 carry = 0;
  for (std::size_t c = 0; c < kMaxColumns; ++c) {
    carry += static_cast<Int128>(columns[c]) << (8 * (c % 8));
    if (c % 8 == 7) {
      lo[c / 8] = static_cast<std::uint64_t>(carry);
      carry >>= 64;
    }
  }
  constexpr Int128 kLimit = static_cast<Int128>(1) << 48;
  if (carry > -kLimit && carry < kLimit) [[likely]] {
    return reduce_montgomery(static_cast<std::int64_t>(carry), lo);
  }
  constexpr Fr kTwo64 = Fr::from_canonical({0, 1, 0, 0});
  return reduce_montgomery(0, lo) + Fr::from_u64(static_cast<std::uint64_t>(carry)) +
         Fr::from_i64(static_cast<std::int64_t>(carry >> 64)) * kTwo64;
}

// The whole product: num_k terms an output; element (k, o) of the matrix at data[k * stride_k + o * stride_o].
struct Problem {
  std::span<Fr> out;
  std::span<const Fr> elements;
  IntPanel matrix;
  const IntGemmKernels& kernels;
  const std::uint32_t* digits;
  Fr offset;  // to add to every output: plane_offset times the sum of the elements
};

const void* address(const IntPanel& m, std::size_t k, std::size_t o) {
  return static_cast<const std::uint8_t*>(m.data) + (k * m.stride_k + o * m.stride_o) * int_type_bytes(m.type);
}

// Buffers of one task.
struct Scratch {
  Scratch(std::size_t num_groups, std::size_t num_outputs)
      : integers(std::make_unique_for_overwrite<std::uint32_t[]>(num_groups * num_outputs)),
        sums(std::make_unique_for_overwrite<std::int32_t[]>(num_outputs * kDigits)),
        columns(std::make_unique<Columns[]>(num_outputs)) {}
  std::unique_ptr<std::uint32_t[]> integers;
  std::unique_ptr<std::int32_t[]> sums;
  std::unique_ptr<Columns[]> columns;
};

// Adds terms [k_begin, k_end) of outputs [o_begin, o_end) to columns.
void add_terms(Scratch& scratch, const Problem& problem, std::size_t o_begin, std::size_t o_end, std::size_t k_begin,
               std::size_t k_end) {
  const IntGemmKernels& kernels = problem.kernels;
  const std::size_t num_outputs = o_end - o_begin;
  const bool by_rows = problem.matrix.stride_k != 1;
  const auto num_planes = static_cast<unsigned>(int_type_bytes(problem.matrix.type));
  for (unsigned plane = 0; plane < num_planes; ++plane) {
    for (std::size_t k_sum = k_begin; k_sum < k_end; k_sum += detail::kMaxBlock) {
      const std::size_t k_sum_end = std::min(k_end, k_sum + detail::kMaxBlock);
      std::fill_n(scratch.sums.get(), num_outputs * kDigits, 0);
      for (std::size_t k = k_sum; k < k_sum_end; k += kBlock) {
        IntPanel panel = problem.matrix;
        panel.data = address(problem.matrix, k, o_begin);
        panel.num_k = std::min(kBlock, k_sum_end - k);
        panel.num_outputs = num_outputs;
        const std::size_t num_groups = divide_up(panel.num_k, kernels.group);
        const std::size_t group_stride = by_rows ? num_outputs : 1;
        const std::size_t output_stride = by_rows ? 1 : num_groups;
        kernels.pack_integers(scratch.integers.get(), group_stride, output_stride, panel, plane);
        kernels.accumulate(scratch.sums.get(), problem.digits + k / kernels.group * kDigits, num_groups,
                           scratch.integers.get(), group_stride, output_stride, num_outputs);
      }
      for (std::size_t o = 0; o < num_outputs; ++o) {
        for (std::size_t d = 0; d < kDigits; ++d) {
          scratch.columns[o][plane + d] += scratch.sums[o * kDigits + d];
        }
      }
    }
  }
}

void run(const Problem& problem) {
  const std::size_t num_k = problem.elements.size(), num_outputs = problem.out.size();
  const std::size_t output_chunks = divide_up(num_outputs, kOutputs);
  // With few outputs the sum is split too. Parts start at multiples of kBlock, so at whole groups.
  const std::size_t k_parts =
      output_chunks >= 2 * num_threads() ? 1 : std::min(divide_up(num_k, 8 * kBlock), 2 * num_threads());
  const std::size_t k_part = divide_up(divide_up(num_k, k_parts), kBlock) * kBlock;

  std::mutex mutex;
  const auto task = [&](Scratch& scratch, std::size_t index) {
    const std::size_t o_begin = index / k_parts * kOutputs, o_end = std::min(num_outputs, o_begin + kOutputs);
    const std::size_t k_begin = std::min(num_k, index % k_parts * k_part), k_end = std::min(num_k, k_begin + k_part);
    std::fill_n(scratch.columns.get(), o_end - o_begin, Columns{});
    add_terms(scratch, problem, o_begin, o_end, k_begin, k_end);
    if (k_parts == 1) {
      for (std::size_t o = o_begin; o < o_end; ++o) {
        problem.out[o] = element_from_columns(scratch.columns[o - o_begin]) + problem.offset;
      }
      return;
    }
    const std::scoped_lock lock(mutex);
    for (std::size_t o = o_begin; o < o_end; ++o) {
      problem.out[o] += element_from_columns(scratch.columns[o - o_begin]);
    }
  };
  if (k_parts != 1) {
    std::fill(problem.out.begin(), problem.out.end(), problem.offset);
  }
  const std::size_t num_groups = divide_up(std::min({num_k, k_part, kBlock}), problem.kernels.group);
  // About 20 microseconds of work to a task (measured: 0.1 ns a byte of the matrix, 30 ns an output).
  const std::size_t chunk_ns = kOutputs * (30 + std::min(num_k, k_part) * int_type_bytes(problem.matrix.type) / 10);
  parallel_for(output_chunks * k_parts, 20000 / chunk_ns + 1, [&](std::size_t begin, std::size_t end) {
    Scratch scratch(num_groups, std::min(num_outputs, kOutputs));
    for (std::size_t index = begin; index < end; ++index) {
      task(scratch, index);
    }
  });
}

void multiply(std::span<Fr> out, std::span<const Fr> elements, const IntSpan& matrix, std::size_t stride_k,
              std::size_t stride_o) {
  PROOFCARD_CHECK(int_span_size(matrix) == elements.size() * out.size());
  if (elements.empty() || out.empty()) {
    std::fill(out.begin(), out.end(), Fr::zero());
    return;
  }
  const IntGemmKernels& kernels = detail::int_gemm_kernels();
  const std::size_t num_groups = divide_up(elements.size(), kernels.group);
  const auto digits = std::make_unique_for_overwrite<std::uint32_t[]>(num_groups * kDigits);
  parallel_for(num_groups, 4096, [&](std::size_t begin, std::size_t end) {
    const std::size_t first = begin * kernels.group;
    kernels.pack_digits(digits.get() + begin * kDigits, elements[first].montgomery().data(),
                        std::min(elements.size(), end * kernels.group) - first);
  });
  Fr offset;
  if (const std::uint64_t factor = plane_offset(int_span_type(matrix)); factor != 0) {
    for (const Fr& e : elements) {
      offset += e;
    }
    offset *= Fr::from_u64(factor);
  }
  const void* data = visit_ints(matrix, [](auto span) -> const void* { return span.data(); });
  run({.out = out,
       .elements = elements,
       .matrix = {.data = data,
                  .type = int_span_type(matrix),
                  .stride_k = stride_k,
                  .stride_o = stride_o,
                  .num_k = elements.size(),
                  .num_outputs = out.size()},
       .kernels = kernels,
       .digits = digits.get(),
       .offset = offset});
}

class CpuIntGemm final : public IntGemm {
 public:
  std::string_view name() const override {
    switch (detail::int_gemm_kernels().compiled_for) {
      case Isa::kAvx512:
        return "cpu-avx512";
      case Isa::kAvx2:
        return "cpu-avx2";
      case Isa::kPortable:
        break;
    }
    return "cpu-portable";
  }
  void left(std::span<Fr> out, std::span<const Fr> left, const IntSpan& matrix) const override {
    multiply(out, left, matrix, out.size(), 1);
  }
  void right(std::span<Fr> out, const IntSpan& matrix, std::span<const Fr> right) const override {
    multiply(out, right, matrix, 1, right.size());
  }
};

}  // namespace

const IntGemm& cpu_int_gemm() {
  static const CpuIntGemm kernel;
  return kernel;
}

}  // namespace proofcard::kernels
