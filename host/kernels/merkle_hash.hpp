// MerkleHash: the hashes that Merkle trees over rows of field elements are made of, many at a time, and the search for
// nonces.
//
// Hash:    kSha256: SHA-256 with a first byte that says what is hashed, so that none stands for another:
//            leaf   0 || elements of the row, 32 little-endian bytes each, canonical
//            node   1 || left child || right child
//            nonce  2 || seed || nonce, 8 little-endian bytes
//          Leaves and nodes follow RFC 6962, sec. 2.1. One tree has rows of one length, so no leaf extends another.
//          kPoseidon2 (hash/poseidon2.hpp), digests are elements:
//            leaf   compress_row of the row
//            node   compression of width 8 of two, four or eight children, zeros behind
//            nonce  hash_pair(seed, nonce, kNonce)
//          Nothing says what is hashed: the trees of a key have fixed shapes, rows of one length and leaves at one depth.
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
#include "host/hash/function.hpp"

namespace proofcard::kernels {

using hash::Digest;

class MerkleHash {
 public:
  virtual ~MerkleHash() = default;
  virtual std::string_view name() const = 0;
  virtual hash::Function function() const = 0;

  // out[i] = digest of row i. Pre: elements.size() is a multiple of out.size(); kPoseidon2: rows of
  // one element at least.
  virtual void leaves(std::span<Digest> out, std::span<const Fr> elements) const = 0;

  // out[i] = digest of children n i to n i + n - 1. Sizes: children n * out, n = 2; kPoseidon2: 2, 4 or 8, and digests are
  // canonical elements. out does not overlap children.
  virtual void nodes(std::span<Digest> out, std::span<const Digest> children) const = 0;

  // The smallest nonce whose digest with the seed has that many zero bits: the first ones (of byte 0 the top bit first), of
  // kPoseidon2 the lowest of the element. Expects 2^bits hashes. Pre: bits <= kMaxGrindingBits; kPoseidon2: the seed is a
  // canonical element.
  virtual std::uint64_t smallest_nonce(const Digest& seed, unsigned bits) const = 0;
};

inline constexpr unsigned kMaxGrindingBits = 30;

// Whether the digest of (seed, nonce) has that many zero bits. No seed that is not an element fits, of kPoseidon2.
bool nonce_fits(hash::Function function, const Digest& seed, std::uint64_t nonce, unsigned bits);

// One hash after the other, from hash/sha256.hpp and hash/poseidon2.hpp; the definition that the others are tested against.
const MerkleHash& reference_merkle_hash(hash::Function function = hash::Function::kSha256);
// kSha256: SHA extensions of x86-64, with any instruction set but the portable one and where the processor has them;
// kPoseidon2: AVX-512 IFMA, eight permutations at a time; else portable. Parallel.
const MerkleHash& cpu_merkle_hash(hash::Function function = hash::Function::kSha256);

}  // namespace proofcard::kernels
