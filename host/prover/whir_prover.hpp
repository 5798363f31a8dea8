// The prover with commitments by hashes: one vector that is not the weights', its root; then lookups and relations as ever; at
// the end one opening of both vectors, and in zero-knowledge mode the proof that the pads of all hidden messages satisfy
// the verifier's constraints.
//
// Transcript: argument/whir.hpp; in zero-knowledge mode then zk/ligero.
#pragma once

#include <memory>
#include <span>

#include "host/base/result.hpp"
#include "host/base/stages.hpp"
#include "host/circuit/assignment.hpp"
#include "host/circuit/vectors.hpp"
#include "host/hash/blinding.hpp"
#include "host/pcs/whir/commitment.hpp"
#include "host/statement/proof.hpp"
#include "host/statement/verifying_key.hpp"
#include "host/transcript/channel.hpp"

namespace proofcard::prover {

// A vector with its word, which refers to the values.
struct CommittedVector {
  IntVector values;
  pcs::whir::Committed committed;
};

// The weights' vector, nullptr when there are none. columns: by column of the layout. tail_key: what a scheme that hides weights takes
// their tail from. known: its commitment and the levels of its tree, made before, which spare the transform. Errors: those of the
// transform, or of pcs::whir::recall.
struct KnownTree {
  const pcs::whir::Commitment& commitment;
  const std::vector<std::vector<hash::Digest>>& levels;
};
Result<std::shared_ptr<const CommittedVector>> commit_weight_vector(
    const pcs::whir::Kernels& kernels, const circuit::Layout& layout, const pcs::Scheme& scheme,
    std::span<const std::shared_ptr<const IntVector>> columns, const hash::BlindingKey* tail_key,
    const KnownTree* known = nullptr);

// The messages of a proof, given the statement's transcript twice over: in the channel, and for the prover's own run of the checks
// when it hides. weights: those that vk commits to. blinding: in zero-knowledge mode. Stages: "commit", those of prove_claims, "open",
// "zero knowledge". memory_bytes: see Backend. Errors: those of the transform; kBadInput for too little memory. Pre: vk.scheme is kHash; the assignment satisfies vk.circuit; the channel does not hide yet.
Status prove_whir(const pcs::whir::Kernels& kernels, const CommittedVector* weights, const statement::VerifyingKey& vk,
                  const statement::Header& header, const circuit::Assignment& assignment,
                  const hash::BlindingSource* blinding, ProverChannel& channel, Transcript checked_transcript,
                  Stages& stages, std::uint64_t memory_bytes = 0);

}  // namespace proofcard::prover
