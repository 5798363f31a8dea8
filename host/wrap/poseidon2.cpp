#include "host/wrap/poseidon2.hpp"

#include <algorithm>

#include "host/base/check.hpp"
#include "host/hash/poseidon2_layers.hpp"

namespace proofcard::wrap {
namespace {

Wire power_5(const Wire& x) { return x * x.square().square(); }

void full_rounds(std::span<Wire> state, std::span<const Fr> constants) {
  for (std::size_t at = 0; at < constants.size(); at += state.size()) {
    for (std::size_t i = 0; i < state.size(); ++i) {
      state[i] = power_5(state[i] + constants[at + i]);
    }
    hash::multiply_external(state);
  }
}

// y of a partial round, x^5 with x = state[0] plus its constant, makes the next state[0]: (1 + diagonal[0]) y + the sum of the others.
void partial_rounds(Builder& builder, const hash::Poseidon2& p, std::span<Wire> state) {
  const Fr factor = Fr::one() + p.diagonal[0], inverse_factor = factor.inverse();
  for (std::size_t round = 0; round < p.partial.size(); ++round) {
    const Wire x = state[0] + p.partial[round];
    Wire others;
    for (const Wire& s : state.subspan(1)) {
      others += s;
    }
    Wire y;
    if (round + 1 == p.partial.size()) {
      y = power_5(x);
    } else {
      const Wire x_4 = x.square().square();
      const Wire next = builder.wire(x.value() * x_4.value() * factor + others.value());
      y = (next - others) * inverse_factor;
      builder.require_product(x, x_4, y);
    }
    const Wire sum = y + others;
    state[0] = y;
    for (std::size_t i = 0; i < state.size(); ++i) {
      state[i] = state[i] * p.diagonal[i] + sum;
    }
  }
}

}  // namespace

void permute(Builder& builder, const hash::Poseidon2& p, std::span<Wire> state) {
  PROOFCARD_CHECK(state.size() == p.width);
  const std::size_t half = p.full.size() / 2;
  hash::multiply_external(state);
  full_rounds(state, std::span(p.full).first(half));
  partial_rounds(builder, p, state);
  full_rounds(state, std::span(p.full).subspan(half));
}

Wire compress(Builder& builder, const hash::Poseidon2& p, std::span<const Wire> input) {
  PROOFCARD_CHECK(!input.empty() && input.size() <= p.width);
  std::vector<Wire> state(input.begin(), input.end());
  state.resize(p.width);
  permute(builder, p, state);
  return state[0] + input[0];
}

}  // namespace proofcard::wrap
