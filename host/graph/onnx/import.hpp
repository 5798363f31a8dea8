// ONNX file -> float graph.
//
// Accepts operator sets 7 to 28. What no output depends on is left out. A dynamic batch dimension (the first one) becomes 1
// unless a shape is given. Constants are folded in their own types, so shapes computed inside the graph are known
// afterwards; branches and loops whose conditions are constant, and functions of the file, are put in place.
//
// Source: the ONNX operator specification, onnx.ai/onnx/operators.
// Errors: kBadInput for a file that is truncated, hostile or inconsistent; kUnsupported for operators or attributes
//         that are not implemented: one error that lists every such node by name and operator. Never throws or aborts.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "host/base/bytes.hpp"
#include "host/base/result.hpp"
#include "host/graph/float_graph/float_graph.hpp"

namespace proofcard::graph {

struct ImportOptions {
  // Shapes of inputs by name. A dimension that the file gives must be the same.
  std::map<std::string, Dims> shapes;
  // For dynamic dimensions of inputs without a shape above: the shapes of all inputs, in order.
  std::vector<Dims> all_shapes;
  // Inputs that are constants, by name; they are none of the graph's inputs, nor of all_shapes. Of dimensions that the file
  // leaves open, one is as long as the values are many, and others are 1.
  std::vector<FixedInput> fixed;
  // The content of another file that the model keeps weights in, by its name relative to the model's folder: a name without
  // "..", which does not begin with "/". Without this function such models are refused.
  std::function<Result<Bytes>(const std::string& name)> read_external;
};

// `name` (usually the path) names the file in errors. `problems`, when given, gets the parts of a kUnsupported error.
Result<FloatGraph> import_onnx(ByteView file, const std::string& name, std::vector<std::string>* problems = nullptr,
                               const ImportOptions& options = {});

// The other files that a model keeps weights in, sorted: their content is a part of the model.
Result<std::vector<std::string>> external_files(ByteView file, const std::string& name);

}  // namespace proofcard::graph
