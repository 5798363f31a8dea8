// Transposed convolution.
#include "host/graph/quantize/lowering/lowering.hpp"

namespace proofcard::graph {
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
  weight.wide = choices_.is_wide(n.output);
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
