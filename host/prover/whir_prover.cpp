#include "host/prover/whir_prover.hpp"

#include "host/argument/whir.hpp"
#include "host/pcs/whir/prover.hpp"
#include "host/prover/claims.hpp"
#include "host/statement/hash_vectors.hpp"
#include "host/zk/ligero/prover.hpp"

namespace proofcard::prover {
namespace {

using pcs::whir::Masking;

Result<std::shared_ptr<const CommittedVector>> commit_vector(const pcs::whir::Kernels& kernels, IntVector values,
                                                             std::vector<Fr> tail, std::vector<Fr> mask) {
  auto out = std::make_shared<CommittedVector>();
  out->values = std::move(values);
  PROOFCARD_TRY(out->committed, pcs::whir::commit(kernels, out->values.view(), std::move(tail), std::move(mask)));
  return std::shared_ptr<const CommittedVector>(std::move(out));
}

std::size_t num_rows(const statement::HashVector& vector) {
  return (std::size_t{1} << vector.log_size) / pcs::whir::kInputWidth;
}

// The vectors of one proof, committed, with their masks.
class Vectors {
 public:
  Vectors(const pcs::whir::Kernels& kernels, const hash::BlindingSource* blinding, ProverChannel& channel)
      : kernels_(kernels), blinding_(blinding), channel_(channel) {}

  Status add_weights(const CommittedVector& weights, Masking masking) {
    opened_.push_back({&weights.committed, nullptr});
    if (blinding_ != nullptr && masking == Masking::kWord) {
      const pcs::whir::Code& code = weights.committed.word.code;
      PROOFCARD_TRY(mask_, pcs::whir::commit_mask(
                               kernels_, code, blinding_->many("weights.mask", std::size_t{1} << code.log_degree())));
      channel_.digest("commit.mask", mask_.word.root());
      opened_.back().mask = &mask_;
    }
    return {};
  }

  Status commit(IntVector values, const statement::HashVector& vector) {
    std::vector<Fr> tail;
    std::vector<Fr> mask;
    if (blinding_ != nullptr) {
      tail = blinding_->many("vector.tail", vector.num_tail_rows * pcs::whir::kInputWidth);
      mask = blinding_->many("vector.mask", num_rows(vector));
    }
    PROOFCARD_TRY(rest_, commit_vector(kernels_, std::move(values), std::move(tail), std::move(mask)));
    channel_.digest("commit", rest_->committed.root());
    channel_.message("commit.answer", rest_->committed.commitment.answer);
    opened_.push_back({&rest_->committed, nullptr});
    return {};
  }

  std::span<const pcs::whir::Opened> opened() const { return opened_; }

 private:
  const pcs::whir::Kernels& kernels_;
  const hash::BlindingSource* blinding_;
  ProverChannel& channel_;
  std::shared_ptr<const CommittedVector> rest_;
  pcs::whir::Mask mask_;
  std::vector<pcs::whir::Opened> opened_;
};

zk::ligero::Kernels ligero_kernels(const pcs::whir::Kernels& kernels) { return {kernels.ntt, kernels.hash}; }

Result<zk::ligero::Committed> commit_pads(const pcs::whir::Kernels& kernels, const statement::VerifyingKey& vk,
                                          const statement::Header& header, const hash::BlindingSource& blinding) {
  PROOFCARD_TRY(const argument::PadCount count, argument::count_pads(vk, header));
  PROOFCARD_TRY(const zk::ligero::Parameters parameters,
                zk::ligero::make_parameters(count.num, count.num_products, statement::bits_of_parts(vk.scheme, true)));
  return zk::ligero::commit(ligero_kernels(kernels), blinding.many("pads", count.num), blinding, parameters);
}

}  // namespace

Result<std::shared_ptr<const CommittedVector>> commit_weight_vector(
    const pcs::whir::Kernels& kernels, const circuit::Layout& layout, const pcs::Scheme& scheme,
    std::span<const std::shared_ptr<const IntVector>> columns, const hash::BlindingKey* tail_key,
    const KnownTree* known) {
  const circuit::JoinedVectors joined(layout);
  if (joined.vectors().empty() || !joined.vectors()[0].is_weights) {
    return std::shared_ptr<const CommittedVector>();
  }
  PROOFCARD_TRY(const std::vector<statement::HashVector> vectors, statement::hash_vectors(joined, scheme, false));
  std::vector<Fr> tail;
  if (tail_key != nullptr) {
    tail = hash::BlindingSource::from_key(*tail_key).many("weights.tail",
                                                          vectors[0].num_tail_rows * pcs::whir::kInputWidth);
  }
  IntVector values = joined.join(0, columns, vectors[0].log_size);
  if (known == nullptr) {
    return commit_vector(kernels, std::move(values), std::move(tail), {});
  }
  auto out = std::make_shared<CommittedVector>();
  out->values = std::move(values);
  PROOFCARD_TRY(out->committed, pcs::whir::recall(scheme.function, out->values.view(), std::move(tail),
                                                  known->commitment, known->levels));
  return std::shared_ptr<const CommittedVector>(std::move(out));
}

Status prove_whir(const pcs::whir::Kernels& kernels, const CommittedVector* weights, const statement::VerifyingKey& vk,
                  const statement::Header& header, const circuit::Assignment& assignment,
                  const hash::BlindingSource* blinding, ProverChannel& channel, Transcript checked_transcript,
                  Stages& stages, std::uint64_t memory_bytes) {
  stages.start("commit");
  zk::ligero::Committed pads;
  if (blinding != nullptr) {
    PROOFCARD_TRY(pads, commit_pads(kernels, vk, header, *blinding));
    channel.digest("pads", pads.root());
    channel.nonce("pads.count", pads.values.size());
    channel.hide_with(pads.values);
  }
  const circuit::JoinedVectors joined(vk.layout);
  PROOFCARD_TRY(const std::vector<statement::HashVector> sizes,
                statement::hash_vectors(joined, vk.scheme, blinding != nullptr));
  Vectors vectors(kernels, blinding, channel);
  for (std::size_t v = 0; v < sizes.size(); ++v) {
    PROOFCARD_RETURN_IF_ERROR(sizes[v].is_weights
                                  ? vectors.add_weights(*weights, sizes[v].masking)
                                  : vectors.commit(joined.join(v, assignment.columns, sizes[v].log_size), sizes[v]));
  }

  PROOFCARD_TRY(std::vector<pcs::Claim<Fr>> claims,
                prove_claims(kernels.gemm, memory_bytes, vk, assignment, channel, stages));
  stages.start("open");
  for (pcs::Claim<Fr>& claim : claims) {
    const circuit::JoinedVectors::Place place = joined.place(claim.column, claim.offset);
    claim.column = place.vector;
    claim.offset = place.offset;
  }
  PROOFCARD_RETURN_IF_ERROR(pcs::whir::open(channel, kernels, vectors.opened(), claims,
                                            statement::bits_of_parts(vk.scheme, blinding != nullptr)));
  if (blinding != nullptr) {
    stages.start("zero knowledge");
    VerifierChannel checked(std::move(checked_transcript), channel.proof());
    PROOFCARD_TRY(const argument::Pads read, argument::check_whir(checked, kernels.hash, vk, header));
    static_cast<void>(read);
    PROOFCARD_RETURN_IF_ERROR(
        zk::ligero::prove(channel, ligero_kernels(kernels), pads, checked.constraints(), *blinding));
  }
  stages.stop();
  return {};
}

}  // namespace proofcard::prover
