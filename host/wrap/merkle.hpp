// Rows of a word that are opened against the root of its tree, over wires. The tree is that of docs/hash-commitments.md ("Poseidon2"): nodes of
// 8 children, the highest one of 2 or 4 when the number of levels of bits is no multiple of three.
//
// Cost:    leaf_cost() and path_cost() constraints.
#pragma once

#include <span>
#include <vector>

#include "host/wrap/bits.hpp"
#include "host/wrap/poseidon2.hpp"

namespace proofcard::wrap {

// The digest of a row.
Wire leaf_digest(Builder& builder, std::span<const Wire> row);
std::size_t leaf_cost(std::size_t num_elements);

// Siblings on the way from a row to the root: of each level those of one node, by ascending index without the node's own child.
std::size_t num_siblings(std::size_t log_rows);

// Requires that the row of this digest, at the index of these bits, leads to the root. Pre: siblings.size() = num_siblings(index.size()).
void require_path(Builder& builder, const Wire& leaf, std::span<const Wire> index, std::span<const Fr> siblings,
                  const Wire& root);
std::size_t path_cost(std::size_t log_rows);

}  // namespace proofcard::wrap
