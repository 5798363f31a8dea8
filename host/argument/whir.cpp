#include "host/argument/whir.hpp"

#include <algorithm>

#include "host/argument/check.hpp"
#include "host/pcs/whir/protocol.hpp"
#include "host/pcs/whir/verifier.hpp"
#include "host/statement/hash_vectors.hpp"

namespace proofcard::argument {
namespace {

using pcs::whir::Masking;

Result<Pads> take_pads(VerifierChannel& channel) {
  Pads pads;
  PROOFCARD_TRY(pads.root, channel.digest("pads"));
  PROOFCARD_TRY(const std::uint64_t num, channel.nonce("pads.count"));
  if (num > kMaxPads) {
    return rejected("zero knowledge", "pads: expected at most {}, found {}", kMaxPads, num);
  }
  pads.num = static_cast<std::size_t>(num);
  channel.hide_with_pads(pads.num);
  return pads;
}

Result<pcs::whir::Received> take_vector(VerifierChannel& channel, const statement::VerifyingKey& vk,
                                        const statement::HashVector& vector, bool zero_knowledge) {
  pcs::whir::Received out{{}, vector.log_size, Value(), zero_knowledge ? vector.masking : Masking::kNone, {}};
  if (vector.is_weights) {
    out.root = vk.weight_vector->root;
    out.answer = vk.weight_vector->answer;
  } else {
    PROOFCARD_TRY(out.root, channel.digest("commit"));
    PROOFCARD_TRY(out.answer, channel.message("commit.answer"));
  }
  if (out.masking == Masking::kWord) {
    PROOFCARD_TRY(out.mask_root, channel.digest("commit.mask"));
  }
  return out;
}

}  // namespace

Result<Pads> check_whir(VerifierChannel& channel, const kernels::MerkleHash& hash, const statement::VerifyingKey& vk,
                        const statement::Header& header) {
  const bool zero_knowledge = header.mode.zero_knowledge;
  const circuit::JoinedVectors joined(vk.layout);
  PROOFCARD_TRY(const std::vector<statement::HashVector> vectors,
                statement::hash_vectors(joined, vk.scheme, zero_knowledge));
  Pads pads;
  if (zero_knowledge) {
    PROOFCARD_TRY(pads, take_pads(channel));
  }
  std::vector<pcs::whir::Received> received;
  for (const statement::HashVector& vector : vectors) {
    PROOFCARD_TRY(received.emplace_back(), take_vector(channel, vk, vector, zero_knowledge));
  }
  PROOFCARD_TRY(std::vector<pcs::Claim<Value>> claims, check(channel, vk, StatedValues(vk, header)));
  for (pcs::Claim<Value>& claim : claims) {
    const circuit::JoinedVectors::Place place = joined.place(claim.column, claim.offset);
    claim.column = place.vector;
    claim.offset = place.offset;
  }
  PROOFCARD_RETURN_IF_ERROR(
      pcs::whir::verify_opening(channel, hash, received, claims, statement::bits_of_parts(vk.scheme, zero_knowledge)));
  if (channel.num_padded() != pads.num) {
    return rejected("zero knowledge", "pads: expected one for each of {} elements, found {}", channel.num_padded(),
                    pads.num);
  }
  return pads;
}

Result<PadCount> count_pads(const statement::VerifyingKey& vk, const statement::Header& header) {
  VerifierChannel channel(statement::begin_transcript(vk.circuit, header, {}, vk.scheme.function), {});
  channel.count_hidden();
  PROOFCARD_TRY(const std::vector<pcs::Claim<Value>> claims, check(channel, vk, StatedValues(vk, header)));
  static_cast<void>(claims);
  const circuit::JoinedVectors joined(vk.layout);
  PROOFCARD_TRY(const std::vector<statement::HashVector> vectors, statement::hash_vectors(joined, vk.scheme, true));
  const auto num_answers =
      static_cast<std::size_t>(std::ranges::count(vectors, false, &statement::HashVector::is_weights));
  const std::size_t num_masks = vectors.size() - static_cast<std::size_t>(std::ranges::count(
                                                     vectors, Masking::kNone, &statement::HashVector::masking));
  PadCount out{channel.num_padded() + num_answers + pcs::whir::num_hidden(vectors.size(), num_masks), 0};
  for (const VerifierChannel::Constraint& constraint : channel.constraints()) {
    out.num_products += constraint.products.size();
  }
  return out;
}

}  // namespace proofcard::argument
