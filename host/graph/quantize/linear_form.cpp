#include "host/graph/quantize/linear_form.hpp"

#include <algorithm>
#include <cmath>

#include "host/base/check.hpp"
#include "host/graph/quantize/calibrate.hpp"

namespace proofcard::graph {
namespace {

constexpr int kMaxChannelBits = 3;      // multipliers of channels are 1, 2, 4 or 8
constexpr double kMaxPlainError = 0.3;  // of an output step, that rounding coefficients may cost
constexpr int kMaxPlainShift = 12;      // to round the coefficients of a residual well
constexpr int kMaxShift = 40;

double max_abs(const FloatTensor& t) {
  double m = 0;
  for (float v : t.data) {
    m = std::max(m, std::abs(static_cast<double>(v)));
  }
  return m;
}

std::int64_t round_half_up(double x) { return static_cast<std::int64_t>(std::floor(x + 0.5)); }

// Index of axis_labels[axis] for every element of the weight.
template <class Body>
void for_each_channel(const FormWeight& w, std::size_t axis, Body&& body) {
  const std::size_t inner = static_cast<std::size_t>(
      count(Dims(w.values.shape.begin() + static_cast<std::ptrdiff_t>(axis) + 1, w.values.shape.end())));
  const auto size = static_cast<std::size_t>(w.values.shape[axis]);
  for (std::size_t i = 0; i < w.values.data.size(); ++i) {
    body(i, i / inner % size);
  }
}

// The first axis with an out label, or nothing.
std::optional<std::size_t> channel_axis(const FormWeight& w) {
  for (std::size_t a = 0; a < w.axis_labels.size(); ++a) {
    if (w.axis_labels[a] != kNoLabel && w.axis_labels[a] < static_cast<int>(kFirstSumLabel)) {
      return a;
    }
  }
  return std::nullopt;
}

Shape stored_shape(const FormWeight& w) {
  Shape shape;
  for (std::int64_t d : w.values.shape) {
    shape.push_back(static_cast<std::uint32_t>(d));
  }
  return shape;
}

class Realisation {
 public:
  Realisation(GraphBuilder& builder, const LinearForm& form, const Target& target)
      : builder_(builder), form_(form), target_(target), weight_limit_(target.weight_bits == 16 ? 32767.0 : 127.0) {}

  Result<std::uint32_t> run() {
    PROOFCARD_RETURN_IF_ERROR(check_constants());
    for (const FormTerm& t : form_.terms) {
      weighted_ += t.weight.has_value() ? 1U : 0U;
    }
    if (target_.raw) {
      choose_raw_scale();
    } else if (weighted_ > 0) {
      choose_weighted_scale();
    } else {
      choose_plain_scale();
    }
    node_.acc.out_dims = form_.out_dims;
    node_.acc.sum_dims = form_.sum_dims;
    for (const FormTerm& t : form_.terms) {
      PROOFCARD_RETURN_IF_ERROR(add_term(t));
    }
    for (const FormWeight& c : form_.constants) {
      PROOFCARD_RETURN_IF_ERROR(add_bias(c));
    }
    return builder_.linear(form_.name, std::move(node_), range_, weighted_ > 0 || !form_.constants.empty(), scale_);
  }

 private:
  Status check_constants() const {
    const auto finite = [](const FormWeight& w) {
      return std::all_of(w.values.data.begin(), w.values.data.end(), [](float v) { return std::isfinite(v); });
    };
    for (const FormTerm& t : form_.terms) {
      if ((t.weight && !finite(*t.weight)) || !std::isfinite(t.unit())) {
        return bad_input(form_.name, "expected finite weights, found one that is not");
      }
      if (std::abs(t.unit()) < 1e-30) {
        return make_error(ErrorKind::kUnsupported, form_.name, "a factor of 0 is not supported");
      }
    }
    for (const FormWeight& c : form_.constants) {
      if (!finite(c)) {
        return bad_input(form_.name, "expected finite biases, found one that is not");
      }
    }
    return {};
  }

  // Size of a step of the integer product when the weight uses its whole range.
  double finest_step(const FormTerm& t) const {
    const double m = max_abs(t.weight->values);
    return std::abs(t.unit()) * (m > 0 ? m : 1.0) / weight_limit_;
  }

  // acc = real / acc_scale_, nothing is shifted: the finest weighted term keeps its own scale.
  void choose_raw_scale() {
    acc_scale_ = 0;
    for (const FormTerm& t : form_.terms) {
      const double step = t.weight ? finest_step(t) : std::abs(t.unit());
      if (acc_scale_ == 0 || step < acc_scale_) {
        acc_scale_ = step;
      }
    }
    if (form_.terms.size() > 1) {
      const double widest = worst_plain_error(acc_scale_);
      acc_scale_ = widest > kMaxPlainError ? acc_scale_ / 256.0 : acc_scale_;
    }
    scale_ = acc_scale_;
  }

