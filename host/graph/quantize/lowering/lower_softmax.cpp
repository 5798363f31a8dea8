// Softmax, with a mask or without.
#include <algorithm>
#include <bit>
#include <cmath>

#include "host/graph/quantize/lowering/lowering.hpp"

namespace proofcard::graph {
namespace {

// Of values whose exponential matters, when they are still forms.
constexpr unsigned kNarrowLogitBits = 12;
constexpr unsigned kWideLogitBits = 14;
constexpr std::int64_t kFewClasses =
    64;  // whose scores, which may be large as logarithms of likelihoods are, keep all digits
constexpr unsigned kScoreBits = 36;    // of these digits, at most
constexpr double kFineStep = 0x1p-10;  // of what is left of them below the largest; halves of it still reach exp(-16)
constexpr double kExpSteps = 4096;     // exp(0)
constexpr unsigned kProbabilityShift = 14;  // probabilities are multiples of 2^-14

}  // namespace

// a * b, exactly.
View Lowering::product(const std::string& name, const View& a, const View& b, const Interval& range) {
  LinearForm form = reading(a, a.shape, name);
  Linear product;
  product.acc.out_dims = form.out_dims;
  product.acc.terms.push_back({1, {form.terms[0].operands[0], reading(b, a.shape, name).terms[0].operands[0]}, {}});
  const double scale = a.scale * b.scale;
  return identity_view(builder_.linear(name, std::move(product), range, scale), a.shape, scale);
}

// x where the mask is 1, and the lowest integer of x where it is 0: lo + mask * (x - lo).
Result<View> Lowering::lowest_where_masked(const FloatNode& n, const View& x, const View& mask) {
  const std::string name = node_name(n) + ": without masked";
  const Tensor& m = builder_.tensor(mask.tensor);
  if (mask.scale != 1.0 || m.lo < 0 || m.hi > 1) {
    return make_error(ErrorKind::kUnsupported, node_name(n), "expected a mask of 0 and 1, found [{}, {}] with scale {}",
                      m.lo, m.hi, mask.scale);
  }
  const Tensor& t = builder_.tensor(x.tensor);
  const std::int64_t lo = std::min<std::int64_t>(t.lo, 0);
  const LinearForm value = reading(x, x.shape, name);
  const tensor::Operand kept = reading(mask, x.shape, name).terms[0].operands[0];
  Linear chosen;
  chosen.acc.out_dims = value.out_dims;
  chosen.acc.terms.push_back({1, {kept, value.terms[0].operands[0]}, {}});
  chosen.acc.terms.push_back({-lo, {kept}, {}});
  chosen.acc.terms.push_back({lo, {}, {}});
  const Interval range{-1, {lo}, {std::max<std::int64_t>(t.hi, 0)}};
  return identity_view(builder_.linear(name, std::move(chosen), range, x.scale), x.shape, x.scale);
}

// p = exp(x - max) / sum of exp(x - max).
Status Lowering::lower_softmax(const FloatNode& n) {
  const bool is_wide = choices_.is_wide(n.output);
  const bool few =
      is_wide && n.inputs.size() == 1 && shape(n.output).size() <= 2 && count(shape(n.output)) <= kFewClasses;
  PROOFCARD_TRY(View x, few ? leading_digits_of(n.inputs[0], kScoreBits, node_name(n))
                            : view_of(n.inputs[0], is_wide ? kWideLogitBits : kNarrowLogitBits));
  std::optional<View> mask;
  if (n.inputs.size() > 1) {
    PROOFCARD_TRY(mask, view_of(n.inputs[1]));
    PROOFCARD_TRY(x, lowest_where_masked(n, x, *mask));
  }
  const auto axis = static_cast<std::size_t>(n.axis);
  const Dims& out = shape(n.output);
  const std::string name = node_name(n);
  const Tensor& t = builder_.tensor(x.tensor);
  const std::int64_t spread = std::max<std::int64_t>(t.hi, 0) - std::min<std::int64_t>(t.lo, 0);
  const unsigned shift_to_steps =
      few && x.scale < kFineStep ? static_cast<unsigned>(std::ilogb(kFineStep / x.scale)) : 0;
  if (spread >> shift_to_steps >= std::int64_t{UINT32_MAX}) {
    return too_many_steps(name);
  }
  const View largest = max_over_axis(name + ": max", x, axis);

  Linear below;
  LinearForm form = reading(x, out, name);
  below.acc.out_dims = form.out_dims;
  below.acc.terms.push_back({1, form.terms[0].operands, {}});
  below.acc.terms.push_back({-1, reading(largest, out, name).terms[0].operands, {}});
  // x - max is never positive: the maximum is over these very x.
  below.shift = shift_to_steps;
  const double step = std::ldexp(x.scale, static_cast<int>(shift_to_steps));
  const std::uint32_t difference = builder_.linear(name + ": x - max", std::move(below), {-1, {-spread}, {0}}, step);
  tensor::TableSpec table;
  table.function = tensor::Function::kExp;
  table.in_scale = step;
  table.out_scale = 1.0 / kExpSteps;
  table.out_hi = static_cast<std::int64_t>(kExpSteps);
  View e = identity_view(builder_.lookup(name + ": exp", table, difference, table.out_scale), out, table.out_scale);

  if (mask) {
    e = product(name + ": masked", e, *mask, {-1, {0}, {static_cast<std::int64_t>(kExpSteps)}});
  }
  Dims kept = out;
  kept[axis] = 1;
  Linear total;
  total.acc.out_dims = storage_shape(kept);
  total.acc.sum_dims = {static_cast<std::uint32_t>(out[axis])};
  std::vector<AxisMap> maps(out.size());
  for (std::size_t a = 0; a < out.size(); ++a) {
    if (a == axis && out[a] != 1) {
      maps[a].labels.push_back({static_cast<std::uint32_t>(total.acc.out_dims.size()), 1});
    } else if (out[a] != 1) {
      maps[a].labels.push_back({static_cast<std::uint32_t>(out_label(kept, a)), 1});
    }
  }
  total.acc.terms.push_back({1, {read_view(e, maps)}, {}});
  // One of the summands is exp(0), so the sum is at least that, unless all are masked.
  const auto one = static_cast<std::int64_t>(kExpSteps);
  const Interval range{-1, {mask ? 0 : one}, {one * out[axis]}};
  View sum =
      identity_view(builder_.linear(name + ": sum", std::move(total), range, table.out_scale), kept, table.out_scale);
  if (mask) {
    const ExactArithmetic exact(builder_, name, kept);
    sum.tensor = exact.larger("divisor", sum, exact.constant("least divisor", one)).tensor;
  }
  // One division a row: every entry times the reciprocal, 2^shift / sum, of at least 12 bits.
  const auto length = static_cast<unsigned>(std::bit_width(static_cast<std::uint64_t>(out[axis] - 1)));
  const unsigned shift = std::min(kMaxReciprocalShift, 24U + length);
  const View inverse = reciprocal(name, sum, shift);
  Linear quotient;
  quotient.acc.out_dims = storage_shape(out);
  quotient.acc.terms.push_back(
      {1, {reading(e, out, name).terms[0].operands[0], reading(inverse, out, name).terms[0].operands[0]}, {}});
  quotient.shift = shift - kProbabilityShift;
  const double scale = std::ldexp(1.0, -static_cast<int>(kProbabilityShift));
  const Interval products{-1, {0}, {one * builder_.tensor(inverse.tensor).hi}};
  set_view(n.output, identity_view(builder_.linear(name, std::move(quotient), products, scale), out, scale));
  return {};
}

// 2^shift / x, rounded, of a tensor of numbers from 1.
View Lowering::reciprocal(const std::string& name, const View& x, unsigned shift) {
  const Tensor t = builder_.tensor(x.tensor);
  const View one = ExactArithmetic(builder_, name, x.shape).constant("one", 1);
  const double scale = std::ldexp(1.0 / x.scale, -static_cast<int>(shift));
  const std::uint32_t out = builder_.divide(name + ": reciprocal", reading(one, x.shape, name).terms[0].operands[0],
                                            reading(x, x.shape, name).terms[0].operands[0], shift,
                                            storage_shape(x.shape), (std::int64_t{1} << shift) / t.lo + 1, scale);
  return identity_view(out, x.shape, scale);
}

}  // namespace proofcard::graph
