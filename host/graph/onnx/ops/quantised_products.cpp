#include "host/graph/onnx/ops/quantised_products.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace proofcard::graph {
namespace {

// The bounds that a Relu or Clip before the rounding sets, in its steps, and what it clips.
struct Clipped {
  std::uint32_t value = 0;
  float low = -std::numeric_limits<float>::infinity();
  float high = std::numeric_limits<float>::infinity();
};

Clipped clipped(const NodeReader& node, std::uint32_t x) {
  const FloatNode* n = node.producer(x);
  if (n != nullptr && n->op == FloatOp::kRelu) {
    return {n->inputs[0], 0, std::numeric_limits<float>::infinity()};
  }
  return n != nullptr && n->op == FloatOp::kClip ? Clipped{n->inputs[0], n->alpha, n->beta} : Clipped{x};
}

// A product of a computed value and a constant, and the constant that is added to it.
struct Product {
  FloatNode node;
  Dequantised x;
  DequantisedConstant weights;
  std::optional<DequantisedConstant> bias;
  std::size_t channels = 1;  // the axis of the result
};

std::optional<Product> find_product(const NodeReader& node, std::uint32_t value) {
  const auto& constants = node.dequantised_constants();
  Product out;
  const FloatNode* n = node.producer(value);
  if (n != nullptr && n->op == FloatOp::kAdd) {
    const std::size_t at = constants.contains(n->inputs[0]) ? 0 : 1;
    const auto bias = constants.find(n->inputs[at]);
    if (bias == constants.end()) {
      return std::nullopt;
    }
    out.bias = bias->second;
    n = node.producer(n->inputs[1 - at]);
  }
  if (n == nullptr || (n->op != FloatOp::kConv && n->op != FloatOp::kMatMul)) {
    return std::nullopt;
  }
  const auto x = node.dequantised().find(n->inputs[0]);
  const auto weights = constants.find(n->inputs[1]);
  if (x == node.dequantised().end() || weights == constants.end() || (n->inputs.size() > 2 && out.bias)) {
    return std::nullopt;
  }
  if (n->inputs.size() > 2) {
    const auto bias = constants.find(n->inputs[2]);
    if (bias == constants.end()) {
      return std::nullopt;
    }
    out.bias = bias->second;
  }
  const std::size_t rank = node.shape_of(n->output).size();
  const std::size_t of_weights = n->op == FloatOp::kConv ? 0 : weights->second.integers.shape.size() - 1;
  if (weights->second.scales.size() > 1 && weights->second.axis != of_weights) {
    return std::nullopt;
  }
  out.channels = n->op == FloatOp::kConv ? 1 : rank - 1;
  out.node = *n;
  out.x = x->second;
  out.weights = weights->second;
  return rank == 0 ? std::nullopt : std::optional(std::move(out));
}

// Whether the bias is integers in the steps of the sums.
bool has_steps_of_sums(const Product& p, std::int64_t channels) {
  const DequantisedConstant& bias = *p.bias;
  const auto size = static_cast<std::size_t>(channels);
  const bool is_one_a_channel = bias.integers.shape == Dims{channels} && (bias.scales.size() == 1 || bias.axis == 0);
  for (std::size_t c = 0; c < size && is_one_a_channel; ++c) {
    const float step = p.x.scale * p.weights.scales[c % p.weights.scales.size()];
    const float found = bias.scales[c % bias.scales.size()];
    constexpr float kRounding = 1e-5F;
    if (!(std::abs(found - step) <= kRounding * step)) {
      return false;
    }
  }
  return is_one_a_channel;
}

Result<std::uint32_t> integer_of(const NodeReader& node, std::uint32_t real, const Dequantised& d) {
  if (d.rounded) {
    FloatNode n = node.make(FloatOp::kQuantised, {real});
    n.alpha = d.scale;
    PROOFCARD_TRY(const std::uint32_t out, node.emit(std::move(n)));
    node.set_type(out, onnx::TensorProto::INT32);
    return out;
  }
  PROOFCARD_TRY(const std::uint32_t out, node.retyped(d.integer, onnx::TensorProto::INT32));
  if (d.zero == 0) {
    return out;
  }
  Constant zero = make_constant(onnx::TensorProto::INT32, {});
  zero.integers[0] = static_cast<std::int64_t>(d.zero);
  return node.emit(FloatOp::kSub, {out, node.add_constant(std::move(zero))});
}

}  // namespace

Result<std::optional<std::uint32_t>> rounded_product(const NodeReader& node, std::uint32_t x, const RoundedTo& to) {
  const Clipped bounds = clipped(node, x);
  std::optional<Product> p = find_product(node, bounds.value);
  if (!p) {
    return std::optional<std::uint32_t>();
  }
  const Dims shape = node.shape_of(p->node.output);
  const std::int64_t channels = shape[p->channels];
  const std::size_t scales = p->weights.scales.size();
  if ((scales != 1 && scales != static_cast<std::size_t>(channels)) || (p->bias && !has_steps_of_sums(*p, channels))) {
    return std::optional<std::uint32_t>();
  }
  FloatNode rounding = node.make(FloatOp::kRequantise, {});
  for (const float scale : p->weights.scales) {
    const float factor = p->x.scale * scale / to.scale;  // in float32, as other runtimes have it
    if (!(factor > 0) || !std::isfinite(factor)) {
      return std::optional<std::uint32_t>();
    }
    rounding.params.push_back(static_cast<double>(factor));
  }
  PROOFCARD_TRY(const std::uint32_t integer, integer_of(node, p->node.inputs[0], p->x));
  p->node.inputs = {integer, node.add_constant(std::move(p->weights.integers))};
  PROOFCARD_TRY(std::uint32_t sums, node.emit(std::move(p->node)));
  if (p->bias) {
    Constant bias = std::move(p->bias->integers);
    bias.shape.insert(bias.shape.end(), shape.size() - 1 - p->channels, 1);
    PROOFCARD_TRY(sums, node.emit(FloatOp::kAdd, {sums, node.add_constant(std::move(bias))}));
  }
  const auto steps = [&](float end) {
    constexpr float kFar = 1e6F;
    return static_cast<std::int64_t>(std::nearbyint(std::clamp(end / to.scale, -kFar, kFar)));
  };
  rounding.inputs = {sums};
  rounding.axis = static_cast<std::int64_t>(p->channels);
  rounding.ints = {std::clamp(steps(bounds.low), to.low, to.high), std::clamp(steps(bounds.high), to.low, to.high)};
  PROOFCARD_TRY(const std::uint32_t out, node.emit(std::move(rounding)));
  node.set_type(out, onnx::TensorProto::INT32);
  return std::optional(out);
}

}  // namespace proofcard::graph
