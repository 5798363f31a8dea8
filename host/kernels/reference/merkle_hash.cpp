// The definition of MerkleHash: each message written out, and hashed by itself.
#include "host/kernels/merkle_hash.hpp"

#include <vector>

#include "host/base/bytes.hpp"
#include "host/hash/poseidon2.hpp"
#include "host/hash/sha256.hpp"
#include "host/kernels/merkle_messages.hpp"

namespace proofcard::kernels {
namespace {

std::uint64_t smallest_fitting(hash::Function function, const Digest& seed, unsigned bits) {
  std::uint64_t nonce = 0;
  while (!nonce_fits(function, seed, nonce, bits)) {
    ++nonce;
  }
  return nonce;
}

class ReferenceMerkleHash final : public MerkleHash {
 public:
  std::string_view name() const override { return "reference"; }
  hash::Function function() const override { return hash::Function::kSha256; }

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
    return smallest_fitting(function(), seed, bits);
  }
};

class ReferencePoseidon2Hash final : public MerkleHash {
 public:
  std::string_view name() const override { return "reference"; }
  hash::Function function() const override { return hash::Function::kPoseidon2; }

  void leaves(std::span<Digest> out, std::span<const Fr> elements) const override {
    for (std::size_t i = 0; i < out.size(); ++i) {
      std::vector<Fr> row;
      for (std::size_t at = i; at < elements.size(); at += out.size()) {
        row.push_back(elements[at]);
      }
      out[i] = hash::to_digest(hash::compress_row(row));
    }
  }

  void nodes(std::span<Digest> out, std::span<const Digest> children) const override {
    for (std::size_t i = 0; i < out.size(); ++i) {
      std::vector<Fr> state;
      for (const Digest& child : children.subspan(i * (children.size() / out.size()), children.size() / out.size())) {
        state.push_back(hash::to_element(child).value_or(Fr()));
      }
      out[i] = hash::to_digest(hash::compress(hash::poseidon2(8), state));
    }
  }

  std::uint64_t smallest_nonce(const Digest& seed, unsigned bits) const override {
    return smallest_fitting(function(), seed, bits);
  }
};

}  // namespace

const MerkleHash& reference_merkle_hash(hash::Function function) {
  static const ReferenceMerkleHash kHash;
  static const ReferencePoseidon2Hash kPoseidon2;
  if (function == hash::Function::kPoseidon2) {
    return kPoseidon2;
  }
  return kHash;
}

}  // namespace proofcard::kernels
