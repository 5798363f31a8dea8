// The verifier: on any bytes at all it accepts, or returns an error that names the stage that rejected.
//
// Nothing here includes the prover, a device, or a kernel's implementation: the Msm is given by the caller. Hashes are the CPU's.
#pragma once

#include "host/base/result.hpp"
#include "host/kernels/msm.hpp"
#include "host/pcs/hyrax/commitment.hpp"
#include "host/statement/committed.hpp"
#include "host/statement/proof.hpp"

namespace proofcard::verifier {

struct Options {
  bool allow_seeded = false;
  bool allow_no_zero_knowledge = false;
  Transcript::Observer observer;  // sees every absorb and challenge
  Bytes context{};                // what the proof has to be made for; empty: a proof with a context is rejected
};

// Checks the proof against the key. Returns the public statement that it proves; `committed`, when given, receives the
// commitments that are part of it too (nothing, when the proof is rejected).
// Pre: generators were derived for vk.layout.log_row_len, when the key's commitments are Hyrax'. Errors: kRejected, where = stage.
Result<statement::Header> verify(const kernels::Msm& msm, const pcs::hyrax::Generators& generators,
                                 const statement::VerifyingKey& vk, ByteView proof, const Options& options,
                                 statement::CommittedRows* committed = nullptr);

}  // namespace proofcard::verifier
