// Whether many points of the twist are in the group G2, in a fraction of the time that asking each takes.
//
// Source:  the order of the twist is r (2 q - r), and the smallest prime that divides the second factor is 10069. A sum
//          with random coefficients of 16 bits of points that are not all in the group lies outside it except with
//          probability 7 / 65536, so ten such sums leave 2^-130.
// Errors:  kBadInput naming the first point that is not in the group; kIo when there is no randomness.
#pragma once

#include <span>
#include <string>

#include "host/base/result.hpp"
#include "host/curve/g2.hpp"

namespace proofcard::groth16 {

// Pre: points of the curve. `where` names their section.
Status check_in_group(std::span<const curve::G2Affine> points, const std::string& where);

}  // namespace proofcard::groth16
