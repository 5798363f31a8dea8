// A key's integer graph, made again from its plan and from models of the same architecture with other weights.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <functional>
#include <random>

#include "host/graph/quantize/quantize.hpp"

namespace proofcard::graph {

// Every constant of several entries, which is what may be hidden, with other values.
inline FloatGraph with_other_weights(FloatGraph graph, const std::function<float(float, std::size_t)>& value) {
  for (FloatValue& v : graph.values) {
    if (v.constant && !v.constant->integer && v.constant->data.size() > 1) {
      for (std::size_t i = 0; i < v.constant->data.size(); ++i) {
        v.constant->data[i] = value(v.constant->data[i], i);
      }
    }
  }
  return graph;
}

// The integer graph as others see it. What samples showed of values that are cut off is for who runs it.
inline Bytes shown(Graph graph, bool with_weights) {
  for (Tensor& t : graph.tensors) {
    t.data = with_weights ? std::move(t.data) : IntVector(t.data.type(), t.data.size());
  }
  for (Node& node : graph.nodes) {
    if (auto* lookup = std::get_if<Lookup>(&node.op)) {
      lookup->cut.reset();
    }
  }
  ByteWriter out;
  write(out, graph);
  return out.take();
}

// `may_refuse`: odd weights may be too much for compiling; then there is nothing to rebuild.
inline void expect_rebuilt(const FloatGraph& graph, const std::vector<Sample>& samples, bool may_refuse = false) {
  std::mt19937 random(3);
  std::vector<FloatGraph> others = {graph};
  others.push_back(with_other_weights(
      graph, [&](float, std::size_t) { return std::uniform_real_distribution<float>(-3, 3)(random); }));
  others.push_back(with_other_weights(graph, [](float, std::size_t) { return 0.0F; }));
  // Dead channels, and equal ones.
  others.push_back(with_other_weights(graph, [](float, std::size_t i) { return i % 3 == 0 ? 0.25F : 0.0F; }));
  // Every second tensor with 16 bits, and the others.
  std::array<std::vector<std::uint32_t>, 2> halves;
  if (const auto quantiser = Quantiser::prepare(graph, samples, {}); quantiser.ok()) {
    if (const auto wide = quantiser->lower(16, {}); wide.ok()) {
      for (std::size_t i = 0; i < wide->with_width.size(); ++i) {
        halves[i % 2].push_back(wide->with_width[i]);
      }
    }
  }
  for (auto& half : halves) {
    std::sort(half.begin(), half.end());
  }
  for (const QuantizeOptions& options :
       {QuantizeOptions{8, true, 32, {}}, QuantizeOptions{8, false, 8, {}}, QuantizeOptions{16, true, 16, {}},
        QuantizeOptions{16, false, 32, {}}, QuantizeOptions{kMixedBits, true, 32, {}, halves[0]},
        QuantizeOptions{kMixedBits, false, 32, {}, halves[1]}}) {
    QuantisationPlan plan;
    const Result<Graph> integer = quantize(graph, samples, options, nullptr, &plan);
    if (may_refuse && !integer.ok()) {
      continue;
    }
    ASSERT_TRUE(integer.ok()) << integer.error().message();
    for (std::size_t i = 0; i < (options.private_weights ? others.size() : 1); ++i) {
      const Result<Graph> again = rebuild(others[i], plan, options.private_weights);
      ASSERT_TRUE(again.ok()) << options.bits << " bits, weights " << i << ": " << again.error().message();
      EXPECT_EQ(shown(*again, !options.private_weights), shown(*integer, !options.private_weights))
          << options.bits << " bits, weights " << i;
    }
  }
}

}  // namespace proofcard::graph
