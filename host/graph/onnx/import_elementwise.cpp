// Arithmetic, activations, Cast, QuantizeLinear and DequantizeLinear.
#include <algorithm>
#include <cmath>
#include <limits>

#include "host/graph/onnx/importer.hpp"

namespace proofcard::graph {
namespace {

Status binary(const NodeReader& node) {
  static const std::map<std::string, FloatOp> ops = {
      {"Add", FloatOp::kAdd}, {"Sub", FloatOp::kSub}, {"Mul", FloatOp::kMul}, {"Div", FloatOp::kDiv}};
  PROOFCARD_TRY(std::uint32_t a, node.input(0));
  PROOFCARD_TRY(std::uint32_t b, node.input(1));
  if (node.op() == "Div" && !node.constant(1, "divisor").ok()) {
    // The one quotient of computed values that is supported: a layer normalisation written out.
    PROOFCARD_TRY(std::uint32_t normalised, node.written_out_layer_norm(a, b));
    return node.bind(0, normalised);
  }
  PROOFCARD_TRY(std::uint32_t out, node.emit(ops.at(node.op()), {a, b}));
  return node.bind(0, out);
}

Status sum(const NodeReader& node) {
  PROOFCARD_TRY(std::uint32_t out, node.input(0));
  for (std::size_t i = 1; i < node.num_inputs(); ++i) {
    PROOFCARD_TRY(std::uint32_t next, node.input(i));
    PROOFCARD_TRY(out, node.emit(FloatOp::kAdd, {out, next}));
  }
  return node.bind(0, out);
}

Status unary(const NodeReader& node) {
  static const std::map<std::string, FloatOp> ops = {{"Relu", FloatOp::kRelu}, {"Sigmoid", FloatOp::kSigmoid},
                                                     {"Tanh", FloatOp::kTanh}, {"HardSwish", FloatOp::kHardSwish},
                                                     {"Erf", FloatOp::kErf},   {"Exp", FloatOp::kExp},
                                                     {"Sqrt", FloatOp::kSqrt}, {"Softplus", FloatOp::kSoftplus},
                                                     {"Abs", FloatOp::kAbs},   {"Reciprocal", FloatOp::kReciprocal}};
  PROOFCARD_TRY(std::uint32_t x, node.input(0));
  PROOFCARD_TRY(std::uint32_t out, node.emit(ops.at(node.op()), {x}));
  return node.bind(0, out);
}

Status parameterised(const NodeReader& node) {
  PROOFCARD_TRY(std::uint32_t x, node.input(0));
  FloatNode n = node.make(FloatOp::kLeakyRelu, {x});
  if (node.op() == "LeakyRelu") {
    PROOFCARD_TRY(n.alpha, node.real("alpha", 0.01F));
  } else if (node.op() == "Elu") {
    n.op = FloatOp::kElu;
    PROOFCARD_TRY(n.alpha, node.real("alpha", 1.0F));
  } else {
    n.op = FloatOp::kHardSigmoid;
    PROOFCARD_TRY(n.alpha, node.real("alpha", 0.2F));
    PROOFCARD_TRY(n.beta, node.real("beta", 0.5F));
  }
  PROOFCARD_TRY(std::uint32_t out, node.emit(std::move(n)));
  return node.bind(0, out);
}

Status gelu(const NodeReader& node) {
  PROOFCARD_TRY(std::uint32_t x, node.input(0));
  PROOFCARD_TRY(std::string kind, node.text("approximate", "none"));
  PROOFCARD_TRY(std::uint32_t out, node.emit(kind == "tanh" ? FloatOp::kGeluTanh : FloatOp::kGelu, {x}));
  return node.bind(0, out);
}

// max(x, 0) + slope * min(x, 0); one slope is a part of the architecture, more of them are weights, even equal ones.
Status prelu(const NodeReader& node) {
  PROOFCARD_TRY(std::uint32_t x, node.input(0));
  PROOFCARD_TRY(const FloatTensor* slope, node.constant(1, "slope"));
  if (slope->data.empty()) {
    return bad_input(node.where(), "expected a slope, found none");
  }
  if (slope->data.size() == 1) {
    FloatNode n = node.make(FloatOp::kLeakyRelu, {x});
    n.alpha = slope->data[0];
    PROOFCARD_TRY(std::uint32_t out, node.emit(std::move(n)));
    return node.bind(0, out);
  }
  PROOFCARD_TRY(std::uint32_t slopes, node.input(1));
  FloatNode n = node.make(FloatOp::kClip, {x});
  n.alpha = -std::numeric_limits<float>::infinity();
  n.beta = 0.0F;
  PROOFCARD_TRY(std::uint32_t negative, node.emit(std::move(n)));
  PROOFCARD_TRY(negative, node.emit(FloatOp::kMul, {negative, slopes}));
  PROOFCARD_TRY(std::uint32_t positive, node.emit(FloatOp::kRelu, {x}));
  PROOFCARD_TRY(std::uint32_t out, node.emit(FloatOp::kAdd, {positive, negative}));
  return node.bind(0, out);
}

Status selu(const NodeReader& node) {
  PROOFCARD_TRY(std::uint32_t x, node.input(0));
  FloatNode n = node.make(FloatOp::kElu, {x});
  PROOFCARD_TRY(n.alpha, node.real("alpha", 1.67326319F));
  PROOFCARD_TRY(float gamma, node.real("gamma", 1.05070102F));
  PROOFCARD_TRY(std::uint32_t out, node.emit(std::move(n)));
  PROOFCARD_TRY(out, node.emit(FloatOp::kMul, {out, node.add_constant({{}, {gamma}, false})}));
  return node.bind(0, out);
}

Status clip(const NodeReader& node) {
  PROOFCARD_TRY(std::uint32_t x, node.input(0));
  FloatNode n = node.make(FloatOp::kClip, {x});
  n.alpha = -std::numeric_limits<float>::infinity();
  n.beta = std::numeric_limits<float>::infinity();
  if (node.opset() < 11) {
    PROOFCARD_TRY(n.alpha, node.real("min", n.alpha));
    PROOFCARD_TRY(n.beta, node.real("max", n.beta));
  } else {
    if (node.has_input(1)) {
      PROOFCARD_TRY(n.alpha, node.constant_scalar(1, "minimum"));
    }
    if (node.has_input(2)) {
      PROOFCARD_TRY(n.beta, node.constant_scalar(2, "maximum"));
    }
  }
  if (!(n.alpha <= n.beta)) {
    return node.unsupported("a minimum above the maximum is not supported");
  }
  PROOFCARD_TRY(std::uint32_t out, node.emit(std::move(n)));
  return node.bind(0, out);
}

// Max and Min of a value and a constant scalar are a Clip.
Status bound(const NodeReader& node) {
  if (node.num_inputs() != 2) {
    return node.unsupported("only a value and a constant scalar are supported");
  }
  for (std::size_t i = 0; i < 2; ++i) {
    const auto limit = node.constant(i, "second operand");
    if (!limit.ok() || limit.value()->data.size() != 1) {
      continue;
    }
    PROOFCARD_TRY(std::uint32_t x, node.input(1 - i));
    FloatNode n = node.make(FloatOp::kClip, {x});
    const float infinity = std::numeric_limits<float>::infinity();
    n.alpha = node.op() == "Max" ? limit.value()->data[0] : -infinity;
    n.beta = node.op() == "Max" ? infinity : limit.value()->data[0];
    PROOFCARD_TRY(std::uint32_t out, node.emit(std::move(n)));
    return node.bind(0, out);
  }
  return node.unsupported("only a value and a constant scalar are supported");
}

Status negate(const NodeReader& node) {
  PROOFCARD_TRY(std::uint32_t x, node.input(0));
  PROOFCARD_TRY(std::uint32_t out, node.emit(FloatOp::kMul, {x, node.add_constant({{}, {-1.0F}, false})}));
  return node.bind(0, out);
}

Status power(const NodeReader& node) {
  PROOFCARD_TRY(std::uint32_t x, node.input(0));
  PROOFCARD_TRY(float exponent, node.constant_scalar(1, "exponent"));
  if (exponent == 1.0F) {
    return node.bind(0, x);
  }
  if (exponent != 2.0F && exponent != 0.5F && exponent != -1.0F) {
    return node.unsupported(fmt::format("exponent {} is not supported (2, 1, 0.5 and -1 are)", exponent));
  }
  const FloatOp op = exponent == 2.0F ? FloatOp::kSquare : exponent == 0.5F ? FloatOp::kSqrt : FloatOp::kReciprocal;
  PROOFCARD_TRY(std::uint32_t out, node.emit(op, {x}));
  return node.bind(0, out);
}

Status softmax(const NodeReader& node) {
  PROOFCARD_TRY(std::uint32_t x, node.input(0));
  const Dims shape = node.shape_of(x);
  PROOFCARD_TRY(std::int64_t axis, node.integer("axis", node.opset() < 13 ? 1 : -1));
  PROOFCARD_TRY(axis, normalise_axis(axis, shape.size(), node.where()));
  FloatNode n = node.make(FloatOp::kSoftmax, {x});
  n.axis = axis;
  if (node.opset() < 13 && axis + 1 != static_cast<std::int64_t>(shape.size())) {
    // The old operator normalises over all axes from `axis` on.
    Dims flat(shape.begin(), shape.begin() + axis);
    flat.push_back(count(Dims(shape.begin() + axis, shape.end())));
    PROOFCARD_TRY(n.inputs[0], node.reshape(x, flat));
    PROOFCARD_TRY(std::uint32_t out, node.emit(std::move(n)));
    PROOFCARD_TRY(out, node.reshape(out, shape));
    return node.bind(0, out);
  }
  PROOFCARD_TRY(std::uint32_t out, node.emit(std::move(n)));
  return node.bind(0, out);
}

Status cast(const NodeReader& node) {
  PROOFCARD_TRY(std::uint32_t x, node.input(0));
  PROOFCARD_TRY(std::int64_t to, node.integer("to", 0));
  using Type = onnx::TensorProto;
  const bool to_float = to == Type::FLOAT || to == Type::DOUBLE || to == Type::FLOAT16 || to == Type::BFLOAT16;
  const bool to_integer = to == Type::INT32 || to == Type::INT64;
  if (const auto constant = node.constant(0, "operand"); constant.ok()) {
    FloatTensor t = *constant.value();
    if (!to_float && !to_integer) {
      return node.unsupported(fmt::format("conversion to element type {} is not supported", to));
    }
    for (float& v : t.data) {
      v = to_integer ? std::trunc(v) : v;
    }
    t.integer = to_integer;
    return node.bind(0, node.add_constant(std::move(t)));
  }
  if (!to_float && !(to_integer && node.yields_integers(x))) {
    return node.unsupported(fmt::format("conversion of a computed value to element type {} is not supported", to));
  }
  return node.bind(0, x);
}

// Zero point of a quantisation node and the bounds of its integer type.
struct QuantType {
  float zero = 0;
  std::int64_t low = 0;
  std::int64_t high = 255;
};

Result<QuantType> quant_type(const NodeReader& node) {
  QuantType q;
  if (node.has_input(2)) {
    PROOFCARD_TRY(q.zero, node.constant_scalar(2, "zero point"));
    const int type = node.input_type(2);
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

Status quantize(const NodeReader& node) {
  PROOFCARD_TRY(std::uint32_t x, node.input(0));
  PROOFCARD_TRY(float scale, node.constant_scalar(1, "scale"));
  PROOFCARD_TRY(QuantType q, quant_type(node));
  if (!(scale > 0.0F) || !std::isfinite(scale)) {
    return bad_input(node.where(), "expected a positive scale, found {}", scale);
  }
  if (node.find("block_size") != nullptr || node.find("saturate") != nullptr) {
    return node.unsupported("blocks and 8-bit floats are not supported");
  }
  // The pair QuantizeLinear, DequantizeLinear is one node here; the value in between exists only for its partner.
  FloatNode n = node.make(FloatOp::kFakeQuantize, {x});
  n.alpha = scale;
  n.beta = q.zero;
  n.ints = {q.low, q.high};
  PROOFCARD_TRY(std::uint32_t out, node.emit(std::move(n)));
  return node.bind(0, out);
}

Status dequantize(const NodeReader& node) {
  PROOFCARD_TRY(std::uint32_t x, node.input(0));
  if (const auto stored = node.constant(0, "operand"); stored.ok() && stored.value()->integer) {
    // Weights: (q - zero) * scale, per tensor or along an axis.
    PROOFCARD_TRY(const FloatTensor* scale, node.constant(1, "scale"));
    FloatTensor out = *stored.value();
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
    for (std::size_t i = 0; i < out.data.size(); ++i) {
      const std::size_t c = i / static_cast<std::size_t>(inner) % scale->data.size();
      out.data[i] = (out.data[i] - zero.data[c]) * scale->data[c];
    }
    return node.bind(0, node.add_constant(std::move(out)));
  }
  PROOFCARD_TRY(float scale, node.constant_scalar(1, "scale"));
  PROOFCARD_TRY(QuantType q, quant_type(node));
  if (!node.matches_quantiser(x, scale, q.zero)) {
    return node.unsupported("it must follow a QuantizeLinear with the same scale and zero point");
  }
  return node.bind(0, x);
}

}  // namespace

const std::map<std::string, Translation>& elementwise_translations() {
  static const std::map<std::string, Translation> table = {
      {"Add", binary},
      {"Sub", binary},
      {"Mul", binary},
      {"Div", binary},
      {"Sum", sum},
      {"Relu", unary},
      {"Sigmoid", unary},
      {"Tanh", unary},
      {"HardSwish", unary},
      {"Erf", unary},
      {"Exp", unary},
      {"Sqrt", unary},
      {"Softplus", unary},
      {"Abs", unary},
      {"Reciprocal", unary},
      {"LeakyRelu", parameterised},
      {"Elu", parameterised},
      {"HardSigmoid", parameterised},
      {"Gelu", gelu},
      {"PRelu", prelu},
      {"Selu", selu},
      {"Clip", clip},
      {"Max", bound},
      {"Min", bound},
      {"Neg", negate},
      {"Pow", power},
      {"Softmax", softmax},
      {"Cast", cast},
      {"QuantizeLinear", quantize},
      {"DequantizeLinear", dequantize},
  };
  return table;
}

}  // namespace proofcard::graph
