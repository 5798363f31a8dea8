// MerkleHash: the hashes that Merkle trees over rows of field elements are made of, many at a time, and the search for
// nonces.
//
// Hash:    SHA-256 with a first byte that says what is hashed, so that none stands for another:
//            leaf   0 || elements of the row, 32 little-endian bytes each, canonical
//            node   1 || left child || right child
//            nonce  2 || seed || nonce, 8 little-endian bytes
//          Leaves and nodes follow RFC 6962, sec. 2.1. One tree has rows of one length, so no leaf extends another.
// Why SHA-256: 28 ns an element with SHA extensions, 200 ns without; docs/hash-commitments.md.
// Shape:   rows come by column: element j of row i stands at elements[j * number of rows + i], as transforms of columns
//          leave them.
// Result:  equal on every backend, byte for byte.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "host/field/fr.hpp"
#include "host/hash/digest.hpp"

namespace proofcard::kernels {

using hash::Digest;

class MerkleHash {
 public:
  virtual ~MerkleHash() = default;
  virtual std::string_view name() const = 0;

  // out[i] = digest of row i. Pre: elements.size() is a multiple of out.size().
  virtual void leaves(std::span<Digest> out, std::span<const Fr> elements) const = 0;

  // out[i] = digest of children 2i and 2i + 1. Sizes: children 2 * out. out does not overlap children.
  virtual void nodes(std::span<Digest> out, std::span<const Digest> children) const = 0;

  // The smallest nonce whose digest with the seed begins with that many zero bits (of byte 0 the top bit first). Expects
  // 2^bits hashes. Pre: bits <= kMaxGrindingBits.
  virtual std::uint64_t smallest_nonce(const Digest& seed, unsigned bits) const = 0;
};

inline constexpr unsigned kMaxGrindingBits = 30;

// Whether the digest of (seed, nonce) begins with that many zero bits.
bool nonce_fits(const Digest& seed, std::uint64_t nonce, unsigned bits);

// One hash after the other, from hash/sha256.hpp; the definition that the others are tested against.
const MerkleHash& reference_merkle_hash();
// SHA extensions of x86-64, with any instruction set but the portable one and where the processor has them; else
// portable. Parallel.
const MerkleHash& cpu_merkle_hash();

}  // namespace proofcard::kernels
