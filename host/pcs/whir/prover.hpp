// WHIR, prover. See protocol.hpp for the protocol.
#pragma once

#include <span>

#include "host/base/result.hpp"
#include "host/pcs/claim.hpp"
#include "host/pcs/whir/commitment.hpp"
#include "host/pcs/whir/parameters.hpp"
#include "host/transcript/channel.hpp"

namespace proofcard::pcs::whir {

// Claim.column numbers the vectors. Pre: the channel does not hide; the commitments were absorbed; every slot lies in
// its vector. Errors: kBadInput from make_parameters; those of the transform.
Status open(ProverChannel& channel, const Kernels& kernels, std::span<const Committed* const> vectors,
            std::span<const Claim<Fr>> claims, unsigned security_bits = kSecurityBits);

}  // namespace proofcard::pcs::whir
