// The checks of the protocol, written once: the verifier runs them on the proof, and a prover that hides its messages
// runs them on its own to learn which constraints the messages have to satisfy.
//
// Transcript: prover/prover.hpp, from "lookup.gamma" to "lookup.multiplicities". Which commitments stand before it and how the claims
// are opened is the commitment scheme's (argument/hyrax.hpp).
#pragma once

#include <vector>

#include "host/base/result.hpp"
#include "host/pcs/claim.hpp"
#include "host/statement/proof.hpp"
#include "host/transcript/channel.hpp"

namespace proofcard::argument {

// All equations go to the channel; what remains to be checked are the returned claims on columns of the layout.
// Errors: kRejected, where = stage.
Result<std::vector<pcs::Claim<Value>>> check(VerifierChannel& channel, const statement::VerifyingKey& vk,
                                             const statement::Header& header);

}  // namespace proofcard::argument
