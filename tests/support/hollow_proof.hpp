// A proof of nothing, for any key: in zero-knowledge mode, every point at infinity. No equation fails before the end
// there, so the verifier goes through all its steps before it rejects.
#pragma once

#include "host/statement/proof.hpp"

namespace proofcard::testing {

inline Bytes hollow_proof(const statement::VerifyingKey& vk) {
  constexpr std::size_t kMaxPublic = std::size_t{1} << 20;  // larger public tensors are left out: too few bytes
  constexpr std::size_t kNumPoints = 20000;
  statement::Header header{{true, false}, vk.digest, statement::PublicTensors(vk.circuit.tensors.size())};
  for (std::uint32_t id = 0; id < vk.circuit.tensors.size(); ++id) {
    const circuit::Tensor& t = vk.circuit.tensors[id];
    if (vk.circuit.is_public(id) && tensor::num_elements(t.shape) < kMaxPublic) {
      header.publics[id] = IntVector(t.type, tensor::num_elements(t.shape));
      for (std::size_t i = 0; i < header.publics[id].size(); ++i) {
        header.publics[id].set(i, t.lo);
      }
    }
  }
  ByteWriter out;
  statement::write(out, vk.circuit, header);
  Bytes infinity(32);
  infinity.back() = 0x40;
  for (std::size_t i = 0; i < kNumPoints; ++i) {
    out.raw(infinity);
  }
  return out.take();
}

}  // namespace proofcard::testing
