// Poseidon2Sponge: elements in, elements out, each depending on all that went in before.
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

#include "host/field/fr.hpp"

namespace proofcard::hash {

class Poseidon2Sponge {
 public:
  explicit Poseidon2Sponge(const Fr& tag) : state_{Fr(), Fr(), Fr(), tag} {}

  void absorb(const Fr& element);
  Fr squeeze();

 private:
  static constexpr std::size_t kRate = 3;
  void permute_state();

  std::array<Fr, kRate + 1> state_;
  std::size_t absorbed_ = 0;  // since the last permutation
  std::size_t squeezed_ = kRate;
};

}  // namespace proofcard::hash
