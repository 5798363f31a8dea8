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
#include <optional>
#include <span>
#include <vector>

#include "host/field/fr.hpp"
#include "host/hash/digest.hpp"

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

// Of a row of field elements. At most 8: compression of width 8; at most 16: of width 16; of more: of the first 16, and then of what
// came out and the next 15, and so on. Pre: one element at least.
Fr compress_row(std::span<const Fr> row);

// P(a, b, tag, 0)[0] of width 4: the uses of it outside of sponges, told apart by their tags.
enum class PairTag : std::uint8_t { kNonce = 1, kPoint = 2 };
Fr hash_pair(const Fr& a, std::uint64_t b, PairTag tag);

// A digest is an element, canonical. Nothing for other bytes.
inline Digest to_digest(const Fr& element) { return element.to_bytes(); }
inline std::optional<Fr> to_element(const Digest& digest) { return Fr::from_bytes(digest); }

}  // namespace proofcard::hash
