// What makes a verification key worthless although its points are valid.
//
// A key comes from two ceremonies, for powers of tau and for its circuit, and both begin with secrets that everybody
// knows: all of them 1. Until somebody contributes, proofs can be forged: with gamma = delta, from the key alone, as
// A = alpha, B = beta, C = -sum_i x_i ic[i].
#pragma once

#include <string>
#include <vector>

#include "host/groth16/proof.hpp"

namespace proofcard::groth16 {

// One sentence each; none: nothing to see. A key whose maker knows its secrets looks like any other.
//   - gamma and delta equal or opposite: no contribution to the circuit's key;
//   - alpha or beta the generator: no contribution to the powers of tau;
//   - a public signal whose point is infinity, or equal or opposite to that of another: its value is not bound.
std::vector<std::string> key_weaknesses(const VerifyingKey& vk);

}  // namespace proofcard::groth16
