// ONNX file -> float graph.
//
// Accepts operator sets 7 to 17, and newer ones where the meaning of the operators used did not change. A dynamic batch
// dimension (the first one) becomes 1. Constants are folded, so shapes computed inside the graph are known afterwards.
//
// Source: the ONNX operator specification, onnx.ai/onnx/operators.
// Errors: kBadInput for a file that is truncated, hostile or inconsistent; kUnsupported for operators or attributes
//         that are not implemented: one error that lists every such node by name and operator. Never throws or aborts.
#pragma once

#include <string>
#include <vector>

#include "host/base/bytes.hpp"
#include "host/base/result.hpp"
#include "host/graph/onnx/float_graph.hpp"

namespace proofcard::graph {

// `name` (usually the path) names the file in errors. `problems`, when given, gets the parts of a kUnsupported error.
Result<FloatGraph> import_onnx(ByteView file, const std::string& name, std::vector<std::string>* problems = nullptr);

}  // namespace proofcard::graph
