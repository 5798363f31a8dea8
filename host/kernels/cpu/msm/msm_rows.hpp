// Many rows of scalars over the same resident bases, by table look-ups and segmented sums.
#pragma once

#include <span>

#include "host/kernels/cpu/msm/msm_bases.hpp"

namespace proofcard::kernels::msm_cpu {

// out[i] = sum_j scalars[i * row_len + j] * base j. Scalar: int8_t, int16_t, int32_t, int64_t or Fr. Parallel over
// rows.
template <class Scalar>
void rows_by_table(std::span<curve::G1Affine> out, const CpuBases& bases, std::span<const Scalar> scalars,
                   std::size_t row_len);

// The same for few bases and many rows of full scalars, for instance blinding terms: the table has the multiples of
// 2^(8w) times every base too, so that nothing is doubled. Pre: bases.size() <= kMaxWindowTableBases.
void rows_by_window_table(std::span<curve::G1Affine> out, const CpuBases& bases, std::span<const Fr> scalars,
                          std::size_t row_len);

}  // namespace proofcard::kernels::msm_cpu
