// How a batch of sums is cut into jobs: by rows, by points, by windows.
//
// Shape:   the parts cover every (row, point, window) once; partial sums of a row are added on the host.
// Rules:   points are cut where bases are (a segment is what one buffer on a card holds) and where a row's scalars no
//          longer fit; rows so that scalars and results fit the buffers of a job, and so that every unit has work;
//          windows only when there are fewer parts than units, because every part with a window folds its buckets.
//          Few points take narrow windows: more digits, but fewer buckets to fold.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace proofcard::device {

// What every card that takes part can do.
struct MsmLimits {
  std::size_t segment_points = 0;  // a multiple of 64
  std::size_t max_points = 0;      // of a job; a multiple of 64
  std::size_t max_rows = 0;
  std::size_t scalars_bytes = 0;
  std::size_t results_bytes = 0;
  std::size_t num_units = 1;          // of all cards together
  bool windows_can_be_shared = true;  // all cards have windows of the same width
};

struct MsmBatch {
  std::size_t num_rows = 0;
  std::size_t row_len = 0;
  std::size_t scalar_bytes = 0;
  std::size_t num_windows = 0;  // the most of any card, of the kind that narrow_windows says
  bool narrow_windows = false;
};

struct MsmPart {
  std::size_t row = 0;
  std::size_t num_rows = 0;
  std::size_t first = 0;  // point
  std::size_t num_points = 0;
  std::size_t first_window = 0;
  std::size_t num_windows = 0;  // 0: all
  bool narrow_windows = false;  // of 254-bit scalars: as narrow as those of 8-bit ones
};

// Smaller jobs are not cut any further for the sake of more units: digits, about a quarter of a millisecond of a card.
constexpr std::size_t kMinJobDigits = std::size_t{1} << 16;
// Smaller batches for a single unit stay one job: a second one, whose data would move meanwhile, costs a launch and some
// 5,000 cycles at its end in which nothing hides the adder's latency.
constexpr std::size_t kMinBatchOfTwoJobs = std::size_t{1} << 19;

// Whether a row of so many 254-bit scalars takes fewer additions with windows of narrow_bits than with windows of wide_bits.
bool narrow_windows_pay(std::size_t num_points, unsigned wide_bits, unsigned narrow_bits);

std::vector<MsmPart> plan_msm(const MsmBatch& batch, const MsmLimits& limits);

}  // namespace proofcard::device
