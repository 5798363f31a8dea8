// What classifiers of tables are judged by between their samples, where they are not sure.
#include "host/graph/quantize/between.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "host/graph/quantize/accuracy/shortfall.hpp"
#include "host/graph/quantize/accuracy/target.hpp"
#include "tests/graph_onnx/model_builder.hpp"

namespace proofcard::graph {
namespace {

// Labels and probabilities of three classes, of four features.
ModelBuilder classifier(float slope, const Dims& shape = {1, 4}) {
  ModelBuilder m;
  m.input("x", shape).output("label").output("probabilities");
  std::vector<float> weights;
  for (int i = 0; i < 12; ++i) weights.push_back(slope * static_cast<float>((i * 7) % 5 - 2));
  m.constant("w", {4, 3}, weights);
  m.node("Tanh", {"x"}, {"h"});
  m.node("MatMul", {"h", "w"}, {"s"});
  m.node("Softmax", {"s"}, {"probabilities"}).integer("axis", 1);
  m.node("ArgMax", {"s"}, {"label"}).integer("axis", 1);
  return m;
}

TEST(Between, SamplesAreMetHalfWay) {
  const FloatGraph graph = imported(classifier(1));
  const std::vector<Sample> samples{{{0, 2, 4, 6}}, {{8, 8, std::nanf(""), 8}}, {{2, 4, 8, 2}}, {{0, 0, 2, 4}}};
  const auto found = between_samples(graph, samples);
  ASSERT_TRUE(found.ok());
  ASSERT_EQ(found->inputs.size(), 4U);
  ASSERT_EQ(found->outputs.size(), 4U);
  EXPECT_EQ(found->inputs[0], (Sample{{1, 3, 6, 4}}));
  EXPECT_TRUE(std::isnan(found->inputs[1][0][2]));
  EXPECT_EQ(found->inputs[2], (Sample{{1, 3, 6, 4}}));
  EXPECT_EQ(found->inputs[3], (Sample{{4, 4, 2, 6}}));
  EXPECT_TRUE(between_samples(graph, std::vector<Sample>{samples[0]})->inputs.empty());
}

TEST(Between, WhatHasNoAnswerIsLeftOut) {
  ModelBuilder m;
  m.input("x", {1, 2}).output("label").output("scores");
  m.node("Log", {"x"}, {"scores"});
  m.node("ArgMax", {"scores"}, {"label"}).integer("axis", 1);
  const auto found = between_samples(imported(m), std::vector<Sample>{{{4, 8}}, {{2, 2}}, {{2, -9}}});
  ASSERT_TRUE(found.ok());
  EXPECT_EQ(found->inputs, (std::vector<Sample>{{{3, 5}}}));
}

TEST(Between, OnlyRowsOfTablesWithLabels) {
  const std::vector<Sample> samples{{{0, 2, 4, 6}}, {{2, 4, 8, 2}}};
  EXPECT_FALSE(between_samples(imported(classifier(1)), samples)->inputs.empty());
  EXPECT_TRUE(between_samples(imported(classifier(1, {1, 1, 4})), samples)->inputs.empty());
  ModelBuilder scores;
  scores.input("x", {1, 4}).output("probabilities");
  scores.node("Softmax", {"x"}, {"probabilities"}).integer("axis", 1);
  EXPECT_TRUE(between_samples(imported(scores), samples)->inputs.empty());
}

// Sure of every sample, so that 8 bits have its probabilities right; half way they do not.
TEST(Between, ProbabilitiesAreRightWhereTheModelIsNotSure) {
  const FloatGraph graph = imported(classifier(20));
  std::vector<Sample> samples = random_samples(graph, 40, -0.1F, 0.1F);
  for (std::size_t s = 0; s < samples.size(); ++s) {  // two heaps, around a point and its opposite
    for (std::size_t k = 0; k < 4; ++k) samples[s][0][k] += (s < 20) == (k == 2) ? -1.0F : 1.0F;
  }
  const auto model = quantize_to_target(graph, samples, {}, {});
  ASSERT_TRUE(model.ok()) << model.error().message();
  const auto narrow = quantize_and_compare(graph, samples, {8, true});
  ASSERT_TRUE(narrow.ok());
  EXPECT_GT(narrow->accuracy.outputs[1].between_error, 0.01);
  EXPECT_FALSE(narrow->warnings.empty());
  EXPECT_NE(model->plan.bits, 8U);
  EXPECT_LE(model->accuracy.outputs[1].between_error, 0.01);
}

TEST(Between, WhatIsOffIsToldAndReachesNothing) {
  AccuracyReport report;
  report.samples = 100;
  AccuracyReport::Output scores;
  scores.name = "probabilities";
  scores.measure = Measure::kPrediction;
  scores.max_abs_value = 1;
  scores.same = scores.compared = 100;
  AccuracyReport::Output labels = scores;
  labels.name = "label";
  labels.measure = Measure::kIntegers;
  report.outputs = {labels, scores};
  EXPECT_TRUE(reaches(report, 99));
  EXPECT_EQ(shortfall(report, 99, {}), "");
  report.outputs[1].between_error = 0.02;
  EXPECT_FALSE(reaches(report, 99));
  EXPECT_NE(shortfall(report, 99, {}).find("2 % of its largest value half way from one sample to another"),
            std::string::npos);
  report.outputs[1].between_error = 0.009;
  EXPECT_TRUE(reaches(report, 99, kRoom));
  report.of_rows = true;
  EXPECT_TRUE(reaches(report, 99));
  EXPECT_FALSE(reaches(report, 99, kRoom));
}

}  // namespace
}  // namespace proofcard::graph
