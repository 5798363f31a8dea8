#include "host/argument/whir.hpp"

#include <algorithm>

#include "host/argument/whir_impl.hpp"

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

}  // namespace

Result<Pads> check_whir(VerifierChannel& channel, const kernels::MerkleHash& hash, const statement::VerifyingKey& vk,
                        const statement::Header& header) {
  const bool zero_knowledge = header.mode.zero_knowledge;
  Pads pads;
  if (zero_knowledge) {
    PROOFCARD_TRY(pads, take_pads(channel));
  }
  pcs::whir::RowOracle oracle(channel, hash);
  PROOFCARD_RETURN_IF_ERROR(check_vectors(channel, oracle, vk, StatedValues(vk, header), zero_knowledge));
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
