#include "host/groth16/contract/calldata.hpp"

#include <fmt/format.h>

#include <string>

#include "host/hash/keccak.hpp"

namespace proofcard::groth16 {
namespace {

void put_selector(ByteWriter& out, const std::string& signature) {
  const auto digest = hash::keccak256({reinterpret_cast<const std::uint8_t*>(signature.data()), signature.size()});
  out.raw(ByteView(digest).first(4));
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
  put_words(out, proof.a);
  put_words(out, proof.b);
  put_words(out, proof.c);
  if (any_number) {
    put_word(out, {9 * 32, 0, 0, 0});  // where the list begins
    put_word(out, {public_signals.size(), 0, 0, 0});
  }
  for (const Fr& signal : public_signals) {
    put_word(out, signal.canonical());
  }
  return out.take();
}

}  // namespace proofcard::groth16
