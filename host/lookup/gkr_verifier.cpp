#include "host/lookup/gkr_verifier.hpp"

namespace proofcard::lookup {

Result<LeafClaim> verify_fraction_sum(VerifierChannel& channel, unsigned log_leaves) {
  PROOFCARD_TRY(const std::vector<Value> root, channel.message("gkr.root", 2));
  // A non-zero root denominator has an inverse.
  const VerifierChannel::Product invertible[] = {{root[0], root[1]}};
  PROOFCARD_RETURN_IF_ERROR(channel.require_zero(invertible, Value(-Fr::one()), "lookup"));

  LeafClaim claim{{}, Value(), root[0]};  // the numerator of the root is 0: that is the statement
  for (unsigned k = 0; k < log_leaves; ++k) {
    const Fr lambda = channel.challenge("gkr.lambda");
    Value running = claim.p + claim.q * lambda;
    std::vector<Fr> inverse(claim.point);
    batch_inverse<Fr>(inverse);
    std::vector<Fr> next_point;
    for (unsigned round = 0; round < k; ++round) {
      PROOFCARD_TRY(const std::vector<Value> t, channel.message("gkr.round", 2));
      const Fr r = channel.challenge("gkr.round");
      next_point.push_back(r);
      // running = (1 - point) t(0) + point t(1) gives t(1).
      const Value& t0 = t[0];
      const Value& t_inf = t[1];
      const Value t1 = (running - t0 * (Fr::one() - claim.point[round])) * inverse[round];
      running = t0 + (t1 - t0 - t_inf) * r + t_inf * r.square();
    }
    PROOFCARD_TRY(const std::vector<Value> child, channel.message("gkr.children", 4));
    const VerifierChannel::Product node[] = {{child[0], child[3]}, {child[1], child[2]}, {child[2] * lambda, child[3]}};
    PROOFCARD_RETURN_IF_ERROR(channel.require_zero(node, running * -Fr::one(), "lookup"));
    const Fr tau = channel.challenge("gkr.child");
    next_point.push_back(tau);
    claim.p = child[0] + (child[1] - child[0]) * tau;
    claim.q = child[2] + (child[3] - child[2]) * tau;
    claim.point = std::move(next_point);
  }
  return claim;
}

}  // namespace proofcard::lookup
