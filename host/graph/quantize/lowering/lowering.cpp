// Values, views and the order of the lowering. Operators are in the lower_*.cpp files.
#include "host/graph/quantize/lowering/lowering.hpp"

#include <algorithm>
#include <bit>
#include <cmath>

#include "host/base/check.hpp"
#include "host/graph/float_graph/trees.hpp"

namespace proofcard::graph {
namespace {

constexpr std::int64_t kMaxInput = std::int64_t{1} << 40;
constexpr double kExponentStep = 0x1p-6;
constexpr double kEnough = 1.001;  // times a wanted step: ranges end one below a power of two

Status check_input(const InputFormat& format, const std::string& where) {
  if (format.lo >= format.hi || format.lo < -kMaxInput || format.hi >= kMaxInput || !is_usable_scale(format.scale)) {
    return bad_input(where,
                     "expected a range of at least two values within 2^40, with a scale from 1e-60 to 1e60, found "
                     "[{}, {}] with scale {}",
                     format.lo, format.hi, format.scale);
  }
  return {};
}

// The end of a range of integers that samples reach: a power of two further out, so that others fit, too.
std::int64_t sampled_end(float reached, std::int64_t end) {
  const auto magnitude = static_cast<std::uint64_t>(std::min(std::abs(static_cast<double>(reached)), 0x1p62));
  const auto room = static_cast<std::int64_t>(std::bit_ceil(std::max<std::uint64_t>(magnitude + 1, 2)));
  return end < 0 ? (reached < 0 ? std::max(end, -room) : 0) : std::min(end, reached > 0 ? room - 1 : 1);
}

// What nothing but trees reads may be in the order of floats: then it is all of it.
Status check_order(const InputFormat& format, bool is_read_by_trees, const std::string& where) {
  if (!tensor::is_float_order(format.channels)) {
    return {};
  }
  const bool whole = format.lo == tensor::kFloatOrderLo && format.hi == tensor::kFloatOrderHi && format.scale == 1.0;
  if (!is_read_by_trees || !whole || format.channels != tensor::in_float_order(format.shape)) {
    return bad_input(where, "expected another encoding than float32 in order, found that");
  }
  return {};
}

// Integers mean themselves, whatever a plan says.
Status check_integers(const InputFormat& format, const std::optional<IntegerRange>& range, const std::string& where) {
  if (!range) {
    return {};
  }
  const bool inside = format.lo >= range->lo && format.hi <= std::max(range->hi, range->lo + 1);
  const bool whole = format.lo == range->lo && format.hi == std::max(range->hi, range->lo + 1);
  if (format.scale != 1.0 || !(range->sampled ? inside : whole)) {
    return bad_input(where, "expected integers {} [{}, {}] with scale 1, found [{}, {}] with scale {}",
                     range->sampled ? "within" : "of", range->lo, range->hi, format.lo, format.hi, format.scale);
  }
  return {};
}

}  // namespace

Lowering::Lowering(const FloatGraph& graph, const std::vector<ValueRange>& ranges, const QuantizeOptions& options,
                   Choices& choices, const std::vector<EncodedChannels>& encoded)
    : graph_(graph),
      ranges_(ranges),
      options_(options),
      choices_(choices),
      encoded_(encoded),
      builder_(options.private_weights),
      slots_(graph.values.size()),
      uses_(graph.values.size(), 0),
      is_output_(graph.values.size(), false),
      on_grid_(graph.values.size(), false),
      tie_scales_(graph.ties + 1, 0),
      compared_(compared_values(graph)) {
  for (const FloatNode& n : graph.nodes) {
    for (std::uint32_t in : n.inputs) {
      ++uses_[in];
    }
  }
  for (std::uint32_t out : graph.outputs) {
    ++uses_[out];
    is_output_[out] = true;
  }
  mark_grid();
  mark_ordered();
}

const FloatTensor* Lowering::constant(std::uint32_t value) const {
  const auto& c = graph_.values[value].constant;
  return c ? &*c : nullptr;
}

double Lowering::scale_for(std::uint32_t value, double threshold) const {
  return rounded_scale((threshold > 0 ? threshold : 1.0) / static_cast<double>(limit(value)));
}

double Lowering::threshold(std::uint32_t value, bool wide) const {
  return wide ? ranges_[value].wide_threshold : ranges_[value].threshold;
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
  FormTerm term;
  term.operand_scale = view.scale;
  term.operands.push_back(broadcast_operand(view, out));
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

FormWeight Lowering::weight_of(std::uint32_t value, const FloatTensor& t) const {
  FormWeight w = constant_weight(t, shape(value));
  w.wide = choices_.is_wide(value);
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
  if (t.lo >= 0 && lo <= 0) {
    lo = 0;  // then it is the table of Relu
  }
  View out = view;
  out.tensor =
      builder_.lookup(name + ": clamp", {tensor::Function::kClamp, 1.0, 1.0, {}, 0, 0, lo, hi}, view.tensor, t.scale);
  return out;
}

View Lowering::cut(const View& view, std::uint32_t value, const std::string& name, std::int64_t lo, std::int64_t hi) {
  View out = clamped(view, name, lo, hi);
  if (out.tensor != view.tensor) {
    note_cut(value, -INFINITY, INFINITY);
  }
  return out;
}

void Lowering::note_cut(std::uint32_t value, double own_lo, double own_hi) {
  if (choices_.replaying()) {
    return;  // what samples showed stands in no circuit
  }
  const auto& op = std::get<Lookup>(builder_.graph().nodes.back().op);
  const double scale = builder_.tensor(op.out).scale;
  const auto steps = [&](double x) {
    constexpr auto kEnd = static_cast<double>(kNoEnd);
    return static_cast<std::int64_t>(std::floor(std::clamp(x / scale + 0.5, -kEnd, kEnd)));
  };
  const ValueRange& range = ranges_[value];
  builder_.set_cut({range.free_below ? op.table.out_lo : steps(own_lo), steps(own_hi),
                    steps(static_cast<double>(range.min)), steps(static_cast<double>(range.max))});
}

View Lowering::to_look_up(const View& view, const std::string& name, bool keeps_zero) {
  const Shape& stored = tensor_shape(view);
  const bool larger = tensor::num_elements(stored) > 2 * static_cast<std::uint64_t>(count(view.shape));
  return larger || (!keeps_zero && reads_outside(view, stored)) ? builder_.exact(name, view) : view;
}

Result<View> Lowering::view_of(std::uint32_t value, unsigned bits) {
  Slot& slot = slots_[value];
  if (!slot.view && constant(value) != nullptr) {  // where a computed value is usual
    constexpr unsigned kConstantBits = 16;
    PROOFCARD_TRY(slot.view, is_whole(value) ? whole_view(value) : rounded_view(value, kConstantBits));
  }
  if (!slot.view && is_whole(value)) {
    return raw_view_of(value);
  }
  if (!slot.view) {
    PROOFCARD_CHECK(slot.form.has_value());
    const std::int64_t top = bits == 0 ? limit(value) : (std::int64_t{1} << (bits - 1)) - 1;
    if (on_grid_[value]) {
      return grid_view_of(value, top);
    }
    Target target;
    target.wide = choices_.is_wide(value);
    const double most = threshold(value, target.wide);
    target.scale = rounded_scale((most > 0 ? most : 1.0) / static_cast<double>(top));
    const std::uint32_t tie = graph_.values[value].tie;
    target.tied = tie_scales_[tie];
    PROOFCARD_TRY(std::uint32_t q, realise(builder_, choices_, *slot.form, target));
    tie_scales_[tie] = tie == 0 ? 0 : builder_.tensor(q).scale;
    slot.view = cut(stored_view(q, *slot.form, value), value, slot.form->name, -top - 1, top);
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

Result<View> Lowering::all_digits_of(std::uint32_t value) {
  const Slot& slot = slots_[value];
  if (constant(value) != nullptr || (slot.view && !slot.all_digits)) {
    return view_of(value);
  }
  if (!slot.all_digits) {
    Target target;
    target.raw = true;
    PROOFCARD_TRY(const std::uint32_t acc, realise(builder_, choices_, *slot.form, target));
    set_all_digits(value, stored_view(acc, *slot.form, value));
  }
  return *slot.all_digits;
}

Result<View> Lowering::leading_digits_of(std::uint32_t value, unsigned bits, const std::string& name) {
  PROOFCARD_TRY(const View x, all_digits_of(value));
  const Tensor t = builder_.tensor(x.tensor);  // a copy: tensors move when one is added
  const auto width = static_cast<unsigned>(std::bit_width(static_cast<std::uint64_t>(std::max(-t.lo, t.hi))));
  if (width <= bits) {
    return x;
  }
  const LinearForm form = reading(x, x.shape, name);
  Linear node;
  node.acc.out_dims = form.out_dims;
  node.acc.terms.push_back({1, form.terms[0].operands, {}});
  node.shift = width - bits;
  const Interval range{-1, {std::min<std::int64_t>(t.lo, 0)}, {std::max<std::int64_t>(t.hi, 0)}};
  const double scale = std::ldexp(x.scale, static_cast<int>(width - bits));
  return identity_view(builder_.linear(name + ": leading digits", std::move(node), range, scale), x.shape, scale);
}

void Lowering::set_all_digits(std::uint32_t value, View view) {
  set_form(value, reading(view, shape(value), graph_.values[value].name));
  slots_[value].all_digits = std::move(view);
}

Result<View> Lowering::raw_view_of(std::uint32_t value) {
  Slot& slot = slots_[value];
  if (slot.all_digits) {
    return *slot.all_digits;
  }
  if (constant(value) != nullptr) {
    return view_of(value);
  }
  if (!slot.view) {
    Target target;
    target.raw = true;
    target.fixed = is_whole(value);
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

InputFormat Lowering::calibrated_input(std::size_t index) const {
  const std::uint32_t value = graph_.inputs[index];
  const Dims& dims = shape(value);
  if (const std::optional<IntegerRange>& integers = graph_.values[value].integers) {
    return {
        storage_shape(dims), integers->sampled ? sampled_end(ranges_[value].min, integers->lo) : integers->lo,
        integers->sampled ? sampled_end(ranges_[value].max, integers->hi) : std::max(integers->hi, integers->lo + 1),
        1.0};
  }
  if (const FloatNode* n = quantised_by(value)) {
    // The model rounds it itself. Where samples saturate, the input is wider, and the model's own clamp is proved.
    const Interval range = quantised_range(*n);
    const auto step = static_cast<double>(n->alpha);
    const double least = static_cast<double>(ranges_[value].min) / step;
    const double most = static_cast<double>(ranges_[value].max) / step;
    constexpr std::int64_t kWide = 32767;
    if (least >= static_cast<double>(range.min()) - 0.5 && most < static_cast<double>(range.max()) + 0.5) {
      return {storage_shape(dims), range.min(), range.max(), step};
    }
    if (std::max(-least, most) < kWide) {
      return {storage_shape(dims), std::min(range.min(), -kWide - 1), std::max(range.max(), kWide), step};
    }
  }
  if (compared_[value]) {
    return {storage_shape(dims), tensor::kFloatOrderLo, tensor::kFloatOrderHi, 1.0,
            tensor::in_float_order(storage_shape(dims))};
  }
  std::int64_t top = input_limit(dims, choices_.looks_wide(value) ? 16 : 8, partly_compared_values(graph_)[value]);
  if (!encoded_[index].channels.empty()) {
    return {storage_shape(dims), -top - 1, top, encoded_[index].scale, encoded_[index].channels};
  }
  const double max = std::max(-static_cast<double>(ranges_[value].min), static_cast<double>(ranges_[value].max));
  // Exponents that lie close together far from 0 need finer steps than their size asks for.
  while (is_exponent(value) && max / static_cast<double>(top) > kExponentStep && top < kMaxInput / 4) {
    top = 2 * top + 1;
  }
  // So do arguments of what is steep.
  const double wanted = step_for_readers(value, (max > 0 ? max : 1.0) / static_cast<double>(top));
  while (max / static_cast<double>(top) > kEnough * wanted && top < kMaxInput / 4) {
    top = 2 * top + 1;
  }
  const double step = (max > 0 ? max : 1.0) / static_cast<double>(top);
  return {storage_shape(dims), -top - 1, top, on_grid_[value] ? power_of_two_from(step) : rounded_scale(step)};
}

Result<InputFormat> Lowering::input_format(std::size_t index) {
  const std::uint32_t in = graph_.inputs[index];
  if (!choices_.replaying()) {
    InputFormat format = options_.inputs.empty() ? calibrated_input(index) : options_.inputs[index];
    choices_.record(InputNumbers{format.lo, format.hi, format.scale, format.channels});
    PROOFCARD_RETURN_IF_ERROR(check_input(format, "input " + graph_.values[in].name));
    PROOFCARD_RETURN_IF_ERROR(check_order(format, compared_[in], "input " + graph_.values[in].name));
    PROOFCARD_RETURN_IF_ERROR(check_integers(format, graph_.values[in].integers, "input " + graph_.values[in].name));
    return format;
  }
  const std::string where = "input " + graph_.values[in].name;
  PROOFCARD_TRY(const InputNumbers given, choices_.take_input(where));
  InputFormat format{storage_shape(shape(in)), given.lo, given.hi, given.scale, given.channels};
  PROOFCARD_RETURN_IF_ERROR(check_input(format, where));
  PROOFCARD_RETURN_IF_ERROR(check_order(format, compared_[in], where));
  PROOFCARD_RETURN_IF_ERROR(check_integers(format, graph_.values[in].integers, where));
  return format;
}

Status Lowering::add_inputs() {
  for (std::size_t i = 0; i < graph_.inputs.size(); ++i) {
    const std::uint32_t in = graph_.inputs[i];
    const FloatValue& v = graph_.values[in];
    if (v.fed_back) {
      const std::uint32_t id = builder_.add_tensor(v.name, storage_shape(v.shape), TensorKind::kFedBack, v.integers->lo,
                                                   v.integers->hi, 1.0);
      set_view(in, identity_view(id, v.shape, 1.0));
      continue;
    }
    PROOFCARD_TRY(const InputFormat format, input_format(i));
    if (format.shape != storage_shape(v.shape)) {
      return bad_input("input " + v.name, "expected shape [{}] (leading axes of 1 left out), found [{}]",
                       fmt::join(storage_shape(v.shape), ", "), fmt::join(format.shape, ", "));
    }
    const double scale = format.scale;
    const std::uint32_t id =
        builder_.add_tensor(v.name, Shape(format.shape), TensorKind::kInput, format.lo, format.hi, scale);
    builder_.graph().inputs.push_back(id);
    builder_.graph().tensors[id].channels = format.channels;
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
  if (is_whole(value)) {
    return view;
  }
  const std::int64_t top = (std::int64_t{1} << (choices_.output_bits() - 1)) - 1;
  const Tensor& t = builder_.tensor(view.tensor);
  if (t.lo >= -top - 1 && t.hi <= top) {
    return view;
  }
  const LinearForm form = reading(view, view.shape, graph_.values[value].name);
  Target target;
  target.wide = choices_.is_wide(value);
  const double most = threshold(value, target.wide);
  target.scale = rounded_scale((most > 0 ? most : 1.0) / static_cast<double>(top));
  PROOFCARD_TRY(const std::uint32_t q, realise(builder_, choices_, form, target));
  return cut(stored_view(q, form, value), value, form.name, -top - 1, top);
}

Status Lowering::add_outputs() {
  const FloatValue& last = graph_.values[graph_.inputs.back()];
  for (std::uint32_t out : graph_.outputs) {
    PROOFCARD_TRY(View view, choices_.output_bits() == 32 ? raw_view_of(out) : narrow_view_of(out));
    view = builder_.materialised(graph_.values[out].name, view);
    const Tensor& t = builder_.tensor(view.tensor);
    if (t.kind == TensorKind::kInput || t.kind == TensorKind::kFedBack || t.scale != view.scale) {
      // An output is a computed tensor with a scale of its own.
      const LinearForm form = reading(view, view.shape, graph_.values[out].name);
      Linear copy;
      copy.acc.out_dims = form.out_dims;
      copy.acc.terms.push_back({1, form.terms[0].operands, {}});
      view.tensor = builder_.linear(form.name + ": copy", std::move(copy), {-1, {t.lo}, {t.hi}}, view.scale);
    }
    if (last.fed_back && builder_.graph().outputs.empty()) {
      builder_.set_range(view.tensor, last.integers->lo, last.integers->hi);  // the index of one of so many scores
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

Status Lowering::lower_elementwise(const FloatNode& n) {
  if (is_whole(n.inputs[0])) {
    return lower_whole_activation(n);
  }
  PROOFCARD_TRY(const bool by_levels, goes_by_levels(n));
  return by_levels ? lower_steep(n) : rounds(n) ? lower_rounding(n) : lower_activation(n);
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
      return square_for_root(n) ? lower_square(n) : lower_product(n);
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
    case FloatOp::kQuantised:
      return lower_quantised(n);
    case FloatOp::kMaxPool:
      return lower_max_pool(n);
    case FloatOp::kArgMax:
      return lower_arg_max(n);
    case FloatOp::kTrees:
      return lower_trees(n);
    case FloatOp::kAbove:
      return lower_above(n);
    case FloatOp::kIntegerMap:
      return lower_integer_map(n);
    case FloatOp::kRowNorm:
      return lower_row_norm(n);
    case FloatOp::kOneHot:
      return lower_one_hot(n);
    case FloatOp::kSoftmax:
      return lower_softmax(n);
    case FloatOp::kNormalise:
      return lower_normalise(n);
    case FloatOp::kAxisMap:
      return lower_axis_map(n);
    case FloatOp::kTopK:
      return lower_top_k(n);
    case FloatOp::kDiv:
      return lower_quotient(n);
    case FloatOp::kTruncate:
      return lower_rounding(n);
    case FloatOp::kMaximum:
      return lower_maximum(n);
    case FloatOp::kEqual:
    case FloatOp::kLess:
    case FloatOp::kLessEqual:
      return lower_comparison(n);
    case FloatOp::kAnd:
    case FloatOp::kOr:
    case FloatOp::kXor:
    case FloatOp::kNot:
      return lower_logic(n);
    case FloatOp::kWhere:
      return lower_where(n);
    case FloatOp::kIntegerDivide:
      return lower_integer_quotient(n);
    case FloatOp::kModulo:
      return lower_modulo(n);
    case FloatOp::kIntegerPower:
      return lower_integer_power(n);
    case FloatOp::kWrap:
      return lower_wrap(n);
    case FloatOp::kRequantise:
      return lower_requantised(n);
    case FloatOp::kBitAnd:
    case FloatOp::kBitOr:
    case FloatOp::kBitXor:
      return lower_bitwise(n);
    case FloatOp::kShiftLeft:
    case FloatOp::kShiftRight:
      return lower_shift(n);
    case FloatOp::kSqrt:
      return is_sum_of_squares(n.inputs[0]) ? lower_magnitude(n) : lower_elementwise(n);
    case FloatOp::kSquare:
      return square_for_root(n) ? lower_square(n) : lower_elementwise(n);
    case FloatOp::kBatchNorm:
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
    case FloatOp::kSoftplus:
    case FloatOp::kAbs:
    case FloatOp::kReciprocal:
    case FloatOp::kFunction:
      return lower_elementwise(n);
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
