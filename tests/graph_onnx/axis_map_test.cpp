// A constant matrix along one axis: what resampling is lowered to.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "host/graph/executor.hpp"
#include "host/graph/float_graph/float_executor.hpp"
#include "tests/graph_onnx/model_builder.hpp"
#include "tests/graph_onnx/rebuilt.hpp"

namespace proofcard::graph {
namespace {

using ::testing::HasSubstr;

// [2, entries, 3] -> [2, rows, 3]
FloatGraph axis_map_graph(std::int64_t entries, std::vector<double> matrix) {
  FloatGraph g;
  g.values.push_back({"x", {2, entries, 3}, std::nullopt});
  const auto rows = static_cast<std::int64_t>(matrix.size()) / entries;
  g.values.push_back({"y", {2, rows, 3}, std::nullopt});
  g.inputs = {0};
  g.outputs = {1};
  FloatNode n;
  n.op = FloatOp::kAxisMap;
  n.name = "map";
  n.onnx_op = "Resize";
  n.axis = 1;
  n.params = std::move(matrix);
  n.inputs = {0};
  n.output = 1;
  g.nodes.push_back(std::move(n));
  return g;
}

TEST(AxisMap, IsTheMatrix) {
  const std::vector<std::vector<double>> matrices = {{0.25, -0.75, 0.5, 1, 1, -1, 0.0625, 0, 2},  // three of three
                                                     {0.25, -0.5, 3},                             // one
                                                     {0, 0, 0, 0, 0, 0},                          // nothing
                                                     {0.3, 0, 0.7, -0.2, 0, 1.2}};                // a column of zeros
  for (const std::vector<double>& matrix : matrices) {
    const FloatGraph graph = axis_map_graph(3, matrix);
    const std::vector<Sample> samples = random_samples(graph, 5);
    for (const unsigned bits : {8U, 16U}) {
      const auto integers = quantize(graph, samples, {bits, true});
      ASSERT_TRUE(integers.ok()) << integers.error().message();
      for (const Sample& s : samples) {
        const auto inputs = quantize_inputs(*integers, s, true);
        ASSERT_TRUE(inputs.ok()) << inputs.error().message();
        Sink none;
        const auto outputs = execute(*integers, *inputs, none);
        ASSERT_TRUE(outputs.ok()) << outputs.error().message();
        const std::vector<double> found = dequantize_outputs(*integers, *outputs)[0];
        const std::size_t rows = matrix.size() / 3;
        const Tensor& x = integers->tensors[integers->inputs[0]];
        const double step = x.scale;
        for (std::size_t i = 0; i < found.size(); ++i) {
          const std::size_t row = i / 3 % rows;
          double expected = 0;
          double slack = 0.501;  // of a step: the result is rounded, and so are the factors
          for (std::size_t j = 0; j < 3; ++j) {
            const double factor = matrix[row * 3 + j];
            expected += factor * static_cast<double>((*inputs)[0][i / (3 * rows) * 9 + j * 3 + i % 3]) * step;
            slack += 0x1p-15 * static_cast<double>(-x.lo);
          }
          EXPECT_NEAR(found[i], expected, slack * step) << i;
        }
      }
    }
    expect_rebuilt(graph, samples);
  }
}

// Both ends of the input's range stay inside the result's.
TEST(AxisMap, EndsOfTheRangeFit) {
  const FloatGraph graph = axis_map_graph(2, {2, -1.5, -3, 1});
  const auto integers = quantize(graph, random_samples(graph, 3), {8, true});
  ASSERT_TRUE(integers.ok()) << integers.error().message();
  const Tensor& x = integers->tensors[integers->inputs[0]];
  for (int low = 0; low < 4; ++low) {
    IntVector values(narrowest_int_type(x.lo, x.hi), 12);
    for (std::size_t i = 0; i < values.size(); ++i) {
      values.set(i, (low >> (i / 3 % 2) & 1) != 0 ? x.lo : x.hi);
    }
    const auto trace = execute(*integers, std::vector<IntVector>{values});
    EXPECT_TRUE(trace.ok()) << trace.error().message();
  }
}

TEST(AxisMap, RefusesLongAxesAndLargeFactors) {
  const FloatGraph longer = axis_map_graph(257, std::vector<double>(257, 0.01));
  const auto a = quantize(longer, random_samples(longer, 2), {8, true});
  ASSERT_FALSE(a.ok());
  EXPECT_THAT(a.error().message(), HasSubstr("expected at most 256 entries along axis 1, found 257"));
  for (const double factor : {65537.0, -65537.0, std::nan("")}) {
    const FloatGraph large = axis_map_graph(1, {factor});
    const auto b = quantize(large, random_samples(large, 2), {8, true});
    ASSERT_FALSE(b.ok());
    EXPECT_THAT(b.error().message(), HasSubstr(std::isnan(factor) ? "expected" : "expected factors within 65536"))
        << factor;
  }
}

}  // namespace
}  // namespace proofcard::graph
