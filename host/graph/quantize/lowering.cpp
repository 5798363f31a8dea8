// Values, views and the order of the lowering. Operators are in the lower_*.cpp files.
#include "host/graph/quantize/lowering.hpp"

#include <algorithm>
#include <cmath>

#include "host/base/check.hpp"

namespace proofcard::graph {
namespace {

constexpr std::int64_t kMaxWideInput = 256;
constexpr std::int64_t kMaxInput = std::int64_t{1} << 40;

Status check_input(const InputFormat& format, const std::string& where) {
  if (format.lo >= format.hi || format.lo < -kMaxInput || format.hi >= kMaxInput || !is_usable_scale(format.scale)) {
    return bad_input(where,
                     "expected a range of at least two values within 2^40, with a scale from 1e-30 to 1e30, found "
                     "[{}, {}] with scale {}",
                     format.lo, format.hi, format.scale);
  }
  return {};
}

}  // namespace

Lowering::Lowering(const FloatGraph& graph, const std::vector<ValueRange>& ranges, const QuantizeOptions& options,
                   Choices& choices)
    : graph_(graph),
      ranges_(ranges),
      options_(options),
      choices_(choices),
      builder_(options.private_weights),
      slots_(graph.values.size()),
      uses_(graph.values.size(), 0),
      is_output_(graph.values.size(), false) {
  for (const FloatNode& n : graph.nodes) {
    for (std::uint32_t in : n.inputs) {
      ++uses_[in];
    }
  }
  for (std::uint32_t out : graph.outputs) {
    ++uses_[out];
    is_output_[out] = true;
  }
}

const FloatTensor* Lowering::constant(std::uint32_t value) const {
  const auto& c = graph_.values[value].constant;
  return c ? &*c : nullptr;
}

double Lowering::scale_for(double threshold) const {
  return rounded_scale((threshold > 0 ? threshold : 1.0) / static_cast<double>(limit()));
}

// Whether nothing but views stand between the value and a graph output.
bool Lowering::ends_at_output(std::uint32_t value) const {
  if (!sole_use(value)) {
    return false;
  }
  if (is_output_[value]) {
    return true;
  }
  for (const FloatNode& n : graph_.nodes) {
    if (std::find(n.inputs.begin(), n.inputs.end(), value) != n.inputs.end()) {
      const bool moves = n.op == FloatOp::kReshape || n.op == FloatOp::kTranspose || n.op == FloatOp::kSlice;
      return moves && ends_at_output(n.output);
    }
  }
  return false;
}

std::vector<AxisMap> Lowering::out_maps(const Dims& out) const {
  std::vector<AxisMap> maps(out.size());
  for (std::size_t a = 0; a < out.size(); ++a) {
    if (out[a] != 1) {
      maps[a].labels.push_back({static_cast<std::uint32_t>(out_label(out, a)), 1});
    }
  }
  return maps;
}

LinearForm Lowering::empty_form(const std::string& name, const Dims& out) const {
  LinearForm form;
  form.name = name;
  form.shape = out;
  form.out_dims = storage_shape(out);
  return form;
}

// A form that is the value of the view, broadcast to `out`.
LinearForm Lowering::reading(const View& view, const Dims& out, const std::string& name) const {
  LinearForm form = empty_form(name, out);
  const std::vector<AxisMap> all = out_maps(out);
  std::vector<AxisMap> maps(view.shape.size());
  for (std::size_t a = 0; a < maps.size(); ++a) {
    if (view.shape[a] != 1) {
      maps[a] = all[out.size() - view.shape.size() + a];
    }
  }
  FormTerm term;
  term.operand_scale = view.scale;
  term.operands.push_back(read_view(view, maps));
  form.terms.push_back(std::move(term));
  return form;
}

// A constant that broadcasts to `out`, without axes of one entry.
FormWeight Lowering::constant_weight(const FloatTensor& t, const Dims& out) const {
  FormWeight w;
  w.values.data = t.data;
  for (std::size_t a = 0; a < t.shape.size(); ++a) {
    if (t.shape[a] != 1) {
      w.values.shape.push_back(t.shape[a]);
      w.axis_labels.push_back(out_label(out, out.size() - t.shape.size() + a));
    }
  }
  return w;
}

View Lowering::stored_view(std::uint32_t tensor, const LinearForm& form, std::uint32_t value) const {
  const View stored = identity_view(tensor, form.shape, builder_.tensor(tensor).scale);
  const bool cropped = !form.crop.empty();
  const std::optional<View> view =
      reshape_view(stored, cropped ? form.whole : shape(value), builder_.tensor(tensor).shape);
  PROOFCARD_CHECK(view.has_value());
  return cropped ? slice_view(*view, form.crop, Dims(form.crop.size(), 1), shape(value)) : *view;
}

View Lowering::clamped(const View& view, const std::string& name, std::int64_t lo, std::int64_t hi) {
  const Tensor& t = builder_.tensor(view.tensor);
  if (t.lo >= lo && t.hi <= hi) {
    return view;
  }
  if (t.lo >= 0) {
    lo = 0;  // then it is the table of Relu
  }
  View out = view;
  out.tensor =
      builder_.lookup(name + ": clamp", {tensor::Function::kClamp, 1.0, 1.0, {}, 0, 0, lo, hi}, view.tensor, t.scale);
  return out;
}

Result<View> Lowering::view_of(std::uint32_t value, unsigned bits) {
  Slot& slot = slots_[value];
  if (!slot.view) {
    PROOFCARD_CHECK(slot.form.has_value());
    const std::int64_t top = bits == 0 ? limit() : (std::int64_t{1} << (bits - 1)) - 1;
    const double threshold = ranges_[value].threshold > 0 ? ranges_[value].threshold : 1.0;
    Target target;
    target.scale = rounded_scale(threshold / static_cast<double>(top));
    PROOFCARD_TRY(std::uint32_t q, realise(builder_, choices_, *slot.form, target));
    slot.view = clamped(stored_view(q, *slot.form, value), slot.form->name, -top - 1, top);
    slot.form.reset();
  }
  return *slot.view;
}

Result<View> Lowering::exact_view_of(std::uint32_t value) {
  PROOFCARD_TRY(View view, view_of(value));
  view = builder_.exact(graph_.values[value].name, view);
  slots_[value].view = view;
  return view;
}

Result<View> Lowering::raw_view_of(std::uint32_t value) {
  Slot& slot = slots_[value];
  if (!slot.view) {
    Target target;
    target.raw = true;
    PROOFCARD_TRY(std::uint32_t acc, realise(builder_, choices_, *slot.form, target));
    slot.view = stored_view(acc, *slot.form, value);
    slot.form.reset();
  }
  return *slot.view;
}

Result<LinearForm> Lowering::form_of(std::uint32_t value, const Dims& out, const std::string& name) {
  if (const FloatTensor* c = constant(value)) {
    LinearForm form = empty_form(name, out);
    form.constants.push_back(constant_weight(*c, out));
    return form;
  }
  Slot& slot = slots_[value];
  if (slot.form && sole_use(value) && slot.form->shape == out && slot.form->crop.empty()) {
    LinearForm form = std::move(*slot.form);
    slot.form.reset();
    return form;
  }
  PROOFCARD_TRY(View view, view_of(value));
  return reading(view, out, name);
}

InputFormat Lowering::calibrated_input(std::uint32_t value) const {
  const Dims& dims = shape(value);
  // Few values, as in tables of features, differ much in size and cost next to nothing: they get 16 bits.
  const std::int64_t top = count(dims) <= kMaxWideInput ? 32767 : limit();
  const double max = std::max(-static_cast<double>(ranges_[value].min), static_cast<double>(ranges_[value].max));
  return {storage_shape(dims), -top - 1, top, rounded_scale((max > 0 ? max : 1.0) / static_cast<double>(top))};
}

Result<InputFormat> Lowering::input_format(std::size_t index) {
  const std::uint32_t in = graph_.inputs[index];
  if (!choices_.replaying()) {
    InputFormat format = options_.inputs.empty() ? calibrated_input(in) : options_.inputs[index];
    choices_.record(InputNumbers{format.lo, format.hi, format.scale});
    PROOFCARD_RETURN_IF_ERROR(check_input(format, "input " + graph_.values[in].name));
    return format;
  }
  const std::string where = "input " + graph_.values[in].name;
  PROOFCARD_TRY(const InputNumbers given, choices_.take_input(where));
  InputFormat format{storage_shape(shape(in)), given.lo, given.hi, given.scale};
  PROOFCARD_RETURN_IF_ERROR(check_input(format, where));
  return format;
}

Status Lowering::add_inputs() {
  for (std::size_t i = 0; i < graph_.inputs.size(); ++i) {
    const std::uint32_t in = graph_.inputs[i];
    const FloatValue& v = graph_.values[in];
    PROOFCARD_TRY(const InputFormat format, input_format(i));
    if (format.shape != storage_shape(v.shape)) {
      return bad_input("input " + v.name, "expected shape [{}] (leading axes of 1 left out), found [{}]",
                       fmt::join(storage_shape(v.shape), ", "), fmt::join(format.shape, ", "));
    }
    const double scale = format.scale;
    const std::uint32_t id =
        builder_.add_tensor(v.name, Shape(format.shape), TensorKind::kInput, format.lo, format.hi, scale);
    builder_.graph().inputs.push_back(id);
    Shape user;
    for (std::int64_t d : v.shape) {
      user.push_back(static_cast<std::uint32_t>(d));
    }
    builder_.graph().input_shapes.push_back(std::move(user));
    set_view(in, identity_view(id, v.shape, scale));
  }
  return {};
}

// An output rounded to output_bits, unless it is that narrow already.
Result<View> Lowering::narrow_view_of(std::uint32_t value) {
  PROOFCARD_TRY(View view, view_of(value, choices_.output_bits()));
  const std::int64_t top = (std::int64_t{1} << (choices_.output_bits() - 1)) - 1;
  const Tensor& t = builder_.tensor(view.tensor);
  if (t.lo >= -top - 1 && t.hi <= top) {
    return view;
  }
  const LinearForm form = reading(view, view.shape, graph_.values[value].name);
  Target target;
  const double threshold = ranges_[value].threshold > 0 ? ranges_[value].threshold : 1.0;
  target.scale = rounded_scale(threshold / static_cast<double>(top));
  PROOFCARD_TRY(const std::uint32_t q, realise(builder_, choices_, form, target));
  return clamped(stored_view(q, form, value), form.name, -top - 1, top);
}

Status Lowering::add_outputs() {
  for (std::uint32_t out : graph_.outputs) {
    PROOFCARD_TRY(View view, choices_.output_bits() == 32 ? raw_view_of(out) : narrow_view_of(out));
    view = builder_.materialised(graph_.values[out].name, view);
    const Tensor& t = builder_.tensor(view.tensor);
    if (t.kind == TensorKind::kInput || t.scale != view.scale) {
      // An output is a computed tensor with a scale of its own.
      const LinearForm form = reading(view, view.shape, graph_.values[out].name);
      Linear copy;
      copy.acc.out_dims = form.out_dims;
      copy.acc.terms.push_back({1, form.terms[0].operands, {}});
      view.tensor = builder_.linear(form.name + ": copy", std::move(copy), {-1, {t.lo}, {t.hi}}, view.scale);
    }
    builder_.graph().outputs.push_back(view.tensor);
    Shape user;
    for (std::int64_t d : graph_.values[out].shape) {
      user.push_back(static_cast<std::uint32_t>(d));
    }
    builder_.graph().output_shapes.push_back(std::move(user));
  }
  return {};
}

Status Lowering::lower(const FloatNode& n) {
  switch (n.op) {
    case FloatOp::kConv:
      return lower_convolution(n);
    case FloatOp::kConvTranspose:
      return lower_transposed_convolution(n);
    case FloatOp::kMatMul:
      return lower_matrix_product(n);
    case FloatOp::kAdd:
    case FloatOp::kSub:
      return lower_sum(n);
    case FloatOp::kMul:
      return lower_product(n);
    case FloatOp::kAveragePool:
      return lower_average(n);
    case FloatOp::kReduceSum:
    case FloatOp::kReduceMean:
    case FloatOp::kReduceMax:
      return lower_reduction(n);
    case FloatOp::kConcat:
      return lower_concat(n);
    case FloatOp::kGather:
      return lower_gather(n);
    case FloatOp::kReshape:
    case FloatOp::kTranspose:
    case FloatOp::kSlice:
    case FloatOp::kPad:
      return lower_view(n);
    case FloatOp::kFakeQuantize:
      return lower_fake_quantize(n);
    case FloatOp::kMaxPool:
      return lower_max_pool(n);
    case FloatOp::kArgMax:
      return lower_arg_max(n);
    case FloatOp::kSoftmax:
      return lower_softmax(n);
    case FloatOp::kLayerNorm:
      return lower_layer_norm(n);
    case FloatOp::kBatchNorm:
    case FloatOp::kDiv:
      break;
    case FloatOp::kRelu:
    case FloatOp::kLeakyRelu:
    case FloatOp::kClip:
    case FloatOp::kSigmoid:
    case FloatOp::kTanh:
    case FloatOp::kElu:
    case FloatOp::kHardSigmoid:
    case FloatOp::kHardSwish:
    case FloatOp::kGelu:
    case FloatOp::kGeluTanh:
    case FloatOp::kErf:
    case FloatOp::kExp:
    case FloatOp::kSqrt:
    case FloatOp::kSoftplus:
    case FloatOp::kAbs:
    case FloatOp::kSquare:
    case FloatOp::kReciprocal:
      return lower_activation(n);
  }
  return make_error(ErrorKind::kUnsupported, n.name, "{} of computed values is not supported", op_name(n.op));
}

Result<Graph> Lowering::run() {
  PROOFCARD_RETURN_IF_ERROR(add_inputs());
  for (const FloatNode& n : graph_.nodes) {
    PROOFCARD_RETURN_IF_ERROR(lower(n));
  }
  PROOFCARD_RETURN_IF_ERROR(add_outputs());
  return std::move(builder_.graph());
}

}  // namespace proofcard::graph
