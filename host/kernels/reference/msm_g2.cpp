#include "host/kernels/msm_g2.hpp"

#include "host/base/check.hpp"

namespace proofcard::kernels {

curve::G2 reference_msm_g2(std::span<const curve::G2Affine> points, std::span<const Fr> scalars) {
  PROOFCARD_CHECK(points.size() == scalars.size());
  curve::G2 sum;
  for (std::size_t j = 0; j < points.size(); ++j) {
    sum += curve::scalar_mul(points[j], scalars[j]);
  }
  return sum;
}

}  // namespace proofcard::kernels
