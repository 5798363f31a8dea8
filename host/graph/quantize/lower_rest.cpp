// Layer normalisation and transposed convolution.
#include <algorithm>
#include <bit>
#include <cmath>

#include "host/graph/quantize/lowering.hpp"

namespace proofcard::graph {
namespace {

std::string node_name(const FloatNode& n) { return n.name + " (" + n.onnx_op + ")"; }

constexpr int kCentredBits = 18;      // of x - mean before it is squared
constexpr double kNormalSteps = 256;  // of the normalised value, for each standard deviation

}  // namespace

// With n values a row, d = n * x - sum x (shifted down to 18 bits when it is wider), v = sum d^2 + epsilon,
// t = floor(sqrt v) + 1: the normalised value is sqrt(n) * d / t. Divide takes d + t, which is never negative because
// |d| <= sqrt v < t.
Status Lowering::lower_layer_norm(const FloatNode& n) {
  PROOFCARD_TRY(View x, view_of(n.inputs[0]));
  const std::string name = node_name(n);
  const Dims& out = shape(n.output);
  const Dims row(out.begin() + n.axis, out.end());
  const std::int64_t size = count(row);
  Dims kept(out.begin(), out.begin() + n.axis);
  kept.insert(kept.end(), row.size(), 1);

  // Labels of a tensor of the kept shape, with the row summed.
  Shape sum_dims;
  std::vector<AxisMap> summed = out_maps(kept);
  for (std::size_t a = static_cast<std::size_t>(n.axis); a < out.size(); ++a) {
    if (out[a] != 1) {
      summed[a].labels.push_back({static_cast<std::uint32_t>(storage_shape(kept).size() + sum_dims.size()), 1});
      sum_dims.push_back(static_cast<std::uint32_t>(out[a]));
    }
  }
  const auto own = [&](const View& view) { return reading(view, out, name).terms[0].operands[0]; };

  const Tensor t = builder_.tensor(x.tensor);
  const std::int64_t low = std::min<std::int64_t>(t.lo, 0);
  const std::int64_t high = std::max<std::int64_t>(t.hi, 0);
  if (static_cast<double>(high - low) * static_cast<double>(size) >= 0x1p60) {
    return make_error(ErrorKind::kUnsupported, name, "its accumulators would need more than 60 bits");
  }
  Linear total;
  total.acc.out_dims = storage_shape(kept);
  total.acc.sum_dims = sum_dims;
  total.acc.terms.push_back({1, {read_view(x, summed)}, {}});
  const View sum = identity_view(
      builder_.linear(name + ": sum", std::move(total), {-1, {low * size}, {high * size}}, x.scale), kept, x.scale);

  Linear centred;
  centred.acc.out_dims = storage_shape(out);
  centred.acc.terms.push_back({size, {own(x)}, {}});
  centred.acc.terms.push_back({-1, {own(sum)}, {}});
  const std::int64_t widest = (high - low) * (size - 1) + 1;
  const int wide = std::max(0, static_cast<int>(std::bit_width(static_cast<std::uint64_t>(widest))) - kCentredBits);
  centred.shift = static_cast<std::uint32_t>(wide);
  const double unit = std::ldexp(x.scale / static_cast<double>(size), wide);
  const View d = identity_view(
      builder_.linear(name + ": x - mean", std::move(centred), {-1, {-widest}, {widest}}, unit), out, unit);

  // epsilon is added to the variance, which is unit^2 * v / size.
  const double epsilon = static_cast<double>(n.alpha) * static_cast<double>(size) / (unit * unit);
  if (!(epsilon < 0x1p39)) {
    return make_error(ErrorKind::kUnsupported, name, "its epsilon is too large for the scale of its operand");
  }
  const std::int64_t most = builder_.tensor(d.tensor).hi;
  Linear squares;
  squares.acc.out_dims = storage_shape(kept);
  squares.acc.sum_dims = sum_dims;
  squares.acc.terms.push_back({1, {read_view(d, summed), read_view(d, summed)}, {}});
  const auto constant_part = static_cast<std::int64_t>(std::floor(epsilon + 0.5));
  squares.acc.terms.push_back({constant_part, {}, {}});
  const std::uint32_t v = builder_.linear(name + ": variance", std::move(squares),
                                          {-1, {constant_part}, {most * most * size + constant_part}}, unit * unit);
  const View root = identity_view(builder_.square_root(name + ": deviation", v, unit), kept, unit);
  const std::int64_t top = builder_.tensor(root.tensor).hi + 1;

  Linear divisor;
  divisor.acc.out_dims = storage_shape(kept);
  divisor.acc.terms.push_back({1, {reading(root, kept, name).terms[0].operands[0]}, {}});
  divisor.acc.terms.push_back({1, {}, {}});
  const View den =
      identity_view(builder_.linear(name + ": divisor", std::move(divisor), {-1, {1}, {top}}, unit), kept, unit);
  Linear dividend;
  dividend.acc.out_dims = storage_shape(out);
  dividend.acc.terms.push_back({1, {own(d)}, {}});
  dividend.acc.terms.push_back({1, {own(den)}, {}});
  const View num =
      identity_view(builder_.linear(name + ": dividend", std::move(dividend), {-1, {0}, {2 * top}}, unit), out, unit);

  const double root_size = std::sqrt(static_cast<double>(size));
  const auto shift = static_cast<unsigned>(std::ceil(std::log2(root_size * kNormalSteps)));
  const std::int64_t one = std::int64_t{1} << shift;
  const double scale = std::ldexp(root_size, -static_cast<int>(shift));
  const std::uint32_t quotient =
      builder_.divide(name + ": quotient", own(num), own(den), shift, storage_shape(out), 2 * one, scale);
  Linear normal;
  normal.acc.out_dims = storage_shape(out);
  normal.acc.terms.push_back({1, {own(identity_view(quotient, out, scale))}, {}});
  normal.acc.terms.push_back({-one, {}, {}});
  const View z =
      identity_view(builder_.linear(name + ": normalised", std::move(normal), {-1, {-one}, {one}}, scale), out, scale);

  LinearForm form = reading(z, out, name);
  form.terms[0].weight = constant_weight(*constant(n.inputs[1]), out);
  if (n.inputs.size() > 2) {
    form.constants.push_back(constant_weight(*constant(n.inputs[2]), out));
  }
  set_form(n.output, std::move(form));
  return {};
}

// Output cell y + pad = stride * t + phase gets sum over e of w[phase + stride * e] * x[t - e]: a convolution with
// stride 1 over t for every phase. The result is stored with t and phase as neighbouring axes, whose flat index is y +
// pad.
Status Lowering::lower_transposed_convolution(const FloatNode& n) {
  PROOFCARD_TRY(View x, view_of(n.inputs[0]));
  const FloatTensor& w = *constant(n.inputs[1]);
  const Dims& out = shape(n.output);
  const std::size_t spatial = out.size() - 2;
  const std::int64_t per_group = out[1] / n.group;
  const std::int64_t channels = w.shape[0] / n.group;
  Dims stored{out[0], n.group, per_group};
  Dims whole{out[0], out[1]};
  Dims crop{0, 0};
  Dims taps;  // of one phase
  for (std::size_t i = 0; i < spatial; ++i) {
    const std::int64_t steps = (out[2 + i] + n.pads[i] + n.strides[i] - 1) / n.strides[i];
    const std::int64_t extent = (n.kernel[i] - 1) * n.dilations[i] + 1;
    stored.insert(stored.end(), {steps, n.strides[i]});
    whole.push_back(steps * n.strides[i]);
    crop.push_back(n.pads[i]);
    taps.push_back((extent + n.strides[i] - 1) / n.strides[i]);
    if (x.shape[2 + i] > 1 && !zero_outside(x, 2 + i, tensor_shape(x))) {
      PROOFCARD_TRY(x, exact_view_of(n.inputs[0]));
    }
  }
  LinearForm form = empty_form(node_name(n), stored);
  form.whole = whole;
  form.crop = crop;
  const std::vector<AxisMap> own = out_maps(stored);
  const auto label_of = [&](std::size_t axis) { return stored[axis] == 1 ? kNoLabel : out_label(stored, axis); };
  const auto add_sum = [&](std::int64_t size) {
    if (size == 1) {
      return kNoLabel;
    }
    form.sum_dims.push_back(static_cast<std::uint32_t>(size));
    return static_cast<int>(kFirstSumLabel + form.sum_dims.size() - 1);
  };

  // Weights by (group, out channel, phases, in channel, taps), with taps in rising order of the position that they
  // read.
  FormWeight weight;
  weight.values.shape = {n.group, per_group};
  weight.axis_labels = {label_of(1), label_of(2)};
  for (std::size_t i = 0; i < spatial; ++i) {
    weight.values.shape.push_back(n.strides[i]);
    weight.axis_labels.push_back(label_of(4 + 2 * i));
  }
  std::vector<AxisMap> maps(x.shape.size());
  maps[0] = own[0];
  for (const tensor::LabelStride& l : own[1].labels) {
    maps[1].labels.push_back({l.label, channels});
  }
  weight.values.shape.push_back(channels);
  weight.axis_labels.push_back(add_sum(channels));
  if (weight.axis_labels.back() != kNoLabel) {
    maps[1].labels.push_back({static_cast<std::uint32_t>(weight.axis_labels.back()), 1});
  }
  for (std::size_t i = 0; i < spatial; ++i) {
    if (x.shape[2 + i] == 1) {
      // Step t meets the one entry with tap phase + stride * t: the weight is indexed by the step.
      weight.values.shape.push_back(stored[3 + 2 * i]);
      weight.axis_labels.push_back(label_of(3 + 2 * i));
      continue;
    }
    weight.values.shape.push_back(taps[i]);
    weight.axis_labels.push_back(add_sum(taps[i]));
    maps[2 + i].offset = 1 - taps[i];
    maps[2 + i].labels = own[3 + 2 * i].labels;
    if (weight.axis_labels.back() != kNoLabel) {
      maps[2 + i].labels.push_back({static_cast<std::uint32_t>(weight.axis_labels.back()), 1});
    }
  }
  weight.values.data.assign(static_cast<std::size_t>(count(weight.values.shape)), 0.0F);
  Dims at(weight.values.shape.size(), 0);
  for (float& value : weight.values.data) {
    std::int64_t from = (at[0] * channels + at[2 + spatial]) * per_group + at[1];
    bool inside = true;
    for (std::size_t i = 0; i < spatial; ++i) {
      const std::int64_t step = at[3 + spatial + i];
      const std::int64_t tap = at[2 + i] + n.strides[i] * (x.shape[2 + i] == 1 ? step : taps[i] - 1 - step);
      inside = inside && tap % n.dilations[i] == 0 && tap / n.dilations[i] < n.kernel[i];
      from = from * n.kernel[i] + (inside ? tap / n.dilations[i] : 0);
    }
    value = inside ? w.data[static_cast<std::size_t>(from)] : 0.0F;
    for (std::size_t a = at.size(); a-- > 0;) {
      if (++at[a] < weight.values.shape[a]) {
        break;
      }
      at[a] = 0;
    }
  }
  FormTerm term;
  term.operand_scale = x.scale;
  term.operands.push_back(read_view(x, maps));
  term.weight = std::move(weight);
  form.terms.push_back(std::move(term));
  if (n.inputs.size() > 2) {
    FormWeight bias{*constant(n.inputs[2]), {label_of(1), label_of(2)}};
    bias.values.shape = {n.group, per_group};
    form.constants.push_back(std::move(bias));
  }
  set_form(n.output, std::move(form));
  return {};
}

}  // namespace proofcard::graph
