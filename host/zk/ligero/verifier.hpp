// Ligero, verifier. See protocol.hpp for the protocol.
#pragma once

#include "host/base/result.hpp"
#include "host/zk/ligero/protocol.hpp"

namespace proofcard::zk::ligero {

// Whether the values behind the root satisfy the constraints, whose variables are numbered like the values. Pre: the
// channel does not hide; the root was absorbed before the challenges that the constraints depend on; variables are below
// num_values; at most kMaxConstraints. Errors: kRejected, stage "zero knowledge" or "parse"; kBadInput from
// make_parameters.
Status verify(VerifierChannel& channel, const kernels::MerkleHash& hash, const hash::Digest& root,
              std::size_t num_values, Constraints constraints, unsigned security_bits);

}  // namespace proofcard::zk::ligero
