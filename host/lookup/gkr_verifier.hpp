// GKR for a sum of fractions, verifier. See gkr_prover.hpp for the protocol.
#pragma once

#include <vector>

#include "host/base/result.hpp"
#include "host/transcript/channel.hpp"

namespace proofcard::lookup {

struct LeafClaim {
  std::vector<Fr> point;
  Value p;  // claimed values of the leaf numerators and denominators there
  Value q;
};

// The sum over 2^log_leaves leaves is 0, if the returned claims on the leaves are true. Errors: kRejected, stage
// "lookup".
Result<LeafClaim> verify_fraction_sum(VerifierChannel& channel, unsigned log_leaves);

}  // namespace proofcard::lookup
