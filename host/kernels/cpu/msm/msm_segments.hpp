// Sums of many short lists of points at once, by rounds of pairwise additions: no two additions of a round touch the
// same result, so a round is one batch, whatever the lengths of the lists (skew costs nothing).
#pragma once

#include <memory>
#include <span>
#include <vector>

#include "host/kernels/cpu/msm/msm_bases.hpp"
#include "host/kernels/cpu/msm/msm_points.hpp"

namespace proofcard::kernels::msm_cpu {

// A list of points and where their sum goes. An empty list gives infinity.
template <class Point>
struct Segment {
  std::size_t begin;  // first of its refs
  std::size_t count;
  Point* out;
};

// About as many refs as a thread should hand to one call: rounds stay large and the points stay in cache.
// Measured on Zen 5 with 1 MB of L2 a core.
inline constexpr std::size_t kRefsPerCall = 32768;

// Buffers that one thread keeps between calls.
template <class Point>
class SegmentSummer {
 public:
  explicit SegmentSummer(const PointOpsOf<Point>& ops)
      : ops_(ops), scratch_(std::make_unique_for_overwrite<AddScratch<Point>>()) {}

  // segments[s].out = sum of refs[begin .. begin + count). Overwrites refs. Outputs are none of the operands.
  void sum(std::span<PointRef> refs, std::span<const Segment<Point>> segments);

  const PointOpsOf<Point>& ops() const { return ops_; }
  AddScratch<Point>& scratch() { return *scratch_; }

 private:
  const PointOpsOf<Point>& ops_;
  std::unique_ptr<AddScratch<Point>> scratch_;
  PackedArrayOf<Point> arena_;
  std::size_t arena_size_ = 0;
  std::vector<Segment<Point>> active_;
  std::vector<PointRef> pairs_;
};

}  // namespace proofcard::kernels::msm_cpu
