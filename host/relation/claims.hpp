// Claims "the multilinear extension of tensor t at this point is v": what relations and lookups reduce to and openings
// prove. V is Fr on the prover's side and Value on the verifier's.
#pragma once

#include <cstdint>
#include <vector>

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

}  // namespace proofcard::relation
