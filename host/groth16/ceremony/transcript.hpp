// What ceremonies hash of points: coordinates as 32 big-endian bytes, of Fq2 the part with u first; infinity is all zeros.
#pragma once

#include <span>

#include "host/curve/g1.hpp"
#include "host/curve/g2.hpp"
#include "host/groth16/ceremony/contribution.hpp"
#include "host/hash/blake2b.hpp"

namespace proofcard::groth16 {

void absorb(hash::Blake2b& hasher, const curve::G1Affine& point);
void absorb(hash::Blake2b& hasher, const curve::G2Affine& point);
// Many, with the conversion in parallel.
void absorb(hash::Blake2b& hasher, std::span<const curve::G1Affine> points);
void absorb(hash::Blake2b& hasher, std::span<const curve::G2Affine> points);

// All of a contribution but its type and parameters.
void absorb(hash::Blake2b& hasher, const Contribution& contribution);

// The point of G2 that belongs to a transcript.
curve::G2Affine hash_to_g2(const hash::Digest512& transcript);

}  // namespace proofcard::groth16
