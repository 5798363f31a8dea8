// Integer inference without a proof.
#pragma once

#include <vector>

#include "host/base/result.hpp"
#include "host/graph/graph.hpp"
#include "host/session/values/input_values.hpp"
#include "host/session/values/output_values.hpp"

namespace proofcard::tools {

// What a proof of these inputs will state: outputs, by input. Errors: kBadInput, for an input that the model cannot take.
Result<std::vector<std::vector<OutputValues>>> infer(const graph::Graph& graph, const std::vector<InputValues>& inputs);

}  // namespace proofcard::tools
