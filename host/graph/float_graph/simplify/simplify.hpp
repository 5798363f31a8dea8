// Rewrites the float graph into fewer, larger operators with the same meaning, before it is calibrated and lowered.
#pragma once

#include <string>
#include <vector>

#include "host/graph/float_graph/float_graph.hpp"

namespace proofcard::graph {

// Folds batch normalisation and constant factors and summands into convolutions and matrix products (whose third input
// is a bias), recognises Gelu and HardSwish written out, and moves activations that commute with a max pool before it.
FloatGraph simplify(FloatGraph graph);

}  // namespace proofcard::graph
