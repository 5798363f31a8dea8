// What makes a verification key worthless although its points are valid.
//
// A key comes from two ceremonies, for powers of tau and for its circuit, and both begin with secrets that everybody
// knows: all of them 1. Until somebody contributes, proofs can be forged from the key alone; so they can with other
// secrets that are not independent. Two kinds of relation are enough, both with coefficients that the forger knows:
//
//   a beta + b gamma + c delta = 0 in G2, not all zero. For any public signals, with I = sum_i x_i ic[i]:
//     A = a I - b alpha, C = c1 alpha + c2 I with a c1 + b c2 = c, and B = (gamma + c2 delta) / a (or, with a = 0,
//     -(beta + c1 delta) / b). Then e(A, B) = e(alpha, beta) e(I, gamma) e(C, delta).
//     As with gamma = delta (a = 0, b = 1, c = -1): A = -alpha, B = -beta, C = -I.
//   a I = b alpha in G1, not both zero, for the public signals of the statement. With b = k a and a = 1:
//     A = alpha, B = beta + k gamma, C = infinity. I may be infinity: k = 0.
//
// These functions find such relations with coefficients up to kMaxCoefficient in magnitude, among whole keys in about
// a millisecond and 10 us a public signal. They find set-ups that were not done, or done carelessly. Whoever chose the
// secrets of a key knows relations with large coefficients, which nobody else can see: a key without a finding is as good
// as its ceremony, and no better.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "host/groth16/proof.hpp"

namespace proofcard::groth16 {

inline constexpr int kMaxCoefficient = 16;

// One sentence each; none: nothing to see.
//   - alpha, beta, gamma or delta is infinity;
//   - a relation among beta, gamma and delta; gamma = +-delta: no contribution to the circuit's key;
//   - alpha or beta the generator: no contribution to the powers of tau;
//   - a public signal whose point is infinity: its value is not bound. Keys of snarkjs have none: it adds a constraint
//     for each public signal, also for one that the circuit does not use;
//   - a IC[i] = b IC[j]: proofs for one statement are proofs for others; with i = 0, no witness is needed for some;
//   - a IC[i] = b alpha: no ceremony makes that, and with IC[0] some statements need no witness.
// IC[0] may be infinity, if the circuit has no use for the constant: see statement_weakness. Relations of more than two
// of alpha and the IC[i] are looked for in the statement alone.
// Pre: points are on their curves, those of G2 in the group.
std::vector<std::string> key_weaknesses(const VerifyingKey& vk);

// Why proofs for public signals with this sum of points (Verifier::sum_of_signals) can be made from the key alone.
std::optional<std::string> statement_weakness(const VerifyingKey& vk, const curve::G1Affine& sum);

}  // namespace proofcard::groth16
