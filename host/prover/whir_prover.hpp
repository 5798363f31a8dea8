// The prover with commitments by hashes: commit a vector, look up, reduce relations, open.
//
// Transcript: argument/whir.hpp. Hiding: none yet.
#pragma once

#include <memory>
#include <span>

#include "host/base/result.hpp"
#include "host/base/stages.hpp"
#include "host/circuit/assignment.hpp"
#include "host/circuit/vectors.hpp"
#include "host/pcs/whir/commitment.hpp"
#include "host/statement/verifying_key.hpp"
#include "host/transcript/channel.hpp"

namespace proofcard::prover {

// A vector with its word, which refers to the values.
struct CommittedVector {
  IntVector values;
  pcs::whir::Committed committed;
};

// The weights' vector, nullptr when there are none. columns: by column of the layout. Errors: those of the transform.
Result<std::shared_ptr<const CommittedVector>> commit_weight_vector(
    const pcs::whir::Kernels& kernels, const circuit::Layout& layout,
    std::span<const std::shared_ptr<const IntVector>> columns);

// The messages of a proof. weights: those that vk commits to. Stages: "commit", those of prove_claims, "open".
// Pre: vk.scheme is kHash; the assignment satisfies vk.circuit; the channel does not hide.
Status prove_whir(const pcs::whir::Kernels& kernels, const CommittedVector* weights, const statement::VerifyingKey& vk,
                  const circuit::Assignment& assignment, ProverChannel& channel, Stages& stages);

}  // namespace proofcard::prover
