// Masks: entries of -1e9 or minus infinity in what a softmax reads. What is this far below a maximum has a probability of 0
// in float, too, so they become -1e4, which does not take the scale from what counts.
//
// Nothing else may read them but a softmax, or who asks where the largest is, through sums, choices and moves, and the question whether all of a row is
// masked: whether its maximum is minus infinity. Of computed values that no mask is in, nothing is infinite.
#pragma once

#include "host/graph/float_graph/float_graph.hpp"

namespace proofcard::graph {

void saturate_masks(FloatGraph& graph);

}  // namespace proofcard::graph
