// Comparisons of given features with constants. Where both are float32 in order (host/tensor/encoding.hpp) they are exact; where
// inputs were rounded, constants are rounded in the same way: equal numbers stay equal, and no order is turned round.
//
//   x <= t   floor((t - x + 2^s) / 2^s), where t - x is in [-2^s, 2^s)
//   x < t    the same with the integer below t
//   x > t    [x is a number] - [x <= t], and x >= t likewise: NaN is on no side
//   x = t    [x <= t] - [x < t]
//
// Thresholds are weights.
#include <algorithm>
#include <bit>
#include <cmath>

#include "host/graph/quantize/lowering/lowering.hpp"
#include "host/graph/quantize/lowering/tree_input.hpp"
#include "host/tensor/encoding.hpp"

namespace proofcard::graph {
namespace {

const Interval kTruth{-1, {0}, {1}};

}  // namespace

// The operand that is a given feature, if the other one is constant.
Result<std::optional<std::size_t>> Lowering::given_operand(const FloatNode& n) {
  for (std::size_t i = 0; i < n.inputs.size(); ++i) {
    if (n.inputs.size() != 1 && constant(n.inputs[1 - i]) == nullptr) {
      continue;
    }
    PROOFCARD_TRY(const bool in_order, is_in_order(n.inputs[i], node_name(n)));
    const Slot& slot = slots_[n.inputs[i]];
    const bool rounded = slot.view && !slot.all_digits && is_rounded_input(n.inputs[i], *slot.view) &&
                         builder_.tensor(slot.view->tensor).channels.empty();
    if (in_order || rounded) {
      return std::optional(i);
    }
  }
  return std::optional<std::size_t>();
}

Status Lowering::lower_given_comparison(const FloatNode& n, std::size_t operand) {
  const std::string name = node_name(n);
  const Dims& out = shape(n.output);
  const FloatTensor of_node{{}, {n.alpha}, false};
  const FloatTensor& thresholds = n.op == FloatOp::kAbove ? of_node : *constant(n.inputs[1 - operand]);
  const bool equal = n.op == FloatOp::kEqual;
  const bool above = n.op == FloatOp::kAbove || (!equal && operand == 1);
  const bool strict = equal || (n.op == FloatOp::kLess ? !above : n.op == FloatOp::kLessEqual && above);
  PROOFCARD_TRY(const bool in_order, is_in_order(n.inputs[operand], name));
  PROOFCARD_TRY(const View x, all_digits_of(n.inputs[operand]));
  const Tensor& given = builder_.tensor(x.tensor);
  const std::int64_t lo = std::min<std::int64_t>(given.lo, 0);
  const std::int64_t hi = std::max<std::int64_t>(given.hi, 0);
  const auto nearest = [&](float t) {
    const double step = tensor::encoding(given).nearest(0, static_cast<double>(t));
    return static_cast<std::int64_t>(std::clamp(step, static_cast<double>(lo - 1), static_cast<double>(hi + 1)));
  };
  IntVector data(IntType::kI32, thresholds.data.size());
  for (std::size_t i = 0; i < data.size(); ++i) {
    const float t = thresholds.data[i];
    if (std::isnan(t) || (strict && t == -INFINITY)) {
      return make_error(ErrorKind::kUnsupported, name,
                        "expected numbers to compare with, found NaN, or something below minus infinity");
    }
    data.set(i, in_order ? tensor::float_order(t) : nearest(t));
  }
  const unsigned bits =
      in_order ? kFloatOrderBits : static_cast<unsigned>(std::bit_width(static_cast<std::uint64_t>(hi - lo + 2)));
  const View t =
      identity_view(builder_.add_weight(name + ": threshold", storage_shape(thresholds.shape), std::move(data), 1.0),
                    thresholds.shape, 1.0);
  const auto at_most = [&](const std::string& what, bool below) {
    Linear node;
    node.acc.out_dims = storage_shape(out);
    node.acc.terms.push_back({1, {broadcast_operand(t, out)}, {}});
    node.acc.terms.push_back({-1, {broadcast_operand(x, out)}, {}});
    node.acc.terms.push_back(
        {(std::int64_t{1} << (bits - 1)) - (below ? 1 : 0), {}, {}});  // it adds the other half itself
    node.shift = bits;
    return identity_view(builder_.linear_within(name + what, std::move(node), kTruth, 1.0), out, 1.0);
  };
  const ExactArithmetic exact(builder_, name, out);
  if (above && !in_order) {
    PROOFCARD_TRY(View result, exact.opposite("", at_most(": not above", strict)));
    set_view(n.output, std::move(result));
    return {};
  }
  if (above) {
    PROOFCARD_TRY(const View missing, at_least(name + ": missing", x, tensor::kMissingFloatOrder));
    PROOFCARD_TRY(View result, exact.sum("", {{-1, {missing}}, {-1, {at_most(": not above", strict)}}}, 1, kTruth));
    set_view(n.output, std::move(result));
    return {};
  }
  if (equal) {
    const View most = at_most(": at most", false);
    PROOFCARD_TRY(View result, exact.sum("", {{1, {most}}, {-1, {at_most(": below", true)}}}, 0, kTruth));
    set_view(n.output, std::move(result));
    return {};
  }
  set_view(n.output, at_most("", strict));
  return {};
}

}  // namespace proofcard::graph
