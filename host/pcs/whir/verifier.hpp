// WHIR, verifier. See protocol.hpp for the protocol.
#pragma once

#include <span>
#include <type_traits>

#include "host/base/result.hpp"
#include "host/pcs/claim.hpp"
#include "host/pcs/whir/commitment.hpp"
#include "host/pcs/whir/parameters.hpp"
#include "host/transcript/channel.hpp"

namespace proofcard::pcs::whir {

// A committed vector as an opening's verifier has it.
template <class C>
struct ReceivedOver {
  typename C::Digest root{};
  unsigned log_size = 0;
  typename C::Value answer;  // Commitment's; a constant, unless it was sent while the channel hid
  Masking masking = Masking::kNone;
  typename C::Digest mask_root{};  // of kWord
};
using Received = ReceivedOver<VerifierChannel>;

// Whether the vectors have the claimed values. While the channel hides, what is left to check are its constraints, and it
// does not hide any more afterwards. Over any CheckingChannel C and its oracle O (row_oracle.hpp); the body is in verifier_impl.hpp.
// Pre: roots were absorbed; a channel that does not hide has no masks and no values but constants; every slot lies in its vector
// (layouts are the verifier's own). Errors: kRejected, stage "opening" or "parse"; kBadInput from make_parameters.
template <class C, class O>
Status verify_opening_with(C& channel, O& oracle, std::type_identity_t<std::span<const ReceivedOver<C>>> vectors,
                           std::type_identity_t<std::span<const ClaimOver<C>>> claims, unsigned security_bits,
                           hash::Function function);

// The same of a proof.
Status verify_opening(VerifierChannel& channel, const kernels::MerkleHash& hash, std::span<const Received> vectors,
                      std::span<const Claim<Value>> claims, unsigned security_bits = kSecurityBits);

}  // namespace proofcard::pcs::whir
