// WHIR, verifier. See protocol.hpp for the protocol.
#pragma once

#include <span>

#include "host/base/result.hpp"
#include "host/pcs/claim.hpp"
#include "host/pcs/whir/commitment.hpp"
#include "host/pcs/whir/parameters.hpp"
#include "host/transcript/channel.hpp"

namespace proofcard::pcs::whir {

// A committed vector as an opening's verifier has it.
struct Received {
  hash::Digest root{};
  unsigned log_size = 0;
  Value answer;  // Commitment's; a constant, unless it was sent while the channel hid
  Masking masking = Masking::kNone;
  hash::Digest mask_root{};  // of kWord
};

// Whether the vectors have the claimed values. While the channel hides, what is left to check are its constraints, and it
// does not hide any more afterwards. Pre: roots were absorbed; a channel that does not hide has no masks and no values but
// constants; every slot lies in its vector (layouts are the verifier's own). Errors: kRejected, stage "opening" or
// "parse"; kBadInput from make_parameters.
Status verify_opening(VerifierChannel& channel, const kernels::MerkleHash& hash, std::span<const Received> vectors,
                      std::span<const Claim<Value>> claims, unsigned security_bits = kSecurityBits);

}  // namespace proofcard::pcs::whir
