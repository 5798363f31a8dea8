// Operators that choose entries by indices.
#include "host/graph/onnx/import_parts.hpp"
#include "host/graph/onnx/importer.hpp"

namespace proofcard::graph {
namespace {

// A table of many rows, with rows of 0 behind it so that one-hot rows for it are products of two shorter ones.
std::uint32_t padded_table(const NodeReader& node, std::uint32_t x) {
  const std::int64_t rows = node.shape_of(x)[0];
  const std::int64_t low = one_hot_low_places(rows);
  if (!node.is_constant(x) || is_integer_type(node.type_of(x)) || rows % low == 0) {
    return x;
  }
  const Constant given = node.typed_value(x);
  FloatTensor table{given.shape, {given.reals.begin(), given.reals.end()}, false};
  table.shape[0] = (rows + low - 1) / low * low;
  table.data.resize(static_cast<std::size_t>(count(table.shape)), 0.0F);
  return node.add_constant(std::move(table));
}

// The rows of the first axis of x, [n, ...], that computed indices name: one-hot rows times x.
Result<std::uint32_t> rows_by_computed(const NodeReader& node, std::uint32_t x, std::uint32_t indices) {
  const Dims index_shape = node.shape_of(indices);
  node.note_index(indices, node.shape_of(x)[0]);
  x = padded_table(node, x);
  const Dims from = node.shape_of(x);
  PROOFCARD_TRY(std::uint32_t list, node.reshape(indices, {count(index_shape)}));
  FloatNode n = node.make(FloatOp::kOneHot, {list});
  n.ints = {from[0]};
  PROOFCARD_TRY(std::uint32_t rows, node.emit(std::move(n)));
  PROOFCARD_TRY(rows, node.retyped(rows, node.type_of(x)));
  PROOFCARD_TRY(std::uint32_t table, node.reshape(x, {from[0], count(from) / from[0]}));
  PROOFCARD_TRY(std::uint32_t out, node.emit(FloatOp::kMatMul, {rows, table}));
  Dims to = index_shape;
  to.insert(to.end(), from.begin() + 1, from.end());
  return node.reshape(out, std::move(to));
}

Result<std::uint32_t> gathered_by_computed(const NodeReader& node, std::uint32_t x, std::uint32_t indices,
                                           std::size_t axis) {
  const std::size_t rank = node.shape_of(x).size();
  const std::size_t index_rank = node.shape_of(indices).size();
  if (count(node.shape_of(x)) == 0) {
    return bad_input(node.where(), "expected values to choose from, found none");
  }
  // The axis goes to the front, and the axes that come from the indices back to its place.
  FloatNode front = node.make(FloatOp::kTranspose, {x});
  front.ints.push_back(static_cast<std::int64_t>(axis));
  for (std::size_t a = 0; a < rank; ++a) {
    if (a != axis) {
      front.ints.push_back(static_cast<std::int64_t>(a));
    }
  }
  if (axis != 0) {
    PROOFCARD_TRY(x, node.emit(std::move(front)));
  }
  PROOFCARD_TRY(std::uint32_t out, rows_by_computed(node, x, indices));
  if (axis != 0) {
    FloatNode back = node.make(FloatOp::kTranspose, {out});
    for (std::size_t a = 0; a < axis; ++a) {
      back.ints.push_back(static_cast<std::int64_t>(index_rank + a));
    }
    for (std::size_t a = 0; a < index_rank; ++a) {
      back.ints.push_back(static_cast<std::int64_t>(a));
    }
    for (std::size_t a = index_rank + axis; a + 1 < index_rank + rank; ++a) {
      back.ints.push_back(static_cast<std::int64_t>(a));
    }
    PROOFCARD_TRY(out, node.emit(std::move(back)));
  }
  return out;
}

Status gather(const NodeReader& node) {
  PROOFCARD_TRY(const std::uint32_t x, node.input(0));
  PROOFCARD_TRY(const std::uint32_t indices, node.input(1));
  PROOFCARD_TRY(std::int64_t axis, node.integer("axis", 0));
  PROOFCARD_TRY(axis, normalise_axis(axis, node.shape_of(x).size(), node.where()));
  PROOFCARD_TRY(const std::uint32_t out, gathered(node, x, indices, axis));
  return node.bind(0, out);
}

// Rows of zeros and ones between the two values.
Status one_hot(const NodeReader& node) {
  PROOFCARD_TRY(std::uint32_t x, node.input(0));
  PROOFCARD_TRY(const Dims depth, node.constant_integers(1, "depth"));
  PROOFCARD_TRY(const FloatTensor* values, node.constant(2, "pair of values"));
  PROOFCARD_TRY(std::int64_t axis, node.integer("axis", -1));
  const std::size_t rank = node.shape_of(x).size();
  PROOFCARD_TRY(axis, normalise_axis(axis, rank + 1, node.where()));
  if (depth.size() != 1 || values->data.size() != 2) {
    return bad_input(node.where(), "expected one depth and two values, found {} and {}", depth.size(),
                     values->data.size());
  }
  if (!is_integer_type(node.type_of(x))) {  // are truncated
    PROOFCARD_TRY(x, node.emit(FloatOp::kTruncate, {x}));
    node.set_type(x, onnx::TensorProto::INT64);
  }
  const float off = values->data[0];
  const float on = values->data[1];
  PROOFCARD_TRY(const std::uint32_t values_id, node.input(2));
  const ElementType type = node.type_of(values_id);
  // Indices below 0 count from the end.
  const std::uint32_t zero = node.add_constant(make_constant(node.type_of(x), {}));
  PROOFCARD_TRY(const std::uint32_t from_end, node.emit(FloatOp::kLess, {x, zero}));
  node.set_type(from_end, onnx::TensorProto::BOOL);
  PROOFCARD_TRY(std::uint32_t turn, node.retyped(from_end, node.type_of(x)));
  PROOFCARD_TRY(turn, scaled(node, turn, static_cast<float>(depth[0])));
  FloatNode n = node.make(FloatOp::kOneHot, {x});
  PROOFCARD_TRY(n.inputs[0], node.emit(FloatOp::kAdd, {x, turn}));
  n.ints = depth;
  PROOFCARD_TRY(std::uint32_t out, node.emit(std::move(n)));
  PROOFCARD_TRY(out, node.retyped(out, type));
  if (on - off != 1.0F) {
    PROOFCARD_TRY(out, node.emit(FloatOp::kMul, {out, node.add_scalar(on - off)}));
  }
  if (off != 0.0F) {
    PROOFCARD_TRY(out, node.emit(FloatOp::kAdd, {out, node.add_scalar(off)}));
  }
  Dims permutation;
  for (std::size_t a = 0; a < rank; ++a) {
    permutation.push_back(static_cast<std::int64_t>(a));
  }
  permutation.insert(permutation.begin() + axis, static_cast<std::int64_t>(rank));
  if (static_cast<std::size_t>(axis) != rank) {
    PROOFCARD_TRY(out, transposed(node, out, std::move(permutation)));
  }
  return node.bind(0, out);
}

}  // namespace

Result<std::uint32_t> gathered(const NodeReader& node, std::uint32_t x, std::uint32_t indices, std::int64_t axis) {
  const Dims from = node.shape_of(x);
  if (!is_integer_type(node.type_of(indices))) {
    return bad_input(node.where(), "expected indices of integers, found {}", element_type_name(node.type_of(indices)));
  }
  if (!node.is_constant(indices)) {
    return gathered_by_computed(node, x, indices, static_cast<std::size_t>(axis));
  }
  const Dims index_shape = node.shape_of(indices);
  FloatNode n = node.make(FloatOp::kGather, {x});
  n.axis = axis;
  n.ints = node.typed_value(indices).integers;
  for (std::int64_t& i : n.ints) {
    PROOFCARD_TRY(i, normalise_axis(i, static_cast<std::size_t>(from[static_cast<std::size_t>(axis)]), node.where()));
  }
  PROOFCARD_TRY(const std::uint32_t out, node.emit(std::move(n)));
  Dims to(from.begin(), from.begin() + axis);
  to.insert(to.end(), index_shape.begin(), index_shape.end());
  to.insert(to.end(), from.begin() + axis + 1, from.end());
  return node.reshape(out, std::move(to));
}

const std::map<std::string, Translation>& gather_translations() {
  static const std::map<std::string, Translation> table = {
      {"Gather", gather},
      {"OneHot", one_hot},
  };
  return table;
}

}  // namespace proofcard::graph
