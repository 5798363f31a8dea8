#include "host/graph/quantize/input_channels.hpp"

#include <algorithm>
#include <cmath>
#include <optional>

#include "host/graph/float_graph/trees.hpp"
#include "host/graph/quantize/forms/view.hpp"

namespace proofcard::graph {
namespace {

constexpr double kMargin = 2;       // values beyond the samples' that are still represented
constexpr double kUnlikeRatio = 8;  // features that differ less have one scale
constexpr double kFarFromZero = 4;  // in half ranges

// Of an input that is compared with thresholds, and read otherwise: within it, and the margin, numbers with more digits than tables
// of features have stay apart, and a float32 gives all digits of a step (real_values.hpp).
constexpr std::int64_t kComparedLimit = (std::int64_t{1} << 19) - 1;

// What the readers of an input can take into their weights.
struct Admitted {
  std::size_t axis = 0;  // of the input's shape, with leading 1s
  // Every reader is a matrix product, which has a bias to take them, a factor for each feature, or trees, whose thresholds do.
  bool offsets = false;
};

// A product or sum of the input and a constant that has a number for each feature, as scalers have it, and perhaps more of them.
bool is_number_per_feature(const FloatGraph& graph, const FloatNode& n) {
  const Dims& constant = graph.values[n.inputs[1]].shape;
  const Dims& input = graph.values[n.inputs[0]].shape;
  return (n.op == FloatOp::kMul || n.op == FloatOp::kAdd) && !constant.empty() && constant.back() == input.back();
}

bool has_constant(const FloatGraph& graph, std::uint32_t value) { return graph.values[value].constant.has_value(); }

bool is_few(const Dims& shape) {
  constexpr std::int64_t kFew = 256;
  return count(shape) <= kFew;
}

struct Span {
  double low = INFINITY;
  double high = -INFINITY;

