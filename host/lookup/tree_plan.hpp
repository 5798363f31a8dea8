// What the prover of a tree of fractional sums keeps in memory, and what it makes again from the leaves.
//
// Layers: 0 are the leaves, which are never kept. Layers from first_kept on are kept when they are built; a lower one is made by
//         blocks each time its sumcheck reads it, and its first variables are bound in passing, so that what is then in memory
//         is no more than the kept layers were.
// Range:  a tree of 2^n leaves takes 2^(n + 7 - first_kept) bytes.
// Cost:   docs/benchmarks: beside first_kept = 1, 2 costs about nothing, and every further halving more.
#pragma once

#include <cstddef>
#include <cstdint>

namespace proofcard::lookup {

struct TreePlan {
  unsigned first_kept = 1;  // 1 or more

  // Variables of layer `layer` that are bound before a table is made.
  unsigned bound_in_passing(std::size_t layer) const {
    return layer + 2 < first_kept ? first_kept - 2 - static_cast<unsigned>(layer) : 0;
  }
};

// The most that first_kept may be: beyond it the memory that is left is no longer that of the tree.
inline constexpr unsigned kMaxFirstKept = 6;

// Bytes of a tree of 2^log_size leaves at its largest.
std::uint64_t tree_bytes(std::size_t log_size, const TreePlan& plan);

// The fastest plan whose tree takes at most so many bytes; with 0, as many as suit its size. If none does, the smallest.
TreePlan plan_tree(std::size_t log_size, std::uint64_t memory_bytes = 0);

}  // namespace proofcard::lookup
