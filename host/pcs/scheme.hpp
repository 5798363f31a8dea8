// Which commitments a key and its proofs have.
#pragma once

#include <cstdint>

#include "host/hash/function.hpp"

namespace proofcard::pcs {

enum class Kind : std::uint8_t {
  kHyrax,  // rows of points, pcs/hyrax: hiding, shorter, sound while discrete logarithms are hard
  kHash,   // roots of hashes, pcs/whir: against quantum computers too
};

// How the public values of an inner proof stand in the statement of the circuit that verifies it (wrap/public_words.hpp).
enum class PublicForm : std::uint8_t {
  kWords = 0,   // all of them
  kDigest = 1,  // by a digest, in three words whatever their number
};

inline constexpr std::uint32_t kMaxProofs = std::uint32_t{1} << 20;

struct Scheme {
  Kind kind = Kind::kHyrax;
  unsigned security_bits = 0;    // kHash: what openings are made for
  std::uint32_t max_proofs = 0;  // kHash: how many proofs of a key show nothing of its weights; 0: they are not hidden
  hash::Function function = hash::Function::kSha256;  // kHash
  PublicForm publics = PublicForm::kWords;            // of inner proofs

  bool operator==(const Scheme&) const = default;
};

constexpr Scheme by_hashes(unsigned security_bits, std::uint32_t max_proofs = 0,
                           hash::Function function = hash::Function::kSha256) {
  return {Kind::kHash, security_bits, max_proofs, function, PublicForm::kWords};
}

// Whose proofs are verified inside of a circuit: they show more than they state, and never leave the prover but for the one of
// ranges in the key.
constexpr bool is_inner(const Scheme& scheme) {
  return scheme.kind == Kind::kHash && scheme.function == hash::Function::kPoseidon2;
}

// Of such keys. Hidden weights are hidden for the key's proof of ranges, and for one more: others never leave the prover.
constexpr Scheme inner_scheme(unsigned security_bits, PublicForm publics = PublicForm::kWords) {
  Scheme out = by_hashes(security_bits, 1, hash::Function::kPoseidon2);
  out.publics = publics;
  return out;
}

}  // namespace proofcard::pcs
