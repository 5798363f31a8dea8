// Convolutions, matrix products, sums and products: operators that make linear forms.
#include <algorithm>
#include <map>

#include "host/graph/float_graph/float_executor.hpp"
#include "host/graph/quantize/lowering/lowering.hpp"

namespace proofcard::graph {
namespace {

// Whether a window of this operator along spatial axis `i` can leave [0, size).
bool leaves(const FloatNode& n, std::size_t i, std::int64_t size, std::int64_t out) {
  const std::int64_t last = (out - 1) * n.strides[i] - n.pads[i] + (n.kernel[i] - 1) * n.dilations[i];
  return n.pads[i] > 0 || last >= size;
}

std::uint32_t add_sum_label(LinearForm& form, std::int64_t size) {
  form.sum_dims.push_back(static_cast<std::uint32_t>(size));
  return kFirstSumLabel + static_cast<std::uint32_t>(form.sum_dims.size() - 1);
}

// For each output position, the tap that falls on input position 0, or -1.
Dims taps_on_first(const FloatNode& n, std::size_t i, std::int64_t out) {
  Dims taps;
  for (std::int64_t y = 0; y < out; ++y) {
    const std::int64_t distance = n.pads[i] - y * n.strides[i];
    const bool meets = distance >= 0 && distance % n.dilations[i] == 0 && distance / n.dilations[i] < n.kernel[i];
    taps.push_back(meets ? distance / n.dilations[i] : -1);
  }
  return taps;
}

// The tensor with entry taps[j] (0 for -1) at position j of an axis.
FloatTensor select_taps(const FloatTensor& w, std::size_t axis, const Dims& taps) {
  FloatTensor out{w.shape, {}, false};
  out.shape[axis] = static_cast<std::int64_t>(taps.size());
  const std::int64_t inner = count(Dims(w.shape.begin() + static_cast<std::ptrdiff_t>(axis) + 1, w.shape.end()));
  for (std::int64_t o = 0; o < count(w.shape) / inner / w.shape[axis]; ++o) {
    for (std::int64_t tap : taps) {
      for (std::int64_t i = 0; i < inner; ++i) {
        out.data.push_back(tap < 0 ? 0.0F : w.data[static_cast<std::size_t>((o * w.shape[axis] + tap) * inner + i)]);
      }
    }
  }
  return out;
}

FormWeight bias_along(const FloatTensor& bias, int label) {
  return {bias, {bias.data.size() == 1 && label == kNoLabel ? kNoLabel : label}};
}

}  // namespace

Status Lowering::lower_convolution(const FloatNode& n) {
  PROOFCARD_TRY(View x, view_of(n.inputs[0]));
  const FloatTensor* w = constant(n.inputs[1]);
  const FloatTensor computed{shape(n.inputs[1]), {}, false};  // then only the labels are looked at
  const Dims& out = shape(n.output);
  const std::size_t spatial = out.size() - 2;
  for (std::size_t i = 0; i < spatial; ++i) {
    if (x.shape[2 + i] > 1 && leaves(n, i, x.shape[2 + i], out[2 + i]) && !zero_outside(x, 2 + i, tensor_shape(x))) {
      PROOFCARD_TRY(x, exact_view_of(n.inputs[0]));
    }
  }
  // Stored as (batch, group, channel of the group, plane) when there are both several groups and several channels in
  // one.
  const std::int64_t per_group = out[1] / n.group;
  const bool split = n.group > 1 && per_group > 1;
  Dims stored = out;
  if (split) {
    stored[1] = n.group;
    stored.insert(stored.begin() + 2, per_group);
  }
  LinearForm form = empty_form(node_name(n), stored);
  const std::vector<AxisMap> own = out_maps(stored);
  const std::size_t shift = split ? 1 : 0;

  FormTerm term;
  term.operand_scale = x.scale;
  FormWeight weight{w != nullptr ? *w : computed, {}};
  if (w != nullptr) {
    weight.source = WeightSource{n.inputs[1], false};
  }
  std::vector<AxisMap> maps(x.shape.size());
  maps[0] = own[0];
  const std::int64_t channels = weight.values.shape[1];
  if (n.group > 1) {
    for (tensor::LabelStride l : own[1].labels) {
      maps[1].labels.push_back({l.label, channels});
    }
  }
  if (split) {
    weight.values.shape.erase(weight.values.shape.begin());
    weight.values.shape.insert(weight.values.shape.begin(), {n.group, per_group});
    weight.axis_labels = {out_label(stored, 1), out_label(stored, 2)};
  } else {
    weight.axis_labels = {out[1] == 1 ? kNoLabel : out_label(stored, 1)};
  }
  const auto summed = [&](AxisMap& map, std::int64_t size, std::int64_t stride) {
    if (size == 1) {
      weight.axis_labels.push_back(kNoLabel);
      return;
    }
    const std::uint32_t label = add_sum_label(form, size);
    weight.axis_labels.push_back(static_cast<int>(label));
    map.labels.push_back({label, stride});
  };
  std::map<std::size_t, AxisMap> taps;  // of computed weights, where they are indexed by the position
  summed(maps[1], channels, 1);
  for (std::size_t i = 0; i < spatial; ++i) {
    AxisMap& map = maps[2 + i];
    if (x.shape[2 + i] == 1) {
      // Every output position meets the one entry with a tap of its own, so the weight is indexed by the position.
      if (w == nullptr) {
        if (n.dilations[i] != 1 && n.kernel[i] != 1) {
          return make_error(ErrorKind::kUnsupported, n.name,
                            "computed weights with dilations over an axis of one entry are not supported");
        }
        AxisMap& tap = taps[weight.axis_labels.size()];
        tap.offset = n.pads[i];
        for (const tensor::LabelStride& l : own[2 + shift + i].labels) {
          tap.labels.push_back({l.label, -n.strides[i]});
        }
        weight.axis_labels.push_back(kNoLabel);
        continue;
      }
      weight.values = select_taps(weight.values, weight.axis_labels.size(), taps_on_first(n, i, out[2 + i]));
      weight.source.reset();
      weight.axis_labels.push_back(out[2 + i] == 1 ? kNoLabel : out_label(stored, 2 + shift + i));
      continue;
    }
    map.offset = -n.pads[i];
    for (tensor::LabelStride l : own[2 + shift + i].labels) {
      map.labels.push_back({l.label, n.strides[i]});
    }
    summed(map, n.kernel[i], n.dilations[i]);
  }
  term.operands.push_back(read_view(x, maps));
  if (w != nullptr) {
    weight.wide = choices_.is_wide(n.output);
    term.weight = std::move(weight);
  } else {
    PROOFCARD_RETURN_IF_ERROR(add_computed_weights(n, weight, std::move(taps), term));
  }
  form.terms.push_back(std::move(term));
  if (n.inputs.size() > 2) {
    const FloatTensor& bias = *constant(n.inputs[2]);
    if (split) {
      FormWeight b{bias, {out_label(stored, 1), out_label(stored, 2)}};
      b.values.shape = {n.group, per_group};
      form.constants.push_back(std::move(b));
    } else {
      form.constants.push_back(bias_along(bias, out[1] == 1 ? kNoLabel : out_label(stored, 1)));
    }
  }
  set_form(n.output, std::move(form));
  return {};
}

// The weights as a second operand: along each axis by its label, or as `taps` says.
Status Lowering::add_computed_weights(const FloatNode& n, const FormWeight& weight, std::map<std::size_t, AxisMap> taps,
                                      FormTerm& term) {
  PROOFCARD_TRY(const View exact, exact_view_of(n.inputs[1]));
  const std::optional<View> w = reshape_view(exact, weight.values.shape, tensor_shape(exact));
  if (!w) {
    return make_error(ErrorKind::kUnsupported, n.name, "its computed weights cannot be grouped");
  }
  std::vector<AxisMap> maps(weight.axis_labels.size());
  for (std::size_t a = 0; a < maps.size(); ++a) {
    if (const auto tap = taps.find(a); tap != taps.end()) {
      maps[a] = tap->second;
    } else if (weight.axis_labels[a] != kNoLabel) {
      maps[a].labels.push_back({static_cast<std::uint32_t>(weight.axis_labels[a]), 1});
    }
  }
  term.operand_scale *= w->scale;
  term.operands.push_back(read_view(*w, maps));
  return {};
}

Status Lowering::lower_matrix_product(const FloatNode& n) {
  const FloatTensor* const_a = constant(n.inputs[0]);
  const FloatTensor* const_b = constant(n.inputs[1]);
  const Dims& out = shape(n.output);
  const Dims dims_a = shape(n.inputs[0]);
  const Dims dims_b = shape(n.inputs[1]);
  const std::size_t batch = out.size() - (dims_a.size() > 1 ? 1U : 0U) - (dims_b.size() > 1 ? 1U : 0U);
  LinearForm form = empty_form(node_name(n), out);
  const std::vector<AxisMap> own = out_maps(out);
  const auto label_of = [&](std::size_t axis) { return out[axis] == 1 ? kNoLabel : out_label(out, axis); };
  // Axis of the output that axis i of an operand goes with; the contracted axis has none.
  const auto out_axis = [&](const Dims& dims, bool is_a, std::size_t i) -> std::optional<std::size_t> {
    const std::size_t contracted = is_a ? dims.size() - 1 : (dims.size() > 1 ? dims.size() - 2 : 0);
    if (i == contracted) {
      return std::nullopt;
    }
    if (dims.size() > 1 && i + 2 >= dims.size()) {
      return is_a ? batch : out.size() - 1;
    }
    return batch - (dims.size() - 2) + i;
  };

  std::vector<std::uint32_t> sum_labels;
  Dims sum_sizes;
  FormTerm term;
  const auto read = [&](std::uint32_t value, const Dims& dims, bool is_a) -> Status {
    PROOFCARD_TRY(View x, view_of(value));
    const std::size_t contracted = is_a ? dims.size() - 1 : (dims.size() > 1 ? dims.size() - 2 : 0);
    Dims split = dims;
    if (sum_labels.empty()) {
      sum_sizes = {dims[contracted]};
      // Over a flattened value the sum runs over the axes it was flattened from, one label each.
      for (const tensor::Group& g : x.groups) {
        if (g.num_axes > 1 && g.labels.size() == 1 && g.labels[0].label == contracted &&
            whole_axis(x, contracted, tensor_shape(x)) && (const_a != nullptr || const_b != nullptr)) {
          sum_sizes.clear();
          for (std::uint32_t a = 0; a < g.num_axes; ++a) {
            sum_sizes.push_back(tensor_shape(x)[g.first_axis + a]);
          }
          break;
        }
      }
      for (std::int64_t size : sum_sizes) {
        sum_labels.push_back(size == 1 ? 0 : add_sum_label(form, size));
      }
    }
    const auto at = static_cast<std::ptrdiff_t>(contracted);
    split.erase(split.begin() + at);
    split.insert(split.begin() + at, sum_sizes.begin(), sum_sizes.end());
    std::optional<View> view = reshape_view(x, split, tensor_shape(x));
    if (!view) {
      return make_error(ErrorKind::kUnsupported, n.name, "its operand cannot be viewed as a matrix");
    }
    std::vector<AxisMap> maps(split.size());
    for (std::size_t i = 0; i < dims.size(); ++i) {
      if (const auto axis = out_axis(dims, is_a, i); axis && dims[i] != 1) {
        maps[i < contracted ? i : i + sum_sizes.size() - 1] = own[*axis];
      }
    }
    for (std::size_t k = 0; k < sum_sizes.size(); ++k) {
      if (sum_sizes[k] != 1) {
        maps[contracted + k].labels.push_back({sum_labels[k], 1});
      }
    }
    term.operand_scale *= view->scale;
    term.operands.push_back(read_view(*view, maps));
    term.one_hot =
        term.one_hot || (one_hot_.contains(x.tensor) && !x.groups.empty() && x.groups.back().labels.size() == 1 &&
                         x.groups.back().labels[0].label == contracted && whole_axis(x, contracted, tensor_shape(x)));
    return {};
  };
  if (const_a == nullptr) {
    PROOFCARD_RETURN_IF_ERROR(read(n.inputs[0], dims_a, true));
  }
  if (const_b == nullptr) {
    PROOFCARD_RETURN_IF_ERROR(read(n.inputs[1], dims_b, false));
  }
  if (const_a != nullptr || const_b != nullptr) {
    // Weights are stored (batch..., out channel, contracted...), so that the channel comes before what is summed.
    const bool is_a = const_a != nullptr;
    const FloatTensor& w = is_a ? *const_a : *const_b;
    FormWeight weight;
    FloatNode order;
    order.op = FloatOp::kTranspose;
    Dims moved;
    for (std::size_t i = 0; i < w.shape.size(); ++i) {
      order.ints.push_back(static_cast<std::int64_t>(i));
    }
    if (!is_a && w.shape.size() > 1) {
      std::swap(order.ints[w.shape.size() - 1], order.ints[w.shape.size() - 2]);
    }
    for (std::int64_t i : order.ints) {
      moved.push_back(w.shape[static_cast<std::size_t>(i)]);
    }
    weight.values = evaluate(order, {&w}, moved);
    weight.values.shape.clear();
    for (std::int64_t i : order.ints) {
      const auto axis = out_axis(w.shape, is_a, static_cast<std::size_t>(i));
      if (axis) {
        weight.values.shape.push_back(w.shape[static_cast<std::size_t>(i)]);
        weight.axis_labels.push_back(w.shape[static_cast<std::size_t>(i)] == 1 ? kNoLabel : label_of(*axis));
      }
    }
    for (std::size_t k = 0; k < sum_sizes.size(); ++k) {
      weight.values.shape.push_back(sum_sizes[k]);
      weight.axis_labels.push_back(sum_sizes[k] == 1 ? kNoLabel : static_cast<int>(sum_labels[k]));
    }
    weight.source = WeightSource{is_a ? n.inputs[0] : n.inputs[1], !is_a};
    weight.wide = choices_.is_wide(n.output);
    term.weight = std::move(weight);
  }
  form.terms.push_back(std::move(term));
  if (n.inputs.size() > 2) {
    form.constants.push_back(bias_along(*constant(n.inputs[2]), label_of(out.size() - 1)));
    form.constants.back().source = WeightSource{n.inputs[2], false};
  }
  set_form(n.output, std::move(form));
  return {};
}

Status Lowering::lower_sum(const FloatNode& n) {
  const Dims& out = shape(n.output);
  PROOFCARD_TRY(LinearForm a, form_of(n.inputs[0], out, node_name(n)));
  PROOFCARD_TRY(LinearForm b, form_of(n.inputs[1], out, node_name(n)));
  if (n.op == FloatOp::kSub) {
    negate(b);
  }
  if (a.terms.empty()) {
    std::swap(a, b);
  }
  add_form(a, b);
  a.name = a.name == node_name(n) ? a.name : a.name + " + " + node_name(n);
  set_form(n.output, std::move(a));
  return {};
}

Status Lowering::lower_product(const FloatNode& n) {
  const Dims& out = shape(n.output);
  const FloatTensor* c = constant(n.inputs[1]);
  if (c == nullptr) {
    PROOFCARD_TRY(View a, view_of(n.inputs[0]));
    PROOFCARD_TRY(View b, view_of(n.inputs[1]));
    LinearForm form = reading(a, out, node_name(n));
    const LinearForm other = reading(b, out, node_name(n));
    form.terms[0].operands.push_back(other.terms[0].operands[0]);
    form.terms[0].operand_scale *= b.scale;
    set_form(n.output, std::move(form));
    return {};
  }
  // A single factor is a part of the architecture; more of them are weights, even equal ones.
  const bool scalar = c->data.size() == 1;
  const auto factor = static_cast<double>(c->data[0]);
  if (scalar && slots_[n.inputs[0]].view && factor > 0 && shape(n.inputs[0]) == out && !is_whole(n.output)) {
    View view = *slots_[n.inputs[0]].view;
    view.scale *= factor;
    set_view(n.output, std::move(view));
    return {};
  }
  if (scalar) {
    PROOFCARD_TRY(LinearForm form, form_of(n.inputs[0], out, node_name(n)));
    for (FormTerm& t : form.terms) {
      t.factor *= factor;
    }
    for (FormWeight& w : form.constants) {
      for (float& v : w.values.data) {
        v *= c->data[0];
      }
    }
    set_form(n.output, std::move(form));
    return {};
  }
  PROOFCARD_TRY(View x, view_of(n.inputs[0]));
  LinearForm form = reading(x, out, node_name(n));
  form.terms[0].weight = weight_of(n.output, *c);
  set_form(n.output, std::move(form));
  return {};
}

}  // namespace proofcard::graph
