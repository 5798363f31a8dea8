// Inverse in Fq in variable time, several times faster than the power q - 2. For batches whose values are public or, as
// in multi-scalar multiplication, already handled in variable time.
//
// Source:  Bernstein and Yang, "Fast constant-time gcd computation and modular inversion" (2019): division steps, in
//          runs of 62 whose effect is one matrix of words; here with branches, and with several steps at a time.
#pragma once

#include "host/field/fq.hpp"

namespace proofcard::curve {

// The inverse of zero is zero.
Fq inverse_vartime(const Fq& a);

}  // namespace proofcard::curve
