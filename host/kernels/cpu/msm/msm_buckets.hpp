// Pippenger's bucket method for one sum of any length.
//
// Source:  Pippenger 1976 with signed digits. The buckets of a window are sums of segments (msm_segments.hpp), and they
//          are folded bit by bit, in large batches too: sum_k k B_k = sum_l 2^l (sum of all B_k with bit l of k set),
//          where the inner sums come from halving the list of buckets. The points at all bit positions of all windows
//          then meet in one chain of doublings.
#pragma once

#include <span>

#include "host/curve/g1.hpp"
#include "host/kernels/cpu/msm/msm_digits.hpp"
#include "host/kernels/cpu/msm/msm_segments.hpp"

namespace proofcard::kernels::msm_cpu {

// The window size of least cost for this many points and scalars of num_bits (msm_digits.hpp).
std::size_t best_window_bits(std::size_t num_points, std::size_t num_bits);

// sum_j values[j] * points[j]. Parallel over windows.
template <class Point, std::size_t Words>
typename Point::Group bucket_msm(const PointOpsOf<Point>& ops, const Point* points,
                                 std::span<const SignedInteger<Words>> values);

// sum_i 2^i points[i].
template <class Point>
typename Point::Group sum_by_powers_of_two(std::span<const Point> points) {
  std::vector<typename Point::Affine> affine(points.size());
  unpack_points(points.data(), affine);
  typename Point::Group sum;
  for (std::size_t i = affine.size(); i-- > 0;) {
    sum = sum.twice();
    sum += affine[i];
  }
  return sum;
}

// A summer of this thread, for use until the function that asked returns.
template <class Point>
SegmentSummer<Point>& thread_summer(const PointOpsOf<Point>& ops) {
  thread_local std::unique_ptr<SegmentSummer<Point>> summer;
  if (summer == nullptr || &summer->ops() != &ops) {
    summer = std::make_unique<SegmentSummer<Point>>(ops);
  }
  return *summer;
}

}  // namespace proofcard::kernels::msm_cpu
