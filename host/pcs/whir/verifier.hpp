// WHIR, verifier. See protocol.hpp for the protocol.
#pragma once

#include <span>

#include "host/base/result.hpp"
#include "host/pcs/claim.hpp"
#include "host/pcs/whir/commitment.hpp"
#include "host/pcs/whir/parameters.hpp"
#include "host/transcript/channel.hpp"

namespace proofcard::pcs::whir {

// Whether the vectors have the claimed values. Pre: the channel does not hide, and the claims' values are constants; the
// commitments were absorbed; every slot lies in its vector (layouts are the verifier's own). Errors: kRejected, stage
// "opening" or "parse"; kBadInput from make_parameters.
Status verify_opening(VerifierChannel& channel, const kernels::MerkleHash& hash,
                      std::span<const Commitment> commitments, std::span<const Claim<Value>> claims,
                      unsigned security_bits = kSecurityBits);

}  // namespace proofcard::pcs::whir
