// Hash to G1 of BN254 as a random oracle, and the lists of generators made with it. Nobody knows a relation between
// them.
//
// Source:  RFC 9380: hash_to_curve (3), hash_to_field (5.2) with L = 48, expand_message_xof (5.3.2) with SHAKE256,
//          the Shallue-van de Woestijne map (6.6.1) with Z = 1. The cofactor of G1 is 1. The RFC has no suite for this
//          curve; the map agrees with the published vectors of the SVDW suite that others use.
// Order:   derive_generators(label, first, count)[i] depends on label and first + i only, so a smaller layout is a
//          prefix of a larger one.
// Timing:  variable time; inputs are public.
#pragma once

#include <array>
#include <cstddef>
#include <string_view>
#include <vector>

#include "host/base/bytes.hpp"
#include "host/curve/g1.hpp"

namespace proofcard::curve {

// The constants c1..c4 of the map.
struct SvdwConstants {
  Fq c1;  // g(Z)
  Fq c2;  // -Z / 2
  Fq c3;  // sqrt(-g(Z) * 3 Z^2), the even one of the two
  Fq c4;  // -4 g(Z) / (3 Z^2)
};
const SvdwConstants& svdw_constants();

// map_to_curve_svdw(u).
G1Affine map_to_curve(const Fq& u);

// expand_message_xof with SHAKE256. Pre: dst.size() <= 255.
Bytes expand_message(ByteView message, std::string_view dst, std::size_t num_bytes);

G1Affine hash_to_curve(ByteView message, std::string_view dst);

// Points first .. first + count - 1 of the list named `label`; parallel. Point i hashes the label and i as u64.
// Pre: label.size() <= 128.
std::vector<G1Affine> derive_generators(std::string_view label, std::size_t first, std::size_t count);

}  // namespace proofcard::curve
