// Security of a proof for a circuit: the smaller of a cited estimate for the curve and the statistical soundness.
//
// Curve:       discrete logarithms in G1 of BN254. The group has 254 bits, but its pairing moves the problem to
//              F_{p^12}, where the special extended tower number field sieve applies; estimates are near 100 bits.
//              Source: Menezes, Sarkar, Singh, "Challenges with Assessing the Impact of NFS Advances on the Security of
//              Pairing-Based Cryptography" (eprint 2016/1102); Barbulescu, Duquesne, "Updating Key Size Estimations for
//              Pairings" (eprint 2017/334).
// Statistical: the probability over the challenges that a false statement passes, summed over all steps; each is a
//              degree divided by p (Schwartz-Zippel). Counts are upper bounds from the circuit, so the result is a
//              lower bound. It is the error of the interactive protocol; Fiat-Shamir multiplies it by the number of
//              hashes that an attacker computes.
#pragma once

#include <string>
#include <vector>

#include "host/circuit/circuit.hpp"
#include "host/circuit/layout.hpp"

namespace proofcard::statement {

inline constexpr double kCurveBits = 100.0;

struct Security {
  struct Step {
    std::string name;
    double error_numerator = 0;  // its error is this divided by p
  };
  std::vector<Step> steps;
  double statistical_bits = 0;

  double bits() const;
};

// Pre: layout is the circuit's.
Security estimate_security(const circuit::Circuit& circuit, const circuit::Layout& layout);

}  // namespace proofcard::statement
