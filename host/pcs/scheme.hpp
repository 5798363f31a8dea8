// Which commitments a key and its proofs have.
#pragma once

#include <cstdint>

namespace proofcard::pcs {

enum class Kind : std::uint8_t {
  kHyrax,  // rows of points, pcs/hyrax: hiding, shorter, sound while discrete logarithms are hard
  kHash,   // roots of hashes, pcs/whir: against quantum computers too
};

inline constexpr std::uint32_t kMaxProofs = std::uint32_t{1} << 20;

struct Scheme {
  Kind kind = Kind::kHyrax;
  unsigned security_bits = 0;    // kHash: what openings are made for
  std::uint32_t max_proofs = 0;  // kHash: how many proofs of a key show nothing of its weights; 0: they are not hidden

  bool operator==(const Scheme&) const = default;
};

constexpr Scheme by_hashes(unsigned security_bits, std::uint32_t max_proofs = 0) {
  return {Kind::kHash, security_bits, max_proofs};
}

}  // namespace proofcard::pcs
