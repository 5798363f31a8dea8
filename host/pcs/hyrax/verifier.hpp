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

// Pre: every claim's slot lies inside its column (layouts are the verifier's own). Errors: kRejected, stage "opening".
Status verify_opening(VerifierChannel& channel, const kernels::Msm& msm, const Generators& generators,
                      std::span<const ColumnCommitment> columns, std::span<const Claim<Value>> claims);

}  // namespace proofcard::pcs::hyrax
