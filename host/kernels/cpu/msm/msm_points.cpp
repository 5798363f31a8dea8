#include "host/kernels/cpu/msm/msm_points.hpp"

#include <algorithm>

#include "host/base/cpu_features.hpp"
#include "host/kernels/cpu/msm/msm_points_portable.hpp"

namespace proofcard::kernels::msm_cpu {

const PointOps& portable_point_ops() {
  static constexpr PointOps kOps{"portable", PortablePoints<PackedPoint>::add};
  return kOps;
}

#if !defined(__x86_64__)
const PointOps* avx512_point_ops() { return nullptr; }
#endif

const PointOps& active_point_ops() {
  if (active_isa() == Isa::kAvx512 && avx512_point_ops() != nullptr) {
    return *avx512_point_ops();
  }
  return portable_point_ops();
}

void copy_point(PointRef ref, PackedPoint* out) { PortablePoints<PackedPoint>::copy(ref, out); }

void invert_radix52(std::uint64_t words[4]) {
  // As an Fq the words stand for 16 a; the inverse, a^-1 / 16, must become a^-1 * 16.
  const Fq a = Fq::from_montgomery({words[0], words[1], words[2], words[3]});
  const Fq inverse = curve::inverse_vartime(a) * Fq::from_u64(256);
  std::copy(inverse.montgomery().begin(), inverse.montgomery().end(), words);
}

}  // namespace proofcard::kernels::msm_cpu
