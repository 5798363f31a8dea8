// SpongeOf: elements in, elements out, each depending on all that went in before. Poseidon2Sponge is the one over numbers;
// wrap/sponge.hpp has the one over wires.
//
// Source:  Bertoni, Daemen, Peeters, Van Assche, "Duplexing the Sponge" (2011), over Fr with Poseidon2 of width 4: elements 0 to 2
//          of the state are the rate, element 3 is the capacity and begins with a tag.
// Absorb:  an element is added to the next of the rate; where three were added since the last permutation, the state is permuted
//          first and it is added to element 0. Elements of one absorb and of the next share a block.
// Squeeze: after an absorb, and where three came out since the last permutation, the state is permuted first; then the next element
//          of the rate, from element 0 on. An absorb after a squeeze begins at element 0 again.
// Nothing says how many elements a block has: whoever uses it sees to it that what is absorbed, and when, follows from the tag and
// from what was absorbed before.
#pragma once

#include <array>
#include <cstddef>
#include <span>
#include <utility>

#include "host/field/fr.hpp"

namespace proofcard::hash {

// Permutation: called with a std::span<Element> of kSpongeWidth elements, which it permutes in place.
inline constexpr std::size_t kSpongeWidth = 4;

template <typename Element, typename Permutation>
class SpongeOf {
 public:
  explicit SpongeOf(const Fr& tag, Permutation permutation = {})
      : permutation_(std::move(permutation)), state_{Element(), Element(), Element(), Element(tag)} {}

  void absorb(const Element& element) {
    if (absorbed_ == kRate) {
      permute_state();
    }
    state_[absorbed_++] += element;
    squeezed_ = kRate;
  }

  Element squeeze() {
    if (squeezed_ == kRate) {
      permute_state();
      squeezed_ = 0;
    }
    return state_[squeezed_++];
  }

 private:
  static constexpr std::size_t kRate = kSpongeWidth - 1;

  void permute_state() {
    permutation_(std::span<Element>(state_));
    absorbed_ = 0;
  }

  Permutation permutation_;
  std::array<Element, kSpongeWidth> state_;
  std::size_t absorbed_ = 0;  // since the last permutation
  std::size_t squeezed_ = kRate;
};

struct SpongePermutation {
  void operator()(std::span<Fr> state) const;
};

using Poseidon2Sponge = SpongeOf<Fr, SpongePermutation>;

}  // namespace proofcard::hash
