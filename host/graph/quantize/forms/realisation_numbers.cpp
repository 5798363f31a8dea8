// How the scale, shift and multipliers of a linear form are chosen, and which ones of a plan are admitted.
#include <algorithm>
#include <cmath>

#include "host/graph/quantize/forms/realisation.hpp"

namespace proofcard::graph {
namespace {

constexpr int kMaxChannelBits = 3;           // multipliers of channels are 1, 2, 4 or 8
constexpr double kMaxPlainError = 0.3;       // of an output step, that rounding coefficients may cost
constexpr double kMaxAskedError = 1.0 / 64;  // the same where the rounded result is what the model asks for
constexpr unsigned kMaxPlainShift = 12;      // to round the coefficients of a residual well
constexpr double kPlainSteps8 = 128;         // least coefficient that is rounded so, of numbers of 8 bits
constexpr double kPlainSteps16 = 4096;
constexpr double kSumSteps = 1 << 20;  // coefficients of long sums need no more, whatever they add up to
constexpr unsigned kMaxShift = 40;
constexpr double kRawSteps = 256;        // of the accumulator, in the coefficients of a sum that is not rounded
constexpr std::int64_t kFewSteps = 255;  // of an operand, below those of 8 bits
constexpr double kReachMargin = 4;       // between the reach that is aimed at and kMinSteps

}  // namespace

Error Realisation::refuse(const std::string& expected, const std::string& found) const {
  return make_error(replaying() ? ErrorKind::kRejected : ErrorKind::kUnsupported, form_.name, "expected {}, found {}",
                    expected, found);
}

Status Realisation::check_form() const {
  const auto finite = [](const FormWeight& w) {
    return std::all_of(w.values.data.begin(), w.values.data.end(), [](float v) { return std::isfinite(v); });
  };
  for (const FormTerm& t : form_.terms) {
    if (!std::isfinite(t.unit()) || (t.weight && !replays_hidden() && !finite(*t.weight))) {
      return bad_input(form_.name, "expected finite weights, found one that is not");
    }
    if (std::abs(t.unit()) < 1e-200) {
      return make_error(ErrorKind::kUnsupported, form_.name, "a factor of 0 is not supported");
    }
  }
  for (const FormWeight& c : form_.constants) {
    if (!replays_hidden() && !finite(c)) {
      return bad_input(form_.name, "expected finite biases, found one that is not");
    }
  }
  return {};
}

// What the plan has for this form; what it must not have is refused.
Status Realisation::take_numbers() {
  if (!replaying() || (!has_free_scale() && !hidden_)) {
    return {};
  }
  PROOFCARD_TRY(numbers_, choices_.take_linear(form_.name));
  if (numbers_.scale.has_value() != has_free_scale() || numbers_.hidden.has_value() != hidden_) {
    return refuse("the numbers of this step in the plan", "those of another kind of step");
  }
  if (numbers_.scale) {
    if (!is_usable_scale(*numbers_.scale) || (target_.fixed && *numbers_.scale != target_.scale)) {
      return refuse(target_.fixed ? fmt::format("scale {}", target_.scale) : "a scale from 1e-60 to 1e60",
                    fmt::format("{}", *numbers_.scale));
    }
    target_.scale = *numbers_.scale;
  }
  if (hidden_ && (numbers_.hidden->weight_bits.size() != weighted_ ||
                  numbers_.hidden->bias_bits.size() != form_.constants.size())) {
    return refuse(fmt::format("coefficients of {} weights and {} constants", weighted_, form_.constants.size()),
                  fmt::format("{} and {}", numbers_.hidden->weight_bits.size(), numbers_.hidden->bias_bits.size()));
  }
  return {};
}

Status Realisation::take_hidden() {
  const LinearNumbers::Hidden& hidden = *numbers_.hidden;
  scale_ = target_.scale;
  node_.shift = hidden.shift;
  node_.multiplier.assign(hidden.multiplier.begin(), hidden.multiplier.end());
  if (node_.shift > (target_.raw ? 0 : kMaxShift)) {
    return refuse(fmt::format("a shift of at most {}", target_.raw ? 0 : kMaxShift), fmt::format("{}", node_.shift));
  }
  PROOFCARD_RETURN_IF_ERROR(check_multipliers());
  node_.multiplier_label = node_.multiplier.size() > 1 ? *multiplier_label() : 0;
  set_accumulator_scale();
  return {};
}

Status Realisation::check_multipliers() const {
  const auto is_one_of = [](std::int64_t m, std::initializer_list<std::int64_t> list) {
    return std::find(list.begin(), list.end(), m) != list.end();
  };
  if (node_.multiplier.size() == 1) {
    const bool allowed =
        target_.fixed && !target_.raw ? is_one_of(node_.multiplier[0], {1, 3, 5, 7}) : node_.multiplier[0] == 1;
    return allowed ? Status() : refuse("multiplier 1", fmt::format("{}", node_.multiplier[0]));
  }
  const std::optional<std::uint32_t> label = multiplier_label();
  if (target_.raw || !label) {
    return refuse("one multiplier", fmt::format("{}", node_.multiplier.size()));
  }
  if (node_.multiplier.size() != form_.out_dims[*label]) {
    return refuse(fmt::format("1 or {} multipliers", form_.out_dims[*label]),
                  fmt::format("{}", node_.multiplier.size()));
  }
  for (const std::int64_t m : node_.multiplier) {
    if (!is_one_of(m, {1, 2, 4, 8})) {
      return refuse("multipliers 1, 2, 4 or 8", fmt::format("{}", m));
    }
  }
  const std::int64_t least = *std::min_element(node_.multiplier.begin(), node_.multiplier.end());
  return least == 1 ? Status() : refuse("a channel with multiplier 1", fmt::format("{} as the least", least));
}

// What holds of derived numbers is asked of given ones.
Status Realisation::check_numbers() const {
  if (numbers_.scale && *numbers_.scale != scale_) {
    return refuse(fmt::format("scale {}, which these weights give", scale_), fmt::format("{}", *numbers_.scale));
  }
  if (hidden_) {
    const LinearNumbers::Hidden& hidden = *numbers_.hidden;
    const bool same_multipliers = std::equal(hidden.multiplier.begin(), hidden.multiplier.end(),
                                             node_.multiplier.begin(), node_.multiplier.end());
    const unsigned most = target_.raw ? kMaxRawBits : kMaxRoundedBits;
    if (hidden.shift != node_.shift || !same_multipliers) {
      return refuse(fmt::format("shift {} and multiplier {}", node_.shift, node_.multiplier[0]),
                    fmt::format("shift {} and {} multipliers", hidden.shift, hidden.multiplier.size()));
    }
    if (hidden.range_bits < kMinHiddenRangeBits || hidden.range_bits > most) {
      return refuse(fmt::format("a range of {} to {} bits", kMinHiddenRangeBits, most),
                    fmt::format("{}", hidden.range_bits));
    }
  }
  for (const FormTerm& t : form_.terms) {
    if (!t.weight && std::floor(t.unit() / acc_scale_ + 0.5) == 0) {
      return make_error(replaying() ? ErrorKind::kRejected : ErrorKind::kUnsupported, form_.name,
                        "its operands differ too much in scale: a coefficient would be 0");
    }
    if (t.weight && hidden_ && reach(t) < kMinSteps) {
      return refuse(fmt::format("scales and a shift by which weights move the result by {} steps", kMinSteps),
                    fmt::format("{:.3g}", reach(t)));
    }
  }
  const double error = worst_plain_error(acc_scale_);
  const bool exact_enough =
      target_.raw ? error <= kMaxPlainError || plain_steps(acc_scale_) >= kRawSteps - 1 : rounds_coefficients_well();
  if (!exact_enough) {
    return refuse(fmt::format("coefficients within {} steps of the result", max_plain_error()),
                  fmt::format("an error of {:.3g}", error * acc_scale_ / scale_));
  }
  return {};
}

// acc_scale_ from scale_, shift and multiplier.
void Realisation::set_accumulator_scale() {
  const double multiplier = node_.multiplier.size() == 1 ? static_cast<double>(node_.multiplier[0]) : 1.0;
  acc_scale_ = std::ldexp(scale_ * multiplier, -static_cast<int>(node_.shift));
}

// The smallest step of a hidden weight's product with which the whole range of weights moves a rounded result well
// beyond kMinSteps; 0 where nothing is asked.
double Realisation::floor_step(const FormTerm& t) const {
  return hidden_ && !target_.raw
             ? kReachMargin * kMinSteps * target_.scale /
                   (weight_limit(*t.weight) * std::max(1.0, typical_magnitude(t)) * summed(t, nullptr))
             : 0.0;
}

// Steps by which weights over their whole range move the result.
double Realisation::reach(const FormTerm& t) const {
  const std::size_t index = static_cast<std::size_t>(
      std::count_if(form_.terms.data(), &t, [](const FormTerm& before) { return before.weight.has_value(); }));
  const double multiplier = static_cast<double>(*std::max_element(node_.multiplier.begin(), node_.multiplier.end()));
  return std::ldexp(weight_limit(*t.weight) * typical_magnitude(t) * summed(t, nullptr) * multiplier,
                    static_cast<int>(numbers_.hidden->weight_bits[index]) - static_cast<int>(node_.shift));
}

// Size of a step of the integer product when the weight uses its whole range.
double Realisation::finest_step(const FormTerm& t) const {
  const double m = max_abs(t.weight->values);
  return std::max(std::abs(t.unit()) * (m > 0 ? m : 1.0) / weight_limit(*t.weight), floor_step(t));
}

// acc = real / acc_scale_, nothing is shifted: the finest weighted term keeps its own scale.
void Realisation::choose_raw_scale() {
  if (target_.fixed) {
    acc_scale_ = scale_ = target_.scale;
    return;
  }
  acc_scale_ = 0;
  for (const FormTerm& t : form_.terms) {
    const double step = t.weight ? finest_step(t) : std::abs(t.unit());
    if (acc_scale_ == 0 || step < acc_scale_) {
      acc_scale_ = step;
    }
  }
  if (form_.terms.size() > 1) {
    const double widest = worst_plain_error(acc_scale_);
    acc_scale_ = widest > kMaxPlainError ? acc_scale_ / kRawSteps : acc_scale_;
  } else if (form_.terms.size() == 1 && !form_.constants.empty() && has_few_steps(form_.terms[0])) {
    acc_scale_ /= kRawSteps;  // the term is exact in its own steps, and the constant is not
  }
  scale_ = acc_scale_;
}

// Flags and small integers have fewer steps than any activation.
bool Realisation::has_few_steps(const FormTerm& t) const {
  const auto is_short = [&](const tensor::Operand& o) {
    return builder_.tensor(o.tensor).hi - builder_.tensor(o.tensor).lo < kFewSteps;
  };
  return !t.weight && std::all_of(t.operands.begin(), t.operands.end(), is_short);
}

// scale_ * 2^-shift is the accumulator's scale; each weight gets the largest power of two of it that its range
// allows.
void Realisation::choose_weighted_scale() {
  scale_ = target_.scale;
  double finest = 0;
  for (const FormTerm& t : form_.terms) {
    if (t.weight) {
      const double step = finest_step(t);
      finest = finest == 0 ? step : std::min(finest, step);
      raised_ = raised_ || step == floor_step(t);
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
  node_.shift = std::min(static_cast<unsigned>(shift), kMaxShift - static_cast<unsigned>(kMaxChannelBits));
  set_accumulator_scale();
  while (form_.terms.size() > weighted_ && node_.shift < kMaxShift &&
         (!rounds_coefficients_well() || plain_term_vanishes(acc_scale_))) {
    ++node_.shift;
    acc_scale_ /= 2;
  }
  if (multiplier == 1 && !raised_) {
    choose_channel_multipliers();
  }
}

// The output label of the channels that may have multipliers of their own: the weight's, when the form is one term and
// its constants vary along the same label.
std::optional<std::uint32_t> Realisation::multiplier_label() const {
  if (form_.terms.size() != 1 || !form_.terms[0].weight) {
    return std::nullopt;
  }
  const FormWeight& w = *form_.terms[0].weight;
  const std::optional<std::size_t> axis = channel_axis(w);
  if (!axis || w.values.shape[*axis] < 2) {
    return std::nullopt;
  }
  for (const FormWeight& c : form_.constants) {
    const std::optional<std::size_t> bias_axis = channel_axis(c);
    if (!bias_axis || c.axis_labels[*bias_axis] != w.axis_labels[*axis]) {
      return std::nullopt;
    }
  }
  return static_cast<std::uint32_t>(w.axis_labels[*axis]);
}

// Channels with small weights keep more bits of them: multiplier 2^j for the channels with the largest.
void Realisation::choose_channel_multipliers() {
  const std::optional<std::uint32_t> label = multiplier_label();
  if (!label) {
    return;
  }
  const FormTerm& t = form_.terms[0];
  const std::size_t axis = *channel_axis(*t.weight);
  std::vector<double> largest(static_cast<std::size_t>(t.weight->values.shape[axis]), 0.0);
  for_each_channel(*t.weight, axis, [&](std::size_t i, std::size_t c) {
    largest[c] = std::max(largest[c], std::abs(static_cast<double>(t.weight->values.data[i])));
  });
  std::vector<int> spare;
  double mean = 0;
  for (double m : largest) {
    const double limit = weight_limit(*t.weight) * acc_scale_ / std::abs(t.unit());
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
  node_.multiplier_label = *label;
  node_.shift += static_cast<std::uint32_t>(top);
  set_accumulator_scale();
}

// Largest error, in steps of the accumulator, of rounding the coefficients of terms without weights.
double Realisation::worst_plain_error(double acc_scale) const {
  double error = 0;
  for (const FormTerm& t : form_.terms) {
    if (!t.weight) {
      const double c = t.unit() / acc_scale;
      error += std::abs(c - std::floor(c + 0.5)) * typical_magnitude(t) * summed(t, nullptr);
    }
  }
  return error;
}

double Realisation::max_plain_error() const { return target_.rounding_is_asked_for ? kMaxAskedError : kMaxPlainError; }

// Of a rounded result: within max_plain_error() steps of it, or as precise as the numbers that they multiply.
bool Realisation::rounds_coefficients_well() const {
  const double steps = target_.wide ? kPlainSteps16 : kPlainSteps8;
  return worst_plain_error(acc_scale_) * acc_scale_ / scale_ <= max_plain_error() ||
         (node_.shift >= kMaxPlainShift && plain_steps(acc_scale_) >= steps);
}

// The smallest coefficient of a term without weight.
double Realisation::plain_steps(double acc_scale) const {
  double least = INFINITY;
  for (const FormTerm& t : form_.terms) {
    least = t.weight ? least : std::min(least, std::abs(t.unit() / acc_scale));
  }
  return least;
}

bool Realisation::plain_term_vanishes(double acc_scale) const {
  return std::any_of(form_.terms.begin(), form_.terms.end(),
                     [&](const FormTerm& t) { return !t.weight && std::floor(t.unit() / acc_scale + 0.5) == 0; });
}

double Realisation::typical_magnitude(const FormTerm& t) const {
  const Interval i = operand_range(t);
  return static_cast<double>(std::max(-i.min(), i.max()));
}

// The least shift with which the coefficients are exact, or nearly.
unsigned Realisation::plain_shift(double scale) const {
  for (unsigned shift = 0; shift <= kMaxShift; ++shift) {
    const double acc = std::ldexp(scale, -static_cast<int>(shift));
    const bool is_exact = worst_plain_error(acc) * acc / scale <= max_plain_error();
    const bool is_close = shift >= kMaxPlainShift && plain_steps(acc) >= kSumSteps;
    if ((is_exact || is_close) && !plain_term_vanishes(acc)) {
      return shift;
    }
  }
  return kMaxShift;
}

// scale_ is searched near the wanted one so that the coefficients are exact, or nearly, with a short shift.
void Realisation::choose_plain_scale() {
  scale_ = target_.scale;
  constexpr double kNone = 1e300;
  double best_cost = kNone;
  // A finer scale clips the largest values by as much: nothing beside steps of 8 bits, and far more than those of 16.
  const double finest = target_.wide ? 0 : -0.05;
  const auto consider = [&](double scale) {
    const double loss = std::log2(scale / target_.scale);
    if (loss > 0.42 || loss < finest) {
      return;
    }
    const unsigned shift = plain_shift(scale);
    const double acc = std::ldexp(scale, -static_cast<int>(shift));
    const double error = worst_plain_error(acc) * acc / scale;
    if (error <= max_plain_error() && !plain_term_vanishes(acc)) {
      // A bit of remainder costs about as much as a quarter of a bit of the result is worth.
      const double cost = shift * 0.06 + std::abs(loss) + error;
      if (cost < best_cost) {
        best_cost = cost;
        scale_ = scale;
      }
    }
  };
  if (!replaying() && target_.tied > 0) {
    consider(target_.tied);
  }
  if (!replaying() && best_cost == kNone) {
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
  }
  node_.shift = plain_shift(scale_);
  set_accumulator_scale();
}

}  // namespace proofcard::graph
