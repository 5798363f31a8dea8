// Parts of the float executor in files of their own: convolutions, matrix products, pools, logic.
//
// Shape: activations (batch, channel, spatial...), weights (out channel, channel / group, spatial...).
// Pre:   infer_shape accepted the node; out_shape is what it returned.
#pragma once

#include <vector>

#include "host/graph/float_graph/float_graph.hpp"

namespace proofcard::graph {

// A position or a count, as an index of a vector. Pre: not negative.
inline std::size_t idx(std::int64_t v) { return static_cast<std::size_t>(v); }

FloatTensor convolution(const FloatNode& node, const std::vector<const FloatTensor*>& inputs, const Dims& out_shape);
FloatTensor transposed_convolution(const FloatNode& node, const std::vector<const FloatTensor*>& inputs,
                                   const Dims& out_shape);
FloatTensor matrix_product(const FloatTensor& a, const FloatTensor& b, const Dims& out_shape);
// From kTruncate on: comparisons, logic, choices and arithmetic of integers.
FloatTensor elementwise(const FloatNode& node, const std::vector<const FloatTensor*>& inputs, const Dims& out_shape);
// Along spatial axis i of `size` entries, at output position o: taps inside the value and the pads that count.
std::int64_t counted_taps(const FloatNode& node, std::size_t i, std::int64_t size, std::int64_t o);
FloatTensor pool(const FloatNode& node, const FloatTensor& x, const Dims& out_shape);

FloatTensor normalise(const FloatNode& n, const std::vector<const FloatTensor*>& in, const Dims& shape);
FloatTensor axis_map(const FloatNode& n, const FloatTensor& x, const Dims& shape);
FloatTensor requantise(const FloatNode& n, const FloatTensor& x);
FloatTensor top_k(const FloatNode& n, const FloatTensor& x, const Dims& shape);

}  // namespace proofcard::graph
