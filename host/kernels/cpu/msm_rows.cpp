#include "host/kernels/cpu/msm_rows.hpp"

#include <algorithm>
#include <vector>

#include "host/base/parallel.hpp"
#include "host/kernels/cpu/msm_buckets.hpp"

namespace proofcard::kernels::msm_cpu {
namespace {

// Rows whose windows are put together in one batch of doublings, so that an inversion is shared by many.
constexpr std::size_t kRowsPerCombination = 1024;
// Fewer rows than this take their doublings one by one in Jacobian coordinates.
constexpr std::size_t kMinRowsPerCombination = 32;

// |v| <= 2^(bits - 1) for every value of the type.
template <class Scalar>
constexpr std::size_t kScalarBits = std::is_same_v<Scalar, Fr> ? 254 : 8 * sizeof(Scalar);

// windows: rows x num_windows; out[i] = sum_w 2^(8w) windows[i][w].
void combine_windows(const PointOps& ops, std::span<const PackedPoint> windows, std::size_t num_windows,
                     std::span<curve::G1Affine> out) {
  const std::size_t n = out.size();
  if (n < kMinRowsPerCombination) {
    const PackedArray spread = make_packed_array(num_windows * kTableDigitBits);
    std::vector<curve::G1> sums(n);
    for (std::size_t i = 0; i < n; ++i) {
      std::fill_n(spread.get(), num_windows * kTableDigitBits, PackedPoint{});
      for (std::size_t w = 0; w < num_windows; ++w) {
        spread[w * kTableDigitBits] = windows[i * num_windows + w];
      }
      sums[i] = sum_by_powers_of_two({spread.get(), num_windows * kTableDigitBits});
    }
    curve::batch_to_affine(sums, out);
    return;
  }
  AddScratch& scratch = thread_summer(ops).scratch();
  PackedArray sums = make_packed_array(n);
  PackedArray next = make_packed_array(n);
  std::vector<PointRef> refs(2 * n);
  const auto add_to_sums = [&](auto&& operand) {
    for (std::size_t i = 0; i < n; ++i) {
      refs[2 * i] = ref_to(sums.get() + i, false);
      refs[2 * i + 1] = ref_to(operand(i), false);
    }
    add_pairs(ops, refs.data(), n, next.get(), scratch);
    std::swap(sums, next);
  };
  for (std::size_t i = 0; i < n; ++i) {
    sums[i] = windows[i * num_windows + num_windows - 1];
  }
  for (std::size_t w = num_windows - 1; w-- > 0;) {
    for (std::size_t bit = 0; bit < kTableDigitBits; ++bit) {
      add_to_sums([&](std::size_t i) { return sums.get() + i; });
    }
    add_to_sums([&](std::size_t i) { return &windows[i * num_windows + w]; });
  }
  unpack_points(sums.get(), out);
}

}  // namespace

template <class Scalar>
void rows_by_table(std::span<curve::G1Affine> out, const CpuBases& bases, std::span<const Scalar> scalars,
                   std::size_t row_len) {
  using Integer = SignedIntegerOf<Scalar>;
  constexpr std::size_t kWords = std::tuple_size_v<decltype(Integer::magnitude)>;
  const DigitReader<kWords> reader(kScalarBits<Scalar>, kTableDigitBits);
  const std::size_t num_windows = reader.num_windows();
  const PointOps& ops = bases.ops();
  const PackedPoint* table = bases.multiples();
  const PackedArray windows = make_packed_array(out.size() * num_windows);

  const std::size_t rows_per_task =
      std::max<std::size_t>(1, kRefsPerCall / std::max<std::size_t>(1, row_len * num_windows));
  const std::size_t num_tasks = (out.size() + rows_per_task - 1) / rows_per_task;
  parallel_for(num_tasks, 1, [&](std::size_t begin, std::size_t end) {
    std::vector<PointRef> refs;
    std::vector<Segment> segments;
    std::vector<Integer> prepared(row_len);
    for (std::size_t task = begin; task < end; ++task) {
      refs.clear();
      segments.clear();
      for (std::size_t i = task * rows_per_task; i < std::min(out.size(), (task + 1) * rows_per_task); ++i) {
        for (std::size_t j = 0; j < row_len; ++j) {
          prepared[j] = reader.prepare(signed_integer(scalars[i * row_len + j]));
        }
        for (std::size_t w = 0; w < num_windows; ++w) {
          const std::size_t first = refs.size();
          for (std::size_t j = 0; j < row_len; ++j) {
            const std::int32_t digit = reader.digit(prepared[j], w);
            if (digit != 0) {
              const std::size_t multiple = static_cast<std::size_t>(std::abs(digit)) - 1;
              refs.push_back(ref_to(table + kNumMultiples * j + multiple, digit < 0));
            }
          }
          segments.push_back({first, refs.size() - first, &windows[i * num_windows + w]});
        }
      }
      thread_summer(ops).sum(refs, segments);
    }
  });

  const std::size_t num_combinations = (out.size() + kRowsPerCombination - 1) / kRowsPerCombination;
  parallel_for(num_combinations, 1, [&](std::size_t begin, std::size_t end) {
    for (std::size_t task = begin; task < end; ++task) {
      const std::size_t first = task * kRowsPerCombination;
      const std::size_t count = std::min(kRowsPerCombination, out.size() - first);
      combine_windows(ops, {windows.get() + first * num_windows, count * num_windows}, num_windows,
                      out.subspan(first, count));
    }
  });
}

template void rows_by_table(std::span<curve::G1Affine>, const CpuBases&, std::span<const std::int8_t>, std::size_t);
template void rows_by_table(std::span<curve::G1Affine>, const CpuBases&, std::span<const std::int16_t>, std::size_t);
template void rows_by_table(std::span<curve::G1Affine>, const CpuBases&, std::span<const std::int32_t>, std::size_t);
template void rows_by_table(std::span<curve::G1Affine>, const CpuBases&, std::span<const std::int64_t>, std::size_t);
template void rows_by_table(std::span<curve::G1Affine>, const CpuBases&, std::span<const Fr>, std::size_t);

}  // namespace proofcard::kernels::msm_cpu
