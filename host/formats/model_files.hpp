// The tool's own file formats.
//
//   .pcm  compiled model: visibility options, the integer graph with its weights, and how its numbers were chosen (owner only)
//   .pk   prover key: a compiled model, the verification key, and what hides the weights in their commitments (owner only)
//   .vk   verification key (host/statement/verifying_key.hpp)
//   .commit, .opening   commitment of one tensor, and its values and blindings (owner only;
//   host/statement/committed.hpp)
//   split.manifest   the verification keys of a split model's parts (host/statement/split_key.hpp), and its proofs: one a part
//
// Frame:  8 bytes magic and version, u64 length of the payload, payload, Keccak-256 of all before it.
// Errors: kBadInput naming the file, what was expected and what was found. Bytes that pass the checksum are still not
//         trusted: graph and circuit are validated as they are read.
#pragma once

#include <array>
#include <optional>
#include <string>

#include "host/base/bytes.hpp"
#include "host/base/result.hpp"
#include "host/compile/compile.hpp"
#include "host/graph/graph.hpp"
#include "host/graph/quantize/quantisation_plan.hpp"
#include "host/hash/blinding.hpp"
#include "host/prover/prover.hpp"
#include "host/statement/committed.hpp"
#include "host/statement/proof.hpp"
#include "host/statement/split_key.hpp"
#include "host/statement/verifying_key.hpp"

namespace proofcard::tools {

enum class FileKind { kModel, kProverKey, kVerifierKey, kProof, kCommitment, kOpening, kSplitKey, kSplitProof, kOther };

// By its first bytes.
FileKind file_kind(ByteView file);
// Of a file on the disk, of which no more than that is read. kOther when it cannot be read.
FileKind file_kind_at(const std::string& path);
std::string file_kind_name(FileKind kind);
// What a file seems to be, for errors: one of our kinds, or what its first bytes look like.
std::string describe_content(ByteView file);
bool may_be_onnx(ByteView file);
// Errors: kBadInput for a file of another kind, or of a version that this build does not read, naming both.
Status expect_kind(ByteView file, FileKind kind, const std::string& path);

// What a proof says of itself before anything of it is verified.
struct ProofHead {
  statement::Mode mode;
  std::string vk_digest;  // in hexadecimal digits
  std::string context;    // likewise; empty: none
};
// Errors: those of expect_kind; kBadInput for a proof that ends before.
Result<ProofHead> read_proof_head(ByteView file, const std::string& path);

struct CompiledModel {
  compile::CompileOptions options;
  graph::Graph graph;
  graph::QuantisationPlan plan;
};

struct ProverKey {
  CompiledModel model;
  statement::VerifyingKey vk;
  prover::Blindings weight_blindings;  // by column of the layout; empty when the weights are not hidden, or by hashes
  std::optional<hash::BlindingKey> tail_key{};  // of keys by hashes that hide their weights: what the tail is made of
  // Of keys of Poseidon2 with weights: the tree over them, level by level from the rows up, which takes longer to make than a proof. Empty:
  // it is made when it is needed.
  std::vector<std::vector<hash::Digest>> weight_tree{};
};

Bytes encode_model(const CompiledModel& model);
Bytes encode_prover_key(const ProverKey& key);
Bytes encode_verifying_key(const statement::VerifyingKey& vk);
Bytes encode_commitment(const statement::Commitment& commitment);
Bytes encode_opening(const statement::Opening& opening);
Bytes encode_split_key(const statement::SplitKey& key);
// proofs: of the parts, in order.
Bytes encode_split_proof(const std::vector<Bytes>& proofs);

// `path` names the file in errors.
Result<CompiledModel> decode_model(ByteView file, const std::string& path);
Result<ProverKey> decode_prover_key(ByteView file, const std::string& path);
Result<statement::VerifyingKey> decode_verifying_key(ByteView file, const std::string& path);
Result<statement::Commitment> decode_commitment(ByteView file, const std::string& path);
Result<statement::Opening> decode_opening(ByteView file, const std::string& path);
Result<statement::SplitKey> decode_split_key(ByteView file, const std::string& path);
// Views into the file.
Result<std::vector<ByteView>> decode_split_proof(ByteView file, const std::string& path);

Result<CompiledModel> load_model(const std::string& path);
Result<ProverKey> load_prover_key(const std::string& path);
Result<statement::VerifyingKey> load_verifying_key(const std::string& path);
Result<statement::Commitment> load_commitment(const std::string& path);
Result<statement::Opening> load_opening(const std::string& path);
Result<statement::SplitKey> load_split_key(const std::string& path);

// The circuit of a .vk, .pk or .pcm.
Result<circuit::Circuit> decode_circuit(ByteView file, const std::string& path);
Result<circuit::Circuit> load_circuit(const std::string& path);

}  // namespace proofcard::tools
