// What the fuzz targets share: a fixed small model.
#pragma once

#include "tests/compile/graph_maker.hpp"
#include "tests/support/hollow_proof.hpp"
#include "tests/support/pipeline.hpp"

namespace proofcard::testing {

// The graph of fuzz_model(), without its inputs.
graph::Graph fuzz_graph();

// A small model with public weights, so that its key is the same in every run and both modes. Made at the first call.
const Model& fuzz_model();

}  // namespace proofcard::testing
