// Masks of attention as they are cheapest to prove.
#pragma once

#include "host/graph/float_graph/float_graph.hpp"

namespace proofcard::graph {

// Of scores that nothing but Softmax reads:
//
//   Where(constant, lowest, x), with a number below -1e4   becomes x + constant: one rounding less
//   x + lowest * (1 - m), lowest * m, with moves between,
//   m an integer or truth that is computed or an input     becomes Softmax(x, mask): where the mask is 0 the result is 0
//
// In the second, rows in which everything is hidden get zeros; `lowest` is at most -1e4. That m is 0 or 1 is checked when it
// is lowered.
void join_masks(FloatGraph& graph);

}  // namespace proofcard::graph
