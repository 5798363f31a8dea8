// What the fuzz targets share: a fixed small model, and proofs that go far without being proofs.
#pragma once

#include "tests/compile/graph_maker.hpp"
#include "tests/support/pipeline.hpp"

namespace proofcard::testing {

// The graph of model(), without its inputs.
graph::Graph fuzz_graph();

// A small model with public weights, so that its key is the same in every run and both modes. Made at the first call.
const Model& fuzz_model();

// For any key: in zero-knowledge mode, every point at infinity. No equation fails before the end, so the verifier goes
// through all its steps.
Bytes proof_of_nothing(const statement::VerifyingKey& vk);

}  // namespace proofcard::testing
