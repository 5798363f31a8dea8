#include "host/kernels/msm_g2.hpp"

#include <vector>

#include "host/base/check.hpp"
#include "host/base/parallel.hpp"
#include "host/kernels/cpu/msm/msm_bases.hpp"
#include "host/kernels/cpu/msm/msm_buckets.hpp"

namespace proofcard::kernels {

curve::G2 cpu_msm_g2(std::span<const curve::G2Affine> points, std::span<const Fr> scalars) {
  PROOFCARD_CHECK(points.size() == scalars.size());
  constexpr std::size_t kScalarsPerTask = 4096;
  const auto packed = msm_cpu::pack_points(points);
  std::vector<msm_cpu::SignedInteger<4>> values(scalars.size());
  parallel_for(values.size(), kScalarsPerTask, [&](std::size_t begin, std::size_t end) {
    for (std::size_t j = begin; j < end; ++j) {
      values[j] = msm_cpu::signed_integer(scalars[j]);
    }
  });
  return msm_cpu::bucket_msm(msm_cpu::active_point_ops_g2(), packed.get(),
                             std::span<const msm_cpu::SignedInteger<4>>(values));
}

}  // namespace proofcard::kernels
