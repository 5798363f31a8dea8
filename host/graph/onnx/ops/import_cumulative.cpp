// Sums and products of all before an entry, triangles and diagonals, and the position of the largest entry as a row.
#include <algorithm>

#include "host/graph/onnx/import_parts.hpp"
#include "host/graph/onnx/importer.hpp"

namespace proofcard::graph {
namespace {

Result<std::uint32_t> reversed(const NodeReader& node, std::uint32_t x, std::size_t axis) {
  FloatNode n = whole_slice(node, x);
  const std::size_t rank = node.shape_of(x).size();
  n.ints[axis] = node.shape_of(x)[axis] - 1;
  n.ints[rank + axis] = -1;
  return node.emit(std::move(n));
}

// The entries moved on by so many, and the neutral number before them.
Result<std::uint32_t> delayed(const NodeReader& node, std::uint32_t x, std::size_t axis, std::int64_t by,
                              float neutral) {
  const std::size_t rank = node.shape_of(x).size();
  const Dims shape = node.shape_of(x);
  FloatNode rest = whole_slice(node, x);
  rest.ints[2 * rank + axis] = shape[axis] - by;
  PROOFCARD_TRY(const std::uint32_t moved, node.emit(std::move(rest)));
  FloatNode n = node.make(FloatOp::kPad, {moved});
  n.ints.assign(2 * rank, 0);
  n.ints[axis] = by;
  n.alpha = neutral;
  return node.emit(std::move(n));
}

// With entries that are 1, 2, 4, ... places before, in as many steps as the length has bits.
Status cumulative(const NodeReader& node) {
  PROOFCARD_TRY(std::uint32_t x, node.input(0));
  PROOFCARD_TRY(const Dims given, node.constant_integers(1, "axis"));
  if (given.size() != 1) {
    return bad_input(node.where(), "expected one axis, found {}", given.size());
  }
  PROOFCARD_TRY(const std::int64_t at, normalise_axis(given[0], node.shape_of(x).size(), node.where()));
  PROOFCARD_TRY(const std::int64_t exclusive, node.integer("exclusive", 0));
  PROOFCARD_TRY(const std::int64_t backwards, node.integer("reverse", 0));
  const auto axis = static_cast<std::size_t>(at);
  const bool sums = node.op() == "CumSum";
  const float neutral = sums ? 0.0F : 1.0F;
  const std::int64_t size = node.shape_of(x)[axis];
  if (backwards != 0) {
    PROOFCARD_TRY(x, reversed(node, x, axis));
  }
  if (exclusive != 0 && size > 1) {
    PROOFCARD_TRY(x, delayed(node, x, axis, 1, neutral));
  } else if (exclusive != 0) {
    return node.unsupported("exclusive along an axis of one entry is not supported");
  }
  for (std::int64_t by = 1; by < size; by *= 2) {
    PROOFCARD_TRY(const std::uint32_t before, delayed(node, x, axis, by, neutral));
    PROOFCARD_TRY(x, node.emit(sums ? FloatOp::kAdd : FloatOp::kMul, {x, before}));
  }
  if (backwards != 0) {
    PROOFCARD_TRY(x, reversed(node, x, axis));
  }
  return node.bind(0, x);
}

// One row of the triangle: what lies in it, and zeros around.
Result<std::uint32_t> row_of_triangle(const NodeReader& node, std::uint32_t x, std::int64_t row, std::int64_t from,
                                      std::int64_t to) {
  const Dims shape = node.shape_of(x);
  const std::size_t rank = shape.size();
  if (from >= to) {
    Dims one = shape;
    one[rank - 2] = 1;
    return node.add_constant(make_constant(node.type_of(x), std::move(one)));
  }
  FloatNode part = whole_slice(node, x);
  part.ints[rank - 2] = row;
  part.ints[3 * rank - 2] = 1;
  part.ints[rank - 1] = from;
  part.ints[3 * rank - 1] = to - from;
  PROOFCARD_TRY(const std::uint32_t inside, node.emit(std::move(part)));
  if (from == 0 && to == shape[rank - 1]) {
    return inside;
  }
  FloatNode n = node.make(FloatOp::kPad, {inside});
  n.ints.assign(2 * rank, 0);
  n.ints[rank - 1] = from;
  n.ints[2 * rank - 1] = shape[rank - 1] - to;
  return node.emit(std::move(n));
}

Status triangle(const NodeReader& node) {
  constexpr std::int64_t kMaxRows = 256;
  PROOFCARD_TRY(std::uint32_t x, node.input(0));
  PROOFCARD_TRY(const std::int64_t upper, node.integer("upper", 1));
  std::int64_t k = 0;
  if (node.has_input(1)) {
    PROOFCARD_TRY(const Dims given, node.constant_integers(1, "diagonal"));
    k = given.size() == 1 ? std::clamp<std::int64_t>(given[0], -(1 << 24), 1 << 24) : 0;
  }
  const Dims shape = node.shape_of(x);
  if (shape.size() < 2) {
    return bad_input(node.where(), "expected a matrix, found shape [{}]", fmt::join(shape, ", "));
  }
  if (count(shape) == 0) {
    return node.bind(0, x);
  }
  const std::int64_t rows = shape[shape.size() - 2];
  const std::int64_t columns = shape.back();
  if (rows > kMaxRows) {
    return node.unsupported(fmt::format("matrices of more than {} rows are not supported", kMaxRows));
  }
  FloatNode n = node.make(FloatOp::kConcat, {});
  n.axis = static_cast<std::int64_t>(shape.size()) - 2;
  bool any = false;
  for (std::int64_t row = 0; row < rows; ++row) {
    const std::int64_t from = upper != 0 ? std::clamp<std::int64_t>(row + k, 0, columns) : 0;
    const std::int64_t to = upper != 0 ? columns : std::clamp<std::int64_t>(row + k + 1, 0, columns);
    any = any || from < to;
    PROOFCARD_TRY(const std::uint32_t part, row_of_triangle(node, x, row, from, to));
    n.inputs.push_back(part);
  }
  if (!any) {
    return node.bind(0, node.add_constant(make_constant(node.type_of(x), shape)));
  }
  PROOFCARD_TRY(const std::uint32_t out, rows == 1 ? Result<std::uint32_t>(n.inputs[0]) : node.emit(std::move(n)));
  node.set_type(out, node.type_of(x));
  return node.bind(0, out);
}

Status hardmax(const NodeReader& node) {
  PROOFCARD_TRY(std::uint32_t x, node.input(0));
  const Dims shape = node.shape_of(x);
  PROOFCARD_TRY(std::int64_t axis, node.integer("axis", node.opset() < 13 ? 1 : -1));
  PROOFCARD_TRY(axis, normalise_axis(axis, shape.size(), node.where()));
  Dims flat = shape;
  if (node.opset() < 13) {  // over all axes from `axis` on
    flat.resize(static_cast<std::size_t>(axis));
    flat.push_back(count(Dims(shape.begin() + axis, shape.end())));
    PROOFCARD_TRY(x, node.reshape(x, flat));
  }
  FloatNode position = node.make(FloatOp::kArgMax, {x});
  position.axis = axis;
  position.keep_dims = false;
  PROOFCARD_TRY(const std::uint32_t at, node.emit(std::move(position)));
  FloatNode row = node.make(FloatOp::kOneHot, {at});
  row.ints = {flat[static_cast<std::size_t>(axis)]};
  PROOFCARD_TRY(std::uint32_t out, node.emit(std::move(row)));
  PROOFCARD_TRY(out, node.retyped(out, node.type_of(x)));
  Dims permutation;
  for (std::int64_t a = 0; a + 1 < static_cast<std::int64_t>(flat.size()); ++a) {
    permutation.push_back(a);
  }
  permutation.insert(permutation.begin() + axis, static_cast<std::int64_t>(flat.size()) - 1);
  PROOFCARD_TRY(out, transposed(node, out, std::move(permutation)));
  PROOFCARD_TRY(out, node.reshape(out, shape));
  return node.bind(0, out);
}

// Of the operand, only the shape counts.
Status eye(const NodeReader& node) {
  PROOFCARD_TRY(const std::uint32_t x, node.input(0));
  const Constant zeros = make_constant(node.type_of(x), node.shape_of(x));
  PROOFCARD_TRY(Constant out, find_folding("EyeLike")(node, {&zeros}));
  return node.bind(0, node.add_constant(std::move(out)));
}

}  // namespace

const std::map<std::string, Translation>& cumulative_translations() {
  static const std::map<std::string, Translation> table = {
      {"CumSum", cumulative}, {"CumProd", cumulative}, {"Trilu", triangle}, {"Hardmax", hardmax}, {"EyeLike", eye}};
  return table;
}

}  // namespace proofcard::graph
