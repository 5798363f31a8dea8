// What stands before a model, and ZipMap behind it.
#include <algorithm>
#include <cmath>

#include "host/graph/onnx/import_parts.hpp"
#include "host/graph/onnx/ml/import_ml.hpp"

namespace proofcard::graph {
namespace {

// One number for each feature, or one for all.
Result<std::uint32_t> number_per_feature(const NodeReader& node, const std::string& name, std::int64_t features) {
  PROOFCARD_TRY(std::vector<float> values, node.reals(name));
  if (values.size() != 1 && static_cast<std::int64_t>(values.size()) != features) {
    return bad_input(node.where(), "expected attribute {} to have 1 or {} numbers, found {}", name, features,
                     values.size());
  }
  const auto size = static_cast<std::int64_t>(values.size());
  return node.add_constant(FloatTensor{{size}, std::move(values), false});
}

bool is_made_by_softmax(const NodeReader& node, std::uint32_t value) {
  const FloatNode* n = node.producer(value);
  return n != nullptr && n->op == FloatOp::kSoftmax;
}

// (x - offset) * scale.
Status scaler_operator(const NodeReader& node) {
  PROOFCARD_TRY(std::uint32_t x, feature_rows(node, 0));
  const std::int64_t features = node.shape_of(x)[1];
  if (node.has_attribute("offset")) {
    PROOFCARD_TRY(const std::uint32_t offset, number_per_feature(node, "offset", features));
    PROOFCARD_TRY(x, node.emit(FloatOp::kSub, {x, offset}));
  }
  if (node.has_attribute("scale")) {
    PROOFCARD_TRY(const std::uint32_t scale, number_per_feature(node, "scale", features));
    PROOFCARD_TRY(x, node.emit(FloatOp::kMul, {x, scale}));
  }
  return node.bind(0, x);
}

// Trees take what it puts in the place of NaN into their branches (tree_scalers.cpp). Before anything else inputs are numbers,
// NaN is refused when it is given, and nothing is replaced. Its values stand in `params` of a move that changes nothing.
Status imputer(const NodeReader& node) {
  PROOFCARD_TRY(const std::uint32_t x, feature_rows(node, 0));
  PROOFCARD_TRY(const float replaced, node.real("replaced_value_float", 0.0F));
  PROOFCARD_TRY(const std::vector<float> values, node.reals("imputed_value_floats"));
  if (!std::isnan(replaced)) {
    return node.unsupported("replacing of other values than NaN is not supported");
  }
  if (values.size() != 1 && static_cast<std::int64_t>(values.size()) != node.shape_of(x)[1]) {
    return bad_input(node.where(), "expected 1 or {} values to put in, found {}", node.shape_of(x)[1], values.size());
  }
  FloatNode n = node.make(FloatOp::kReshape, {x});
  n.ints = node.shape_of(x);
  n.params.assign(values.begin(), values.end());
  PROOFCARD_TRY(const std::uint32_t out, node.emit(std::move(n)));
  node.note(node.where() +
            ": missing values (NaN) are replaced before trees; elsewhere inputs that have them are refused");
  return node.bind(0, out);
}

// Rows over their largest entry (not its magnitude, as scikit-learn has it), over the sum of their magnitudes, or over the root of
// that of their squares. Probabilities of a softmax are.
Status normalizer(const NodeReader& node) {
  PROOFCARD_TRY(const std::uint32_t given, node.input(0));
  PROOFCARD_TRY(const std::uint32_t x, feature_rows(node, 0));
  PROOFCARD_TRY(const std::string norm, node.text("norm", "MAX"));
  if (norm == "MAX") {
    FloatNode largest = node.make(FloatOp::kReduceMax, {x});
    largest.ints = {1};
    PROOFCARD_TRY(const std::uint32_t divisor, node.emit(std::move(largest)));
    PROOFCARD_TRY(const std::uint32_t out, node.emit(FloatOp::kDiv, {x, divisor}));
    node.note(node.where() +
              ": rows are divided by their largest entry, as ONNX has it; scikit-learn takes the largest "
              "magnitude, which is another one where entries are below 0");
    return node.bind(0, out);
  }
  if (norm != "L1" && norm != "L2") {
    return node.unsupported(fmt::format("norm {} is not supported: MAX, L1 and L2 are", foreign_name(norm)));
  }
  if (norm == "L1" && is_made_by_softmax(node, given)) {
    return node.bind(0, x);
  }
  FloatNode n = node.make(FloatOp::kRowNorm, {x});
  n.ints = {norm == "L1" ? 1 : 2};
  PROOFCARD_TRY(const std::uint32_t out, node.emit(std::move(n)));
  return node.bind(0, out);
}

Status binarizer(const NodeReader& node) {
  PROOFCARD_TRY(const std::uint32_t x, feature_rows(node, 0));
  FloatNode n = node.make(FloatOp::kAbove, {x});
  PROOFCARD_TRY(n.alpha, node.real("threshold", 0.0F));
  PROOFCARD_TRY(const std::uint32_t out, node.emit(std::move(n)));
  return node.bind(0, out);
}

Status feature_vectorizer(const NodeReader& node) {
  PROOFCARD_TRY(const Dims wanted, node.integers("inputdimensions", {}));
  FloatNode n = node.make(FloatOp::kConcat, {});
  n.axis = 1;
  for (std::size_t i = 0; i < node.num_inputs(); ++i) {
    PROOFCARD_TRY(std::uint32_t x, feature_rows(node, i));
    if (i < wanted.size() && wanted[i] != node.shape_of(x)[1]) {
      return node.unsupported(
          fmt::format("expected {} features of its input {}, found {}", wanted[i], i, node.shape_of(x)[1]));
    }
    n.inputs.push_back(x);
  }
  if (n.inputs.empty()) {
    return bad_input(node.where(), "expected an input, found none");
  }
  PROOFCARD_TRY(const std::uint32_t out, node.emit(std::move(n)));
  return node.bind(0, out);
}

// Entries of the last axis. Of one row of constant integers by computed numbers: by keys.
Status array_feature_extractor(const NodeReader& node) {
  PROOFCARD_TRY(std::uint32_t x, node.input(0));
  PROOFCARD_TRY(const std::uint32_t indices, node.input(1));
  const Dims shape = node.shape_of(x);
  if (shape.empty()) {
    return bad_input(node.where(), "expected an axis to choose from, found a number");
  }
  const Dims rows = shape.size() == 1 ? Dims{1} : Dims(shape.begin(), shape.end() - 1);
  const std::int64_t size = shape.back();
  if (node.is_constant(indices)) {
    FloatNode n = node.make(FloatOp::kGather, {x});
    n.axis = static_cast<std::int64_t>(shape.size()) - 1;
    PROOFCARD_TRY(n.ints, node.constant_integers(1, "indices"));
    PROOFCARD_TRY(std::uint32_t out, node.emit(std::move(n)));
    Dims to = rows;
    to.push_back(node.shape_of(out).back());
    PROOFCARD_TRY(out, node.reshape(out, std::move(to)));
    return node.bind(0, out);
  }
  Dims to = rows;
  to.push_back(count(node.shape_of(indices)));
  if (!node.is_constant(x) || count(rows) != 1 || !is_integer_type(node.type_of(x))) {
    PROOFCARD_TRY(std::uint32_t out, gathered(node, x, indices, static_cast<std::int64_t>(shape.size()) - 1));
    PROOFCARD_TRY(out, node.reshape(out, std::move(to)));
    return node.bind(0, out);
  }
  PROOFCARD_TRY(const Dims values, node.constant_integers(0, "values"));
  FloatNode n = node.make(FloatOp::kIntegerMap, {indices});
  n.ints = {values[0]};
  for (std::int64_t k = 0; k < size; ++k) {
    n.ints.push_back(k);
  }
  n.ints.insert(n.ints.end(), values.begin(), values.end());
  PROOFCARD_TRY(std::uint32_t out, node.emit(std::move(n)));
  PROOFCARD_TRY(out, node.reshape(out, std::move(to)));
  return node.bind(0, out);
}

// A map of names to numbers is these numbers: names are in the file.
Status zip_map(const NodeReader& node) {
  PROOFCARD_TRY(const std::uint32_t x, node.input(0));
  node.note(node.where() + ": its maps are given as rows of numbers, in the order of its labels");
  return node.bind(0, x);
}

}  // namespace

const std::map<std::string, Translation>& feature_translations() {
  static const std::map<std::string, Translation> table = {
      {"ArrayFeatureExtractor", array_feature_extractor},
      {"Binarizer", binarizer},
      {"FeatureVectorizer", feature_vectorizer},
      {"Imputer", imputer},
      {"Normalizer", normalizer},
      {"Scaler", scaler_operator},
      {"ZipMap", zip_map},
  };
  return table;
}

}  // namespace proofcard::graph
