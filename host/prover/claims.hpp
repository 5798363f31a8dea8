// What the prover does between its commitments and their opening, whatever the commitment scheme: looks up, and reduces relations to
// claims on columns.
//
// Transcript: draw "lookup.gamma", "lookup.alpha"; GKR (lookup/gkr_prover.hpp), ending at the leaf point; draw "relation.point" if an
//             output space has more variables than the leaves; relations (relation/prover.hpp); send "lookup.multiplicities", each
//             table's multiplicities at the leaf point.
#pragma once

#include <vector>

#include "host/base/result.hpp"
#include "host/base/stages.hpp"
#include "host/circuit/assignment.hpp"
#include "host/kernels/int_gemm.hpp"
#include "host/pcs/claim.hpp"
#include "host/statement/verifying_key.hpp"
#include "host/transcript/channel.hpp"

namespace proofcard::prover {

// Stages: "lookup", "sumcheck". memory_bytes: see Backend (prover.hpp). Pre: the assignment satisfies vk.circuit, and its columns are
// committed in the channel. Errors: kBadInput where the process already has too much memory for any plan of lookups.
Result<std::vector<pcs::Claim<Fr>>> prove_claims(const kernels::IntGemm& gemm, std::uint64_t memory_bytes,
                                                 const statement::VerifyingKey& vk,
                                                 const circuit::Assignment& assignment, ProverChannel& channel,
                                                 Stages& stages);

}  // namespace proofcard::prover
