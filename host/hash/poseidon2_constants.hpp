// Constants of the instances of poseidon2.hpp, as scripts/generate_poseidon2.py works them out.
#pragma once

#include <array>
#include <cstddef>
#include <span>

#include "host/field/fr.hpp"

namespace proofcard::hash::detail {

struct Poseidon2Constants {
  std::size_t width = 0;
  std::span<const U256> diagonal;  // Poseidon2's, canonical
  std::span<const U256> full;
  std::span<const U256> partial;
};
extern const std::array<Poseidon2Constants, 3> kPoseidon2Constants;  // by width

}  // namespace proofcard::hash::detail
