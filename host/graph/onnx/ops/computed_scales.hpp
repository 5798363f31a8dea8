// Quantisation whose scale and zero point are computed. Private to graph/onnx.
#pragma once

#include <optional>

#include "host/graph/onnx/importer.hpp"

namespace proofcard::graph {

// (x - zero) * scale
Result<std::uint32_t> dequantised_by_computed(const NodeReader& node, std::uint32_t x, std::uint32_t scale,
                                              std::optional<std::uint32_t> zero);
Status dynamic_quantize(const NodeReader& node);

}  // namespace proofcard::graph
