// The key of a circuit before anybody contributed to it: gamma = delta = 1, byte by byte what `snarkjs zkey new` makes.
// Everybody can make it again from the circuit and the powers of tau, and nobody may use it: whoever knows delta can forge
// proofs.
//
// Source:  Groth 2016, section 3.2, with the key's notation (zkey.hpp). Columns of the constraint system times Lagrange
//          polynomials at tau: sums of a few points each. Rows of A are added that have a public signal alone, as circom
//          and snarkjs do, so that public signals are independent of each other.
// Shape:   constraints 0 .. m - 1, then rows m + s for s <= num_public; n is the least power of two above the number of
//          constraints and public signals, and at least 2.
// Errors:  kBadInput naming the power that the circuit needs, when the file has less; what reading a file finds.
#pragma once

#include "host/groth16/ceremony/key_content.hpp"
#include "host/groth16/ceremony/powers_of_tau.hpp"
#include "host/groth16/r1cs.hpp"

namespace proofcard::groth16 {

// log2 of the domain of a circuit: the least power of a ceremony that serves it.
unsigned power_needed(const R1csHeader& header);

Result<KeyContent> make_initial_key(const R1cs& r1cs, const PowersOfTau& powers);

}  // namespace proofcard::groth16
