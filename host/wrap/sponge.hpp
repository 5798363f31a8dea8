// The sponge of hash/poseidon2_sponge.hpp over wires; its constraints are counted as the transcript's.
#pragma once

#include <span>

#include "host/hash/poseidon2_sponge.hpp"
#include "host/wrap/poseidon2.hpp"

namespace proofcard::wrap {

class WirePermutation {
 public:
  explicit WirePermutation(Builder& builder) : builder_(&builder) {}

  void operator()(std::span<Wire> state) const {
    const Part part(*builder_, "transcript");
    permute(*builder_, hash::poseidon2(state.size()), state);
  }

 private:
  Builder* builder_;
};

class WireSponge : public hash::SpongeOf<Wire, WirePermutation> {
 public:
  WireSponge(Builder& builder, const Fr& tag) : SpongeOf(tag, WirePermutation(builder)) {}
};

}  // namespace proofcard::wrap
