// The vectors of keys with commitments by hashes (circuit/vectors.hpp) as their openings have them: with place for what hides them.
//
// Weights: hidden by the key, or not at all: the same in all proofs of it.
// Others:  hidden by proofs in zero-knowledge mode; committed in each proof, so opened once.
#pragma once

#include <vector>

#include "host/base/result.hpp"
#include "host/circuit/vectors.hpp"
#include "host/pcs/scheme.hpp"
#include "host/pcs/whir/commitment.hpp"
#include "host/pcs/whir/parameters.hpp"

namespace proofcard::statement {

struct HashVector {
  bool is_weights = false;
  unsigned log_size = 0;
  std::size_t num_tail_rows = 0;  // 0: the vector is not hidden
  pcs::whir::Masking masking = pcs::whir::Masking::kNone;
};

// In order of joined.vectors(). Pre: scheme is kHash; proofs with hidden weights are zero-knowledge. Errors: kBadInput for vectors without
// a code.
Result<std::vector<HashVector>> hash_vectors(const circuit::JoinedVectors& joined, const pcs::Scheme& scheme,
                                             bool zero_knowledge);
// Digests of each level of the tree over the weights' vector, from the rows up; none without weights. Errors: as above.
Result<std::vector<std::size_t>> weight_tree_sizes(const circuit::Layout& layout, const pcs::Scheme& scheme);

// Bits that each part of a proof is made for. Zero-knowledge proofs have two, the opening and the equations on hidden messages, and their
// errors add up.
unsigned bits_of_parts(const pcs::Scheme& scheme, bool zero_knowledge);

// Those of their openings. Errors: as above; kBadInput for security that these codes do not have.
Result<pcs::whir::Parameters> opening_parameters(std::span<const HashVector> vectors, const pcs::Scheme& scheme,
                                                 bool zero_knowledge);

}  // namespace proofcard::statement
