// The difference of a point and what is no point, as snarkjs' WebAssembly computes it.
//
// Why:     the hash of a circuit has tau^(n + i) - tau^i. From n = 2^15 on snarkjs also hashes i = n - 1, and reads
//          tau^(2 n - 1) behind the section's end when the ceremony has no more powers than the circuit needs. Keys of
//          snarkjs have that hash, so keys here have it too; nothing else depends on it.
// Source:  the addition of two affine points of wasmcurves 0.2.2 (madd-2007-bl with Z = 1), whose field operations add or
//          subtract the modulus at most once: so numbers above it stay what they are, and that decides the result.
// Range:   a: two numbers of 256 bits. b: a point other than infinity.
#pragma once

#include <array>

#include "host/curve/g1.hpp"

namespace proofcard::groth16 {

// x and y in the form of memory, below 2^256.
using RawPoint = std::array<U256, 2>;

curve::G1Affine snarkjs_difference(const RawPoint& a, const curve::G1Affine& b);

}  // namespace proofcard::groth16
