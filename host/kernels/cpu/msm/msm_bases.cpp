#include "host/kernels/cpu/msm/msm_bases.hpp"

#include <algorithm>
#include <cstring>
#include <type_traits>
#include <vector>

#include "host/base/parallel.hpp"

namespace proofcard::kernels::msm_cpu {
namespace {

// The last step is then one batch of 16 * 64 additions, and the tables of a task take 128 KB, which stay in cache.
constexpr std::size_t kBasesPerTableTask = 16;

// From 1..m times each base to m + 1 .. 2m times: m B + i B for i = 1..m.
void build_multiples(const PointOps& ops, const PackedPoint* points, std::size_t count, PackedPoint* table) {
  const auto scratch = std::make_unique_for_overwrite<AddScratch<PackedPoint>>();
  const PackedArray sums = make_packed_array(count * kNumMultiples / 2);
  std::vector<PointRef> refs;
  for (std::size_t j = 0; j < count; ++j) {
    table[kNumMultiples * j] = points[j];
  }
  for (std::size_t m = 1; m < kNumMultiples; m *= 2) {
    refs.clear();
    for (std::size_t j = 0; j < count; ++j) {
      const PackedPoint* multiple = table + kNumMultiples * j - 1;
      for (std::size_t i = 1; i <= m; ++i) {
        refs.push_back(ref_to(multiple + m, false));
        refs.push_back(ref_to(multiple + i, false));
      }
    }
    add_pairs(ops, refs.data(), count * m, sums.get(), *scratch);
    for (std::size_t j = 0; j < count; ++j) {
      std::copy_n(sums.get() + j * m, m, table + kNumMultiples * j + m);
    }
  }
}

// The multiples of every point. Parallel.
PackedArray build_table(const PointOps& ops, const PackedPoint* points, std::size_t count) {
  PackedArray table = make_packed_array(count * kNumMultiples);
  parallel_for((count + kBasesPerTableTask - 1) / kBasesPerTableTask, 1, [&](std::size_t begin, std::size_t end) {
    for (std::size_t task = begin; task < end; ++task) {
      const std::size_t first = task * kBasesPerTableTask;
      build_multiples(ops, points + first, std::min(kBasesPerTableTask, count - first),
                      table.get() + kNumMultiples * first);
    }
  });
  return table;
}

template <class Affine, class Point>
PackedArrayOf<Point> pack(std::span<const Affine> points) {
  static_assert(sizeof(Affine) == sizeof(Point) && std::is_trivially_copyable_v<Affine>);
  PackedArrayOf<Point> packed = make_packed_array<Point>(points.size());
  if (!points.empty()) {
    std::memcpy(packed.get(), points.data(), points.size_bytes());
  }
  return packed;
}

template <class Affine, class Point>
void unpack(const Point* points, std::span<Affine> out) {
  if (!out.empty()) {
    std::memcpy(static_cast<void*>(out.data()), points, out.size_bytes());
  }
}

}  // namespace

PackedArray pack_points(std::span<const curve::G1Affine> points) { return pack<curve::G1Affine, PackedPoint>(points); }
PackedArrayOf<PackedPointG2> pack_points(std::span<const curve::G2Affine> points) {
  return pack<curve::G2Affine, PackedPointG2>(points);
}

void unpack_points(const PackedPoint* points, std::span<curve::G1Affine> out) { unpack(points, out); }
void unpack_points(const PackedPointG2* points, std::span<curve::G2Affine> out) { unpack(points, out); }

const PackedPoint* CpuBases::multiples() const {
  call_once(multiples_.once, [&] { multiples_.points = build_table(ops_, points_.get(), size_); });
  return multiples_.points.get();
}

const PackedPoint* CpuBases::window_multiples() const {
  call_once(window_multiples_.once, [&] {
    std::vector<curve::G1Affine> bases(size_);
    unpack_points(points_.get(), bases);
    std::vector<curve::G1> shifted;
    for (curve::G1 p : bases) {
      for (std::size_t w = 0; w < kFrWindows; ++w) {
        shifted.push_back(p);
        for (std::size_t bit = 0; bit < kTableDigitBits; ++bit) {
          p = p.twice();
        }
      }
    }
    const PackedArray packed = pack_points(curve::batch_to_affine(shifted));
    window_multiples_.points = build_table(ops_, packed.get(), shifted.size());
  });
  return window_multiples_.points.get();
}

}  // namespace proofcard::kernels::msm_cpu
