// From a verification key and a proof to what the proof states.
//
// Verifying is always the CPU's: a card that answers wrongly must not decide that a proof is good.
#pragma once

#include <optional>

#include "host/base/result.hpp"
#include "host/base/stages.hpp"
#include "host/kernels/msm.hpp"
#include "host/statement/committed.hpp"
#include "host/statement/proof.hpp"

namespace proofcard::tools {

struct VerifyOptions {
  bool key_checked = false;  // the weights behind this key were checked before: that check is due once a model
  bool allow_seeded = false;
  bool allow_no_zk = false;
  Bytes context{};  // what the proof has to be made for; empty: one with a context is rejected
};

// No key, and no proof for this key, is longer: of files that are, no more is read. Generous.
inline constexpr std::uint64_t kMaxVerifyingKeyBytes = std::uint64_t{1} << 28;
std::uint64_t max_proof_bytes(const statement::VerifyingKey& vk);

struct VerifyTimes {
  std::optional<double> key_ms;  // of the check that is due once a model
  std::optional<double> proof_ms;
};

// Everything that can accept or reject. `committed` receives the commitments that the statement has.
// Stages: "generators", "check key", "verify". Errors: kRejected, where = stage; kBadInput for a context that is too long.
Result<statement::Header> verify_proof(const statement::VerifyingKey& vk, ByteView proof, const kernels::Msm& msm,
                                       const VerifyOptions& options, Stages& stages, VerifyTimes& times,
                                       statement::CommittedRows& committed);

}  // namespace proofcard::tools
