// Claims "the multilinear extension of tensor t at this point is v": what relations and lookups reduce to and openings
// prove. On the prover's side V and N are Fr; on the verifier's they are its channel's Value and Number.
#pragma once

#include <cstdint>
#include <vector>

#include "host/circuit/layout.hpp"
#include "host/poly/multilinear.hpp"

namespace proofcard::relation {

template <class V, class N = Fr>
struct TensorClaim {
  std::uint32_t tensor = 0;
  std::vector<N> point;
  V value;
};

// For every tensor of a table of tensors, table by table, the claim at the first coordinates of the point, without its value.
template <class V, class N = Fr>
std::vector<TensorClaim<V, N>> table_claims(const circuit::Circuit& circuit, poly::Coordinates<N> point) {
  std::vector<TensorClaim<V, N>> out;
  for (const circuit::Table& table : circuit.tables) {
    for (const std::uint32_t id : table.tensors) {
      const auto of_table = point.first(circuit::log_table_size(table));
      out.push_back({id, std::vector<N>(of_table.begin(), of_table.end()), V()});
    }
  }
  return out;
}

}  // namespace proofcard::relation
