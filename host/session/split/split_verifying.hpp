// From a split model's manifest and a proof of each part to one statement about the whole.
//
// Accepted when every proof verifies with its part's key, and every tensor that flows from one part into another has the same
// commitment in both proofs. So parts that are missing, exchanged, given twice or of two runs are rejected.
#pragma once

#include <span>
#include <vector>

#include "host/session/verifying.hpp"
#include "host/statement/split_key.hpp"

namespace proofcard::tools {

// The whole as a model without parts has it.
struct SplitStatement {
  statement::VerifyingKey whole;  // circuit: statement::outside; digest: the manifest's
  statement::Header header;
  statement::CommittedRows committed;
};

std::uint64_t max_proof_bytes(const statement::SplitKey& key);

// The part whose key shows weights that it should hide, or the first.
const statement::VerifyingKey& weakest_part(const statement::SplitKey& key);

// proofs: of the parts, in order. options: of each of them. Stages: those of verify_proof, part by part.
// Errors: kRejected naming the part; kBadInput for a context that is too long, and for what is no proof.
Result<SplitStatement> verify_split(const statement::SplitKey& key, std::span<const ByteView> proofs,
                                    const kernels::Msm& msm, const VerifyOptions& options, Stages& stages,
                                    VerifyTimes& times);

}  // namespace proofcard::tools
