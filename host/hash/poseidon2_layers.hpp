// The linear layers of poseidon2.hpp, over Fr and over whatever else has its sums and products with constants.
#pragma once

#include <array>
#include <cstddef>
#include <span>

namespace proofcard::hash {

// By eight sums and four doublings (eprint 2023/323, sec. 5.1). Pre: four elements.
template <class N>
void multiply_m4(std::span<N> x) {
  const N a = x[0] + x[1], b = x[2] + x[3];
  const N c = x[1].twice() + b, d = x[3].twice() + a;
  const N e = b.twice().twice() + d, f = a.twice().twice() + c;
  x[0] = d + f;
  x[1] = f;
  x[2] = c + e;
  x[3] = e;
}

// state = M_E state. Pre: a multiple of four elements.
template <class N>
void multiply_external(std::span<N> state) {
  std::array<N, 4> sums{};
  for (std::size_t i = 0; i < state.size(); i += 4) {
    multiply_m4(state.subspan(i, 4));
    for (std::size_t j = 0; j < 4; ++j) {
      sums[j] += state[i + j];
    }
  }
  if (state.size() > 4) {
    for (std::size_t i = 0; i < state.size(); ++i) {
      state[i] += sums[i % 4];
    }
  }
}

}  // namespace proofcard::hash
