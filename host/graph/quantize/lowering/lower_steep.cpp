// Functions that are steep near 0 - 1 / x, log x, powers below 1 - of arguments whose sizes differ too much for one table: by
// levels. Level k has the argument divided by 2^(6 k) and rounded, and a table of the function over 2^16 of its steps; it counts
// from 2^10 of them on, where rounding is 2^-11 of the argument at most. Only level 0 is read below.
//
//     f(x) = f_0(x) + sum over k of [x_k >= 2^10] (f_k(x_k) - f_(k-1)(x_(k-1))),   x_k = round(x / 2^(6 k))
#include <algorithm>
#include <bit>
#include <cmath>

#include "host/graph/quantize/argument_step.hpp"
#include "host/graph/quantize/lowering/lowering.hpp"

namespace proofcard::graph {
namespace {

using tensor::Function;

constexpr unsigned kLevelBits = 6;
constexpr unsigned kRowBits = 16;                                               // of a level's table
constexpr unsigned kArgumentBits = 30;                                          // that count, beside the sign
constexpr std::int64_t kLeastRow = std::int64_t{1} << (kRowBits - kLevelBits);  // of a level but the first
constexpr double kResultSteps = 16384;                                          // of the largest result
constexpr double kStepsOfLeast = 4;                                             // of the smallest argument
constexpr double kTableSteps = 1 << 13;   // of an argument whose table has room for what samples did not show
constexpr double kByLevels8 = 1.0 / 128;  // by rounding the argument, of the largest result
constexpr double kByLevels16 = 1.0 / 512;

Function function_of(const FloatNode& n) { return n.op == FloatOp::kReciprocal ? Function::kReciprocal : n.function; }

// Whether f(-x) is -f(x). Of other powers what is below 0 is no number, or as f(x).
bool is_odd(const FloatNode& n) {
  return n.op == FloatOp::kReciprocal ||
         (n.function == Function::kPower && std::fmod(std::abs(n.params[0]), 2.0) == 1.0);
}

bool is_even(const FloatNode& n) {
  return n.op == FloatOp::kFunction && n.function == Function::kPower && std::fmod(n.params[0], 2.0) == 0.0;
}

}  // namespace

bool Lowering::is_steep(const FloatNode& n) {
  return n.op == FloatOp::kReciprocal ||
         (n.op == FloatOp::kFunction &&
          (n.function == Function::kLog || (n.function == Function::kPower && n.params[0] < 1 && n.params[0] != 0)));
}

// What is stored with more steps than a table has rows, and what samples show to be of such different size.
Result<bool> Lowering::goes_by_levels(const FloatNode& n) {
  const std::uint32_t in = n.inputs[0];
  if (!is_steep(n) || is_whole(in) || on_grid_[in]) {
    return false;
  }
  if (!pending(in)) {
    PROOFCARD_TRY(const View x, view_of(in));
    const Tensor& t = builder_.tensor(x.tensor);
    return t.hi - t.lo >= std::int64_t{tensor::kMaxTableRows};
  }
  if (choices_.replaying()) {
    return choices_.take_decision(node_name(n));
  }
  const bool wide = choices_.looks_wide(in);
  const double most = threshold(in, wide);
  const double error = threshold(n.output, wide) * (wide ? kByLevels16 : kByLevels8);
  const double step = argument_step(function_of(n), n.params, ranges_[in], error, most, most * 0x1p-40);
  const bool by_levels = most > kTableSteps * step;
  choices_.record_decision(by_levels);
  return by_levels;
}

Status Lowering::lower_steep(const FloatNode& n) {
  const std::string name = node_name(n);
  const Dims& out = shape(n.output);
  const ExactArithmetic exact(builder_, name, out);
  PROOFCARD_TRY(const View given, leading_digits_of(n.inputs[0], kArgumentBits, name));
  PROOFCARD_RETURN_IF_ERROR(check_least(n, given.scale, kStepsOfLeast));
  const bool turns = exact.lo(given) < 0 && is_odd(n);
  View x = given;
  if (turns || (exact.lo(given) < 0 && is_even(n))) {
    PROOFCARD_TRY(x, exact.absolute("magnitude", given));
  }
  tensor::TableSpec table;
  table.function = function_of(n);
  table.params = n.params;
  table.in_scale = given.scale;
  table.out_hi = 2 * static_cast<std::int64_t>(kResultSteps) - 1;
  table.out_lo = -table.out_hi - 1;
  const double wanted = rounded_scale(result_threshold(n, 0, true) / kResultSteps);
  const Tensor operand = builder_.tensor(x.tensor);  // a copy: tensors move when one is added
  PROOFCARD_TRY(table.out_scale, table_scale(n, table, operand, wanted));
  const Interval range{-1, {table.out_lo}, {table.out_hi}};
  const auto bits =
      static_cast<unsigned>(std::bit_width(static_cast<std::uint64_t>(std::max<std::int64_t>(exact.hi(x), 1))));
  const unsigned levels = bits <= kRowBits ? 1 : 1 + (bits - kRowBits + kLevelBits - 1) / kLevelBits;
  View result;
  View finer;
  for (unsigned k = 0; k < levels; ++k) {
    const std::string level = fmt::format("level {}", k);
    View at = x;
    if (k > 0) {
      PROOFCARD_TRY(at, exact.shifted(level, {{1, {x}}}, std::int64_t{1} << (kLevelBits * k - 1), kLevelBits * k));
    }
    const View row = clamped(to_look_up(at, name, false), name + ": " + level, 0, (std::int64_t{1} << kRowBits) - 1);
    table.in_scale = std::ldexp(given.scale, static_cast<int>(kLevelBits * k));
    PROOFCARD_TRY(const View value, exact.looked_up("of " + level, row, table));
    if (k == 0) {
      result = value;
    } else {
      PROOFCARD_TRY(const View beyond, exact.sum(level + ", beyond its least", {{1, {at}}}, 1 - kLeastRow));
      PROOFCARD_TRY(const View counts, exact.positive(level + " counts", beyond));
      PROOFCARD_TRY(const View change, exact.sum(level + ", change", {{1, {value}}, {-1, {finer}}}));
      PROOFCARD_TRY(result, exact.sum("up to " + level, {{1, {result}}, {1, {counts, change}}}, 0, range));
    }
    finer = value;
  }
  if (turns) {
    PROOFCARD_TRY(const View negated, exact.sum("negated", {{-1, {given}}}));
    PROOFCARD_TRY(const View negative, exact.positive("below 0", negated));
    PROOFCARD_TRY(const View sign, exact.sign("sign", negative));
    PROOFCARD_TRY(result,
                  exact.sum("with sign", {{1, {sign, result}}}, 0, Interval{-1, {table.out_lo}, {-table.out_lo}}));
  }
  LinearForm form = reading(result, out, name);
  form.terms[0].operand_scale = table.out_scale;
  set_form(n.output, std::move(form));
  return {};
}

}  // namespace proofcard::graph
