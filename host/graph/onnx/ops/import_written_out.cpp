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

// What a value was before axes of length 1 were added or left out.
std::uint32_t reshaped_from(const NodeReader& node, std::uint32_t value) {
  while (const FloatNode* n = produced_by(node, value, FloatOp::kReshape)) {
    value = n->inputs[0];
  }
  return value;
}

// x - m and the axes, of log(sum exp(x - m)).
struct SummedPowers {
  const FloatNode* difference = nullptr;
  Dims axes;
};

std::optional<SummedPowers> log_of_summed_powers(const NodeReader& node, std::uint32_t value) {
  const FloatNode* log = produced_by(node, value, FloatOp::kFunction);
  const FloatNode* sum = log != nullptr && log->function == tensor::Function::kLog
                             ? produced_by(node, log->inputs[0], FloatOp::kReduceSum)
                             : nullptr;
  const FloatNode* powers = sum != nullptr ? produced_by(node, sum->inputs[0], FloatOp::kExp) : nullptr;
  const FloatNode* difference = powers != nullptr ? produced_by(node, powers->inputs[0], FloatOp::kSub) : nullptr;
  return difference != nullptr ? std::optional(SummedPowers{difference, sum->ints}) : std::nullopt;
}

}  // namespace

Result<std::optional<std::uint32_t>> written_out_log_softmax(const NodeReader& node, std::uint32_t x,
                                                             std::uint32_t subtrahend) {
  const std::optional<std::uint32_t> other;
  const FloatNode* total = produced_by(node, reshaped_from(node, subtrahend), FloatOp::kAdd);
  const auto powers = total != nullptr ? log_of_summed_powers(node, total->inputs[0]) : std::nullopt;
  if (!powers || powers->difference->inputs[0] != x ||
      reshaped_from(node, total->inputs[1]) != powers->difference->inputs[1] ||
      node.shape_of(subtrahend) != node.shape_of(powers->difference->inputs[1])) {
    return other;
  }
  PROOFCARD_TRY(const std::uint32_t out, log_of_softmax(node, x, powers->axes));
  return std::optional(out);
}

Result<std::optional<std::uint32_t>> written_out_sigmoid(const NodeReader& node, std::uint32_t dividend,
                                                         std::uint32_t divisor) {
  const auto is_one = [&](std::uint32_t value) {
    return node.is_constant(value) && count(node.shape_of(value)) == 1 && node.typed_value(value).real(0) == 1;
  };
  const FloatNode* sum = produced_by(node, divisor, FloatOp::kAdd);
  const std::size_t at = sum != nullptr && is_one(sum->inputs[0]) ? 0 : 1;
  if (sum == nullptr || !is_one(dividend) || !is_one(sum->inputs[at]) ||
      node.shape_of(dividend).size() > node.shape_of(divisor).size()) {
    return std::optional<std::uint32_t>();
  }
  const FloatNode* power = produced_by(node, sum->inputs[1 - at], FloatOp::kExp);
  if (power == nullptr || node.shape_of(power->output) != node.shape_of(divisor)) {
    return std::optional<std::uint32_t>();
  }
  PROOFCARD_TRY(std::uint32_t out, scaled(node, power->inputs[0], -1.0F));
  PROOFCARD_TRY(out, node.emit(FloatOp::kSigmoid, {out}));
  return std::optional(out);
}

Result<std::optional<std::uint32_t>> written_out_softmax(const NodeReader& node, std::uint32_t exponent) {
  const std::optional<std::uint32_t> other;
  const FloatNode* log_softmax = produced_by(node, exponent, FloatOp::kSub);
  const auto powers = log_softmax != nullptr ? log_of_summed_powers(node, log_softmax->inputs[1]) : std::nullopt;
  const FloatNode* max = powers ? produced_by(node, powers->difference->inputs[1], FloatOp::kReduceMax) : nullptr;
  if (max == nullptr || powers->difference->output != log_softmax->inputs[0] || powers->axes.size() != 1 ||
      max->inputs[0] != powers->difference->inputs[0]) {
    return other;
  }
  FloatNode n = node.make(FloatOp::kSoftmax, {max->inputs[0]});
  n.axis = powers->axes[0];
  PROOFCARD_TRY(const std::uint32_t out, node.emit(std::move(n)));
  return std::optional(out);
}

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
