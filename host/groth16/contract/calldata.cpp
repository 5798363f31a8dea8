#include "host/groth16/contract/calldata.hpp"

#include <fmt/format.h>

#include <string>

#include "host/hash/keccak.hpp"

namespace proofcard::groth16 {
namespace {

constexpr std::uint64_t kProofWords = 8;

void put_selector(ByteWriter& out, const std::string& signature) {
  const auto digest = hash::keccak256({reinterpret_cast<const std::uint8_t*>(signature.data()), signature.size()});
  out.raw(ByteView(digest).first(4));
}

void put_proof(ByteWriter& out, const Proof& proof) {
  put_words(out, proof.a);
  put_words(out, proof.b);
  put_words(out, proof.c);
}

// The last argument, after so many words of others and its own: where it begins, its length and its elements.
void put_list(ByteWriter& out, std::uint64_t words_before, std::span<const Fr> list) {
  put_word(out, {32 * words_before, 0, 0, 0});
  put_word(out, {list.size(), 0, 0, 0});
  for (const Fr& v : list) {
    put_word(out, v.canonical());
  }
}

}  // namespace

void put_word(ByteWriter& out, const U256& value) {
  for (std::size_t i = 32; i-- > 0;) {
    out.u8(static_cast<std::uint8_t>(value[i / 8] >> (8 * (i % 8))));
  }
}

void put_words(ByteWriter& out, const curve::G1Affine& point) {
  put_word(out, point.x.canonical());
  put_word(out, point.y.canonical());
}

void put_words(ByteWriter& out, const curve::G2Affine& point) {
  for (const Fq& v : {point.x.c1, point.x.c0, point.y.c1, point.y.c0}) {
    put_word(out, v.canonical());
  }
}

Bytes calldata(const Proof& proof, std::span<const Fr> public_signals, ContractFunction function) {
  ByteWriter out;
  const bool any_number = function == ContractFunction::kVerify;
  put_selector(out, any_number ? "verify(uint256[8],uint256[])"
                               : fmt::format("verifyProof(uint256[2],uint256[2][2],uint256[2],uint256[{}])",
                                             public_signals.size()));
  put_proof(out, proof);
  if (any_number) {
    put_list(out, kProofWords + 1, public_signals);
    return out.take();
  }
  for (const Fr& signal : public_signals) {
    put_word(out, signal.canonical());
  }
  return out.take();
}

Bytes values_calldata(const Proof& proof, const Fr& context, const Fr& digest, std::span<const Fr> values) {
  ByteWriter out;
  put_selector(out, "verifyValues(uint256[8],uint256,uint256,uint256[])");
  put_proof(out, proof);
  put_word(out, context.canonical());
  put_word(out, digest.canonical());
  put_list(out, kProofWords + 3, values);
  return out.take();
}

}  // namespace proofcard::groth16
