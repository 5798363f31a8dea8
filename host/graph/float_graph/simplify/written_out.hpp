// Functions that a file writes out in operators, recognised by their values: one table instead of several roundings.
#pragma once

#include "host/graph/float_graph/float_graph.hpp"

namespace proofcard::graph {

// Replaces what Tanh is a part of, computed elementwise from one value and numbers, by GeluTanh of that value where it is that
// on the whole of [-8, 8]: 0.5 x (1 + tanh(sqrt(2/pi) (x + 0.044715 x^3))) in whatever order.
void recognise_functions(FloatGraph& graph);

}  // namespace proofcard::graph
