#include "host/statement/verifying_key.hpp"

#include "host/circuit/bounds.hpp"
#include "host/curve/encoding.hpp"
#include "host/hash/keccak.hpp"

namespace proofcard::statement {
namespace {

constexpr std::string_view kKeyDomain = "proofcard/vk/1";

Digest digest_of(const VerifyingKey& vk) {
  ByteWriter out;
  out.string(kKeyDomain);
  circuit::write(out, vk.circuit);
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
  VerifyingKey vk{std::move(circuit), {}, std::move(weight_rows), {}, {}, {}};
  vk.layout = circuit::make_layout(vk.circuit);
  vk.digest = digest_of(vk);
  return vk;
}

void write(ByteWriter& out, const VerifyingKey& vk) {
  circuit::write(out, vk.circuit);
  for (const auto& rows : vk.weight_rows) {
    for (const curve::G1Affine& p : rows) {
      out.raw(curve::encode_uncompressed(p));
    }
  }
  out.blob(vk.weight_range_proof);
  out.blob(vk.quantisation);
}

Result<VerifyingKey> read_verifying_key(ByteReader& in) {
  VerifyingKey vk;
  PROOFCARD_TRY(vk.circuit, circuit::read_circuit(in));
  PROOFCARD_TRY(const circuit::Bounds bounds, circuit::check_soundness(vk.circuit));
  static_cast<void>(bounds);
  vk.layout = circuit::make_layout(vk.circuit);
  for (const circuit::Column& column : vk.layout.columns) {
    auto& rows = vk.weight_rows.emplace_back();
    if (column.owner != circuit::Column::Owner::kWeights) {
      continue;
    }
    PROOFCARD_TRY(const ByteView bytes, in.raw(column.num_rows() * curve::kUncompressedBytes, "weight commitments"));
    rows.resize(column.num_rows());
    PROOFCARD_RETURN_IF_ERROR(curve::batch_decode_uncompressed(rows, bytes, in.what() + ": weight commitments"));
  }
  PROOFCARD_TRY(const ByteView range_proof, in.blob("weight range proof"));
  vk.weight_range_proof.assign(range_proof.begin(), range_proof.end());
  PROOFCARD_TRY(const ByteView quantisation, in.blob("quantisation"));
  vk.quantisation.assign(quantisation.begin(), quantisation.end());
  vk.digest = digest_of(vk);
  return vk;
}

}  // namespace proofcard::statement
