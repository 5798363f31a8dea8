// The checks of the protocol, written once: the verifier runs them on the proof, and a prover that hides its messages
// runs them on its own to learn which constraints the messages have to satisfy. Over any CheckingChannel C and public values P
// (public_values.hpp); bodies are in check_impl.hpp.
//
// Transcript: prover/prover.hpp, from "lookup.gamma" to "lookup.multiplicities". Which commitments stand before it and how the claims
// are opened is the commitment scheme's (argument/hyrax.hpp).
#pragma once

#include <vector>

#include "host/argument/public_values.hpp"
#include "host/base/result.hpp"
#include "host/pcs/claim.hpp"
#include "host/statement/proof.hpp"
#include "host/transcript/channel.hpp"

namespace proofcard::argument {

// All equations go to the channel; what remains to be checked are the returned claims on columns of the layout.
// Errors: kRejected, where = stage.
template <class C, class P>
Result<std::vector<pcs::ClaimOver<C>>> check(C& channel, const statement::VerifyingKey& vk, const P& publics);
extern template Result<std::vector<pcs::Claim<Value>>> check<VerifierChannel, StatedValues>(
    VerifierChannel&, const statement::VerifyingKey&, const StatedValues&);

}  // namespace proofcard::argument
