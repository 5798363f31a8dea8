#include "host/graph/quantize/equalise.hpp"

#include <algorithm>
#include <cmath>
#include <map>

#include "host/graph/float_graph/float_executor.hpp"

namespace proofcard::graph {
namespace {

// By channel: how often what the first layer makes is doubled, and the second's weights of it are halved.
using Halvings = std::vector<std::uint8_t>;

constexpr std::size_t kSamples = 64;
constexpr int kUnlikeBits = 5;  // factors that differ by fewer bits are left at 1
constexpr int kMaxHalvings = 20;
constexpr double kHardlyUsed = 16;  // times smaller than most: samples say little about such a channel, so it has
constexpr double kHeadroom = 4;     // this much room beyond what they show

bool has_constant(const FloatGraph& graph, const FloatNode& n, std::size_t i) {
  return i < n.inputs.size() && graph.values[n.inputs[i]].constant.has_value();
}

bool has_weights(const FloatGraph& graph, const FloatNode& n) {
  return !graph.values[n.output].whole && has_constant(graph, n, 1) &&
         (n.inputs.size() < 3 || has_constant(graph, n, 2)) &&
         (n.op == FloatOp::kConv || (n.op == FloatOp::kMatMul && graph.values[n.inputs[1]].shape.size() == 2));
}

// Whether f(s x) = s f(x) for s > 0, with an s for each channel. Pools run over the axes behind a convolution's channels; of
// a matrix product they would mix channels.
bool is_homogeneous(const FloatNode& n, bool has_planes) {
  const bool pools = n.op == FloatOp::kMaxPool || n.op == FloatOp::kAveragePool;
  return n.op == FloatOp::kRelu || n.op == FloatOp::kLeakyRelu || n.op == FloatOp::kAbs || (pools && has_planes);
}

// Two layers and what lies between: the value that the second one reads has `inner` elements in a row for each channel, or,
// for a matrix product, repeats its channels along the last axis.
struct Pair {
  std::size_t first = 0;
  std::size_t second = 0;
  std::size_t channels = 0;
  std::size_t inner = 1;
};

class Pairs {
 public:
  explicit Pairs(const FloatGraph& graph) : graph_(graph), readers_(graph.values.size()) {
    for (std::size_t i = 0; i < graph.nodes.size(); ++i) {
      for (const std::uint32_t in : graph.nodes[i].inputs) readers_[in].push_back(i);
    }
    for (const std::uint32_t out : graph.outputs) {
      readers_[out].resize(2);  // read by somebody else, too
    }
  }

  std::vector<Pair> find() const {
    std::vector<Pair> out;
    for (std::size_t i = 0; i < graph_.nodes.size(); ++i) {
      if (const std::optional<Pair> pair = pair_from(i)) {
        out.push_back(*pair);
      }
    }
    return out;
  }

 private:
  std::optional<Pair> pair_from(std::size_t first) const {
    const FloatNode& n = graph_.nodes[first];
    const bool convolution = n.op == FloatOp::kConv;
    const Dims& made = graph_.values[n.output].shape;
    if (!has_weights(graph_, n) ||
        (n.inputs.size() > 2 && count(graph_.values[n.inputs[2]].shape) != (convolution ? made[1] : made.back()))) {
      return std::nullopt;
    }
    Pair pair{first, 0, static_cast<std::size_t>(convolution ? made[1] : made.back()), 1};
    bool flat = false;
    for (std::uint32_t value = n.output; readers_[value].size() == 1;) {
      const std::size_t at = readers_[value][0];
      const FloatNode& reader = graph_.nodes[at];
      const Dims& shape = graph_.values[value].shape;
      if (is_homogeneous(reader, convolution && !flat)) {
        value = reader.output;
        continue;
      }
      // A picture of one sample that becomes a row.
      if (reader.op == FloatOp::kReshape && convolution && !flat && made[0] == 1) {
        const Dims& row = graph_.values[reader.output].shape;
        flat = row.back() == count(shape);
        pair.inner = static_cast<std::size_t>(count(shape)) / pair.channels;
        value = reader.output;
        if (flat) continue;
        return std::nullopt;
      }
      pair.second = at;
      const bool fits = has_weights(graph_, reader) && reader.inputs[0] == value &&
                        (reader.op == FloatOp::kConv) == (convolution && !flat);
      return fits && pair.channels > 1 ? std::optional(pair) : std::nullopt;
    }
    return std::nullopt;
  }

