// Body of check_vectors() of whir.hpp.
#pragma once

#include "host/argument/check_impl.hpp"
#include "host/argument/whir.hpp"
#include "host/circuit/vectors.hpp"
#include "host/pcs/whir/verifier_impl.hpp"
#include "host/statement/hash_vectors.hpp"

namespace proofcard::argument {
namespace vectors {

template <class C>
Result<pcs::whir::ReceivedOver<C>> take(C& channel, const statement::VerifyingKey& vk,
                                        const statement::HashVector& vector, bool zero_knowledge) {
  using pcs::whir::Masking;
  using Number = typename C::Number;
  pcs::whir::ReceivedOver<C> out{{}, vector.log_size, {}, zero_knowledge ? vector.masking : Masking::kNone, {}};
  if (vector.is_weights) {
    out.root = C::known(vk.weight_vector->root);
    out.answer = typename C::Value(Number(vk.weight_vector->answer));
  } else {
    PROOFCARD_TRY(out.root, channel.digest("commit"));
    PROOFCARD_TRY(out.answer, channel.message("commit.answer"));
  }
  if (out.masking == Masking::kWord) {
    PROOFCARD_TRY(out.mask_root, channel.digest("commit.mask"));
  }
  return out;
}

}  // namespace vectors

template <class C, class O, class P>
Status check_vectors(C& channel, O& oracle, const statement::VerifyingKey& vk, const P& publics, bool zero_knowledge) {
  const circuit::JoinedVectors joined(vk.layout);
  PROOFCARD_TRY(const std::vector<statement::HashVector> vectors,
                statement::hash_vectors(joined, vk.scheme, zero_knowledge));
  std::vector<pcs::whir::ReceivedOver<C>> received;
  for (const statement::HashVector& vector : vectors) {
    PROOFCARD_TRY(received.emplace_back(), vectors::take(channel, vk, vector, zero_knowledge));
  }
  PROOFCARD_TRY(std::vector<pcs::ClaimOver<C>> claims, check(channel, vk, publics));
  for (pcs::ClaimOver<C>& claim : claims) {
    const circuit::JoinedVectors::Place place = joined.place(claim.column, claim.offset);
    claim.column = place.vector;
    claim.offset = place.offset;
  }
  return pcs::whir::verify_opening_with(channel, oracle, received, claims,
                                        statement::bits_of_parts(vk.scheme, zero_knowledge), vk.scheme.function);
}

}  // namespace proofcard::argument
