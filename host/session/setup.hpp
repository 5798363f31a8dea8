// Keys: commitments to a model's weights, and the proof, made once a model, that every weight lies in its declared
// range.
//
// The range proof is about a circuit of its own (circuit/weight_range.hpp) over the same weight columns, so its
// verification key is derived from the model's and never stored.
#pragma once

#include "host/base/result.hpp"
#include "host/base/stages.hpp"
#include "host/formats/model_files.hpp"
#include "host/prover/prover.hpp"
#include "host/statement/verifying_key.hpp"

namespace proofcard::tools {

// Compiles the circuit, commits the weights and proves their ranges. That proof is verified on the CPU when a card made
// the sums: every row of every weight column is in it, so a key with a wrong commitment does not pass.
// Stages: "circuit", "generators", "commit weights", those of the range proof, "check". Errors: kDeviceFault.
// hide_weights: blind the commitments (never those of public weights, which anyone may recompute).
// scheme: which commitments; by hashes, for how many proofs weights are hidden, which counts for nothing if they are not to be. Errors:
// kBadInput for a circuit that cannot have them.
Result<ProverKey> make_key(CompiledModel model, const prover::Backend& backend, bool hide_weights, Stages& stages,
                           const pcs::Scheme& scheme = {});

inline constexpr unsigned kMaxSecurityBits = 128;        // of openings by hashes
inline constexpr std::uint32_t kDefaultMaxProofs = 100;  // that hide the weights of a key by hashes

// What proofs with this key need beside it, once. Stages: "generators", or for commitments by hashes "commit weights". columns: of
// its weights. Errors: kBadInput for weights that a key with commitments by hashes does not commit to.
Result<prover::Context> make_context(const statement::VerifyingKey& vk, const prover::Backend& backend,
                                     const compile::WeightColumns& columns,
                                     const std::optional<hash::BlindingKey>& tail_key, Stages& stages,
                                     const std::vector<std::vector<hash::Digest>>& weight_tree = {});

// Whether proofs that this key makes are about its verification key: the model is stated by the circuit, its weights and blindings open
// the commitments. For a key from somebody else; computed anew, with a sum over all weights. Errors: kBadInput.
Status check_prover_key(const ProverKey& key, const prover::Backend& backend);

// Whether the key's commitments are to the model's weights, which are public: those are not blinded, so anyone can make them again. Pre: the
// key's circuit is the model's. Errors: kBadInput.
Result<bool> commits_to_public_weights(const statement::VerifyingKey& vk, const graph::Graph& graph,
                                       const prover::Backend& backend);

// What verifying a key or proof on the CPU says of the Msm that it was made with. Errors: kDeviceFault.
Status check_sums(const kernels::Msm& msm, std::string_view made, const Status& verified);

// What verifying proofs with this key needs beside it: nothing when its commitments are made of hashes.
pcs::hyrax::Generators generators_of(const statement::VerifyingKey& vk);

// The key of the weight-range circuit that belongs to this key. Errors: kRejected if the layouts do not correspond.
Result<statement::VerifyingKey> weight_range_key(const statement::VerifyingKey& vk);

// Whether the key keeps the weights from whoever has it: they are not public, and it was not made by `setup --no-zk`,
// whose commitments are not blinded and whose proof of ranges is in the open. As the key says of itself: its author can
// always tell the weights to anyone.
bool hides_weights(const statement::VerifyingKey& vk);
// The weights are to be hidden, and are not.
bool shows_weights(const statement::VerifyingKey& vk);
// "hyrax" or "hash", as `setup --commitments` takes them; and back, with the bits that openings by hashes are made for, 100 to 128.
// Errors: kBadInput.
std::string commitments_name(const pcs::Scheme& scheme);
// The same, and what more there is to say: "hash, weights hidden for 100 proofs".
std::string commitments_text(const statement::VerifyingKey& vk);
Result<pcs::Scheme> find_scheme(const std::string& commitments, unsigned security_bits,
                                std::uint32_t max_proofs = kDefaultMaxProofs);
// "private", or what is wrong with that.
std::string weights_text(const statement::VerifyingKey& vk);

// Checks vk.weight_range_proof. generators: generators_of(vk). Errors: kRejected, where = "verification key: <stage>".
Status check_weight_range(const statement::VerifyingKey& vk, const kernels::Msm& msm,
                          const pcs::hyrax::Generators& generators);

}  // namespace proofcard::tools
