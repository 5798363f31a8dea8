// Normalisations.
#include <cmath>
#include <numeric>

#include "host/graph/onnx/import_parts.hpp"
#include "host/graph/onnx/importer.hpp"

namespace proofcard::graph {
namespace {

// Axes of a value from `first` on.
Dims axes_from(const NodeReader& node, std::uint32_t x, std::int64_t first) {
  Dims axes(node.shape_of(x).size() - static_cast<std::size_t>(first));
  std::iota(axes.begin(), axes.end(), first);
  return axes;
}

// x * scale + bias. Scale and bias have the shape of x without leading axes, or are spread over it.
Result<std::uint32_t> scaled_and_shifted(const NodeReader& node, std::uint32_t x, std::optional<std::uint32_t> scale,
                                         std::optional<std::uint32_t> bias) {
  const Dims shape = node.shape_of(x);
  if (scale) {
    PROOFCARD_TRY(x, node.emit(FloatOp::kMul, {x, *scale}));
  }
  if (bias) {
    PROOFCARD_TRY(x, node.emit(FloatOp::kAdd, {x, *bias}));
  }
  if (node.shape_of(x) != shape) {
    return bad_input(node.where(), "expected scale and bias that broadcast to [{}], found others",
                     fmt::join(shape, ", "));
  }
  return x;
}

// A parameter of one value a channel, to be combined with a value of this rank.
Result<std::uint32_t> along_channels(const NodeReader& node, std::size_t input, const Dims& shape) {
  PROOFCARD_TRY(const std::uint32_t parameter, node.input(input));
  if (shape.size() < 2 || node.shape_of(parameter) != Dims{shape[1]}) {
    return bad_input(node.where(),
                     "expected a value of 2 dimensions or more and a parameter for each of its channels, "
                     "found [{}] and [{}]",
                     fmt::join(shape, ", "), fmt::join(node.shape_of(parameter), ", "));
  }
  Dims spread(shape.size() - 1, 1);
  spread[0] = shape[1];
  return node.reshape(parameter, std::move(spread));
}

// x^exponent, by table.
Result<std::uint32_t> power_of(const NodeReader& node, std::uint32_t x, double exponent) {
  FloatNode n = node.make(FloatOp::kFunction, {x});
  n.function = tensor::Function::kPower;
  n.params = {exponent};
  return node.emit(std::move(n));
}

Result<std::uint32_t> mean_over(const NodeReader& node, std::uint32_t x, Dims axes) {
  FloatNode n = node.make(FloatOp::kReduceMean, {x});
  n.ints = std::move(axes);
  return node.emit(std::move(n));
}

Result<std::uint32_t> plus(const NodeReader& node, std::uint32_t x, float value) {
  return value == 0.0F ? Result<std::uint32_t>(x) : node.emit(FloatOp::kAdd, {x, node.add_scalar(value)});
}

Result<std::uint32_t> batch_norm_of_constants(const NodeReader& node, std::uint32_t x) {
  FloatNode n = node.make(FloatOp::kBatchNorm, {x});
  for (std::size_t i = 1; i < 5; ++i) {
    PROOFCARD_TRY(const std::uint32_t id, node.input(i));
    n.inputs.push_back(id);
  }
  PROOFCARD_TRY(n.alpha, node.real("epsilon", 1e-5F));
  return node.emit(std::move(n));
}

Status batch_norm(const NodeReader& node) {
  PROOFCARD_TRY(std::uint32_t x, node.input(0));
  PROOFCARD_TRY(const std::int64_t spatial, node.integer("spatial", 1));
  PROOFCARD_TRY(const std::int64_t training, node.integer("training_mode", 0));
  if (spatial != 1 || training != 0) {
    return node.unsupported("training mode and per-cell statistics are not supported");
  }
  PROOFCARD_RETURN_IF_ERROR(node.no_output_from(1));
  bool all_constant = true;
  for (std::size_t i = 1; i < 5; ++i) {
    PROOFCARD_TRY(const std::uint32_t id, node.input(i));
    all_constant = all_constant && node.is_constant(id);
  }
  if (all_constant) {
    PROOFCARD_TRY(const std::uint32_t out, batch_norm_of_constants(node, x));
    return node.bind(0, out);
  }
  const Dims shape = node.shape_of(x);
  PROOFCARD_TRY(std::uint32_t scale, along_channels(node, 1, shape));
  PROOFCARD_TRY(const std::uint32_t bias, along_channels(node, 2, shape));
  PROOFCARD_TRY(const std::uint32_t average, along_channels(node, 3, shape));
  PROOFCARD_TRY(std::uint32_t factor, along_channels(node, 4, shape));
  PROOFCARD_TRY(const float epsilon, node.real("epsilon", 1e-5F));
  PROOFCARD_TRY(factor, plus(node, factor, epsilon));
  PROOFCARD_TRY(factor, power_of(node, factor, -0.5));
  PROOFCARD_TRY(factor, node.emit(FloatOp::kMul, {factor, scale}));
  PROOFCARD_TRY(x, node.emit(FloatOp::kSub, {x, average}));
  PROOFCARD_TRY(x, scaled_and_shifted(node, x, factor, bias));
  return node.bind(0, x);
}

// Outputs 1 and 2 of a layer normalisation: the mean of each row, and one by its deviation.
Status bind_statistics(const NodeReader& node, std::uint32_t x, const Dims& axes, float epsilon) {
  if (!node.has_output(1) && !node.has_output(2)) {
    return {};
  }
  PROOFCARD_TRY(const std::uint32_t average, mean_over(node, x, axes));
  if (node.has_output(1)) {
    PROOFCARD_RETURN_IF_ERROR(node.bind(1, average));
  }
  if (node.has_output(2)) {
    PROOFCARD_TRY(std::uint32_t square, node.emit(FloatOp::kSub, {x, average}));
    PROOFCARD_TRY(square, node.emit(FloatOp::kSquare, {square}));
    PROOFCARD_TRY(square, mean_over(node, square, axes));
    PROOFCARD_TRY(square, plus(node, square, epsilon));
    PROOFCARD_TRY(square, power_of(node, square, -0.5));
    return node.bind(2, square);
  }
  return {};
}

// LayerNormalization and RMSNormalization.
Status row_norm(const NodeReader& node) {
  const bool centred = node.op() == "LayerNormalization";
  PROOFCARD_TRY(const std::uint32_t x, node.input(0));
  PROOFCARD_TRY(const std::uint32_t scale, node.input(1));
  std::optional<std::uint32_t> bias;
  if (centred && node.has_input(2)) {
    PROOFCARD_TRY(bias, node.input(2));
  }
  PROOFCARD_TRY(std::int64_t axis, node.integer("axis", -1));
  PROOFCARD_TRY(axis, normalise_axis(axis, node.shape_of(x).size(), node.where()));
  PROOFCARD_TRY(const float epsilon, node.real("epsilon", 1e-5F));
  const Dims axes = axes_from(node, x, axis);
  FloatNode n = normalise(node, x, axes, epsilon, centred);
  const bool constant = node.is_constant(scale) && (!bias || node.is_constant(*bias));
  if (constant) {
    n.inputs.push_back(scale);
    if (bias) {
      n.inputs.push_back(*bias);
    }
  }
  PROOFCARD_TRY(std::uint32_t out, node.emit(std::move(n)));
  if (!constant) {
    PROOFCARD_TRY(out, scaled_and_shifted(node, out, scale, bias));
  }
  PROOFCARD_RETURN_IF_ERROR(node.bind(0, out));
  return centred ? bind_statistics(node, x, axes, epsilon) : node.no_output_from(1);
}

Status instance_norm(const NodeReader& node) {
  PROOFCARD_TRY(const std::uint32_t x, node.input(0));
  const Dims shape = node.shape_of(x);
  PROOFCARD_TRY(const std::uint32_t scale, along_channels(node, 1, shape));
  PROOFCARD_TRY(const std::uint32_t bias, along_channels(node, 2, shape));
  PROOFCARD_TRY(const float epsilon, node.real("epsilon", 1e-5F));
  if (shape.size() < 3) {
    return bad_input(node.where(), "expected 3 dimensions or more, found [{}]", fmt::join(shape, ", "));
  }
  PROOFCARD_TRY(std::uint32_t out, node.emit(normalise(node, x, axes_from(node, x, 2), epsilon, true)));
  PROOFCARD_TRY(out, scaled_and_shifted(node, out, scale, bias));
  return node.bind(0, out);
}

// Scale and bias are for each channel, or, until operator set 20, for each group of them.
Status group_norm(const NodeReader& node) {
  PROOFCARD_TRY(std::uint32_t x, node.input(0));
  const Dims shape = node.shape_of(x);
  PROOFCARD_TRY(const std::int64_t groups, node.integer("num_groups", 0));
  PROOFCARD_TRY(const float epsilon, node.real("epsilon", 1e-5F));
  if (shape.size() < 3 || groups < 1 || shape[1] % groups != 0) {
    return bad_input(node.where(), "expected 3 dimensions or more with {} groups of channels, found [{}]", groups,
                     fmt::join(shape, ", "));
  }
  Dims grouped = shape;
  grouped[1] /= groups;
  grouped.insert(grouped.begin() + 1, groups);
  PROOFCARD_TRY(x, node.reshape(x, grouped));
  PROOFCARD_TRY(x, node.emit(normalise(node, x, axes_from(node, x, 2), epsilon, true)));
  const bool by_group = node.opset() < 21;
  if (!by_group) {
    PROOFCARD_TRY(x, node.reshape(x, shape));
  }
  PROOFCARD_TRY(const std::uint32_t scale, along_channels(node, 1, by_group ? grouped : shape));
  PROOFCARD_TRY(const std::uint32_t bias, along_channels(node, 2, by_group ? grouped : shape));
  PROOFCARD_TRY(x, scaled_and_shifted(node, x, scale, bias));
  PROOFCARD_TRY(x, node.reshape(x, shape));
  return node.bind(0, x);
}

Status mean_variance_norm(const NodeReader& node) {
  PROOFCARD_TRY(const std::uint32_t x, node.input(0));
  PROOFCARD_TRY(Dims axes, node.integers("axes", {0, 2, 3}));
  PROOFCARD_TRY(axes, normalise_axes(std::move(axes), node.shape_of(x).size(), node.where()));
  PROOFCARD_TRY(const std::uint32_t out, node.emit(normalise(node, x, std::move(axes), 0.0F, true)));
  return node.bind(0, out);
}

// By the length of each row: the root of its mean square is that by the root of the number of entries.
Status lp_norm(const NodeReader& node) {
  PROOFCARD_TRY(const std::uint32_t x, node.input(0));
  PROOFCARD_TRY(std::int64_t axis, node.integer("axis", -1));
  PROOFCARD_TRY(axis, normalise_axis(axis, node.shape_of(x).size(), node.where()));
  PROOFCARD_TRY(const std::int64_t p, node.integer("p", 2));
  if (p != 1 && p != 2) {
    return bad_input(node.where(), "expected p of 1 or 2, found {}", p);
  }
  if (p == 2) {
    const auto size = static_cast<double>(node.shape_of(x)[static_cast<std::size_t>(axis)]);
    PROOFCARD_TRY(std::uint32_t out, node.emit(normalise(node, x, {axis}, 0.0F, false)));
    PROOFCARD_TRY(out, scaled(node, out, static_cast<float>(1.0 / std::sqrt(size))));
    return node.bind(0, out);
  }
  PROOFCARD_TRY(const std::uint32_t magnitude, node.emit(FloatOp::kAbs, {x}));
  FloatNode sum = node.make(FloatOp::kReduceSum, {magnitude});
  sum.ints = {axis};
  PROOFCARD_TRY(const std::uint32_t total, node.emit(std::move(sum)));
  PROOFCARD_TRY(const std::uint32_t out, node.emit(FloatOp::kDiv, {x, total}));
  return node.bind(0, out);
}

// x / (bias + alpha / size * sum of squares of `size` neighbouring channels)^beta.
Status local_response_norm(const NodeReader& node) {
  PROOFCARD_TRY(const std::uint32_t x, node.input(0));
  const Dims shape = node.shape_of(x);
  PROOFCARD_TRY(const std::int64_t size, node.integer("size", 0));
  PROOFCARD_TRY(const float alpha, node.real("alpha", 1e-4F));
  PROOFCARD_TRY(const float beta, node.real("beta", 0.75F));
  PROOFCARD_TRY(const float bias, node.real("bias", 1.0F));
  if (shape.size() < 2 || size < 1 || size > 1 << 16) {
    return bad_input(node.where(), "expected 2 dimensions or more and 1 to {} channels, found [{}] and {}", 1 << 16,
                     fmt::join(shape, ", "), size);
  }
  PROOFCARD_TRY(std::uint32_t squares, node.emit(FloatOp::kSquare, {x}));
  PROOFCARD_TRY(squares, node.reshape(squares, {shape[0], 1, shape[1], count(shape) / shape[0] / shape[1]}));
  FloatNode window = node.make(FloatOp::kAveragePool, {squares});
  window.kernel = {size, 1};
  window.strides = {1, 1};
  window.dilations = {1, 1};
  window.pads = {(size - 1) / 2, 0, size - 1 - (size - 1) / 2, 0};
  window.include_pad = true;
  PROOFCARD_TRY(squares, node.emit(std::move(window)));
  PROOFCARD_TRY(squares, node.reshape(squares, shape));
  PROOFCARD_TRY(squares, scaled(node, squares, alpha));
  PROOFCARD_TRY(squares, plus(node, squares, bias));
  PROOFCARD_TRY(squares, power_of(node, squares, -static_cast<double>(beta)));
  PROOFCARD_TRY(const std::uint32_t out, node.emit(FloatOp::kMul, {x, squares}));
  return node.bind(0, out);
}

}  // namespace

const std::map<std::string, Translation>& normalise_translations() {
  static const std::map<std::string, Translation> table = {
      {"BatchNormalization", batch_norm}, {"LayerNormalization", row_norm},
      {"RMSNormalization", row_norm},     {"InstanceNormalization", instance_norm},
      {"GroupNormalization", group_norm}, {"MeanVarianceNormalization", mean_variance_norm},
      {"LpNormalization", lp_norm},       {"LRN", local_response_norm},
  };
  return table;
}

}  // namespace proofcard::graph
