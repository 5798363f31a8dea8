// Constants, and operators that move values without changing them.
#include <algorithm>
#include <cmath>

#include "host/graph/onnx/importer.hpp"
#include "host/graph/quantize/float_executor.hpp"

namespace proofcard::graph {
namespace {

Status identity(const NodeReader& node) {
  PROOFCARD_TRY(std::uint32_t x, node.input(0));
  PROOFCARD_RETURN_IF_ERROR(node.no_output_from(1));
  return node.bind(0, x);
}

Status dropout(const NodeReader& node) {
  if (node.has_input(2)) {
    PROOFCARD_TRY(float training, node.constant_scalar(2, "training mode"));
    if (training != 0.0F) {
      return node.unsupported("training mode is not supported");
    }
  }
  return identity(node);
}

Status constant(const NodeReader& node) {
  if (const onnx::AttributeProto* a = node.find("value"); a != nullptr) {
    PROOFCARD_TRY(FloatTensor t, read_tensor(a->t(), node.where()));
    return node.bind(0, node.add_constant(std::move(t)));
  }
  if (const onnx::AttributeProto* a = node.find("value_float"); a != nullptr) {
    return node.bind(0, node.add_constant({{}, {a->f()}, false}));
  }
  if (const onnx::AttributeProto* a = node.find("value_int"); a != nullptr) {
    return node.bind(0, node.add_constant({{}, {static_cast<float>(a->i())}, true}));
  }
  if (const onnx::AttributeProto* a = node.find("value_floats"); a != nullptr) {
    return node.bind(0, node.add_constant({{a->floats_size()}, {a->floats().begin(), a->floats().end()}, false}));
  }
  if (const onnx::AttributeProto* a = node.find("value_ints"); a != nullptr) {
    FloatTensor t{{a->ints_size()}, {}, true};
    for (std::int64_t v : a->ints()) {
      t.data.push_back(static_cast<float>(v));
    }
    return node.bind(0, node.add_constant(std::move(t)));
  }
  return node.unsupported("only tensors, numbers and lists of numbers are supported");
}

Status constant_of_shape(const NodeReader& node) {
  PROOFCARD_TRY(Dims shape, node.constant_integers(0, "shape"));
  FloatTensor value{{1}, {0.0F}, false};
  if (const onnx::AttributeProto* a = node.find("value"); a != nullptr) {
    PROOFCARD_TRY(value, read_tensor(a->t(), node.where()));
  }
  if (value.data.size() != 1) {
    return bad_input(node.where(), "expected one value, found {}", value.data.size());
  }
  // Broadcast by the executor's own rule, which bounds the size.
  FloatNode n = node.make(FloatOp::kReshape, {node.add_constant(value)});
  n.ints = Dims(shape.size(), 1);
  PROOFCARD_TRY(std::uint32_t one, node.emit(std::move(n)));
  n = node.make(FloatOp::kGather, {one});
  for (std::size_t i = 0; i < shape.size(); ++i) {
    if (shape[i] < 1 || shape[i] > (std::int64_t{1} << 24)) {
      return bad_input(node.where(), "expected dimensions of at least 1, found {}", shape[i]);
    }
    n.inputs = {one};
    n.axis = static_cast<std::int64_t>(i);
    n.ints = Dims(static_cast<std::size_t>(shape[i]), 0);
    PROOFCARD_TRY(one, node.emit(n));
  }
  return node.bind(0, one);
}

Status shape(const NodeReader& node) {
  PROOFCARD_TRY(std::uint32_t x, node.input(0));
  const Dims& dims = node.shape_of(x);
  const auto rank = static_cast<std::int64_t>(dims.size());
  PROOFCARD_TRY(std::int64_t start, node.integer("start", 0));
  PROOFCARD_TRY(std::int64_t end, node.integer("end", rank));
  start = std::clamp<std::int64_t>(start < 0 ? start + rank : start, 0, rank);
  end = std::clamp<std::int64_t>(end < 0 ? end + rank : end, start, rank);
  FloatTensor t{{end - start}, {}, true};
  for (std::int64_t i = start; i < end; ++i) {
    t.data.push_back(static_cast<float>(dims[static_cast<std::size_t>(i)]));
  }
  return node.bind(0, node.add_constant(std::move(t)));
}

Status reshape(const NodeReader& node) {
  PROOFCARD_TRY(std::uint32_t x, node.input(0));
  PROOFCARD_TRY(Dims target, node.constant_integers(1, "target shape"));
  PROOFCARD_TRY(std::int64_t allow_zero, node.integer("allowzero", 0));
  const Dims from = node.shape_of(x);
  std::size_t inferred = target.size();
  std::int64_t known = 1;
  for (std::size_t i = 0; i < target.size(); ++i) {
    if (target[i] == 0 && allow_zero == 0) {
      if (i >= from.size()) {
        return bad_input(node.where(), "expected a dimension {} to copy, found rank {}", i, from.size());
      }
      target[i] = from[i];
    }
    if (target[i] == -1 && inferred == target.size()) {
      inferred = i;
    } else if (target[i] < 1 || target[i] > kMaxElements || (known *= target[i]) > kMaxElements) {
      return bad_input(node.where(), "cannot reshape [{}] to [{}]", fmt::join(from, ", "), fmt::join(target, ", "));
    }
  }
  if (inferred < target.size()) {
    if (count(from) % known != 0) {
      return bad_input(node.where(), "cannot reshape [{}] to [{}]", fmt::join(from, ", "), fmt::join(target, ", "));
    }
    target[inferred] = count(from) / known;
  }
  PROOFCARD_TRY(std::uint32_t out, node.reshape(x, std::move(target)));
  return node.bind(0, out);
}

Status flatten(const NodeReader& node) {
  PROOFCARD_TRY(std::uint32_t x, node.input(0));
  const Dims from = node.shape_of(x);
  PROOFCARD_TRY(std::int64_t axis, node.integer("axis", 1));
  const auto rank = static_cast<std::int64_t>(from.size());
  if (axis < -rank || axis > rank) {
    return bad_input(node.where(), "expected an axis in [{}, {}], found {}", -rank, rank, axis);
  }
  axis = axis < 0 ? axis + rank : axis;
  const Dims to{count(Dims(from.begin(), from.begin() + axis)), count(Dims(from.begin() + axis, from.end()))};
  PROOFCARD_TRY(std::uint32_t out, node.reshape(x, to));
  return node.bind(0, out);
}

Status transpose(const NodeReader& node) {
  PROOFCARD_TRY(std::uint32_t x, node.input(0));
  Dims reversed;
  for (std::size_t i = node.shape_of(x).size(); i-- > 0;) {
    reversed.push_back(static_cast<std::int64_t>(i));
  }
  FloatNode n = node.make(FloatOp::kTranspose, {x});
  PROOFCARD_TRY(n.ints, node.integers("perm", reversed));
  PROOFCARD_TRY(std::uint32_t out, node.emit(std::move(n)));
  return node.bind(0, out);
}

// Axes from the attribute (before operator set 13) or from input 1.
Result<Dims> axes_of(const NodeReader& node, bool& given) {
  given = true;
  if (node.opset() < 13) {
    given = node.has_attribute("axes");
    return node.integers("axes", {});
  }
  given = node.has_input(1);
  if (!given) {
    return Dims{};
  }
  return node.constant_integers(1, "list of axes");
}

Status squeeze(const NodeReader& node) {
  PROOFCARD_TRY(std::uint32_t x, node.input(0));
  const Dims from = node.shape_of(x);
  bool given = false;
  PROOFCARD_TRY(Dims axes, axes_of(node, given));
  PROOFCARD_TRY(axes, normalise_axes(axes, from.size(), node.where()));
  Dims to;
  for (std::size_t i = 0; i < from.size(); ++i) {
    const bool named = std::binary_search(axes.begin(), axes.end(), static_cast<std::int64_t>(i));
    if (named && from[i] != 1) {
      return bad_input(node.where(), "expected axis {} to have one entry, found {}", i, from[i]);
    }
    if (!named && (given || from[i] != 1)) {
      to.push_back(from[i]);
    }
  }
  PROOFCARD_TRY(std::uint32_t out, node.reshape(x, std::move(to)));
  return node.bind(0, out);
}

Status unsqueeze(const NodeReader& node) {
  PROOFCARD_TRY(std::uint32_t x, node.input(0));
  const Dims from = node.shape_of(x);
  bool given = false;
  PROOFCARD_TRY(Dims axes, axes_of(node, given));
  if (axes.size() > 16) {
    return bad_input(node.where(), "expected at most 16 axes, found {}", axes.size());
  }
  PROOFCARD_TRY(axes, normalise_axes(axes, from.size() + axes.size(), node.where()));
  Dims to = from;
  for (std::int64_t a : axes) {
    to.insert(to.begin() + a, 1);
  }
  PROOFCARD_TRY(std::uint32_t out, node.reshape(x, std::move(to)));
  return node.bind(0, out);
}

Status concat(const NodeReader& node) {
  std::vector<std::uint32_t> inputs;
  for (std::size_t i = 0; i < node.num_inputs(); ++i) {
    PROOFCARD_TRY(std::uint32_t x, node.input(i));
    inputs.push_back(x);
  }
  if (inputs.empty()) {
    return bad_input(node.where(), "expected inputs, found none");
  }
  FloatNode n = node.make(FloatOp::kConcat, inputs);
  PROOFCARD_TRY(n.axis, node.integer("axis", 1));
  PROOFCARD_TRY(n.axis, normalise_axis(n.axis, node.shape_of(inputs[0]).size(), node.where()));
  PROOFCARD_TRY(std::uint32_t out, node.emit(std::move(n)));
  return node.bind(0, out);
}

// A slice of every axis in full: starts, steps, counts.
FloatNode whole_slice(const NodeReader& node, std::uint32_t x) {
  const Dims& from = node.shape_of(x);
  FloatNode n = node.make(FloatOp::kSlice, {x});
  n.ints.assign(from.size(), 0);
  n.ints.insert(n.ints.end(), from.size(), 1);
  n.ints.insert(n.ints.end(), from.begin(), from.end());
  return n;
}

Status slice(const NodeReader& node) {
  PROOFCARD_TRY(std::uint32_t x, node.input(0));
  const Dims from = node.shape_of(x);
  const std::size_t rank = from.size();
  Dims starts, ends, axes, steps;
  if (node.opset() < 10) {
    PROOFCARD_TRY(starts, node.integers("starts", {}));
    PROOFCARD_TRY(ends, node.integers("ends", {}));
    PROOFCARD_TRY(axes, node.integers("axes", {}));
  } else {
    PROOFCARD_TRY(starts, node.constant_integers(1, "starts"));
    PROOFCARD_TRY(ends, node.constant_integers(2, "ends"));
    if (node.has_input(3)) {
      PROOFCARD_TRY(axes, node.constant_integers(3, "axes"));
    }
    if (node.has_input(4)) {
      PROOFCARD_TRY(steps, node.constant_integers(4, "steps"));
    }
  }
  if (axes.empty()) {
    for (std::size_t i = 0; i < std::min(rank, starts.size()); ++i) {
      axes.push_back(static_cast<std::int64_t>(i));
    }
  }
  if (steps.empty()) {
    steps.assign(axes.size(), 1);
  }
  if (starts.size() != axes.size() || ends.size() != axes.size() || steps.size() != axes.size()) {
    return bad_input(node.where(), "expected as many starts, ends, axes and steps, found {}, {}, {} and {}",
                     starts.size(), ends.size(), axes.size(), steps.size());
  }
  FloatNode n = whole_slice(node, x);
  for (std::size_t i = 0; i < axes.size(); ++i) {
    PROOFCARD_TRY(std::int64_t axis, normalise_axis(axes[i], rank, node.where()));
    const auto a = static_cast<std::size_t>(axis);
    const std::int64_t size = from[a];
    const std::int64_t step = steps[i];
    if (step == 0 || step < -kMaxElements || step > kMaxElements) {
      return bad_input(node.where(), "expected a step other than 0, found {}", step);
    }
    const auto wrap = [&](std::int64_t v) { return v < 0 ? v + size : v; };
    const std::int64_t start = std::clamp<std::int64_t>(wrap(starts[i]), 0, step > 0 ? size : size - 1);
    const std::int64_t end = std::clamp<std::int64_t>(wrap(ends[i]), step > 0 ? 0 : -1, size);
    const std::int64_t num = step > 0 ? (end - start + step - 1) / step : (start - end - step - 1) / -step;
    n.ints[a] = start;
    n.ints[rank + a] = step;
    n.ints[2 * rank + a] = num;
  }
  PROOFCARD_TRY(std::uint32_t out, node.emit(std::move(n)));
  return node.bind(0, out);
}

Status split(const NodeReader& node) {
  PROOFCARD_TRY(std::uint32_t x, node.input(0));
  const Dims from = node.shape_of(x);
  PROOFCARD_TRY(std::int64_t axis, node.integer("axis", 0));
  PROOFCARD_TRY(axis, normalise_axis(axis, from.size(), node.where()));
  const auto a = static_cast<std::size_t>(axis);
  const auto parts = static_cast<std::int64_t>(node.num_outputs());
  Dims sizes;
  if (node.opset() < 13) {
    PROOFCARD_TRY(sizes, node.integers("split", {}));
  } else if (node.has_input(1)) {
    PROOFCARD_TRY(sizes, node.constant_integers(1, "sizes"));
  }
  if (sizes.empty() && parts > 0) {
    const std::int64_t each = (from[a] + parts - 1) / parts;
    for (std::int64_t i = 0; i < parts; ++i) {
      sizes.push_back(std::min(each, from[a] - i * each));
    }
  }
  std::int64_t start = 0;
  if (sizes.size() != static_cast<std::size_t>(parts)) {
    return bad_input(node.where(), "expected {} sizes, found {}", parts, sizes.size());
  }
  for (std::size_t i = 0; i < sizes.size(); ++i) {
    if (sizes[i] < 1 || sizes[i] > from[a] - start) {
      return bad_input(node.where(), "expected sizes that add up to {}, found [{}]", from[a], fmt::join(sizes, ", "));
    }
    FloatNode n = whole_slice(node, x);
    n.ints[a] = start;
    n.ints[2 * from.size() + a] = sizes[i];
    PROOFCARD_TRY(std::uint32_t out, node.emit(std::move(n)));
    PROOFCARD_RETURN_IF_ERROR(node.bind(i, out));
    start += sizes[i];
  }
  return {};
}

// Cells outside take the value of the nearest cell, or of the one mirrored at the end.
Status padded_with_neighbours(const NodeReader& node, std::uint32_t x, const Dims& pads, bool reflect) {
  const Dims from = node.shape_of(x);
  for (std::size_t a = 0; a < from.size(); ++a) {
    const std::int64_t after = pads[from.size() + a];
    if (pads[a] == 0 && after == 0) {
      continue;
    }
    const std::int64_t most = reflect ? from[a] - 1 : std::int64_t{1} << 16;
    if (pads[a] > most || after > most) {
      return bad_input(node.where(), "expected pads of at most {} along axis {}, found {} and {}", most, a, pads[a],
                       after);
    }
    FloatNode n = node.make(FloatOp::kGather, {x});
    n.axis = static_cast<std::int64_t>(a);
    for (std::int64_t i = -pads[a]; i < from[a] + after; ++i) {
      const std::int64_t mirrored = i < 0 ? -i : i >= from[a] ? 2 * (from[a] - 1) - i : i;
      n.ints.push_back(reflect ? mirrored : std::clamp<std::int64_t>(i, 0, from[a] - 1));
    }
    PROOFCARD_TRY(x, node.emit(std::move(n)));
  }
  return node.bind(0, x);
}

Status pad(const NodeReader& node) {
  PROOFCARD_TRY(std::uint32_t x, node.input(0));
  const Dims from = node.shape_of(x);
  PROOFCARD_TRY(std::string mode, node.text("mode", "constant"));
  if (mode != "constant" && mode != "edge" && mode != "reflect") {
    return node.unsupported(fmt::format("mode {} is not supported", foreign_name(mode)));
  }
  FloatNode n = node.make(FloatOp::kPad, {x});
  Dims pads, axes;
  if (node.opset() < 11) {
    PROOFCARD_TRY(pads, node.integers("pads", {}));
    PROOFCARD_TRY(n.alpha, node.real("value", 0.0F));
  } else {
    PROOFCARD_TRY(pads, node.constant_integers(1, "pads"));
    if (node.has_input(2)) {
      PROOFCARD_TRY(n.alpha, node.constant_scalar(2, "value"));
    }
    if (node.has_input(3)) {
      PROOFCARD_TRY(axes, node.constant_integers(3, "axes"));
    }
  }
  if (!(std::abs(n.alpha) < 1e6F)) {
    return node.unsupported("a value of 10^6 or more is not supported");
  }
  if (axes.empty()) {
    for (std::size_t i = 0; i < from.size(); ++i) {
      axes.push_back(static_cast<std::int64_t>(i));
    }
  }
  if (pads.size() != 2 * axes.size()) {
    return bad_input(node.where(), "expected {} pads, found {}", 2 * axes.size(), pads.size());
  }
  n.ints.assign(2 * from.size(), 0);
  bool negative = false;
  for (std::size_t i = 0; i < axes.size(); ++i) {
    PROOFCARD_TRY(std::int64_t axis, normalise_axis(axes[i], from.size(), node.where()));
    const auto a = static_cast<std::size_t>(axis);
    n.ints[a] = pads[i];
    n.ints[from.size() + a] = pads[axes.size() + i];
    negative = negative || pads[i] < 0 || pads[axes.size() + i] < 0;
  }
  if (negative) {
    return node.unsupported("negative pads are not supported");
  }
  if (mode != "constant") {
    return padded_with_neighbours(node, x, n.ints, mode == "reflect");
  }
  PROOFCARD_TRY(std::uint32_t out, node.emit(std::move(n)));
  return node.bind(0, out);
}

Status gather(const NodeReader& node) {
  PROOFCARD_TRY(std::uint32_t x, node.input(0));
  const Dims from = node.shape_of(x);
  PROOFCARD_TRY(const FloatTensor* indices, node.constant(1, "list of indices"));
  const Dims index_shape = indices->shape;
  PROOFCARD_TRY(Dims list, node.constant_integers(1, "list of indices"));
  FloatNode n = node.make(FloatOp::kGather, {x});
  PROOFCARD_TRY(n.axis, node.integer("axis", 0));
  PROOFCARD_TRY(n.axis, normalise_axis(n.axis, from.size(), node.where()));
  for (std::int64_t& i : list) {
    PROOFCARD_TRY(i, normalise_axis(i, static_cast<std::size_t>(from[static_cast<std::size_t>(n.axis)]), node.where()));
  }
  n.ints = std::move(list);
  const std::int64_t axis = n.axis;
  PROOFCARD_TRY(std::uint32_t out, node.emit(std::move(n)));
  Dims to(from.begin(), from.begin() + axis);
  to.insert(to.end(), index_shape.begin(), index_shape.end());
  to.insert(to.end(), from.begin() + axis + 1, from.end());
  PROOFCARD_TRY(out, node.reshape(out, std::move(to)));
  return node.bind(0, out);
}

// Repeats entries of axes of size 1, as numpy broadcasting does.
Status expand(const NodeReader& node) {
  PROOFCARD_TRY(std::uint32_t x, node.input(0));
  PROOFCARD_TRY(Dims target, node.constant_integers(1, "target shape"));
  if (target.size() > 16) {
    return bad_input(node.where(), "expected at most 16 dimensions, found {}", target.size());
  }
  Dims from = node.shape_of(x);
  while (from.size() < target.size()) {
    from.insert(from.begin(), 1);
  }
  PROOFCARD_TRY(std::uint32_t out, node.reshape(x, from));
  const std::size_t skip = from.size() - target.size();
  for (std::size_t i = 0; i < target.size(); ++i) {
    if (target[i] != 1 && target[i] != from[skip + i]) {
      if (from[skip + i] != 1 || target[i] < 1 || target[i] > (std::int64_t{1} << 24)) {
        return bad_input(node.where(), "cannot expand [{}] to [{}]", fmt::join(from, ", "), fmt::join(target, ", "));
      }
      FloatNode n = node.make(FloatOp::kGather, {out});
      n.axis = static_cast<std::int64_t>(skip + i);
      n.ints.assign(static_cast<std::size_t>(target[i]), 0);
      PROOFCARD_TRY(out, node.emit(std::move(n)));
    }
  }
  return node.bind(0, out);
}

}  // namespace

const std::map<std::string, Translation>& shape_translations() {
  static const std::map<std::string, Translation> table = {
      {"Identity", identity}, {"Dropout", dropout},
      {"Constant", constant}, {"ConstantOfShape", constant_of_shape},
      {"Shape", shape},       {"Reshape", reshape},
      {"Flatten", flatten},   {"Transpose", transpose},
      {"Squeeze", squeeze},   {"Unsqueeze", unsqueeze},
      {"Concat", concat},     {"Slice", slice},
      {"Split", split},       {"Pad", pad},
      {"Gather", gather},     {"Expand", expand},
  };
  return table;
}

}  // namespace proofcard::graph
