// Operators that a file writes out in others, recognised: together they are computed more finely than one by one.
#include <cmath>

#include "host/graph/onnx/import_parts.hpp"

namespace proofcard::graph {
namespace {

// What a value is the square of, or nothing.
std::optional<std::uint32_t> squared(const NodeReader& node, std::uint32_t value) {
  const FloatNode* n = node.producer(value);
  const bool square =
      n != nullptr && (n->op == FloatOp::kSquare || (n->op == FloatOp::kMul && n->inputs[0] == n->inputs[1]));
  return square ? std::optional(n->inputs[0]) : std::nullopt;
}

const FloatNode* produced_by(const NodeReader& node, std::uint32_t value, FloatOp op) {
  const FloatNode* n = node.producer(value);
  return n != nullptr && n->op == op ? n : nullptr;
}

}  // namespace

Result<std::optional<std::uint32_t>> written_out_normalisation(const NodeReader& node, std::uint32_t dividend,
                                                               std::uint32_t divisor) {
  const std::optional<std::uint32_t> other;
  const FloatNode* root = produced_by(node, divisor, FloatOp::kSqrt);
  if (root == nullptr) {
    return other;
  }
  std::uint32_t statistic = root->inputs[0];
  float epsilon = 0.0F;
  if (const FloatNode* sum = produced_by(node, statistic, FloatOp::kAdd)) {
    const std::size_t at = node.is_constant(sum->inputs[0]) ? 0 : 1;
    if (!node.is_constant(sum->inputs[at]) || count(node.shape_of(sum->inputs[at])) != 1) {
      return other;
    }
    epsilon = static_cast<float>(node.typed_value(sum->inputs[at]).real(0));
    statistic = sum->inputs[1 - at];
  }
  const FloatNode* reduction = node.producer(statistic);
  const bool is_mean = reduction != nullptr && reduction->op == FloatOp::kReduceMean;
  const bool is_sum = reduction != nullptr && reduction->op == FloatOp::kReduceSum;
  if ((!is_mean && !is_sum) || !reduction->keep_dims || squared(node, reduction->inputs[0]) != dividend ||
      !(epsilon >= 0)) {
    return other;
  }
  const Dims axes = reduction->ints;
  double size = 1;
  for (const std::int64_t a : axes) {
    size *= static_cast<double>(node.shape_of(dividend)[static_cast<std::size_t>(a)]);
  }
  const FloatNode* centred = produced_by(node, dividend, FloatOp::kSub);
  const FloatNode* average = centred != nullptr ? produced_by(node, centred->inputs[1], FloatOp::kReduceMean) : nullptr;
  if (is_mean && average != nullptr && average->inputs[0] == centred->inputs[0] && average->ints == axes &&
      average->keep_dims) {
    PROOFCARD_TRY(const std::uint32_t out, node.emit(normalise(node, centred->inputs[0], axes, epsilon, true)));
    return std::optional(out);
  }
  if (is_sum) {
    epsilon = static_cast<float>(static_cast<double>(epsilon) / size);
  }
  PROOFCARD_TRY(std::uint32_t out, node.emit(normalise(node, dividend, axes, epsilon, false)));
  PROOFCARD_TRY(out, scaled(node, out, is_sum ? static_cast<float>(1.0 / std::sqrt(size)) : 1.0F));
  return std::optional(out);
}

}  // namespace proofcard::graph
