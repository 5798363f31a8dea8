// One linear form on its way to a Linear node: its scale, shift, multipliers and coefficients, then its terms.
//
// Free numbers, which are derived or taken from the plan (quantisation_plan.hpp):
//   scale     of a rounded result; of a raw one when hidden weights decide it
//   hidden    when weights are hidden and the form has weights or constants: shift and multipliers (with weights), the
//             coefficient of each weight, the coefficient or absence of each constant, the range of the result
// Everything else follows from these, from the form's real coefficients and from public weights.
//
// What both ways guarantee, so that no choice of numbers removes a part of the model:
//   - coefficients are 2^bits for weights and constants; of other terms they are the rounded real ones, never 0, with
//     an error of at most max_plain_error() steps of the result, or with a shift of at least kMaxPlainShift and coefficients
//     of at least kPlainSteps
//   - with weights over their whole range, every hidden weight moves the result by kMinSteps steps
//   - a result that is computed from public numbers reaches kMinSteps steps, unless it is 0 always or nothing is
//     rounded; the range of one with hidden weights has that many values a side
//   - multipliers of channels are 1, 2, 4 or 8, at least one of them 1; of a result whose scale is fixed, 1, 3, 5 or 7
#pragma once

#include <optional>
#include <vector>

#include "host/graph/quantize/forms/linear_form.hpp"

namespace proofcard::graph {

inline constexpr unsigned kMaxRawBits = 58;      // of a result that is not rounded
inline constexpr unsigned kMaxRoundedBits = 30;  // of one that is: it is looked up in tables

class Realisation {
 public:
  Realisation(GraphBuilder& builder, Choices& choices, const LinearForm& form, const Target& target);

  // Chooses the numbers and makes the node; adds weights to the graph, but not yet the node.
  Status prepare();
  // Whether the scale is so coarse that nothing is left of the result.
  bool too_coarse() const;
  // Adds the node and its result; records the numbers.
  std::uint32_t add();

 private:
  bool replaying() const { return choices_.replaying(); }
  bool has_free_scale() const { return !target_.raw || (hidden_ && weighted_ > 0); }
  // The numbers are the plan's and weight values are not looked at.
  bool replays_hidden() const { return hidden_ && replaying(); }

  // realisation_numbers.cpp
  Status check_form() const;
  Status take_numbers();
  Status take_hidden();
  Status check_numbers() const;
  Status check_multipliers() const;
  void choose_raw_scale();
  bool has_few_steps(const FormTerm& t) const;
  void choose_weighted_scale();
  void choose_channel_multipliers();
  void choose_plain_scale();
  unsigned plain_shift(double scale) const;
  std::optional<std::uint32_t> multiplier_label() const;
  void set_accumulator_scale();
  double floor_step(const FormTerm& t) const;
  double finest_step(const FormTerm& t) const;
  double reach(const FormTerm& t) const;
  double worst_plain_error(double acc_scale) const;
  double max_plain_error() const;
  bool rounds_coefficients_well() const;
  double plain_steps(double acc_scale) const;
  bool plain_term_vanishes(double acc_scale) const;
  double typical_magnitude(const FormTerm& t) const;
  Error refuse(const std::string& expected, const std::string& found) const;

  // realisation.cpp
  Status add_term(const FormTerm& t);
  Status add_bias(const FormWeight& c);
  IntType weight_type(const FormWeight& w) const;
  double weight_limit(const FormWeight& w) const;
  std::uint32_t add_weight(const std::string& kind, const FormWeight& w, IntVector data, double factor, double scale);
  std::optional<unsigned> bias_bits(const FormWeight& c) const;
  Status accumulate(const Interval& range, double times_summed, std::int64_t coefficient);
  Status choose_range();
  Interval operand_range(const FormTerm& t) const;
  double summed(const FormTerm& t, const FormWeight* except) const;
  double largest_multiplier() const;
  double channel_multiplier(std::size_t channel) const;
  tensor::Operand with_final_labels(tensor::Operand operand) const;
  std::uint32_t final_label(std::uint32_t label) const;
  tensor::Operand weight_operand(std::uint32_t id, const FormWeight& w) const;

  GraphBuilder& builder_;
  Choices& choices_;
  const LinearForm& form_;
  Target target_;
  std::size_t weighted_ = 0;  // terms with a weight
  bool hidden_ = false;
  LinearNumbers numbers_;  // to be recorded, or from the plan
  std::size_t next_weight_ = 0;
  std::size_t next_bias_ = 0;
  bool raised_ = false;     // some weight is coarser than its values ask for, so that it reaches the result
  double scale_ = 1.0;      // of the output
  double acc_scale_ = 1.0;  // of the accumulator, for channels with multiplier 1
  Linear node_;
  Interval accumulated_;  // of the accumulator; unknown when hidden weights are replayed
  Interval range_;        // of the result
};

// Of weights as they are stored.
double max_abs(const FloatTensor& t);
// The first axis with an out label, or nothing.
std::optional<std::size_t> channel_axis(const FormWeight& w);
// Calls body(i, c) for every element i of the weight; c: its index along the axis, 0 without one.
template <class Body>
void for_each_channel(const FormWeight& w, std::optional<std::size_t> axis, Body&& body) {
  std::size_t inner = w.values.data.size();
  std::size_t size = 1;
  if (axis) {
    const auto at = static_cast<std::ptrdiff_t>(*axis);
    inner = static_cast<std::size_t>(count(Dims(w.values.shape.begin() + at + 1, w.values.shape.end())));
    size = static_cast<std::size_t>(w.values.shape[*axis]);
  }
  for (std::size_t i = 0; i < w.values.data.size(); ++i) {
    body(i, i / inner % size);
  }
}

}  // namespace proofcard::graph
