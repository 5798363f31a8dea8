// Opening of Hyrax commitments, verifier. See opening.hpp for the protocol.
#pragma once

#include <span>
#include <vector>

#include "host/base/result.hpp"
#include "host/kernels/msm.hpp"
#include "host/pcs/hyrax/commitment.hpp"
#include "host/pcs/hyrax/opening.hpp"
#include "host/transcript/channel.hpp"

namespace proofcard::pcs::hyrax {

struct ColumnCommitment {
  std::span<const curve::G1Affine> rows;
  unsigned log_row_len = 0;
};

// The claims hold if the returned equation does. Pre: every claim's slot lies inside its column (layouts are the
// verifier's own), 2^log_length is the longest row. Errors: kRejected, stage "opening".
Result<VectorEquation> verify_opening(VerifierChannel& channel, unsigned log_length,
                                      std::span<const ColumnCommitment> columns, std::span<const Claim<Value>> claims);

// Plain mode: checks the equation of a last vector that was sent. Pre: all its Values are constants.
Status check_vector_equation(const kernels::Msm& msm, const Generators& generators, VectorEquation equation);

}  // namespace proofcard::pcs::hyrax
