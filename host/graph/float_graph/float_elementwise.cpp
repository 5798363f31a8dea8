// Comparisons, logic, choices and arithmetic of integers, element by element, with broadcasting.
#include <algorithm>
#include <cmath>
#include <map>

#include "host/base/check.hpp"
#include "host/graph/float_graph/float_kernels.hpp"
#include "host/graph/float_graph/moves.hpp"

namespace proofcard::graph {
namespace {

double modulo(double a, double b, bool as_fmod) {
  if (b == 0) {
    return 0;
  }
  const double rest = std::fmod(a, b);
  return as_fmod || rest == 0 || (rest < 0) == (b < 0) ? rest : rest + b;
}

// The integer modulo 2^bits, as the type has it. Integers beyond 2^53 are not exact here.
double wrapped(double x, std::int64_t bits, bool is_signed) {
  const double size = std::ldexp(1.0, static_cast<int>(bits));
  const double rest = x - size * std::floor(x / size);
  return is_signed && rest >= size / 2 ? rest - size : rest;
}

double saturated(double x, std::int64_t bits, bool is_signed) {
  const double size = std::ldexp(1.0, static_cast<int>(bits));
  return is_signed ? std::clamp(x, -size / 2, size / 2 - 1) : std::clamp(x, 0.0, size - 1);
}

std::int64_t integer(double x) {
  constexpr double kEnd = 9e18;
  return static_cast<std::int64_t>(std::clamp(x, -kEnd, kEnd));
}

double power_of_two(double x) { return std::ldexp(1.0, static_cast<int>(std::clamp(x, 0.0, 64.0))); }

using Formula = double (*)(const FloatNode&, double, double, double);

// Of up to three operands.
Formula formula(FloatOp op) {
  static const std::map<FloatOp, Formula> all = {
      {FloatOp::kTruncate, [](const FloatNode&, double a, double, double) { return std::trunc(a); }},
      {FloatOp::kMaximum, [](const FloatNode&, double a, double b, double) { return std::max(a, b); }},
      {FloatOp::kEqual, [](const FloatNode&, double a, double b, double) { return a == b ? 1.0 : 0.0; }},
      {FloatOp::kLess, [](const FloatNode&, double a, double b, double) { return a < b ? 1.0 : 0.0; }},
      {FloatOp::kLessEqual, [](const FloatNode&, double a, double b, double) { return a <= b ? 1.0 : 0.0; }},
      {FloatOp::kAnd, [](const FloatNode&, double a, double b, double) { return a * b; }},
      {FloatOp::kOr, [](const FloatNode&, double a, double b, double) { return std::max(a, b); }},
      {FloatOp::kXor, [](const FloatNode&, double a, double b, double) { return a != b ? 1.0 : 0.0; }},
      {FloatOp::kNot, [](const FloatNode&, double a, double, double) { return 1.0 - a; }},
      {FloatOp::kWhere, [](const FloatNode&, double c, double a, double b) { return c != 0 ? a : b; }},
      {FloatOp::kIntegerDivide,
       [](const FloatNode&, double a, double b, double) { return b == 0 ? 0.0 : std::trunc(a / b); }},
      {FloatOp::kModulo, [](const FloatNode& n, double a, double b, double) { return modulo(a, b, n.last); }},
      {FloatOp::kIntegerPower, [](const FloatNode&, double a, double b, double) { return std::pow(a, b); }},
      {FloatOp::kWrap,
       [](const FloatNode& n, double a, double, double) {
         return n.ints[2] != 0 ? saturated(a, n.ints[0], n.ints[1] != 0) : wrapped(a, n.ints[0], n.ints[1] != 0);
       }},
      {FloatOp::kBitAnd,
       [](const FloatNode&, double a, double b, double) { return static_cast<double>(integer(a) & integer(b)); }},
      {FloatOp::kBitOr,
       [](const FloatNode&, double a, double b, double) { return static_cast<double>(integer(a) | integer(b)); }},
      {FloatOp::kBitXor,
       [](const FloatNode&, double a, double b, double) { return static_cast<double>(integer(a) ^ integer(b)); }},
      {FloatOp::kShiftLeft, [](const FloatNode& n, double a, double b,
                               double) { return wrapped(a * power_of_two(b), n.ints[0], n.ints[1] != 0); }},
      {FloatOp::kShiftRight,
       [](const FloatNode&, double a, double b, double) { return std::floor(a / power_of_two(b)); }},
  };
  const auto found = all.find(op);
  PROOFCARD_CHECK(found != all.end());
  return found->second;
}

}  // namespace

FloatTensor elementwise(const FloatNode& n, const std::vector<const FloatTensor*>& in, const Dims& shape) {
  const auto size = static_cast<std::size_t>(count(shape));
  std::vector<std::vector<float>> operands(3, std::vector<float>(size, 0.0F));
  for (std::size_t k = 0; k < in.size(); ++k) {
    walk(shape, broadcast_strides(in[k]->shape, shape), 0, [&](auto i, auto s) { operands[k][i] = in[k]->data[s]; });
  }
  const Formula value_of = formula(n.op);
  FloatTensor out{shape, std::vector<float>(size), false};
  for (std::size_t i = 0; i < size; ++i) {
    const auto at = [&](std::size_t k) { return static_cast<double>(operands[k][i]); };
    out.data[i] = static_cast<float>(value_of(n, at(0), at(1), at(2)));
  }
  return out;
}

// In float32, as other runtimes multiply.
FloatTensor requantise(const FloatNode& n, const FloatTensor& x) {
  FloatTensor out{x.shape, std::vector<float>(x.data.size()), true};
  const std::size_t inner = n.params.size() == 1 ? 1 : idx(row_major_strides(x.shape)[idx(n.axis)]);
  for (std::size_t i = 0; i < x.data.size(); ++i) {
    const auto factor = static_cast<float>(n.params[i / inner % n.params.size()]);
    const float q = std::nearbyint(x.data[i] * factor) + n.beta;
    out.data[i] = std::clamp(q, static_cast<float>(n.ints[0]), static_cast<float>(n.ints[1]));
  }
  return out;
}

}  // namespace proofcard::graph
