#include "host/graph/quantize/calibrate.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <map>

#include "host/graph/float_graph/float_executor.hpp"
#include "host/graph/float_graph/moves.hpp"
#include "host/graph/float_graph/trees.hpp"
#include "host/graph/quantize/input_ranges.hpp"

namespace proofcard::graph {
namespace {

constexpr std::size_t kBins = 1024;
constexpr std::size_t kMaxSamples = 200;  // more do not move the thresholds
constexpr double kWideRoom = 2;           // of 16 bits one is not missed
constexpr double kWork = 1 << 26;         // values of all samples together that are looked at

using Histogram = std::array<std::uint32_t, kBins>;

// Values that are computed of sums of products, which other inputs may make larger than the samples did. Values that are
// moved, compared or subtracted alone are as large as inputs, which are refused when they leave their range.
std::vector<bool> weighted_values(const FloatGraph& graph) {
  std::vector<bool> out(graph.values.size(), false);
  for (const FloatNode& n : graph.nodes) {
    out[n.output] = n.op == FloatOp::kConv || n.op == FloatOp::kConvTranspose || n.op == FloatOp::kMatMul ||
                    std::ranges::any_of(n.inputs, [&](std::uint32_t in) { return out[in]; });
  }
  return out;
}

// Mean square error of rounding to `levels` steps a side and clipping at a threshold, minimised over thresholds.
double best_threshold(const Histogram& histogram, double max, double levels) {
  double best_error = std::numeric_limits<double>::infinity();
  double best = max;
  double total = 0;
  for (std::uint32_t c : histogram) {
    total += c;
  }
  for (std::size_t bins = kBins; bins >= kBins / 2; bins -= kBins / 64) {
    const double threshold = max * static_cast<double>(bins) / kBins;
    const double step = threshold / levels;
    double error = total * step * step / 12.0;
    for (std::size_t b = bins; b < kBins; ++b) {
      const double over = max * (static_cast<double>(b) + 0.5) / kBins - threshold;
      error += static_cast<double>(histogram[b]) * over * over;
    }
    if (error < best_error) {
      best_error = error;
      best = threshold;
    }
  }
  return best;
}

// Values that a softmax alone reads, or who asks where their maximum is: what is far below the maximum of its row does not matter, however far it is.
class SoftmaxOperands {
 public:
  explicit SoftmaxOperands(const FloatGraph& graph) {
    std::vector<std::uint32_t> uses(graph.values.size(), 0);
    for (const FloatNode& n : graph.nodes) {
      for (const std::uint32_t in : n.inputs) ++uses[in];
    }
    for (const std::uint32_t out : graph.outputs) ++uses[out];
    for (const FloatNode& n : graph.nodes) {
      if ((n.op == FloatOp::kSoftmax || n.op == FloatOp::kArgMax) && uses[n.inputs[0]] == 1) {
        operands_[n.inputs[0]] = {static_cast<std::size_t>(n.axis), 0};
      }
    }
    for (auto n = graph.nodes.rbegin(); n != graph.nodes.rend(); ++n) {
      const auto summand = summands_.find(n->output);
      const std::uint32_t operand = summand != summands_.end() ? summand->second.operand : n->output;
      if ((n->op != FloatOp::kAdd && !is_move(n->op)) || !operands_.contains(operand)) {
        continue;
      }
      for (const std::uint32_t in : n->inputs) {
        if (uses[in] == 1 && !graph.values[in].constant) {
          summands_[in].operand = operand;
        }
      }
    }
  }

  void observe(std::uint32_t id, const FloatTensor& t) {
    if (const auto summand = summands_.find(id); summand != summands_.end()) {
      for (const float v : t.data) {
        summand->second.is_mask = summand->second.is_mask || static_cast<double>(v) < kAllMasked;
        summand->second.largest = std::max(summand->second.largest,
                                           static_cast<double>(v) < kAllMasked ? 0 : std::abs(static_cast<double>(v)));
      }
    }
    const auto it = operands_.find(id);
    if (it == operands_.end()) {
      return;
    }
    const auto axis = static_cast<std::ptrdiff_t>(it->second.axis);
    const auto size = static_cast<std::size_t>(t.shape[it->second.axis]);
    const auto inner = static_cast<std::size_t>(count(Dims(t.shape.begin() + axis + 1, t.shape.end())));
    for (std::size_t row = 0; row < t.data.size() / size; ++row) {
      const std::size_t first = row / inner * size * inner + row % inner;
      const auto at = [&](std::size_t k) { return static_cast<double>(t.data[first + k * inner]); };
      double largest = at(0);
      for (std::size_t k = 1; k < size; ++k) {
        largest = std::max(largest, at(k));
      }
      if (largest < kAllMasked) {
        continue;
      }
      double& threshold = it->second.threshold;
      threshold = std::max(threshold, std::abs(largest));
      for (std::size_t k = 0; k < size; ++k) {
        // What is far below saturates, and has to stay far below.
        threshold = std::max(threshold, at(k) < largest - kNegligible ? kNegligible - largest : std::abs(at(k)));
      }
    }
  }

