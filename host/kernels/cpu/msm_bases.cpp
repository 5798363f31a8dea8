#include "host/kernels/cpu/msm_bases.hpp"

#include <algorithm>
#include <vector>

#include "host/base/parallel.hpp"

namespace proofcard::kernels::msm_cpu {
namespace {

constexpr std::size_t kPointsPerTask = 1024;
// Eight bases make a last step of 8 * 64 additions and a table of 64 KB, which stays in the core's cache.
constexpr std::size_t kBasesPerTableTask = 16;

// From 1..m times each base to m + 1 .. 2m times: m B + i B for i = 1..m.
void build_multiples(const PointOps& ops, const PackedPoint* points, std::size_t count, PackedPoint* table) {
  const auto scratch = std::make_unique_for_overwrite<AddScratch>();
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

}  // namespace

PackedArray make_packed_array(std::size_t count) { return std::make_unique_for_overwrite<PackedPoint[]>(count); }

PackedArray import_points(const PointOps& ops, std::span<const curve::G1Affine> points) {
  static_assert(sizeof(curve::G1Affine) == sizeof(PackedPoint));
  PackedArray packed = make_packed_array(points.size());
  parallel_for(points.size(), kPointsPerTask, [&](std::size_t begin, std::size_t end) {
    ops.import_points(reinterpret_cast<const std::uint64_t*>(points.data() + begin), end - begin, packed.get() + begin);
  });
  return packed;
}

const PackedPoint* CpuBases::multiples() const {
  std::call_once(table_once_, [&] {
    table_ = make_packed_array(size_ * kNumMultiples);
    parallel_for((size_ + kBasesPerTableTask - 1) / kBasesPerTableTask, 1, [&](std::size_t begin, std::size_t end) {
      for (std::size_t task = begin; task < end; ++task) {
        const std::size_t first = task * kBasesPerTableTask;
        build_multiples(ops_, points_.get() + first, std::min(kBasesPerTableTask, size_ - first),
                        table_.get() + kNumMultiples * first);
      }
    });
    table_ready_.store(true);
  });
  return table_.get();
}

}  // namespace proofcard::kernels::msm_cpu
