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
  unsigned security_bits = 0;
  unsigned grinding_bits = 0;
  std::vector<Oracle> inputs;        // the committed vectors
  std::vector<std::size_t> offsets;  // where each stands, folded, in the joined vector
  unsigned log_joined = 0;
  std::vector<Oracle> rounds;  // the joined vector, and what it is folded to
  unsigned log_final = 0;
};

// Errors: kBadInput for no vectors or too many, for sizes without a code, and for security that these codes do not have.
Result<Parameters> make_parameters(std::span<const unsigned> log_sizes, unsigned security_bits = kSecurityBits);

// A place where a false claim survives with probability at most 2^-bits; grinding included, apart.
struct Step {
  std::string name;
  double bits = 0;
  unsigned grinding_bits = 0;  // of these
  std::string source;
};

// Upper bounds of all errors, one by one. num_claims: claims of the opening.
std::vector<Step> soundness(const Parameters& parameters, std::size_t num_claims);
// -log2 of the sum of their errors.
double total_bits(std::span<const Step> steps);

}  // namespace proofcard::pcs::whir
