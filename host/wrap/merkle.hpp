// Merkle trees of Poseidon2 over wires: rows of a word that are opened against its root (host/pcs/whir/protocol.hpp, with kPoseidon2).
//
// Shape:   nodes have 8 children, the root has what is left. The path of a row ends at the nodes two levels below the root, its top, of which
//          all are known.
// Cost:    exact, as functions.
#pragma once

#include <span>
#include <vector>

#include "host/wrap/bits.hpp"
#include "host/wrap/poseidon2.hpp"

namespace proofcard::wrap {

// hash::compress_row.
Wire row_digest(Builder& builder, std::span<const Wire> row);
std::size_t row_cost(std::size_t num_elements);

struct TreeShape {
  std::size_t path_levels = 0;
  unsigned log_top = 0;  // log2 of the nodes where paths end

  explicit TreeShape(unsigned log_rows);
  std::size_t num_top() const { return std::size_t{1} << log_top; }
  // Of one path: of each level from the row up the other children of the node, in order.
  std::size_t num_siblings() const;
};

// The digest where a path ends that begins with a row's. Each child of a node is a wire of its own, and the one that the bits name is
// required to be what is known so far. index: three bits a level; siblings: seven a level.
Wire path_end(Builder& builder, const Wire& row, std::span<const Wire> index, std::span<const Fr> siblings);
std::size_t path_cost(std::size_t num_levels);

// The root above nodes that stand side by side. Pre: a power of two of them.
Wire root_above(Builder& builder, std::vector<Wire> nodes);
std::size_t root_cost(std::size_t num_nodes);

}  // namespace proofcard::wrap