  void bound(std::vector<ValueRange>& ranges) const {
    for (const auto& [id, operand] : operands_) {
      if (operand.threshold > 0) {
        limit(ranges[id], operand.threshold);
      }
    }
    // What is masked has to stay far below, whatever is added.
    for (const auto& [id, summand] : summands_) {
      const double enough = summand.largest + 2 * operands_.at(summand.operand).threshold + kNegligible;
      if (summand.is_mask) {
        limit(ranges[id], enough);
      }
    }
  }

 private:
  static void limit(ValueRange& range, double most) {
    range.threshold = std::min(range.threshold, most);
    range.wide_threshold = std::min(range.wide_threshold, most);
    range.free_below = true;
  }

  static constexpr double kNegligible = 10;    // exp(-10) rounds to 0 in a softmax
  static constexpr double kAllMasked = -5000;  // no entry of the row counts

  struct Operand {
    std::size_t axis = 0;
    double threshold = 0;
  };
  // What is added to become an operand, and read by nothing else.
  struct Summand {
    std::uint32_t operand = 0;
    double largest = 0;  // magnitude of an entry that is not masked
    bool is_mask = false;
  };
  std::map<std::uint32_t, Operand> operands_;
  std::map<std::uint32_t, Summand> summands_;
};

// Values that are tied have the range of all of them.
void join_tied(const FloatGraph& graph, std::vector<ValueRange>& ranges) {
  std::vector<ValueRange> joined(graph.ties + 1);
  for (std::size_t id = 0; id < ranges.size(); ++id) {
    ValueRange& to = joined[graph.values[id].tie];
    const float least = ranges[id].least;
    to.min = std::min(to.min, ranges[id].min);
    to.max = std::max(to.max, ranges[id].max);
    to.threshold = std::max(to.threshold, ranges[id].threshold);
    to.wide_threshold = std::max(to.wide_threshold, ranges[id].wide_threshold);
    to.free_below = to.free_below || ranges[id].free_below;
    to.least = to.least == 0 || (least > 0 && least < to.least) ? least : to.least;
  }
  for (std::size_t id = 0; id < ranges.size(); ++id) {
    if (graph.values[id].tie != 0) {
      ranges[id] = joined[graph.values[id].tie];
    }
  }
}

}  // namespace

Status check_finite(const FloatGraph& graph, std::uint32_t id, const FloatTensor& t, std::size_t sample) {
  for (std::size_t i = 0; i < t.data.size(); ++i) {
    if (!std::isfinite(t.data[i])) {
      return bad_input(graph.values[id].name,
                       "expected finite values, found one that is not at element {} of sample {}", i, sample);
    }
  }
  return {};
}

Result<std::vector<ValueRange>> calibrate(const FloatGraph& graph, std::span<const Sample> samples, bool clips) {
  double per_sample = 1;
  for (const FloatNode& n : graph.nodes) {
    per_sample += static_cast<double>(count(graph.values[n.output].shape));
  }
  const auto affordable = static_cast<std::size_t>(std::max(1.0, kWork / per_sample));
  samples = samples.first(std::min({samples.size(), kMaxSamples, affordable}));
  std::vector<ValueRange> ranges(graph.values.size());
  const std::vector<bool> compared = compared_values(graph);  // floats of any value, and of no scale
  SoftmaxOperands softmax(graph);
  Status status;
  for (std::size_t s = 0; s < samples.size(); ++s) {
    PROOFCARD_TRY([[maybe_unused]] auto outputs, run(graph, samples[s], [&](std::uint32_t id, const FloatTensor& t) {
                    if (compared[id] && !graph.values[id].whole) return;
                    if (status.ok()) status = check_finite(graph, id, t, s);
                    softmax.observe(id, t);
                    for (float v : t.data) {
                      ranges[id].min = std::min(ranges[id].min, v);
                      ranges[id].max = std::max(ranges[id].max, v);
                      if (const float m = std::abs(v); m > 0 && (m < ranges[id].least || ranges[id].least == 0)) {
                        ranges[id].least = m;
                      }
                    }
                  }));
    PROOFCARD_RETURN_IF_ERROR(status);
  }
  for (ValueRange& r : ranges) {
    // Denormal numbers, as weights that decay leave them, are 0: products of their scales are numbers of no size.
    if (std::max(-r.min, r.max) < std::numeric_limits<float>::min()) {
      r = {};
    }
    r.threshold = r.wide_threshold = std::max(-static_cast<double>(r.min), static_cast<double>(r.max));
  }
  if (!clips) {
    softmax.bound(ranges);
    join_tied(graph, ranges);
    return ranges;
  }
  std::vector<Histogram> histograms(graph.values.size());
  for (Histogram& h : histograms) {
    h.fill(0);
  }
  for (const Sample& sample : samples) {
    PROOFCARD_TRY([[maybe_unused]] auto outputs, run(graph, sample, [&](std::uint32_t id, const FloatTensor& t) {
                    if (compared[id] && !graph.values[id].whole) return;
                    const float max = std::max(-ranges[id].min, ranges[id].max);
                    if (max <= 0) return;
                    const float factor = static_cast<float>(kBins) / max;
                    for (float v : t.data) {
                      const auto bin = static_cast<std::size_t>(std::abs(v) * factor);
                      ++histograms[id][std::min(bin, kBins - 1)];
                    }
                  }));
  }
  const std::vector<bool> weighted = weighted_values(graph);
  for (std::size_t id = 0; id < ranges.size(); ++id) {
    if (const double most = ranges[id].threshold; most > 0) {
      ranges[id].threshold = best_threshold(histograms[id], most, 127);
      ranges[id].wide_threshold = weighted[id] ? kWideRoom * most : best_threshold(histograms[id], most, 32767);
    }
  }
  softmax.bound(ranges);
  join_tied(graph, ranges);
  return ranges;
}

std::vector<Sample> synthetic_samples(const FloatGraph& graph) {
  constexpr std::size_t kSamples = 8;
  std::uint64_t state = 0x9e3779b97f4a7c15U;
  const auto uniform = [&] {  // splitmix64, top 24 bits
    state += 0x9e3779b97f4a7c15U;
    std::uint64_t z = state;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9U;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebU;
    return static_cast<float>((z ^ (z >> 31)) >> 40) / static_cast<float>(1 << 24);
  };
  const auto normal = [&] {  // the sum of twelve uniform values is close to it
    float sum = -6.0F;
    for (int i = 0; i < 12; ++i) {
      sum += uniform();
    }
    return sum;
  };
  std::vector<Sample> samples(kSamples);
  const std::vector<InputRange> ranges = input_ranges(graph);
  for (std::size_t s = 0; s < kSamples; ++s) {
    for (std::size_t i = 0; i < graph.inputs.size(); ++i) {
      const InputRange& range = ranges[i];
      const FloatValue& input = graph.values[graph.inputs[i]];
      std::vector<float> values(static_cast<std::size_t>(count(input.shape)));
      for (std::size_t k = 0; k < values.size(); ++k) {
        const std::size_t feature = k % range.low.size();
        const auto low = static_cast<float>(range.low[feature]);
        const auto high = static_cast<float>(range.high[feature]);
        const bool is_end = !range.is_made_up() && k < range.low.size() && s < 2;
        if (input.integers) {
          values[k] = low + std::floor(uniform() * (high - low + 1));
        } else if (is_end) {
          values[k] = s == 0 ? low : high;
        } else if (range.is_made_up()) {
          values[k] = s % 2 == 1 ? normal() : uniform();
        } else if (range.low.size() > 1) {
          values[k] = std::clamp((low + high) / 2 + (high - low) / 8 * normal(), low, high);
        } else {
          values[k] = low + uniform() * (high - low);
        }
      }
      samples[s].push_back(std::move(values));
    }
  }
  return samples;
}

double rounded_scale(double x) {
  int exponent = 0;
  const double fraction = std::frexp(x, &exponent);
  return std::ldexp(std::ceil(std::ldexp(fraction, 12) - 1e-6), exponent - 12);
}

}  // namespace proofcard::graph
