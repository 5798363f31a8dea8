// Chain proofs: Groth16 proofs of a few words that a proof of the model exists, whatever the model's size. docs/chain.md has the whole.
//
// Key:     a prover key of proofs with Poseidon2 (pcs::inner_scheme), which never leave the process, and a .zkey of the circuit that verifies
//          them (wrap/verifier_circuit.hpp).
// Secrets: the inner proof and the circuit's values show the input and rows of weights. Neither is in a file. Their bytes are erased when they
//          were used, but not what computing with them leaves in freed memory.
#pragma once

#include <string>
#include <vector>

#include "host/base/result.hpp"
#include "host/base/stages.hpp"
#include "host/groth16/ceremony/key_content.hpp"
#include "host/groth16/ceremony/powers_of_tau.hpp"
#include "host/groth16/prover.hpp"
#include "host/groth16/zkey.hpp"
#include "host/session/chain/chain_proof.hpp"
#include "host/session/proving.hpp"
#include "host/wrap/public_words.hpp"
#include "host/wrap/verifier_circuit.hpp"

namespace proofcard::tools {

struct ChainKey {
  ProverKey key;
  wrap::VerifierCircuit circuit;
  groth16::KeyContent zkey;  // with one contribution
};

// contributor: a name for the contribution, or empty. publics: how public values stand in the statement. Stages: those of make_key(), "record", "groth16 key", "contribution".
// Errors: those of make_key() and wrap::record_verifier(); kBadInput, naming the power that the circuit needs, for powers of tau that are too few.
Result<ChainKey> make_chain_key(CompiledModel model, const prover::Backend& backend, const groth16::PowersOfTau& powers,
                                const std::string& contributor, wrap::PublicForm publics, Stages& stages);

// Whether the key's constraints are those of the circuit, as far as a .zkey has them: A, B, and what is public. Errors: kRejected, naming the
// first that differs.
Status compare_constraints(const wrap::ConstraintSystem& system, const groth16::Zkey& zkey);

// Whether the key's circuit is the one that the model compiles to, byte by byte, and weights that are public are the model's. Others stand
// behind a salted root. Errors: kRejected, naming the model's file.
Status compare_circuit(const statement::VerifyingKey& vk, const CompiledModel& model, const std::string& model_path);

struct ChainResult {
  ChainProof proof;
  std::vector<std::vector<OutputValues>> outputs;  // by input of the batch
  std::vector<CutOffStep> cut_off;
  std::size_t inner_bytes = 0;
};

class ChainProver {
 public:
  // Refuses keys for which anyone can forge proofs unless allow_unsafe_key. Stages: those of ProvingSession::make, "read zkey".
  // Errors: kBadInput for a key of other proofs, and for a .zkey with another number of public words.
  static Result<ChainProver> make(ProverKey key, const groth16::Zkey& zkey, const prover::Backend& backend,
                                  const kernels::QuotientSum& quotient, bool allow_unsafe_key, Stages& stages);

  const ProverKey& key() const { return session_.key(); }

  // Stages: those of ProvingSession::prove_inner, "circuit", those of groth16::Prover. Errors: theirs; those of chain_context_word();
  // kBadInput for the .zkey of another circuit.
  Result<ChainResult> prove(const std::vector<InputValues>& inputs, const Bytes& context, Stages& stages) const;

 private:
  ChainProver(ProvingSession session, groth16::Prover prover, const groth16::Zkey& zkey)
      : session_(std::move(session)),
        prover_(std::move(prover)),
        zkey_path_(zkey.path()),
        num_wires_(zkey.header().num_signals) {}

  ProvingSession session_;
  groth16::Prover prover_;
  std::string zkey_path_;
  std::size_t num_wires_;
};

}  // namespace proofcard::tools
