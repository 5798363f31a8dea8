#include "host/kernels/cpu/msm/msm_rows.hpp"

#include <algorithm>
#include <vector>

#include "host/base/parallel.hpp"
#include "host/kernels/cpu/msm/msm_buckets.hpp"

namespace proofcard::kernels::msm_cpu {
namespace {

// Rows whose windows are put together in one batch of doublings, so that an inversion is shared by many.
constexpr std::size_t kRowsPerCombination = 1024;
// Fewer rows than this take their doublings one by one in Jacobian coordinates.
constexpr std::size_t kMinRowsPerCombination = 32;

// The digits of one row, for windows of kTableDigitBits (msm_digits.hpp).
template <class Int>
class RowDigits {
 public:
  static constexpr std::size_t kNumWindows = sizeof(Int);

  explicit RowDigits(std::size_t /*row_len*/) {}
  void set_row(std::span<const Int> row) { row_ = row; }
  std::int32_t digit(std::size_t j, std::size_t window) const {
    const auto shifted = static_cast<std::int32_t>((row_[j] + kOffset) >> (kTableDigitBits * window));
    return window + 1 < kNumWindows ? (shifted & 255) - 128 : shifted;
  }

 private:
  __extension__ using Wide = std::conditional_t<sizeof(Int) < 8, std::int64_t, __int128>;
  // 128 in every window but the last.
  static constexpr Wide kOffset = [] {
    Wide offset = 0;
    for (std::size_t w = 0; w + 1 < kNumWindows; ++w) {
      offset += Wide{128} << (kTableDigitBits * w);
    }
    return offset;
  }();

  std::span<const Int> row_;
};

template <>
class RowDigits<Fr> {
 public:
  static constexpr std::size_t kNumWindows = kFrWindows;

  explicit RowDigits(std::size_t row_len)
      : reader_(kFrWindows * kTableDigitBits, kTableDigitBits), prepared_(row_len) {}
  void set_row(std::span<const Fr> row) {
    for (std::size_t j = 0; j < row.size(); ++j) {
      prepared_[j] = reader_.prepare(signed_integer(row[j]));
    }
  }
  std::int32_t digit(std::size_t j, std::size_t window) const { return reader_.digit(prepared_[j], window); }

 private:
  DigitReader<4> reader_;
  std::vector<SignedInteger<4>> prepared_;
};

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
      sums[i] = sum_by_powers_of_two<PackedPoint>({spread.get(), num_windows * kTableDigitBits});
    }
    curve::batch_to_affine(sums, out);
    return;
  }
  AddScratch<PackedPoint>& scratch = thread_summer(ops).scratch();
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

// Appends the refs of one window of a row; `table` has the multiples of base j at stride * j. Returns the end.
template <class Scalar>
PointRef* append_refs(PointRef* next, const RowDigits<Scalar>& digits, std::size_t row_len, std::size_t window,
                      const PackedPoint* table, std::size_t stride) {
  // Digit d takes entry |d| - 1; the address of entry -1 is only a number.
  const PointRef before_table = ref_to(table, false) - sizeof(PackedPoint);
  for (std::size_t j = 0; j < row_len; ++j) {
    const std::int32_t digit = digits.digit(j, window);
    // Without a branch, which zeros at random places would make slow: the ref of a zero is overwritten.
    *next = before_table + (stride * j + static_cast<std::size_t>(std::abs(digit))) * sizeof(PackedPoint) +
            static_cast<PointRef>(digit < 0);
    next += digit != 0;
  }
  return next;
}