  // scale_ * 2^-shift is the accumulator's scale; each weight gets the largest power of two of it that its range
  // allows.
  void choose_weighted_scale() {
    scale_ = target_.scale;
    double finest = 0;
    for (const FormTerm& t : form_.terms) {
      if (t.weight && (finest == 0 || finest_step(t) < finest)) {
        finest = finest_step(t);
      }
    }
    // A scale that must be met is met more closely by a multiplier of up to three bits.
    std::int64_t multiplier = 1;
    for (const std::int64_t m : {3, 5, 7}) {
      const auto loss = [&](std::int64_t by) {
        const double bits = std::log2(static_cast<double>(by) * scale_ / finest);
        return bits - std::floor(bits);
      };
      if (target_.fixed && loss(m) + 0.25 < loss(multiplier)) {
        multiplier = m;
      }
    }
    node_.multiplier = {multiplier};
    const double bits = std::log2(static_cast<double>(multiplier) * scale_ / finest);
    const double lost = bits - std::floor(bits);
    int shift = static_cast<int>(std::floor(bits));
    if (!target_.fixed && lost > 0.5) {
      // Rather than lose most of a bit of the weights, lose the rest of it in the output.
      ++shift;
      scale_ = std::ldexp(finest, shift);
    }
    if (shift < 0) {
      if (!target_.fixed) {
        scale_ = finest;
      }
      shift = 0;
    }
    node_.shift = static_cast<std::uint32_t>(std::min(shift, kMaxShift - kMaxChannelBits));
    acc_scale_ = std::ldexp(scale_ * static_cast<double>(multiplier), -static_cast<int>(node_.shift));
    while (form_.terms.size() > weighted_ && node_.shift < kMaxPlainShift &&
           worst_plain_error(acc_scale_) * acc_scale_ / scale_ > kMaxPlainError) {
      ++node_.shift;
      acc_scale_ /= 2;
    }
    if (multiplier == 1) {
      choose_channel_multipliers();
    }
  }

  // Channels with small weights keep more bits of them: multiplier 2^j for the channels with the largest.
  void choose_channel_multipliers() {
    if (form_.terms.size() != 1) {
      return;
    }
    const FormTerm& t = form_.terms[0];
    const std::optional<std::size_t> axis = channel_axis(*t.weight);
    if (!axis || t.weight->values.shape[*axis] < 2) {
      return;
    }
    for (const FormWeight& c : form_.constants) {
      const std::optional<std::size_t> bias_axis = channel_axis(c);
      if (!bias_axis || c.axis_labels[*bias_axis] != t.weight->axis_labels[*axis]) {
        return;
      }
    }
    std::vector<double> largest(static_cast<std::size_t>(t.weight->values.shape[*axis]), 0.0);
    for_each_channel(*t.weight, *axis, [&](std::size_t i, std::size_t c) {
      largest[c] = std::max(largest[c], std::abs(static_cast<double>(t.weight->values.data[i])));
    });
    std::vector<int> spare;
    double mean = 0;
    for (double m : largest) {
      const double limit = weight_limit_ * acc_scale_ / std::abs(t.unit());
      const int bits = m > 0 ? static_cast<int>(std::floor(std::log2(limit / m))) : kMaxChannelBits;
      spare.push_back(std::clamp(bits, 0, kMaxChannelBits));
      mean += spare.back();
    }
    mean /= static_cast<double>(spare.size());
    if (mean < 1.0) {
      return;
    }
    const int top = *std::max_element(spare.begin(), spare.end());
    node_.multiplier.clear();
    for (int s : spare) {
      node_.multiplier.push_back(std::int64_t{1} << (top - s));
    }
    node_.multiplier_label = static_cast<std::uint32_t>(t.weight->axis_labels[*axis]);
    node_.shift += static_cast<std::uint32_t>(top);
    acc_scale_ = std::ldexp(scale_, -static_cast<int>(node_.shift));
  }

  // Largest error, in steps of the accumulator, of rounding the coefficients of terms without weights.
  double worst_plain_error(double acc_scale) const {
    double error = 0;
    for (const FormTerm& t : form_.terms) {
      if (!t.weight) {
        const double c = t.unit() / acc_scale;
        error += std::abs(c - std::floor(c + 0.5)) * typical_magnitude(t);
      }
    }
    return error;
  }

  double typical_magnitude(const FormTerm& t) const {
    const Interval i = operand_range(t);
    return static_cast<double>(std::max(-i.min(), i.max()));
  }

