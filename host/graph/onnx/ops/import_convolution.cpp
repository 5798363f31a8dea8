// Convolutions.
#include <algorithm>
#include <numeric>

#include "host/graph/float_graph/float_executor.hpp"
#include "host/graph/onnx/import_parts.hpp"

namespace proofcard::graph {
namespace {

Result<std::uint32_t> with_bias(const NodeReader& node, std::uint32_t x) {
  PROOFCARD_TRY(std::uint32_t bias, node.input(2));
  const Dims shape = node.shape_of(x);
  if (node.shape_of(bias) != Dims{shape[1]}) {
    return bad_input(node.where(), "expected a bias of shape [{}], found [{}]", shape[1],
                     fmt::join(node.shape_of(bias), ", "));
  }
  Dims spread(shape.size() - 1, 1);
  spread[0] = shape[1];
  PROOFCARD_TRY(bias, node.reshape(bias, std::move(spread)));
  return node.emit(FloatOp::kAdd, {x, bias});
}

// Adds the convolution; its bias is an operand when that and the weights are constant.
Status bind_convolution(const NodeReader& node, FloatNode n) {
  PROOFCARD_TRY(const std::uint32_t bias, node.has_input(2) ? node.input(2) : Result<std::uint32_t>(n.inputs[1]));
  const bool constant = node.is_constant(n.inputs[1]) && node.is_constant(bias);
  if (node.has_input(2) && constant) {
    n.inputs.push_back(bias);
  }
  PROOFCARD_TRY(std::uint32_t out, node.emit(std::move(n)));
  if (node.has_input(2) && !constant) {
    PROOFCARD_TRY(out, with_bias(node, out));
  }
  return node.bind(0, out);
}

Status conv(const NodeReader& node) {
  PROOFCARD_TRY(const std::uint32_t x, node.input(0));
  PROOFCARD_TRY(const std::uint32_t w, node.input(1));
  PROOFCARD_TRY(FloatNode n, convolution_node(node, FloatOp::kConv, x, w));
  return bind_convolution(node, std::move(n));
}

// Pads of a transposed convolution from the shape that is wanted: what is missing is added at the end.
Status read_transposed_pads(const NodeReader& node, FloatNode& n) {
  const Dims x = node.shape_of(n.inputs[0]);
  const std::size_t spatial = n.kernel.size();
  PROOFCARD_TRY(n.ints, node.integers("output_padding", Dims(spatial, 0)));
  PROOFCARD_TRY(const std::string automatic, node.text("auto_pad", "NOTSET"));
  PROOFCARD_TRY(Dims wanted, node.integers("output_shape", {}));
  if (wanted.size() == spatial + 2) {
    wanted.erase(wanted.begin(), wanted.begin() + 2);
  }
  if (wanted.empty() && automatic.starts_with("SAME")) {
    for (std::size_t i = 0; i < spatial; ++i) {
      wanted.push_back(x[2 + i] * n.strides[i]);
    }
  }
  const auto possible = [](std::int64_t size) { return size >= 0 && size <= kMaxElements; };
  if (!std::ranges::all_of(n.ints, possible) || !std::ranges::all_of(wanted, possible)) {
    return bad_input(node.where(), "expected sizes and output paddings from 0 to {}, found others", kMaxElements);
  }
  if (wanted.empty()) {
    return {};
  }
  if (wanted.size() != spatial || n.ints.size() != spatial) {
    return bad_input(node.where(), "expected {} sizes and output paddings, found {} and {}", spatial, wanted.size(),
                     n.ints.size());
  }
  for (std::size_t i = 0; i < spatial; ++i) {
    const std::int64_t extent = n.dilations[i] * (n.kernel[i] - 1) + 1;
    const std::int64_t total = n.strides[i] * (x[2 + i] - 1) + n.ints[i] + extent - wanted[i];
    const std::int64_t pads = std::max<std::int64_t>(total, 0);
    n.ints[i] += pads - total;
    n.pads[i] = automatic == "SAME_UPPER" ? pads / 2 : pads - pads / 2;
    n.pads[spatial + i] = pads - n.pads[i];
  }
  return {};
}

// Weights (in channels, out channels of a group, taps...) as those of a convolution, with taps in reverse.
Result<std::uint32_t> turned_weights(const NodeReader& node, std::uint32_t w, std::int64_t group) {
  Dims shape = node.shape_of(w);
  const std::size_t rank = shape.size();
  FloatNode reversed = whole_slice(node, w);
  for (std::size_t a = 2; a < rank; ++a) {
    reversed.ints[a] = shape[a] - 1;
    reversed.ints[rank + a] = -1;
  }
  PROOFCARD_TRY(w, node.emit(std::move(reversed)));
  Dims grouped{group, shape[0] / group, shape[1]};
  grouped.insert(grouped.end(), shape.begin() + 2, shape.end());
  PROOFCARD_TRY(w, node.reshape(w, std::move(grouped)));
  Dims order(rank + 1);
  std::iota(order.begin(), order.end(), 0);
  std::swap(order[1], order[2]);
  PROOFCARD_TRY(w, transposed(node, w, std::move(order)));
  std::swap(shape[0], shape[1]);
  shape[0] *= group;
  shape[1] /= group;
  return node.reshape(w, std::move(shape));
}

Result<std::uint32_t> padded(const NodeReader& node, std::uint32_t x, std::size_t axis, std::int64_t before,
                             std::int64_t after) {
  FloatNode n = node.make(FloatOp::kPad, {x});
  n.ints.assign(2 * node.shape_of(x).size(), 0);
  n.ints[axis] = before;
  n.ints[node.shape_of(x).size() + axis] = after;
  return node.emit(std::move(n));
}

// x with stride - 1 zeros between entries of a plane's axis, and so many before and after; less than none: without so many.
Result<std::uint32_t> spread(const NodeReader& node, std::uint32_t x, std::size_t axis, std::int64_t stride,
                             std::int64_t before, std::int64_t after) {
  Dims shape = node.shape_of(x);
  if (stride > 1) {
    Dims split = shape;
    split.insert(split.begin() + static_cast<std::ptrdiff_t>(axis) + 1, 1);
    PROOFCARD_TRY(x, node.reshape(x, std::move(split)));
    PROOFCARD_TRY(x, padded(node, x, axis + 1, 0, stride - 1));
    shape[axis] *= stride;
    PROOFCARD_TRY(x, node.reshape(x, shape));
    after -= stride - 1;
  }
  if (before < 0 || after < 0) {
    FloatNode n = whole_slice(node, x);
    const std::int64_t start = std::max<std::int64_t>(-before, 0);
    n.ints[axis] = start;
    n.ints[2 * shape.size() + axis] = shape[axis] - start - std::max<std::int64_t>(-after, 0);
    PROOFCARD_TRY(x, node.emit(std::move(n)));
  }
  if (before <= 0 && after <= 0) {
    return x;
  }
  return padded(node, x, axis, std::max<std::int64_t>(before, 0), std::max<std::int64_t>(after, 0));
}

// With computed weights it is a convolution of the spread value.
Status conv_transpose(const NodeReader& node) {
  PROOFCARD_TRY(const std::uint32_t x, node.input(0));
  PROOFCARD_TRY(const std::uint32_t w, node.input(1));
  PROOFCARD_TRY(FloatNode n, convolution_node(node, FloatOp::kConvTranspose, x, w));
  PROOFCARD_RETURN_IF_ERROR(read_transposed_pads(node, n));
  if (node.is_constant(n.inputs[1])) {
    return bind_convolution(node, std::move(n));
  }
  const std::size_t spatial = n.kernel.size();
  const Dims shape = node.shape_of(n.inputs[1]);
  if (shape[0] % n.group != 0 || n.ints.size() != spatial) {
    return bad_input(node.where(), "expected weights for {} groups and {} output paddings, found [{}] and {}", n.group,
                     spatial, fmt::join(shape, ", "), n.ints.size());
  }
  for (std::size_t i = 0; i < spatial; ++i) {
    const std::int64_t reach = n.dilations[i] * (n.kernel[i] - 1);
    PROOFCARD_TRY(n.inputs[0], spread(node, n.inputs[0], 2 + i, n.strides[i], reach - n.pads[i],
                                      reach - n.pads[spatial + i] + n.ints[i]));
  }
  PROOFCARD_TRY(n.inputs[1], turned_weights(node, n.inputs[1], n.group));
  n.op = FloatOp::kConv;
  n.strides.assign(spatial, 1);
  n.pads.assign(2 * spatial, 0);
  n.ints.clear();
  return bind_convolution(node, std::move(n));
}

}  // namespace

Result<FloatNode> convolution_node(const NodeReader& node, FloatOp op, std::uint32_t x, std::uint32_t w) {
  FloatNode n = node.make(op, {x, w});
  const Dims shape = node.shape_of(w);
  if (shape.size() < 3 || shape.size() != node.shape_of(x).size()) {
    return bad_input(node.where(), "expected weights of rank {}, at least 3, found rank {}", node.shape_of(x).size(),
                     shape.size());
  }
  PROOFCARD_RETURN_IF_ERROR(read_window(node, n, node.shape_of(x), Dims(shape.begin() + 2, shape.end())));
  PROOFCARD_TRY(n.group, node.integer("group", 1));
  if (n.group < 1) {
    return bad_input(node.where(), "group: expected at least 1, found {}", n.group);
  }
  return n;
}

const std::map<std::string, Translation>& convolution_translations() {
  static const std::map<std::string, Translation> table = {
      {"Conv", conv},
      {"ConvTranspose", conv_transpose},
  };
  return table;
}

}  // namespace proofcard::graph
