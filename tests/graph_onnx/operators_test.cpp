// Every operator: ONNX file -> float graph -> integer graph -> execution, against the float executor.
//
// Bound: the largest error over 20 random inputs, as a fraction of the largest float output, is at most the case's
// bound.
#include <gtest/gtest.h>

#include "host/graph/executor.hpp"
#include "tests/graph_onnx/operator_cases.hpp"
#include "tests/graph_onnx/rebuilt.hpp"

namespace proofcard::graph {
namespace {

class Operator : public ::testing::TestWithParam<OperatorCase> {};

TEST_P(Operator, StaysWithinItsBound) {
  const OperatorCase& c = GetParam();
  ModelBuilder m(c.opset);
  c.build(m);
  const Result<FloatGraph> graph = import_onnx(m.bytes(), "test.onnx");
  ASSERT_TRUE(graph.ok()) << graph.error().message();
  const std::vector<Sample> samples = random_samples(*graph, 20);
  for (const unsigned bits : {8U, 16U}) {
    const Result<Graph> integer = quantize(*graph, samples, {bits, bits == 8});
    ASSERT_TRUE(integer.ok()) << integer.error().message();
    const Result<AccuracyReport> report = compare(*graph, *integer, samples);
    ASSERT_TRUE(report.ok()) << report.error().message();
    for (const auto& out : report->outputs) {
      EXPECT_GT(out.max_abs_value, 0.0);
      EXPECT_LE(out.max_abs_error, (bits == 8 ? c.bound8 : c.bound16) * out.max_abs_value) << bits << " bits";
    }
  }
}

// The plan and the architecture, with whatever weights, give the graph again; with public weights, with these.
TEST_P(Operator, IsRebuiltFromItsPlan) {
  ModelBuilder m(GetParam().opset);
  GetParam().build(m);
  const Result<FloatGraph> graph = import_onnx(m.bytes(), "test.onnx");
  ASSERT_TRUE(graph.ok()) << graph.error().message();
  const std::vector<Sample> samples = random_samples(*graph, 20);
  expect_rebuilt(*graph, samples);
  expect_rebuilt(*graph, {});
  // Keys of dead and nearly dead layers.
  expect_rebuilt(with_other_weights(*graph, [](float, std::size_t) { return 0.0F; }), samples, true);
  expect_rebuilt(with_other_weights(*graph, [](float v, std::size_t) { return v * 1e-6F; }), samples, true);
}

// Inputs of the whole declared range, far from what calibration saw, stay inside the ranges that the graph declares.
TEST_P(Operator, AnyInputInRangeRuns) {
  ModelBuilder m(GetParam().opset);
  GetParam().build(m);
  const Result<FloatGraph> graph = import_onnx(m.bytes(), "test.onnx");
  ASSERT_TRUE(graph.ok()) << graph.error().message();
  std::mt19937 random(4);
  for (const unsigned bits : {8U, 16U}) {
    const Result<Graph> integer = quantize(*graph, random_samples(*graph, 4, -0.5F, 0.5F), {bits, bits == 8});
    ASSERT_TRUE(integer.ok()) << integer.error().message();
    for (int kind = 0; kind < 6; ++kind) {
      std::vector<IntVector> inputs;
      for (std::uint32_t id : integer->inputs) {
        const Tensor& t = integer->tensors[id];
        IntVector values(narrowest_int_type(t.lo, t.hi), tensor::num_elements(t.shape));
        for (std::size_t i = 0; i < values.size(); ++i) {
          const bool low = kind == 0 || (kind > 1 && random() % 2 == 0);
          values.set(i, kind == 5 ? std::uniform_int_distribution<std::int64_t>(t.lo, t.hi)(random)
                        : low     ? t.lo
                                  : t.hi);
        }
        inputs.push_back(std::move(values));
      }
      const Result<Trace> trace = execute(*integer, inputs);
      EXPECT_TRUE(trace.ok()) << trace.error().message();
    }
  }
}

std::string case_name(const ::testing::TestParamInfo<OperatorCase>& info) { return info.param.name; }

INSTANTIATE_TEST_SUITE_P(Linear, Operator, ::testing::ValuesIn(linear_operator_cases()), case_name);
INSTANTIATE_TEST_SUITE_P(Elementwise, Operator, ::testing::ValuesIn(elementwise_operator_cases()), case_name);
INSTANTIATE_TEST_SUITE_P(Normalisations, Operator, ::testing::ValuesIn(normalise_operator_cases()), case_name);
INSTANTIATE_TEST_SUITE_P(PoolsAndShapes, Operator, ::testing::ValuesIn(shape_operator_cases()), case_name);

TEST(ArgMax, FindsTheFirstOrLastMaximum) {
  for (const bool last : {false, true}) {
    ModelBuilder m;
    m.input("x", {2, 7}).output("y");
    m.node("ArgMax", {"x"}, {"y"}).integer("axis", 1).integer("keepdims", 0).integer("select_last_index", last ? 1 : 0);
    const Result<FloatGraph> graph = import_onnx(m.bytes(), "test.onnx");
    ASSERT_TRUE(graph.ok()) << graph.error().message();
    const std::vector<Sample> samples = {{{0, -1, 3, 3, 2, 3, 1, -5, -5, -7, -8, -5, -6, -9}}};
    const Result<Graph> integer = quantize(*graph, samples, {});
    ASSERT_TRUE(integer.ok()) << integer.error().message();
    const Result<AccuracyReport> report = compare(*graph, *integer, samples);
    ASSERT_TRUE(report.ok()) << report.error().message();
    EXPECT_EQ(report->outputs[0].max_abs_error, 0.0);
    EXPECT_EQ(report->outputs[0].max_abs_value, last ? 5.0 : 2.0);
  }
}

}  // namespace
}  // namespace proofcard::graph
