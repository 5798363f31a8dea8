// Integers of other people's quantisation: rounding to their scales, and sums of their products.
#include <algorithm>
#include <cmath>

#include "host/graph/float_graph/moves.hpp"
#include "host/graph/onnx/import_parts.hpp"
#include "host/graph/onnx/ops/computed_scales.hpp"
#include "host/graph/onnx/ops/quantised_products.hpp"

namespace proofcard::graph {
namespace {

// Zero point of a quantisation node and the bounds of its integer type.
struct QuantType {
  float zero = 0;
  ElementType type = onnx::TensorProto::UINT8;
  std::int64_t low = 0;
  std::int64_t high = 255;
};

// The type of a zero point, which is an operand.
Result<QuantType> quant_type(const NodeReader& node, std::size_t input) {
  QuantType q;
  if (node.has_input(input)) {
    PROOFCARD_TRY(q.zero, node.constant_scalar(input, "zero point"));
    PROOFCARD_TRY(const std::uint32_t zero, node.input(input));
    q.type = node.type_of(zero);
    const ElementType type = q.type;
    if (type == onnx::TensorProto::INT8) {
      q.low = -128;
      q.high = 127;
    } else if (type == onnx::TensorProto::INT16) {
      q.low = -32768;
      q.high = 32767;
    } else if (type == onnx::TensorProto::UINT16) {
      q.high = 65535;
    } else if (type != onnx::TensorProto::UINT8) {
      return node.unsupported(fmt::format("zero point of element type {} is not supported", type));
    }
  }
  return q;
}

// Rounding and clipping are one node, whose value is real; the integer is another, which goes when nothing but a
// DequantizeLinear reads it.
Result<std::uint32_t> quantised(const NodeReader& node, std::uint32_t x, float scale, const QuantType& q) {
  FloatNode n = node.make(FloatOp::kFakeQuantize, {x});
  n.alpha = scale;
  n.beta = q.zero;
  n.ints = {q.low, q.high};
  FloatNode integer = n;
  PROOFCARD_TRY(const std::uint32_t rounded, node.emit(std::move(n)));
  integer.op = FloatOp::kQuantised;
  integer.inputs = {rounded};
  PROOFCARD_TRY(const std::uint32_t out, node.emit(std::move(integer)));
  node.set_type(out, q.type);
  return out;
}

// The integer with its zero point, as the type has it.
Result<std::uint32_t> with_zero(const NodeReader& node, std::uint32_t integer, const QuantType& q) {
  if (q.zero == 0) {
    return node.retyped(integer, q.type);
  }
  Constant zero = make_constant(onnx::TensorProto::INT32, {});
  zero.integers[0] = static_cast<std::int64_t>(q.zero);
  PROOFCARD_TRY(const std::uint32_t out, node.emit(FloatOp::kAdd, {integer, node.add_constant(std::move(zero))}));
  node.set_type(out, q.type);
  return out;
}

Status quantize(const NodeReader& node) {
  PROOFCARD_TRY(std::uint32_t x, node.input(0));
  PROOFCARD_TRY(float scale, node.constant_scalar(1, "scale"));
  PROOFCARD_TRY(QuantType q, quant_type(node, 2));
  if (!(scale > 0.0F) || !std::isfinite(scale)) {
    return bad_input(node.where(), "expected a positive scale, found {}", scale);
  }
  if (node.find("block_size") != nullptr || node.find("saturate") != nullptr) {
    return node.unsupported("blocks and 8-bit floats are not supported");
  }
  const auto zero = static_cast<std::int64_t>(q.zero);
  PROOFCARD_TRY(const std::optional<std::uint32_t> sums,
                rounded_product(node, x, {scale, q.low - zero, q.high - zero}));
  if (sums) {
    PROOFCARD_TRY(std::uint32_t out, with_zero(node, *sums, q));
    PROOFCARD_TRY(out, wrapped(node, out));  // the value that others read by this name
    node.requantised()[out] = {*sums, scale, q.zero, false};
    return node.bind(0, out);
  }
  PROOFCARD_TRY(const std::uint32_t out, quantised(node, x, scale, q));
  return node.bind(0, out);
}

Status dequantize(const NodeReader& node) {
  PROOFCARD_TRY(std::uint32_t x, node.input(0));
  if (node.is_constant(x) && is_integer_type(node.type_of(x))) {
    // Weights: (q - zero) * scale, per tensor or along an axis.
    PROOFCARD_TRY(const FloatTensor* stored, node.constant(0, "operand"));
    PROOFCARD_TRY(const FloatTensor* scale, node.constant(1, "scale"));
    FloatTensor out = *stored;
    out.integer = false;
    FloatTensor zero{scale->shape, std::vector<float>(scale->data.size(), 0.0F), false};
    if (node.has_input(2)) {
      PROOFCARD_TRY(const FloatTensor* given, node.constant(2, "zero point"));
      zero = *given;
    }
    PROOFCARD_TRY(std::int64_t axis, node.integer("axis", 1));
    std::int64_t inner = 1;
    if (scale->data.size() > 1) {
      PROOFCARD_TRY(axis, normalise_axis(axis, out.shape.size(), node.where()));
      inner = count(Dims(out.shape.begin() + axis + 1, out.shape.end()));
      if (scale->data.size() != static_cast<std::size_t>(out.shape[static_cast<std::size_t>(axis)])) {
        return node.unsupported("scales in blocks are not supported");
      }
    }
    if (scale->data.empty() || zero.data.size() != scale->data.size() || inner < 1) {
      return bad_input(node.where(), "expected as many zero points as scales, found {} and {}", zero.data.size(),
                       scale->data.size());
    }
    DequantisedConstant from{node.typed_value(x), scale->data,
                             static_cast<std::size_t>(std::max<std::int64_t>(axis, 0))};
    from.integers.type = onnx::TensorProto::INT32;
    for (std::size_t i = 0; i < out.data.size(); ++i) {
      const std::size_t c = i / static_cast<std::size_t>(inner) % scale->data.size();
      out.data[i] = (out.data[i] - zero.data[c]) * scale->data[c];
      from.integers.integers[i] -= static_cast<std::int64_t>(zero.data[c]);
    }
    const std::uint32_t constant = node.add_constant(std::move(out));
    node.dequantised_constants()[constant] = std::move(from);
    return node.bind(0, constant);
  }
  PROOFCARD_TRY(const std::uint32_t given_scale, node.input(1));
  std::optional<std::uint32_t> given_zero;
  if (node.has_input(2)) {
    PROOFCARD_TRY(given_zero, node.input(2));
  }
  if (!node.is_constant(given_scale) || (given_zero && !node.is_constant(*given_zero))) {
    if (count(node.shape_of(given_scale)) != 1) {
      return node.unsupported("several scales that are computed are not supported");
    }
    PROOFCARD_TRY(const std::uint32_t out, dequantised_by_computed(node, x, given_scale, given_zero));
    return node.bind(0, out);
  }
  PROOFCARD_TRY(float scale, node.constant_scalar(1, "scale"));
  float zero = 0.0F;
  if (given_zero) {
    PROOFCARD_TRY(zero, node.constant_scalar(2, "zero point"));
  }
  if (const std::optional<std::uint32_t> rounded = node.quantised_value(x, scale, zero)) {
    node.dequantised()[*rounded] = {*rounded, scale, zero, true};
    return node.bind(0, *rounded);
  }
  Dequantised from{x, scale, zero, false};
  bool is_short = fits_float(node.type_of(x));
  if (const auto found = node.requantised().find(x);
      found != node.requantised().end() && found->second.scale == scale && found->second.zero == zero) {
    from = {found->second.integer, scale, 0, false};
    x = from.integer;
    zero = 0;
    is_short = true;
  }
  PROOFCARD_TRY(x, node.retyped(x, onnx::TensorProto::FLOAT));
  if (zero != 0.0F) {
    PROOFCARD_TRY(x, node.emit(FloatOp::kSub, {x, node.add_scalar(zero)}));
  }
  PROOFCARD_TRY(x, node.emit(FloatOp::kMul, {x, node.add_scalar(scale)}));
  if (is_short && !node.is_constant(x)) {
    node.dequantised()[x] = from;
  }
  return node.bind(0, x);
}

Result<std::uint32_t> as_int32(const NodeReader& node, std::uint32_t x) {
  if (!is_integer_type(node.type_of(x))) {
    return bad_input(node.where(), "expected integers, found {}", element_type_name(node.type_of(x)));
  }
  if (!node.is_constant(x)) {
    return node.retyped(x, onnx::TensorProto::INT32);
  }
  Constant c = node.typed_value(x);
  c.type = onnx::TensorProto::INT32;
  return node.add_constant(std::move(c));
}

// The integer without its zero point, as INT32: exact. Zero points are constant: one, or one for each entry of an axis.
Result<std::uint32_t> without_zero(const NodeReader& node, std::uint32_t x, std::size_t input, std::size_t axis) {
  PROOFCARD_TRY(x, as_int32(node, x));
  if (!node.has_input(input)) {
    return x;
  }
  PROOFCARD_TRY(const std::uint32_t computed, node.input(input));
  if (!node.is_constant(computed) && count(node.shape_of(computed)) == 1) {
    PROOFCARD_TRY(const std::uint32_t taken, as_int32(node, computed));
    PROOFCARD_TRY(const std::uint32_t scalar, node.reshape(taken, {}));
    return node.emit(FloatOp::kSub, {x, scalar});
  }
  PROOFCARD_TRY(const FloatTensor* given, node.constant(input, "zero point"));
  FloatTensor zero = *given;
  if (std::all_of(zero.data.begin(), zero.data.end(), [](float v) { return v == 0; })) {
    return x;
  }
  const Dims shape = node.shape_of(x);
  if (zero.data.size() == 1) {
    zero.shape = {};
  } else if (axis >= shape.size() || zero.data.size() != static_cast<std::size_t>(shape[axis])) {
    return bad_input(node.where(), "expected one zero point or {}, found {}", axis < shape.size() ? shape[axis] : 1,
                     zero.data.size());
  } else {
    zero.shape = Dims(shape.size() - axis, 1);
    zero.shape[0] = shape[axis];
  }
  if (!node.is_constant(x)) {
    return node.emit(FloatOp::kSub, {x, node.add_constant(to_constant(zero, onnx::TensorProto::INT32))});
  }
  Constant out = node.typed_value(x);
  const std::vector<std::int64_t> strides = broadcast_strides(zero.shape, out.shape);
  walk(out.shape, strides, 0, [&](auto i, auto s) { out.integers[i] -= static_cast<std::int64_t>(zero.data[s]); });
  return node.add_constant(std::move(out));
}

Result<std::uint32_t> product_of_integers(const NodeReader& node, std::size_t second, std::size_t zero_a,
                                          std::size_t zero_b) {
  PROOFCARD_TRY(std::uint32_t a, node.input(0));
  PROOFCARD_TRY(std::uint32_t b, node.input(second));
  const std::size_t rank_a = node.shape_of(a).size();
  const std::size_t rank_b = node.shape_of(b).size();
  PROOFCARD_TRY(a, without_zero(node, a, zero_a, rank_a < 2 ? 0 : rank_a - 2));
  PROOFCARD_TRY(b, without_zero(node, b, zero_b, rank_b == 0 ? 0 : rank_b - 1));
  return node.emit(FloatOp::kMatMul, {a, b});
}

Result<std::uint32_t> convolution_of_integers(const NodeReader& node, std::size_t second, std::size_t zero_x,
                                              std::size_t zero_w) {
  PROOFCARD_TRY(std::uint32_t x, node.input(0));
  PROOFCARD_TRY(std::uint32_t w, node.input(second));
  PROOFCARD_TRY(x, without_zero(node, x, zero_x, 1));
  PROOFCARD_TRY(w, without_zero(node, w, zero_w, 0));
  PROOFCARD_TRY(FloatNode n, convolution_node(node, FloatOp::kConv, x, w));
  return node.emit(std::move(n));
}

Status mat_mul_integer(const NodeReader& node) {
  PROOFCARD_TRY(const std::uint32_t out, product_of_integers(node, 1, 2, 3));
  return node.bind(0, out);
}

Status conv_integer(const NodeReader& node) {
  PROOFCARD_TRY(const std::uint32_t out, convolution_of_integers(node, 1, 2, 3));
  return node.bind(0, out);
}

// What a sum of products is multiplied by before it is rounded: a's scale times b's over the result's, in float32, one or
// one for each entry of an axis of the result.
Result<std::vector<double>> factors_of(const NodeReader& node, std::int64_t channels) {
  PROOFCARD_TRY(const float scale_a, node.constant_scalar(1, "first scale"));
  PROOFCARD_TRY(const FloatTensor* scales_b, node.constant(4, "second scale"));
  PROOFCARD_TRY(const float scale, node.constant_scalar(6, "scale of the result"));
  if (scales_b->data.size() != 1 && scales_b->data.size() != static_cast<std::size_t>(channels)) {
    return bad_input(node.where(), "expected one scale or one a channel, found {}", scales_b->data.size());
  }
  std::vector<double> out;
  for (const float scale_b : scales_b->data) {
    const float factor = scale_a * scale_b / scale;
    if (!(scale_a > 0 && scale_b > 0 && scale > 0 && factor > 0) || !std::isfinite(factor)) {
      return bad_input(node.where(), "expected positive scales, found {}, {} and {}", scale_a, scale_b, scale);
    }
    out.push_back(static_cast<double>(factor));
  }
  return out;
}

// Sums of integers are exact, and so is their rounding to the result's scale.
Status bind_rounded(const NodeReader& node, std::uint32_t sums, std::size_t axis) {
  const Dims shape = node.shape_of(sums);
  FloatNode n = node.make(FloatOp::kRequantise, {sums});
  PROOFCARD_TRY(n.params, factors_of(node, axis < shape.size() ? shape[axis] : 1));
  PROOFCARD_TRY(const QuantType q, quant_type(node, 7));
  n.axis = static_cast<std::int64_t>(axis);
  n.beta = q.zero;
  n.ints = {q.low, q.high};
  PROOFCARD_TRY(const std::uint32_t out, node.emit(std::move(n)));
  node.set_type(out, q.type);
  return node.bind(0, out);
}

Status qlinear_mat_mul(const NodeReader& node) {
  PROOFCARD_TRY(const std::uint32_t sums, product_of_integers(node, 3, 2, 5));
  const std::size_t rank = node.shape_of(sums).size();
  return bind_rounded(node, sums, rank == 0 ? 0 : rank - 1);
}

Status qlinear_conv(const NodeReader& node) {
  PROOFCARD_TRY(std::uint32_t sums, convolution_of_integers(node, 3, 2, 5));
  if (node.has_input(8)) {
    PROOFCARD_TRY(std::uint32_t bias, node.input(8));
    Dims spread(node.shape_of(sums).size() - 1, 1);
    spread[0] = node.shape_of(sums)[1];
    PROOFCARD_TRY(bias, node.reshape(bias, std::move(spread)));
    PROOFCARD_TRY(sums, node.emit(FloatOp::kAdd, {sums, bias}));
  }
  return bind_rounded(node, sums, 1);
}

}  // namespace

const std::map<std::string, Translation>& quantised_translations() {
  static const std::map<std::string, Translation> table = {
      {"QuantizeLinear", quantize},
      {"DequantizeLinear", dequantize},
      {"MatMulInteger", mat_mul_integer},
      {"ConvInteger", conv_integer},
      {"QLinearMatMul", qlinear_mat_mul},
      {"QLinearConv", qlinear_conv},
      {"DynamicQuantizeLinear", dynamic_quantize},
  };
  return table;
}

}  // namespace proofcard::graph
