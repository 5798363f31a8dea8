// SVMRegressor.
#include <array>
#include <cmath>

#include "host/graph/onnx/ml/import_ml.hpp"

namespace proofcard::graph {
namespace {

Result<std::uint32_t> scaled_and_moved(const NodeReader& node, std::uint32_t x, float factor, float added) {
  PROOFCARD_TRY(std::uint32_t out, node.emit(FloatOp::kMul, {x, node.add_scalar(factor)}));
  if (added != 0.0F) {
    PROOFCARD_TRY(out, node.emit(FloatOp::kAdd, {out, node.add_scalar(added)}));
  }
  return out;
}

// exp(-gamma * |x - v|^2), with the square written out, so that vectors meet x in one matrix product.
Result<std::uint32_t> radial_kernel(const NodeReader& node, std::uint32_t x, const std::vector<float>& vectors,
                                    std::int64_t num, float gamma) {
  const auto features = static_cast<std::size_t>(node.shape_of(x)[1]);
  std::vector<float> twice;
  std::vector<float> lengths;
  for (std::size_t i = 0; i < vectors.size(); ++i) {
    const float v = vectors[i];
    twice.push_back(-2.0F * v);
    if (i % features == 0) {
      lengths.push_back(0.0F);
    }
    lengths.back() += v * v;
  }
  PROOFCARD_TRY(const std::uint32_t products, linear_scores(node, x, twice, lengths, num));
  PROOFCARD_TRY(const std::uint32_t squares, node.emit(FloatOp::kSquare, {x}));
  FloatNode sum = node.make(FloatOp::kReduceSum, {squares});
  sum.ints = {1};
  PROOFCARD_TRY(const std::uint32_t length, node.emit(std::move(sum)));
  PROOFCARD_TRY(const std::uint32_t distance, node.emit(FloatOp::kAdd, {products, length}));
  PROOFCARD_TRY(const std::uint32_t exponent, scaled_and_moved(node, distance, -gamma, 0.0F));
  return node.emit(FloatOp::kExp, {exponent});
}

// The kernel of each row and each vector, [rows, vectors].
Result<std::uint32_t> svm_kernel(const NodeReader& node, std::uint32_t x, const std::vector<float>& vectors,
                                 std::int64_t num) {
  PROOFCARD_TRY(const std::string kind, node.text("kernel_type", "LINEAR"));
  PROOFCARD_TRY(std::vector<float> parameters, node.reals("kernel_params"));
  parameters.resize(3, 0.0F);
  const auto [gamma, added, degree] = std::array{parameters[0], parameters[1], parameters[2]};
  if (num * node.shape_of(x)[1] != static_cast<std::int64_t>(vectors.size())) {
    return bad_input(node.where(), "expected {} vectors of {} features, found {} numbers", num, node.shape_of(x)[1],
                     vectors.size());
  }
  if (kind == "RBF") {
    return radial_kernel(node, x, vectors, num, gamma);
  }
  PROOFCARD_TRY(const std::uint32_t products, linear_scores(node, x, vectors, {}, num));
  if (kind == "LINEAR") {
    return products;
  }
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
  constexpr std::int64_t kMaxVectors = 1 << 20;
  if (rho.size() != 1 || num < 0 || num > kMaxVectors) {
    return bad_input(node.where(), "expected one rho and at most {} vectors, found {} and {}", kMaxVectors, rho.size(),
                     num);
  }
  if (transform != "NONE") {
    return node.unsupported(fmt::format("post_transform {} is not supported", foreign_name(transform)));
  }
  std::uint32_t out = x;
  if (num > 0) {
    PROOFCARD_TRY(out, svm_kernel(node, x, vectors, num));
  }
  PROOFCARD_TRY(out, linear_scores(node, out, coefficients, rho, 1));
  if (one_class != 0) {
    PROOFCARD_TRY(out, node.emit(FloatOp::kAbove, {out}));
    PROOFCARD_TRY(out, scaled_and_moved(node, out, 2.0F, -1.0F));
  }
  return node.bind(0, out);
}

}  // namespace

const std::map<std::string, Translation>& support_vector_translations() {
  static const std::map<std::string, Translation> table = {{"SVMRegressor", svm_regressor}};
  return table;
}

}  // namespace proofcard::graph
