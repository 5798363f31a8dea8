#include "host/graph/quantize/between.hpp"

#include <algorithm>
#include <cmath>

#include "host/graph/float_graph/float_executor.hpp"
#include "host/graph/quantize/accuracy/measure.hpp"

namespace proofcard::graph {
namespace {

constexpr std::int64_t kMostNumbers = 1024;  // of a row of a table
constexpr std::size_t kMostBetween = 64;
constexpr float kLeastBelow = 0x1p-8F;  // times what samples have: what a divisor may lose is bounded

bool is_finite(const FloatTensor& t) {
  return std::all_of(t.data.begin(), t.data.end(), [](float v) { return std::isfinite(v); });
}

Sample half_way(const FloatGraph& graph, const Sample& from, const Sample& to) {
  Sample out = from;
  for (std::size_t i = 0; i < std::min(out.size(), graph.inputs.size()); ++i) {
    for (std::size_t k = 0; k < out[i].size() && !graph.values[graph.inputs[i]].whole; ++k) {
      const float middle = from[i][k] / 2 + to[i][k] / 2;
      out[i][k] = std::isfinite(middle) ? middle : from[i][k];
    }
  }
  return out;
}

}  // namespace

bool takes_rows(const FloatGraph& graph) {
  std::int64_t numbers = 0;
  for (const std::uint32_t in : graph.inputs) {
    const Dims& shape = graph.values[in].shape;
    numbers += shape.size() > 2 ? kMostNumbers + 1 : count(shape);
  }
  return numbers <= kMostNumbers;
}

Result<BetweenSamples> between_samples(const FloatGraph& graph, std::span<const Sample> samples) {
  BetweenSamples out;
  const bool has_reals =
      std::any_of(graph.inputs.begin(), graph.inputs.end(), [&](std::uint32_t in) { return !graph.values[in].whole; });
  if (!gives_labels(graph) || !has_reals || !takes_rows(graph) || samples.size() < 2) {
    return out;
  }
  for (std::size_t s = 0; s < std::min(samples.size(), kMostBetween); ++s) {
    Sample sample = half_way(graph, samples[s], samples[(s + samples.size() / 2) % samples.size()]);
    PROOFCARD_TRY(std::vector<FloatTensor> outputs, run(graph, sample));
    if (std::all_of(outputs.begin(), outputs.end(), is_finite)) {
      out.inputs.push_back(std::move(sample));
      out.outputs.push_back(std::move(outputs));
    }
  }
  return out;
}

Result<std::vector<ValueRange>> calibrate_between(const FloatGraph& graph, std::span<const Sample> samples,
                                                  const BetweenSamples& between) {
  PROOFCARD_TRY(const std::vector<ValueRange> of_samples, calibrate(graph, samples, true));
  if (between.inputs.empty()) {
    return of_samples;
  }
  std::vector<Sample> all(samples.begin(), samples.end());
  all.insert(all.end(), between.inputs.begin(), between.inputs.end());
  PROOFCARD_TRY(std::vector<ValueRange> out, calibrate(graph, all, true));
  for (std::size_t v = 0; v < out.size(); ++v) {
    out[v].least = std::max(out[v].least, of_samples[v].least * kLeastBelow);
  }
  return out;
}

}  // namespace proofcard::graph
