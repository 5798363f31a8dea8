// Computes the recipes of value.hpp from a trace.
#pragma once

#include <vector>

#include "host/base/result.hpp"
#include "host/compile/plan.hpp"
#include "host/graph/executor.hpp"

namespace proofcard::compile {

struct Values {
  std::vector<IntSpan> views;  // by value: true layout; into the graph, the trace or `owned`
  std::vector<IntVector> owned;
};

// Errors: kBadInput when the trace does not have the shapes of the graph.
Result<Values> evaluate(const graph::Graph& graph, const Plan& plan, const graph::Trace& trace);

}  // namespace proofcard::compile
