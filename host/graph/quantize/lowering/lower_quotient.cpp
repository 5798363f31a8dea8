// Quotients of computed values, and rounding to integers.
#include <algorithm>
#include <bit>
#include <cmath>

#include "host/graph/quantize/lowering/lowering.hpp"

namespace proofcard::graph {
namespace {

using tensor::Function;

constexpr unsigned kOperandBits = 16;  // of dividend and divisor, where nothing has rounded them yet
constexpr unsigned kMostDivisorBits = 30;
constexpr int kMoreBits = 8;  // of divisors that differ in size: a small one is as important as a large one
constexpr int kFewTimes = 3;  // powers of two that divisors may differ by, for which the others are enough

}  // namespace

// What is divided by: with as many digits as samples ask for, where nothing has rounded it.
Result<View> Lowering::divisor_of(const FloatNode& n) {
  const std::uint32_t value = n.inputs[1];
  if (!pending(value) || on_grid_[value]) {
    return rounded_view(value, kOperandBits);
  }
  unsigned bits = 0;
  if (choices_.replaying()) {
    PROOFCARD_TRY(const double steps, choices_.take_table(node_name(n)));
    bits = static_cast<unsigned>(std::lround(std::log2(std::clamp(steps, 1.0, 0x1p31))));
    if (std::ldexp(1.0, static_cast<int>(bits)) != steps || bits < kOperandBits || bits > kMostDivisorBits) {
      return rejected(node_name(n), "expected a divisor of {} to {} bits, found {:g} steps", kOperandBits,
                      kMostDivisorBits, steps);
    }
  } else {
    const ValueRange& range = ranges_[value];
    const double most = std::max({-static_cast<double>(range.min), static_cast<double>(range.max), 1e-30});
    const double least = range.least > 0 ? static_cast<double>(range.least) : most;
    const int apart = std::clamp(static_cast<int>(std::ceil(std::log2(most / least))) - kFewTimes, 0, kMoreBits);
    bits = kOperandBits;
    if (apart > 0) {  // and room for what samples did not show
      PROOFCARD_TRY(const View x, all_digits_of(value));
      const Tensor& t = builder_.tensor(x.tensor);
      const double beyond = std::log2(std::max(static_cast<double>(std::max(-t.lo, t.hi)) * x.scale / most, 1.0));
      bits = std::min(kMostDivisorBits,
                      kOperandBits + static_cast<unsigned>(std::ceil(beyond)) + static_cast<unsigned>(apart));
    }
    choices_.record_table(std::ldexp(1.0, static_cast<int>(bits)));
  }
  if (bits == kOperandBits) {
    return view_of(value, bits);
  }
  return leading_digits_of(value, bits, node_name(n) + ": divisor");
}

// |a| / |b| by Divide, saturated at twice what samples reach, with the sign of both. A divisor that rounds to 0 counts as
// one step.
Status Lowering::lower_quotient(const FloatNode& n) {
  const std::string name = node_name(n);
  const Dims& out = shape(n.output);
  const ExactArithmetic exact(builder_, name, out);
  PROOFCARD_TRY(const View a, rounded_view(n.inputs[0], kOperandBits));
  PROOFCARD_TRY(const View b, divisor_of(n));
  if (constant(n.inputs[1]) == nullptr) {
    PROOFCARD_RETURN_IF_ERROR(check_least(n, b.scale, 1));
  }
  PROOFCARD_TRY(const View dividend, exact.absolute("dividend's magnitude", a));
  PROOFCARD_TRY(const View magnitude, exact.absolute("divisor's magnitude", b));
  PROOFCARD_TRY(const View divisor,
                exact.within("divisor, not 0", magnitude, 1, std::max<std::int64_t>(exact.hi(magnitude), 1)));
  // Steps of the result: those of a / b, divided by a power of two.
  const double unit = a.scale / b.scale;
  constexpr int kMostBits = 31;  // of a quotient that a clamp is looked up of
  const int room = kMostBits - static_cast<int>(std::bit_width(static_cast<std::uint64_t>(exact.hi(dividend))));
  int shift = 0;
  if (choices_.replaying()) {
    PROOFCARD_TRY(const double scale, choices_.take_table(name));
    shift = static_cast<int>(std::lround(std::clamp(std::log2(unit / scale), -1.0, 99.0)));
    if (shift < 0 || shift > std::max(room, 0) || std::ldexp(unit, -shift) != scale) {
      return rejected(name, "expected a scale of {} divided by a power of two, found {}", unit, scale);
    }
  } else {
    const ValueRange& range = ranges_[n.output];
    const double most = std::max({-static_cast<double>(range.min), static_cast<double>(range.max), 1e-30});
    const double wanted = most / static_cast<double>(limit(n.output));
    shift =
        static_cast<int>(std::clamp(std::ceil(std::log2(unit / wanted)), 0.0, static_cast<double>(std::max(room, 0))));
    choices_.record_table(std::ldexp(unit, -shift));
  }
  const double scale = std::ldexp(unit, -shift);
  const std::int64_t most = (exact.hi(dividend) << shift) + 1;
  View quotient = identity_view(
      builder_.divide(name + ": quotient", broadcast_operand(dividend, out), broadcast_operand(divisor, out),
                      static_cast<unsigned>(shift), storage_shape(out), most, 1.0),
      out, 1.0);
  const std::int64_t top = 2 * limit(n.output) + 1;  // a power of two less one, so that clamping is cheap
  if (exact.hi(quotient) > top) {
    quotient.tensor =
        builder_.lookup(name + ": saturated", {Function::kClamp, 1.0, 1.0, {}, 0, 0, 0, top}, quotient.tensor, 1.0);
    if (!choices_.replaying()) {
      const ValueRange& range = ranges_[n.output];
      const double seen = std::max(-static_cast<double>(range.min), static_cast<double>(range.max)) / scale;
      builder_.set_cut({0, kNoEnd, 0, static_cast<std::int64_t>(std::min(seen, static_cast<double>(kNoEnd)))});
    }
  }
  for (const View& x : {a, b}) {
    if (exact.lo(x) < 0) {
      PROOFCARD_TRY(const View negated, exact.sum("negated", {{-1, {x}}}));
      PROOFCARD_TRY(const View negative, exact.positive("below 0", negated));
      PROOFCARD_TRY(const View sign, exact.sign("sign", negative));
      PROOFCARD_TRY(quotient, exact.sum("with sign", {{1, {sign, quotient}}}, 0, Interval{-1, {-top}, {top}}));
    }
  }
  LinearForm form = reading(quotient, out, name);
  form.terms[0].operand_scale = scale;
  set_form(n.output, std::move(form));
  return {};
}

// Where the steps of x are 2^-k, the integer below is a shift. Elsewhere it is looked up, and what is nearly an integer may
// come out as its neighbour.
Status Lowering::lower_rounding(const FloatNode& n) {
  const std::string name = node_name(n);
  const ExactArithmetic exact(builder_, name, shape(n.output));
  PROOFCARD_TRY(const View x, view_of(n.inputs[0]));
  const bool truncates = n.op == FloatOp::kTruncate;
  View negative;
  if (truncates) {
    PROOFCARD_TRY(const View negated, exact.sum("negated", {{-1, {x}}}));
    PROOFCARD_TRY(negative, exact.positive("below 0", negated));
  }
  if (power_of_two_from(x.scale) != x.scale || x.scale < 0x1p-40) {
    const auto round = [&](const std::string& what, Function function) {
      const double reach = static_cast<double>(std::max(exact.hi(x), -exact.lo(x))) * x.scale;
      const auto end = static_cast<std::int64_t>(std::clamp(reach + 1, 1.0, 0x1p38));
      return exact.looked_up(what, x, {function, x.scale, 1.0, {}, 0, 0, -end, end});
    };
    PROOFCARD_TRY(View out, round(truncates ? "floor" : "", truncates ? Function::kFloor : n.function));
    if (truncates) {
      PROOFCARD_TRY(const View above, round("ceil", Function::kCeil));
      PROOFCARD_TRY(const View below_0, exact.sum("ceil below 0", {{1, {negative, above}}}));
      PROOFCARD_TRY(const View not_below, exact.opposite("not below 0", negative));
      PROOFCARD_TRY(out, exact.sum("", {{1, {not_below, out}}, {1, {below_0}}}));
    }
    set_view(n.output, std::move(out));
    return {};
  }
  const int bits = -std::ilogb(x.scale);
  if (bits <= 0) {
    PROOFCARD_TRY(View out, exact.sum("", {{std::int64_t{1} << -bits, {x}}}));
    set_view(n.output, std::move(out));
    return {};
  }
  const auto shift = static_cast<unsigned>(bits);
  const std::int64_t one = std::int64_t{1} << shift;
  View out;
  if (truncates) {
    PROOFCARD_TRY(out, exact.shifted("", {{1, {x}}, {one - 1, {negative}}}, 0, shift));
  } else if (n.function != Function::kRound) {
    PROOFCARD_TRY(out, exact.shifted("", {{1, {x}}}, n.function == Function::kCeil ? one - 1 : 0, shift));
  } else {
    // Half up, and one less where that was a tie and gave an odd number.
    PROOFCARD_TRY(const View half_up, exact.shifted("half up", {{1, {x}}}, one / 2, shift));
    PROOFCARD_TRY(const View apart,
                  exact.sum("distance", {{1, {x}}, {-one, {half_up}}}, one / 2, Interval{-1, {0}, {one - 1}}));
    PROOFCARD_TRY(const View tie, exact.zero("tie", apart));
    PROOFCARD_TRY(const View odd, exact.low_bits("odd", half_up, 1));
    PROOFCARD_TRY(out, exact.sum("", {{1, {half_up}}, {-1, {tie, odd}}}));
  }
  set_view(n.output, std::move(out));
  return {};
}

}  // namespace proofcard::graph
