// Which commitments a key and its proofs have.
#pragma once

#include <cstdint>

namespace proofcard::pcs {

enum class Kind : std::uint8_t {
  kHyrax,  // rows of points, pcs/hyrax: hiding, shorter, sound while discrete logarithms are hard
  kHash,   // roots of hashes, pcs/whir: against quantum computers too; they hide nothing yet
};

struct Scheme {
  Kind kind = Kind::kHyrax;
  unsigned security_bits = 0;  // kHash: what openings are made for

  bool operator==(const Scheme&) const = default;
};

}  // namespace proofcard::pcs
