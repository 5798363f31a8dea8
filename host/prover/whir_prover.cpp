#include "host/prover/whir_prover.hpp"

#include "host/pcs/whir/prover.hpp"
#include "host/prover/claims.hpp"

namespace proofcard::prover {
namespace {

Result<std::shared_ptr<const CommittedVector>> commit_vector(
    const pcs::whir::Kernels& kernels, const circuit::JoinedVectors& joined, std::size_t vector,
    std::span<const std::shared_ptr<const IntVector>> columns) {
  auto out = std::make_shared<CommittedVector>();
  out->values = joined.join(vector, columns);
  PROOFCARD_TRY(out->committed, pcs::whir::commit(kernels, out->values.view()));
  return std::shared_ptr<const CommittedVector>(std::move(out));
}

}  // namespace

Result<std::shared_ptr<const CommittedVector>> commit_weight_vector(
    const pcs::whir::Kernels& kernels, const circuit::Layout& layout,
    std::span<const std::shared_ptr<const IntVector>> columns) {
  const circuit::JoinedVectors joined(layout);
  if (joined.vectors().empty() || !joined.vectors()[0].is_weights) {
    return std::shared_ptr<const CommittedVector>();
  }
  return commit_vector(kernels, joined, 0, columns);
}

Status prove_whir(const pcs::whir::Kernels& kernels, const CommittedVector* weights, const statement::VerifyingKey& vk,
                  const circuit::Assignment& assignment, ProverChannel& channel, Stages& stages) {
  stages.start("commit");
  const circuit::JoinedVectors joined(vk.layout);
  std::shared_ptr<const CommittedVector> rest;
  std::vector<const pcs::whir::Committed*> vectors;
  for (std::size_t v = 0; v < joined.vectors().size(); ++v) {
    if (joined.vectors()[v].is_weights) {
      vectors.push_back(&weights->committed);
      continue;
    }
    PROOFCARD_TRY(rest, commit_vector(kernels, joined, v, assignment.columns));
    channel.digest("commit", rest->committed.root());
    channel.message("commit.answer", rest->committed.commitment.answer);
    vectors.push_back(&rest->committed);
  }

  std::vector<pcs::Claim<Fr>> claims = prove_claims(kernels.gemm, vk, assignment, channel, stages);
  stages.start("open");
  for (pcs::Claim<Fr>& claim : claims) {
    const circuit::JoinedVectors::Place place = joined.place(claim.column, claim.offset);
    claim.column = place.vector;
    claim.offset = place.offset;
  }
  PROOFCARD_RETURN_IF_ERROR(pcs::whir::open(channel, kernels, vectors, claims, vk.scheme.security_bits));
  stages.stop();
  return {};
}

}  // namespace proofcard::prover
