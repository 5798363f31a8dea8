// Whether a key is what a circuit, powers of tau and the contributions in it make. Whoever sees this, and knows that one of
// the contributors forgot their secret, may believe proofs for the key.
//
// Source:  contribution.hpp. The key without contributions is made again; a contribution's secret d is shown by pairings to
//          be the ratio of its own points, of delta before and after; the bases C and H are compared with those of the new
//          key, all at once with random coefficients: e(sum_i c_i C_i, delta) = e(sum_i c_i C'_i, 1). Everything else is
//          equal.
// Errors:  kRejected, naming the contribution or section that is wrong; what reading the files finds.
#pragma once

#include <vector>

#include "host/groth16/ceremony/initial_key.hpp"

namespace proofcard::groth16 {

// What the contributions say of themselves.
Result<std::vector<Parameters>> verify_key(const R1cs& r1cs, const PowersOfTau& powers, const Zkey& zkey);

}  // namespace proofcard::groth16
