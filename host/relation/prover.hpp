// Reduces all relations and lookup columns to claims on tensors, prover. See plan.hpp for the protocol's steps.
//
// Transcript: sends "relation.terms" (a value per term with operands, in plan order; a direct claim already made is not
//             sent again), runs the batched product sumcheck, sends "relation.products" (U(s), V(s) by instance), runs
//             the batched view sumcheck, sends "relation.views" (X at its point, by instance).
#pragma once

#include <span>
#include <vector>

#include "host/circuit/assignment.hpp"
#include "host/kernels/int_gemm.hpp"
#include "host/relation/claims.hpp"
#include "host/relation/plan.hpp"
#include "host/transcript/channel.hpp"

namespace proofcard::relation {

struct ProverInput {
  const circuit::Circuit& circuit;
  const circuit::Layout& layout;
  const circuit::Assignment& assignment;
  const kernels::IntGemm& gemm;
};

// Pre: point has at least plan.max_point_vars coordinates.
std::vector<TensorClaim<Fr>> prove_relations(ProverChannel& channel, const ProverInput& input, const Plan& plan,
                                             std::span<const Fr> point);

}  // namespace proofcard::relation
