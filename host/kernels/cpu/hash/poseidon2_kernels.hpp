// Poseidon2 of many states: the loop of MerkleHash's kPoseidon2, by instruction set.
#pragma once

#include <cstddef>
#include <cstdint>

#include "host/kernels/merkle_hash.hpp"

namespace proofcard::kernels::detail {

// Constants for loops over 52-bit limbs (field/ifma52.hpp): five limbs an element, of the element times 2^260, canonical.
struct Poseidon2Limbs {
  std::size_t width = 0;
  const std::uint64_t* diagonal = nullptr;        // width; of width 4
  const std::uint64_t* small_diagonal = nullptr;  // the numbers themselves, one word each: of widths 8 and 16
  const std::uint64_t* full = nullptr;            // as in hash::Poseidon2
  const std::uint64_t* partial = nullptr;
  std::size_t num_partial = 0;
};

// Shape: element j of state i is the four words of an Fr at in[j] + 4 i, for j < num_in, zeros behind; result i at out + 4 i,
// which is P(state)[0], plus state[0] with feed_forward.
struct Poseidon2Kernel {
  const char* name;
  std::size_t lanes;  // `count` is a multiple of this
  void (*first)(std::uint64_t* out, const std::uint64_t* const* in, std::size_t num_in, const Poseidon2Limbs& p,
                bool feed_forward, std::size_t count);
};

const Poseidon2Kernel& poseidon2_portable();
#if defined(__x86_64__)
const Poseidon2Kernel& poseidon2_avx512();
#endif

const MerkleHash& cpu_poseidon2_hash();

}  // namespace proofcard::kernels::detail
