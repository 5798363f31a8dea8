// Batched sumcheck, prover: many sums of products of multilinear polynomials, of different sizes, in one run of rounds.
//
// Source:     Thaler, "Proofs, Arguments, and Zero-Knowledge", ch. 4; batching by random coefficients.
// Statement:  for each instance i: claim_i = sum over {0,1}^n_i of  e(x) a(x) b(x)   (e absent: 1).
// Joining:    with N = max n_i, instance i joins at round N - n_i: a_i * claim_i is added to the running claim there.
// Its point is
//             the last n_i challenges, so no instance is padded and no powers of two appear.
// Order:      variable 0 is bit 0 of a table index and is bound first.
// Transcript: caller has sent all claims; draws "sumcheck.batch" (one a_i an instance); then per round sends
//             {g(0), g(-1), g(infinity)} of the batched round polynomial g and draws "sumcheck.round".
#pragma once

#include <optional>
#include <span>
#include <vector>

#include "host/field/fr.hpp"
#include "host/transcript/channel.hpp"

namespace proofcard::sumcheck {

struct Instance {
  std::vector<Fr> e;  // empty: the constant 1
  std::vector<Fr> a;  // 2^n values
  std::vector<Fr> b;

  std::size_t num_vars() const;
};

// Runs all rounds; afterwards every table of every instance holds one value. Returns the N challenges, first round
// first.
std::vector<Fr> prove_batched(ProverChannel& channel, std::span<Instance> instances);

// The part of the challenges that is an instance's point.
inline std::span<const Fr> instance_point(std::span<const Fr> challenges, std::size_t num_vars) {
  return challenges.last(num_vars);
}

}  // namespace proofcard::sumcheck
