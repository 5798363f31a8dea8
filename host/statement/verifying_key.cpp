#include "host/statement/verifying_key.hpp"

#include <algorithm>

#include "host/circuit/bounds.hpp"
#include "host/circuit/vectors.hpp"
#include "host/curve/encoding.hpp"
#include "host/hash/keccak.hpp"
#include "host/hash/poseidon2.hpp"
#include "host/pcs/whir/parameters.hpp"
#include "host/statement/hash_vectors.hpp"

namespace proofcard::statement {
namespace {

constexpr std::string_view kKeyDomain = "proofcard/vk/1";
constexpr std::string_view kHashKeyDomain = "proofcard/vk/hash/1";
constexpr std::string_view kHidingKeyDomain = "proofcard/vk/hash/2";  // of keys that hide their weights
constexpr std::string_view kInnerKeyDomain = "proofcard/vk/hash/3";   // of keys of kPoseidon2

bool has_weights(const circuit::Layout& layout) {
  return std::ranges::any_of(layout.columns,
                             [](const auto& column) { return column.owner == circuit::Column::Owner::kWeights; });
}

// What stands behind the circuit in keys of kHash.
void write_hash_part(ByteWriter& out, const VerifyingKey& vk) {
  out.u8(static_cast<std::uint8_t>(vk.scheme.security_bits));
  if (vk.scheme.max_proofs > 0 || pcs::is_inner(vk.scheme)) {
    out.u32(vk.scheme.max_proofs);
  }
  if (pcs::is_inner(vk.scheme)) {
    out.u8(static_cast<std::uint8_t>(vk.scheme.publics));
  }
  if (vk.weight_vector) {
    out.raw(vk.weight_vector->root);
    out.raw(vk.weight_vector->answer.to_bytes());
  }
}

Status read_max_proofs(ByteReader& in, VerifyingKey& vk, bool hides_weights) {
  PROOFCARD_TRY(vk.scheme.max_proofs, in.u32("number of proofs that hide the weights"));
  const std::uint32_t least = hides_weights ? 1 : 0;
  if (vk.scheme.max_proofs < least || vk.scheme.max_proofs > pcs::kMaxProofs) {
    return bad_input(in.what(), "number of proofs that hide the weights: expected {} to {}, found {}", least,
                     pcs::kMaxProofs, vk.scheme.max_proofs);
  }
  if (vk.scheme.max_proofs > 0 &&
      (!has_weights(vk.layout) || vk.circuit.weight_visibility == circuit::Visibility::kPublic)) {
    return bad_input(in.what(), "expected weights to hide, found none");
  }
  return {};
}

// hides_weights: of kSha256.
Status read_hash_part(ByteReader& in, VerifyingKey& vk, bool hides_weights, hash::Function function) {
  PROOFCARD_TRY(const std::uint8_t security_bits, in.u8("security of openings"));
  if (security_bits < pcs::whir::kSecurityBits) {
    return bad_input(in.what(), "security of openings: expected at least {} bits, found {}", pcs::whir::kSecurityBits,
                     security_bits);
  }
  vk.scheme = pcs::by_hashes(security_bits, 0, function);
  if (hides_weights || pcs::is_inner(vk.scheme)) {
    PROOFCARD_RETURN_IF_ERROR(read_max_proofs(in, vk, hides_weights));
  }
  if (pcs::is_inner(vk.scheme)) {
    PROOFCARD_TRY(const std::uint8_t form, in.u8("form of public values"));
    if (form > static_cast<std::uint8_t>(pcs::PublicForm::kDigest)) {
      return bad_input(in.what(), "form of public values: expected 0 or 1, found {}", form);
    }
    vk.scheme.publics = static_cast<pcs::PublicForm>(form);
  }
  PROOFCARD_RETURN_IF_ERROR(check_hash_scheme(vk.circuit, vk.layout, vk.scheme));
  if (!has_weights(vk.layout)) {
    return {};
  }
  pcs::whir::Commitment& commitment = vk.weight_vector.emplace();
  PROOFCARD_TRY(const ByteView root, in.raw(commitment.root.size(), "weight commitment"));
  std::ranges::copy(root, commitment.root.begin());
  if (pcs::is_inner(vk.scheme) && !hash::to_element(commitment.root)) {
    return bad_input(in.what(),
                     "weight commitment: expected a root that is a field element, found a number that is not");
  }
  PROOFCARD_TRY(const ByteView answer, in.raw(Fr::kBytes, "weight commitment"));
  const std::optional<Fr> element = Fr::from_bytes(answer);
  if (!element) {
    return bad_input(in.what(), "weight commitment: expected a field element, found a number that is not one");
  }
  commitment.answer = *element;
  PROOFCARD_TRY(const std::vector<HashVector> vectors,
                hash_vectors(circuit::JoinedVectors(vk.layout), vk.scheme, vk.scheme.max_proofs > 0));
  commitment.log_size = vectors[0].log_size;
  return {};
}

Status read_rows(ByteReader& in, VerifyingKey& vk) {
  for (const circuit::Column& column : vk.layout.columns) {
    auto& rows = vk.weight_rows.emplace_back();
    if (column.owner != circuit::Column::Owner::kWeights) {
      continue;
    }
    PROOFCARD_TRY(const ByteView bytes, in.raw(column.num_rows() * curve::kUncompressedBytes, "weight commitments"));
    rows.resize(column.num_rows());
    PROOFCARD_RETURN_IF_ERROR(curve::batch_decode_uncompressed(rows, bytes, in.what() + ": weight commitments"));
  }
  return {};
}

Digest digest_of(const VerifyingKey& vk) {
  ByteWriter out;
  if (vk.scheme.kind == pcs::Kind::kHash) {
    out.string(pcs::is_inner(vk.scheme)   ? kInnerKeyDomain
               : vk.scheme.max_proofs > 0 ? kHidingKeyDomain
                                          : kHashKeyDomain);
    circuit::write(out, vk.circuit);
    write_hash_part(out, vk);
  } else {
    out.string(kKeyDomain);
    circuit::write(out, vk.circuit);
  }
  for (const auto& rows : vk.weight_rows) {
    out.u64(rows.size());
    for (const curve::G1Affine& p : rows) {
      out.raw(curve::encode_uncompressed(p));
    }
  }
  return hash::keccak256(out.bytes());
}

}  // namespace

VerifyingKey make_verifying_key(circuit::Circuit circuit, std::vector<std::vector<curve::G1Affine>> weight_rows) {
  VerifyingKey vk;
  vk.circuit = std::move(circuit);
  vk.layout = circuit::make_layout(vk.circuit);
  vk.weight_rows = std::move(weight_rows);
  vk.digest = digest_of(vk);
  return vk;
}

VerifyingKey make_verifying_key(circuit::Circuit circuit, const pcs::Scheme& scheme,
                                std::optional<pcs::whir::Commitment> weight_vector) {
  VerifyingKey vk;
  vk.circuit = std::move(circuit);
  vk.layout = circuit::make_layout(vk.circuit);
  vk.scheme = scheme;
  vk.weight_vector = weight_vector;
  vk.digest = digest_of(vk);
  return vk;
}

Status check_hash_scheme(const circuit::Circuit& circuit, const circuit::Layout& layout, const pcs::Scheme& scheme) {
  for (const circuit::Column& column : layout.columns) {
    if (column.owner == circuit::Column::Owner::kTensor) {
      return bad_input("commitments by hashes", "expected no committed tensors, found \"{}\"",
                       circuit.tensors[column.tensors[0]].name);
    }
  }
  if (layout.columns.empty()) {
    return bad_input("commitments by hashes", "expected weights or hidden values, found a circuit with none");
  }
  const circuit::JoinedVectors joined(layout);
  for (const bool zero_knowledge : {false, true}) {
    PROOFCARD_TRY(const std::vector<HashVector> vectors, hash_vectors(joined, scheme, zero_knowledge));
    PROOFCARD_TRY(const pcs::whir::Parameters parameters, opening_parameters(vectors, scheme, zero_knowledge));
    static_cast<void>(parameters);
  }
  return {};
}

void write(ByteWriter& out, const VerifyingKey& vk) {
  circuit::write(out, vk.circuit);
  if (vk.scheme.kind == pcs::Kind::kHash) {
    write_hash_part(out, vk);
  }
  for (const auto& rows : vk.weight_rows) {
    for (const curve::G1Affine& p : rows) {
      out.raw(curve::encode_uncompressed(p));
    }
  }
  out.blob(vk.weight_range_proof);
  out.blob(vk.quantisation);
}

Result<VerifyingKey> read_verifying_key(ByteReader& in, pcs::Kind kind, bool hides_weights, hash::Function function) {
  VerifyingKey vk;
  PROOFCARD_TRY(vk.circuit, circuit::read_circuit(in));
  PROOFCARD_TRY(const circuit::Bounds bounds, circuit::check_soundness(vk.circuit));
  static_cast<void>(bounds);
  vk.layout = circuit::make_layout(vk.circuit);
  PROOFCARD_RETURN_IF_ERROR(kind == pcs::Kind::kHash ? read_hash_part(in, vk, hides_weights, function)
                                                     : read_rows(in, vk));
  PROOFCARD_TRY(const ByteView range_proof, in.blob("weight range proof"));
  vk.weight_range_proof.assign(range_proof.begin(), range_proof.end());
  PROOFCARD_TRY(const ByteView quantisation, in.blob("quantisation"));
  vk.quantisation.assign(quantisation.begin(), quantisation.end());
  vk.digest = digest_of(vk);
  return vk;
}

}  // namespace proofcard::statement