  double middle() const { return (low + high) / 2; }
  double half() const { return (high - low) / 2; }
};

std::vector<Span> spans(const Dims& shape, std::size_t axis, std::size_t index, std::span<const Sample> samples) {
  std::vector<Span> out(static_cast<std::size_t>(shape[axis]));
  const auto inner =
      static_cast<std::size_t>(count(Dims(shape.begin() + static_cast<std::ptrdiff_t>(axis) + 1, shape.end())));
  for (const Sample& sample : samples) {
    for (std::size_t i = 0; i < sample[index].size(); ++i) {
      Span& s = out[i / inner % out.size()];
      s.low = std::min(s.low, static_cast<double>(sample[index][i]));
      s.high = std::max(s.high, static_cast<double>(sample[index][i]));
    }
  }
  return out;
}

// Features that never change say nothing about their range: that of their value.
void widen(std::vector<Span>& features) {
  for (Span& s : features) {
    if (s.half() == 0) {
      const double reach = s.low == 0 ? 1.0 : std::abs(s.low);
      s = {s.low - reach, s.high + reach};
    }
  }
}

bool are_alike(const std::vector<Span>& features, bool offsets) {
  double least = INFINITY;
  double most = 0;
  bool far = false;
  for (const Span& s : features) {
    const double reach = offsets ? s.half() : std::max(-s.low, s.high);
    least = std::min(least, reach);
    most = std::max(most, reach);
    far = far || (offsets && std::abs(s.middle()) > kFarFromZero * s.half());
  }
  return !far && most < kUnlikeRatio * least;
}

std::uint32_t add_value(FloatGraph& graph, const std::string& name, Dims shape) {
  graph.values.push_back({name, std::move(shape), std::nullopt});
  return static_cast<std::uint32_t>(graph.values.size() - 1);
}

std::uint32_t add_constant(FloatGraph& graph, const std::string& name, FloatTensor constant) {
  const std::uint32_t id = add_value(graph, name, constant.shape);
  graph.values[id].constant = std::move(constant);
  return id;
}

// Multiplies what weights the input's channels by their powers of two.
void scale_rows(FloatGraph& graph, FloatNode& n, const tensor::ChannelSteps& channels) {
  FloatTensor w = *graph.values[n.inputs[1]].constant;
  const auto inner =
      static_cast<std::size_t>(n.op == FloatOp::kMatMul ? w.shape[1]
                               : n.op == FloatOp::kMul  ? 1
                                                        : count(Dims(w.shape.begin() + 2, w.shape.end())));
  for (std::size_t i = 0; i < w.data.size(); ++i) {
    w.data[i] = std::ldexp(w.data[i], channels.steps[i / inner % channels.steps.size()].exponent);
  }
  n.inputs[1] = add_constant(graph, "scaled", std::move(w));
}

// The sum with an input is one with the input times 1, which can take the channels in.
void put_product_before(FloatGraph& graph, std::size_t sum) {
  FloatNode product = graph.nodes[sum];
  const Dims shape = graph.values[product.inputs[0]].shape;
  product.op = FloatOp::kMul;
  const std::vector<float> ones(static_cast<std::size_t>(shape.back()), 1.0F);
  product.inputs[1] = add_constant(graph, "one", {{shape.back()}, ones, false});
  product.output = add_value(graph, product.name, shape);
  graph.nodes[sum].inputs[0] = product.output;
  graph.nodes.insert(graph.nodes.begin() + static_cast<std::ptrdiff_t>(sum), std::move(product));
}

// A sum behind the product with a factor for each feature, which is scaled already: what the offsets come to.
void add_offsets_behind(FloatGraph& graph, std::size_t product, double scale, const tensor::ChannelSteps& channels) {
  FloatNode& n = graph.nodes[product];
  FloatTensor added = *graph.values[n.inputs[1]].constant;
  for (std::size_t i = 0; i < added.data.size(); ++i) {
    const double offset = scale * static_cast<double>(channels.steps[i % channels.steps.size()].offset);
    added.data[i] = static_cast<float>(offset * static_cast<double>(added.data[i]));
  }
  FloatNode sum = n;
  sum.op = FloatOp::kAdd;
  n.output = add_value(graph, n.name, graph.values[sum.output].shape);
  sum.inputs = {n.output, add_constant(graph, "offsets", std::move(added))};
  graph.nodes.insert(graph.nodes.begin() + static_cast<std::ptrdiff_t>(product) + 1, std::move(sum));
}

// Adds to the bias what the offsets of the input come to; the rows of the matrix are scaled already.
void add_offsets(FloatGraph& graph, FloatNode& n, double scale, const tensor::ChannelSteps& channels) {
  const FloatTensor& w = *graph.values[n.inputs[1]].constant;
  const auto columns = static_cast<std::size_t>(w.shape[1]);
  std::vector<double> sums(columns, 0.0);
  for (std::size_t k = 0; k < channels.steps.size(); ++k) {
    const double offset = scale * static_cast<double>(channels.steps[k].offset);
    for (std::size_t c = 0; c < columns; ++c) {
      sums[c] += offset * static_cast<double>(w.data[k * columns + c]);
    }
  }
  FloatTensor bias{{w.shape[1]}, std::vector<float>(columns, 0.0F), false};
  if (n.inputs.size() > 2) {
    bias = *graph.values[n.inputs[2]].constant;
  }
  for (std::size_t c = 0; c < columns; ++c) {
    bias.data[c] = static_cast<float>(static_cast<double>(bias.data[c]) + sums[c]);
  }
  n.inputs.resize(2);
  n.inputs.push_back(add_constant(graph, "offsets", std::move(bias)));
}

std::optional<Admitted> admitted_channels(const FloatGraph& graph, std::uint32_t input) {
  const Dims& shape = graph.values[input].shape;
  if (graph.values[input].integers.has_value()) {
    return std::nullopt;  // integers mean themselves
  }
  if (std::find(graph.outputs.begin(), graph.outputs.end(), input) != graph.outputs.end()) {
    return std::nullopt;
  }
  std::size_t products = 0;
  std::size_t convolutions = 0;
  std::size_t trees = 0;
  for (const FloatNode& n : graph.nodes) {
    if (std::find(n.inputs.begin(), n.inputs.end(), input) == n.inputs.end()) {
      continue;
    }
    const bool reads_once = n.inputs.size() > 1 && n.inputs[0] == input && has_constant(graph, n.inputs[1]);
    if (reads_once && ((n.op == FloatOp::kMatMul && graph.values[n.inputs[1]].shape.size() == 2) ||
                       is_number_per_feature(graph, n))) {
      ++products;
    } else if (reads_once && n.op == FloatOp::kConv && n.group == 1) {
      ++convolutions;
    } else if (n.op == FloatOp::kTrees && n.inputs[0] == input) {
      ++trees;
    } else {
      return std::nullopt;
    }
  }
  const std::size_t axis = convolutions > 0 ? 1 : shape.size() - 1;
  if (products + convolutions == 0 || (products + trees > 0 && convolutions > 0) || shape.size() < 2 ||
      shape[axis] < 2) {
    return std::nullopt;
  }
  return Admitted{axis, convolutions == 0};
}

std::uint32_t stored_axis(const Dims& shape, std::size_t axis) {
  return static_cast<std::uint32_t>(axis - (shape.size() - storage_shape(shape).size()));
}

}  // namespace

std::int64_t input_limit(const Dims& shape, unsigned bits, bool is_compared) {
  return is_compared ? kComparedLimit : is_few(shape) || bits == 16 ? 32767 : 127;
}

EncodedChannels choose_channels(const FloatGraph& graph, std::size_t index, std::span<const Sample> samples,
                                unsigned bits) {
  const std::uint32_t input = graph.inputs[index];
  const Dims& shape = graph.values[input].shape;
  const std::optional<Admitted> admitted = admitted_channels(graph, input);
  // Neighbours in pictures have one unit, whatever few samples show of each.
  if (!admitted || (admitted->offsets && !is_few(shape))) {
    return {};
  }
  std::vector<Span> features = spans(shape, admitted->axis, index, samples);
  widen(features);
  const bool is_compared = partly_compared_values(graph)[input];
  if (!is_compared && are_alike(features, admitted->offsets)) {
    return {};
  }
  const auto top = static_cast<double>(input_limit(shape, bits, is_compared));
  std::vector<double> steps;
  for (const Span& s : features) {
    steps.push_back((admitted->offsets ? kMargin * s.half() : std::max(-s.low, s.high)) / top);
  }
  EncodedChannels out;
  out.channels.axis = stored_axis(shape, admitted->axis);
  const double finest = *std::min_element(steps.begin(), steps.end());
  const double widest = *std::max_element(steps.begin(), steps.end());
  constexpr auto kMost = static_cast<int>(tensor::kMaxChannelExponent);
  out.scale = rounded_scale(std::max(finest, std::ldexp(widest, -kMost)));
  for (std::size_t k = 0; k < steps.size(); ++k) {
    tensor::ChannelStep step;
    const double exponent = std::ceil(std::log2(steps[k] / out.scale));
    step.exponent = static_cast<std::uint8_t>(std::clamp(exponent, 0.0, static_cast<double>(kMost)));
    if (admitted->offsets) {
      const double offset = std::floor(features[k].middle() / std::ldexp(out.scale, step.exponent) + 0.5);
      const auto limit = static_cast<double>(tensor::kMaxChannelOffset);
      step.offset = static_cast<std::int64_t>(std::clamp(offset, -limit, limit));
    }
    out.channels.steps.push_back(step);
  }
  return out;
}

Status fold_channels(FloatGraph& graph, std::size_t index, const EncodedChannels& encoded) {
  const tensor::ChannelSteps& channels = encoded.channels;
  if (channels.empty()) {
    return {};
  }
  const std::uint32_t input = graph.inputs[index];
  const Dims shape = graph.values[input].shape;
  const std::string where = "input " + graph.values[input].name;
  const std::optional<Admitted> admitted = admitted_channels(graph, input);
  if (!admitted || channels.axis != stored_axis(shape, admitted->axis)) {
    return rejected(where, "expected {}, found scales along axis {}",
                    admitted ? fmt::format("scales along axis {}", stored_axis(shape, admitted->axis)) : "one scale",
                    channels.axis);
  }
  PROOFCARD_RETURN_IF_ERROR(tensor::validate(channels, storage_shape(shape), where));
  if (!admitted->offsets && std::any_of(channels.steps.begin(), channels.steps.end(),
                                        [](const tensor::ChannelStep& s) { return s.offset != 0; })) {
    return rejected(where, "expected channels without offsets before a convolution, found one that has one");
  }
  for (std::size_t i = 0; i < graph.nodes.size(); ++i) {
    if (graph.nodes[i].inputs.empty() || graph.nodes[i].inputs[0] != input) {
      continue;
    }
    if (graph.nodes[i].op == FloatOp::kAdd) {
      put_product_before(graph, i);
    }
    FloatNode& n = graph.nodes[i];
    if (n.op == FloatOp::kTrees) {
      continue;  // its thresholds become integers in the same way as the input's values
    }
    scale_rows(graph, n, channels);
    if (n.op == FloatOp::kMul) {
      add_offsets_behind(graph, i++, encoded.scale, channels);
    } else if (admitted->offsets) {
      add_offsets(graph, n, encoded.scale, channels);
    }
  }
  return {};
}

}  // namespace proofcard::graph
