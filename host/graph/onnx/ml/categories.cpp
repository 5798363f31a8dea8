// LabelEncoder and OneHotEncoder, of integers.
#include <algorithm>

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

Status label_encoder(const NodeReader& node) {
  PROOFCARD_TRY(const std::uint32_t x, node.input(0));
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
