// The columns of a whole execution at once, recipe by recipe and element by element: what streaming is tested against.
#pragma once

#include "host/circuit/assignment.hpp"
#include "host/compile/plan.hpp"
#include "host/graph/executor.hpp"

namespace proofcard::compile::reference {

// Weight columns are taken as they are; lookups are counted from the tuples of the checker.
circuit::Assignment assign(const graph::Graph& graph, const Plan& plan, const circuit::Layout& layout,
                           const WeightColumns& weights, const graph::Trace& trace);

}  // namespace proofcard::compile::reference
