// Steps of a recurrent layer share what does not depend on the step: weights, scales and tables. How close the integers come to
// onnxruntime is tested with the models of tests/models/recurrent_cases.py.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "host/graph/executor.hpp"
#include "tests/graph_onnx/model_builder.hpp"
#include "tests/graph_onnx/rebuilt.hpp"

namespace proofcard::graph {
namespace {

constexpr std::int64_t kSteps = 6;

FloatGraph recurrent_graph(const std::string& op, std::int64_t gates) {
  ModelBuilder m;
  m.input("x", {kSteps, 1, 3}).output("y");
  m.random("w", {1, gates * 4, 3}, 0.5F).random("r", {1, gates * 4, 4}, 0.5F).random("b", {1, 2 * gates * 4}, 0.2F);
  m.node(op, {"x", "w", "r", "b"}, {"y"});
  auto graph = import_onnx(m.bytes(), "model.onnx");
  EXPECT_TRUE(graph.ok()) << graph.error().message();
  return std::move(graph).value();
}

// Inputs on one side of 0, and larger in later steps: every step alone would get a scale of its own.
std::vector<Sample> growing_samples(const FloatGraph& graph) {
  std::vector<Sample> samples = random_samples(graph, 12, 0.0F, 1.0F);
  for (Sample& s : samples) {
    for (std::size_t i = 0; i < s[0].size(); ++i) {
      s[0][i] *= 0.25F * static_cast<float>(1 + i / 3);
    }
  }
  return samples;
}

TEST(Recurrent, StepsShareWeightsAndTables) {
  const FloatGraph graph = recurrent_graph("RNN", 1);
  for (const bool hidden : {false, true}) {
    const auto integers = quantize(graph, growing_samples(graph), {16, hidden, 32, {}}, nullptr, nullptr);
    ASSERT_TRUE(integers.ok()) << integers.error().message();
    const auto weights = std::count_if(integers->tensors.begin(), integers->tensors.end(),
                                       [](const Tensor& t) { return t.kind == TensorKind::kWeight; });
    EXPECT_EQ(weights, 3) << "W, R and the sum of the biases";
    std::vector<double> scales;  // of what the steps' tables are looked up of, but the first's, which reads no state
    for (const Node& n : integers->nodes) {
      if (const auto* lookup = std::get_if<Lookup>(&n.op);
          lookup != nullptr && lookup->table.function == tensor::Function::kTanh) {
        scales.push_back(lookup->table.in_scale);
      }
    }
    ASSERT_EQ(scales.size(), static_cast<std::size_t>(kSteps));
    EXPECT_TRUE(std::all_of(scales.begin() + 2, scales.end(), [&](double s) { return s == scales[1]; }));
  }
}

TEST(Recurrent, EveryKindIsRebuiltFromItsPlan) {
  for (const auto& [op, gates] : {std::pair{"RNN", 1}, std::pair{"GRU", 3}, std::pair{"LSTM", 4}}) {
    SCOPED_TRACE(op);
    const FloatGraph graph = recurrent_graph(op, gates);
    expect_rebuilt(graph, growing_samples(graph));
  }
}

// The product's own coefficient is small beside the weight's, and has to be as precise as its factors.
TEST(Recurrent, ProductsBesideWeightedValuesArePrecise) {
  ModelBuilder m;
  m.input("x", {1, 5}).output("y");
  m.random("c", {1, 5}, 0.5F);
  m.node("Sigmoid", {"x"}, {"s"});
  m.node("Tanh", {"x"}, {"t"});
  m.node("Mul", {"s", "c"}, {"weighted"});
  m.node("Mul", {"s", "t"}, {"product"});
  m.node("Add", {"weighted", "product"}, {"sum"});
  m.node("Tanh", {"sum"}, {"y"});
  const auto graph = import_onnx(m.bytes(), "model.onnx");
  ASSERT_TRUE(graph.ok()) << graph.error().message();
  const std::vector<Sample> samples = random_samples(*graph, 8, -0.5F, 3.0F);
  const auto integers = quantize(*graph, samples, {16, true, 32, {}}, nullptr, nullptr);
  ASSERT_TRUE(integers.ok()) << integers.error().message();
  const FloatTensor& c = *graph->values[graph->nodes[2].inputs[1]].constant;
  for (const Sample& s : samples) {
    const auto inputs = quantize_inputs(*integers, s, true);
    ASSERT_TRUE(inputs.ok()) << inputs.error().message();
    Sink none;
    const auto outputs = execute(*integers, *inputs, none);
    ASSERT_TRUE(outputs.ok()) << outputs.error().message();
    const std::vector<double> found = dequantize_outputs(*integers, *outputs)[0];
    for (std::size_t i = 0; i < found.size(); ++i) {
      const double x = static_cast<double>(s[0][i]);
      const double sigmoid = 1 / (1 + std::exp(-x));
      EXPECT_NEAR(found[i], std::tanh(sigmoid * (static_cast<double>(c.data[i]) + std::tanh(x))), 1e-3);
    }
  }
}

}  // namespace
}  // namespace proofcard::graph
