// Opening of Hyrax commitments, prover. See opening.hpp for the protocol.
#pragma once

#include <span>
#include <vector>

#include "host/base/int_vector.hpp"
#include "host/base/result.hpp"
#include "host/kernels/int_gemm.hpp"
#include "host/kernels/msm.hpp"
#include "host/pcs/hyrax/commitment.hpp"
#include "host/pcs/hyrax/opening.hpp"
#include "host/transcript/channel.hpp"

namespace proofcard::pcs::hyrax {

struct ColumnValues {
  IntSpan values;
  unsigned log_row_len = 0;
  std::span<const Fr> blindings;  // by row, or none
};

struct Kernels {
  const kernels::Msm& msm;
  const kernels::IntGemm& gemm;
};

// What is left of v after folding, and the blinding of its folded commitment. Sent in plain mode.
struct OpenedVector {
  std::vector<Fr> last;
  Fr blinding;
};

// Pre: the claims are true; all claims have gone through the channel. Errors: kDeviceFault from the MSM.
Result<OpenedVector> open(ProverChannel& channel, const Kernels& kernels, const Generators& generators,
                          const kernels::MsmBases& bases, std::span<const ColumnValues> columns,
                          std::span<const Claim<Fr>> claims);

}  // namespace proofcard::pcs::hyrax
