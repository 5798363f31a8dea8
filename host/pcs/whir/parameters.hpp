// Parameters of one opening: codes, queries and grinding of every round, from the sizes of the vectors alone; and the
// soundness that is proved for them.
//
// Source:  bounds are those of docs/hash-commitments.md: list decoding up to Johnson's radius, and mutual correlated
//          agreement there (Haboeck, eprint 2025/2110, theorem 2). Nothing is conjectured.
// Radius:  rows of a word of rate rho that agree with a code word are at least (1 + 1 / (2 m)) sqrt(rho), m the
//          multiplicity of the theorem.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "host/base/result.hpp"
#include "host/pcs/whir/code.hpp"

namespace proofcard::pcs::whir {

inline constexpr unsigned kSecurityBits = 100;
// Work before queries are drawn, at every round; 2 to 4 ms a round on one thread (docs/hash-commitments.md).
inline constexpr unsigned kGrindingBits = 16;
// The same with kPoseidon2, of which a nonce takes a permutation: docs/hash-commitments.md, "In a circuit".
inline constexpr unsigned kPoseidon2GrindingBits = 12;
constexpr unsigned grinding_bits(hash::Function function) {
  return function == hash::Function::kPoseidon2 ? kPoseidon2GrindingBits : kGrindingBits;
}
// A polynomial of at most so many coefficients is sent instead of folded.
inline constexpr unsigned kMaxLogFinal = 7;
// Vectors in one opening.
inline constexpr std::size_t kMaxVectors = 256;

// A word that was committed, and how it is queried.
struct Oracle {
  Code code;
  unsigned multiplicity = 0;  // m
  unsigned num_queries = 0;
};

struct Parameters {
  hash::Function function = hash::Function::kSha256;
  unsigned security_bits = 0;
  unsigned grinding_bits = 0;
  std::vector<Oracle> inputs;        // the committed vectors
  std::vector<std::size_t> offsets;  // where each stands, folded, in the joined vector
  unsigned log_joined = 0;
  std::vector<Oracle> rounds;  // the joined vector, and what it is folded to
  unsigned log_final = 0;
};

// Errors: kBadInput for no vectors or too many, for sizes without a code, and for security that these codes do not have.
Result<Parameters> make_parameters(std::span<const unsigned> log_sizes, unsigned security_bits = kSecurityBits,
                                   hash::Function function = hash::Function::kSha256);

// A vector that hides its values has rows of 2^kInputLogWidth random elements at its end, its tail: with them as many
// rows of the word as there are in the tail are uniform together, whatever the values.
struct HiddenSize {
  unsigned log_size = 0;
  std::size_t num_tail_rows = 0;
};

// Tail rows beyond those that openings show: for the answer at the out-of-domain point, and so that any other row of the
// word is uniform too, and nobody guesses what its digest is of.
inline constexpr std::size_t kSpareTailRows = 2;

// Of a vector of so many values that is opened so many times: the tail has a row for each query that any opening may make.
// Errors: kBadInput for a vector that has no code.
Result<HiddenSize> hidden_size(std::size_t num_values, std::uint32_t num_openings, unsigned security_bits,
                               hash::Function function = hash::Function::kSha256);

// A place where a false claim survives with probability at most 2^-bits; grinding included, apart.
struct Step {
  std::string name;
  double bits = 0;
  unsigned grinding_bits = 0;  // of these
  std::string source;
};

// What an opening has to be counted with while it hides.
struct Hidden {
  std::vector<bool> masked;          // by vector: folded with a mask
  double log2_num_claimed_sums = 0;  // how many values hidden messages may stand for: log2 of the length of their list
};

// Upper bounds of all errors, one by one. num_claims: claims of the opening. hidden: when it hides.
std::vector<Step> soundness(const Parameters& parameters, std::size_t num_claims, const Hidden* hidden = nullptr);
// -log2 of the sum of their errors.
double total_bits(std::span<const Step> steps);

}  // namespace proofcard::pcs::whir
