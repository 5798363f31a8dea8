#include "host/graph/onnx/import_parts.hpp"

#include <algorithm>

#include "host/graph/float_graph/float_kernels.hpp"
#include "host/graph/float_graph/moves.hpp"

namespace proofcard::graph {

Result<std::uint32_t> scaled(const NodeReader& node, std::uint32_t x, float factor) {
  return factor == 1.0F ? Result<std::uint32_t>(x) : node.emit(FloatOp::kMul, {x, node.add_scalar(factor)});
}

Result<std::uint32_t> transposed(const NodeReader& node, std::uint32_t x, Dims permutation) {
  const FloatNode* before = node.producer(x);
  if (before != nullptr && before->op == FloatOp::kTranspose && permutation == Dims{1, 0} &&
      before->ints == permutation) {
    return before->inputs[0];  // a matrix turned twice
  }
  FloatNode n = node.make(FloatOp::kTranspose, {x});
  n.ints = std::move(permutation);
  const FloatNode move = n;
  PROOFCARD_TRY(const std::uint32_t out, node.emit(std::move(n)));
  if (const auto from = node.dequantised_constants().find(x); from != node.dequantised_constants().end()) {
    DequantisedConstant turned = from->second;
    const auto& order = move.ints;
    turned.axis = idx(std::find(order.begin(), order.end(), static_cast<std::int64_t>(turned.axis)) - order.begin());
    turned.integers.shape = node.shape_of(out);
    turned.integers.integers = moved<std::int64_t>(
        move, {{from->second.integers.shape, from->second.integers.integers}}, turned.integers.shape);
    node.dequantised_constants()[out] = std::move(turned);
  }
  return out;
}

Result<std::uint32_t> repeated(const NodeReader& node, std::uint32_t x, std::size_t axis, std::int64_t times,
                               bool each_entry) {
  if (times < 0 || times > kMaxRepeats) {
    return bad_input(node.where(), "expected from 0 to {} repeats along axis {}, found {}", kMaxRepeats, axis, times);
  }
  if (times == 1) {
    return x;
  }
  Dims shape = node.shape_of(x);
  const std::size_t at = each_entry ? axis + 1 : axis;
  shape.insert(shape.begin() + static_cast<std::ptrdiff_t>(at), 1);
  PROOFCARD_TRY(x, node.reshape(x, shape));
  FloatNode n = node.make(FloatOp::kGather, {x});
  n.axis = static_cast<std::int64_t>(at);
  n.ints.assign(static_cast<std::size_t>(times), 0);
  PROOFCARD_TRY(x, node.emit(std::move(n)));
  shape = node.shape_of(x);
  shape[axis] *= shape[axis + 1];
  shape.erase(shape.begin() + static_cast<std::ptrdiff_t>(axis) + 1);
  return node.reshape(x, std::move(shape));
}

FloatNode whole_slice(const NodeReader& node, std::uint32_t x) {
  const Dims from = node.shape_of(x);
  FloatNode n = node.make(FloatOp::kSlice, {x});
  n.ints.assign(from.size(), 0);
  n.ints.insert(n.ints.end(), from.size(), 1);
  n.ints.insert(n.ints.end(), from.begin(), from.end());
  return n;
}

FloatNode normalise(const NodeReader& node, std::uint32_t x, Dims axes, float epsilon, bool centred) {
  FloatNode n = node.make(FloatOp::kNormalise, {x});
  n.ints = std::move(axes);
  n.alpha = epsilon;
  n.centred = centred;
  return n;
}

Result<std::uint32_t> concatenated(const NodeReader& node, std::vector<std::uint32_t> parts, std::int64_t axis) {
  FloatNode n = node.make(FloatOp::kConcat, std::move(parts));
  n.axis = axis;
  return node.emit(std::move(n));
}

}  // namespace proofcard::graph
