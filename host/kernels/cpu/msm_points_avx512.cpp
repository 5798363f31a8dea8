#include "host/kernels/cpu/msm_points.hpp"
namespace proofcard::kernels::msm_cpu {
const PointOps* avx512_point_ops() { return nullptr; }
}  // namespace proofcard::kernels::msm_cpu
