// Operators that put cells around a value, or take them away.
#include <algorithm>
#include <cmath>
#include <numeric>

#include "host/graph/float_graph/float_executor.hpp"
#include "host/graph/onnx/import_parts.hpp"

namespace proofcard::graph {
namespace {

// The cell that a position outside takes its value from.
std::int64_t neighbour(const std::string& mode, std::int64_t i, std::int64_t size) {
  if (mode == "reflect") {
    return i < 0 ? -i : i >= size ? 2 * (size - 1) - i : i;
  }
  if (mode == "wrap") {
    return (i % size + size) % size;
  }
  return std::clamp<std::int64_t>(i, 0, size - 1);
}

Result<std::uint32_t> padded_with_neighbours(const NodeReader& node, std::uint32_t x, const Dims& pads,
                                             const std::string& mode) {
  const Dims from = node.shape_of(x);
  for (std::size_t a = 0; a < from.size(); ++a) {
    const std::int64_t after = pads[from.size() + a];
    if (pads[a] == 0 && after == 0) {
      continue;
    }
    const std::int64_t most = mode == "reflect" ? from[a] - 1 : std::int64_t{1} << 16;
    if (from[a] < 1 || pads[a] > most || after > most) {
      return bad_input(node.where(), "expected pads of at most {} along axis {}, found {} and {}", most, a, pads[a],
                       after);
    }
    FloatNode n = node.make(FloatOp::kGather, {x});
    n.axis = static_cast<std::int64_t>(a);
    for (std::int64_t i = -pads[a]; i < from[a] + after; ++i) {
      n.ints.push_back(neighbour(mode, i, from[a]));
    }
    PROOFCARD_TRY(x, node.emit(std::move(n)));
  }
  return x;
}

// Begins, then ends, of every axis.
Result<Dims> read_pads(const NodeReader& node, std::size_t rank) {
  Dims pads, axes;
  if (node.opset() < 11) {
    PROOFCARD_TRY(pads, node.integers("pads", {}));
  } else {
    PROOFCARD_TRY(pads, node.constant_integers(1, "pads"));
    if (node.has_input(3)) {
      PROOFCARD_TRY(axes, node.constant_integers(3, "axes"));
    }
  }
  if (axes.empty()) {
    axes.resize(rank);
    std::iota(axes.begin(), axes.end(), 0);
  }
  if (pads.size() != 2 * axes.size()) {
    return bad_input(node.where(), "expected {} pads, found {}", 2 * axes.size(), pads.size());
  }
  Dims out(2 * rank, 0);
  for (std::size_t i = 0; i < axes.size(); ++i) {
    PROOFCARD_TRY(const std::int64_t axis, normalise_axis(axes[i], rank, node.where()));
    const auto a = static_cast<std::size_t>(axis);
    out[a] = pads[i];
    out[rank + a] = pads[axes.size() + i];
  }
  return out;
}

// Takes away what negative pads say, which become 0.
Result<std::uint32_t> cropped(const NodeReader& node, std::uint32_t x, Dims& pads) {
  if (std::all_of(pads.begin(), pads.end(), [](std::int64_t p) { return p >= 0; })) {
    return x;
  }
  const Dims from = node.shape_of(x);
  const std::size_t rank = from.size();
  FloatNode n = whole_slice(node, x);
  for (std::size_t a = 0; a < rank; ++a) {
    const std::int64_t before = std::max<std::int64_t>(-pads[a], 0);
    const std::int64_t after = std::max<std::int64_t>(-pads[rank + a], 0);
    if (before > from[a] || after > from[a] - before) {
      return bad_input(node.where(), "expected pads that leave something of {} entries, found {} and {}", from[a],
                       pads[a], pads[rank + a]);
    }
    n.ints[a] = before;
    n.ints[2 * rank + a] = from[a] - before - after;
    pads[a] = std::max<std::int64_t>(pads[a], 0);
    pads[rank + a] = std::max<std::int64_t>(pads[rank + a], 0);
  }
  return node.emit(std::move(n));
}

Status pad(const NodeReader& node) {
  PROOFCARD_TRY(std::uint32_t x, node.input(0));
  PROOFCARD_TRY(const std::string mode, node.text("mode", "constant"));
  if (mode != "constant" && mode != "edge" && mode != "reflect" && mode != "wrap") {
    return node.unsupported(fmt::format("mode {} is not supported", foreign_name(mode)));
  }
  float value = 0.0F;
  if (node.opset() < 11) {
    PROOFCARD_TRY(value, node.real("value", 0.0F));
  } else if (node.has_input(2)) {
    PROOFCARD_TRY(value, node.constant_scalar(2, "value"));
  }
  if (!(std::abs(value) < 1e6F)) {
    return node.unsupported("a value of 10^6 or more is not supported");
  }
  PROOFCARD_TRY(Dims pads, read_pads(node, node.shape_of(x).size()));
  PROOFCARD_TRY(x, cropped(node, x, pads));
  if (mode != "constant") {
    PROOFCARD_TRY(x, padded_with_neighbours(node, x, pads, mode));
    return node.bind(0, x);
  }
  FloatNode n = node.make(FloatOp::kPad, {x});
  n.alpha = value;
  n.ints = std::move(pads);
  PROOFCARD_TRY(const std::uint32_t out, node.emit(std::move(n)));
  return node.bind(0, out);
}

// The middle of a value, or zeros around it; one entry more is taken or added at the end.
Status center_crop_pad(const NodeReader& node) {
  PROOFCARD_TRY(std::uint32_t x, node.input(0));
  PROOFCARD_TRY(const Dims wanted, node.constant_integers(1, "shape"));
  const Dims from = node.shape_of(x);
  PROOFCARD_TRY(Dims axes, node.integers("axes", {}));
  if (axes.empty()) {
    axes.resize(from.size());
    std::iota(axes.begin(), axes.end(), 0);
  }
  if (wanted.size() != axes.size()) {
    return bad_input(node.where(), "expected {} sizes, found {}", axes.size(), wanted.size());
  }
  Dims pads(2 * from.size(), 0);
  for (std::size_t i = 0; i < axes.size(); ++i) {
    PROOFCARD_TRY(const std::int64_t axis, normalise_axis(axes[i], from.size(), node.where()));
    const auto a = static_cast<std::size_t>(axis);
    if (wanted[i] < 0 || wanted[i] > kMaxElements) {
      return bad_input(node.where(), "expected sizes of at least 0, found {}", wanted[i]);
    }
    const std::int64_t more = wanted[i] - from[a];
    pads[a] = more < 0 ? -(-more / 2) : more / 2;
    pads[from.size() + a] = more - pads[a];
  }
  PROOFCARD_TRY(x, cropped(node, x, pads));
  FloatNode n = node.make(FloatOp::kPad, {x});
  n.ints = std::move(pads);
  PROOFCARD_TRY(const std::uint32_t out, node.emit(std::move(n)));
  return node.bind(0, out);
}

}  // namespace

const std::map<std::string, Translation>& pad_translations() {
  static const std::map<std::string, Translation> table = {
      {"Pad", pad},
      {"CenterCropPad", center_crop_pad},
  };
  return table;
}

}  // namespace proofcard::graph
