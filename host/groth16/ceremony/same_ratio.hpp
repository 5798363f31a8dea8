// e(a, x) = e(b, y): what shows that two pairs of points have one ratio, b = d a and x = d y.
#pragma once

#include <array>

#include "host/curve/pairing.hpp"

namespace proofcard::groth16 {

inline bool same_ratio(const curve::G1Affine& a, const curve::G2Affine& x, const curve::G1Affine& b,
                       const curve::G2Affine& y) {
  const curve::PreparedG2 left(x), right(y);
  return curve::pairing_product(std::array{curve::PairingInput{-a, &left}, curve::PairingInput{b, &right}}).is_one();
}

}  // namespace proofcard::groth16
