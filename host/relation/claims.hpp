// Claims "the multilinear extension of tensor t at this point is v": what relations and lookups reduce to and openings
// prove. V is Fr on the prover's side and Value on the verifier's.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "host/circuit/layout.hpp"
#include "host/poly/multilinear.hpp"

namespace proofcard::relation {

template <class V>
struct TensorClaim {
  std::uint32_t tensor = 0;
  poly::Point point;
  V value;
};

// The first claim with this tensor and point, or null. Both sides ask in the same order, so they share messages alike.
template <class V>
const TensorClaim<V>* find_claim(const std::vector<TensorClaim<V>>& claims, std::uint32_t tensor,
                                 const poly::Point& point) {
  for (const TensorClaim<V>& claim : claims) {
    if (claim.tensor == tensor && claim.point == point) {
      return &claim;
    }
  }
  return nullptr;
}

// For every tensor of a table of tensors, table by table, the claim at the first coordinates of the point, without its value.
template <class V>
std::vector<TensorClaim<V>> table_claims(const circuit::Circuit& circuit, std::span<const Fr> point) {
  std::vector<TensorClaim<V>> out;
  for (const circuit::Table& table : circuit.tables) {
    for (const std::uint32_t id : table.tensors) {
      const auto of_table = point.first(circuit::log_table_size(table));
      out.push_back({id, poly::Point(of_table.begin(), of_table.end()), V()});
    }
  }
  return out;
}

}  // namespace proofcard::relation
