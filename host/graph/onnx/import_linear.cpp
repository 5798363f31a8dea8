// Conv, Gemm, MatMul, pools, reductions, normalisations.
#include <algorithm>

#include "host/graph/onnx/importer.hpp"

namespace proofcard::graph {
namespace {

// Strides, dilations, pads and kernel of a convolution or pool, with auto_pad and ceil_mode resolved to pads.
Status read_window(const NodeReader& node, FloatNode& n, const Dims& x, Dims kernel) {
  if (x.size() < 3) {
    return bad_input(node.where(), "expected an input of rank 3 or more, found rank {}", x.size());
  }
  const std::size_t spatial = x.size() - 2;
  PROOFCARD_TRY(n.kernel, node.integers("kernel_shape", kernel));
  PROOFCARD_TRY(n.strides, node.integers("strides", Dims(spatial, 1)));
  PROOFCARD_TRY(n.dilations, node.integers("dilations", Dims(spatial, 1)));
  PROOFCARD_TRY(n.pads, node.integers("pads", Dims(2 * spatial, 0)));
  PROOFCARD_TRY(std::string automatic, node.text("auto_pad", "NOTSET"));
  PROOFCARD_TRY(std::int64_t ceil, node.integer("ceil_mode", 0));
  constexpr std::int64_t kMax = std::int64_t{1} << 24;
  const auto small = [&](const Dims& v, std::size_t size, std::int64_t low) {
    return v.size() == size && std::all_of(v.begin(), v.end(), [&](auto e) { return e >= low && e <= kMax; });
  };
  if (!small(n.kernel, spatial, 1) || !small(n.strides, spatial, 1) || !small(n.dilations, spatial, 1)) {
    return bad_input(node.where(), "expected {} kernel sizes, strides and dilations of at least 1", spatial);
  }
  if (automatic == "VALID") {
    n.pads.assign(2 * spatial, 0);
  } else if (automatic == "SAME_UPPER" || automatic == "SAME_LOWER") {
    n.pads.assign(2 * spatial, 0);
    for (std::size_t i = 0; i < spatial; ++i) {
      const std::int64_t out = (x[2 + i] + n.strides[i] - 1) / n.strides[i];
      const std::int64_t extent = n.dilations[i] * (n.kernel[i] - 1) + 1;
      const std::int64_t total = std::max<std::int64_t>(0, (out - 1) * n.strides[i] + extent - x[2 + i]);
      const std::int64_t half = total / 2;
      n.pads[i] = automatic == "SAME_UPPER" ? half : total - half;
      n.pads[spatial + i] = total - n.pads[i];
    }
  } else if (automatic != "NOTSET" && !automatic.empty()) {
    return bad_input(node.where(), "expected auto_pad NOTSET, VALID, SAME_UPPER or SAME_LOWER, found {}",
                     foreign_name(automatic));
  }
  if (!small(n.pads, 2 * spatial, 0)) {
    return node.unsupported(fmt::format("it needs {} pads of at least 0", 2 * spatial));
  }
  for (std::size_t i = 0; ceil != 0 && i < spatial; ++i) {
    const std::int64_t extent = n.dilations[i] * (n.kernel[i] - 1) + 1;
    const std::int64_t padded = x[2 + i] + n.pads[i] + n.pads[spatial + i];
    const std::int64_t left = padded - extent;
    if (left < 0 || left % n.strides[i] == 0) {
      continue;
    }
    // A last window that does not fit is added when it starts before the end padding.
    if ((left / n.strides[i] + 1) * n.strides[i] < x[2 + i] + n.pads[i]) {
      if (n.include_pad) {
        return node.unsupported("ceil_mode together with count_include_pad is not supported");
      }
      n.pads[spatial + i] += n.strides[i] - left % n.strides[i];
    }
  }
  return {};
}

Status conv(const NodeReader& node) {
  PROOFCARD_TRY(std::uint32_t x, node.input(0));
  PROOFCARD_TRY(std::uint32_t w, node.input(1));
  PROOFCARD_TRY(const FloatTensor* weights, node.constant(1, "weight"));
  FloatNode n = node.make(node.op() == "Conv" ? FloatOp::kConv : FloatOp::kConvTranspose, {x, w});
  if (node.has_input(2)) {
    PROOFCARD_TRY(const FloatTensor* bias, node.constant(2, "bias"));
    PROOFCARD_TRY(std::uint32_t b, node.input(2));
    (void)bias;
    n.inputs.push_back(b);
  }
  const Dims& wd = weights->shape;
  if (wd.size() < 3) {
    return bad_input(node.where(), "expected weights of rank 3 or more, found rank {}", wd.size());
  }
  PROOFCARD_RETURN_IF_ERROR(read_window(node, n, node.shape_of(x), Dims(wd.begin() + 2, wd.end())));
  PROOFCARD_TRY(n.group, node.integer("group", 1));
  if (n.op == FloatOp::kConvTranspose) {
    if (node.has_attribute("output_shape") || node.has_attribute("auto_pad")) {
      PROOFCARD_TRY(std::string automatic, node.text("auto_pad", "NOTSET"));
      if (node.has_attribute("output_shape") || automatic.starts_with("SAME")) {
        return node.unsupported("output_shape and auto_pad are not supported, pads are");
      }
    }
    PROOFCARD_TRY(n.ints, node.integers("output_padding", Dims(wd.size() - 2, 0)));
  }
  PROOFCARD_TRY(std::uint32_t out, node.emit(std::move(n)));
  return node.bind(0, out);
}

Status pool(const NodeReader& node) {
  PROOFCARD_TRY(std::uint32_t x, node.input(0));
  const Dims shape = node.shape_of(x);
  if (shape.size() < 3) {
    return bad_input(node.where(), "expected an input of rank 3 or more, found rank {}", shape.size());
  }
  const bool global = node.op().starts_with("Global");
  const bool max = node.op().ends_with("MaxPool");
  FloatNode n = node.make(max ? FloatOp::kMaxPool : FloatOp::kAveragePool, {x});
  if (global) {
    n.kernel.assign(shape.begin() + 2, shape.end());
    n.strides.assign(shape.size() - 2, 1);
    n.dilations = n.strides;
    n.pads.assign(2 * n.strides.size(), 0);
  } else {
    PROOFCARD_TRY(std::int64_t include, node.integer("count_include_pad", 0));
    n.include_pad = !max && include != 0;
    PROOFCARD_RETURN_IF_ERROR(read_window(node, n, shape, {}));
  }
  PROOFCARD_RETURN_IF_ERROR(node.no_output_from(1));
  PROOFCARD_TRY(std::uint32_t out, node.emit(std::move(n)));
  return node.bind(0, out);
}

Result<std::uint32_t> scaled(const NodeReader& node, std::uint32_t value, float factor) {
  if (factor == 1.0F) {
    return value;
  }
  return node.emit(FloatOp::kMul, {value, node.add_constant({{}, {factor}, false})});
}

Result<std::uint32_t> transposed(const NodeReader& node, std::uint32_t value) {
  FloatNode n = node.make(FloatOp::kTranspose, {value});
  n.ints = {1, 0};
  return node.emit(std::move(n));
}

Status gemm(const NodeReader& node) {
  PROOFCARD_TRY(std::uint32_t a, node.input(0));
  PROOFCARD_TRY(std::uint32_t b, node.input(1));
  PROOFCARD_TRY(float alpha, node.real("alpha", 1.0F));
  PROOFCARD_TRY(float beta, node.real("beta", 1.0F));
  PROOFCARD_TRY(std::int64_t trans_a, node.integer("transA", 0));
  PROOFCARD_TRY(std::int64_t trans_b, node.integer("transB", 0));
  if (node.shape_of(a).size() != 2 || node.shape_of(b).size() != 2) {
    return bad_input(node.where(), "expected matrices, found ranks {} and {}", node.shape_of(a).size(),
                     node.shape_of(b).size());
  }
  if (trans_a != 0) {
    PROOFCARD_TRY(a, transposed(node, a));
  }
  if (trans_b != 0) {
    PROOFCARD_TRY(b, transposed(node, b));
  }
  PROOFCARD_TRY(b, scaled(node, b, alpha));
  PROOFCARD_TRY(std::uint32_t out, node.emit(FloatOp::kMatMul, {a, b}));
  if (node.has_input(2) && beta != 0.0F) {
    PROOFCARD_TRY(std::uint32_t c, node.input(2));
    PROOFCARD_TRY(c, scaled(node, c, beta));
    const Dims shape = node.shape_of(out);
    PROOFCARD_TRY(out, node.emit(FloatOp::kAdd, {out, c}));
    if (node.shape_of(out) != shape) {
      return bad_input(node.where(), "expected C to broadcast to [{}], found [{}]", fmt::join(shape, ", "),
                       fmt::join(node.shape_of(c), ", "));
    }
  }
  return node.bind(0, out);
}

Status matmul(const NodeReader& node) {
  PROOFCARD_TRY(std::uint32_t a, node.input(0));
  PROOFCARD_TRY(std::uint32_t b, node.input(1));
  PROOFCARD_TRY(std::uint32_t out, node.emit(FloatOp::kMatMul, {a, b}));
  return node.bind(0, out);
}

Status reduce(const NodeReader& node) {
  PROOFCARD_TRY(std::uint32_t x, node.input(0));
  const Dims shape = node.shape_of(x);
  const bool sum = node.op() == "ReduceSum";
  FloatNode n = node.make(sum                        ? FloatOp::kReduceSum
                          : node.op() == "ReduceMax" ? FloatOp::kReduceMax
                                                     : FloatOp::kReduceMean,
                          {x});
  Dims axes;
  if (node.opset() >= (sum ? 13 : 18)) {
    if (node.has_input(1)) {
      PROOFCARD_TRY(axes, node.constant_integers(1, "list of axes"));
    }
  } else {
    PROOFCARD_TRY(axes, node.integers("axes", {}));
  }
  PROOFCARD_TRY(std::int64_t keep, node.integer("keepdims", 1));
  PROOFCARD_TRY(std::int64_t noop, node.integer("noop_with_empty_axes", 0));
  if (axes.empty()) {
    if (noop != 0) {
      return node.bind(0, x);
    }
    for (std::size_t i = 0; i < shape.size(); ++i) {
      axes.push_back(static_cast<std::int64_t>(i));
    }
  }
  PROOFCARD_TRY(n.ints, normalise_axes(axes, shape.size(), node.where()));
  n.keep_dims = keep != 0;
  PROOFCARD_TRY(std::uint32_t out, node.emit(std::move(n)));
  return node.bind(0, out);
}

Status batch_norm(const NodeReader& node) {
  PROOFCARD_TRY(std::uint32_t x, node.input(0));
  FloatNode n = node.make(FloatOp::kBatchNorm, {x});
  for (std::size_t i = 1; i < 5; ++i) {
    PROOFCARD_TRY(const FloatTensor* parameter, node.constant(i, "parameters"));
    (void)parameter;
    PROOFCARD_TRY(std::uint32_t id, node.input(i));
    n.inputs.push_back(id);
  }
  PROOFCARD_TRY(n.alpha, node.real("epsilon", 1e-5F));
  PROOFCARD_TRY(std::int64_t spatial, node.integer("spatial", 1));
  PROOFCARD_TRY(std::int64_t training, node.integer("training_mode", 0));
  if (spatial != 1 || training != 0) {
    return node.unsupported("training mode and per-cell statistics are not supported");
  }
  PROOFCARD_RETURN_IF_ERROR(node.no_output_from(1));
  PROOFCARD_TRY(std::uint32_t out, node.emit(std::move(n)));
  return node.bind(0, out);
}

Status layer_norm(const NodeReader& node) {
  PROOFCARD_TRY(std::uint32_t x, node.input(0));
  FloatNode n = node.make(FloatOp::kLayerNorm, {x});
  for (std::size_t i = 1; i < 3 && node.has_input(i); ++i) {
    PROOFCARD_TRY(const FloatTensor* parameter, node.constant(i, "parameters"));
    (void)parameter;
    PROOFCARD_TRY(std::uint32_t id, node.input(i));
    n.inputs.push_back(id);
  }
  if (n.inputs.size() < 2) {
    return bad_input(node.where(), "expected a scale, found none");
  }
  PROOFCARD_TRY(n.axis, node.integer("axis", -1));
  PROOFCARD_TRY(n.axis, normalise_axis(n.axis, node.shape_of(x).size(), node.where()));
  PROOFCARD_TRY(n.alpha, node.real("epsilon", 1e-5F));
  PROOFCARD_RETURN_IF_ERROR(node.no_output_from(1));
  PROOFCARD_TRY(std::uint32_t out, node.emit(std::move(n)));
  return node.bind(0, out);
}

Status arg_max(const NodeReader& node) {
  PROOFCARD_TRY(std::uint32_t x, node.input(0));
  FloatNode n = node.make(FloatOp::kArgMax, {x});
  PROOFCARD_TRY(n.axis, node.integer("axis", 0));
  PROOFCARD_TRY(n.axis, normalise_axis(n.axis, node.shape_of(x).size(), node.where()));
  PROOFCARD_TRY(std::int64_t keep, node.integer("keepdims", 1));
  PROOFCARD_TRY(std::int64_t last, node.integer("select_last_index", 0));
  n.keep_dims = keep != 0;
  n.last = last != 0;
  PROOFCARD_TRY(std::uint32_t out, node.emit(std::move(n)));
  return node.bind(0, out);
}

}  // namespace

const std::map<std::string, Translation>& linear_translations() {
  static const std::map<std::string, Translation> table = {
      {"Conv", conv},
      {"ConvTranspose", conv},
      {"Gemm", gemm},
      {"MatMul", matmul},
      {"MaxPool", pool},
      {"AveragePool", pool},
      {"GlobalMaxPool", pool},
      {"GlobalAveragePool", pool},
      {"ReduceSum", reduce},
      {"ReduceMean", reduce},
      {"ReduceMax", reduce},
      {"BatchNormalization", batch_norm},
      {"LayerNormalization", layer_norm},
      {"ArgMax", arg_max},
  };
  return table;
}

}  // namespace proofcard::graph
