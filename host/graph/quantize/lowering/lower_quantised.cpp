// Rounding that the model asks for itself (QuantizeLinear): its scale and its bounds are architecture, so they are kept
// exactly, whatever samples say. Ties are rounded up, where ONNX rounds them to even.
#include <algorithm>
#include <bit>
#include <cmath>

#include "host/graph/quantize/lowering/lowering.hpp"

namespace proofcard::graph {
namespace {

// More rows are cheaper to round by a shift than to look up.
constexpr std::int64_t kMaxRoundedRows = std::int64_t{1} << 16;

}  // namespace

Interval quantised_range(const FloatNode& n) {
  const auto zero = static_cast<std::int64_t>(n.beta);
  return {-1, {n.ints[0] - zero}, {n.ints[1] - zero}};
}

const FloatNode* Lowering::quantised_by(std::uint32_t value) const {
  if (!sole_use(value) || is_output_[value]) {
    return nullptr;
  }
  const auto reader = std::find_if(graph_.nodes.begin(), graph_.nodes.end(),
                                   [&](const FloatNode& n) { return !n.inputs.empty() && n.inputs[0] == value; });
  return reader != graph_.nodes.end() && reader->op == FloatOp::kFakeQuantize ? &*reader : nullptr;
}

// The result is an integer tensor on the model's own scale, without the zero point.
Status Lowering::lower_fake_quantize(const FloatNode& n) {
  const std::uint32_t in = n.inputs[0];
  const auto step = static_cast<double>(n.alpha);
  const Interval range = quantised_range(n);
  if (!pending(in)) {
    PROOFCARD_TRY(View x, view_of(in));
    x = to_look_up(x, node_name(n), true);
    const Tensor& t = builder_.tensor(x.tensor);
    if (x.scale == step) {
      set_view(n.output, clamped(x, node_name(n), range.min(), range.max()));
      return {};
    }
    if (t.hi - t.lo < kMaxRoundedRows) {
      const tensor::TableSpec table{tensor::Function::kClamp, x.scale, step, {}, 0, 0, range.min(), range.max()};
      x.tensor = builder_.lookup(node_name(n), table, x.tensor, step);
      x.scale = step;
      set_view(n.output, std::move(x));
      return {};
    }
  }
  PROOFCARD_TRY(const LinearForm form, form_of(in, shape(in), node_name(n)));
  Target target;
  target.scale = step;
  target.fixed = true;
  target.rounding_is_asked_for = true;
  target.wide = choices_.is_wide(n.output);
  PROOFCARD_TRY(const std::uint32_t q, realise(builder_, choices_, form, target));
  set_view(n.output, clamped(stored_view(q, form, in), node_name(n), range.min(), range.max()));
  return {};
}

// The integer itself: the same tensor, counted in ones, and the zero point added.
Status Lowering::lower_quantised(const FloatNode& n) {
  PROOFCARD_TRY(View x, view_of(n.inputs[0]));
  x.scale = 1.0;
  const auto zero = static_cast<std::int64_t>(n.beta);
  if (zero != 0) {
    const LinearForm form = reading(x, x.shape, node_name(n));
    Linear shifted;
    shifted.acc.out_dims = form.out_dims;
    shifted.acc.terms.push_back({1, form.terms[0].operands, {}});
    shifted.acc.terms.push_back({zero, {}, {}});
    // Zeros around a tensor are values, too.
    const Tensor& t = builder_.tensor(x.tensor);
    const Interval range{-1, {std::min<std::int64_t>(t.lo, 0) + zero}, {std::max<std::int64_t>(t.hi, 0) + zero}};
    x = identity_view(builder_.linear(form.name, std::move(shifted), range, 1.0), x.shape, 1.0);
  }
  set_view(n.output, std::move(x));
  return {};
}

namespace {

// Factors as multipliers over a power of two: of float32, exact where their sizes and the accumulator's allow that.
struct Factors {
  std::vector<std::int64_t> multiplier;
  unsigned shift = 0;
  bool exact = true;
};

Factors as_multipliers(const std::vector<double>& factors, double largest) {
  constexpr int kLongestShift = 39;
  constexpr double kMostOfOne = 0x1p40;
  constexpr double kMostOfProducts = 0x1p57;
  const double most = *std::max_element(factors.begin(), factors.end());
  const auto is_exact = [&](int shift) {
    return std::all_of(factors.begin(), factors.end(), [&](double f) {
      const double scaled = std::ldexp(f, shift);
      return scaled == std::floor(scaled);
    });
  };
  const auto has_room = [&](int shift) {
    return std::ldexp(most, shift) < kMostOfOne && std::ldexp(most, shift) * std::max(largest, 1.0) < kMostOfProducts;
  };
  int shift = 0;
  while (shift < kLongestShift && has_room(shift + 1) && !is_exact(shift)) {
    ++shift;
  }
  Factors out;
  out.shift = static_cast<unsigned>(shift);
  out.exact = is_exact(shift);
  for (const double f : factors) {
    out.multiplier.push_back(std::max<std::int64_t>(std::llround(std::ldexp(f, shift)), 1));
  }
  return out;
}

// Whether some integer times a multiplier may lie in the middle between two multiples of 2^shift.
bool has_ties(const Factors& f, double largest) {
  return f.exact && std::any_of(f.multiplier.begin(), f.multiplier.end(), [&](std::int64_t m) {
           const int left = static_cast<int>(f.shift) - std::countr_zero(static_cast<std::uint64_t>(m));
           return left > 0 && std::ldexp(1.0, left - 1) <= largest;
         });
}

}  // namespace

// floor((m x + 2^(s-1)) / 2^s), less one where that was a tie and gave an odd number.
Status Lowering::lower_requantised(const FloatNode& n) {
  const std::string name = node_name(n);
  const Dims& out = shape(n.output);
  const ExactArithmetic exact(builder_, name, out);
  PROOFCARD_TRY(const View x, whole_view(n.inputs[0]));
  const auto largest = static_cast<double>(std::max(exact.hi(x), -exact.lo(x)));
  const Factors f = as_multipliers(n.params, largest);
  const std::int64_t most = *std::max_element(f.multiplier.begin(), f.multiplier.end());
  if (static_cast<double>(most) * largest >= 0x1p58) {
    return make_error(ErrorKind::kUnsupported, name, "its integers would need more than 58 bits");
  }
  const std::int64_t half = f.shift > 0 ? std::int64_t{1} << (f.shift - 1) : 0;
  const Interval accumulated{-1, {exact.lo(x)}, {exact.hi(x)}};
  const int label = f.multiplier.size() > 1 ? out_label(out, static_cast<std::size_t>(n.axis)) : kNoLabel;
  Linear scaled;
  scaled.acc.out_dims = storage_shape(out);
  scaled.acc.terms.push_back({1, {broadcast_operand(x, out)}, {}});
  scaled.multiplier = f.multiplier;
  scaled.multiplier_label = label == kNoLabel ? 0 : static_cast<std::uint32_t>(label);
  scaled.shift = f.shift;
  const Interval reached{-1, {times(accumulated, most).min()}, {times(accumulated, most).max()}};
  View q = identity_view(builder_.linear_within(name + ": half up", scaled, requantised(reached, {1}, f.shift), 1.0),
                         out, 1.0);
  if (has_ties(f, largest)) {
    Linear apart = scaled;  // how far the product is from where the rounding begins
    apart.shift = 0;
    apart.multiplier = {1};
    apart.acc.terms[0].coefficient = label == kNoLabel ? f.multiplier[0] : 1;
    if (label != kNoLabel) {
      apart.acc.terms[0].weights.push_back({static_cast<std::uint32_t>(label), f.multiplier});
    }
    apart.acc.terms.push_back({-2 * half, {broadcast_operand(q, out)}, {}});
    apart.acc.terms.push_back({half, {}, {}});
    const View distance =
        identity_view(builder_.linear(name + ": distance", std::move(apart), {-1, {0}, {2 * half - 1}}, 1.0), out, 1.0);
    PROOFCARD_TRY(const View tie, exact.zero("tie", distance));
    PROOFCARD_TRY(const View odd, exact.low_bits("odd", q, 1));
    PROOFCARD_TRY(q, exact.sum("to even", {{1, {q}}, {-1, {tie, odd}}}));
  }
  const auto zero = static_cast<std::int64_t>(n.beta);
  PROOFCARD_TRY(q, exact.within("within", q, n.ints[0] - zero, n.ints[1] - zero));
  if (zero != 0) {
    PROOFCARD_TRY(q, exact.sum("", {{1, {q}}}, zero));
  }
  set_view(n.output, std::move(q));
  return {};
}

}  // namespace proofcard::graph
