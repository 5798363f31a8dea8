#include "host/sumcheck/verifier.hpp"

#include <algorithm>

namespace proofcard::sumcheck {

Result<Reduction> verify_batched(VerifierChannel& channel, std::span<const Claim> claims) {
  static const Fr kHalf = Fr::from_u64(2).inverse();
  Reduction out;
  std::size_t num_rounds = 0;
  for (const Claim& claim : claims) {
    num_rounds = std::max(num_rounds, claim.num_vars);
  }
  out.batch = channel.challenges("sumcheck.batch", claims.size());
  Value running;
  const auto join = [&](std::size_t vars_left) {
    for (std::size_t i = 0; i < claims.size(); ++i) {
      if (claims[i].num_vars == vars_left) {
        running += claims[i].sum * out.batch[i];
      }
    }
  };
  for (std::size_t round = 0; round < num_rounds; ++round) {
    join(num_rounds - round);
    PROOFCARD_TRY(const std::vector<Value> g, channel.message("sumcheck.round", 3));
    const Fr r = channel.challenge("sumcheck.round");
    out.challenges.push_back(r);
    // g(X) = c0 + c1 X + c2 X^2 + c3 X^3 with g(0) = c0, g(1) = running - g(0), g(-1), c3 = g(infinity).
    const Value& c0 = g[0];
    const Value& c3 = g[2];
    const Value g1 = running - c0;
    const Value c2 = (g1 + g[1]) * kHalf - c0;
    const Value c1 = (g1 - g[1]) * kHalf - c3;
    running = c0 + c1 * r + c2 * r.square() + c3 * (r.square() * r);
  }
  join(0);
  out.final_claim = std::move(running);
  return out;
}

}  // namespace proofcard::sumcheck