  const FloatGraph& graph_;
  std::vector<std::vector<std::size_t>> readers_;
};

// Channel of element i of a value that the second layer reads.
std::size_t channel_of(const FloatGraph& graph, const Pair& pair, std::size_t i) {
  const FloatNode& second = graph.nodes[pair.second];
  if (second.op == FloatOp::kMatMul) {
    return i / pair.inner % pair.channels;
  }
  const Dims& shape = graph.values[second.inputs[0]].shape;
  return i / static_cast<std::size_t>(count(Dims(shape.begin() + 2, shape.end()))) % pair.channels;
}

// Input channel of element i of the second layer's weights.
std::size_t weight_channel(const FloatNode& second, const FloatTensor& w, const Pair& pair, std::size_t i) {
  if (second.op == FloatOp::kMatMul) {
    return i / static_cast<std::size_t>(w.shape[1]) / pair.inner;
  }
  const auto taps = static_cast<std::size_t>(count(Dims(w.shape.begin() + 2, w.shape.end())));
  const auto per_group = static_cast<std::size_t>(w.shape[1]);
  const std::size_t group = i / taps / per_group / static_cast<std::size_t>(w.shape[0] / second.group);
  return group * per_group + i / taps % per_group;
}

// Channel that element i of the first layer's weights makes.
std::size_t made_channel(const FloatNode& first, const FloatTensor& w, const Pair& pair, std::size_t i) {
  return first.op == FloatOp::kConv ? i / (w.data.size() / pair.channels) : i % pair.channels;
}

void scale_first(FloatGraph& graph, const Pair& pair, const Halvings& halvings) {
  FloatNode& n = graph.nodes[pair.first];
  const auto replace = [&](std::size_t input, auto&& channel) {
    FloatTensor t = *graph.values[n.inputs[input]].constant;
    for (std::size_t i = 0; i < t.data.size(); ++i) {
      t.data[i] = std::ldexp(t.data[i], halvings[channel(t, i)]);
    }
    n.inputs[input] = static_cast<std::uint32_t>(graph.values.size());
    graph.values.push_back({"equalised", t.shape, std::move(t)});
  };
  replace(1, [&](const FloatTensor& t, std::size_t i) { return made_channel(n, t, pair, i); });
  if (n.inputs.size() > 2) {
    replace(2, [](const FloatTensor&, std::size_t i) { return i; });
  }
}

void scale_second(FloatGraph& graph, const Pair& pair, const Halvings& halvings) {
  FloatNode& n = graph.nodes[pair.second];
  FloatTensor w = *graph.values[n.inputs[1]].constant;
  for (std::size_t i = 0; i < w.data.size(); ++i) {
    w.data[i] = std::ldexp(w.data[i], -halvings[weight_channel(n, w, pair, i)]);
  }
  n.inputs[1] = static_cast<std::uint32_t>(graph.values.size());
  graph.values.push_back({"equalised", w.shape, std::move(w)});
}

// Largest weight of each channel, which `channel` gives for an element.
template <class Channel>
std::vector<double> largest_weights(const FloatTensor& w, std::size_t channels, Channel&& channel) {
  std::vector<double> out(channels, 0.0);
  for (std::size_t i = 0; i < w.data.size(); ++i) {
    double& most = out[channel(i)];
    most = std::max(most, std::abs(static_cast<double>(w.data[i])));
  }
  return out;
}

// A channel that is 0 in all samples is taken to be as large as its weights make the others.
void estimate_unused(std::vector<double>& activations, const std::vector<double>& weights) {
  double gain = 0;
  for (std::size_t c = 0; c < weights.size(); ++c) {
    gain = weights[c] > 0 ? std::max(gain, activations[c] / weights[c]) : gain;
  }
  const double largest = *std::max_element(activations.begin(), activations.end());
  for (std::size_t c = 0; c < weights.size(); ++c) {
    if (activations[c] == 0) {
      activations[c] = weights[c] > 0 ? gain * weights[c] : largest;
    }
  }
}

// Both layers round to steps of their largest channel. With a the range of a channel's activations and w that of the second
// layer's weights, a / t and w t are of one size for t = sqrt(a / w).
Halvings choose(const FloatGraph& graph, const Pair& pair, std::vector<double> activations) {
  const FloatNode& second = graph.nodes[pair.second];
  const FloatTensor& w = *graph.values[second.inputs[1]].constant;
  std::vector<double> weights =
      largest_weights(w, pair.channels, [&](std::size_t i) { return weight_channel(second, w, pair, i); });
  const double largest = *std::max_element(activations.begin(), activations.end());
  const double heaviest = *std::max_element(weights.begin(), weights.end());
  std::vector<double> bits(pair.channels, 0.0);
  if (largest <= 0 || heaviest <= 0) {
    return {};
  }
  const FloatNode& first = graph.nodes[pair.first];
  const FloatTensor& made = *graph.values[first.inputs[1]].constant;
  estimate_unused(activations, largest_weights(made, pair.channels,
                                               [&](std::size_t i) { return made_channel(first, made, pair, i); }));
  double reach = 0;  // of the scaled activations
  for (std::size_t c = 0; c < bits.size(); ++c) {
    weights[c] = std::max(weights[c], std::ldexp(heaviest, -kMaxHalvings));
    bits[c] = std::log2(activations[c] / weights[c]) / 2;
    reach = std::max(reach, activations[c] / std::exp2(bits[c]));
  }
  std::vector<double> sorted = activations;
  const auto middle = sorted.begin() + static_cast<std::ptrdiff_t>(sorted.size() / 2);
  std::nth_element(sorted.begin(), middle, sorted.end());
  const double typical = *middle;
  const double most = *std::max_element(bits.begin(), bits.end());
  Halvings out;
  for (std::size_t c = 0; c < bits.size(); ++c) {
    const bool hardly_used = activations[c] * kHardlyUsed < typical;
    const double least = hardly_used ? std::log2(kHeadroom * activations[c] / reach) : bits[c];
    const double halvings = std::round(most - std::max(bits[c], least));
    out.push_back(static_cast<std::uint8_t>(std::clamp(halvings, 0.0, 1.0 * kMaxHalvings)));
  }
  const auto [low, high] = std::minmax_element(out.begin(), out.end());
  return *high - *low >= kUnlikeBits ? out : Halvings{};
}

Result<std::vector<Halvings>> derive(const FloatGraph& graph, const std::vector<Pair>& pairs,
                                     std::span<const Sample> samples) {
  std::vector<std::vector<double>> activations;
  std::map<std::uint32_t, std::size_t> watched;
  for (const Pair& pair : pairs) {
    watched[graph.nodes[pair.second].inputs[0]] = activations.size();
    activations.emplace_back(pair.channels, 0.0);
  }
  for (const Sample& sample : samples.first(std::min(samples.size(), pairs.empty() ? 0 : kSamples))) {
    PROOFCARD_TRY([[maybe_unused]] auto outputs, run(graph, sample, [&](std::uint32_t id, const FloatTensor& t) {
                    const auto it = watched.find(id);
                    for (std::size_t i = 0; it != watched.end() && i < t.data.size(); ++i) {
                      double& most = activations[it->second][channel_of(graph, pairs[it->second], i)];
                      most = std::max(most, std::abs(static_cast<double>(t.data[i])));
                    }
                  }));
  }
  std::vector<Halvings> out;
  for (std::size_t p = 0; p < pairs.size(); ++p) {
    out.push_back(choose(graph, pairs[p], std::move(activations[p])));
  }
  return out;
}

Result<Halvings> take(const FloatGraph& graph, const Pair& pair, Choices& choices) {
  const std::string& where = graph.nodes[pair.first].name;
  PROOFCARD_TRY(Halvings halvings, choices.take_halvings(where));
  const bool fits = halvings.empty() || halvings.size() == pair.channels;
  if (!fits || std::any_of(halvings.begin(), halvings.end(), [](int h) { return h > kMaxHalvings; })) {
    return rejected(where, "expected {} channels with factors from 2^-{} to 1, found others", pair.channels,
                    kMaxHalvings);
  }
  return halvings;
}

}  // namespace

Status equalise(FloatGraph& graph, std::span<const Sample> samples, bool private_weights, Choices& choices) {
  if (private_weights && choices.replaying()) {
    return {};
  }
  const std::vector<Pair> pairs = Pairs(graph).find();
  std::vector<Halvings> halvings;
  if (!choices.replaying()) {
    PROOFCARD_TRY(halvings, derive(graph, pairs, samples));
  }
  for (std::size_t p = 0; p < pairs.size(); ++p) {
    if (choices.replaying()) {
      PROOFCARD_TRY(auto taken, take(graph, pairs[p], choices));
      halvings.push_back(std::move(taken));
    } else if (!private_weights) {
      choices.record_halvings(halvings[p]);
    }
    if (!halvings[p].empty()) {
      scale_first(graph, pairs[p], halvings[p]);
      scale_second(graph, pairs[p], halvings[p]);
    }
  }
  return {};
}

}  // namespace proofcard::graph
