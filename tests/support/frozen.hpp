// Challenges for attacks that need to know one of them in advance: they depend on nothing that was absorbed, and those
// of one label have a value of the test's choice.
//
// With such a challenge the attack succeeds, which is its positive control; with a random one in its place, and all
// others as they were, it fails. So the challenge is what stops it.
#pragma once

#include <optional>
#include <string>

#include "host/transcript/transcript.hpp"
#include "tests/support/random.hpp"

namespace proofcard::testing {

struct Frozen {
  std::string label;
  std::optional<Fr> value;  // none: random like the others
};

inline Transcript::Oracle frozen_oracle(const Frozen& frozen) {
  return [frozen, random = Random(77)](std::string_view label, std::size_t n) mutable {
    std::vector<Fr> out = random.frs(n);
    if (label == frozen.label && frozen.value) {
      std::fill(out.begin(), out.end(), *frozen.value);
    }
    return out;
  };
}

inline Transcript frozen_transcript(const Frozen& frozen) {
  Transcript out("test");
  out.set_oracle(frozen_oracle(frozen));
  return out;
}

}  // namespace proofcard::testing
