// Additions of G2 by instruction set; msm_points.cpp has those of G1.
#include "host/base/cpu_features.hpp"
#include "host/kernels/cpu/msm/msm_points_portable.hpp"

namespace proofcard::kernels::msm_cpu {

const PointOpsG2& portable_point_ops_g2() {
  static constexpr PointOpsG2 kOps{"portable", PortablePoints<PackedPointG2>::add};
  return kOps;
}

#if !defined(__x86_64__)
const PointOpsG2* avx512_point_ops_g2() { return nullptr; }
#endif

const PointOpsG2& active_point_ops_g2() {
  if (active_isa() == Isa::kAvx512 && avx512_point_ops_g2() != nullptr) {
    return *avx512_point_ops_g2();
  }
  return portable_point_ops_g2();
}

void copy_point(PointRef ref, PackedPointG2* out) { PortablePoints<PackedPointG2>::copy(ref, out); }

}  // namespace proofcard::kernels::msm_cpu
