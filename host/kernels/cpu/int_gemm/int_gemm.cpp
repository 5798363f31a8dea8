#include "host/kernels/int_gemm.hpp"

#include <algorithm>
#include <array>
#include <memory>
#include <vector>

#include "host/base/check.hpp"
#include "host/base/mutex.hpp"
#include "host/base/parallel.hpp"
#include "host/kernels/cpu/int_gemm/int_gemm_kernels.hpp"

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

// A task computes kOutputs outputs, kBlock terms at a time: the digits of a block (16 or 32 kB) and the integers packed
// for it (48 or 96 kB) then stay in the caches. Digits are packed again by every task: with 96 outputs that is 5 % of
// the work, and it saves a buffer of the size of the vector.
constexpr std::size_t kOutputs = detail::kMaxOutputs;
constexpr std::size_t kBlock = 512;
// Terms that columns can hold: below 2^15 * 8 planes * 2^20 = 2^38.
constexpr std::size_t kMaxTerms = std::size_t{1} << 20;
constexpr std::size_t kMaxColumns = kDigits + 8;  // digits of an element times bytes of an integer, whole words
using Columns = std::array<std::int64_t, kMaxColumns>;

__extension__ using Int128 = __int128;
__extension__ using UInt128 = unsigned __int128;

std::size_t divide_up(std::size_t a, std::size_t b) { return (a + b - 1) / b; }

// 128 (1 + 256 + ...), one term a byte but the top one: what the planes have subtracted.
std::uint64_t plane_offset(IntType type) {
  std::uint64_t offset = 0;
  for (std::size_t plane = 0; plane + 1 < int_type_bytes(type); ++plane) {
    offset |= std::uint64_t{0x80} << (8 * plane);
  }
  return offset;
}

// (hi * 2^256 + lo) mod p as a Montgomery form. Pre: |hi| < 2^45.
Fr reduce_montgomery(std::int64_t hi, const U256& lo) {
  constexpr U256 kP = Fr::kModulus;
  // Adds p * 2^48, more than the absolute value, so that the rest is about numbers that are not negative.
  U256 v{};
  Int128 carry = 0;
  for (std::size_t i = 0; i < 4; ++i) {
    carry += static_cast<Int128>(lo[i]) + ((kP[i] << 48) | (i == 0 ? 0 : kP[i - 1] >> 16));
    v[i] = static_cast<std::uint64_t>(carry);
    carry >>= 64;
  }
  const auto v4 =
      static_cast<std::uint64_t>(hi + static_cast<std::int64_t>((kP[3] >> 16) + static_cast<std::uint64_t>(carry)));
  // v < 2^302, so its top 66 bits or fewer times the reciprocal of the top word of p give floor(v / p), or one less:
  // each of the three roundings is down and below 2^-4.
  constexpr auto kReciprocal = static_cast<std::uint64_t>((static_cast<UInt128>(1) << 116) / (kP[3] + 1));
  const std::uint64_t top = v4 << 12 | v[3] >> 52;
  const auto quotient = static_cast<std::uint64_t>(static_cast<UInt128>(top) * kReciprocal >> 64);
  U256 rest{};
  std::uint64_t borrow = 0;
  for (std::size_t i = 0; i < 4; ++i) {
    const UInt128 product = static_cast<UInt128>(quotient) * kP[i] + borrow;
    const auto low = static_cast<std::uint64_t>(product);
    rest[i] = v[i] - low;
    borrow = static_cast<std::uint64_t>(product >> 64) + (v[i] < low ? 1 : 0);
  }
  return Fr::from_montgomery(rest) + Fr::zero();  // the sum takes p off where it can
}

// The element whose Montgomery form is sum_c columns[c] * 256^c mod p, of 8 * num_words columns. Pre: |columns| < 2^38.
template <class Column>
Fr element_from_columns(const Column* columns, std::size_t num_words) {
  const auto half_word = [](const Column* c) {
    return static_cast<std::int64_t>(c[0]) + (static_cast<std::int64_t>(c[1]) << 8) +
           (static_cast<std::int64_t>(c[2]) << 16) + (static_cast<std::int64_t>(c[3]) << 24);
  };
  U256 lo{};
  Int128 carry = 0;
  for (std::size_t i = 0; i < 4; ++i) {
    carry += half_word(columns + 8 * i) + (static_cast<Int128>(half_word(columns + 8 * i + 4)) << 32);
    lo[i] = static_cast<std::uint64_t>(carry);
    carry >>= 64;
  }
  if (num_words > 4) {
    carry += half_word(columns + 32) + (static_cast<Int128>(half_word(columns + 36)) << 32);
  }
  constexpr Int128 kLimit = static_cast<Int128>(1) << 45;
  if (carry > -kLimit && carry < kLimit) [[likely]] {
    return reduce_montgomery(static_cast<std::int64_t>(carry), lo);
  }
  constexpr Fr kTwo64 = Fr::from_canonical({0, 1, 0, 0});
  return reduce_montgomery(0, lo) + Fr::from_u64(static_cast<std::uint64_t>(carry)) +
         Fr::from_i64(static_cast<std::int64_t>(carry >> 64)) * kTwo64;
}

