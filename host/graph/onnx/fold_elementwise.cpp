// Elementwise operators of constants, with ONNX's rules for each type: integers wrap around, their quotients are truncated,
// floats are rounded after every operation.
//
// Source: onnx.ai/onnx/operators; where it leaves something open (division by 0, shifts beyond the width), an error.
#include <algorithm>
#include <cmath>
#include <limits>

#include "host/graph/float_graph/float_executor.hpp"
#include "host/graph/float_graph/moves.hpp"
#include "host/graph/onnx/importer.hpp"

namespace proofcard::graph {
namespace {

using Type = onnx::TensorProto;

Result<Dims> broadcast_shape(const NodeReader& node, const Operands& in) {
  Dims shape;
  for (const Constant* c : in) {
    FloatNode n = node.make(FloatOp::kAdd, {});
    PROOFCARD_TRY(shape, infer_shape(n, {shape, c->shape}, node.where()));
  }
  return shape;
}

// The operand's elements in the order of `shape`, to which it broadcasts.
std::vector<std::size_t> places(const Constant& c, const Dims& shape) {
  std::vector<std::size_t> out(static_cast<std::size_t>(count(shape)));
  walk(shape, broadcast_strides(c.shape, shape), 0, [&](auto i, auto s) { out[i] = s; });
  return out;
}

Status expect_all(const NodeReader& node, const Operands& in, std::size_t at_least, std::size_t at_most) {
  if (in.size() < at_least || in.size() > at_most || std::find(in.begin(), in.end(), nullptr) != in.end()) {
    return bad_input(node.where(), "expected {} operands, found {}", at_least, in.size());
  }
  for (const Constant* c : in) {
    if (c->type != in[0]->type) {
      return bad_input(node.where(), "expected operands of one type, found {} and {}", element_type_name(in[0]->type),
                       element_type_name(c->type));
    }
  }
  return {};
}

std::int64_t mathematical_mod(std::int64_t a, std::int64_t b) {
  const std::int64_t r = b == -1 ? 0 : a % b;
  return r != 0 && (r < 0) != (b < 0) ? r + b : r;
}

std::int64_t integer_power(std::int64_t base, std::int64_t exponent) {
  if (exponent < 0) {
    return base == 1 ? 1 : base == -1 ? (exponent % 2 == 0 ? 1 : -1) : 0;
  }
  std::uint64_t out = 1;
  for (auto b = static_cast<std::uint64_t>(base); exponent > 0; exponent >>= 1, b *= b) {
    out *= (exponent & 1) != 0 ? b : 1;
  }
  return static_cast<std::int64_t>(out);
}

// Sums and products modulo 2^64, which wrapped() then reduces. Nothing: a quotient by 0.
std::optional<std::int64_t> integer_value(const std::string& op, ElementType type, bool fmod, std::int64_t a,
                                          std::int64_t b) {
  const auto ua = static_cast<std::uint64_t>(a);
  const auto ub = static_cast<std::uint64_t>(b);
  const bool is_unsigned = type == Type::UINT64;
  if (op == "Add" || op == "Sum") return static_cast<std::int64_t>(ua + ub);
  if (op == "Sub") return static_cast<std::int64_t>(ua - ub);
  if (op == "Mul") return static_cast<std::int64_t>(ua * ub);
  if (op == "Max") return is_unsigned ? static_cast<std::int64_t>(std::max(ua, ub)) : std::max(a, b);
  if (op == "Min") return is_unsigned ? static_cast<std::int64_t>(std::min(ua, ub)) : std::min(a, b);
  if (op == "Pow") return integer_power(a, b);
  if (op == "And" || op == "BitwiseAnd") return a & b;
  if (op == "Or" || op == "BitwiseOr") return a | b;
  if (op == "Xor" || op == "BitwiseXor") return a ^ b;
  if (b == 0) return std::nullopt;
  if (op == "Div") {
    return is_unsigned ? static_cast<std::int64_t>(ua / ub)
           : b == -1   ? static_cast<std::int64_t>(std::uint64_t{0} - ua)
                       : a / b;
  }
  return is_unsigned ? static_cast<std::int64_t>(ua % ub) : fmod ? (b == -1 ? 0 : a % b) : mathematical_mod(a, b);
}

double real_value(const std::string& op, double a, double b) {
  if (op == "Add" || op == "Sum") return a + b;
  if (op == "Sub") return a - b;
  if (op == "Mul") return a * b;
  if (op == "Div") return a / b;
  if (op == "Max") return std::isnan(a) || std::isnan(b) ? std::nan("") : std::max(a, b);
  if (op == "Min") return std::isnan(a) || std::isnan(b) ? std::nan("") : std::min(a, b);
  if (op == "Pow") return std::pow(a, b);
  return std::fmod(a, b);  // Mod
}

Result<Constant> combined(const NodeReader& node, const Constant& a, const Constant& b, bool fmod) {
  PROOFCARD_TRY(const Dims shape, broadcast_shape(node, {&a, &b}));
  const bool logical = node.op() == "And" || node.op() == "Or" || node.op() == "Xor";
  const bool bitwise = node.op().starts_with("Bitwise");
  if (logical ? a.type != Type::BOOL : a.type == Type::BOOL || (bitwise && !a.is_integer())) {
    return bad_input(node.where(), "expected another type of operands, found {}", element_type_name(a.type));
  }
  const std::vector<std::size_t> from_a = places(a, shape);
  const std::vector<std::size_t> from_b = places(b, shape);
  Constant out = make_constant(a.type, shape);
  for (std::size_t i = 0; i < out.size(); ++i) {
    if (!out.is_integer()) {
      out.reals[i] = rounded(a.type, real_value(node.op(), a.reals[from_a[i]], b.real(from_b[i])));
      continue;
    }
    const auto v = integer_value(node.op(), a.type, fmod, a.integers[from_a[i]], b.integers[from_b[i]]);
    if (!v) {
      return bad_input(node.where(), "expected a divisor other than 0, found 0 at element {}", i);
    }
    out.integers[i] = wrapped(a.type, *v);
  }
  return out;
}

Result<Constant> arithmetic(const NodeReader& node, const Operands& in) {
  PROOFCARD_RETURN_IF_ERROR(expect_all(node, in, 2, 2));
  PROOFCARD_TRY(const std::int64_t fmod, node.integer("fmod", 0));
  if (node.op() == "Mod" && !in[0]->is_integer() && fmod == 0) {
    return bad_input(node.where(), "expected fmod of floats, found another remainder");
  }
  return combined(node, *in[0], *in[1], fmod != 0);
}

// The exponent has a type of its own: the power has the base's.
Result<Constant> power(const NodeReader& node, const Operands& in) {
  if (in.size() != 2 || in[0] == nullptr || in[1] == nullptr) {
    return bad_input(node.where(), "expected 2 operands, found another number");
  }
  if (!in[0]->is_integer() || in[1]->is_integer()) {
    return combined(node, *in[0], *in[1], false);
  }
  Constant base = *in[0];
  base.type = Type::DOUBLE;
  base.reals.resize(base.integers.size());
  for (std::size_t i = 0; i < base.reals.size(); ++i) {
    base.reals[i] = in[0]->real(i);
  }
  PROOFCARD_TRY(const Constant real, combined(node, base, *in[1], false));
  Constant out = make_constant(in[0]->type, real.shape);
  for (std::size_t i = 0; i < out.size(); ++i) {
    out.integers[i] = truncated(out.type, real.reals[i]);
  }
  return out;
}

Result<Constant> variadic(const NodeReader& node, const Operands& in) {
  PROOFCARD_RETURN_IF_ERROR(expect_all(node, in, 1, in.size()));
  Constant out = *in[0];
  for (std::size_t i = 1; i < in.size(); ++i) {
    PROOFCARD_TRY(out, combined(node, out, *in[i], false));
  }
  return out;
}

Result<Constant> mean(const NodeReader& node, const Operands& in) {
  PROOFCARD_RETURN_IF_ERROR(expect_all(node, in, 1, in.size()));
  PROOFCARD_TRY(const Dims shape, broadcast_shape(node, in));
  if (in[0]->is_integer()) {
    return bad_input(node.where(), "expected floats, found type {}", in[0]->type);
  }
  Constant out = make_constant(in[0]->type, shape);
  for (const Constant* c : in) {
    const std::vector<std::size_t> from = places(*c, shape);
    for (std::size_t i = 0; i < from.size(); ++i) {
      out.reals[i] += c->real(from[i]);
    }
  }
  for (double& v : out.reals) {
    v = rounded(out.type, v / static_cast<double>(in.size()));
  }
  return out;
}

// -1, 0 or 1; nothing where one is NaN.
std::optional<int> compared(const Constant& a, std::size_t i, const Constant& b, std::size_t k) {
  if (a.is_integer() && a.type != Type::UINT64) {
    return a.integers[i] < b.integers[k] ? -1 : a.integers[i] > b.integers[k] ? 1 : 0;
  }
  if (a.type == Type::UINT64) {
    const auto x = static_cast<std::uint64_t>(a.integers[i]);
    const auto y = static_cast<std::uint64_t>(b.integers[k]);
    return x < y ? -1 : x > y ? 1 : 0;
  }
  const double x = a.reals[i];
  const double y = b.reals[k];
  return std::isnan(x) || std::isnan(y) ? std::nullopt : std::optional(x < y ? -1 : x > y ? 1 : 0);
}

Result<Constant> comparison(const NodeReader& node, const Operands& in) {
  PROOFCARD_RETURN_IF_ERROR(expect_all(node, in, 2, 2));
  PROOFCARD_TRY(const Dims shape, broadcast_shape(node, in));
  const std::vector<std::size_t> a = places(*in[0], shape);
  const std::vector<std::size_t> b = places(*in[1], shape);
  Constant out = make_constant(Type::BOOL, shape);
  for (std::size_t i = 0; i < out.size(); ++i) {
    const std::optional<int> order = compared(*in[0], a[i], *in[1], b[i]);
    const bool equal = order == 0;
    const bool less = order == -1;
    const bool greater = order == 1;
    const bool yes = node.op() == "Equal"         ? equal
                     : node.op() == "Less"        ? less
                     : node.op() == "Greater"     ? greater
                     : node.op() == "LessOrEqual" ? less || equal
                                                  : greater || equal;
    out.integers[i] = yes ? 1 : 0;
  }
  return out;
}

Result<Constant> shift(const NodeReader& node, const Operands& in) {
  PROOFCARD_RETURN_IF_ERROR(expect_all(node, in, 2, 2));
  PROOFCARD_TRY(const std::string direction, node.text("direction", ""));
  if (!in[0]->is_integer()) {
    return bad_input(node.where(), "expected integers, found {}", element_type_name(in[0]->type));
  }
  PROOFCARD_TRY(const Dims shape, broadcast_shape(node, in));
  const std::vector<std::size_t> a = places(*in[0], shape);
  const std::vector<std::size_t> b = places(*in[1], shape);
  Constant out = make_constant(in[0]->type, shape);
  for (std::size_t i = 0; i < out.size(); ++i) {
    const auto value = static_cast<std::uint64_t>(in[0]->integers[a[i]]);
    const auto by = static_cast<std::uint64_t>(in[1]->integers[b[i]]);
    const std::uint64_t moved = by > 63 ? 0 : direction == "LEFT" ? value << by : value >> by;
    out.integers[i] = wrapped(out.type, static_cast<std::int64_t>(moved));
  }
  return out;
}

double round_even(double x) { return std::nearbyint(x); }
double sign(double x) { return x > 0 ? 1 : x < 0 ? -1 : x; }
double reciprocal(double x) { return 1 / x; }
double sigmoid(double x) { return 1 / (1 + std::exp(-x)); }
double softplus(double x) { return std::max(x, 0.0) + std::log1p(std::exp(-std::abs(x))); }
double softsign(double x) { return x / (1 + std::abs(x)); }
double relu(double x) { return x > 0 ? x : 0; }

const std::map<std::string, double (*)(double)>& real_functions() {
  static const std::map<std::string, double (*)(double)> table = {
      {"Abs", std::fabs},    {"Acos", std::acos},    {"Acosh", std::acosh},  {"Asin", std::asin},
      {"Asinh", std::asinh}, {"Atan", std::atan},    {"Atanh", std::atanh},  {"Ceil", std::ceil},
      {"Cos", std::cos},     {"Cosh", std::cosh},    {"Erf", std::erf},      {"Exp", std::exp},
      {"Floor", std::floor}, {"Log", std::log},      {"Relu", relu},         {"Reciprocal", reciprocal},
      {"Round", round_even}, {"Sigmoid", sigmoid},   {"Sign", sign},         {"Sin", std::sin},
      {"Sinh", std::sinh},   {"Softplus", softplus}, {"Softsign", softsign}, {"Sqrt", std::sqrt},
      {"Tan", std::tan},     {"Tanh", std::tanh},
  };
  return table;
}

Result<Constant> function(const NodeReader& node, const Operands& in) {
  PROOFCARD_RETURN_IF_ERROR(expect_all(node, in, 1, 1));
  Constant out = *in[0];
  const auto apply = real_functions().at(node.op());
  for (double& v : out.reals) {
    v = rounded(out.type, apply(v));
  }
  const bool is_unsigned = out.is_integer() && lowest_of(out.type) == 0;
  const bool keeps = node.op() == "Abs" || node.op() == "Relu" || node.op() == "Sign";
  if (out.is_integer() && !keeps) {
    return bad_input(node.where(), "expected floats, found {}", element_type_name(out.type));
  }
  for (std::int64_t& v : out.integers) {
    const bool negative = !is_unsigned && v < 0;
    if (node.op() == "Sign") {
      v = negative ? -1 : v == 0 ? 0 : 1;
    } else if (negative) {
      v = node.op() == "Relu" ? 0 : wrapped(out.type, static_cast<std::int64_t>(-static_cast<std::uint64_t>(v)));
    }
  }
  return out;
}

Result<Constant> negate(const NodeReader& node, const Operands& in) {
  PROOFCARD_RETURN_IF_ERROR(expect_all(node, in, 1, 1));
  Constant out = *in[0];
  for (double& v : out.reals) {
    v = -v;
  }
  for (std::int64_t& v : out.integers) {
    v = wrapped(out.type, static_cast<std::int64_t>(-static_cast<std::uint64_t>(v)));
  }
  return out;
}

Result<Constant> complement(const NodeReader& node, const Operands& in) {
  PROOFCARD_RETURN_IF_ERROR(expect_all(node, in, 1, 1));
  Constant out = *in[0];
  if (!out.is_integer() || (node.op() == "Not") != (out.type == Type::BOOL)) {
    return bad_input(node.where(), "expected another type of operand, found {}", element_type_name(out.type));
  }
  for (std::int64_t& v : out.integers) {
    v = out.type == Type::BOOL ? 1 - v : wrapped(out.type, ~v);
  }
  return out;
}

Result<Constant> cast(const NodeReader& node, const Operands& in) {
  if (in.empty() || in[0] == nullptr || (node.op() == "CastLike" && (in.size() < 2 || in[1] == nullptr))) {
    return bad_input(node.where(), "expected an operand, found none");
  }
  PROOFCARD_TRY(std::int64_t to, node.integer("to", 0));
  to = node.op() == "CastLike" ? in[1]->type : to;
  const auto type = static_cast<ElementType>(std::clamp<std::int64_t>(to, 0, 1 << 16));
  if (!is_float_type(type) && !is_integer_type(type)) {
    return node.unsupported(fmt::format("conversion to {} is not supported", element_type_name(type)));
  }
  Constant out = make_constant(type, in[0]->shape);
  for (std::size_t i = 0; i < out.size(); ++i) {
    if (!out.is_integer()) {
      out.reals[i] = rounded(type, in[0]->real(i));
    } else {
      out.integers[i] = in[0]->is_integer() ? wrapped(type, in[0]->integers[i]) : truncated(type, in[0]->reals[i]);
    }
  }
  return out;
}

Result<Constant> clip(const NodeReader& node, const Operands& in) {
  if (in.empty() || in[0] == nullptr) {
    return bad_input(node.where(), "expected an operand, found none");
  }
  Constant out = *in[0];
  const auto bound = [&](std::size_t i) { return i < in.size() ? in[i] : nullptr; };
  for (std::size_t i = 1; i < 3; ++i) {
    if (bound(i) != nullptr && (bound(i)->size() != 1 || bound(i)->type != out.type)) {
      return bad_input(node.where(), "expected bounds that are scalars of {}, found others",
                       element_type_name(out.type));
    }
  }
  PROOFCARD_TRY(const float low, node.real("min", -std::numeric_limits<float>::infinity()));
  PROOFCARD_TRY(const float high, node.real("max", std::numeric_limits<float>::infinity()));
  for (double& v : out.reals) {
    v = std::max(v, bound(1) != nullptr ? bound(1)->reals[0] : static_cast<double>(low));
    v = std::min(v, bound(2) != nullptr ? bound(2)->reals[0] : static_cast<double>(high));
  }
  for (std::int64_t& v : out.integers) {
    v = bound(1) != nullptr ? std::max(v, bound(1)->integers[0]) : v;
    v = bound(2) != nullptr ? std::min(v, bound(2)->integers[0]) : v;
  }
  return out;
}

Result<Constant> where(const NodeReader& node, const Operands& in) {
  if (in.size() != 3 || in[0] == nullptr || in[0]->type != Type::BOOL) {
    return bad_input(node.where(), "expected a condition of booleans and 2 operands, found others");
  }
  PROOFCARD_RETURN_IF_ERROR(expect_all(node, {in[1], in[2]}, 2, 2));
  PROOFCARD_TRY(const Dims shape, broadcast_shape(node, in));
  const std::vector<std::size_t> condition = places(*in[0], shape);
  const std::vector<std::size_t> yes = places(*in[1], shape);
  const std::vector<std::size_t> no = places(*in[2], shape);
  Constant out = make_constant(in[1]->type, shape);
  for (std::size_t i = 0; i < out.size(); ++i) {
    const bool is_yes = in[0]->integers[condition[i]] != 0;
    const Constant& from = is_yes ? *in[1] : *in[2];
    const std::size_t at = is_yes ? yes[i] : no[i];
    if (out.is_integer()) {
      out.integers[i] = from.integers[at];
    } else {
      out.reals[i] = from.reals[at];
    }
  }
  return out;
}

Result<Constant> classify(const NodeReader& node, const Operands& in) {
  PROOFCARD_RETURN_IF_ERROR(expect_all(node, in, 1, 1));
  PROOFCARD_TRY(const std::int64_t positive, node.integer("detect_positive", 1));
  PROOFCARD_TRY(const std::int64_t negative, node.integer("detect_negative", 1));
  Constant out = make_constant(Type::BOOL, in[0]->shape);
  for (std::size_t i = 0; i < in[0]->reals.size(); ++i) {
    const double v = in[0]->reals[i];
    const bool infinite = std::isinf(v) && (v > 0 ? positive != 0 : negative != 0);
    out.integers[i] = (node.op() == "IsNaN" ? std::isnan(v) : infinite) ? 1 : 0;
  }
  return out;
}

}  // namespace

const std::map<std::string, Folding>& elementwise_foldings() {
  static const std::map<std::string, Folding> table = [] {
    std::map<std::string, Folding> all = {
        {"Cast", cast},
        {"CastLike", cast},
        {"Clip", clip},
        {"Where", where},
        {"Mean", mean},
        {"Pow", power},
        {"Neg", negate},
        {"Not", complement},
        {"BitShift", shift},
        {"IsNaN", classify},
        {"BitwiseNot", complement},
        {"IsInf", classify},
    };
    for (const char* name :
         {"Add", "Sub", "Mul", "Div", "Mod", "And", "Or", "Xor", "BitwiseAnd", "BitwiseOr", "BitwiseXor"}) {
      all[name] = arithmetic;
    }
    for (const char* name : {"Max", "Min", "Sum"}) {
      all[name] = variadic;
    }
    for (const char* name : {"Equal", "Less", "Greater", "LessOrEqual", "GreaterOrEqual"}) {
      all[name] = comparison;
    }
    for (const auto& [name, apply] : real_functions()) {
      all[name] = function;
    }
    return all;
  }();
  return table;
}

}  // namespace proofcard::graph
