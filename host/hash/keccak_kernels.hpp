// What the permutation of keccak.hpp is made of, and the one for AVX-512. Source: FIPS 202.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

namespace proofcard::hash::keccak_internal {

inline constexpr std::size_t kLanes = 25;
inline constexpr std::size_t kStates = 8;

// Algorithm 5: bit 2^j - 1 of the constant of round i is bit j + 7 i of the stream of x^8 + x^6 + x^5 + x^4 + 1.
constexpr std::array<std::uint64_t, 24> make_round_constants() {
  std::array<std::uint64_t, 24> constants{};
  unsigned lfsr = 1;
  for (auto& constant : constants) {
    for (unsigned j = 0; j < 7; ++j) {
      if (lfsr & 1) {
        constant |= std::uint64_t{1} << ((1U << j) - 1);
      }
      lfsr <<= 1;
      if (lfsr & 0x100) {
        lfsr ^= 0x171;
      }
    }
  }
  return constants;
}

// Pi moves the lanes other than (0, 0) in one cycle of 24; lane lane[t] receives the one before it, turned by
// rotation[t] (rho).
struct RhoPi {
  std::array<std::size_t, 24> lane{};
  std::array<int, 24> rotation{};
};
constexpr RhoPi make_rho_pi() {
  RhoPi r;
  std::size_t x = 1, y = 0;
  for (std::size_t t = 0; t < 24; ++t) {
    const std::size_t next_y = (2 * x + 3 * y) % 5;
    x = y;
    y = next_y;
    r.lane[t] = x + 5 * y;
    r.rotation[t] = static_cast<int>((t + 1) * (t + 2) / 2 % 64);
  }
  return r;
}

inline constexpr auto kRoundConstants = make_round_constants();
inline constexpr RhoPi kRhoPi = make_rho_pi();
static_assert(kRoundConstants[0] == 1 && kRoundConstants[23] == 0x8000000080008008);

// Permutes eight states: lanes[kStates * i + s] is lane i of state s. Pre: the processor has AVX-512.
void permute_eight_avx512(std::uint64_t* lanes);

}  // namespace proofcard::hash::keccak_internal
