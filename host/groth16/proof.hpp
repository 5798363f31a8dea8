// What Groth16 sends, and the key that it is checked with.
//
// Source:  Groth, "On the Size of Pairing-based Non-interactive Arguments" (2016), section 3.2.
// Notation: [x]_1 in G1, [x]_2 in G2; ic[i] = [(beta u_i(tau) + alpha v_i(tau) + w_i(tau)) / gamma]_1 for the constant
//          1 (i = 0) and the public signals.
#pragma once

#include <vector>

#include "host/curve/g1.hpp"
#include "host/curve/g2.hpp"
#include "host/field/fr.hpp"

namespace proofcard::groth16 {

struct Proof {
  curve::G1Affine a;
  curve::G2Affine b;
  curve::G1Affine c;
  bool operator==(const Proof&) const = default;
};

struct VerifyingKey {
  curve::G1Affine alpha1;
  curve::G2Affine beta2;
  curve::G2Affine gamma2;
  curve::G2Affine delta2;
  std::vector<curve::G1Affine> ic;  // 1 + number of public signals
  bool operator==(const VerifyingKey&) const = default;
};

}  // namespace proofcard::groth16
