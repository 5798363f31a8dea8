// Losses of classifiers: minus the logarithm of the probability that the target has.
#include <numeric>

#include "host/graph/onnx/import_parts.hpp"

namespace proofcard::graph {
namespace {

// Factors of the classes, one each: weights, and 0 for the class that is left out. Nothing: all are 1.
Result<std::optional<std::uint32_t>> class_factors(const NodeReader& node, std::int64_t classes) {
  std::optional<std::uint32_t> factors;
  if (node.has_input(2)) {
    PROOFCARD_TRY(factors, node.input(2));
    if (node.shape_of(*factors) != Dims{classes}) {
      return bad_input(node.where(), "expected {} weights, found shape [{}]", classes,
                       fmt::join(node.shape_of(*factors), ", "));
    }
  }
  PROOFCARD_TRY(const std::int64_t ignored, node.integer("ignore_index", -1));
  if (ignored >= 0 && ignored < classes) {
    FloatTensor kept{{classes}, std::vector<float>(static_cast<std::size_t>(classes), 1.0F), false};
    kept.data[static_cast<std::size_t>(ignored)] = 0;
    const std::uint32_t mask = node.add_constant(std::move(kept));
    PROOFCARD_TRY(factors, factors ? node.emit(FloatOp::kMul, {*factors, mask}) : Result<std::uint32_t>(mask));
  }
  return factors;
}

Result<std::uint32_t> reduced_over(const NodeReader& node, FloatOp op, std::uint32_t x, Dims axes) {
  FloatNode n = node.make(op, {x});
  n.ints = std::move(axes);
  n.keep_dims = false;
  return node.emit(std::move(n));
}

Dims all_axes(const NodeReader& node, std::uint32_t x) {
  Dims axes(node.shape_of(x).size());
  std::iota(axes.begin(), axes.end(), 0);
  return axes;
}

// x: (N, C, ...), logarithms of probabilities; the targets, (N, ...), choose one of C.
Status bind_loss(const NodeReader& node, std::uint32_t x) {
  const Dims shape = node.shape_of(x);
  PROOFCARD_TRY(const std::uint32_t target, node.input(1));
  PROOFCARD_TRY(const std::string reduction, node.text("reduction", "mean"));
  if (shape.size() < 2 || node.shape_of(target).size() + 1 != shape.size() || !is_integer_type(node.type_of(target))) {
    return bad_input(node.where(), "expected targets of integers for a value of shape [{}], found [{}]",
                     fmt::join(shape, ", "), fmt::join(node.shape_of(target), ", "));
  }
  if (reduction != "mean" && reduction != "sum" && reduction != "none") {
    return bad_input(node.where(), "expected a reduction mean, sum or none, found {}", foreign_name(reduction));
  }
  PROOFCARD_TRY(const std::optional<std::uint32_t> factors, class_factors(node, shape[1]));
  const bool leaves_out = node.has_attribute("ignore_index");
  if (!leaves_out) {
    node.note_index(target, shape[1]);
  }
  FloatNode hot = node.make(FloatOp::kOneHot, {target});  // a row of zeros for a target that is none of the classes
  hot.ints = {shape[1]};
  PROOFCARD_TRY(std::uint32_t rows, node.emit(std::move(hot)));
  PROOFCARD_TRY(rows, node.retyped(rows, node.type_of(x)));
  if (factors) {
    PROOFCARD_TRY(rows, node.emit(FloatOp::kMul, {rows, *factors}));
  }
  Dims order(shape.size());
  std::iota(order.begin(), order.end(), 0);
  order.erase(order.begin() + 1);
  order.push_back(1);
  PROOFCARD_TRY(x, transposed(node, x, std::move(order)));
  PROOFCARD_TRY(std::uint32_t loss, node.emit(FloatOp::kMul, {x, rows}));
  const auto last = static_cast<std::int64_t>(shape.size()) - 1;
  PROOFCARD_TRY(loss, reduced_over(node, FloatOp::kReduceSum, loss, {last}));
  PROOFCARD_TRY(loss, scaled(node, loss, -1.0F));
  if (reduction == "none") {
    return node.bind(0, loss);
  }
  const bool divides = reduction == "mean" && (factors || leaves_out);
  const FloatOp op = reduction == "sum" || divides ? FloatOp::kReduceSum : FloatOp::kReduceMean;
  PROOFCARD_TRY(loss, reduced_over(node, op, loss, all_axes(node, loss)));
  if (divides) {
    PROOFCARD_TRY(const std::uint32_t total, reduced_over(node, FloatOp::kReduceSum, rows, all_axes(node, rows)));
    PROOFCARD_TRY(loss, node.emit(FloatOp::kDiv, {loss, total}));
  }
  return node.bind(0, loss);
}

Status negative_log_likelihood(const NodeReader& node) {
  PROOFCARD_TRY(const std::uint32_t x, node.input(0));
  return bind_loss(node, x);
}

Status softmax_cross_entropy(const NodeReader& node) {
  PROOFCARD_TRY(std::uint32_t x, node.input(0));
  if (node.shape_of(x).size() < 2) {
    return bad_input(node.where(), "expected a value of 2 dimensions or more, found [{}]",
                     fmt::join(node.shape_of(x), ", "));
  }
  PROOFCARD_TRY(x, log_of_softmax(node, x, {1}));
  if (node.has_output(1)) {
    PROOFCARD_RETURN_IF_ERROR(node.bind(1, x));
  }
  return bind_loss(node, x);
}

}  // namespace

const std::map<std::string, Translation>& loss_translations() {
  static const std::map<std::string, Translation> table = {
      {"NegativeLogLikelihoodLoss", negative_log_likelihood},
      {"SoftmaxCrossEntropyLoss", softmax_cross_entropy},
  };
  return table;
}

}  // namespace proofcard::graph