  // scale_ is searched near the wanted one so that the coefficients are exact, or nearly, with a short shift.
  void choose_plain_scale() {
    double best_cost = 1e300;
    double best_scale = target_.scale;
    int best_shift = kMaxShift;
    const auto consider = [&](double scale) {
      const double loss = std::log2(scale / target_.scale);
      if (loss > 0.42 || loss < -0.05) {
        return;
      }
      for (int shift = 0; shift <= kMaxShift; ++shift) {
        const double acc = std::ldexp(scale, -shift);
        const double error = worst_plain_error(acc) * acc / scale;
        if (error <= kMaxPlainError && !vanishes(acc)) {
          // A bit of remainder costs about as much as a quarter of a bit of the result is worth.
          const double cost = shift * 0.06 + std::abs(loss) + error;
          if (cost < best_cost) {
            best_cost = cost;
            best_scale = scale;
            best_shift = shift;
          }
          break;
        }
      }
    };
    consider(target_.scale);
    for (const FormTerm& t : form_.terms) {
      for (double m : {1.0, 3.0, 5.0, 7.0}) {
        const double unit = std::abs(t.unit()) / m;
        const double base = std::ldexp(unit, static_cast<int>(std::floor(std::log2(target_.scale / unit))));
        if (!target_.fixed) {
          consider(base);
          consider(base * 2);
        }
      }
    }
    scale_ = best_scale;
    node_.shift = static_cast<std::uint32_t>(best_shift);
    acc_scale_ = std::ldexp(scale_, -best_shift);
  }

  bool vanishes(double acc) const {
    return std::any_of(form_.terms.begin(), form_.terms.end(),
                       [&](const FormTerm& t) { return round_half_up(t.unit() / acc) == 0; });
  }

  tensor::Operand with_final_labels(tensor::Operand operand) const {
    for (tensor::Group& g : operand.groups) {
      for (tensor::LabelStride& l : g.labels) {
        l.label = final_label(l.label);
      }
    }
    return operand;
  }

  std::uint32_t final_label(std::uint32_t label) const {
    return label < kFirstSumLabel ? label : label - kFirstSumLabel + static_cast<std::uint32_t>(form_.out_dims.size());
  }

