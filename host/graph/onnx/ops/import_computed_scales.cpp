// Integers of a quantisation whose scale depends on the values: they are quotients of computed values, rounded.
#include <numeric>

#include "host/graph/onnx/import_parts.hpp"
#include "host/graph/onnx/ops/computed_scales.hpp"

namespace proofcard::graph {
namespace {

constexpr float kSteps = 255;  // of an unsigned byte, from its lowest to its highest

Result<std::uint32_t> clipped(const NodeReader& node, std::uint32_t x, float low, float high) {
  FloatNode n = node.make(FloatOp::kClip, {x});
  n.alpha = low;
  n.beta = high;
  return node.emit(std::move(n));
}

// The nearest integer, ties to even.
Result<std::uint32_t> nearest_integer(const NodeReader& node, std::uint32_t x) {
  FloatNode n = node.make(FloatOp::kFunction, {x});
  n.function = tensor::Function::kRound;
  PROOFCARD_TRY(const std::uint32_t real, node.emit(std::move(n)));
  PROOFCARD_TRY(const std::uint32_t out, node.emit(FloatOp::kTruncate, {real}));
  node.set_type(out, onnx::TensorProto::INT32);
  return out;
}

// The integer plus the zero point, within the type.
Result<std::uint32_t> with_zero(const NodeReader& node, std::uint32_t x, std::optional<std::uint32_t> zero,
                                ElementType type) {
  if (zero) {
    PROOFCARD_TRY(const std::uint32_t added, node.retyped(*zero, onnx::TensorProto::INT32));
    PROOFCARD_TRY(x, node.emit(FloatOp::kAdd, {x, added}));
  }
  PROOFCARD_TRY(x, clipped(node, x, static_cast<float>(lowest_of(type)), static_cast<float>(highest_of(type))));
  node.set_type(x, type);
  return x;
}

// The largest value, or 0; negated: the largest of the negated ones.
Result<std::uint32_t> reach(const NodeReader& node, std::uint32_t x, bool negated) {
  if (negated) {
    PROOFCARD_TRY(x, scaled(node, x, -1.0F));
  }
  FloatNode n = node.make(FloatOp::kReduceMax, {x});
  n.ints.resize(node.shape_of(x).size());
  std::iota(n.ints.begin(), n.ints.end(), 0);
  n.keep_dims = false;
  PROOFCARD_TRY(const std::uint32_t most, n.ints.empty() ? Result<std::uint32_t>(x) : node.emit(std::move(n)));
  return node.emit(FloatOp::kRelu, {most});
}

}  // namespace

Result<std::uint32_t> dequantised_by_computed(const NodeReader& node, std::uint32_t x, std::uint32_t scale,
                                              std::optional<std::uint32_t> zero) {
  PROOFCARD_TRY(x, node.retyped(x, onnx::TensorProto::INT32));
  if (zero) {
    PROOFCARD_TRY(const std::uint32_t taken, node.retyped(*zero, onnx::TensorProto::INT32));
    PROOFCARD_TRY(x, node.emit(FloatOp::kSub, {x, taken}));
  }
  PROOFCARD_TRY(x, node.retyped(x, onnx::TensorProto::FLOAT));
  return node.emit(FloatOp::kMul, {x, scale});
}

// With r = max(x, 0) - min(x, 0): the scale r / 255, the zero point -255 min / r, and 255 x / r plus the zero point.
Status dynamic_quantize(const NodeReader& node) {
  PROOFCARD_TRY(const std::uint32_t x, node.input(0));
  PROOFCARD_TRY(const std::uint32_t above, reach(node, x, false));
  PROOFCARD_TRY(const std::uint32_t below, reach(node, x, true));
  PROOFCARD_TRY(const std::uint32_t range, node.emit(FloatOp::kAdd, {above, below}));
  const auto steps_of = [&](std::uint32_t value) -> Result<std::uint32_t> {
    PROOFCARD_TRY(const std::uint32_t share, node.emit(FloatOp::kDiv, {value, range}));
    PROOFCARD_TRY(const std::uint32_t steps, scaled(node, share, kSteps));
    return nearest_integer(node, steps);
  };
  PROOFCARD_TRY(std::uint32_t zero, steps_of(below));
  PROOFCARD_TRY(zero, with_zero(node, zero, std::nullopt, onnx::TensorProto::UINT8));
  PROOFCARD_TRY(std::uint32_t integer, steps_of(x));
  PROOFCARD_TRY(integer, with_zero(node, integer, zero, onnx::TensorProto::UINT8));
  PROOFCARD_TRY(const std::uint32_t scale, scaled(node, range, 1 / kSteps));
  PROOFCARD_RETURN_IF_ERROR(node.bind(0, integer));
  PROOFCARD_RETURN_IF_ERROR(node.bind(1, scale));
  return node.bind(2, zero);
}

}  // namespace proofcard::graph
