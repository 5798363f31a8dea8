// Reduces all relations and lookup columns to claims on tensors, verifier. See prover.hpp for the transcript.
#pragma once

#include <span>
#include <vector>

#include "host/base/result.hpp"
#include "host/relation/claims.hpp"
#include "host/relation/plan.hpp"
#include "host/transcript/channel.hpp"

namespace proofcard::relation {

struct Reduced {
  std::vector<TensorClaim<Value>> claims;  // true if and only if (up to soundness error) the terms have the values sent
  std::vector<std::vector<Value>> lookup_values;  // by lookup and column: the column's value at the point
};

// Checks that every relation is 0 at the point. Errors: kRejected, stages "parse", "relations", "sumcheck".
// Pre: point has at least plan.max_point_vars coordinates.
Result<Reduced> verify_relations(VerifierChannel& channel, const circuit::Circuit& circuit, const Plan& plan,
                                 std::span<const Fr> point);

}  // namespace proofcard::relation
