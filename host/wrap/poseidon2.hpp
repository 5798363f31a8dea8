// Poseidon2 (host/hash/poseidon2.hpp) over wires.
//
// Cost:    three constraints for each x^5: 264, 363, 555 for t = 4, 8, 16; a compression the same.
// Forms:   of a full round, t terms. In the partial rounds the wire is what goes into the next x^5, and the result of the last one a form of
//          it: so long forms stand in C alone, once a round, where a key has them in one sum (groth16/ceremony).
#pragma once

#include <span>
#include <vector>

#include "host/hash/poseidon2.hpp"
#include "host/wrap/builder.hpp"

namespace proofcard::wrap {

// Pre: state has p.width elements.
void permute(Builder& builder, const hash::Poseidon2& p, std::span<Wire> state);

// As hash::compress: at most p.width elements, and one at least.
Wire compress(Builder& builder, const hash::Poseidon2& p, std::span<const Wire> input);

constexpr std::size_t permutation_cost(std::size_t width) {
  return 3 * (hash::kPoseidon2FullRounds * width + (width == 4 ? 56 : 57));
}

}  // namespace proofcard::wrap
