// Batched sumcheck, verifier: reduces the claims on sums to one equation at random points. See prover.hpp for the
// protocol.
#pragma once

#include <span>
#include <vector>

#include "host/base/result.hpp"
#include "host/transcript/channel.hpp"

namespace proofcard::sumcheck {

struct Claim {
  std::size_t num_vars = 0;
  Value sum;
};

struct Reduction {
  std::vector<Fr> challenges;  // instance i's point is the last num_vars of them
  std::vector<Fr> batch;       // a_i
  Value final_claim;  // the caller checks: sum_i a_i * (product of instance i's polynomials at its point) = final_claim

  std::span<const Fr> point(std::size_t num_vars) const { return std::span<const Fr>(challenges).last(num_vars); }
};

Result<Reduction> verify_batched(VerifierChannel& channel, std::span<const Claim> claims);

}  // namespace proofcard::sumcheck
