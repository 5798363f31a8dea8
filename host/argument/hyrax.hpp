// The argument with Hyrax commitments: commitments are read, the checks end in claims, the claims are opened.
//
// Transcript: prover/prover.hpp, from "commit" to the opening.
#pragma once

#include "host/base/result.hpp"
#include "host/pcs/hyrax/opening.hpp"
#include "host/statement/committed.hpp"
#include "host/statement/proof.hpp"
#include "host/transcript/channel.hpp"

namespace proofcard::argument {

// All equations go to the channel; what remains to be checked is that the returned equation holds for the last vector.
// `committed`, when given, receives the row commitments of committed tensors, which the proof is about if everything
// holds. Errors: kRejected, where = stage.
Result<pcs::hyrax::VectorEquation> check_hyrax(VerifierChannel& channel, const statement::VerifyingKey& vk,
                                               const statement::Header& header,
                                               statement::CommittedRows* committed = nullptr);

// The same in two steps, of which the first needs no message of the opening.
struct ClaimsOnRows {
  std::vector<std::vector<curve::G1Affine>> received;  // by column; none of weights
  std::vector<pcs::Claim<Value>> claims;
};
Result<ClaimsOnRows> check_before_opening(VerifierChannel& channel, const statement::VerifyingKey& vk,
                                          const statement::Header& header,
                                          statement::CommittedRows* committed = nullptr);
Result<pcs::hyrax::VectorEquation> check_opening(VerifierChannel& channel, const statement::VerifyingKey& vk,
                                                 const ClaimsOnRows& before);

}  // namespace proofcard::argument
