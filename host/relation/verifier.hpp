// Reduces all relations and lookup columns to claims on tensors, verifier. See prover.hpp for the transcript. Over any CheckingChannel C;
// its body is in verifier_impl.hpp.
#pragma once

#include <span>
#include <vector>

#include "host/base/result.hpp"
#include "host/relation/claims.hpp"
#include "host/relation/plan.hpp"
#include "host/transcript/channel.hpp"

namespace proofcard::relation {

template <class C>
using ClaimOver = TensorClaim<typename C::Value, typename C::Number>;

template <class C>
struct ReducedOver {
  std::vector<ClaimOver<C>> claims;  // true if and only if (up to soundness error) the terms have the values sent
  std::vector<std::vector<typename C::Value>> lookup_values;  // by lookup and column: the column's value at the point
};
using Reduced = ReducedOver<VerifierChannel>;

// Checks that every relation is 0 at the point. Errors: kRejected, stages "parse", "relations", "sumcheck".
// Pre: point has at least plan.max_point_vars coordinates.
template <class C>
Result<ReducedOver<C>> verify_relations(C& channel, const circuit::Circuit& circuit, const Plan& plan,
                                        poly::Coordinates<typename C::Number> point);
extern template Result<Reduced> verify_relations<VerifierChannel>(VerifierChannel&, const circuit::Circuit&,
                                                                  const Plan&, std::span<const Fr>);

}  // namespace proofcard::relation