  tensor::Operand weight_operand(std::uint32_t id, const FormWeight& w) const {
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
  Interval operand_range(const FormTerm& t) const {
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

  static std::int64_t clamped(double v) { return static_cast<std::int64_t>(std::clamp(v, -0x1p60, 0x1p60)); }

  // Number of additions into one accumulator: product of the sizes of the sum labels that `labels` holds.
  double summed(const FormTerm& t, const FormWeight* except) const {
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

  Status accumulate(const Interval& range, double times_summed, std::int64_t coefficient) {
    const double total =
        std::max(std::abs(static_cast<double>(range.min())), std::abs(static_cast<double>(range.max()))) *
        times_summed * std::abs(static_cast<double>(coefficient));
    if (!(total < 0x1p58)) {
      return make_error(ErrorKind::kUnsupported, form_.name, "its accumulators would need more than 58 bits");
    }
    const Interval scaled = times(times(range, static_cast<std::int64_t>(times_summed)), coefficient);
    if (form_.disjoint) {
      range_ = {-1, {std::min(range_.min(), scaled.min())}, {std::max(range_.max(), scaled.max())}};
    } else {
      range_ = sum(range_, scaled);
    }
    return {};
  }

  Status add_term(const FormTerm& t) {
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
      out.coefficient = round_half_up(c);
      node_.acc.terms.push_back(std::move(out));
      return accumulate(x, summed(t, nullptr), node_.acc.terms.back().coefficient);
    }
    PROOFCARD_CHECK(out.operands.size() == 1);
    const FormWeight& w = *t.weight;
    // The weight's own step: coefficient * 2^j times the accumulator's.
    std::int64_t coefficient = 1;
    const double unit = t.unit();
    while (std::abs(unit) * max_abs(w.values) / (acc_scale_ * static_cast<double>(coefficient)) >
               largest_multiplier() * (weight_limit_ + 0.4999) &&
           coefficient < (std::int64_t{1} << 30)) {
      coefficient *= 2;
    }
    const bool wide = target_.weight_bits == 16;
    IntVector data(wide ? IntType::kI16 : IntType::kI8, w.values.data.size());
    const std::size_t axis = channel_axis(w).value_or(0);
    const bool per_channel = node_.multiplier.size() > 1;
    const auto limit = static_cast<std::int64_t>(weight_limit_);
    Interval range{channel_axis(w) ? w.axis_labels[axis] : -1, {}, {}};
    const std::size_t channels = channel_axis(w) ? static_cast<std::size_t>(w.values.shape[axis]) : 1;
    range.lo.assign(channels, 0);
    range.hi.assign(channels, 0);
    // Cells of out labels beside the channel's do not add up, so the sums below bound them from above.
    const auto quantise = [&](std::size_t i, std::size_t c) {
      const double channel_scale = per_channel ? static_cast<double>(node_.multiplier[c]) : 1.0;
      const double step = acc_scale_ * static_cast<double>(coefficient) * channel_scale;
      const std::int64_t q =
          std::clamp<std::int64_t>(round_half_up(static_cast<double>(w.values.data[i]) * unit / step), -limit, limit);
      data.set(i, q);
      range.lo[c] += std::min(q * x.min(), q * x.max());
      range.hi[c] += std::max(q * x.min(), q * x.max());
    };
    if (channel_axis(w)) {
      for_each_channel(w, axis, quantise);
    } else {
      for (std::size_t i = 0; i < data.size(); ++i) {
        quantise(i, 0);
      }
    }
    const double scale = acc_scale_ * static_cast<double>(coefficient) / std::abs(t.operand_scale);
    const std::uint32_t id = builder_.add_weight(form_.name + ": weight", stored_shape(w), std::move(data), scale);
    out.operands.insert(out.operands.begin(), weight_operand(id, w));
    out.coefficient = coefficient;
    node_.acc.terms.push_back(std::move(out));
    return accumulate(range, summed(t, &w), coefficient);
  }

  // Of the channels, relative to those on the accumulator's scale.
  double largest_multiplier() const {
    return node_.multiplier.size() == 1
               ? 1.0
               : static_cast<double>(*std::max_element(node_.multiplier.begin(), node_.multiplier.end()));
  }

  Status add_bias(const FormWeight& c) {
    const double largest = max_abs(c.values);
    if (largest == 0) {
      return {};
    }
    std::int64_t coefficient = 1;
    while (largest / (acc_scale_ * static_cast<double>(coefficient)) > 0x1p31 - 1 &&
           coefficient < (std::int64_t{1} << 36)) {
      coefficient *= 2;
    }
    if (largest / (acc_scale_ * static_cast<double>(coefficient)) > 0x1p31 - 1) {
      return make_error(ErrorKind::kUnsupported, form_.name, "its bias is too large for the scale of its operands");
    }
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
      const double channel_scale = per_channel ? static_cast<double>(node_.multiplier[k]) : 1.0;
      const std::int64_t q = round_half_up(static_cast<double>(c.values.data[i]) /
                                           (acc_scale_ * static_cast<double>(coefficient) * channel_scale));
      data.set(i, q);
      range.lo[k] = std::min(range.lo[k], q);
      range.hi[k] = std::max(range.hi[k], q);
    };
    if (axis) {
      for_each_channel(c, *axis, quantise);
    } else {
      for (std::size_t i = 0; i < data.size(); ++i) {
        quantise(i, 0);
      }
    }
    const std::uint32_t id = builder_.add_weight(form_.name + ": bias", stored_shape(c), std::move(data),
                                                 acc_scale_ * static_cast<double>(coefficient));
    node_.acc.terms.push_back({coefficient, {weight_operand(id, c)}, {}});
    return accumulate(range, 1.0, coefficient);
  }

  GraphBuilder& builder_;
  const LinearForm& form_;
  const Target& target_;
  double weight_limit_;
  std::size_t weighted_ = 0;
  double scale_ = 1.0;      // of the output
  double acc_scale_ = 1.0;  // of the accumulator, for channels with multiplier 1
  Linear node_;
  Interval range_;
};

}  // namespace

void add_form(LinearForm& a, const LinearForm& b) {
  a.disjoint = false;
  const auto shift = static_cast<std::uint32_t>(a.sum_dims.size());
  const auto moved = [&](std::uint32_t label) { return label >= kFirstSumLabel ? label + shift : label; };
  a.sum_dims.insert(a.sum_dims.end(), b.sum_dims.begin(), b.sum_dims.end());
  for (FormTerm t : b.terms) {
    for (tensor::Operand& o : t.operands) {
      for (tensor::Group& g : o.groups) {
        for (tensor::LabelStride& l : g.labels) {
          l.label = moved(l.label);
        }
      }
    }
    for (tensor::LabelWeights& w : t.label_weights) {
      w.label = moved(w.label);
    }
    if (t.weight) {
      for (int& l : t.weight->axis_labels) {
        l = l == kNoLabel ? l : static_cast<int>(moved(static_cast<std::uint32_t>(l)));
      }
    }
    a.terms.push_back(std::move(t));
  }
  a.constants.insert(a.constants.end(), b.constants.begin(), b.constants.end());
}

int out_label(const Dims& shape, std::size_t axis) {
  std::size_t skip = 0;
  while (skip < shape.size() && shape[skip] == 1) {
    ++skip;
  }
  return axis < skip ? kNoLabel : static_cast<int>(axis - skip);
}

Result<std::uint32_t> realise(GraphBuilder& builder, const LinearForm& form, const Target& target) {
  return Realisation(builder, form, target).run();
}

}  // namespace proofcard::graph
