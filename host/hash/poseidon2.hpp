// Poseidon2: a permutation of t elements of Fr that costs few products, and the compression made of it.
//
// Source:  Grassi, Khovratovich, Schofnegger, "Poseidon2" (eprint 2023/323), secs. 5 and 6; compression with a feed-forward
//          as there in sec. 3, of one element of output.
// Rounds:  s = M_E s, then half of the full rounds, the partial rounds, the other half. A full round adds constants, takes
//          x^5 of all elements and multiplies by M_E; a partial one adds a constant to element 0, takes x^5 of it alone and
//          multiplies by M_I.
// M_E:     M4 for t = 4; else blocks, 2 M4 on the diagonal and M4 elsewhere. M4 = (5 7 1 3; 4 6 1 1; 1 3 5 7; 1 1 4 6).
// M_I:     all ones, plus the diagonal.
// Instances: t = 4 is the authors' for BN254. t = 8 and 16 have their constants, and a diagonal of small numbers in place
//          of theirs, because it makes products cheap; scripts/generate_poseidon2.py checks what sec. 5.3 asks for.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "host/field/fr.hpp"

namespace proofcard::hash {

inline constexpr std::size_t kPoseidon2FullRounds = 8;
inline constexpr std::size_t kMaxPoseidon2Width = 16;

struct Poseidon2 {
  std::size_t width = 0;     // t, 4 or a multiple of it up to kMaxPoseidon2Width
  std::vector<Fr> diagonal;  // of M_I, less the ones: width
  std::vector<Fr> full;      // round by round, width each
  std::vector<Fr> partial;   // one a round
};

// Pre: width is 4, 8 or 16.
const Poseidon2& poseidon2(std::size_t width);

// Pre: state has p.width elements.
void permute(const Poseidon2& p, std::span<Fr> state);

// P(x)[0] + x[0], with zeros behind the input. Pre: at most p.width elements, and one at least.
Fr compress(const Poseidon2& p, std::span<const Fr> input);

}  // namespace proofcard::hash
