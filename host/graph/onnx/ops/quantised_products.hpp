// Products whose operands and result somebody else has quantised (DequantizeLinear, Conv or MatMul, QuantizeLinear): what
// onnxruntime makes of them is a sum of products of the file's own integers, rounded once. Private to graph/onnx.
#pragma once

#include <optional>

#include "host/graph/onnx/importer.hpp"

namespace proofcard::graph {

// Of a result that is rounded to `scale`: integers from low to high, which are without zero point.
struct RoundedTo {
  float scale = 1;
  std::int64_t low = 0;
  std::int64_t high = 0;
};

// The integer, INT32, that x rounds to, when x is such a product, perhaps with a bias of integers and a Relu or Clip behind
// it. Nothing otherwise. Scales are a part of the architecture; integers of weights are not looked at.
Result<std::optional<std::uint32_t>> rounded_product(const NodeReader& node, std::uint32_t x, const RoundedTo& to);

}  // namespace proofcard::graph
