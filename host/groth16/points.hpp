// Points as snarkjs stores them in a .zkey: coordinates one after the other, 32 bytes little endian, in Montgomery form
// with R = 2^256, which is the form of Fq here; infinity is all zeros.
//
// Errors: kBadInput, naming the index of the first point with a coordinate that is not below q, or off the curve.
//         Points of the twist outside G2 are not looked for here: it would take longer than a proof.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "host/base/bytes.hpp"
#include "host/base/result.hpp"
#include "host/curve/g1.hpp"
#include "host/curve/g2.hpp"

namespace proofcard::groth16 {

inline constexpr std::size_t kG1Bytes = 64;
inline constexpr std::size_t kG2Bytes = 128;

// `where` names the section. Parallel. Pre: bytes.size() is a multiple of a point's size.
Result<std::vector<curve::G1Affine>> decode_g1_points(ByteView bytes, const std::string& where);
Result<std::vector<curve::G2Affine>> decode_g2_points(ByteView bytes, const std::string& where);

// The same bytes again. Parallel.
Bytes encode_points(std::span<const curve::G1Affine> points);
Bytes encode_points(std::span<const curve::G2Affine> points);

// One point that may not be infinity. G2: also in the group.
Result<curve::G1Affine> read_g1(ByteReader& reader, std::string_view field);
Result<curve::G2Affine> read_g2(ByteReader& reader, std::string_view field);

}  // namespace proofcard::groth16
