// The state of one lowering of a float graph to the integer graph. Private to graph/quantize.
//
// Every float value is, when its turn comes, either a view of an integer tensor or a linear form that nothing has
// rounded yet. Consumers take what suits them: an Add takes forms, an activation rounds a form to the scale of its
// table, a convolution needs a view.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "host/graph/quantize/forms/exact_arithmetic.hpp"
#include "host/graph/quantize/forms/linear_form.hpp"
#include "host/graph/quantize/input_channels.hpp"
#include "host/graph/quantize/quantize.hpp"

namespace proofcard::graph {

struct TreesNode;

// Of 1 as it is divided: the circuit multiplies it by 2^(shift + 1), and its coefficients are below 2^40.
inline constexpr unsigned kMaxReciprocalShift = 38;

// Integers of a kFakeQuantize or kQuantised, without the zero point.
Interval quantised_range(const FloatNode& n);
// Whether it is a function that makes integers of numbers.
bool rounds(const FloatNode& n);
// The smallest power of two that is not below x.
double power_of_two_from(double x);

class Lowering {
 public:
  // `encoded`: for each input, scales of its channels, which the graph's weights have taken in. When `choices` replays,
  // neither ranges nor the formats of the options are looked at.
  Lowering(const FloatGraph& graph, const std::vector<ValueRange>& ranges, const QuantizeOptions& options,
           Choices& choices, const std::vector<EncodedChannels>& encoded);

  Result<Graph> run();

 private:
  struct Slot {
    std::optional<View> view;
    std::optional<LinearForm> form;
    std::optional<View> all_digits{};  // of the form, which reads it then
  };

  Status add_inputs();
  Status add_outputs();
  Status lower(const FloatNode& n);

  // Values.
  const Dims& shape(std::uint32_t value) const { return graph_.values[value].shape; }
  const FloatTensor* constant(std::uint32_t value) const;
  const Shape& tensor_shape(const View& v) const { return builder_.tensor(v.tensor).shape; }
  bool pending(std::uint32_t value) const { return slots_[value].form.has_value(); }
  bool sole_use(std::uint32_t value) const { return uses_[value] == 1; }
  bool ends_at_output(std::uint32_t value) const;
  // The largest integer of a value.
  std::int64_t limit(std::uint32_t value) const { return choices_.is_wide(value) ? 32767 : 127; }
  // The scale of a value whose largest magnitude is this.
  double scale_for(std::uint32_t value, double threshold) const;
  // The largest magnitude of a value that is worth representing on a tensor of that width; 0: none is.
  double threshold(std::uint32_t value, bool wide) const;
  void set_view(std::uint32_t value, View view) { slots_[value].view = std::move(view); }
  void set_form(std::uint32_t value, LinearForm form) { slots_[value].form = std::move(form); }

