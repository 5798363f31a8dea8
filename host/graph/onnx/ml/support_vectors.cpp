// Kernels of support vectors, and SVMRegressor.
#include "host/graph/onnx/ml/support_vectors.hpp"

#include <array>
#include <cmath>

#include "host/graph/onnx/import_parts.hpp"

namespace proofcard::graph {
namespace {

Result<std::uint32_t> scaled_and_moved(const NodeReader& node, std::uint32_t x, float factor, float added) {
  PROOFCARD_TRY(std::uint32_t out, node.emit(FloatOp::kMul, {x, node.add_scalar(factor)}));
  if (added != 0.0F) {
    PROOFCARD_TRY(out, node.emit(FloatOp::kAdd, {out, node.add_scalar(added)}));
  }
  return out;
}

// The kernel of each row and each vector, [rows, vectors]; of all but LINEAR.
Result<std::uint32_t> kernel_values(const NodeReader& node, std::uint32_t x, const std::string& kind,
                                    const std::vector<float>& vectors, std::int64_t num) {
  PROOFCARD_TRY(std::vector<float> parameters, node.reals("kernel_params"));
  parameters.resize(3, 0.0F);
  const auto [gamma, added, degree] = std::array{parameters[0], parameters[1], parameters[2]};
  if (kind == "RBF") {  // exp(-gamma * |x - v|^2)
    PROOFCARD_TRY(const std::uint32_t distance,
                  squared_distances(node, x, {{num, node.shape_of(x)[1]}, vectors, false}));
    PROOFCARD_TRY(const std::uint32_t exponent, scaled(node, distance, -gamma));
    return node.emit(FloatOp::kExp, {exponent});
  }
  PROOFCARD_TRY(const std::uint32_t products, linear_scores(node, x, vectors, {}, num));
  PROOFCARD_TRY(const std::uint32_t moved, scaled_and_moved(node, products, gamma, added));
  if (kind == "SIGMOID") {
    return node.emit(FloatOp::kTanh, {moved});
  }
  if (kind != "POLY" || degree < 1 || degree != std::floor(degree)) {
    return node.unsupported(fmt::format("kernel {} of degree {} is not supported", foreign_name(kind), degree));
  }
  FloatNode n = node.make(FloatOp::kFunction, {moved});
  n.function = tensor::Function::kPower;
  n.params = {static_cast<double>(degree)};
  return node.emit(std::move(n));
}

Status svm_regressor(const NodeReader& node) {
  PROOFCARD_TRY(const std::uint32_t x, feature_rows(node, 0));
  PROOFCARD_TRY(const std::vector<float> coefficients, node.reals("coefficients"));
  PROOFCARD_TRY(const std::vector<float> vectors, node.reals("support_vectors"));
  PROOFCARD_TRY(const std::vector<float> rho, node.reals("rho"));
  PROOFCARD_TRY(const std::int64_t num, node.integer("n_supports", 0));
  PROOFCARD_TRY(const std::int64_t one_class, node.integer("one_class", 0));
  PROOFCARD_TRY(const std::string transform, node.text("post_transform", "NONE"));
  if (rho.size() != 1 || num < 0 || num > kMaxSupportVectors) {
    return bad_input(node.where(), "expected one rho and at most {} vectors, found {} and {}", kMaxSupportVectors,
                     rho.size(), num);
  }
  if (transform != "NONE") {
    return node.unsupported(fmt::format("post_transform {} is not supported", foreign_name(transform)));
  }
  std::uint32_t out = 0;
  if (num > 0) {
    PROOFCARD_TRY(out, kernel_sums(node, x, {vectors, num, coefficients, rho}));
  } else {
    PROOFCARD_TRY(out, linear_scores(node, x, coefficients, rho, 1));
  }
  if (one_class != 0) {
    PROOFCARD_TRY(out, node.emit(FloatOp::kAbove, {out}));
    PROOFCARD_TRY(out, scaled_and_moved(node, out, 2.0F, -1.0F));
  }
  return node.bind(0, out);
}

}  // namespace

// A linear kernel is folded into its coefficients.
Result<std::uint32_t> kernel_sums(const NodeReader& node, std::uint32_t x, const KernelMachine& machine) {
  const auto features = static_cast<std::size_t>(node.shape_of(x)[1]);
  const auto num = static_cast<std::size_t>(machine.num);
  const std::size_t outputs = machine.bias.size();
  if (num * features != machine.vectors.size() || machine.coefficients.size() != outputs * num) {
    return bad_input(node.where(),
                     "expected {} vectors of {} features and {} coefficients each, found {} and {} numbers", num,
                     features, outputs, machine.vectors.size(), machine.coefficients.size());
  }
  PROOFCARD_TRY(const std::string kind, node.text("kernel_type", "LINEAR"));
  if (kind != "LINEAR") {
    PROOFCARD_TRY(const std::uint32_t kernel, kernel_values(node, x, kind, machine.vectors, machine.num));
    return linear_scores(node, kernel, machine.coefficients, machine.bias, static_cast<std::int64_t>(outputs));
  }
  std::vector<double> sums(outputs * features, 0.0);
  for (std::size_t o = 0; o < outputs; ++o) {
    for (std::size_t v = 0; v < num; ++v) {
      const double c = machine.coefficients[o * num + v];
      for (std::size_t f = 0; c != 0 && f < features; ++f) {
        sums[o * features + f] += c * static_cast<double>(machine.vectors[v * features + f]);
      }
    }
  }
  return linear_scores(node, x, {sums.begin(), sums.end()}, machine.bias, static_cast<std::int64_t>(outputs));
}

const std::map<std::string, Translation>& support_vector_translations() {
  static const std::map<std::string, Translation> table = {
      {"SVMClassifier", svm_classifier},
      {"SVMRegressor", svm_regressor},
  };
  return table;
}

}  // namespace proofcard::graph