Fr sum_of(std::span<const Fr> elements) {
  U256 lo{};
  std::int64_t hi = 0;
  for (const Fr& e : elements) {
    unsigned char carry = 0;
    for (std::size_t i = 0; i < 4; ++i) {
      lo[i] = proofcard::detail::add_carry(lo[i], e.montgomery()[i], carry);
    }
    hi += carry;
  }
  return reduce_montgomery(hi, lo);
}

// The whole product: num_k terms an output; element (k, o) of the matrix at data[k * stride_k + o * stride_o].
struct Problem {
  std::span<Fr> out;
  std::span<const Fr> elements;
  IntPanel matrix;
  const IntGemmKernels& kernels;
};

const void* address(const IntPanel& m, std::size_t k, std::size_t o) {
  return static_cast<const std::uint8_t*>(m.data) + (k * m.stride_k + o * m.stride_o) * int_type_bytes(m.type);
}

// Buffers of one task.
class Scratch {
 public:
  Scratch(const Problem& problem, std::size_t num_k, std::size_t num_outputs) {
    const std::size_t num_groups = divide_up(std::min(num_k, kBlock), problem.kernels.group);
    const std::size_t num_planes = int_type_bytes(problem.matrix.type);
    digits = std::make_unique_for_overwrite<std::uint32_t[]>(num_groups * kDigits);
    integers = std::make_unique_for_overwrite<std::uint32_t[]>(num_groups * num_outputs);
    sums = std::make_unique_for_overwrite<std::int32_t[]>(num_planes * num_outputs * kDigits);
    if (num_planes > 1 || num_k > detail::kMaxBlock) {
      columns = std::make_unique_for_overwrite<Columns[]>(num_outputs);
    }
  }
  std::unique_ptr<std::uint32_t[]> digits;    // [group][kDigits]
  std::unique_ptr<std::uint32_t[]> integers;  // groups of one plane of a panel
  std::unique_ptr<std::int32_t[]> sums;       // [plane][output][kDigits]
  std::unique_ptr<Columns[]> columns;         // [output], unless one int32 sum an output and digit is enough
};

// Sets sums to terms [k_begin, k_end) of outputs [o_begin, o_end). Pre: at most kMaxBlock terms.
void sum_terms(Scratch& scratch, const Problem& problem, std::size_t o_begin, std::size_t o_end, std::size_t k_begin,
               std::size_t k_end) {
  const IntGemmKernels& kernels = problem.kernels;
  const std::size_t num_outputs = o_end - o_begin;
  const bool by_rows = problem.matrix.stride_k != 1;
  const auto num_planes = static_cast<unsigned>(int_type_bytes(problem.matrix.type));
  std::fill_n(scratch.sums.get(), num_planes * num_outputs * kDigits, 0);
  for (std::size_t k = k_begin; k < k_end; k += kBlock) {
    IntPanel panel = problem.matrix;
    panel.data = address(problem.matrix, k, o_begin);
    panel.num_k = std::min(kBlock, k_end - k);
    panel.num_outputs = num_outputs;
    const std::size_t num_groups = divide_up(panel.num_k, kernels.group);
    const std::size_t group_stride = by_rows ? num_outputs : 1;
    const std::size_t output_stride = by_rows ? 1 : num_groups;
    kernels.pack_digits(scratch.digits.get(), problem.elements[k].montgomery().data(), panel.num_k);
    for (unsigned plane = 0; plane < num_planes; ++plane) {
      kernels.pack_integers(scratch.integers.get(), group_stride, output_stride, panel, plane);
      kernels.accumulate(scratch.sums.get() + plane * num_outputs * kDigits, scratch.digits.get(), num_groups,
                         scratch.integers.get(), group_stride, output_stride, num_outputs);
    }
  }
}

