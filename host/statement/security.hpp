// Security of a proof for a circuit: the smaller of a cited estimate for the curve and the statistical soundness.
//
// Curve:       discrete logarithms in G1 of BN254. The group has 254 bits, but its pairing moves the problem to
//              F_{p^12}, where the special extended tower number field sieve applies; estimates are near 100 bits.
//              Source: Menezes, Sarkar, Singh, "Challenges with Assessing the Impact of NFS Advances on the Security of
//              Pairing-Based Cryptography" (eprint 2016/1102); Barbulescu, Duquesne, "Updating Key Size Estimations for
//              Pairings" (eprint 2017/334).
// Statistical: the probability over the challenges that a false statement passes, summed over all steps; each is a
//              degree divided by p (Schwartz-Zippel). Counts are upper bounds from the circuit, so the result is a
//              lower bound. Openings by hashes have errors of other kinds beside (pcs/whir/parameters.hpp). It is the error of the
//              interactive protocol; Fiat-Shamir multiplies it by the number of
//              hashes that an attacker computes.
#pragma once

#include <string>
#include <vector>

#include "host/circuit/circuit.hpp"
#include "host/circuit/layout.hpp"
#include "host/pcs/scheme.hpp"

namespace proofcard::statement {

inline constexpr double kCurveBits = 100.0;
inline constexpr double kCollisionBits = 128.0;           // of SHA-256, half its length
inline constexpr double kPoseidon2CollisionBits = 126.0;  // likewise, of an element; its rounds are chosen for 128 bits

// log2 of how many vectors of pads the commitment to them may stand for (zk::ligero::log2_list_size): a zero-knowledge proof with
// commitments by hashes may be about any of them, so each step about hidden messages has that many times its error.
inline constexpr double kLog2PadLists = 16;

struct Security {
  struct Step {
    std::string name;
    double error_numerator = 0;  // its error is this divided by p; by hashes, for all vectors of pads together
  };
  // A step of an opening by hashes, which has an error of its own.
  struct HashStep {
    std::string name;
    double bits = 0;             // its error is at most 2^-bits
    unsigned grinding_bits = 0;  // of these, work that a prover has to repeat
    std::string source;
  };
  std::vector<Step> steps;
  std::vector<HashStep> hash_steps;
  double statistical_bits = 0;
  double computational_bits = kCurveBits;  // discrete logarithms; or collisions of SHA-256 for commitments by hashes

  double bits() const;
};

// By hashes, of zero-knowledge proofs; others have more. Of kPoseidon2, of the proofs that circuits verify. Pre: layout is the circuit's; a circuit that can have such commitments (check_hash_scheme in verifying_key.hpp).
Security estimate_security(const circuit::Circuit& circuit, const circuit::Layout& layout,
                           const pcs::Scheme& scheme = {});

}  // namespace proofcard::statement
