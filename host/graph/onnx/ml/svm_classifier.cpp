// SVMClassifier: a score for each pair of classes, of which one gets a vote, and what onnxruntime makes of them.
//
// Pairs are those of classes i < j, in order; a score above 0 is a vote for i.
#include <algorithm>
#include <numeric>

#include "host/graph/onnx/import_parts.hpp"
#include "host/graph/onnx/ml/support_vectors.hpp"

namespace proofcard::graph {
namespace {

constexpr std::size_t kMaxClasses = 256;
constexpr std::size_t kMaxCoupled = 32;  // classes with probabilities, which take a system of equations

struct Pair {
  std::size_t i = 0;
  std::size_t j = 0;
};

std::vector<Pair> pairs_of(std::size_t classes) {
  std::vector<Pair> out;
  for (std::size_t i = 0; i < classes; ++i) {
    for (std::size_t j = i + 1; j < classes; ++j) {
      out.push_back({i, j});
    }
  }
  return out;
}

// Coefficients by pair and vector. The file has a row less than there are classes: those of a vector of class c against class
// d are in row d, or d - 1 when d is larger than c.
std::vector<float> coefficients_of_pairs(const std::vector<Pair>& pairs, const std::vector<float>& coefficients,
                                         const Dims& vectors_per_class, std::size_t num) {
  std::vector<float> out(pairs.size() * num, 0.0F);
  std::vector<std::size_t> starts{0};
  for (const std::int64_t size : vectors_per_class) {
    starts.push_back(starts.back() + static_cast<std::size_t>(size));
  }
  for (std::size_t p = 0; p < pairs.size(); ++p) {
    const auto [i, j] = pairs[p];
    for (std::size_t v = starts[i]; v < starts[i + 1]; ++v) {
      out[p * num + v] = coefficients[(j - 1) * num + v];
    }
    for (std::size_t v = starts[j]; v < starts[j + 1]; ++v) {
      out[p * num + v] = coefficients[i * num + v];
    }
  }
  return out;
}

// x times a constant matrix of integers, [columns of x, columns], plus a row of integers.
Result<std::uint32_t> integer_sums(const NodeReader& node, std::uint32_t x, Dims matrix, Dims row) {
  const ElementType type = node.type_of(x);
  const auto columns = static_cast<std::int64_t>(row.size());
  Constant weights = make_constant(type, {static_cast<std::int64_t>(matrix.size()) / columns, columns});
  Constant added = make_constant(type, {columns});
  if (is_integer_type(type)) {
    weights.integers = std::move(matrix);
    added.integers = std::move(row);
  } else {
    weights.reals.assign(matrix.begin(), matrix.end());
    added.reals.assign(row.begin(), row.end());
  }
  PROOFCARD_TRY(x, node.emit(FloatOp::kMatMul, {x, node.add_constant(std::move(weights))}));
  return node.emit(FloatOp::kAdd, {x, node.add_constant(std::move(added))});
}

// The class with the most votes, the first of several: [N].
Result<std::uint32_t> most_voted(const NodeReader& node, std::uint32_t scores, std::size_t classes) {
  PROOFCARD_TRY(const std::uint32_t above, node.emit(FloatOp::kAbove, {scores}));
  node.set_type(above, onnx::TensorProto::INT64);
  const std::vector<Pair> pairs = pairs_of(classes);
  Dims matrix(pairs.size() * classes, 0);
  Dims row(classes, 0);
  for (std::size_t p = 0; p < pairs.size(); ++p) {
    matrix[p * classes + pairs[p].i] = 1;
    matrix[p * classes + pairs[p].j] = -1;
    ++row[pairs[p].j];
  }
  PROOFCARD_TRY(const std::uint32_t votes, integer_sums(node, above, std::move(matrix), std::move(row)));
  return largest_score(node, votes);
}

// The system that the probabilities p of the classes solve but for a factor, given those r of pairs: the matrix Q + 1 with
// Q[t, t] = sum over j of r[j, t]^2 and Q[t, j] = -r[j, t] r[t, j], and a column of ones: [N, classes, classes + 1].
Result<std::uint32_t> coupling_system(const NodeReader& node, std::uint32_t r, std::size_t classes) {
  const std::vector<Pair> pairs = pairs_of(classes);
  PROOFCARD_TRY(const std::uint32_t rest, complement(node, r));
  PROOFCARD_TRY(const std::uint32_t squares, node.emit(FloatOp::kSquare, {r}));
  PROOFCARD_TRY(const std::uint32_t rest_squares, node.emit(FloatOp::kSquare, {rest}));
  PROOFCARD_TRY(const std::uint32_t products, node.emit(FloatOp::kMul, {r, rest}));
  PROOFCARD_TRY(const std::uint32_t all, concatenated(node, {squares, rest_squares, products}, 1));
  const std::size_t width = classes + 1;
  const std::size_t entries = classes * width;
  Dims matrix(3 * pairs.size() * entries, 0);
  for (std::size_t p = 0; p < pairs.size(); ++p) {
    const auto [i, j] = pairs[p];
    const std::size_t both = (2 * pairs.size() + p) * entries;
    matrix[p * entries + j * width + j] = 1;
    matrix[(pairs.size() + p) * entries + i * width + i] = 1;
    matrix[both + i * width + j] = -1;
    matrix[both + j * width + i] = -1;
  }
  PROOFCARD_TRY(const std::uint32_t system, integer_sums(node, all, std::move(matrix), Dims(entries, 1)));
  return node.reshape(system,
                      {node.shape_of(r)[0], static_cast<std::int64_t>(classes), static_cast<std::int64_t>(width)});
}

// Entry t of an axis, which stays; or all from t on.
Result<std::uint32_t> part(const NodeReader& node, std::uint32_t x, std::size_t axis, std::int64_t from,
                           std::int64_t size) {
  FloatNode n = whole_slice(node, x);
  n.ints[axis] = from;
  n.ints[2 * node.shape_of(x).size() + axis] = size;
  return node.emit(std::move(n));
}

// The probabilities of classes that agree best with those of pairs (Wu, Lin and Weng 2004, section 4.1): libsvm goes there step by
// step, here the equations are solved, column by column. The matrix is positive definite, so no pivot is near 0.
Result<std::uint32_t> coupled(const NodeReader& node, std::uint32_t r, std::size_t classes) {
  PROOFCARD_TRY(std::uint32_t a, coupling_system(node, r, classes));
  const auto size = static_cast<std::int64_t>(classes);
  for (std::int64_t t = 0; t < size; ++t) {
    PROOFCARD_TRY(std::uint32_t row, part(node, a, 1, t, 1));
    PROOFCARD_TRY(const std::uint32_t pivot, part(node, row, 2, 0, 1));
    PROOFCARD_TRY(row, part(node, row, 2, 1, size - t));
    PROOFCARD_TRY(row, node.emit(FloatOp::kDiv, {row, pivot}));
    PROOFCARD_TRY(std::uint32_t column, part(node, a, 2, 0, 1));
    FloatTensor own{{size, 1}, std::vector<float>(classes, 0.0F), false};
    own.data[static_cast<std::size_t>(t)] = -1.0F;
    PROOFCARD_TRY(column, node.emit(FloatOp::kAdd, {column, node.add_constant(std::move(own))}));
    PROOFCARD_TRY(a, part(node, a, 2, 1, size - t));
    PROOFCARD_TRY(const std::uint32_t taken, node.emit(FloatOp::kMul, {column, row}));
    PROOFCARD_TRY(a, node.emit(FloatOp::kSub, {a, taken}));
  }
  PROOFCARD_TRY(a, node.reshape(a, {node.shape_of(r)[0], size}));
  FloatNode n = node.make(FloatOp::kRowNorm, {a});
  n.ints = {1};
  return node.emit(std::move(n));
}

// The probability of i for each pair is the logistic of -(a score + b), at least 1e-7 from 0 and 1.
Result<std::uint32_t> probabilities(const NodeReader& node, std::uint32_t scores, const std::vector<float>& a,
                                    const std::vector<float>& b, std::size_t classes) {
  const auto row = [&](std::vector<float> values) {
    for (float& v : values) v = -v;
    const auto size = static_cast<std::int64_t>(values.size());
    return node.add_constant(FloatTensor{{size}, std::move(values), false});
  };
  PROOFCARD_TRY(std::uint32_t r, node.emit(FloatOp::kMul, {scores, row(a)}));
  PROOFCARD_TRY(r, node.emit(FloatOp::kAdd, {r, row(b)}));
  PROOFCARD_TRY(r, node.emit(FloatOp::kSigmoid, {r}));
  if (classes > 2) {
    return coupled(node, r, classes);
  }
  PROOFCARD_TRY(const std::uint32_t rest, complement(node, r));
  return concatenated(node, {r, rest}, 1);
}

Status expect_lists(const NodeReader& node, const ClassLabels& labels, const Dims& vectors_per_class) {
  const std::size_t classes = labels.size();
  if (classes < 2 || classes > kMaxClasses) {
    return node.unsupported(fmt::format("expected 2 to {} classes, found {}", kMaxClasses, classes));
  }
  if (vectors_per_class.empty()) {
    return node.unsupported("a classifier without support vectors is not supported");
  }
  if (vectors_per_class.size() != classes ||
      std::any_of(vectors_per_class.begin(), vectors_per_class.end(),
                  [](std::int64_t size) { return size < 0 || size > kMaxSupportVectors; }) ||
      std::accumulate(vectors_per_class.begin(), vectors_per_class.end(), std::int64_t{0}) > kMaxSupportVectors) {
    return bad_input(node.where(), "expected a number of vectors for each of {} classes, at most {} together", classes,
                     kMaxSupportVectors);
  }
  return {};
}

}  // namespace

Status svm_classifier(const NodeReader& node) {
  PROOFCARD_TRY(const std::uint32_t x, feature_rows(node, 0));
  PROOFCARD_TRY(const ClassLabels labels, read_labels(node));
  PROOFCARD_TRY(const Dims vectors_per_class, node.integers("vectors_per_class", {}));
  PROOFCARD_RETURN_IF_ERROR(expect_lists(node, labels, vectors_per_class));
  KernelMachine machine;
  PROOFCARD_TRY(machine.vectors, node.reals("support_vectors"));
  PROOFCARD_TRY(machine.bias, node.reals("rho"));
  PROOFCARD_TRY(const std::vector<float> coefficients, node.reals("coefficients"));
  PROOFCARD_TRY(const std::vector<float> a, node.reals("prob_a"));
  PROOFCARD_TRY(const std::vector<float> b, node.reals("prob_b"));
  PROOFCARD_TRY(const std::string transform, node.text("post_transform", "NONE"));
  machine.num = std::accumulate(vectors_per_class.begin(), vectors_per_class.end(), std::int64_t{0});
  const std::size_t classes = labels.size();
  const std::vector<Pair> pairs = pairs_of(classes);
  const bool has_probabilities = !a.empty() || !b.empty();
  if (machine.num == 0 || machine.bias.size() != pairs.size() ||
      coefficients.size() != (classes - 1) * static_cast<std::size_t>(machine.num) ||
      (has_probabilities && (a.size() != pairs.size() || b.size() != pairs.size()))) {
    return bad_input(
        node.where(),
        "expected vectors, {} coefficients for each, and a rho, and a and b or neither, for each of {} pairs of "
        "classes, found {} vectors, {} coefficients, {} rho, {} a and {} b",
        classes - 1, pairs.size(), machine.num, coefficients.size(), machine.bias.size(), a.size(), b.size());
  }
  if (transform != "NONE" || (has_probabilities && classes > kMaxCoupled)) {
    return node.unsupported(
        fmt::format("post_transform {}, and probabilities of more than {} classes, are not supported",
                    foreign_name(transform), kMaxCoupled));
  }
  machine.coefficients =
      coefficients_of_pairs(pairs, coefficients, vectors_per_class, static_cast<std::size_t>(machine.num));
  PROOFCARD_TRY(const std::uint32_t scores, kernel_sums(node, x, machine));
  PROOFCARD_TRY(const std::uint32_t number, most_voted(node, scores, classes));
  PROOFCARD_RETURN_IF_ERROR(bind_label(node, number, labels));
  std::uint32_t out = scores;
  if (has_probabilities) {
    PROOFCARD_TRY(out, probabilities(node, scores, a, b, classes));
  } else if (classes == 2) {  // the score of the first class, and what that is for the second
    PROOFCARD_TRY(const std::uint32_t turned, scaled(node, scores, -1.0F));
    PROOFCARD_TRY(out, concatenated(node, {turned, scores}, 1));
  }
  return node.bind(1, out);
}

}  // namespace proofcard::graph
