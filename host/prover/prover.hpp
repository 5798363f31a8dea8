// The prover: commit, look up, reduce relations, open. With Hyrax commitments here; whir_prover.hpp has those by hashes.
//
// Hiding:     with mode.zero_knowledge every message is committed and every row commitment of a secret column is
//             blinded; at the end host/zk proves the verifier's equations over the commitments.
// Transcript: statement (statement/proof.hpp); "commit" row commitments of each column that is not weights, in layout
//             order; lookups and relations (prover/claims.hpp); opening (pcs/hyrax/opening.hpp).
#pragma once

#include <optional>
#include <span>

#include "host/base/result.hpp"
#include "host/base/stages.hpp"
#include "host/circuit/assignment.hpp"
#include "host/hash/blinding.hpp"
#include "host/kernels/int_gemm.hpp"
#include "host/kernels/msm.hpp"
#include "host/pcs/hyrax/commitment.hpp"
#include "host/prover/row_committer.hpp"
#include "host/prover/whir_prover.hpp"
#include "host/statement/proof.hpp"
#include "host/transcript/channel.hpp"

namespace proofcard::prover {

// What can be prepared once and used for many proofs of one circuit.
struct Context {
  pcs::hyrax::Generators generators{};
  std::shared_ptr<const kernels::MsmBases> bases{};
  std::shared_ptr<const CommittedVector> weights{};  // of keys with commitments by hashes, if they have weights
};
Result<Context> make_context(const kernels::Msm& msm, const circuit::Layout& layout);

struct Backend {
  const kernels::Msm& msm;
  const kernels::IntGemm& gemm;
  const kernels::NttFr& ntt = kernels::cpu_ntt_fr();
  // What the process may have in memory while lookups are proved, which then take longer; 0: what is fastest within reason.
  std::uint64_t memory_bytes = 0;

  pcs::whir::Kernels hashing(hash::Function function = hash::Function::kSha256) const {
    return {ntt, gemm, kernels::cpu_merkle_hash(function)};
  }
};

// By column of the layout: one blinding a row, or none at all (a column that hides nothing).
using Blindings = std::vector<std::vector<Fr>>;

// Blindings for the weight columns. Errors: kIo.
Blindings weight_blindings(const hash::BlindingSource& source, const circuit::Layout& layout);

// Blindings for all other columns that have none yet. Pre: `blindings` has an entry a column.
Blindings complete_blindings(const hash::BlindingSource& source, const circuit::Layout& layout, Blindings blindings);

// Row commitments of the weight columns (empty for the others), for the verification key.
// blindings: as above, or empty for none.
Result<std::vector<std::vector<curve::G1Affine>>> commit_weights(
    const Backend& backend, const Context& context, const circuit::Layout& layout,
    std::span<const std::shared_ptr<const IntVector>> columns, const Blindings& blindings);

struct Options {
  statement::Mode mode;
  std::optional<std::uint64_t> seed;  // blinding from this, for tests; marks the proof, whatever `mode` says
  Blindings blindings;  // of weight columns, as committed in vk; of committed tensors, when the caller chose them
  Transcript::Observer observer;  // sees every absorb and challenge
  Bytes context{};                // what the proof is made for (statement::Header); at most kMaxContextBytes
};

// The messages of a proof, given the statement's transcript twice over: in the channel, and for the prover's own run of
// the checks when it hides. prove() is this with the challenges and the blinding of production; simulators and tests
// choose theirs. rows: see prove().
Status prove_messages(const Backend& backend, const Context& context, const statement::VerifyingKey& vk,
                      const statement::Header& header, const circuit::Assignment& assignment,
                      const Blindings& blindings, ProverChannel& channel, Transcript checked_transcript, Stages& stages,
                      RowCommitter* rows = nullptr);

// The whole proof file. `used_blindings`, when given, receives the blindings of all columns: with them a committed
// tensor can be opened, or proved about again. `rows`, when given, has all rows of this assignment, and may have begun
// with them before. Both: Hyrax only. Pre: the assignment satisfies vk.circuit and its weight columns are those that vk
// commits to; a key by hashes that hides its weights has a proof left (session/proof_count.hpp), and mode is zero-knowledge.
Result<Bytes> prove(const Backend& backend, const Context& context, const statement::VerifyingKey& vk,
                    const circuit::Assignment& assignment, const Options& options, Stages& stages,
                    Blindings* used_blindings = nullptr, RowCommitter* rows = nullptr);

}  // namespace proofcard::prover
