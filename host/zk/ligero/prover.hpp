// Ligero, prover. See protocol.hpp for the protocol.
#pragma once

#include "host/base/result.hpp"
#include "host/zk/ligero/commitment.hpp"

namespace proofcard::zk::ligero {

// That the committed values satisfy the constraints, whose variables are numbered like the values. Draws
// "ligero.factor-column" of the blinding. Pre: the channel does not hide; the root was absorbed; variables are below
// num_values; at most kMaxConstraints. Errors: kBadInput for another number of products than the commitment's; those of
// the transform.
Status prove(ProverChannel& channel, const Kernels& kernels, const Committed& committed, Constraints constraints,
             const hash::BlindingSource& blinding);

}  // namespace proofcard::zk::ligero
