// LinearAttention, unrolled over its steps. Private to graph/onnx.
#pragma once

#include "host/graph/onnx/importer.hpp"

namespace proofcard::graph {

Status linear_attention(const NodeReader& node);

}  // namespace proofcard::graph
