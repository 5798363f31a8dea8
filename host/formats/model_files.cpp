#include "host/formats/model_files.hpp"

#include <algorithm>
#include <cstring>

#include "host/base/text.hpp"
#include "host/formats/atomic_files.hpp"
#include "host/hash/keccak.hpp"
#include "host/statement/hash_vectors.hpp"

namespace proofcard::tools {
namespace {

using Magic = std::array<std::uint8_t, 8>;

constexpr Magic kModelMagic{'P', 'C', 'M', 'O', 'D', 'E', 'L', 3};
constexpr Magic kProverKeyMagic{'P', 'C', 'P', 'R', 'K', 'E', 'Y', 3};
constexpr Magic kVerifierKeyMagic{'P', 'C', 'V', 'K', 'E', 'Y', '_', 3};
constexpr Magic kProofMagic{'P', 'C', 'P', 'R', 'O', 'O', 'F', 1};
constexpr Magic kCommitmentMagic{'P', 'C', 'C', 'O', 'M', 'M', 'T', 1};
constexpr Magic kOpeningMagic{'P', 'C', 'O', 'P', 'E', 'N', '_', 1};
constexpr Magic kSplitKeyMagic{'P', 'C', 'S', 'P', 'L', 'I', 'T', 1};
constexpr Magic kSplitProofMagic{'P', 'C', 'P', 'A', 'R', 'T', 'S', 1};
constexpr std::uint8_t kHashKeyVersion = 4;    // of .pk and .vk whose commitments are made of hashes
constexpr std::uint8_t kHidingKeyVersion = 5;  // of those that hide their weights
constexpr std::uint8_t kInnerKeyVersion = 6;   // of those of Poseidon2, whose proofs are verified inside of a circuit
constexpr std::size_t kChecksumBytes = 32;
constexpr std::size_t kFrameBytes = sizeof(Magic) + sizeof(std::uint64_t) + kChecksumBytes;

const Magic* magic_of(FileKind kind) {
  switch (kind) {
    case FileKind::kModel:
      return &kModelMagic;
    case FileKind::kProverKey:
      return &kProverKeyMagic;
    case FileKind::kVerifierKey:
      return &kVerifierKeyMagic;
    case FileKind::kProof:
      return &kProofMagic;
    case FileKind::kCommitment:
      return &kCommitmentMagic;
    case FileKind::kOpening:
      return &kOpeningMagic;
    case FileKind::kSplitKey:
      return &kSplitKeyMagic;
    case FileKind::kSplitProof:
      return &kSplitProofMagic;
    case FileKind::kOther:
      break;
  }
  return nullptr;
}

// The same file kind in any version.
bool same_kind(ByteView file, const Magic& magic) {
  return file.size() >= magic.size() && std::equal(magic.begin(), magic.end() - 1, file.begin());
}

Bytes framed(FileKind kind, ByteView payload, const pcs::Scheme& scheme = {}) {
  Magic magic = *magic_of(kind);
  if (scheme.kind == pcs::Kind::kHash) {
    magic.back() = pcs::is_inner(scheme)   ? kInnerKeyVersion
                   : scheme.max_proofs > 0 ? kHidingKeyVersion
                                           : kHashKeyVersion;
  }
  ByteWriter out;
  out.raw(magic);
  out.blob(payload);
  out.raw(hash::keccak256(out.bytes()));
  return out.take();
}

// What to do about a file of an older version.
const char* how_to_renew(FileKind kind) {
  switch (kind) {
    case FileKind::kModel:
      return "compile the model again";
    case FileKind::kProverKey:
    case FileKind::kVerifierKey:
      return "compile the model and set it up again";
    case FileKind::kProof:
    case FileKind::kSplitProof:
      return "prove again, with a key of this version";
    case FileKind::kCommitment:
    case FileKind::kOpening:
      return "commit again, or use the release that wrote it";
    case FileKind::kSplitKey:
      return "split the model again";
    case FileKind::kOther:
      break;
  }
  return "make it again";
}

Result<ByteView> unframed(ByteView file, FileKind kind, const std::string& path) {
  PROOFCARD_RETURN_IF_ERROR(expect_kind(file, kind, path));
  ByteReader in(file.subspan(sizeof(Magic)), path);
  const auto length = in.u64("length");
  const std::uint64_t expected = length.ok() ? *length : 0;
  if (!length.ok() || file.size() < kFrameBytes || file.size() - kFrameBytes != expected) {
    return bad_input(path, "expected {} bytes after the header, found {}: the file is {}", expected + kChecksumBytes,
                     in.remaining(), in.remaining() < expected + kChecksumBytes ? "truncated" : "corrupt");
  }
  const auto checksum = hash::keccak256(file.first(file.size() - kChecksumBytes));
  const ByteView stored = file.last(kChecksumBytes);
  if (!std::equal(checksum.begin(), checksum.end(), stored.begin())) {
    return bad_input(path, "expected checksum {}, found {}: the file is corrupt", hex(stored.first(8)),
                     hex(ByteView(checksum).first(8)));
  }
  return file.subspan(sizeof(Magic) + sizeof(std::uint64_t), static_cast<std::size_t>(expected));
}

// In the byte of the inputs' visibility: inputs of the file that are constants follow, after the visibilities.
constexpr std::uint8_t kHasFixed = 0x40;

void write_payload(ByteWriter& out, const CompiledModel& model) {
  out.string(model.options.model_name);
  const unsigned flag = model.options.fixed.empty() ? 0 : kHasFixed;
  out.u8(static_cast<std::uint8_t>(static_cast<unsigned>(model.options.input) + flag));
  out.u8(static_cast<std::uint8_t>(model.options.output));
  out.u8(static_cast<std::uint8_t>(model.options.weights));
  if (!model.options.fixed.empty()) {
    tensor::write(out, model.options.fixed);
  }
  graph::write(out, model.graph);
  graph::write(out, model.plan);
}

Result<circuit::Visibility> to_visibility(const ByteReader& in, std::uint8_t value, std::string_view field) {
  if (value > static_cast<std::uint8_t>(circuit::Visibility::kCommitted)) {
    return bad_input(in.what(), "{}: expected 0 (private), 1 (public) or 2 (committed), found {}", field, value);
  }
  return static_cast<circuit::Visibility>(value);
}

Result<circuit::Visibility> read_visibility(ByteReader& in, std::string_view field) {
  PROOFCARD_TRY(const std::uint8_t value, in.u8(field));
  return to_visibility(in, value, field);
}

Result<CompiledModel> read_payload(ByteReader& in) {
  CompiledModel model;
  PROOFCARD_TRY(model.options.model_name, read_name(in, "model name", kMaxModelNameBytes));
  PROOFCARD_TRY(const std::uint8_t input, in.u8("input visibility"));
  const auto visibility = static_cast<std::uint8_t>(input & ~kHasFixed);
  PROOFCARD_TRY(model.options.input, to_visibility(in, visibility, "input visibility"));
  PROOFCARD_TRY(model.options.output, read_visibility(in, "output visibility"));
  PROOFCARD_TRY(model.options.weights, read_visibility(in, "weight visibility"));
  if ((input & kHasFixed) != 0) {
    PROOFCARD_TRY(model.options.fixed, tensor::read_fixed_inputs(in));
  }
  PROOFCARD_TRY(model.graph, graph::read_graph(in));
  PROOFCARD_TRY(model.plan, graph::read_quantisation_plan(in));
  return model;
}

// One byte says whether the weights are hidden; then the blindings of each column's rows.
void write_blindings(ByteWriter& out, const prover::Blindings& blindings) {
  out.u8(blindings.empty() ? 0 : 1);
  for (const std::vector<Fr>& column : blindings) {
    for (const Fr& blinding : column) {
      out.raw(blinding.to_bytes());
    }
  }
}

Result<prover::Blindings> read_blindings(ByteReader& in, const circuit::Layout& layout) {
  PROOFCARD_TRY(const std::uint8_t hidden, in.u8("weight blindings"));
  if (hidden > 1) {
    return bad_input(in.what(), "weight blindings: expected 0 or 1, found {}", hidden);
  }
  prover::Blindings out(hidden == 1 ? layout.columns.size() : 0);
  for (std::size_t c = 0; c < out.size(); ++c) {
    const bool weights = layout.columns[c].owner == circuit::Column::Owner::kWeights;
    for (std::size_t row = 0; weights && row < layout.columns[c].num_rows(); ++row) {
      PROOFCARD_TRY(const ByteView bytes, in.raw(Fr::kBytes, "weight blindings"));
      const std::optional<Fr> blinding = Fr::from_bytes(bytes);
      if (!blinding) {
        return bad_input(in.what(), "weight blindings: expected field elements, found a number that is not one");
      }
      out[c].push_back(*blinding);
    }
  }
  return out;
}

Result<hash::BlindingKey> read_tail_key(ByteReader& in) {
  PROOFCARD_TRY(const std::uint8_t hidden, in.u8("weight blindings"));
  if (hidden != 1) {
    return bad_input(in.what(), "weight blindings: expected 1, found {}", hidden);
  }
  hash::BlindingKey out{};
  PROOFCARD_TRY(const ByteView bytes, in.raw(out.size(), "weight blindings"));
  std::ranges::copy(bytes, out.begin());
  return out;
}

// One byte says whether there is one; then its digests. That it is the weights' is checked where it is used.
Result<std::vector<std::vector<hash::Digest>>> read_weight_tree(ByteReader& in, const statement::VerifyingKey& vk) {
  std::vector<std::vector<hash::Digest>> out;
  PROOFCARD_TRY(const std::uint8_t there, in.u8("tree of the weights"));
  if (there > 1) {
    return bad_input(in.what(), "tree of the weights: expected 0 or 1, found {}", there);
  }
  if (there == 0) {
    return out;
  }
  PROOFCARD_TRY(const std::vector<std::size_t> sizes, statement::weight_tree_sizes(vk.layout, vk.scheme));
  for (const std::size_t size : sizes) {
    PROOFCARD_TRY(const ByteView bytes, in.raw(size * sizeof(hash::Digest), "tree of the weights"));
    std::memcpy(out.emplace_back(size).data(), bytes.data(), bytes.size());
  }
  return out;
}

}  // namespace

FileKind file_kind(ByteView file) {
  for (const FileKind kind : {FileKind::kModel, FileKind::kProverKey, FileKind::kVerifierKey, FileKind::kProof,
                              FileKind::kCommitment, FileKind::kOpening, FileKind::kSplitKey, FileKind::kSplitProof}) {
    if (same_kind(file, *magic_of(kind))) {
      return kind;
    }
  }
  return FileKind::kOther;
}

FileKind file_kind_at(const std::string& path) { return file_kind(read_beginning(path, sizeof(Magic))); }

std::string file_kind_name(FileKind kind) {
  switch (kind) {
    case FileKind::kModel:
      return "a compiled model (.pcm)";
    case FileKind::kProverKey:
      return "a prover key (.pk)";
    case FileKind::kVerifierKey:
      return "a verification key (.vk)";
    case FileKind::kProof:
      return "a proof";
    case FileKind::kCommitment:
      return "a commitment (.commit)";
    case FileKind::kOpening:
      return "an opening (.opening)";
    case FileKind::kSplitKey:
      return "the manifest of a split model";
    case FileKind::kSplitProof:
      return "the proofs of a split model";
    case FileKind::kOther:
      break;
  }
  return "something else";
}

// A protobuf whose first field is the version of ONNX.
bool may_be_onnx(ByteView file) { return file.size() > 2 && file[0] == 8 && file[1] > 0 && file[1] < 32; }

std::string describe_content(ByteView file) {
  if (const FileKind kind = file_kind(file); kind != FileKind::kOther) {
    return file_kind_name(kind);
  }
  if (file.empty()) {
    return "an empty file";
  }
  const std::string_view first(reinterpret_cast<const char*>(file.data()), std::min<std::size_t>(file.size(), 64));
  static constexpr std::pair<std::string_view, const char*> kKinds[] = {
      {"\x93NUMPY", "a NumPy array (.npy)"},
      {"PK\x03\x04", "a zip archive (.npz is one)"},
      {"zkey", "a Groth16 proving key (.zkey)"},
      {"wtns", "a witness of circom (.wtns)"},
      {"r1cs", "a constraint system of circom (.r1cs)"},
      {"\x7f"
       "ELF",
       "a program"},
      {"xclbin2", "an xclbin"}};
  for (const auto& [magic, name] : kKinds) {
    if (first.starts_with(magic)) {
      return name;
    }
  }
  const std::size_t begin = first.find_first_not_of(" \t\r\n");
  if (begin != std::string_view::npos && (first[begin] == '{' || first[begin] == '[')) {
    return "JSON";
  }
  if (may_be_onnx(file)) {
    return "what may be an ONNX model";
  }
  if (printable_lines(first) == first) {
    return first.find(',') < first.find('\n') ? "text with commas (CSV?)" : "text";
  }
  return fmt::format("a file that begins with the bytes {}", hex(file.first(std::min<std::size_t>(file.size(), 8))));
}

Status expect_kind(ByteView file, FileKind kind, const std::string& path) {
  const Magic& magic = *magic_of(kind);
  if (!same_kind(file, magic)) {
    return bad_input(path, "expected {}, found {}", file_kind_name(kind), describe_content(file));
  }
  const std::uint8_t version = file[magic.size() - 1];
  const bool is_key = kind == FileKind::kProverKey || kind == FileKind::kVerifierKey;
  if (version != magic.back() && !(is_key && version >= kHashKeyVersion && version <= kInnerKeyVersion)) {
    return bad_input(path, "expected {} in format version {}, found version {}: {}", file_kind_name(kind), magic.back(),
                     version, version < magic.back() ? how_to_renew(kind) : "a later release wrote it");
  }
  return {};
}

Result<ProofHead> read_proof_head(ByteView file, const std::string& path) {
  PROOFCARD_RETURN_IF_ERROR(expect_kind(file, FileKind::kProof, path));
  ByteReader in(file.subspan(sizeof(Magic)), path);
  PROOFCARD_TRY(const std::uint8_t mode, in.u8("mode"));
  if (mode > 7) {
    return bad_input(path, "mode: expected 0 to 7, found {}", mode);
  }
  PROOFCARD_TRY(const ByteView digest, in.raw(sizeof(statement::Digest), "key digest"));
  ProofHead head{{(mode & 1) != 0, (mode & 2) != 0}, hex(digest), {}};
  if ((mode & 4) != 0) {
    PROOFCARD_TRY(const Bytes context, statement::read_context(in));
    head.context = hex(context);
  }
  return head;
}

Bytes encode_model(const CompiledModel& model) {
  ByteWriter payload;
  write_payload(payload, model);
  return framed(FileKind::kModel, payload.bytes());
}

Bytes encode_prover_key(const ProverKey& key) {
  ByteWriter payload;
  write_payload(payload, key.model);
  statement::write(payload, key.vk);
  if (key.tail_key) {
    payload.u8(1);
    payload.raw(*key.tail_key);
  } else {
    write_blindings(payload, key.weight_blindings);
  }
  if (pcs::is_inner(key.vk.scheme)) {
    payload.u8(key.weight_tree.empty() ? 0 : 1);
    for (const std::vector<hash::Digest>& level : key.weight_tree) {
      payload.raw({reinterpret_cast<const std::uint8_t*>(level.data()), level.size() * sizeof(hash::Digest)});
    }
  }
  return framed(FileKind::kProverKey, payload.bytes(), key.vk.scheme);
}

Bytes encode_verifying_key(const statement::VerifyingKey& vk) {
  ByteWriter payload;
  statement::write(payload, vk);
  return framed(FileKind::kVerifierKey, payload.bytes(), vk.scheme);
}

Bytes encode_commitment(const statement::Commitment& commitment) {
  ByteWriter payload;
  statement::write(payload, commitment);
  return framed(FileKind::kCommitment, payload.bytes());
}

Bytes encode_opening(const statement::Opening& opening) {
  ByteWriter payload;
  statement::write(payload, opening);
  return framed(FileKind::kOpening, payload.bytes());
}

Bytes encode_split_key(const statement::SplitKey& key) {
  ByteWriter payload;
  statement::write(payload, key);
  return framed(FileKind::kSplitKey, payload.bytes());
}

Bytes encode_split_proof(const std::vector<Bytes>& proofs) {
  ByteWriter payload;
  payload.u32(static_cast<std::uint32_t>(proofs.size()));
  for (const Bytes& proof : proofs) {
    payload.blob(proof);
  }
  return framed(FileKind::kSplitProof, payload.bytes());
}

namespace {

// Pre: the frame was read.
Result<statement::VerifyingKey> read_key(ByteReader& in, ByteView file) {
  const std::uint8_t version = file[sizeof(Magic) - 1];
  const bool hides_weights = version == kHidingKeyVersion;
  const bool by_hashes = version >= kHashKeyVersion;
  return statement::read_verifying_key(
      in, by_hashes ? pcs::Kind::kHash : pcs::Kind::kHyrax, hides_weights,
      version == kInnerKeyVersion ? hash::Function::kPoseidon2 : hash::Function::kSha256);
}

// Bytes of a key that do not decode are bad input here; "rejected" is kept for proofs.
template <class T>
Result<T> as_bad_input(Result<T> result, const std::string& path) {
  if (result.ok() || result.error().kind != ErrorKind::kRejected) {
    return result;
  }
  return Error{ErrorKind::kBadInput, path, result.error().message()};
}

}  // namespace

Result<CompiledModel> decode_model(ByteView file, const std::string& path) {
  PROOFCARD_TRY(const ByteView payload, unframed(file, FileKind::kModel, path));
  ByteReader in(payload, path);
  PROOFCARD_TRY(CompiledModel model, read_payload(in));
  PROOFCARD_RETURN_IF_ERROR(in.expect_end());
  return model;
}

Result<ProverKey> decode_prover_key(ByteView file, const std::string& path) {
  PROOFCARD_TRY(const ByteView payload, unframed(file, FileKind::kProverKey, path));
  ByteReader in(payload, path);
  ProverKey key;
  PROOFCARD_TRY(key.model, read_payload(in));
  PROOFCARD_TRY(key.vk, as_bad_input(read_key(in, file), path));
  key.model.options.batch = key.vk.circuit.batch;
  if (key.vk.scheme.max_proofs > 0) {
    PROOFCARD_TRY(key.tail_key, read_tail_key(in));
  } else {
    PROOFCARD_TRY(key.weight_blindings, read_blindings(in, key.vk.layout));
  }
  if (pcs::is_inner(key.vk.scheme)) {
    PROOFCARD_TRY(key.weight_tree, read_weight_tree(in, key.vk));
  }
  PROOFCARD_RETURN_IF_ERROR(in.expect_end());
  return key;
}

Result<statement::VerifyingKey> decode_verifying_key(ByteView file, const std::string& path) {
  PROOFCARD_TRY(const ByteView payload, unframed(file, FileKind::kVerifierKey, path));
  ByteReader in(payload, path);
  PROOFCARD_TRY(statement::VerifyingKey vk, as_bad_input(read_key(in, file), path));
  PROOFCARD_RETURN_IF_ERROR(in.expect_end());
  return vk;
}

Result<statement::Commitment> decode_commitment(ByteView file, const std::string& path) {
  PROOFCARD_TRY(const ByteView payload, unframed(file, FileKind::kCommitment, path));
  ByteReader in(payload, path);
  PROOFCARD_TRY(statement::Commitment commitment, as_bad_input(statement::read_commitment(in), path));
  PROOFCARD_RETURN_IF_ERROR(in.expect_end());
  return commitment;
}

Result<statement::Opening> decode_opening(ByteView file, const std::string& path) {
  PROOFCARD_TRY(const ByteView payload, unframed(file, FileKind::kOpening, path));
  ByteReader in(payload, path);
  PROOFCARD_TRY(statement::Opening opening, statement::read_opening(in));
  PROOFCARD_RETURN_IF_ERROR(in.expect_end());
  return opening;
}

Result<statement::SplitKey> decode_split_key(ByteView file, const std::string& path) {
  PROOFCARD_TRY(const ByteView payload, unframed(file, FileKind::kSplitKey, path));
  ByteReader in(payload, path);
  PROOFCARD_TRY(statement::SplitKey key, as_bad_input(statement::read_split_key(in), path));
  PROOFCARD_RETURN_IF_ERROR(in.expect_end());
  return key;
}

Result<std::vector<ByteView>> decode_split_proof(ByteView file, const std::string& path) {
  PROOFCARD_TRY(const ByteView payload, unframed(file, FileKind::kSplitProof, path));
  ByteReader in(payload, path);
  PROOFCARD_TRY(const std::uint32_t count, in.count("proofs", sizeof(std::uint64_t)));
  std::vector<ByteView> out;
  for (std::uint32_t i = 0; i < count; ++i) {
    PROOFCARD_TRY(const ByteView proof, in.blob("proof"));
    out.push_back(proof);
  }
  PROOFCARD_RETURN_IF_ERROR(in.expect_end());
  return out;
}

Result<CompiledModel> load_model(const std::string& path) {
  PROOFCARD_TRY(const Bytes file, read_file(path));
  return decode_model(file, path);
}

Result<ProverKey> load_prover_key(const std::string& path) {
  PROOFCARD_TRY(const Bytes file, read_file(path));
  return decode_prover_key(file, path);
}

Result<statement::VerifyingKey> load_verifying_key(const std::string& path) {
  PROOFCARD_TRY(const Bytes file, read_file(path));
  return decode_verifying_key(file, path);
}

Result<statement::Commitment> load_commitment(const std::string& path) {
  PROOFCARD_TRY(const Bytes file, read_file(path));
  return decode_commitment(file, path);
}

Result<statement::Opening> load_opening(const std::string& path) {
  PROOFCARD_TRY(const Bytes file, read_file(path));
  return decode_opening(file, path);
}

Result<statement::SplitKey> load_split_key(const std::string& path) {
  PROOFCARD_TRY(const Bytes file, read_file(path));
  return decode_split_key(file, path);
}

Result<circuit::Circuit> decode_circuit(ByteView file, const std::string& path) {
  if (file_kind(file) == FileKind::kModel) {
    PROOFCARD_TRY(const CompiledModel model, decode_model(file, path));
    return compile::compile(model.graph, model.options);
  }
  if (file_kind(file) == FileKind::kProverKey) {
    PROOFCARD_TRY(ProverKey key, decode_prover_key(file, path));
    return std::move(key.vk.circuit);
  }
  PROOFCARD_TRY(statement::VerifyingKey vk, decode_verifying_key(file, path));
  return std::move(vk.circuit);
}

Result<circuit::Circuit> load_circuit(const std::string& path) {
  PROOFCARD_TRY(const Bytes file, read_file(path));
  return decode_circuit(file, path);
}

}  // namespace proofcard::tools
