// Max pools, ArgMax, Softmax: trees of Max nodes.
#include <algorithm>
#include <bit>
#include <cmath>

#include "host/graph/quantize/lowering.hpp"

namespace proofcard::graph {
namespace {

constexpr unsigned kLogitBits = 12;         // of values whose order or exponential matters, when they are still forms
constexpr double kExpSteps = 4096;          // exp(0) in a softmax
constexpr unsigned kProbabilityShift = 14;  // probabilities are multiples of 2^-14

std::string node_name(const FloatNode& n) { return n.name + " (" + n.onnx_op + ")"; }

}  // namespace

// Halves the axis until one entry is left; an odd middle entry is compared twice, which changes nothing.
View Lowering::max_over_axis(const std::string& name, View view, std::size_t axis) {
  while (view.shape[axis] > 1) {
    const std::int64_t size = view.shape[axis];
    const std::int64_t half = (size + 1) / 2;
    Dims starts(view.shape.size(), 0);
    const Dims steps(view.shape.size(), 1);
    Dims counts = view.shape;
    counts[axis] = half;
    const View low = slice_view(view, starts, steps, counts);
    starts[axis] = size - half;
    const View high = slice_view(view, starts, steps, counts);
    const std::vector<AxisMap> maps = out_maps(counts);
    const std::uint32_t id =
        builder_.max(name, read_view(low, maps), read_view(high, maps), storage_shape(counts), view.scale);
    view = identity_view(id, counts, view.scale);
  }
  return view;
}

// Maximum over the window along one axis.
Result<View> Lowering::max_window(const FloatNode& n, View view, std::size_t axis, std::size_t i) {
  const std::int64_t kernel = n.kernel[i];
  const std::int64_t stride = n.strides[i];
  const std::int64_t size = view.shape[axis];
  const std::int64_t num = shape(n.output)[axis];
  const std::int64_t last = (num - 1) * stride + (kernel - 1) * n.dilations[i] - n.pads[i];
  const bool outside = n.pads[i] > 0 || last >= size;
  if (size == 1) {
    view.shape[axis] = num;  // every window holds that one entry
    return view;
  }
  if (num == 1 && kernel == size && !outside) {
    return max_over_axis(node_name(n), view, axis);
  }
  if (outside) {
    // Padding is left out: an index outside moves to the nearest cell, which is in the window already.
    if (n.dilations[i] != 1 || n.pads[i] >= kernel || last - size + 1 >= kernel) {
      return make_error(ErrorKind::kUnsupported, node_name(n),
                        "padding with dilation, or wider than the window, is not supported");
    }
    if (!whole_axis(view, axis, tensor_shape(view))) {
      view = builder_.exact(node_name(n), view);
    }
  }
  Dims out = view.shape;
  out[axis] = num;
  const auto tap = [&](std::int64_t k) {
    std::vector<AxisMap> maps = out_maps(out);
    for (tensor::LabelStride& l : maps[axis].labels) {
      l.stride = stride;
    }
    maps[axis].offset = k * n.dilations[i] - n.pads[i];
    tensor::Operand operand = read_view(view, maps);
    for (std::size_t g = 0; outside && g < operand.groups.size(); ++g) {
      const auto& labels = view.groups[g].labels;
      operand.groups[g].clamp =
          std::any_of(labels.begin(), labels.end(), [&](const auto& l) { return l.label == axis; });
    }
    return operand;
  };
  if (kernel == 1) {
    Dims starts(out.size(), 0);
    Dims steps(out.size(), 1);
    steps[axis] = stride;
    return slice_view(view, starts, steps, out);
  }
  tensor::Operand best = tap(0);
  std::uint32_t id = 0;
  for (std::int64_t k = 1; k < kernel; ++k) {
    id = builder_.max(node_name(n), std::move(best), tap(k), storage_shape(out), view.scale);
    best = read_view(identity_view(id, out, view.scale), out_maps(out));
  }
  return identity_view(id, out, view.scale);
}

Status Lowering::lower_max_pool(const FloatNode& n) {
  PROOFCARD_TRY(View view, view_of(n.inputs[0]));
  // The last axis first: it halves the work of the others.
  for (std::size_t i = n.kernel.size(); i-- > 0;) {
    PROOFCARD_TRY(view, max_window(n, std::move(view), 2 + i, i));
  }
  set_view(n.output, std::move(view));
  return {};
}

Status Lowering::lower_arg_max(const FloatNode& n) {
  PROOFCARD_TRY(View x, view_of(n.inputs[0], kLogitBits));
  const auto axis = static_cast<std::size_t>(n.axis);
  const std::int64_t size = x.shape[axis];
  const auto bits =
      static_cast<unsigned>(std::max(1, static_cast<int>(std::bit_width(static_cast<std::uint64_t>(size - 1)))));
  const std::int64_t top = (std::int64_t{1} << bits) - 1;
  // key = x * 2^bits + (top - index): the largest key has the largest x, and among those the first index.
  const LinearForm form = reading(x, x.shape, node_name(n));
  Linear key;
  key.acc.out_dims = form.out_dims;
  key.acc.terms.push_back({top + 1, form.terms[0].operands, {}});
  if (size > 1) {
    tensor::LabelWeights index{static_cast<std::uint32_t>(out_label(x.shape, axis)), {}};
    for (std::int64_t j = 0; j < size; ++j) {
      index.values.push_back(n.last ? j : top - j);
    }
    key.acc.terms.push_back({1, {}, {std::move(index)}});
  }
  const Tensor& t = builder_.tensor(x.tensor);
  const Interval range{
      -1, {std::min<std::int64_t>(t.lo, 0) * (top + 1)}, {std::max<std::int64_t>(t.hi, 0) * (top + 1) + top}};
  View keys = identity_view(builder_.linear(node_name(n) + ": key", std::move(key), range, 1.0), x.shape, 1.0);
  keys = max_over_axis(node_name(n), keys, axis);
  const Dims& out = shape(n.output);
  View low = identity_view(builder_.low_bits(node_name(n) + ": index", keys.tensor, bits), keys.shape, 1.0);
  if (size == 1) {
    low = identity_view(keys.tensor, keys.shape, 1.0);
    low.tensor = builder_.low_bits(node_name(n) + ": index", keys.tensor, bits);
  }
  const std::optional<View> view = reshape_view(low, out, tensor_shape(low));
  if (!view) {
    return make_error(ErrorKind::kUnsupported, node_name(n), "its result cannot be reshaped");
  }
  if (n.last) {
    set_view(n.output, *view);
    return {};
  }
  Linear index;
  const LinearForm reading_low = reading(*view, out, node_name(n));
  index.acc.out_dims = reading_low.out_dims;
  index.acc.terms.push_back({-1, reading_low.terms[0].operands, {}});
  index.acc.terms.push_back({size == 1 ? 0 : top, {}, {}});
  set_view(n.output, identity_view(builder_.linear(node_name(n), std::move(index), {-1, {0}, {top}}, 1.0), out, 1.0));
  return {};
}

// p = exp(x - max) / sum of exp(x - max).
Status Lowering::lower_softmax(const FloatNode& n) {
  PROOFCARD_TRY(View x, view_of(n.inputs[0], kLogitBits));
  const auto axis = static_cast<std::size_t>(n.axis);
  const Dims& out = shape(n.output);
  const std::string name = node_name(n);
  const Tensor& t = builder_.tensor(x.tensor);
  const std::int64_t spread = std::max<std::int64_t>(t.hi, 0) - std::min<std::int64_t>(t.lo, 0);
  if (spread >= std::int64_t{UINT32_MAX}) {
    return too_many_steps(name);
  }
  const View largest = max_over_axis(name + ": max", x, axis);

  Linear below;
  LinearForm form = reading(x, out, name);
  below.acc.out_dims = form.out_dims;
  below.acc.terms.push_back({1, form.terms[0].operands, {}});
  below.acc.terms.push_back({-1, reading(largest, out, name).terms[0].operands, {}});
  // x - max is never positive: the maximum is over these very x.
  const std::uint32_t difference = builder_.linear(name + ": x - max", std::move(below), {-1, {-spread}, {0}}, x.scale);
  tensor::TableSpec table;
  table.function = tensor::Function::kExp;
  table.in_scale = x.scale;
  table.out_scale = 1.0 / kExpSteps;
  table.out_hi = static_cast<std::int64_t>(kExpSteps);
  const View e =
      identity_view(builder_.lookup(name + ": exp", table, difference, table.out_scale), out, table.out_scale);

  Dims kept = out;
  kept[axis] = 1;
  Linear total;
  total.acc.out_dims = storage_shape(kept);
  total.acc.sum_dims = {static_cast<std::uint32_t>(out[axis])};
  std::vector<AxisMap> maps(out.size());
  for (std::size_t a = 0; a < out.size(); ++a) {
    if (a == axis && out[a] != 1) {
      maps[a].labels.push_back({static_cast<std::uint32_t>(total.acc.out_dims.size()), 1});
    } else if (out[a] != 1) {
      maps[a].labels.push_back({static_cast<std::uint32_t>(out_label(kept, a)), 1});
    }
  }
  total.acc.terms.push_back({1, {read_view(e, maps)}, {}});
  // One of the summands is exp(0), so the sum is at least that.
  const Interval range{-1, {static_cast<std::int64_t>(kExpSteps)}, {static_cast<std::int64_t>(kExpSteps) * out[axis]}};
  const View sum =
      identity_view(builder_.linear(name + ": sum", std::move(total), range, table.out_scale), kept, table.out_scale);
  const double scale = std::ldexp(1.0, -static_cast<int>(kProbabilityShift));
  const std::uint32_t p =
      builder_.divide(name, reading(e, out, name).terms[0].operands[0], reading(sum, out, name).terms[0].operands[0],
                      kProbabilityShift, storage_shape(out), std::int64_t{1} << kProbabilityShift, scale);
  set_view(n.output, identity_view(p, out, scale));
  return {};
}

}  // namespace proofcard::graph
