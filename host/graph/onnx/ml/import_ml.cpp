#include "host/graph/onnx/ml/import_ml.hpp"

namespace proofcard::graph {
namespace {

constexpr std::int64_t kMaxClassLabel = std::int64_t{1} << 24;  // floats hold them

}  // namespace

const std::map<std::string, Translation>& ml_translations() {
  static const std::map<std::string, Translation> table = [] {
    std::map<std::string, Translation> all;
    for (const auto* part : {&linear_model_translations(), &feature_translations(), &category_translations(),
                             &tree_translations(), &tree_ensemble_translations(), &support_vector_translations()}) {
      all.insert(part->begin(), part->end());
    }
    return all;
  }();
  return table;
}

Result<ClassLabels> read_labels(const NodeReader& node) {
  ClassLabels labels;
  PROOFCARD_TRY(labels.integers, node.integers("classlabels_ints", {}));
  if (labels.integers.empty()) {
    PROOFCARD_TRY(labels.integers, node.integers("classlabels_int64s", {}));
  }
  PROOFCARD_TRY(labels.texts, node.texts("classlabels_strings"));
  if (!labels.integers.empty() && !labels.texts.empty()) {
    return bad_input(node.where(), "expected labels of one type, found integers and strings");
  }
  return labels;
}

Status bind_label(const NodeReader& node, std::uint32_t number, const ClassLabels& labels) {
  if (!labels.texts.empty()) {
    for (std::size_t k = 0; k < labels.texts.size(); ++k) {
      node.note(fmt::format("{}: its label {} stands for \"{}\"", node.where(), k, foreign_name(labels.texts[k])));
    }
    return node.bind(0, number);
  }
  FloatNode n = node.make(FloatOp::kIntegerMap, {number});
  n.exact = true;
  n.ints = {labels.integers.empty() ? 0 : labels.integers[0]};
  bool same = true;
  for (std::size_t k = 0; k < labels.integers.size(); ++k) {
    n.ints.push_back(static_cast<std::int64_t>(k));
    same = same && labels.integers[k] == static_cast<std::int64_t>(k);
  }
  if (same) {
    return node.bind(0, number);
  }
  for (const std::int64_t label : labels.integers) {
    if (label < -kMaxClassLabel || label > kMaxClassLabel) {
      return node.unsupported(fmt::format("expected labels within 2^24, found {}", label));
    }
    n.ints.push_back(label);
  }
  PROOFCARD_TRY(const std::uint32_t label, node.emit(std::move(n)));
  return node.bind(0, label);
}

Result<std::uint32_t> feature_rows(const NodeReader& node, std::size_t i) {
  PROOFCARD_TRY(std::uint32_t x, node.input(i));
  const Dims shape = node.shape_of(x);
  if (shape.empty() || shape.size() > 2) {
    return node.unsupported(fmt::format("expected rows of features, found a shape of {} dimensions", shape.size()));
  }
  PROOFCARD_TRY(x, node.retyped(x, onnx::TensorProto::FLOAT));
  return shape.size() == 2 ? x : node.reshape(x, {1, shape[0]});
}

Result<std::uint32_t> largest_score(const NodeReader& node, std::uint32_t scores) {
  FloatNode n = node.make(FloatOp::kArgMax, {scores});
  n.axis = 1;
  n.keep_dims = false;
  n.exact = true;
  return node.emit(std::move(n));
}

Result<std::uint32_t> side_of(const NodeReader& node, std::uint32_t value, float threshold) {
  FloatNode n = node.make(FloatOp::kAbove, {value});
  n.alpha = threshold;
  PROOFCARD_TRY(std::uint32_t side, node.emit(std::move(n)));
  node.set_type(side, onnx::TensorProto::INT64);
  return node.reshape(side, {node.shape_of(value)[0]});
}

Result<std::uint32_t> complement(const NodeReader& node, std::uint32_t p) {
  PROOFCARD_TRY(const std::uint32_t rest, node.emit(FloatOp::kMul, {p, node.add_scalar(-1.0F)}));
  return node.emit(FloatOp::kAdd, {rest, node.add_scalar(1.0F)});
}

Result<std::uint32_t> with_complement(const NodeReader& node, std::uint32_t p) {
  PROOFCARD_TRY(const std::uint32_t rest, complement(node, p));
  FloatNode n = node.make(FloatOp::kConcat, {rest, p});
  n.axis = 1;
  return node.emit(std::move(n));
}

Result<std::uint32_t> transformed(const NodeReader& node, std::uint32_t scores) {
  PROOFCARD_TRY(const std::string kind, node.text("post_transform", "NONE"));
  return transformed(node, scores, kind);
}

Result<std::uint32_t> transformed(const NodeReader& node, std::uint32_t scores, const std::string& kind) {
  if (kind == "NONE") {
    return scores;
  }
  if (kind == "LOGISTIC") {
    return node.emit(FloatOp::kSigmoid, {scores});
  }
  if (kind == "SOFTMAX") {
    FloatNode n = node.make(FloatOp::kSoftmax, {scores});
    n.axis = 1;
    return node.emit(std::move(n));
  }
  return node.unsupported(
      fmt::format("post_transform {} is not supported: NONE, LOGISTIC and SOFTMAX are", foreign_name(kind)));
}

Result<std::uint32_t> transformed_targets(const NodeReader& node, std::uint32_t targets) {
  PROOFCARD_TRY(const std::string kind, node.text("post_transform", "NONE"));
  return transformed_targets(node, targets, kind);
}

Result<std::uint32_t> transformed_targets(const NodeReader& node, std::uint32_t targets, const std::string& kind) {
  if (kind != "NONE" && node.shape_of(targets)[1] == 1) {
    return node.unsupported(
        fmt::format("post_transform {} of one target is not supported: runtimes differ on it", foreign_name(kind)));
  }
  return transformed(node, targets, kind);
}

Result<std::uint32_t> linear_scores(const NodeReader& node, std::uint32_t x, const std::vector<float>& coefficients,
                                    const std::vector<float>& bias, std::int64_t outputs) {
  const std::int64_t features = node.shape_of(x)[1];
  if (outputs < 1 || static_cast<std::int64_t>(coefficients.size()) != outputs * features ||
      (!bias.empty() && static_cast<std::int64_t>(bias.size()) != outputs)) {
    return bad_input(node.where(),
                     "expected {} coefficients for each of {} features and as many intercepts or none, "
                     "found {} and {}",
                     outputs, features, coefficients.size(), bias.size());
  }
  FloatTensor weights{{features, outputs}, std::vector<float>(coefficients.size()), false};
  for (std::size_t i = 0; i < coefficients.size(); ++i) {
    const auto row = i / static_cast<std::size_t>(features);
    const auto column = i % static_cast<std::size_t>(features);
    weights.data[column * static_cast<std::size_t>(outputs) + row] = coefficients[i];
  }
  PROOFCARD_TRY(std::uint32_t out, node.emit(FloatOp::kMatMul, {x, node.add_constant(std::move(weights))}));
  if (!bias.empty()) {
    PROOFCARD_TRY(out, node.emit(FloatOp::kAdd, {out, node.add_constant(FloatTensor{{outputs}, bias, false})}));
  }
  return out;
}

}  // namespace proofcard::graph
