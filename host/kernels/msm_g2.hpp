// Sums of scalar multiples of points of G2, on the CPU.
//
// Result: sum_j scalars[j] * points[j]; sizes equal. Points are on the twist, of any order; infinity is allowed.
// Timing: variable time; zero and small scalars cost less.
#pragma once

#include <span>

#include "host/curve/g2.hpp"
#include "host/field/fr.hpp"

namespace proofcard::kernels {

// Double-and-add; the definition that the other is tested against.
curve::G2 reference_msm_g2(std::span<const curve::G2Affine> points, std::span<const Fr> scalars);
// Signed-digit Pippenger with batched affine additions; AVX-512 IFMA or portable by active_isa(). Parallel.
curve::G2 cpu_msm_g2(std::span<const curve::G2Affine> points, std::span<const Fr> scalars);

}  // namespace proofcard::kernels