  // The value as integers of the activation type, or with `bits` bits when it is still a form.
  Result<View> view_of(std::uint32_t value, unsigned bits = 0);
  // The same, copied unless every axis is an axis of the tensor.
  Result<View> exact_view_of(std::uint32_t value);
  Result<View> raw_view_of(std::uint32_t value);
  // The integers before anything rounds them; other readers round what they read as before.
  Result<View> all_digits_of(std::uint32_t value);
  // The same without the last ones, where there are more than so many bits beside the sign.
  Result<View> leading_digits_of(std::uint32_t value, unsigned bits, const std::string& name);
  void set_all_digits(std::uint32_t value, View view);
  Result<View> narrow_view_of(std::uint32_t value);
  InputFormat calibrated_input(std::size_t index) const;
  Result<InputFormat> input_format(std::size_t index);
  // Integers and truths: held with scale 1, whatever they were computed from.
  bool is_whole(std::uint32_t value) const { return graph_.values[value].whole; }
  // Where its own steps are a power of two, so that whole numbers and halves are among them: values that are rounded to
  // integers, or compared.
  void mark_grid();
  // What an order or a side by all digits depends on has 16 bits: labels, and neighbours that are nearly as near.
  void mark_ordered();
  bool is_exponent(std::uint32_t value) const;
  Result<View> grid_view_of(std::uint32_t value, std::int64_t top);
  // The quantisation that is all that reads the value, or nullptr.
  const FloatNode* quantised_by(std::uint32_t value) const;
  // A constant or computed value of integers.
  Result<View> whole_view(std::uint32_t value);
  // A constant, rounded to as many steps as weights have, or a computed value.
  Result<View> rounded_view(std::uint32_t value, unsigned bits);
  // a - b, on a scale on which nothing of it is lost.
  Result<View> difference(const std::string& name, std::uint32_t a, std::uint32_t b, const Dims& out);
  // A form to be merged into a larger one of shape `out`.
  Result<LinearForm> form_of(std::uint32_t value, const Dims& out, const std::string& name);
  LinearForm empty_form(const std::string& name, const Dims& out) const;
  LinearForm reading(const View& view, const Dims& out, const std::string& name) const;
  // The same with the width of `value`'s weights.
  FormWeight weight_of(std::uint32_t value, const FloatTensor& t) const;
  FormWeight constant_weight(const FloatTensor& t, const Dims& out) const;
  View stored_view(std::uint32_t tensor, const LinearForm& form, std::uint32_t value) const;
  // The view whose tensor a table is looked up for: the same, or copied when the tensor is much larger, or when zeros
  // around it would not stay zeros.
  View to_look_up(const View& view, const std::string& name, bool keeps_zero);
  View clamped(const View& view, const std::string& name, std::int64_t lo, std::int64_t hi);
  // The same where the model itself does not clamp the value.
  View cut(const View& view, std::uint32_t value, const std::string& name, std::int64_t lo, std::int64_t hi);
  // Notes that the table of the last node ends where this type of integers does, not where the value does, whose own ends
  // are these.
  void note_cut(std::uint32_t value, double own_lo, double own_hi);

  // Operators.
  Status lower_convolution(const FloatNode& n);
  Status lower_transposed_convolution(const FloatNode& n);
  Status lower_matrix_product(const FloatNode& n);
  Status lower_sum(const FloatNode& n);
  Status lower_product(const FloatNode& n);
  Status lower_average(const FloatNode& n);
  Status lower_reduction(const FloatNode& n);
  Status lower_concat(const FloatNode& n);
  Status lower_gather(const FloatNode& n);
  Status lower_view(const FloatNode& n);
  Status lower_fake_quantize(const FloatNode& n);
  Status lower_quantised(const FloatNode& n);
  Status lower_requantised(const FloatNode& n);
  Status lower_elementwise(const FloatNode& n);
  Status lower_activation(const FloatNode& n);
  static bool is_steep(const FloatNode& n);
  Result<bool> goes_by_levels(const FloatNode& n);
  Status lower_steep(const FloatNode& n);
  bool square_for_root(const FloatNode& n) const;
  Status lower_square(const FloatNode& n);
  void set_square(const FloatNode& n, View x);
  // The operand of a square that nothing else reads and nothing has rounded; nullptr: the value is none.
  const View* squared(std::uint32_t value) const;
  bool is_sum_of_squares(std::uint32_t value) const;
  Status lower_magnitude(const FloatNode& n);
  Status lower_max_pool(const FloatNode& n);
  Status lower_arg_max(const FloatNode& n);
  Status lower_row_norm(const FloatNode& n);
  Status lower_trees(const FloatNode& n);
  Status lower_above(const FloatNode& n);
  Status lower_integer_map(const FloatNode& n);
  Status lower_one_hot(const FloatNode& n);
  Status lower_softmax(const FloatNode& n);
  Status lower_normalise(const FloatNode& n);
  Status lower_axis_map(const FloatNode& n);
  Status lower_top_k(const FloatNode& n);
  Status lower_comparison(const FloatNode& n);
  Status lower_given_comparison(const FloatNode& n, std::size_t operand);
  Status lower_logic(const FloatNode& n);
  Status lower_where(const FloatNode& n);
  Status lower_maximum(const FloatNode& n);
  Status lower_whole_activation(const FloatNode& n);
  Status lower_rounding(const FloatNode& n);
  Status lower_quotient(const FloatNode& n);
  Result<View> divisor_of(const FloatNode& n);
  Status lower_integer_quotient(const FloatNode& n);
  Status lower_modulo(const FloatNode& n);
  Status lower_integer_power(const FloatNode& n);
  Status lower_wrap(const FloatNode& n);
  Status lower_bitwise(const FloatNode& n);
  Status lower_shift(const FloatNode& n);

