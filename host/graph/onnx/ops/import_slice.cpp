// Operators that take values apart and put them together.
#include <algorithm>

#include "host/graph/float_graph/float_executor.hpp"
#include "host/graph/onnx/import_parts.hpp"
#include "host/graph/onnx/importer.hpp"

namespace proofcard::graph {
namespace {

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
    const std::int64_t last = std::max<std::int64_t>(size - 1, 0);
    const std::int64_t start = std::clamp<std::int64_t>(wrap(starts[i]), 0, step > 0 ? size : last);
    const std::int64_t end = std::clamp<std::int64_t>(wrap(ends[i]), step > 0 ? 0 : -1, size);
    const std::int64_t num = step > 0 ? (end - start + step - 1) / step : (start - end - step - 1) / -step;
    n.ints[a] = start;
    n.ints[rank + a] = step;
    n.ints[2 * rank + a] = size == 0 ? 0 : std::max<std::int64_t>(num, 0);
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
    PROOFCARD_TRY(const std::int64_t declared, node.integer("num_outputs", parts));
    if (declared != parts) {
      return bad_input(node.where(), "expected {} outputs, found {}", declared, parts);
    }
    const std::int64_t each = (from[a] + parts - 1) / parts;
    for (std::int64_t i = 0; i < parts; ++i) {
      sizes.push_back(std::clamp<std::int64_t>(from[a] - i * each, 0, each));
    }
  }
  std::int64_t start = 0;
  if (sizes.size() != static_cast<std::size_t>(parts)) {
    return bad_input(node.where(), "expected {} sizes, found {}", parts, sizes.size());
  }
  for (std::size_t i = 0; i < sizes.size(); ++i) {
    if (sizes[i] < 0 || sizes[i] > from[a] - start) {
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

}  // namespace

const std::map<std::string, Translation>& slice_translations() {
  static const std::map<std::string, Translation> table = {
      {"Concat", concat},
      {"Slice", slice},
      {"Split", split},

  };
  return table;
}

}  // namespace proofcard::graph
