// Runs graphs whose first output is fed back: a language model over a prompt and the tokens that it gives itself.
//
// The fed-back values are right when an execution gives them back, out = graph(inputs, out). Where entry k of the output
// depends on the inputs and on entries before k only, as under a causal mask, there are just one such values, and
// executing again and again with what came out last finds them after at most as many executions as there are entries:
// each makes at least one more entry final.
#pragma once

#include <span>
#include <vector>

#include "host/base/int_vector.hpp"
#include "host/base/result.hpp"
#include "host/graph/graph.hpp"

namespace proofcard::graph {

// What execute() takes: the inputs, one for each of graph.inputs, and the fed-back values if there is such a tensor.
// Errors: those of execute(); kUnsupported when no values are given back, so that the graph is not causal.
Result<std::vector<IntVector>> with_fed_back(const Graph& graph, std::span<const IntVector> inputs);

}  // namespace proofcard::graph
