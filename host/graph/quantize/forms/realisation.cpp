// Terms, biases and ranges of a linear form; the choice of scales is in realisation_numbers.cpp.
#include "host/graph/quantize/forms/realisation.hpp"

#include <algorithm>
#include <bit>
#include <cmath>

#include "host/base/check.hpp"

namespace proofcard::graph {
namespace {

constexpr unsigned kMaxWeightBits = 30;  // of the power of two before a weight
constexpr unsigned kMaxBiasBits = 36;
constexpr double kMaxBias = 0x1p31 - 1;

std::int64_t round_half_up(double x, std::int64_t limit) {
  const auto end = static_cast<double>(limit);
  return static_cast<std::int64_t>(std::clamp(std::floor(x + 0.5), -end, end));
}

Shape stored_shape(const FormWeight& w) {
  Shape shape;
  for (std::int64_t d : w.values.shape) {
    shape.push_back(static_cast<std::uint32_t>(d));
  }
  return shape;
}

std::int64_t clamped(double v) { return static_cast<std::int64_t>(std::clamp(v, -0x1p60, 0x1p60)); }

double magnitude(const Interval& i) { return static_cast<double>(std::max(-i.min(), i.max())); }

}  // namespace

double max_abs(const FloatTensor& t) {
  double m = 0;
  for (float v : t.data) {
    m = std::max(m, std::abs(static_cast<double>(v)));
  }
  return m;
}

std::optional<std::size_t> channel_axis(const FormWeight& w) {
  for (std::size_t a = 0; a < w.axis_labels.size(); ++a) {
    if (w.axis_labels[a] != kNoLabel && w.axis_labels[a] < static_cast<int>(kFirstSumLabel)) {
      return a;
    }
  }
  return std::nullopt;
}

Realisation::Realisation(GraphBuilder& builder, Choices& choices, const LinearForm& form, const Target& target)
    : builder_(builder), choices_(choices), form_(form), target_(target) {
  for (const FormTerm& t : form.terms) {
    weighted_ += t.weight.has_value() ? 1U : 0U;
  }
  hidden_ = builder.private_weights() && (weighted_ > 0 || !form.constants.empty());
}

// Integers of other people's quantisation, without their zero points, have 9 bits.
IntType Realisation::weight_type(const FormWeight& w) const {
  return target_.weight_bits > 0                    ? IntType::kI32
         : w.wide || (target_.raw && target_.fixed) ? IntType::kI16
                                                    : IntType::kI8;
}

double Realisation::weight_limit(const FormWeight& w) const {
  return target_.weight_bits > 0           ? std::ldexp(1.0, static_cast<int>(target_.weight_bits)) - 1
         : weight_type(w) == IntType::kI16 ? 32767.0
                                           : 127.0;
}

Status Realisation::prepare() {
  PROOFCARD_RETURN_IF_ERROR(check_form());
  PROOFCARD_RETURN_IF_ERROR(take_numbers());
  if (replays_hidden() && weighted_ > 0) {
    PROOFCARD_RETURN_IF_ERROR(take_hidden());
  } else if (target_.raw) {
    choose_raw_scale();
  } else if (weighted_ > 0) {
    choose_weighted_scale();
  } else {
    choose_plain_scale();
  }
  node_.acc.out_dims = form_.out_dims;
  node_.acc.sum_dims = form_.sum_dims;
  if (!replaying() && hidden_) {
    numbers_.hidden = LinearNumbers::Hidden{};
  }
  for (const FormTerm& t : form_.terms) {
    PROOFCARD_RETURN_IF_ERROR(add_term(t));
  }
  for (const FormWeight& c : form_.constants) {
    PROOFCARD_RETURN_IF_ERROR(add_bias(c));
  }
  PROOFCARD_RETURN_IF_ERROR(choose_range());
  if (!replaying()) {
    numbers_.scale = has_free_scale() ? std::optional(scale_) : std::nullopt;
    if (hidden_) {
      numbers_.hidden->shift = node_.shift;
      numbers_.hidden->multiplier.assign(node_.multiplier.begin(), node_.multiplier.end());
    }
  }
  return check_numbers();
}

bool Realisation::too_coarse() const {
  return !hidden_ && !target_.raw && !target_.fixed && node_.shift > 0 && magnitude(accumulated_) > 0 &&
         magnitude(range_) < kMinSteps;
}

std::uint32_t Realisation::add() {
  if (!replaying() && (numbers_.scale || numbers_.hidden)) {
    choices_.record(std::move(numbers_));
  }
  return builder_.linear_within(form_.name, std::move(node_), range_, scale_);
}

// The range of the result: from the accumulator's, and to the next power of two when weights are hidden.
Status Realisation::choose_range() {
  if (replays_hidden()) {
    const std::int64_t top = std::int64_t{1} << std::min(numbers_.hidden->range_bits, kMaxRawBits);
    range_ = {-1, {numbers_.hidden->range_signed ? -top : 0}, {top - 1}};
  } else {
    range_ = requantised(accumulated_, node_.multiplier, node_.shift);
  }
  if (hidden_ && !replaying()) {
    range_ = rounded_outwards(range_);
    numbers_.hidden->range_signed = range_.min() < 0;
    numbers_.hidden->range_bits = static_cast<unsigned>(std::bit_width(static_cast<std::uint64_t>(range_.max())));
  }
  const unsigned bits = target_.raw ? kMaxRawBits : kMaxRoundedBits;
  if (std::max(-(range_.min() + 1), range_.max()) >= std::int64_t{1} << bits) {
    return target_.raw
               ? make_error(ErrorKind::kUnsupported, form_.name, "its accumulators would need more than 58 bits")
               : too_many_steps(form_.name);
  }
  return {};
}

tensor::Operand Realisation::with_final_labels(tensor::Operand operand) const {
  for (tensor::Group& g : operand.groups) {
    for (tensor::LabelStride& l : g.labels) {
      l.label = final_label(l.label);
    }
  }
  return operand;
}

std::uint32_t Realisation::final_label(std::uint32_t label) const {
  return label < kFirstSumLabel ? label : label - kFirstSumLabel + static_cast<std::uint32_t>(form_.out_dims.size());
}

tensor::Operand Realisation::weight_operand(std::uint32_t id, const FormWeight& w) const {
  tensor::Operand operand{id, {}};
  for (std::size_t a = 0; a < w.axis_labels.size(); ++a) {
    tensor::Group g{static_cast<std::uint32_t>(a), 1, 0, {}, false};
    if (w.axis_labels[a] != kNoLabel) {
      g.labels.push_back({final_label(static_cast<std::uint32_t>(w.axis_labels[a])), 1});
    }
    operand.groups.push_back(std::move(g));
  }
  return operand;
}

// Range of the product of a term's operands and label weights; 0 counts as a value (positions outside read it).
Interval Realisation::operand_range(const FormTerm& t) const {
  double lo = 1;
  double hi = 1;
  const auto multiply = [&](double a, double b) {
    const auto [low, high] = std::minmax({lo * a, lo * b, hi * a, hi * b});
    lo = low;
    hi = high;
  };
  for (const tensor::Operand& o : t.operands) {
    const Tensor& x = builder_.tensor(o.tensor);
    multiply(std::min(0.0, static_cast<double>(x.lo)), std::max(0.0, static_cast<double>(x.hi)));
  }
  for (const tensor::LabelWeights& w : t.label_weights) {
    const auto [low, high] = std::minmax_element(w.values.begin(), w.values.end());
    multiply(static_cast<double>(*low), static_cast<double>(*high));
  }
  return {-1, {clamped(lo)}, {clamped(hi)}};
}

// Number of additions into one accumulator: product of the sizes of the sum labels that the operands use.
double Realisation::summed(const FormTerm& t, const FormWeight* except) const {
  double n = 1;
  for (std::size_t i = 0; i < form_.sum_dims.size(); ++i) {
    const auto label = kFirstSumLabel + static_cast<std::uint32_t>(i);
    const bool in_weight = except != nullptr && std::find(except->axis_labels.begin(), except->axis_labels.end(),
                                                          static_cast<int>(label)) != except->axis_labels.end();
    bool used = false;
    for (const tensor::Operand& o : t.operands) {
      for (const tensor::Group& g : o.groups) {
        used = used || std::any_of(g.labels.begin(), g.labels.end(), [&](const auto& l) { return l.label == label; });
      }
    }
    n *= used && !in_weight ? static_cast<double>(form_.sum_dims[i]) : 1.0;
  }
  return n;
}

Status Realisation::accumulate(const Interval& range, double times_summed, std::int64_t coefficient) {
  if (replays_hidden()) {
    return {};
  }
  const double total =
      std::max(std::abs(static_cast<double>(range.min())), std::abs(static_cast<double>(range.max()))) * times_summed *
      std::abs(static_cast<double>(coefficient));
  if (!(total < 0x1p58)) {
    return make_error(ErrorKind::kUnsupported, form_.name, "its accumulators would need more than 58 bits");
  }
  const Interval scaled = times(times(range, static_cast<std::int64_t>(times_summed)), coefficient);
  if (form_.disjoint) {
    accumulated_ = {-1, {std::min(accumulated_.min(), scaled.min())}, {std::max(accumulated_.max(), scaled.max())}};
  } else {
    accumulated_ = sum(accumulated_, scaled);
  }
  return {};
}

std::uint32_t Realisation::add_weight(const std::string& kind, const FormWeight& w, IntVector data, double factor,
                                      double scale) {
  return w.source ? builder_.add_shared_weight(form_.name + kind, std::move(data),
                                               {*w.source, stored_shape(w), factor, node_.multiplier, scale})
                  : builder_.add_weight(form_.name + kind, stored_shape(w), std::move(data), scale);
}

Status Realisation::add_term(const FormTerm& t) {
  tensor::Term out;
  out.weights = t.label_weights;
  for (tensor::LabelWeights& w : out.weights) {
    w.label = final_label(w.label);
  }
  for (const tensor::Operand& o : t.operands) {
    out.operands.push_back(with_final_labels(o));
  }
  const Interval x = operand_range(t);
  if (!t.weight) {
    const double c = t.unit() / acc_scale_;
    if (!(std::abs(c) < 0x1p39)) {
      return make_error(ErrorKind::kUnsupported, form_.name, "its operands differ too much in scale");
    }
    out.coefficient = round_half_up(c, std::int64_t{1} << 39);
    node_.acc.terms.push_back(std::move(out));
    return accumulate(x, summed(t, nullptr), node_.acc.terms.back().coefficient);
  }
  PROOFCARD_CHECK(out.operands.size() == 1);
  const FormWeight& w = *t.weight;
  // The weight's own step: 2^bits times the accumulator's.
  unsigned bits = 0;
  const double unit = t.unit();
  const double limit = weight_limit(w);
  if (replays_hidden()) {
    bits = numbers_.hidden->weight_bits[next_weight_++];
    if (bits > kMaxWeightBits) {
      return refuse(fmt::format("a weight's coefficient of at most 2^{}", kMaxWeightBits), fmt::format("2^{}", bits));
    }
  } else {
    const double largest = std::max(std::abs(unit) * max_abs(w.values), floor_step(t) * limit);
    while (largest / std::ldexp(acc_scale_, static_cast<int>(bits)) > largest_multiplier() * (limit + 0.4999) &&
           bits < kMaxWeightBits) {
      ++bits;
    }
    if (hidden_) {
      numbers_.hidden->weight_bits.push_back(static_cast<std::uint8_t>(bits));
    }
  }
  if (target_.raw && target_.fixed && bits > 0) {
    return refuse(fmt::format("constants of integers up to {}", limit), "larger ones");
  }
  const std::int64_t coefficient = std::int64_t{1} << bits;
  IntVector data(weight_type(w), w.values.data.size());
  const std::optional<std::size_t> axis = channel_axis(w);
  Interval range{axis ? w.axis_labels[*axis] : -1, {}, {}};
  const std::size_t channels = axis ? static_cast<std::size_t>(w.values.shape[*axis]) : 1;
  range.lo.assign(channels, 0);
  range.hi.assign(channels, 0);
  if (magnitude(x) * limit * static_cast<double>(data.size()) >= 0x1p62) {
    return make_error(ErrorKind::kUnsupported, form_.name, "its accumulators would need more than 58 bits");
  }
  const std::int64_t added = t.one_hot ? 1 : target_.added;
  // Cells of out labels beside the channel's do not add up, so the sums below bound them from above.
  const auto quantise = [&](std::size_t i, std::size_t c) {
    const double step = acc_scale_ * static_cast<double>(coefficient) * channel_multiplier(c);
    const std::int64_t q =
        round_half_up(static_cast<double>(w.values.data[i]) * unit / step, static_cast<std::int64_t>(limit));
    data.set(i, q);
    const std::int64_t least = std::min(q * x.min(), q * x.max());
    const std::int64_t most = std::max(q * x.min(), q * x.max());
    range.lo[c] = added > 0 ? std::min(range.lo[c], added * least) : range.lo[c] + least;
    range.hi[c] = added > 0 ? std::max(range.hi[c], added * most) : range.hi[c] + most;
  };
  if (!replays_hidden()) {
    for_each_channel(w, axis, quantise);
  }
  const double scale = acc_scale_ * static_cast<double>(coefficient) / std::abs(t.operand_scale);
  const double factor = unit / (acc_scale_ * static_cast<double>(coefficient));
  const std::uint32_t id = add_weight(": weight", w, std::move(data), factor, scale);
  out.operands.insert(out.operands.begin(), weight_operand(id, w));
  out.coefficient = coefficient;
  node_.acc.terms.push_back(std::move(out));
  return accumulate(range, summed(t, &w), coefficient);
}

// Of the channels, relative to those on the accumulator's scale.
double Realisation::largest_multiplier() const {
  return node_.multiplier.size() == 1
             ? 1.0
             : static_cast<double>(*std::max_element(node_.multiplier.begin(), node_.multiplier.end()));
}

double Realisation::channel_multiplier(std::size_t channel) const {
  return node_.multiplier.size() == 1 ? 1.0 : static_cast<double>(node_.multiplier[channel]);
}

// Nothing for a bias that is 0 everywhere. More than kMaxBiasBits: it is too large.
std::optional<unsigned> Realisation::bias_bits(const FormWeight& c) const {
  const double largest = max_abs(c.values);
  if (largest == 0) {
    return std::nullopt;
  }
  unsigned bits = 0;
  while (largest / std::ldexp(acc_scale_, static_cast<int>(bits)) > kMaxBias && bits <= kMaxBiasBits) {
    ++bits;
  }
  return bits;
}

Status Realisation::add_bias(const FormWeight& c) {
  std::optional<unsigned> bits;
  if (replays_hidden()) {
    const std::uint8_t given = numbers_.hidden->bias_bits[next_bias_++];
    bits = given == kNoBias ? std::nullopt : std::optional<unsigned>(given);
  } else {
    bits = bias_bits(c);
    if (hidden_) {
      numbers_.hidden->bias_bits.push_back(bits ? static_cast<std::uint8_t>(*bits) : kNoBias);
    }
  }
  if (!bits) {
    return {};
  }
  if (*bits > kMaxBiasBits) {
    return make_error(ErrorKind::kUnsupported, form_.name, "its bias is too large for the scale of its operands");
  }
  if (target_.raw && target_.fixed && *bits > 0) {
    return refuse("constants of integers below 2^31", "larger ones");
  }
  const std::int64_t coefficient = std::int64_t{1} << *bits;
  IntVector data(IntType::kI32, c.values.data.size());
  // A bias that varies along another label than the multipliers' is the same for all of them only without
  // multipliers.
  const std::optional<std::size_t> axis = channel_axis(c);
  const bool per_channel = node_.multiplier.size() > 1;
  PROOFCARD_CHECK(!per_channel || (axis && c.axis_labels[*axis] == static_cast<int>(node_.multiplier_label)));
  Interval range{axis ? c.axis_labels[*axis] : -1, {}, {}};
  const std::size_t channels = axis ? static_cast<std::size_t>(c.values.shape[*axis]) : 1;
  range.lo.assign(channels, INT64_MAX);
  range.hi.assign(channels, INT64_MIN);
  const auto quantise = [&](std::size_t i, std::size_t k) {
    const double step = acc_scale_ * static_cast<double>(coefficient) * channel_multiplier(k);
    const std::int64_t q =
        round_half_up(static_cast<double>(c.values.data[i]) / step, static_cast<std::int64_t>(kMaxBias));
    data.set(i, q);
    range.lo[k] = std::min(range.lo[k], q);
    range.hi[k] = std::max(range.hi[k], q);
  };
  if (!replays_hidden()) {
    for_each_channel(c, axis, quantise);
  }
  const double scale = acc_scale_ * static_cast<double>(coefficient);
  const std::uint32_t id = add_weight(": bias", c, std::move(data), 1 / scale, scale);
  node_.acc.terms.push_back({coefficient, {weight_operand(id, c)}, {}});
  return accumulate(range, 1.0, coefficient);
}

Result<std::uint32_t> realise(GraphBuilder& builder, Choices& choices, const LinearForm& form, const Target& target) {
  constexpr int kMaxHalvings = 200;
  Target attempt = target;
  for (int halvings = 0;; ++halvings) {
    const GraphBuilder::Mark mark = builder.mark();
    Realisation realisation(builder, choices, form, attempt);
    PROOFCARD_RETURN_IF_ERROR(realisation.prepare());
    if (!realisation.too_coarse()) {
      return realisation.add();
    }
    if (choices.replaying()) {
      return rejected(form.name, "expected a scale that leaves {} steps of its result, found a coarser one", kMinSteps);
    }
    if (halvings == kMaxHalvings) {
      return make_error(ErrorKind::kUnsupported, form.name, "its operands differ too much in scale");
    }
    builder.roll_back(mark);
    attempt.scale /= 2;
  }
}

}  // namespace proofcard::graph
