// Max pools and ArgMax: trees of Max nodes.
#include <algorithm>
#include <bit>
#include <cmath>

#include "host/graph/quantize/lowering/lowering.hpp"

namespace proofcard::graph {
namespace {

// Of values whose order matters, when they are still forms.
constexpr unsigned kOrderBits = 12;
constexpr unsigned kKeyBits = 38;        // of what is compared, with the position in it
constexpr std::int64_t kFewScores = 64;  // so few are compared by all digits, which nothing has rounded yet

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
  const auto axis = static_cast<std::size_t>(n.axis);
  const std::int64_t size = shape(n.inputs[0])[axis];
  const bool all_digits = n.exact || count(shape(n.inputs[0])) <= kFewScores;
  const auto bits =
      static_cast<unsigned>(std::max(1, static_cast<int>(std::bit_width(static_cast<std::uint64_t>(size - 1)))));
  const std::int64_t top = (std::int64_t{1} << bits) - 1;
  PROOFCARD_TRY(const View x, all_digits ? leading_digits_of(n.inputs[0], kKeyBits - bits, node_name(n))
                                         : view_of(n.inputs[0], kOrderBits));
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
  constexpr std::int64_t kMaxKey = std::int64_t{1} << 58;
  if (std::max(-t.lo, t.hi) >= kMaxKey >> bits) {
    return make_error(ErrorKind::kUnsupported, node_name(n), "its operand has too many digits to be ordered");
  }
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

}  // namespace proofcard::graph
