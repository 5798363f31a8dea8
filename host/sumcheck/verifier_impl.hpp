// Body of verifier.hpp.
#pragma once

#include <algorithm>

#include "host/sumcheck/verifier.hpp"
#include "host/transcript/value_chain.hpp"

namespace proofcard::sumcheck {

template <class C>
Result<ReductionOver<C>> verify_batched(C& channel, std::type_identity_t<std::span<const ClaimOver<C>>> claims) {
  using Number = typename C::Number;
  using Value = typename C::Value;
  static const Fr kHalf = Fr::from_u64(2).inverse();
  const Number half(kHalf);
  const Number one(Fr::one());
  ReductionOver<C> out;
  std::size_t num_rounds = 0;
  for (const ClaimOver<C>& claim : claims) {
    num_rounds = std::max(num_rounds, claim.num_vars);
  }
  out.batch = channel.challenges("sumcheck.batch", claims.size());
  ValueChain<Value, Number> running;
  const auto join = [&](std::size_t vars_left) {
    for (std::size_t i = 0; i < claims.size(); ++i) {
      if (claims[i].num_vars == vars_left) {
        running.add(claims[i].sum, out.batch[i]);
      }
    }
  };
  for (std::size_t round = 0; round < num_rounds; ++round) {
    join(num_rounds - round);
    PROOFCARD_TRY(std::vector<Value> g, channel.message("sumcheck.round", 3));
    const Number r = channel.challenge("sumcheck.round");
    out.challenges.push_back(r);
    // g(X) = c0 + c1 X + c2 X^2 + c3 X^3 is sent as g(0), g(-1), c3; with g(1) = running - g(0),
    // c2 = (g(1) + g(-1)) / 2 - g(0) and c1 = (g(1) - g(-1)) / 2 - c3. So g(r) is
    const Number r2 = r * r;
    const Number even = (r2 + r) * half;
    const Number odd = (r2 - r) * half;
    running.scale(even);
    running.add(std::move(g[0]), one - r2 - even);
    running.add(std::move(g[1]), odd);
    running.add(std::move(g[2]), r2 * r - r);
  }
  join(0);
  out.final_claim = running.value();
  return out;
}

}  // namespace proofcard::sumcheck
