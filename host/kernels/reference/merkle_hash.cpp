// The definition of MerkleHash: each message written out, and hashed by itself.
#include "host/kernels/merkle_hash.hpp"

#include "host/base/bytes.hpp"
#include "host/hash/sha256.hpp"
#include "host/kernels/merkle_messages.hpp"

namespace proofcard::kernels {
namespace {

class ReferenceMerkleHash final : public MerkleHash {
 public:
  std::string_view name() const override { return "reference"; }

  void leaves(std::span<Digest> out, std::span<const Fr> elements) const override {
    for (std::size_t i = 0; i < out.size(); ++i) {
      ByteWriter message;
      message.u8(detail::kLeafTag);
      for (std::size_t at = i; at < elements.size(); at += out.size()) {
        message.raw(elements[at].to_bytes());
      }
      out[i] = hash::sha256(message.bytes());
    }
  }

  void nodes(std::span<Digest> out, std::span<const Digest> children) const override {
    for (std::size_t i = 0; i < out.size(); ++i) {
      ByteWriter message;
      message.u8(detail::kNodeTag);
      message.raw(children[2 * i]);
      message.raw(children[2 * i + 1]);
      out[i] = hash::sha256(message.bytes());
    }
  }

  std::uint64_t smallest_nonce(const Digest& seed, unsigned bits) const override {
    std::uint64_t nonce = 0;
    while (!nonce_fits(seed, nonce, bits)) {
      ++nonce;
    }
    return nonce;
  }
};

}  // namespace

const MerkleHash& reference_merkle_hash() {
  static const ReferenceMerkleHash kHash;
  return kHash;
}

}  // namespace proofcard::kernels
