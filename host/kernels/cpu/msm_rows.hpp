// Many rows of scalars over the same resident bases, by table look-ups and segmented sums.
#pragma once

#include <span>

#include "host/kernels/cpu/msm_bases.hpp"

namespace proofcard::kernels::msm_cpu {

// out[i] = sum_j scalars[i * row_len + j] * base j. Scalar: int8_t, int16_t, int32_t, int64_t or Fr. Parallel over
// rows.
template <class Scalar>
void rows_by_table(std::span<curve::G1Affine> out, const CpuBases& bases, std::span<const Scalar> scalars,
                   std::size_t row_len);

}  // namespace proofcard::kernels::msm_cpu