// Calls emit(o, value) with terms [k_begin, k_end) of each output of [o_begin, o_end), of integers as the planes see
// them: less plane_offset. Pre: at most kMaxTerms terms.
template <class Emit>
void compute(Scratch& scratch, const Problem& problem, std::size_t o_begin, std::size_t o_end, std::size_t k_begin,
             std::size_t k_end, const Emit& emit) {
  const std::size_t num_outputs = o_end - o_begin;
  const std::size_t num_planes = int_type_bytes(problem.matrix.type);
  if (num_planes == 1 && k_end - k_begin <= detail::kMaxBlock) {
    sum_terms(scratch, problem, o_begin, o_end, k_begin, k_end);
    for (std::size_t o = 0; o < num_outputs; ++o) {
      emit(o_begin + o, element_from_columns(scratch.sums.get() + o * kDigits, kDigits / 8));
    }
    return;
  }
  std::fill_n(scratch.columns.get(), num_outputs, Columns{});
  for (std::size_t k = k_begin; k < k_end; k += detail::kMaxBlock) {
    sum_terms(scratch, problem, o_begin, o_end, k, std::min(k_end, k + detail::kMaxBlock));
    for (std::size_t plane = 0; plane < num_planes; ++plane) {
      for (std::size_t o = 0; o < num_outputs; ++o) {
        const std::int32_t* sums = scratch.sums.get() + (plane * num_outputs + o) * kDigits;
        for (std::size_t d = 0; d < kDigits; ++d) {
          scratch.columns[o][plane + d] += sums[d];
        }
      }
    }
  }
  for (std::size_t o = 0; o < num_outputs; ++o) {
    emit(o_begin + o, element_from_columns(scratch.columns[o].data(), kMaxColumns / 8));
  }
}

void run(const Problem& problem) {
  const std::size_t num_k = problem.elements.size(), num_outputs = problem.out.size();
  const std::size_t output_chunks = divide_up(num_outputs, kOutputs);
  // With few outputs the sum is split too; a part of 2^13 terms of one output takes 10 microseconds.
  const std::size_t wanted_parts = output_chunks >= 2 * num_threads() ? 1 : 2 * num_threads();
  const std::size_t k_part = std::clamp(divide_up(num_k, wanted_parts), std::size_t{1} << 13, kMaxTerms);
  const std::size_t k_parts = divide_up(num_k, k_part);
  if (k_parts != 1) {
    std::fill(problem.out.begin(), problem.out.end(), Fr::zero());
  }
  // What the planes have subtracted, for each part of the sum.
  std::vector<Fr> offsets(k_parts);
  if (const std::uint64_t factor = plane_offset(problem.matrix.type); factor != 0) {
    parallel_for(k_parts, 1, [&](std::size_t begin, std::size_t end) {
      for (std::size_t part = begin; part < end; ++part) {
        const std::size_t k = part * k_part;
        offsets[part] = sum_of(problem.elements.subspan(k, std::min(k_part, num_k - k))) * Fr::from_u64(factor);
      }
    });
  }
  Mutex mutex;
  // About 20 microseconds of work to a range (measured: 0.1 ns a byte of the matrix, 30 ns an output).
  const std::size_t task_ns =
      std::min(num_outputs, kOutputs) * (30 + std::min(num_k, k_part) * int_type_bytes(problem.matrix.type) / 10);
  parallel_for(output_chunks * k_parts, 20000 / task_ns + 1, [&](std::size_t begin, std::size_t end) {
    Scratch scratch(problem, std::min(num_k, k_part), std::min(num_outputs, kOutputs));
    for (std::size_t task = begin; task < end; ++task) {
      const std::size_t o_begin = task / k_parts * kOutputs, o_end = std::min(num_outputs, o_begin + kOutputs);
      const std::size_t k_begin = task % k_parts * k_part, k_end = std::min(num_k, k_begin + k_part);
      compute(scratch, problem, o_begin, o_end, k_begin, k_end, [&](std::size_t o, const Fr& value) {
        const Fr part = value + offsets[task % k_parts];
        if (k_parts == 1) {
          problem.out[o] = part;
        } else {
          const Lock lock(mutex);
          problem.out[o] += part;
        }
      });
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
  const void* data = visit_ints(matrix, [](auto span) -> const void* { return span.data(); });
  run({.out = out,
       .elements = elements,
       .matrix = {.data = data,
                  .type = int_span_type(matrix),
                  .stride_k = stride_k,
                  .stride_o = stride_o,
                  .num_k = elements.size(),
                  .num_outputs = out.size()},
       .kernels = detail::int_gemm_kernels()});
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
