// The heavy operators of the float executor: convolutions, matrix products, pools.
//
// Shape: activations (batch, channel, spatial...), weights (out channel, channel / group, spatial...).
// Pre:   infer_shape accepted the node; out_shape is what it returned.
#pragma once

#include <vector>

#include "host/graph/onnx/float_graph.hpp"

namespace proofcard::graph {

FloatTensor convolution(const FloatNode& node, const std::vector<const FloatTensor*>& inputs, const Dims& out_shape);
FloatTensor transposed_convolution(const FloatNode& node, const std::vector<const FloatTensor*>& inputs,
                                   const Dims& out_shape);
FloatTensor matrix_product(const FloatTensor& a, const FloatTensor& b, const Dims& out_shape);
FloatTensor pool(const FloatNode& node, const FloatTensor& x, const Dims& out_shape);

}  // namespace proofcard::graph
