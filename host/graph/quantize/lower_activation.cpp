// Activations: a form is rounded to the scale that suits the function, then looked up; an integer tensor is looked up
// as is.
#include <algorithm>
#include <cmath>

#include "host/base/check.hpp"
#include "host/graph/quantize/lowering.hpp"

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

FunctionOf function_of(const FloatNode& n) {
  const auto a = static_cast<double>(n.alpha);
  const auto b = static_cast<double>(n.beta);
  switch (n.op) {
    case FloatOp::kLeakyRelu:
      return {Function::kLeakyRelu, {a}, 0, 0, false, true};
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
    case FloatOp::kLayerNorm:
    case FloatOp::kReshape:
    case FloatOp::kTranspose:
    case FloatOp::kSlice:
    case FloatOp::kPad:
    case FloatOp::kConcat:
    case FloatOp::kGather:
    case FloatOp::kArgMax:
    case FloatOp::kFakeQuantize:
      break;
  }
  PROOFCARD_CHECK(false);
}

std::string node_name(const FloatNode& n) { return n.name + " (" + n.onnx_op + ")"; }

constexpr std::int64_t kMaxTable = std::int64_t{1} << 16;
constexpr double kSmoothSteps = 512;   // of the useful input range a side
constexpr double kFineSteps = 1024;    // for a graph output
constexpr double kWideSteps = 8192;    // with 16 bits
constexpr double kFineOutput = 16384;  // steps of the largest output value, for a graph output

}  // namespace

// Looks the tensor of a view up; `rounded`: it is on the scale of the result already. A fine output has 15 bits: it is
// not multiplied any more.
Result<View> Lowering::lookup(const FloatNode& n, const View& x, bool rounded, bool fine_output) {
  const FunctionOf f = function_of(n);
  const double threshold = f.out_cap > 0 ? f.out_cap : ranges_[n.output].threshold;
  const std::int64_t top = fine_output ? static_cast<std::int64_t>(kFineOutput) : limit();
  tensor::TableSpec table;
  table.function = f.function;
  table.params = f.params;
  table.out_hi = fine_output && f.out_cap == 0 ? 2 * top - 1 : top;
  table.out_lo = f.positive ? 0 : -table.out_hi - 1;
  View out = x;
  // Lines through 0 need no new scale; the result of Clip may be much smaller than its operand.
  if (rounded || (f.piecewise && n.op != FloatOp::kClip)) {
    out.scale = x.scale;
  } else {
    table.in_scale = x.scale;
    table.out_scale = rounded_scale((threshold > 0 ? threshold : 1.0) / static_cast<double>(top));
    out.scale = table.out_scale;
  }
  if (f.function == Function::kClamp) {
    const auto bound = [&](float v) {
      return std::clamp<std::int64_t>(
          static_cast<std::int64_t>(std::floor(std::clamp(static_cast<double>(v) / out.scale, -1e9, 1e9) + 0.5)),
          -limit() - 1, limit());
    };
    table.out_lo = n.op == FloatOp::kRelu ? 0 : bound(n.alpha);
    table.out_hi = n.op == FloatOp::kRelu ? limit() : bound(n.beta);
    if (table.out_lo == -limit()) {
      --table.out_lo;  // one step lower, so that the table is the one of all symmetric clamps
    }
  }
  out.tensor = builder_.lookup(node_name(n), std::move(table), x.tensor, out.scale);
  return out;
}

Status Lowering::lower_activation(const FloatNode& n) {
  const std::uint32_t in = n.inputs[0];
  const FunctionOf f = function_of(n);
  const bool fine_output = !f.piecewise && is_output_[n.output] && sole_use(n.output) && options_.output_bits > 8;
  std::optional<LinearForm> form;
  if (pending(in) && sole_use(in)) {
    form = std::move(slots_[in].form);
    slots_[in].form.reset();
  } else {
    PROOFCARD_TRY(View x, view_of(in));
    const Tensor t = builder_.tensor(x.tensor);  // a copy: tensors move when one is added
    // The function is applied to the tensor below the view, unless that is much larger or the view adds zeros.
    if (reads_outside(x, t.shape) || tensor::num_elements(t.shape) > 2 * static_cast<std::uint64_t>(count(x.shape))) {
      x = builder_.exact(node_name(n), x);
    }
    const bool wide = t.hi - t.lo > 2 * limit() + 1;
    if (!f.piecewise || !wide) {
      PROOFCARD_TRY(View out, lookup(n, x, false, fine_output));
      set_view(n.output, std::move(out));
      return {};
    }
    form = reading(x, shape(in), node_name(n));
  }
  const double threshold = ranges_[in].threshold > 0 ? ranges_[in].threshold : 1.0;
  const double useful = f.in_cap > 0 ? std::min(f.in_cap, threshold) : threshold;
  const double steps = options_.bits == 16 ? kWideSteps : fine_output ? kFineSteps : kSmoothSteps;
  Target target;
  target.weight_bits = options_.bits;
  target.scale = f.piecewise ? scale_for(ranges_[n.output].threshold) : rounded_scale(useful / steps);
  // The range of all that can occur may be far wider than what does; a coarser scale keeps the table small.
  const GraphBuilder::Mark mark = builder_.mark();
  for (;;) {
    PROOFCARD_TRY(std::uint32_t q, realise(builder_, *form, target));
    const Tensor& t = builder_.tensor(q);
    if (f.piecewise || t.hi - t.lo < kMaxTable || target.scale > useful / 32) {
      View x = stored_view(q, *form, in);
      if (f.function != Function::kClamp && t.hi - t.lo >= 2 * kMaxTable) {
        x = clamped(x, node_name(n), -kMaxTable / 2, kMaxTable / 2 - 1);
      }
      // An upper end that falls short of the type's, because the scale came out larger, would need a table of its own.
      const double end = static_cast<double>(n.beta) / x.scale;
      const auto top = static_cast<double>(limit());
      if (n.op == FloatOp::kClip && !target.fixed && end < top - 0.5 && end > top / 2) {
        builder_.roll_back(mark);
        target.fixed = true;
        target.scale = scale_for(static_cast<double>(n.beta));
        continue;
      }
      PROOFCARD_TRY(View out, lookup(n, x, f.piecewise, fine_output));
      set_view(n.output, std::move(out));
      return {};
    }
    builder_.roll_back(mark);
    target.scale *= 2;
  }
}

}  // namespace proofcard::graph
