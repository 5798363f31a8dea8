// Pools.
#include "host/graph/onnx/import_parts.hpp"

namespace proofcard::graph {
namespace {

// A window over the whole plane.
FloatNode whole_plane(const NodeReader& node, FloatOp op, std::uint32_t x) {
  FloatNode n = node.make(op, {x});
  const Dims shape = node.shape_of(x);
  n.kernel.assign(shape.begin() + 2, shape.end());
  n.strides.assign(shape.size() - 2, 1);
  n.dilations = n.strides;
  n.pads.assign(2 * n.strides.size(), 0);
  return n;
}

Status check_planes(const NodeReader& node, const Dims& shape) {
  return shape.size() >= 3
             ? Status()
             : bad_input(node.where(), "expected an input of rank 3 or more, found rank {}", shape.size());
}

Status pool(const NodeReader& node) {
  PROOFCARD_TRY(std::uint32_t x, node.input(0));
  const Dims shape = node.shape_of(x);
  PROOFCARD_RETURN_IF_ERROR(check_planes(node, shape));
  const bool max = node.op().ends_with("MaxPool");
  FloatNode n = whole_plane(node, max ? FloatOp::kMaxPool : FloatOp::kAveragePool, x);
  if (!node.op().starts_with("Global")) {
    PROOFCARD_TRY(std::int64_t include, node.integer("count_include_pad", 0));
    n.include_pad = !max && include != 0;
    PROOFCARD_RETURN_IF_ERROR(read_window(node, n, shape, {}));
  }
  PROOFCARD_RETURN_IF_ERROR(node.no_output_from(1));
  PROOFCARD_TRY(std::uint32_t out, node.emit(std::move(n)));
  return node.bind(0, out);
}

// The sum of magnitudes, or the root of the sum of squares: the mean over the whole window, times its cells.
Status lp_pool(const NodeReader& node) {
  PROOFCARD_TRY(std::uint32_t x, node.input(0));
  const Dims shape = node.shape_of(x);
  PROOFCARD_RETURN_IF_ERROR(check_planes(node, shape));
  PROOFCARD_TRY(const std::int64_t p, node.integer("p", 2));
  if (p != 1 && p != 2) {
    return node.unsupported(
        fmt::format("p of 1 and 2 is supported, found {}", p));  // roots of small sums are too coarse
  }
  FloatNode n = whole_plane(node, FloatOp::kAveragePool, x);
  if (!node.op().starts_with("Global")) {
    PROOFCARD_RETURN_IF_ERROR(read_window(node, n, shape, {}));
    n.include_pad = true;
  }
  PROOFCARD_TRY(x, node.emit(p == 2 ? FloatOp::kSquare : FloatOp::kAbs, {x}));
  const std::int64_t cells = count(n.kernel);
  n.inputs[0] = x;
  PROOFCARD_TRY(x, node.emit(std::move(n)));
  PROOFCARD_TRY(x, scaled(node, x, static_cast<float>(cells)));
  if (p == 2) {
    PROOFCARD_TRY(x, node.emit(FloatOp::kSqrt, {x}));
  }
  return node.bind(0, x);
}

}  // namespace

const std::map<std::string, Translation>& pool_translations() {
  static const std::map<std::string, Translation> table = {
      {"MaxPool", pool},           {"AveragePool", pool}, {"GlobalMaxPool", pool},
      {"GlobalAveragePool", pool}, {"LpPool", lp_pool},   {"GlobalLpPool", lp_pool},
  };
  return table;
}

}  // namespace proofcard::graph
