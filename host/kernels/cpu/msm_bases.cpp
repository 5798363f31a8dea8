#include "host/kernels/cpu/msm_bases.hpp"

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

PackedArray pack_points(std::span<const curve::G1Affine> points) {
  static_assert(sizeof(curve::G1Affine) == sizeof(PackedPoint) && std::is_trivially_copyable_v<curve::G1Affine>);
  PackedArray packed = make_packed_array(points.size());
  if (!points.empty()) {
    std::memcpy(packed.get(), points.data(), points.size_bytes());
  }
  return packed;
}

void unpack_points(const PackedPoint* points, std::span<curve::G1Affine> out) {
  if (!out.empty()) {
    std::memcpy(static_cast<void*>(out.data()), points, out.size_bytes());
  }
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
