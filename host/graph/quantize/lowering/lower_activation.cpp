// Activations: a form is rounded to the scale that suits the function, then looked up; an integer tensor is looked up
// as is.
#include <algorithm>
#include <cmath>

#include "host/base/check.hpp"
#include "host/graph/float_graph/elementwise_functions.hpp"
#include "host/graph/float_graph/moves.hpp"
#include "host/graph/quantize/argument_step.hpp"
#include "host/graph/quantize/lowering/lowering.hpp"

namespace proofcard::graph {
namespace {

using tensor::Function;

struct FunctionOf {
  Function function = Function::kClamp;
  std::vector<double> params;
  double in_cap = 0;       // beyond it the function is flat or linear; 0: none
  double out_cap = 0;      // largest magnitude of the result; 0: none
  bool positive = false;   // never below 0
  bool piecewise = false;  // made of lines through 0, so the input may stay on the output's scale
};

constexpr std::int64_t kMaxTable = std::int64_t{1} << 16;

// Whether the result of LeakyRelu may stay on its operand's scale: it is not longer than the operand, and what does not
// saturate it on the negative side is few rows.
bool keeps_scale(double slope, std::int64_t limit) {
  const double magnitude = std::abs(slope);
  return magnitude <= 1 && magnitude * static_cast<double>(kMaxTable / 2) >= static_cast<double>(limit);
}

FunctionOf function_of(const FloatNode& n, std::int64_t limit) {
  const auto a = static_cast<double>(n.alpha);
  const auto b = static_cast<double>(n.beta);
  switch (n.op) {
    case FloatOp::kLeakyRelu:
      return {Function::kLeakyRelu, {a}, 0, 0, false, keeps_scale(a, limit)};
    case FloatOp::kSigmoid:
      return {Function::kSigmoid, {}, 8, 1, true, false};
    case FloatOp::kTanh:
      return {Function::kTanh, {}, 4, 1, false, false};
    case FloatOp::kElu:
      return {Function::kElu, {a}, 0, 0, false, false};
    case FloatOp::kGelu:
      return {Function::kGelu, {}, 0, 0, false, false};
    case FloatOp::kGeluTanh:
      return {Function::kGeluTanh, {}, 0, 0, false, false};
    case FloatOp::kErf:
      return {Function::kErf, {}, 3, 1, false, false};
    case FloatOp::kHardSigmoid:
      return {Function::kHardSigmoid, {a, b}, 0, 1, true, false};
    case FloatOp::kHardSwish:
      return {Function::kHardSwish, {}, 0, 0, false, false};
    case FloatOp::kExp:
      return {Function::kExp, {}, 0, 0, true, false};
    case FloatOp::kSqrt:
      return {Function::kSqrt, {}, 0, 0, true, false};
    case FloatOp::kReciprocal:
      return {Function::kReciprocal, {}, 0, 0, false, false};
    case FloatOp::kSoftplus:
      return {Function::kSoftplus, {}, 0, 0, true, false};
    case FloatOp::kSquare:
      return {Function::kSquare, {}, 0, 0, true, false};
    case FloatOp::kAbs:
      return {Function::kAbs, {}, 0, 0, true, true};
    case FloatOp::kRelu:
    case FloatOp::kClip:
      return {Function::kClamp, {}, 0, 0, false, true};
    case FloatOp::kFunction: {
      const ElementwiseFunction& f = elementwise_function(n.function);
      return {n.function, n.params, f.in_cap, f.out_cap, f.positive, false};
    }
    case FloatOp::kConv:
    case FloatOp::kConvTranspose:
    case FloatOp::kMatMul:
    case FloatOp::kAdd:
    case FloatOp::kSub:
    case FloatOp::kMul:
    case FloatOp::kDiv:
    case FloatOp::kSoftmax:
    case FloatOp::kMaxPool:
    case FloatOp::kAveragePool:
    case FloatOp::kReduceSum:
    case FloatOp::kReduceMean:
    case FloatOp::kReduceMax:
    case FloatOp::kBatchNorm:
    case FloatOp::kNormalise:
    case FloatOp::kRowNorm:
    case FloatOp::kReshape:
    case FloatOp::kTranspose:
    case FloatOp::kSlice:
    case FloatOp::kPad:
    case FloatOp::kConcat:
    case FloatOp::kGather:
    case FloatOp::kArgMax:
    case FloatOp::kAxisMap:
    case FloatOp::kTopK:
    case FloatOp::kTrees:
    case FloatOp::kAbove:
    case FloatOp::kIntegerMap:
    case FloatOp::kOneHot:
    case FloatOp::kFakeQuantize:
    case FloatOp::kQuantised:
    case FloatOp::kTruncate:
    case FloatOp::kMaximum:
    case FloatOp::kEqual:
    case FloatOp::kLess:
    case FloatOp::kLessEqual:
    case FloatOp::kAnd:
    case FloatOp::kOr:
    case FloatOp::kXor:
    case FloatOp::kNot:
    case FloatOp::kWhere:
    case FloatOp::kIntegerDivide:
    case FloatOp::kModulo:
    case FloatOp::kIntegerPower:
    case FloatOp::kWrap:
    case FloatOp::kRequantise:
    case FloatOp::kBitAnd:
    case FloatOp::kBitOr:
    case FloatOp::kBitXor:
    case FloatOp::kShiftLeft:
    case FloatOp::kShiftRight:
      break;
  }
  PROOFCARD_CHECK(false);
}

constexpr double kSmoothSteps = 512;   // of the useful input range a side
constexpr double kFineSteps = 1024;    // for a graph output
constexpr double kWideSteps = 8192;    // with 16 bits
constexpr double kLeastSteps = 4;      // of the smallest argument of a logarithm
constexpr double kFineOutput = 16384;  // steps of the largest output value, for a graph output

// What rounding an argument may move a result by: this part of the largest result; and how finely that is looked for.
constexpr double kMoved8 = 1.0 / 64;
constexpr double kMoved16 = 1.0 / 4096;
constexpr double kFinestSteps8 = 1 << 13;  // of the largest argument
constexpr double kFinestSteps16 = 1 << 16;
constexpr double kFinestStepsByLevels = 1 << 26;
constexpr double kFinestStepsOfDivisor = 1 << 24;

// Whether a table of this function is looked up, of numbers.
bool is_curve(const FloatNode& n) {
  switch (n.op) {
    case FloatOp::kSigmoid:
    case FloatOp::kTanh:
    case FloatOp::kElu:
    case FloatOp::kHardSwish:
    case FloatOp::kGelu:
    case FloatOp::kGeluTanh:
    case FloatOp::kErf:
    case FloatOp::kExp:
    case FloatOp::kSqrt:
    case FloatOp::kReciprocal:
    case FloatOp::kSoftplus:
    case FloatOp::kSquare:
    case FloatOp::kFunction:
      return !rounds(n);
    default:
      return false;
  }
}

// The largest magnitude of the table at the ends of the domain and around 0, where every function has its extremes or comes
// close to them.
std::int64_t largest_row(const tensor::TableSpec& table, std::int64_t lo, std::int64_t hi) {
  std::int64_t largest = 0;
  for (const std::int64_t x : {lo, hi, std::int64_t{-1}, std::int64_t{0}, std::int64_t{1}}) {
    if (x >= lo && x <= hi) {
      largest = std::max(largest, std::abs(tensor::table_value(table, x)));
    }
  }
  return largest;
}

// Whether the scale leaves next to nothing of the function: fewer than 8 steps, though a finer one would leave more. Results
// of Reciprocal are far apart, so they may have fewer.
bool too_coarse(tensor::TableSpec table, std::int64_t lo, std::int64_t hi) {
  const std::int64_t least = table.function == Function::kReciprocal ? 2 : static_cast<std::int64_t>(kMinSteps);
  table.out_lo = -(std::int64_t{1} << 39);
  table.out_hi = -table.out_lo;
  if (largest_row(table, lo, hi) >= least) {
    return false;
  }
  table.out_scale = std::max(std::ldexp(table.out_scale, -30), 1e-30);
  return largest_row(table, lo, hi) > 0;
}

// Whether clipping the operand to [lo, hi] changes no row.
bool clip_is_harmless(const tensor::TableSpec& table, const Tensor& x, std::int64_t lo, std::int64_t hi) {
  constexpr std::int64_t kEnd = std::int64_t{1} << 39;
  return (x.lo >= lo || tensor::table_value(table, lo) == tensor::table_value(table, std::max(x.lo, -kEnd))) &&
         (x.hi <= hi || tensor::table_value(table, hi) == tensor::table_value(table, std::min(x.hi, kEnd)));
}

}  // namespace

// The scale of a table's results: the wanted one, or half of it and so on, so that something is left of the function.
Result<double> Lowering::table_scale(const FloatNode& n, tensor::TableSpec table, const Tensor& x, double wanted) {
  if (choices_.replaying()) {
    PROOFCARD_TRY(table.out_scale, choices_.take_table(node_name(n)));
    if (rounded_scale(table.out_scale) != table.out_scale) {
      return rejected(node_name(n), "expected a scale of 12 bits, found {}", table.out_scale);
    }
    if (too_coarse(table, x.lo, x.hi)) {
      return rejected(node_name(n), "expected a scale that leaves {} steps of the function, found {}", kMinSteps,
                      table.out_scale);
    }
    return table.out_scale;
  }
  table.out_scale = wanted;
  while (too_coarse(table, x.lo, x.hi)) {
    table.out_scale /= 2;
  }
  choices_.record_table(table.out_scale);
  return table.out_scale;
}

// Looks the tensor of a view up; `rounded`: it is on the scale of the result already. A fine output has 15 bits: it is
// not multiplied any more.
Result<View> Lowering::lookup(const FloatNode& n, const View& x, bool rounded, bool fine_output) {
  const FunctionOf f = function_of(n, limit(n.output));
  const Tensor& operand = builder_.tensor(x.tensor);
  if (operand.hi - operand.lo >= std::int64_t{UINT32_MAX}) {
    return too_many_steps(node_name(n));
  }
  PROOFCARD_RETURN_IF_ERROR(check_least(n, x.scale, f.function == Function::kLog ? kLeastSteps : 0));
  const std::int64_t top = fine_output ? static_cast<std::int64_t>(kFineOutput) : limit(n.output);
  tensor::TableSpec table;
  table.function = f.function;
  table.params = f.params;
  table.out_hi = fine_output && f.out_cap == 0 ? 2 * top - 1 : top;
  table.out_lo = f.positive ? 0 : -table.out_hi - 1;
  View out = x;
  if (const FloatNode* q = quantised_by(n.output); q != nullptr && !rounded && f.function != Function::kClamp) {
    // The model rounds the result itself: its rounding is the table's.
    const Interval range = quantised_range(*q);
    table.in_scale = x.scale;
    table.out_scale = static_cast<double>(q->alpha);
    table.out_lo = range.min();
    table.out_hi = range.max();
    out.scale = table.out_scale;
    out.tensor = builder_.lookup(node_name(n), std::move(table), x.tensor, out.scale);
    return out;
  }
  // Lines through 0 need no new scale; the result of Clip may be much smaller than its operand.
  if (rounded || (f.piecewise && n.op != FloatOp::kClip)) {
    out.scale = x.scale;
  } else {
    table.in_scale = x.scale;
    const double wanted =
        rounded_scale(result_threshold(n, f.out_cap, choices_.is_wide(n.output)) / static_cast<double>(top));
    PROOFCARD_TRY(table.out_scale, table_scale(n, table, operand, wanted));
    out.scale = table.out_scale;
  }
  if (f.function == Function::kClamp) {
    const auto bound = [&](float v) {
      return std::clamp<std::int64_t>(
          static_cast<std::int64_t>(std::floor(std::clamp(static_cast<double>(v) / out.scale, -1e9, 1e9) + 0.5)),
          -limit(n.output) - 1, limit(n.output));
    };
    table.out_lo = n.op == FloatOp::kRelu ? 0 : bound(n.alpha);
    table.out_hi = n.op == FloatOp::kRelu ? limit(n.output) : bound(n.beta);
    if (table.out_lo == -limit(n.output)) {
      --table.out_lo;  // one step lower, so that the table is the one of all symmetric clamps
    }
    PROOFCARD_RETURN_IF_ERROR(check_clip(n, table));
  }
  out.tensor = builder_.lookup(node_name(n), std::move(table), x.tensor, out.scale);
  const bool clips = n.op == FloatOp::kClip;
  note_cut(n.output,
           clips                                  ? static_cast<double>(n.alpha)
           : n.op == FloatOp::kRelu || f.positive ? 0
                                                  : -INFINITY,
           clips ? static_cast<double>(n.beta) : INFINITY);
  return out;
}

// The step that a function of the argument asks for, at most `coarsest`.
double Lowering::curve_step(const FloatNode& n, std::uint32_t argument, double coarsest) const {
  const FunctionOf f = function_of(n, 0);
  const bool wide = choices_.looks_wide(argument);
  const double finest = threshold(argument, wide) / (is_steep(n) ? kFinestStepsByLevels
                                                     : wide      ? kFinestSteps16
                                                                 : kFinestSteps8);
  const double error = result_threshold(n, f.out_cap, choices_.looks_wide(n.output)) * (wide ? kMoved16 : kMoved8);
  return argument_step(f.function, f.params, ranges_[argument], error, coarsest, finest);
}

// The step that what reads the value asks for, moved or not: a curve, or a quotient that it divides.
double Lowering::step_for_readers(std::uint32_t value, double coarsest) const {
  double step = coarsest;
  for (const FloatNode& n : graph_.nodes) {
    if (std::find(n.inputs.begin(), n.inputs.end(), value) == n.inputs.end()) {
      continue;
    }
    if (is_move(n.op)) {
      step = step_for_readers(n.output, step);
    } else if (is_curve(n)) {
      step = curve_step(n, value, step);
    } else if (n.op == FloatOp::kDiv && n.inputs[1] == value && ranges_[value].least > 0) {
      const bool wide = choices_.looks_wide(value);
      const double error = (wide ? kMoved16 : kMoved8) / static_cast<double>(ranges_[value].least);
      const double finest = threshold(value, wide) / kFinestStepsOfDivisor;
      step = argument_step(Function::kReciprocal, {}, ranges_[value], error, step, finest);
    }
  }
  return step;
}

// Where what is small in an argument is as important as what is large, samples must not have it below so many steps.
Status Lowering::check_least(const FloatNode& n, double scale, double steps) const {
  const std::uint32_t argument = n.inputs.back();
  const auto least = static_cast<double>(ranges_[argument].least);
  if (choices_.replaying() || least == 0 || least >= steps * scale) {
    return {};
  }
  return make_error(
      ErrorKind::kUnsupported, node_name(n),
      "expected arguments of at least {:.3g}, which is {:g} steps of the largest one's, found samples with "
      "{:.3g}",
      steps * scale, steps, least);
}

// The end of a clip that is farther from 0, when it has two: infinite otherwise.
double Lowering::clip_end(const FloatNode& n) {
  return std::max(std::abs(static_cast<double>(n.alpha)), std::abs(static_cast<double>(n.beta)));
}

// The magnitude that the results of samples ask for: the function's largest (0: it has none), unless they are far below it.
// Where they are all 0 a clip's own bounds say more.
double Lowering::result_threshold(const FloatNode& n, double cap, bool wide) const {
  constexpr double kFarBelow = 32;  // with twice the room that samples ask for
  if (cap > 0) {
    const double seen = threshold(n.output, wide);
    return seen > 0 && seen * kFarBelow < cap ? 2 * seen : cap;
  }
  if (threshold(n.output, wide) > 0) {
    return threshold(n.output, wide);
  }
  double bound = 0;
  if (n.op == FloatOp::kClip) {
    for (const float end : {n.alpha, n.beta}) {
      bound = std::isfinite(end) ? std::max(bound, std::abs(static_cast<double>(end))) : bound;
    }
  }
  return bound > 0 ? bound : 1.0;
}

// A clip that leaves one value leaves nothing of its operand; bounds closer than two steps of the larger one do not say more
// in so few bits.
Status Lowering::check_clip(const FloatNode& n, const tensor::TableSpec& table) const {
  const double gap = static_cast<double>(n.beta) - static_cast<double>(n.alpha);
  const double larger = std::max(std::abs(static_cast<double>(n.alpha)), std::abs(static_cast<double>(n.beta)));
  const bool tells_apart = n.op == FloatOp::kRelu || std::isinf(gap)
                               ? n.alpha <= n.beta
                               : gap >= 2 * larger / static_cast<double>(limit(n.output));
  if (tells_apart && table.out_lo >= table.out_hi) {
    return make_error(choices_.replaying() ? ErrorKind::kRejected : ErrorKind::kUnsupported, node_name(n),
                      "expected a scale with which clipping leaves more than one value, found [{}, {}]", table.out_lo,
                      table.out_hi);
  }
  return {};
}

Status Lowering::lower_activation(const FloatNode& n) {
  const std::uint32_t in = n.inputs[0];
  const FunctionOf f = function_of(n, limit(n.output));
  const bool fine_output = !f.piecewise && is_output_[n.output] && sole_use(n.output) && choices_.output_bits() > 8;
  std::optional<LinearForm> form;
  if (pending(in) && sole_use(in)) {
    form = std::move(slots_[in].form);
    slots_[in].form.reset();
  } else {
    PROOFCARD_TRY(View x, view_of(in));
    x = to_look_up(x, node_name(n), false);
    const Tensor& t = builder_.tensor(x.tensor);
    // Lines are rounded to their results' scale; curves only where a table would be too long, of an input that is compared, too.
    const bool rounds_first =
        f.piecewise ? t.hi - t.lo > 2 * limit(n.output) + 1 : t.hi - t.lo >= std::int64_t{tensor::kMaxTableRows};
    if (!rounds_first) {
      PROOFCARD_TRY(View out, lookup(n, x, false, fine_output));
      set_view(n.output, std::move(out));
      return {};
    }
    form = reading(x, shape(in), node_name(n));
  }
  const bool is_wide = choices_.is_wide(n.output);
  const double reach = threshold(in, is_wide) > 0 ? threshold(in, is_wide) : 1.0;
  // Scores of all digits may be larger than those of the samples: nothing of the function is cut off.
  const bool whole_range = f.in_cap > 0 && slots_[in].all_digits.has_value();
  const double useful = whole_range ? f.in_cap : f.in_cap > 0 ? std::min(f.in_cap, reach) : reach;
  // How finely the function is known is the argument's width: tables are long.
  const double steps = !f.piecewise && choices_.is_wide(in) ? kWideSteps : fine_output ? kFineSteps : kSmoothSteps;
  Target target;
  target.wide = is_wide;
  target.scale = f.piecewise ? scale_for(n.output, result_threshold(n, 0, is_wide)) : rounded_scale(useful / steps);
  if (is_curve(n) && !choices_.replaying()) {
    target.scale = curve_step(n, in, target.scale);
  }
  if (n.op == FloatOp::kClip && choices_.replaying()) {
    PROOFCARD_TRY(target.fixed, choices_.take_decision(node_name(n)));
    target.scale = target.fixed ? scale_for(n.output, clip_end(n)) : target.scale;
  }
  // The range of all that can occur may be far wider than what does; a coarser scale keeps the table small.
  const GraphBuilder::Mark mark = builder_.mark();
  const Choices::Mark recorded = choices_.mark();
  const auto try_again = [&] {
    builder_.roll_back(mark);
    choices_.roll_back(recorded);
  };
  for (;; target.scale *= 2) {
    PROOFCARD_TRY(std::uint32_t q, realise(builder_, choices_, *form, target));
    const Tensor t = builder_.tensor(q);  // a copy: tensors move when one is added
    if (!choices_.replaying() && !f.piecewise && t.hi - t.lo >= kMaxTable && target.scale <= useful / 32) {
      try_again();
      continue;
    }
    View x = stored_view(q, *form, in);
    const bool clips = f.function != Function::kClamp && t.hi - t.lo >= 2 * kMaxTable;
    if (clips) {
      // A line's result is not longer than its operand; other functions are flat there, or their results cut off as well.
      x = f.piecewise ? cut(x, in, node_name(n), -kMaxTable / 2, kMaxTable / 2 - 1)
                      : clamped(x, node_name(n), -kMaxTable / 2, kMaxTable / 2 - 1);
    }
    // An end that falls short of the type's, because the scale came out larger, would need a table of its own.
    const double end = clip_end(n) / x.scale;
    const auto top = static_cast<double>(limit(n.output));
    if (n.op == FloatOp::kClip && !target.fixed && end < top - 0.5 && end > top / 2) {
      if (choices_.replaying()) {
        return rejected(node_name(n), "expected scale {}, which its farther end asks for, found {}",
                        scale_for(n.output, clip_end(n)), x.scale);
      }
      try_again();
      target.fixed = true;
      target.scale = scale_for(n.output, clip_end(n)) / 2;
      continue;
    }
    PROOFCARD_TRY(View out, lookup(n, x, f.piecewise, fine_output));
    const tensor::TableSpec& table = std::get<Lookup>(builder_.graph().nodes.back().op).table;
    if (clips && !f.piecewise && !clip_is_harmless(table, t, -kMaxTable / 2, kMaxTable / 2 - 1)) {
      if (choices_.replaying()) {
        return rejected(node_name(n),
                        "expected a scale with which its operand is clipped only where the function is flat, "
                        "found {}",
                        x.scale);
      }
      try_again();
      continue;
    }
    if (n.op == FloatOp::kClip && !choices_.replaying()) {
      choices_.record_decision(target.fixed);
    }
    set_view(n.output, std::move(out));
    return {};
  }
}

}  // namespace proofcard::graph
