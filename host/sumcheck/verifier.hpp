// Batched sumcheck, verifier: reduces the claims on sums to one equation at random points. See prover.hpp for the
// protocol. Over any CheckingChannel C; its body is in verifier_impl.hpp.
#pragma once

#include <span>
#include <type_traits>
#include <vector>

#include "host/base/result.hpp"
#include "host/transcript/channel.hpp"

namespace proofcard::sumcheck {

template <class C>
struct ClaimOver {
  std::size_t num_vars = 0;
  typename C::Value sum;
};
using Claim = ClaimOver<VerifierChannel>;

template <class C>
struct ReductionOver {
  using Number = typename C::Number;

  std::vector<Number> challenges;  // instance i's point is the last num_vars of them
  std::vector<Number> batch;       // a_i
  // The caller checks: sum_i a_i * (product of instance i's polynomials at its point) = final_claim.
  typename C::Value final_claim;

  std::span<const Number> point(std::size_t num_vars) const {
    return std::span<const Number>(challenges).last(num_vars);
  }
};
using Reduction = ReductionOver<VerifierChannel>;

template <class C>
Result<ReductionOver<C>> verify_batched(C& channel, std::type_identity_t<std::span<const ClaimOver<C>>> claims);
extern template Result<Reduction> verify_batched<VerifierChannel>(VerifierChannel&, std::span<const Claim>);

}  // namespace proofcard::sumcheck
