// LinearRegressor and LinearClassifier.
#include "host/graph/onnx/ml/import_ml.hpp"

namespace proofcard::graph {
namespace {

Status linear_regressor(const NodeReader& node) {
  PROOFCARD_TRY(const std::uint32_t x, feature_rows(node, 0));
  PROOFCARD_TRY(const std::vector<float> coefficients, node.reals("coefficients"));
  PROOFCARD_TRY(const std::vector<float> intercepts, node.reals("intercepts"));
  PROOFCARD_TRY(const std::int64_t targets, node.integer("targets", 1));
  PROOFCARD_TRY(std::uint32_t out, linear_scores(node, x, coefficients, intercepts, targets));
  PROOFCARD_TRY(out, transformed_targets(node, out));
  return node.bind(0, out);
}

// One row of coefficients for two classes: the second class has the score, and the first what is left of 1.
Status one_score(const NodeReader& node, std::uint32_t score, const ClassLabels& labels) {
  PROOFCARD_TRY(const std::uint32_t side, side_of(node, score, 0.0F));
  PROOFCARD_RETURN_IF_ERROR(bind_label(node, side, labels));
  PROOFCARD_TRY(const std::string kind, node.text("post_transform", "NONE"));
  if (kind == "PROBIT") {
    return node.unsupported("post_transform PROBIT is not supported");
  }
  if (kind == "LOGISTIC") {
    PROOFCARD_TRY(score, node.emit(FloatOp::kSigmoid, {score}));
  }
  PROOFCARD_TRY(const std::uint32_t both, with_complement(node, score));
  return node.bind(1, both);
}

Status linear_classifier(const NodeReader& node) {
  PROOFCARD_TRY(const std::uint32_t x, feature_rows(node, 0));
  PROOFCARD_TRY(const std::vector<float> coefficients, node.reals("coefficients"));
  PROOFCARD_TRY(const std::vector<float> intercepts, node.reals("intercepts"));
  PROOFCARD_TRY(const ClassLabels labels, read_labels(node));
  const std::int64_t rows = static_cast<std::int64_t>(coefficients.size()) / node.shape_of(x)[1];
  PROOFCARD_TRY(const std::uint32_t scores, linear_scores(node, x, coefficients, intercepts, rows));
  if (rows == 1 && labels.size() == 2) {
    return one_score(node, scores, labels);
  }
  if (labels.size() != static_cast<std::size_t>(rows) || rows < 2) {
    return bad_input(node.where(), "expected a label for each of {} classes, found {}", rows, labels.size());
  }
  PROOFCARD_TRY(const std::uint32_t best, largest_score(node, scores));
  PROOFCARD_RETURN_IF_ERROR(bind_label(node, best, labels));
  PROOFCARD_TRY(const std::uint32_t out, transformed(node, scores));
  return node.bind(1, out);
}

}  // namespace

const std::map<std::string, Translation>& linear_model_translations() {
  static const std::map<std::string, Translation> table = {
      {"LinearClassifier", linear_classifier},
      {"LinearRegressor", linear_regressor},
  };
  return table;
}

}  // namespace proofcard::graph
