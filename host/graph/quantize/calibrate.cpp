#include "host/graph/quantize/calibrate.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

#include "host/graph/quantize/float_executor.hpp"

namespace proofcard::graph {
namespace {

constexpr std::size_t kBins = 1024;
constexpr std::size_t kMaxSamples = 200;  // more do not move the thresholds
constexpr double kWork = 1 << 26;         // values of all samples together that are looked at

using Histogram = std::array<std::uint32_t, kBins>;

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

Status check_finite(const FloatGraph& graph, std::uint32_t id, const FloatTensor& t, std::size_t sample) {
  for (std::size_t i = 0; i < t.data.size(); ++i) {
    if (!std::isfinite(t.data[i])) {
      return bad_input(graph.values[id].name,
                       "expected finite values, found one that is not at element {} of sample {}", i, sample);
    }
  }
  return {};
}

}  // namespace

Result<std::vector<ValueRange>> calibrate(const FloatGraph& graph, std::span<const Sample> samples, double levels) {
  double per_sample = 1;
  for (const FloatNode& n : graph.nodes) {
    per_sample += static_cast<double>(count(graph.values[n.output].shape));
  }
  const auto affordable = static_cast<std::size_t>(std::max(1.0, kWork / per_sample));
  samples = samples.first(std::min({samples.size(), kMaxSamples, affordable}));
  std::vector<ValueRange> ranges(graph.values.size());
  Status status;
  for (std::size_t s = 0; s < samples.size(); ++s) {
    PROOFCARD_TRY([[maybe_unused]] auto outputs, run(graph, samples[s], [&](std::uint32_t id, const FloatTensor& t) {
                    if (status.ok()) status = check_finite(graph, id, t, s);
                    for (float v : t.data) {
                      ranges[id].min = std::min(ranges[id].min, v);
                      ranges[id].max = std::max(ranges[id].max, v);
                    }
                  }));
    PROOFCARD_RETURN_IF_ERROR(status);
  }
  for (ValueRange& r : ranges) {
    r.threshold = std::max(-static_cast<double>(r.min), static_cast<double>(r.max));
  }
  if (levels <= 0) {
    return ranges;
  }
  std::vector<Histogram> histograms(graph.values.size());
  for (Histogram& h : histograms) {
    h.fill(0);
  }
  for (const Sample& sample : samples) {
    PROOFCARD_TRY([[maybe_unused]] auto outputs, run(graph, sample, [&](std::uint32_t id, const FloatTensor& t) {
                    const float max = std::max(-ranges[id].min, ranges[id].max);
                    if (max <= 0) return;
                    const float factor = static_cast<float>(kBins) / max;
                    for (float v : t.data) {
                      const auto bin = static_cast<std::size_t>(std::abs(v) * factor);
                      ++histograms[id][std::min(bin, kBins - 1)];
                    }
                  }));
  }
  for (std::size_t id = 0; id < ranges.size(); ++id) {
    if (ranges[id].threshold > 0) {
      ranges[id].threshold = best_threshold(histograms[id], ranges[id].threshold, levels);
    }
  }
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
  std::vector<Sample> samples(kSamples);
  for (std::size_t s = 0; s < kSamples; ++s) {
    for (std::uint32_t in : graph.inputs) {
      std::vector<float> values(static_cast<std::size_t>(count(graph.values[in].shape)));
      for (float& v : values) {
        v = uniform();
        if (s % 2 == 1) {  // the sum of twelve uniform values is close to normal
          for (int i = 1; i < 12; ++i) {
            v += uniform();
          }
          v -= 6.0F;
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
