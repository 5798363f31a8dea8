// Which measure an output is judged by, what each of them counts, and what a model says of its inputs.
#include <gtest/gtest.h>

#include "host/graph/quantize/accuracy/target.hpp"
#include "host/graph/quantize/input_ranges.hpp"
#include "tests/graph_onnx/model_builder.hpp"

namespace proofcard::graph {
namespace {

// x, of this shape, through one operator with an output of this name.
FloatGraph one(const std::string& op, const Dims& shape, const std::string& output = "y") {
  ModelBuilder m;
  m.input("x", shape).output(output);
  if (op == "MatMul") {
    m.random("w", {shape.back(), 3}, 1.0F);
    m.node("MatMul", {"x", "w"}, {output});
  } else if (op == "Conv") {
    m.random("w", {2, shape[1], 3, 3}, 1.0F);
    m.node("Conv", {"x", "w"}, {output});
  } else if (op == "Softmax") {
    m.node(op, {"x"}, {output}).integer("axis", shape.size() > 2 ? 1 : -1);
  } else if (op == "LpNormalization") {
    m.node(op, {"x"}, {output}).integer("axis", -1);
  } else {
    m.node(op, {"x"}, {output});
  }
  return imported(m);
}

OutputMeasure measure_of(const FloatGraph& graph) { return output_measures(graph)[0]; }

TEST(Measures, FollowFromWhatMakesTheOutput) {
  EXPECT_EQ(measure_of(one("Softmax", {1, 5})).measure, Measure::kPrediction);
  EXPECT_EQ(measure_of(one("MatMul", {1, 5})).measure, Measure::kPrediction);
  EXPECT_EQ(measure_of(one("Sigmoid", {1, 1})).measure, Measure::kSide);
  EXPECT_EQ(measure_of(one("Softmax", {1, 4, 6, 6})).measure, Measure::kPositions);
  EXPECT_EQ(measure_of(one("Softmax", {1, 4, 6, 6})).axis, 1U);
  EXPECT_EQ(measure_of(one("LpNormalization", {1, 16})).measure, Measure::kCosine);
  EXPECT_EQ(measure_of(one("MatMul", {1, 16}, "embedding")).measure, Measure::kCosine);
  // Maps, boxes, numbers:
  EXPECT_EQ(measure_of(one("Conv", {1, 2, 8, 8})).measure, Measure::kError);
  EXPECT_EQ(measure_of(one("MatMul", {1, 16}, "boxes")).measure, Measure::kError);
  EXPECT_EQ(measure_of(one("Relu", {1, 1})).measure, Measure::kError);
  EXPECT_EQ(measure_of(one("Sigmoid", {1, 1, 6, 6})).measure, Measure::kError);
}

TEST(Measures, MayBeForced) {
  const auto forced = [](const FloatGraph& graph, Measure measure) {
    return output_measures(graph, measure)[0].measure;
  };
  EXPECT_EQ(forced(one("MatMul", {1, 5}), Measure::kError), Measure::kError);
  EXPECT_EQ(forced(one("MatMul", {1, 5}), Measure::kCosine), Measure::kCosine);
  EXPECT_EQ(forced(one("Relu", {1, 1}), Measure::kPrediction), Measure::kSide);
  EXPECT_EQ(forced(one("Relu", {1, 4, 6}), Measure::kPrediction), Measure::kPositions);
}

// An integer graph that gives `answers`, one a sample, compared with a float model that gives its input.
AccuracyReport compared(const OutputMeasure& measure, const std::vector<std::vector<float>>& expected,
                        const std::vector<std::vector<float>>& got) {
  ModelBuilder m;
  m.input("x", {1, static_cast<std::int64_t>(expected[0].size())}).output("y");
  m.node("Relu", {"x"}, {"y"});
  const FloatGraph graph = imported(m);
  std::vector<Sample> samples;
  for (const std::vector<float>& values : got) {
    samples.push_back({values});
  }
  const auto integers = quantize(graph, samples, {16, true});
  EXPECT_TRUE(integers.ok());
  Reference floats{samples, {}, {measure}};
  for (const std::vector<float>& values : expected) {
    floats.outputs.push_back({FloatTensor{{1, static_cast<std::int64_t>(values.size())}, values, false}});
  }
  return *compare(floats, *integers, samples.size());
}

TEST(Measures, CountWhatTheySay) {
  const AccuracyReport classes =
      compared({Measure::kPrediction, 1}, {{1, 2, 3}, {3, 2, 1}, {1, 3, 2}}, {{1, 2, 3}, {2, 3, 1}, {0, 3, 0}});
  EXPECT_EQ(classes.outputs[0].same, 2U);
  EXPECT_EQ(classes.outputs[0].compared, 3U);
  EXPECT_FALSE(classes.outputs[0].unvaried);
  const AccuracyReport angle = compared({Measure::kCosine, 1}, {{3, 4}, {1, 0}}, {{6, 8}, {1, 1}});
  EXPECT_NEAR(angle.outputs[0].least_cosine, std::sqrt(0.5), 1e-3);
  // An offset hides an error from its size, and not from its range.
  const AccuracyReport offset =
      compared({Measure::kError, 0}, {{1000, 1001}, {1001, 1000}}, {{1001, 1000}, {1000, 1001}});
  EXPECT_LT(offset.outputs[0].relative_error, 0.002);
  EXPECT_NEAR(offset.outputs[0].range_error, 1, 0.1);
  EXPECT_FALSE(reaches(offset, 99));
}

// Samples of one class say next to nothing of a classifier: then its error decides.
TEST(Measures, OneAnswerForAllSamplesIsNoAgreement) {
  const AccuracyReport one_class = compared({Measure::kPrediction, 1}, {{1, 2}, {1, 2.1F}}, {{1.05F, 2}, {1, 2.2F}});
  EXPECT_EQ(one_class.outputs[0].same, 2U);
  EXPECT_TRUE(one_class.outputs[0].unvaried);
  EXPECT_FALSE(reaches(one_class, 99));
  const AccuracyReport two = compared({Measure::kPrediction, 1}, {{1, 2}, {2.1F, 1}}, {{1.05F, 2}, {2.2F, 1}});
  EXPECT_TRUE(reaches(two, 99));
}

TEST(InputRanges, AreReadFromTheHeadOfTheGraph) {
  using Source = InputRange::Source;
  const auto of = [](const std::function<void(ModelBuilder&)>& head, const Dims& shape) {
    ModelBuilder m;
    m.input("x", shape).output("y");
    head(m);
    m.node("Relu", {"h"}, {"y"});
    return input_ranges(imported(m))[0];
  };
  const InputRange bytes = of(
      [](ModelBuilder& m) {
        m.constant("s", {}, {255.0F});
        m.node("Div", {"x", "s"}, {"h"});
      },
      {1, 3, 8, 8});
  EXPECT_EQ(bytes.source, Source::kNormalised);
  EXPECT_EQ(bytes.high, std::vector<double>{255});
  const InputRange ones = of(
      [](ModelBuilder& m) {
        m.constant("m", {1, 3, 1, 1}, {0.485F, 0.456F, 0.406F}).constant("s", {1, 3, 1, 1}, {0.229F, 0.224F, 0.225F});
        m.node("Sub", {"x", "m"}, {"c"});
        m.node("Div", {"c", "s"}, {"h"});
      },
      {1, 3, 8, 8});
  EXPECT_EQ(ones.source, Source::kNormalised);
  EXPECT_EQ(ones.high, std::vector<double>{1});
  const InputRange table = of(
      [](ModelBuilder& m) {
        m.constant("m", {2}, {1000.0F, 0.5F}).constant("s", {2}, {50.0F, 0.1F});
        m.node("Sub", {"x", "m"}, {"c"});
        m.node("Div", {"c", "s"}, {"h"});
      },
      {1, 2});
  ASSERT_EQ(table.low.size(), 2U);
  EXPECT_NEAR(table.low[0], 800, 1e-3);
  EXPECT_NEAR(table.high[1], 0.9, 1e-6);
  const InputRange clip = of(
      [](ModelBuilder& m) {
        m.constant("low", {}, {-2.0F}).constant("high", {}, {7.0F});
        m.node("Clip", {"x", "low", "high"}, {"h"});
      },
      {1, 4});
  EXPECT_EQ(clip.source, Source::kClip);
  EXPECT_EQ(clip.high, std::vector<double>{7});
  EXPECT_TRUE(of([](ModelBuilder& m) { m.node("Abs", {"x"}, {"h"}); }, {1, 4}).is_made_up());
}

// Without samples the range of a picture is the normalisation's, and one that is made up is said to be.
TEST(InputRanges, AreTakenWithoutSamplesAndMadeUpOnesAreSaid) {
  ModelBuilder m;
  m.input("x", {1, 3, 8, 8}).output("y").constant("s", {}, {255.0F}).random("w", {2, 3, 3, 3}, 1.0F);
  m.node("Div", {"x", "s"}, {"h"});
  m.node("Conv", {"h", "w"}, {"y"});
  const auto picture = quantize_and_compare(imported(m), {}, {16, true});
  ASSERT_TRUE(picture.ok()) << picture.error().message();
  EXPECT_TRUE(picture->warnings.empty());
  const Tensor& x = picture->graph.tensors[picture->graph.inputs[0]];
  EXPECT_NEAR(static_cast<double>(x.hi) * x.scale, 255, 1);
  const auto unknown = quantize_and_compare(one("Relu", {1, 4}), {}, {16, true});
  ASSERT_TRUE(unknown.ok());
  ASSERT_EQ(unknown->warnings.size(), 1U);
  EXPECT_NE(unknown->warnings[0].find("input x"), std::string::npos);
  EXPECT_NE(unknown->warnings[0].find("--calibrate"), std::string::npos);
  const std::vector<Sample> samples = {{{1, 2, 3, 4}}};
  const auto given = quantize_and_compare(one("Relu", {1, 4}), samples, {16, true});
  ASSERT_TRUE(given.ok());
  EXPECT_TRUE(given->warnings.empty());
}

}  // namespace
}  // namespace proofcard::graph
