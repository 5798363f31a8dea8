// From a prover key and an input to a proof: inference, witness, proof. What depends on the key only is prepared once.
//
// Order: the witness is written into its columns while the network runs, and a backend on cards begins with complete
// rows then (compile/witness_stream.hpp, prover/row_committer.hpp).
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "host/base/result.hpp"
#include "host/base/stages.hpp"
#include "host/formats/model_files.hpp"
#include "host/prover/prover.hpp"
#include "host/session/values/cut_off.hpp"
#include "host/session/values/input_values.hpp"
#include "host/session/values/output_values.hpp"
#include "host/statement/committed.hpp"

namespace proofcard::tools {

struct ProofResult {
  Bytes proof;
  std::vector<std::vector<OutputValues>> outputs;   // by input of the batch
  std::vector<CutOffStep> cut_off;                  // where inner values lie beyond what samples showed
  std::vector<statement::Opening> output_openings;  // one an output, when the model's outputs are committed
};

// Counts one proof more, where no other process and no crash forgets it, or says why there is to be none.
using ProofCounter = std::function<Status()>;

class ProvingSession {
 public:
  // Stages: "weights", those of make_context (setup.hpp). counter: asked before each proof with a key that hides its weights for some
  // number of proofs only (pcs::Scheme::max_proofs), which makes none without.
  static Result<ProvingSession> make(ProverKey key, const prover::Backend& backend, Stages& stages,
                                     ProofCounter counter = {});
  static Result<ProvingSession> make(std::shared_ptr<const ProverKey> key, const prover::Backend& backend,
                                     Stages& stages, ProofCounter counter = {});

  const ProverKey& key() const { return *key_; }

  // Stages: "inference", "witness", those of the prover, and "check": a proof that was made with a card's sums is
  // verified on the CPU. Pre: inputs come from load_batch for this key's graph, as many as it is for.
  // input_openings: one an input, for committed inputs whose commitments exist already (committed_values.hpp); empty:
  // committed inputs are blinded anew.
  // context: what the proof is made for (statement::Header).
  // output_openings: one an output, whose blindings the proof takes for committed outputs; empty: they are blinded anew.
  // Errors: kBadInput for openings of other values than the model gives, a key of kPoseidon2, when the key hides its weights and the mode is not zero-knowledge, or openings are for the other
  // mode; the counter's; kDeviceFault from a card, and when its sums were wrong.
  Result<ProofResult> prove(const std::vector<InputValues>& inputs, bool zero_knowledge,
                            std::optional<std::uint64_t> seed, Stages& stages,
                            std::span<const statement::Opening> input_openings = {}, const Bytes& context = {},
                            std::span<const statement::Opening> output_openings = {}) const;

  // The proof with a key of kPoseidon2 that a circuit verifies: not zero-knowledge, so that it shows hidden values and rows of weights.
  // It must not leave the process. Stages and inputs as above. Errors: kBadInput for another key.
  Result<ProofResult> prove_inner(const std::vector<InputValues>& inputs, Stages& stages,
                                  const Bytes& context = {}) const;

 private:
  ProvingSession(std::shared_ptr<const ProverKey> key, const prover::Backend& backend, prover::Context context,
                 compile::WeightColumns weights, compile::Assigner assigner, ProofCounter counter)
      : key_(std::move(key)),
        backend_(backend),
        context_(std::move(context)),
        weights_(std::move(weights)),
        assigner_(std::move(assigner)),
        counter_(std::move(counter)) {}

  Status count_proof() const;
  Result<ProofResult> run(const std::vector<InputValues>& inputs, const statement::Mode& mode,
                          std::optional<std::uint64_t> seed, Stages& stages,
                          std::span<const statement::Opening> input_openings, const Bytes& context,
                          std::span<const statement::Opening> output_openings = {}) const;

  std::shared_ptr<const ProverKey> key_;  // the assigner points into it
  prover::Backend backend_;
  prover::Context context_;
  compile::WeightColumns weights_;
  compile::Assigner assigner_;
  ProofCounter counter_;
};

}  // namespace proofcard::tools
