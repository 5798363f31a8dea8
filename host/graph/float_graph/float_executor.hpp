// Shapes and values of the float graph: the importer folds constants with it, the quantiser calibrates with it, and the
// accuracy report compares against it.
//
// Shape:  row-major, batch dimension included, as in the ONNX file.
// Errors: infer_shape checks everything that evaluate relies on; it trusts neither attributes nor dimensions.
// Sums run in a fixed order, so results do not depend on the number of threads.
#pragma once

#include <functional>
#include <span>
#include <vector>

#include "host/base/result.hpp"
#include "host/graph/float_graph/float_graph.hpp"

namespace proofcard::graph {

inline constexpr std::int64_t kMaxElements = std::int64_t{1} << 28;

// Shape of the node's output. `where` names the node in errors.
Result<Dims> infer_shape(const FloatNode& node, const std::vector<Dims>& inputs, const std::string& where);

// Pre: infer_shape accepted the node with these shapes and gave out_shape.
FloatTensor evaluate(const FloatNode& node, const std::vector<const FloatTensor*>& inputs, const Dims& out_shape);

// Values of all graph outputs. inputs[i] holds the flattened values of graph input i. `observe`, when given, sees every
// value (inputs included) once, as it is computed.
using Observer = std::function<void(std::uint32_t value, const FloatTensor& tensor)>;
Result<std::vector<FloatTensor>> run(const FloatGraph& graph, std::span<const std::vector<float>> inputs,
                                     const Observer& observe = {});

}  // namespace proofcard::graph
