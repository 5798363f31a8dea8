#include "host/argument/whir.hpp"

#include "host/argument/check.hpp"
#include "host/circuit/vectors.hpp"
#include "host/pcs/whir/verifier.hpp"

namespace proofcard::argument {

Status check_whir(VerifierChannel& channel, const kernels::MerkleHash& hash, const statement::VerifyingKey& vk,
                  const statement::Header& header) {
  const circuit::JoinedVectors joined(vk.layout);
  std::vector<pcs::whir::Commitment> commitments;
  for (const circuit::JoinedVector& vector : joined.vectors()) {
    if (vector.is_weights) {
      commitments.push_back(*vk.weight_vector);
      continue;
    }
    PROOFCARD_TRY(const hash::Digest root, channel.digest("commit"));
    PROOFCARD_TRY(const Value answer, channel.message("commit.answer"));
    commitments.push_back({root, vector.log_size, answer.constant()});
  }
  PROOFCARD_TRY(std::vector<pcs::Claim<Value>> claims, check(channel, vk, header));
  for (pcs::Claim<Value>& claim : claims) {
    const circuit::JoinedVectors::Place place = joined.place(claim.column, claim.offset);
    claim.column = place.vector;
    claim.offset = place.offset;
  }
  return pcs::whir::verify_opening(channel, hash, commitments, claims, vk.scheme.security_bits);
}

}  // namespace proofcard::argument
