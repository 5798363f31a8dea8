// LabelEncoder, of integers and reals, and OneHotEncoder, of integers.
#include <algorithm>
#include <cmath>

#include "host/graph/onnx/ml/import_ml.hpp"

namespace proofcard::graph {
namespace {

constexpr std::int64_t kMaxCategory = std::int64_t{1} << 24;  // floats hold them

bool are_categories(const Dims& keys) {
  Dims sorted = keys;
  std::sort(sorted.begin(), sorted.end());
  return !keys.empty() && sorted.front() >= -kMaxCategory && sorted.back() <= kMaxCategory &&
         std::adjacent_find(sorted.begin(), sorted.end()) == sorted.end();
}

// The number of the key that each value is; as many as there are keys for other values.
Result<std::uint32_t> number_of_key(const NodeReader& node, std::uint32_t x, const Dims& keys) {
  if (!are_categories(keys)) {
    return node.unsupported("expected distinct keys within 2^24, found others");
  }
  FloatNode n = node.make(FloatOp::kIntegerMap, {x});
  const auto size = static_cast<std::int64_t>(keys.size());
  n.ints = {size};
  n.ints.insert(n.ints.end(), keys.begin(), keys.end());
  for (std::int64_t k = 0; k < size; ++k) {
    n.ints.push_back(k);
  }
  return node.emit(std::move(n));
}

// What values that equal a key are given, and what others are: others + sum over keys of [x = key] (value - others).
Status by_real_keys(const NodeReader& node, std::uint32_t x, const std::vector<float>& keys) {
  PROOFCARD_TRY(const Dims integers, node.integers("values_int64s", {}));
  PROOFCARD_TRY(const std::vector<float> reals, node.reals("values_floats"));
  std::vector<float> sorted = keys;
  std::ranges::sort(sorted);
  const bool distinct = std::ranges::adjacent_find(sorted) == sorted.end();
  const auto out_of_range = [](std::int64_t v) { return v < -kMaxCategory || v > kMaxCategory; };
  PROOFCARD_TRY(const std::int64_t other, node.integer("default_int64", -1));
  if (!distinct || !std::ranges::all_of(keys, [](float k) { return std::isfinite(k); }) ||
      keys.size() != std::max(integers.size(), reals.size()) || std::ranges::any_of(integers, out_of_range) ||
      out_of_range(other)) {
    return node.unsupported("expected distinct, finite keys and a value within 2^24 for each, found others");
  }
  const Dims shape = node.shape_of(x);
  const auto size = static_cast<std::int64_t>(keys.size());
  Dims column = shape;
  column.push_back(1);
  PROOFCARD_TRY(const std::uint32_t rows, node.reshape(x, column));
  PROOFCARD_TRY(std::uint32_t is_key,
                node.emit(FloatOp::kEqual, {rows, node.add_constant(FloatTensor{{size}, keys, false})}));
  node.set_type(is_key, onnx::TensorProto::BOOL);
  const bool whole = reals.empty();
  PROOFCARD_TRY(const float other_real, node.real("default_float", 0.0F));
  FloatTensor values{{size}, {}, false};
  for (std::size_t k = 0; k < keys.size(); ++k) {
    values.data.push_back(whole ? static_cast<float>(integers[k] - other) : reals[k] - other_real);
  }
  const ElementType type = whole ? onnx::TensorProto::INT64 : onnx::TensorProto::FLOAT;
  const auto constant = [&](const FloatTensor& t) { return node.add_constant(to_constant(t, type)); };
  PROOFCARD_TRY(is_key, node.retyped(is_key, type));
  PROOFCARD_TRY(const std::uint32_t chosen, node.emit(FloatOp::kMul, {is_key, constant(values)}));
  FloatNode sum = node.make(FloatOp::kReduceSum, {chosen});
  sum.ints = {static_cast<std::int64_t>(shape.size())};
  sum.keep_dims = false;
  PROOFCARD_TRY(const std::uint32_t total, node.emit(std::move(sum)));
  const FloatTensor rest{{}, {whole ? static_cast<float>(other) : other_real}, false};
  PROOFCARD_TRY(const std::uint32_t out, node.emit(FloatOp::kAdd, {total, constant(rest)}));
  return node.bind(0, out);
}

Status label_encoder(const NodeReader& node) {
  PROOFCARD_TRY(const std::uint32_t x, node.input(0));
  PROOFCARD_TRY(const std::vector<float> real_keys, node.reals("keys_floats"));
  if (!real_keys.empty() && is_float_type(node.type_of(x)) &&
      (node.has_attribute("values_int64s") || node.has_attribute("values_floats"))) {
    return by_real_keys(node, x, real_keys);
  }
  PROOFCARD_TRY(const Dims keys, node.integers("keys_int64s", {}));
  PROOFCARD_TRY(const Dims values, node.integers("values_int64s", {}));
  PROOFCARD_TRY(const std::vector<float> reals, node.reals("values_floats"));
  if (keys.empty() || (values.empty() && reals.empty())) {
    return node.unsupported("labels of strings and keys that are not integers are not supported");
  }
  if (!are_categories(keys) || keys.size() != std::max(values.size(), reals.size())) {
    return node.unsupported("expected distinct keys within 2^24 and a value for each, found others");
  }
  if (!values.empty()) {
    PROOFCARD_TRY(const std::int64_t other, node.integer("default_int64", -1));
    FloatNode n = node.make(FloatOp::kIntegerMap, {x});
    n.ints = {other};
    n.ints.insert(n.ints.end(), keys.begin(), keys.end());
    n.ints.insert(n.ints.end(), values.begin(), values.end());
    const auto out_of_range = [](std::int64_t v) { return v < -kMaxCategory || v > kMaxCategory; };
    if (out_of_range(other) || std::any_of(values.begin(), values.end(), out_of_range)) {
      return node.unsupported("expected values within 2^24, found larger ones");
    }
    PROOFCARD_TRY(const std::uint32_t out, node.emit(std::move(n)));
    return node.bind(0, out);
  }
  // The row of one more value than keys: the last is what others get.
  PROOFCARD_TRY(const float other, node.real("default_float", 0.0F));
  PROOFCARD_TRY(const std::uint32_t number, number_of_key(node, x, keys));
  FloatNode n = node.make(FloatOp::kOneHot, {number});
  n.ints = {static_cast<std::int64_t>(keys.size()) + 1};
  PROOFCARD_TRY(std::uint32_t hot, node.emit(std::move(n)));
  PROOFCARD_TRY(hot, node.retyped(hot, onnx::TensorProto::FLOAT));
  std::vector<float> column = reals;
  column.push_back(other);
  const auto size = static_cast<std::int64_t>(column.size());
  const std::uint32_t table = node.add_constant(FloatTensor{{size, 1}, std::move(column), false});
  PROOFCARD_TRY(std::uint32_t out, node.emit(FloatOp::kMatMul, {hot, table}));
  PROOFCARD_TRY(out, node.reshape(out, node.shape_of(x)));
  return node.bind(0, out);
}

Status one_hot_encoder(const NodeReader& node) {
  PROOFCARD_TRY(const std::uint32_t x, node.input(0));
  PROOFCARD_TRY(const Dims keys, node.integers("cats_int64s", {}));
  PROOFCARD_TRY(const std::int64_t zeros, node.integer("zeros", 1));
  if (keys.empty()) {
    return node.unsupported("categories that are strings are not supported");
  }
  if (zeros == 0) {
    node.note(node.where() + ": values that are none of its categories give rows of zeros, not an error");
  }
  PROOFCARD_TRY(const std::uint32_t number, number_of_key(node, x, keys));
  FloatNode n = node.make(FloatOp::kOneHot, {number});
  n.ints = {static_cast<std::int64_t>(keys.size())};
  PROOFCARD_TRY(std::uint32_t out, node.emit(std::move(n)));
  PROOFCARD_TRY(out, node.retyped(out, onnx::TensorProto::FLOAT));
  return node.bind(0, out);
}

}  // namespace

const std::map<std::string, Translation>& category_translations() {
  static const std::map<std::string, Translation> table = {
      {"LabelEncoder", label_encoder},
      {"OneHotEncoder", one_hot_encoder},
  };
  return table;
}

}  // namespace proofcard::graph
