#include "host/device/msm/msm_plan.hpp"

#include <algorithm>

#include "host/base/check.hpp"
#include "host/device/abi/abi.hpp"

namespace proofcard::device {
namespace {

constexpr std::size_t kPageOfBases = 64;  // points in a page: buffers can be entered at multiples of it

std::size_t ceil_div(std::size_t a, std::size_t b) { return (a + b - 1) / b; }

std::size_t row_bytes(const MsmBatch& batch, std::size_t num_points) {
  return ceil_div(num_points * batch.scalar_bytes, abi::kRowAlignBytes) * abi::kRowAlignBytes;
}

// Rows of a part that has num_points points.
std::size_t rows_of_part(const MsmBatch& batch, const MsmLimits& limits, std::size_t num_points) {
  const std::size_t fit = std::min({limits.scalars_bytes / row_bytes(batch, num_points),
                                    limits.results_bytes / (abi::kResultBytes * batch.num_windows), limits.max_rows});
  // Two jobs a unit keep it busy while data moves.
  const bool whole = limits.num_units == 1 && batch.num_rows * num_points * batch.num_windows < kMinBatchOfTwoJobs;
  const std::size_t fair = whole ? batch.num_rows : ceil_div(batch.num_rows, 2 * limits.num_units);
  const std::size_t worth_a_job = ceil_div(kMinJobDigits, num_points * batch.num_windows);
  return std::max<std::size_t>(1, std::min(fit, std::max(fair, worth_a_job)));
}

// Cycles of a row, times three: its digits, and the fold, of which a part is hidden behind digits and a part replaces the
// additions of digits that park for good. Two thirds of a fold are what the RTL shows: docs/rtl/targets.md.
std::size_t row_cost(std::size_t num_points, unsigned window_bits) {
  const std::size_t windows = ceil_div(abi::digit_range_bits(254), window_bits);
  return windows * (3 * num_points + 2 * (std::size_t{1} << window_bits));
}

}  // namespace

bool narrow_windows_pay(std::size_t num_points, unsigned wide_bits, unsigned narrow_bits) {
  // Without points there is nothing to fold, and fewer windows have fewer results.
  return num_points != 0 && row_cost(num_points, narrow_bits) < row_cost(num_points, wide_bits);
}

std::vector<MsmPart> plan_msm(const MsmBatch& batch, const MsmLimits& limits) {
  PROOFCARD_CHECK(limits.segment_points >= kPageOfBases && limits.segment_points % kPageOfBases == 0);
  PROOFCARD_CHECK(batch.num_windows * abi::kResultBytes <= limits.results_bytes);
  const std::size_t max_points =
      std::min(limits.max_points, limits.scalars_bytes / batch.scalar_bytes) / kPageOfBases * kPageOfBases;
  PROOFCARD_CHECK(max_points > 0);
  std::vector<MsmPart> parts;
  for (std::size_t first = 0; first < batch.row_len;) {
    const std::size_t segment_end = (first / limits.segment_points + 1) * limits.segment_points;
    const std::size_t num_points = std::min({max_points, segment_end - first, batch.row_len - first});
    const std::size_t step = rows_of_part(batch, limits, num_points);
    for (std::size_t row = 0; row < batch.num_rows; row += step) {
      parts.push_back({row, std::min(step, batch.num_rows - row), first, num_points, 0, 0, batch.narrow_windows});
    }
    first += num_points;
  }
  if (parts.empty() || parts.size() >= limits.num_units || !limits.windows_can_be_shared) {
    return parts;
  }
  std::vector<MsmPart> shared;
  for (const MsmPart& part : parts) {
    const std::size_t digits_a_window = part.num_rows * part.num_points;
    const std::size_t worth_a_job = ceil_div(kMinJobDigits, digits_a_window);  // windows
    const std::size_t step =
        std::max(ceil_div(batch.num_windows, ceil_div(limits.num_units, parts.size())), worth_a_job);
    for (std::size_t window = 0; window < batch.num_windows; window += step) {
      MsmPart cut = part;
      cut.first_window = window;
      cut.num_windows = std::min(step, batch.num_windows - window);
      shared.push_back(cut);
    }
  }
  return shared;
}

}  // namespace proofcard::device
