// Bases resident for the CPU: packed points, and a table of their first multiples that is built when rows first pay for
// it.
//
// With the table, a digit of 8 bits is one addition and there are no buckets to fold, which is what short rows need:
// 128 multiples of 64 bytes make 8 KB a base, built in 127 additions.
#pragma once

#include <atomic>
#include <memory>
#include <span>

#include "host/base/aligned_memory.hpp"
#include "host/base/mutex.hpp"
#include "host/kernels/cpu/msm/msm_points.hpp"
#include "host/kernels/msm.hpp"

namespace proofcard::kernels::msm_cpu {

inline constexpr std::size_t kTableDigitBits = 8;
inline constexpr std::size_t kNumMultiples = std::size_t{1} << (kTableDigitBits - 1);
inline constexpr std::size_t kFrWindows = 32;        // digits of a full scalar
inline constexpr std::size_t kMaxTableBases = 4096;  // 32 MB
// A base takes 256 KB in a window table.
inline constexpr std::size_t kMaxWindowTableBases = 16;

struct PackedArrayDeleter {
  void operator()(void* points) const { free_aligned(points); }
};
template <class Point>
using PackedArrayOf = std::unique_ptr<Point[], PackedArrayDeleter>;
using PackedArray = PackedArrayOf<PackedPoint>;
// count packed points; not initialised.
template <class Point = PackedPoint>
PackedArrayOf<Point> make_packed_array(std::size_t count) {
  return PackedArrayOf<Point>(static_cast<Point*>(allocate_aligned(count * sizeof(Point))));
}
PackedArray pack_points(std::span<const curve::G1Affine> points);
PackedArrayOf<PackedPointG2> pack_points(std::span<const curve::G2Affine> points);
void unpack_points(const PackedPoint* points, std::span<curve::G1Affine> out);
void unpack_points(const PackedPointG2* points, std::span<curve::G2Affine> out);

class CpuBases : public MsmBases {
 public:
  CpuBases(const PointOps& ops, std::span<const curve::G1Affine> bases)
      : ops_(ops), size_(bases.size()), points_(pack_points(bases)) {}

  std::size_t size() const override { return size_; }
  const PointOps& ops() const { return ops_; }
  const PackedPoint* points() const { return points_.get(); }

  // multiples()[kNumMultiples * j + k - 1] = k * base j. Built by the first call; thread safe.
  const PackedPoint* multiples() const;
  // Whether the table pays: it exists, or the uses noted so far, this one included, are as many additions of each base
  // as its construction. Longer lists of bases than kMaxTableBases get none.
  bool table_pays(std::size_t uses_of_each_base) const {
    return size_ <= kMaxTableBases && num_uses_.fetch_add(uses_of_each_base) + uses_of_each_base >= kNumMultiples;
  }

  // window_multiples()[kNumMultiples * (kFrWindows * j + w) + k - 1] = k * 2^(8w) * base j. Likewise.
  const PackedPoint* window_multiples() const;

 private:
  struct Table {
    Once once;
    PackedArray points;
  };

  const PointOps& ops_;
  std::size_t size_;
  PackedArray points_;
  mutable std::atomic<std::size_t> num_uses_ = 0;
  mutable Table multiples_;
  mutable Table window_multiples_;
};

}  // namespace proofcard::kernels::msm_cpu
