#include "host/wrap/verifier_circuit.hpp"

#include <algorithm>
#include <array>

#include "host/argument/whir_impl.hpp"
#include "host/wrap/public_digest.hpp"
#include "host/wrap/public_words.hpp"
#include "host/wrap/rows.hpp"

namespace proofcard::wrap {
namespace {

Fr element_of(ByteView bytes) {
  std::array<std::uint8_t, Fr::kBytes> padded{};
  std::copy(bytes.begin(), bytes.end(), padded.begin());
  return *Fr::from_bytes(padded);
}

void absorb_bytes(WireSponge& sponge, ByteView bytes) {
  sponge.absorb(Fr::from_u64(bytes.size()));
  for (std::size_t at = 0; at < bytes.size(); at += kBytesAnElement) {
    sponge.absorb(element_of(bytes.subspan(at, std::min(kBytesAnElement, bytes.size() - at))));
  }
}

// As statement::begin_transcript and the verifier go on from there. context: that of the statement. messages: none while only constraints
// count.
Status run(Builder& builder, const statement::VerifyingKey& vk, const statement::Header& header, const Fr& context,
           std::optional<ByteView> messages) {
  PublicWires publics = public_wires(builder, vk.circuit, vk.scheme.publics, header.publics, context);
  const std::string_view name = statement::kProtocol;
  WireSponge sponge(builder, element_of({reinterpret_cast<const std::uint8_t*>(name.data()), name.size()}));
  sponge.absorb(Fr::from_u64(header.mode.byte()));
  absorb_bytes(sponge, vk.digest);
  sponge.absorb(publics.context);
  for (std::uint32_t id = 0; id < vk.circuit.tensors.size(); ++id) {
    for (const Wire& v : publics.values[id]) {
      sponge.absorb(v);
    }
  }
  WireChannel channel(builder, std::move(sponge), messages);
  WireRowOracle oracle(channel);
  const argument::NumberValues<Wire> stated(vk.circuit, std::move(publics.values));
  PROOFCARD_RETURN_IF_ERROR(argument::check_vectors(channel, oracle, vk, stated, false));
  return channel.expect_end();
}

// Zeros, or what is in the ranges: only their number counts.
statement::Header any_header(const statement::VerifyingKey& vk) {
  statement::Header out{{}, vk.digest, statement::PublicTensors(vk.circuit.tensors.size()), {}};
  for (std::uint32_t id = 0; id < vk.circuit.tensors.size(); ++id) {
    if (vk.circuit.is_public(id)) {
      const circuit::Tensor& t = vk.circuit.tensors[id];
      out.publics[id] = IntVector(t.type, static_cast<std::size_t>(tensor::num_elements(t.shape)));
    }
  }
  return out;
}

Status expect_inner(const statement::VerifyingKey& vk) {
  if (!pcs::is_inner(vk.scheme)) {
    return bad_input("verification key", "expected one whose proofs are verified in a circuit, found another");
  }
  if (vk.weight_vector && !hash::to_element(vk.weight_vector->root)) {
    return bad_input("verification key", "root of the weights: expected a canonical element, found a larger number");
  }
  if (vk.scheme.publics == PublicForm::kDigest) {
    const std::size_t num_words = packing(vk.circuit, PublicForm::kDigest).num_words();
    if (num_words == 0 || num_words > kMaxDigestWords) {
      return bad_input("public values by digest", "expected 1 to {} words of them, found {}", kMaxDigestWords,
                       num_words);
    }
  }
  return {};
}

std::uint32_t num_public_wires(const statement::VerifyingKey& vk) {
  return static_cast<std::uint32_t>(num_signals(vk.circuit, vk.scheme.publics));
}

}  // namespace

Result<VerifierCircuit> record_verifier(const statement::VerifyingKey& vk) {
  PROOFCARD_RETURN_IF_ERROR(expect_inner(vk));
  Builder builder(Keep::kConstraints, num_public_wires(vk));
  PROOFCARD_RETURN_IF_ERROR(run(builder, vk, any_header(vk), Fr(), std::nullopt));
  return VerifierCircuit{builder.take_system(), builder.parts()};
}

Result<std::vector<Fr>> verifier_values(const statement::VerifyingKey& vk, ByteView proof, const Fr& context) {
  PROOFCARD_RETURN_IF_ERROR(expect_inner(vk));
  ByteReader reader(proof, "proof");
  PROOFCARD_TRY(const statement::Header header, statement::read_header(reader, vk));
  if (header.mode.byte() != 0) {
    return rejected("statement", "mode: expected a proof that is not zero-knowledge, found mode {}",
                    header.mode.byte());
  }
  Builder builder(Keep::kValues, num_public_wires(vk));
  const bool by_digest = vk.scheme.publics == PublicForm::kDigest;
  PROOFCARD_RETURN_IF_ERROR(run(builder, vk, header, by_digest ? context : statement::context_word(header.context),
                                proof.subspan(reader.offset())));
  if (builder.violation().has_value()) {
    return rejected(*builder.violation(), "the circuit's constraints do not hold");
  }
  return builder.take_values();
}

}  // namespace proofcard::wrap
