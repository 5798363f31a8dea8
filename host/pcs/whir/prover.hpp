// WHIR, prover. See protocol.hpp for the protocol.
#pragma once

#include <span>

#include "host/base/result.hpp"
#include "host/pcs/claim.hpp"
#include "host/pcs/whir/commitment.hpp"
#include "host/pcs/whir/parameters.hpp"
#include "host/transcript/channel.hpp"

namespace proofcard::pcs::whir {

// A vector that is opened. mask: when that is a word of its own.
struct Opened {
  const Committed* vector = nullptr;
  const Mask* mask = nullptr;

  // Empty: none.
  std::span<const Fr> mask_values() const { return mask != nullptr ? mask->values : vector->mask; }
};

// Claim.column numbers the vectors. A channel that hides does not any more afterwards. Pre: roots were absorbed; no vector
// has a mask if the channel does not hide; every slot lies in its vector, and in no tail. Errors: kBadInput from
// make_parameters; those of the transform.
Status open(ProverChannel& channel, const Kernels& kernels, std::span<const Opened> vectors,
            std::span<const Claim<Fr>> claims, unsigned security_bits = kSecurityBits);

}  // namespace proofcard::pcs::whir
