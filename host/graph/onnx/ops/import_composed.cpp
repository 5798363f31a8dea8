// Operators that are written in others.
#include <algorithm>
#include <limits>

#include "host/graph/float_graph/float_executor.hpp"
#include "host/graph/onnx/import_parts.hpp"
#include "host/graph/onnx/importer.hpp"

namespace proofcard::graph {
namespace {

Status mean(const NodeReader& node) {
  PROOFCARD_TRY(std::uint32_t out, node.input(0));
  for (std::size_t i = 1; i < node.num_inputs(); ++i) {
    PROOFCARD_TRY(const std::uint32_t next, node.input(i));
    PROOFCARD_TRY(out, node.emit(FloatOp::kAdd, {out, next}));
  }
  PROOFCARD_TRY(out, scaled(node, out, 1.0F / static_cast<float>(node.num_inputs())));
  return node.bind(0, out);
}

Status extrema(const NodeReader& node) {
  PROOFCARD_TRY(std::uint32_t out, node.input(0));
  for (std::size_t i = 1; i < node.num_inputs(); ++i) {
    PROOFCARD_TRY(const std::uint32_t next, node.input(i));
    PROOFCARD_TRY(out, extremum(node, node.op() == "Max", out, next));
  }
  return node.bind(0, out);
}

// a * elu(x / a), with slope 1 on both sides of 0.
Status celu(const NodeReader& node) {
  PROOFCARD_TRY(const std::uint32_t x, node.input(0));
  PROOFCARD_TRY(const float alpha, node.real("alpha", 1.0F));
  if (!(alpha > 0.0F)) {
    return node.unsupported("alpha must be positive");
  }
  FloatNode n = node.make(FloatOp::kElu, {x});
  n.alpha = 1.0F;
  PROOFCARD_TRY(n.inputs[0], scaled(node, x, 1.0F / alpha));
  PROOFCARD_TRY(std::uint32_t out, node.emit(std::move(n)));
  PROOFCARD_TRY(out, scaled(node, out, alpha));
  return node.bind(0, out);
}

// x * sigmoid(alpha * x)
Result<std::uint32_t> swish_of(const NodeReader& node, std::uint32_t x, float alpha) {
  PROOFCARD_TRY(std::uint32_t out, scaled(node, x, alpha));
  PROOFCARD_TRY(out, node.emit(FloatOp::kSigmoid, {out}));
  return node.emit(FloatOp::kMul, {x, out});
}

Status swish(const NodeReader& node) {
  PROOFCARD_TRY(const std::uint32_t x, node.input(0));
  PROOFCARD_TRY(const float alpha, node.real("alpha", 1.0F));
  PROOFCARD_TRY(std::uint32_t out, swish_of(node, x, alpha));
  if (node.op() == "SwiGLU") {
    PROOFCARD_TRY(const std::uint32_t factor, node.input(1));
    PROOFCARD_TRY(out, node.emit(FloatOp::kMul, {out, factor}));
  }
  return node.bind(0, out);
}

// Entries from `start` on of the last of three axes.
Result<std::uint32_t> entries_of_last(const NodeReader& node, std::uint32_t x, std::int64_t start,
                                      std::int64_t entries) {
  FloatNode n = whole_slice(node, x);
  n.ints[2] = start;
  n.ints[8] = entries;
  return node.emit(std::move(n));
}

// Each channel by itself, over an entry and those before it; what the state had comes before the first one.
Status causal_convolution(const NodeReader& node) {
  PROOFCARD_TRY(std::uint32_t x, node.input(0));
  PROOFCARD_TRY(const std::uint32_t w, node.input(1));
  PROOFCARD_TRY(const std::string activation, node.text("activation", "none"));
  const Dims shape = node.shape_of(x);
  const Dims weights = node.shape_of(w);
  if (shape.size() != 3 || weights.size() != 3 || weights[0] != shape[1] || weights[1] != 1 || weights[2] > 256) {
    return bad_input(node.where(),
                     "expected three dimensions and a kernel of at most 256 for each channel, found [{}] and [{}]",
                     fmt::join(shape, ", "), fmt::join(weights, ", "));
  }
  const bool swishes = activation == "silu" || activation == "swish";
  if (activation != "none" && !swishes) {
    return node.unsupported(fmt::format("activation {} is not supported", foreign_name(activation)));
  }
  const std::int64_t before = weights[2] - 1;
  if (before > 0 && node.has_input(3)) {
    PROOFCARD_TRY(const std::uint32_t state, node.input(3));
    FloatNode n = node.make(FloatOp::kConcat, {state, x});
    n.axis = 2;
    PROOFCARD_TRY(x, node.emit(std::move(n)));
  } else if (before > 0) {
    FloatNode n = node.make(FloatOp::kPad, {x});
    n.ints = {0, 0, before, 0, 0, 0};
    PROOFCARD_TRY(x, node.emit(std::move(n)));
  }
  const std::int64_t padded = node.shape_of(x)[2];
  std::uint32_t out = 0;
  for (std::int64_t tap = 0; tap < weights[2]; ++tap) {
    PROOFCARD_TRY(std::uint32_t term, entries_of_last(node, x, tap, shape[2]));
    PROOFCARD_TRY(std::uint32_t factor, entries_of_last(node, w, tap, 1));
    PROOFCARD_TRY(factor, node.reshape(factor, {shape[1], 1}));
    PROOFCARD_TRY(term, node.emit(FloatOp::kMul, {term, factor}));
    PROOFCARD_TRY(out, tap == 0 ? Result<std::uint32_t>(term) : node.emit(FloatOp::kAdd, {out, term}));
  }
  if (node.has_input(2)) {
    PROOFCARD_TRY(std::uint32_t bias, node.input(2));
    PROOFCARD_TRY(bias, node.reshape(bias, {shape[1], 1}));
    PROOFCARD_TRY(out, node.emit(FloatOp::kAdd, {out, bias}));
  }
  if (swishes) {
    PROOFCARD_TRY(out, swish_of(node, out, 1.0F));
  }
  PROOFCARD_RETURN_IF_ERROR(node.bind(0, out));
  if (!node.has_output(1)) {
    return {};
  }
  PROOFCARD_TRY(const std::uint32_t state, entries_of_last(node, x, padded - before, before));
  return node.bind(1, state);
}

// Blocks of b * b channels become squares of the plane, or the other way round.
Status depth_to_space(const NodeReader& node) {
  PROOFCARD_TRY(std::uint32_t x, node.input(0));
  PROOFCARD_TRY(const std::int64_t b, node.integer("blocksize", 0));
  PROOFCARD_TRY(const std::string mode, node.text("mode", "DCR"));
  const Dims s = node.shape_of(x);
  if (s.size() != 4 || b < 1 || b > 4096 || s[1] % (b * b) != 0) {
    return bad_input(node.where(), "expected 4 dimensions with blocks of {} * {} channels, found [{}]", b, b,
                     fmt::join(s, ", "));
  }
  const bool depth_first = mode == "DCR";
  const std::int64_t channels = s[1] / (b * b);
  PROOFCARD_TRY(x, node.reshape(x, depth_first ? Dims{s[0], b, b, channels, s[2], s[3]}
                                               : Dims{s[0], channels, b, b, s[2], s[3]}));
  PROOFCARD_TRY(x, transposed(node, x, depth_first ? Dims{0, 3, 4, 1, 5, 2} : Dims{0, 1, 4, 2, 5, 3}));
  PROOFCARD_TRY(x, node.reshape(x, {s[0], channels, s[2] * b, s[3] * b}));
  return node.bind(0, x);
}

Status space_to_depth(const NodeReader& node) {
  PROOFCARD_TRY(std::uint32_t x, node.input(0));
  PROOFCARD_TRY(const std::int64_t b, node.integer("blocksize", 0));
  const Dims s = node.shape_of(x);
  if (s.size() != 4 || b < 1 || b > 4096 || s[2] % b != 0 || s[3] % b != 0) {
    return bad_input(node.where(), "expected 4 dimensions with planes of blocks of {} * {}, found [{}]", b, b,
                     fmt::join(s, ", "));
  }
  PROOFCARD_TRY(const std::string mode, node.text("mode", "DCR"));
  if (mode != "DCR" && mode != "CRD") {
    return node.unsupported(fmt::format("mode {} is not supported", foreign_name(mode)));
  }
  PROOFCARD_TRY(x, node.reshape(x, {s[0], s[1], s[2] / b, b, s[3] / b, b}));
  PROOFCARD_TRY(x, transposed(node, x, mode == "DCR" ? Dims{0, 3, 5, 1, 2, 4} : Dims{0, 1, 3, 5, 2, 4}));
  PROOFCARD_TRY(x, node.reshape(x, {s[0], b * b * s[1], s[2] / b, s[3] / b}));
  return node.bind(0, x);
}

Status tile(const NodeReader& node) {
  PROOFCARD_TRY(std::uint32_t x, node.input(0));
  PROOFCARD_TRY(const Dims times, node.constant_integers(1, "numbers of repeats"));
  if (times.size() != node.shape_of(x).size()) {
    return bad_input(node.where(), "expected {} numbers of repeats, found {}", node.shape_of(x).size(), times.size());
  }
  for (std::size_t a = 0; a < times.size(); ++a) {
    PROOFCARD_TRY(x, repeated(node, x, a, times[a], false));
  }
  return node.bind(0, x);
}

}  // namespace

// With a constant scalar it is a Clip; else max(a, b) = a + max(b - a, 0), and min(a, b) = a - max(a - b, 0).
Result<std::uint32_t> extremum(const NodeReader& node, bool max, std::uint32_t a, std::uint32_t b) {
  if (node.is_constant(a)) {
    std::swap(a, b);
  }
  if (node.is_constant(b) && count(node.shape_of(b)) == 1 && node.shape_of(b).size() <= node.shape_of(a).size()) {
    FloatNode n = node.make(FloatOp::kClip, {a});
    const auto limit = static_cast<float>(node.typed_value(b).real(0));
    n.alpha = max ? limit : -std::numeric_limits<float>::infinity();
    n.beta = max ? std::numeric_limits<float>::infinity() : limit;
    return node.emit(std::move(n));
  }
  const ElementType type = node.type_of(a);
  if (!max && type == onnx::TensorProto::UINT64 && !node.is_constant(b)) {
    // A choice is never below 0, and nothing has to wrap around.
    PROOFCARD_TRY(const std::uint32_t less, node.emit(FloatOp::kLess, {a, b}));
    node.set_type(less, onnx::TensorProto::BOOL);
    PROOFCARD_TRY(const std::uint32_t smaller, node.emit(FloatOp::kWhere, {less, a, b}));
    node.set_type(smaller, type);
    return smaller;
  }
  if (is_integer_type(type)) {  // min(a, b) = a + b - max(a, b)
    PROOFCARD_TRY(const std::uint32_t larger, node.emit(FloatOp::kMaximum, {a, b}));
    if (max) {
      return larger;
    }
    PROOFCARD_TRY(const std::uint32_t both, node.emit(FloatOp::kAdd, {a, b}));
    return node.emit(FloatOp::kSub, {both, larger});
  }
  PROOFCARD_TRY(std::uint32_t excess, node.emit(FloatOp::kSub, max ? std::vector{b, a} : std::vector{a, b}));
  PROOFCARD_TRY(excess, node.emit(FloatOp::kRelu, {excess}));
  return node.emit(max ? FloatOp::kAdd : FloatOp::kSub, {a, excess});
}

const std::map<std::string, Translation>& composed_translations() {
  static const std::map<std::string, Translation> table = {
      {"Mean", mean},
      {"Max", extrema},
      {"Min", extrema},
      {"Celu", celu},
      {"Swish", swish},
      {"SwiGLU", swish},
      {"CausalConvWithState", causal_convolution},
      {"DepthToSpace", depth_to_space},
      {"SpaceToDepth", space_to_depth},
      {"Tile", tile},
  };
  return table;
}

}  // namespace proofcard::graph
