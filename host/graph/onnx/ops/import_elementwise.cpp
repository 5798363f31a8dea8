// Arithmetic and activations.
#include <algorithm>
#include <cmath>
#include <limits>

#include "host/base/check.hpp"
#include "host/graph/float_graph/elementwise_functions.hpp"
#include "host/graph/onnx/import_parts.hpp"
#include "host/graph/onnx/importer.hpp"

namespace proofcard::graph {
namespace {

// A scalar 0 is a part of the architecture: the product with it is known. Among several weights a 0 is one of them.
bool is_zero(const NodeReader& node, std::uint32_t value) {
  if (!node.is_constant(value) || count(node.shape_of(value)) != 1) {
    return false;
  }
  return node.typed_value(value).real(0) == 0;
}

Status binary(const NodeReader& node) {
  static const std::map<std::string, FloatOp> ops = {
      {"Add", FloatOp::kAdd}, {"Sub", FloatOp::kSub}, {"Mul", FloatOp::kMul}, {"Div", FloatOp::kDiv}};
  PROOFCARD_TRY(std::uint32_t a, node.input(0));
  PROOFCARD_TRY(std::uint32_t b, node.input(1));
  if (node.op() == "Div" && is_integer_type(node.type_of(a))) {
    PROOFCARD_TRY(const std::uint32_t quotient, node.emit(FloatOp::kIntegerDivide, {a, b}));
    return node.bind(0, quotient);
  }
  if (node.op() == "Div" && !node.is_constant(b)) {
    PROOFCARD_TRY(const std::optional<std::uint32_t> normalised, written_out_normalisation(node, a, b));
    if (normalised) {
      return node.bind(0, *normalised);
    }
    PROOFCARD_TRY(const std::optional<std::uint32_t> logistic, written_out_sigmoid(node, a, b));
    if (logistic) {
      return node.bind(0, *logistic);
    }
  }
  if (node.op() == "Sub") {
    PROOFCARD_TRY(const std::optional<std::uint32_t> logarithm, written_out_log_softmax(node, a, b));
    if (logarithm) {
      return node.bind(0, *logarithm);
    }
  }
  PROOFCARD_TRY(std::uint32_t out, node.emit(ops.at(node.op()), {a, b}));
  if (node.op() == "Mul" && !node.is_constant(out) && (is_zero(node, a) || is_zero(node, b))) {
    const Dims shape = node.shape_of(out);
    return node.bind(0, node.add_constant(make_constant(node.type_of(out), shape)));
  }
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
  if (node.op() == "Exp") {
    PROOFCARD_TRY(const std::optional<std::uint32_t> softmax, written_out_softmax(node, x));
    if (softmax) {
      return node.bind(0, *softmax);
    }
  }
  if (node.op() == "Reciprocal" && !node.is_constant(x)) {
    PROOFCARD_TRY(const std::optional<std::uint32_t> logistic, written_out_sigmoid(node, node.add_scalar(1.0F), x));
    if (logistic) {
      return node.bind(0, *logistic);
    }
  }
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
  PROOFCARD_TRY(std::uint32_t slopes, node.input(1));
  if (count(node.shape_of(slopes)) == 0) {
    return bad_input(node.where(), "expected a slope, found none");
  }
  if (node.is_constant(slopes) && count(node.shape_of(slopes)) == 1) {
    FloatNode n = node.make(FloatOp::kLeakyRelu, {x});
    PROOFCARD_TRY(n.alpha, node.constant_scalar(1, "slope"));
    PROOFCARD_TRY(std::uint32_t out, node.emit(std::move(n)));
    return node.bind(0, out);
  }
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
  PROOFCARD_TRY(out, node.emit(FloatOp::kMul, {out, node.add_scalar(gamma)}));
  return node.bind(0, out);
}

// The maximum wins where it is below the minimum.
Status clip_by_computed(const NodeReader& node) {
  PROOFCARD_TRY(std::uint32_t x, node.input(0));
  for (std::size_t i = 1; i < 3; ++i) {
    if (node.has_input(i)) {
      PROOFCARD_TRY(const std::uint32_t bound, node.input(i));
      PROOFCARD_TRY(x, extremum(node, i == 1, x, bound));
    }
  }
  return node.bind(0, x);
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
    for (std::size_t i = 1; i < 3; ++i) {
      if (!node.has_input(i)) {
        continue;
      }
      PROOFCARD_TRY(const std::uint32_t bound, node.input(i));
      if (!node.is_constant(bound)) {
        return clip_by_computed(node);
      }
      PROOFCARD_TRY(const float end, node.constant_scalar(i, i == 1 ? "minimum" : "maximum"));
      (i == 1 ? n.alpha : n.beta) = end;
    }
  }
  if (!(n.alpha <= n.beta)) {
    return node.unsupported("a minimum above the maximum is not supported");
  }
  PROOFCARD_TRY(std::uint32_t out, node.emit(std::move(n)));
  return node.bind(0, out);
}

Status negate(const NodeReader& node) {
  PROOFCARD_TRY(std::uint32_t x, node.input(0));
  PROOFCARD_TRY(std::uint32_t out, node.emit(FloatOp::kMul, {x, node.add_scalar(-1.0F)}));
  return node.bind(0, out);
}

// By the table of elementwise functions.
Status function(const NodeReader& node) {
  PROOFCARD_TRY(std::uint32_t x, node.input(0));
  const auto all = elementwise_functions();
  const auto row = std::find_if(all.begin(), all.end(), [&](const auto& f) { return f.onnx_op == node.op(); });
  PROOFCARD_CHECK(row != all.end());
  if (row->function == tensor::Function::kLog) {
    PROOFCARD_TRY(const std::optional<std::uint32_t> logarithm, written_out_log_sum_exp(node, x));
    if (logarithm) {
      return node.bind(0, *logarithm);
    }
  }
  FloatNode n = node.make(FloatOp::kFunction, {x});
  n.function = row->function;
  for (const ElementwiseFunction::Attribute& a : row->attributes) {
    PROOFCARD_TRY(const float value, node.real(a.name, a.fallback));
    if (!std::isfinite(value)) {
      return bad_input(node.where(), "expected a finite attribute {}, found {}", a.name, value);
    }
    n.params.push_back(static_cast<double>(value));
  }
  PROOFCARD_TRY(std::uint32_t out, node.emit(std::move(n)));
  return node.bind(0, out);
}

Status power(const NodeReader& node) {
  PROOFCARD_TRY(std::uint32_t x, node.input(0));
  PROOFCARD_TRY(const std::uint32_t given, node.input(1));
  if (!node.is_constant(given) || count(node.shape_of(given)) != 1 || is_integer_type(node.type_of(x))) {
    return computed_power(node);
  }
  PROOFCARD_TRY(float exponent, node.constant_scalar(1, "exponent"));
  if (exponent == 1.0F) {
    return node.bind(0, x);
  }
  if (!std::isfinite(exponent)) {
    return bad_input(node.where(), "expected a finite exponent, found {}", exponent);
  }
  FloatNode n = node.make(exponent == 2.0F    ? FloatOp::kSquare
                          : exponent == 0.5F  ? FloatOp::kSqrt
                          : exponent == -1.0F ? FloatOp::kReciprocal
                                              : FloatOp::kFunction,
                          {x});
  if (n.op == FloatOp::kFunction) {
    n.function = tensor::Function::kPower;
    n.params = {static_cast<double>(exponent)};
  }
  PROOFCARD_TRY(std::uint32_t out, node.emit(std::move(n)));
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

}  // namespace

const std::map<std::string, Translation>& elementwise_translations() {
  static const std::map<std::string, Translation> table = [] {
    std::map<std::string, Translation> all = {
        {"Add", binary},        {"Sub", binary},
        {"Mul", binary},        {"Div", binary},
        {"Sum", sum},           {"Relu", unary},
        {"Sigmoid", unary},     {"Tanh", unary},
        {"HardSwish", unary},   {"Erf", unary},
        {"Exp", unary},         {"Sqrt", unary},
        {"Softplus", unary},    {"Abs", unary},
        {"Reciprocal", unary},  {"LeakyRelu", parameterised},
        {"Elu", parameterised}, {"HardSigmoid", parameterised},
        {"Gelu", gelu},         {"PRelu", prelu},
        {"Selu", selu},         {"Clip", clip},
        {"Neg", negate},        {"Pow", power},
        {"Softmax", softmax},
    };
    for (const ElementwiseFunction& f : elementwise_functions()) {
      if (!f.onnx_op.empty()) {
        all[std::string(f.onnx_op)] = function;
      }
    }
    return all;
  }();
  return table;
}

}  // namespace proofcard::graph
