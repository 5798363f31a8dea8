// Runs an integer graph and keeps every tensor and every rounding remainder: what the proof will commit to.
//
// Semantics: exactly those of graph.hpp, in 64-bit integers; validate(graph) rules out overflow.
// Order:     tensors by tensor id, remainders by node index, both row-major. Independent of threads and instruction
// set.
#pragma once

#include <span>
#include <vector>

#include "host/base/int_vector.hpp"
#include "host/base/result.hpp"
#include "host/graph/graph.hpp"

namespace proofcard::graph {

struct Trace {
  // By tensor id, in narrowest_int_type(lo, hi). Those of weights are empty: they are in the graph.
  std::vector<IntVector> tensors;
  // By node. Linear with shift > 0: multiplier * acc + 2^(shift-1) - out * 2^shift, in [0, 2^shift).
  // Divide: 2 * numerator * 2^shift + denominator - out * 2 * denominator, in [0, 2 * denominator).
  // Others: empty.
  std::vector<IntVector> remainders;
};

// Pre: validate(graph) is ok. One input for each of graph.inputs, of any stored type.
// Errors: kBadInput for a wrong number or size of inputs, or a value outside the declared range, which is named by its
// index and never by its value; kBadInput "internal range analysis" if an intermediate value leaves its [lo, hi].
Result<Trace> execute(const Graph& graph, std::span<const IntVector> inputs);

}  // namespace proofcard::graph