// sums: one a row, from a table of all windows; else one for every window of every row, from the table of the bases.
template <class Scalar>
void sum_rows(const PointOps& ops, std::span<const Scalar> scalars, std::size_t num_rows, std::size_t row_len,
              const PackedPoint* table, bool one_sum_a_row, PackedPoint* sums) {
  constexpr std::size_t kNumWindows = RowDigits<Scalar>::kNumWindows;
  const std::size_t refs_per_row = std::max<std::size_t>(1, row_len * kNumWindows);
  const std::size_t rows_per_task = std::max<std::size_t>(1, kRefsPerCall / refs_per_row);
  const std::size_t stride = one_sum_a_row ? kNumWindows * kNumMultiples : kNumMultiples;
  const std::size_t window_stride = one_sum_a_row ? kNumMultiples : 0;
  parallel_for((num_rows + rows_per_task - 1) / rows_per_task, 1, [&](std::size_t begin, std::size_t end) {
    std::vector<PointRef> refs(rows_per_task * refs_per_row + 1);  // one past the last may be written
    std::vector<Segment<PackedPoint>> segments;
    RowDigits<Scalar> digits(row_len);
    for (std::size_t task = begin; task < end; ++task) {
      PointRef* next = refs.data();
      PointRef* first = next;
      segments.clear();
      const auto close_segment = [&](PackedPoint* out) {
        segments.push_back(
            {static_cast<std::size_t>(first - refs.data()), static_cast<std::size_t>(next - first), out});
        first = next;
      };
      for (std::size_t i = task * rows_per_task; i < std::min(num_rows, (task + 1) * rows_per_task); ++i) {
        digits.set_row(scalars.subspan(i * row_len, row_len));
        for (std::size_t w = 0; w < kNumWindows; ++w) {
          next = append_refs<Scalar>(next, digits, row_len, w, table + w * window_stride, stride);
          if (!one_sum_a_row) {
            close_segment(sums + i * kNumWindows + w);
          }
        }
        if (one_sum_a_row) {
          close_segment(sums + i);
        }
      }
      thread_summer(ops).sum(refs, segments);
    }
  });
}

}  // namespace

template <class Scalar>
void rows_by_table(std::span<curve::G1Affine> out, const CpuBases& bases, std::span<const Scalar> scalars,
                   std::size_t row_len) {
  constexpr std::size_t kNumWindows = RowDigits<Scalar>::kNumWindows;
  const PackedArray windows = make_packed_array(out.size() * kNumWindows);
  sum_rows(bases.ops(), scalars, out.size(), row_len, bases.multiples(), false, windows.get());
  const std::size_t num_tasks = (out.size() + kRowsPerCombination - 1) / kRowsPerCombination;
  parallel_for(num_tasks, 1, [&](std::size_t begin, std::size_t end) {
    for (std::size_t task = begin; task < end; ++task) {
      const std::size_t first = task * kRowsPerCombination;
      const std::size_t count = std::min(kRowsPerCombination, out.size() - first);
      combine_windows(bases.ops(), {windows.get() + first * kNumWindows, count * kNumWindows}, kNumWindows,
                      out.subspan(first, count));
    }
  });
}

void rows_by_window_table(std::span<curve::G1Affine> out, const CpuBases& bases, std::span<const Fr> scalars,
                          std::size_t row_len) {
  const PackedArray sums = make_packed_array(out.size());
  sum_rows(bases.ops(), scalars, out.size(), row_len, bases.window_multiples(), true, sums.get());
  unpack_points(sums.get(), out);
}

template void rows_by_table(std::span<curve::G1Affine>, const CpuBases&, std::span<const std::int8_t>, std::size_t);
template void rows_by_table(std::span<curve::G1Affine>, const CpuBases&, std::span<const std::int16_t>, std::size_t);
template void rows_by_table(std::span<curve::G1Affine>, const CpuBases&, std::span<const std::int32_t>, std::size_t);
template void rows_by_table(std::span<curve::G1Affine>, const CpuBases&, std::span<const std::int64_t>, std::size_t);
template void rows_by_table(std::span<curve::G1Affine>, const CpuBases&, std::span<const Fr>, std::size_t);

}  // namespace proofcard::kernels::msm_cpu
