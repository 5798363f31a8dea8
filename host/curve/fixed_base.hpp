// Tables of multiples of a few fixed points, for many small sums over them: commitments to a handful of values.
//
// Source:  the fixed-base windowing method (Brickell, Gordon, McCurley, Wilson 1992), signed digits of 7 bits. Every
//          multiple that a digit can ask for is in the table, so a scalar costs 37 additions and no doubling.
// Shape:   150 KiB and about 2400 additions a point to build, so it is for tens of points. Seventeen take 1.8 ms with
//          AVX-512 IFMA and 6 ms without; then 1 or 7 us a scalar.
// Range:   exact for all inputs: any scalars, equal or opposite points, infinity among the points and the results.
// Timing:  variable time; which table entries are read depends on the scalars.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "host/curve/g1.hpp"

namespace proofcard::curve {

namespace fixed_base_internal {
struct alignas(64) TableEntry {
  G1Affine point;
};
}  // namespace fixed_base_internal

class FixedBases {
 public:
  // One thread. Pre: at most 2^16 points.
  explicit FixedBases(std::span<const G1Affine> points);

  std::size_t size() const { return num_points_; }

  // sum_k scalars[k] * points[indices[k]]. Sizes equal; one thread. Meant for up to some twenty scalars.
  G1Affine sum(std::span<const std::uint32_t> indices, std::span<const Fr> scalars) const;

  // Many independent sums, parallel: out[r] = sum of scalars[k] * points[indices[k]] for offsets[r] <= k <
  // offsets[r+1]. Pre: offsets.size() == out.size() + 1, ascending, the last at most indices.size(); as many scalars as
  // indices.
  void sums(std::span<G1Affine> out, std::span<const std::size_t> offsets, std::span<const std::uint32_t> indices,
            std::span<const Fr> scalars) const;

 private:
  std::size_t num_points_;
  // Chain (index, window) holds the multiples 0..64 of 2^(7 window) * points[index].
  std::vector<fixed_base_internal::TableEntry> table_;
};

}  // namespace proofcard::curve
