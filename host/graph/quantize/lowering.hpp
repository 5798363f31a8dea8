// The state of one lowering of a float graph to the integer graph. Private to graph/quantize.
//
// Every float value is, when its turn comes, either a view of an integer tensor or a linear form that nothing has
// rounded yet. Consumers take what suits them: an Add takes forms, an activation rounds a form to the scale of its
// table, a convolution needs a view.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "host/graph/quantize/linear_form.hpp"
#include "host/graph/quantize/quantize.hpp"

namespace proofcard::graph {

class Lowering {
 public:
  // When `choices` replays, neither ranges nor the formats of the options are looked at.
  Lowering(const FloatGraph& graph, const std::vector<ValueRange>& ranges, const QuantizeOptions& options,
           Choices& choices);

  Result<Graph> run();

 private:
  struct Slot {
    std::optional<View> view;
    std::optional<LinearForm> form;
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
  std::int64_t limit() const { return choices_.bits() == 16 ? 32767 : 127; }
  double scale_for(double threshold) const;
  void set_view(std::uint32_t value, View view) { slots_[value].view = std::move(view); }
  void set_form(std::uint32_t value, LinearForm form) { slots_[value].form = std::move(form); }

  // The value as integers of the activation type, or with `bits` bits when it is still a form.
  Result<View> view_of(std::uint32_t value, unsigned bits = 0);
  // The same, copied unless every axis is an axis of the tensor.
  Result<View> exact_view_of(std::uint32_t value);
  Result<View> raw_view_of(std::uint32_t value);
  Result<View> narrow_view_of(std::uint32_t value);
  InputFormat calibrated_input(std::uint32_t value) const;
  Result<InputFormat> input_format(std::size_t index);
  Result<bool> drops_clip(const FloatNode& clip, const FloatNode& n);
  bool stays_within(std::uint32_t value, double low, double high) const;
  // A form to be merged into a larger one of shape `out`.
  Result<LinearForm> form_of(std::uint32_t value, const Dims& out, const std::string& name);
  LinearForm empty_form(const std::string& name, const Dims& out) const;
  LinearForm reading(const View& view, const Dims& out, const std::string& name) const;
  FormWeight constant_weight(const FloatTensor& t, const Dims& out) const;
  View stored_view(std::uint32_t tensor, const LinearForm& form, std::uint32_t value) const;
  View clamped(const View& view, const std::string& name, std::int64_t lo, std::int64_t hi);

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
  Status lower_activation(const FloatNode& n);
  Status lower_max_pool(const FloatNode& n);
  Status lower_arg_max(const FloatNode& n);
  Status lower_softmax(const FloatNode& n);
  Status lower_layer_norm(const FloatNode& n);

  // Parts of them.
  Result<View> lookup(const FloatNode& n, const View& x, bool rounded, bool fine_output);
  double result_threshold(const FloatNode& n) const;
  Status check_clip(const FloatNode& n, const tensor::TableSpec& table) const;
  Result<double> table_scale(const FloatNode& n, tensor::TableSpec table, const Tensor& x, double wanted);
  View padded_copy(const FloatNode& n, const View& x);
  View max_over_axis(const std::string& name, View view, std::size_t axis);
  Result<View> max_window(const FloatNode& n, View view, std::size_t axis, std::size_t spatial_axis);
  std::vector<AxisMap> out_maps(const Dims& out) const;

  const FloatGraph& graph_;
  const std::vector<ValueRange>& ranges_;
  QuantizeOptions options_;
  Choices& choices_;
  GraphBuilder builder_;
  std::vector<Slot> slots_;
  std::vector<std::uint32_t> uses_;
  std::vector<bool> is_output_;
};

}  // namespace proofcard::graph