  // Parts of them.
  Result<View> lookup(const FloatNode& n, const View& x, bool rounded, bool fine_output);
  double result_threshold(const FloatNode& n, double cap, bool wide) const;
  double curve_step(const FloatNode& n, std::uint32_t argument, double coarsest) const;
  double step_for_readers(std::uint32_t value, double coarsest) const;
  Status check_least(const FloatNode& n, double scale, double steps) const;
  static double clip_end(const FloatNode& n);
  Status check_clip(const FloatNode& n, const tensor::TableSpec& table) const;
  Result<double> table_scale(const FloatNode& n, tensor::TableSpec table, const Tensor& x, double wanted);
  View padded_copy(const FloatNode& n, const View& x);
  // 1 where the integer is at least `least`, else 0.
  Result<View> at_least(const std::string& name, const View& view, std::int64_t least);
  bool is_rounded_input(std::uint32_t value, const View& x) const;
  Result<bool> is_in_order(std::uint32_t value, const std::string& name);
  Result<std::optional<std::size_t>> given_operand(const FloatNode& n);
  Result<View> with_missing_below(const std::string& name, const View& x);
  struct TreeInput;
  Result<TreeInput> tree_input(const FloatNode& n, const TreesNode& trees);
  std::uint32_t branch_thresholds(const std::string& name, const TreesNode& trees, const TreeInput& in,
                                  const Shape& shape);
  Result<View> tree_answers(const FloatNode& n, const TreesNode& trees);
  Result<View> walked_trees(const FloatNode& n, const TreesNode& trees, unsigned value_bits);
  Result<double> leaf_scale(const std::string& name, const TreesNode& trees, unsigned value_bits);
  View reached_in_full_trees(const std::string& name, const View& answers, unsigned depth);
  View reached_by_paths(const std::string& name, const View& answers, const TreesNode& trees);
  View max_over_axis(const std::string& name, View view, std::size_t axis);
  Result<View> max_window(const FloatNode& n, View view, std::size_t axis, std::size_t spatial_axis);
  Status add_computed_weights(const FloatNode& n, const FormWeight& weight, std::map<std::size_t, AxisMap> taps,
                              FormTerm& term);
  View without_largest(const std::string& name, const View& keys, const View& largest, std::int64_t lo,
                       std::int64_t hi);
  Result<View> one_hot(const std::string& name, const View& x, std::int64_t places);
  Result<View> one_hot_of_parts(const std::string& name, const View& x, std::int64_t high_places,
                                std::int64_t low_places);
  View reciprocal(const std::string& name, const View& x, unsigned shift);
  View product(const std::string& name, const View& a, const View& b, const Interval& range);
  Result<View> lowest_where_masked(const FloatNode& n, const View& x, const View& mask);
  struct Rows;
  Rows rows_of(const FloatNode& n) const;
  Result<View> centred_rows(const FloatNode& n, const Rows& rows, const View& x);
  const FloatTensor* row_factor(const FloatNode& n) const;
  Result<View> rows_to_normalise(const FloatNode& n, const FloatTensor* factor);
  Result<std::uint32_t> row_squares(const FloatNode& n, const Rows& rows, const View& d, const FloatTensor* factor);
  View row_lengths(const FloatNode& n, const Rows& rows, std::uint32_t squares, double unit);
  std::optional<View> times_reciprocal(const std::string& name, const View& d, const View& t, unsigned shift,
                                       double scale);
  void set_normalised(const FloatNode& n, const View& z, const FloatTensor* factor);

  const FloatGraph& graph_;
  const std::vector<ValueRange>& ranges_;
  QuantizeOptions options_;
  Choices& choices_;
  const std::vector<EncodedChannels>& encoded_;
  GraphBuilder builder_;
  std::vector<Slot> slots_;
  std::vector<std::uint32_t> uses_;
  std::vector<bool> is_output_;
  std::vector<bool> on_grid_;
  std::vector<double> tie_scales_;         // by FloatValue::tie: the scale of the last value that had it; 0: none yet
  std::map<std::uint32_t, View> squared_;  // by the value that is the square
  std::set<std::uint32_t> one_hot_;        // tensors whose last axes have one 1 at most and zeros
  std::vector<bool> compared_;             // inputs, and what is moved of them, that nothing but comparisons read
};

}  // namespace proofcard::graph
