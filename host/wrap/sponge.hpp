// The sponge of hash/poseidon2_sponge.hpp over wires.
#pragma once

#include <array>

#include "host/wrap/poseidon2.hpp"

namespace proofcard::wrap {

class WireSponge {
 public:
  WireSponge(Builder& builder, const Fr& tag) : builder_(builder), state_{Wire(), Wire(), Wire(), Wire(tag)} {}

  void absorb(const Wire& element);
  Wire squeeze();

 private:
  static constexpr std::size_t kRate = 3;
  void permute_state();

  Builder& builder_;
  std::array<Wire, kRate + 1> state_;
  std::size_t absorbed_ = 0;  // since the last permutation
  std::size_t squeezed_ = kRate;
};

}  // namespace proofcard::wrap
