// Nothing is wrong without a word: whatever an output is judged by, `compile` says when it is further from the float model's
// than the target, and where that begins.
#include "host/graph/quantize/accuracy/shortfall.hpp"

#include <cmath>
#include <limits>

#include "host/graph/quantize/accuracy/target.hpp"
#include "tests/graph_onnx/model_builder.hpp"

namespace proofcard::graph {
namespace {

constexpr double kTarget = 99;

AccuracyReport::Output output(Measure measure, double error) {
  AccuracyReport::Output out;
  out.name = "y";
  out.measure = measure;
  out.max_abs_value = 1;
  out.relative_error = error;
  out.compared = measure == Measure::kError || measure == Measure::kCosine ? 0 : 100;
  out.same = out.compared;
  return out;
}

AccuracyReport report(AccuracyReport::Output o) {
  AccuracyReport out;
  out.samples = 100;
  out.outputs = {std::move(o)};
  return out;
}

std::string text(const AccuracyReport::Output& o, double percent = kTarget) {
  return shortfall(report(o), percent, {8, true});
}

bool mentions(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

constexpr std::array kAll{Measure::kError,    Measure::kPrediction, Measure::kPositions, Measure::kSide,
                          Measure::kIntegers, Measure::kCosine,     Measure::kTokens};

TEST(Shortfall, WhatMissesATargetIsTold) {
  for (const Measure measure : kAll) {
    for (const double percent : {50.0, 90.0, 99.0, 99.9}) {
      for (const double error : {0.0, 0.0005, 0.005, 0.02, 0.09, 0.2, 0.7, std::numeric_limits<double>::quiet_NaN()}) {
        for (const std::size_t same : {0U, 60U, 95U, 99U, 100U}) {
          AccuracyReport::Output o = output(measure, error);
          o.range_error = error / 2;
          o.max_abs_error = 1.5 * error;
          o.same = o.compared == 0 ? 0 : same;
          o.least_cosine = 1 - error;
          o.unvaried = same == 95;
          AccuracyReport labelled = report(o);
          labelled.outputs.push_back(output(Measure::kIntegers, 0));
          for (const AccuracyReport& r : {report(o), labelled}) {
            EXPECT_TRUE(reaches(r, percent) || !shortfall(r, percent, {16, true}).empty())
                << measure_name(measure) << " " << percent << " " << error << " " << same;
          }
        }
      }
    }
  }
}

TEST(Shortfall, ValuesAreComparedWhateverTheMeasureIs) {
  for (const Measure measure : kAll) {
    const bool counts_alone = measure == Measure::kIntegers || measure == Measure::kTokens;
    const bool by_order =
        measure == Measure::kPrediction || measure == Measure::kPositions || measure == Measure::kSide;
    EXPECT_EQ(text(output(measure, by_order ? 0.019 : 0.009)), "") << measure_name(measure);
    EXPECT_EQ(mentions(text(output(measure, 0.021)), "output \"y\" is off by 2.1 % of its size"), !counts_alone)
        << measure_name(measure);
    EXPECT_EQ(text(output(measure, 0.011)).empty(), by_order || counts_alone) << measure_name(measure);
    AccuracyReport::Output at_one_place = output(measure, 0.001);
    at_one_place.max_abs_error = 0.021;
    EXPECT_EQ(mentions(text(at_one_place), "off by up to 2.1 % of its largest value"), !counts_alone)
        << measure_name(measure);
    AccuracyReport::Output zero = output(measure, 0);
    zero.all_zero = true;
    EXPECT_TRUE(mentions(text(zero), "0 in every sample")) << measure_name(measure);
    AccuracyReport::Output no_number = output(measure, std::numeric_limits<double>::quiet_NaN());
    EXPECT_EQ(text(no_number).empty(), counts_alone) << measure_name(measure);
  }
  // Of a classifier that is right, that it is.
  EXPECT_TRUE(mentions(text(output(Measure::kPrediction, 0.03)), "100 of 100 predictions are the same"));
}

TEST(Shortfall, CountsAnglesAndRanges) {
  AccuracyReport::Output some = output(Measure::kPrediction, 0);
  some.same = 98;
  EXPECT_TRUE(mentions(text(some), "2 of 100 predictions of output \"y\" differ"));
  EXPECT_EQ(text(some, 98), "");
  AccuracyReport::Output angle = output(Measure::kCosine, 0);
  angle.least_cosine = 0.9985;
  EXPECT_TRUE(mentions(text(angle), "points elsewhere (cosine 0.9985)"));
  angle.least_cosine = 0.9995;
  EXPECT_EQ(text(angle), "");
  AccuracyReport::Output offset = output(Measure::kError, 0.001);
  offset.range_error = 0.02;
  EXPECT_TRUE(mentions(text(offset), "off by 2 % of its range"));
  AccuracyReport::Output part = output(Measure::kError, 0.001);
  part.worst_part = OutputPart{1, 4, 0.11, 0.02};
  EXPECT_TRUE(mentions(text(part), "index 4 on axis 1 is off by 11 % of its own size"));
  part.worst_part->relative_error = 0.09;
  EXPECT_EQ(text(part), "");
}

TEST(Shortfall, OneOutputOfSeveralIsNamed) {
  AccuracyReport two = report(output(Measure::kError, 0.001));
  two.outputs.push_back(output(Measure::kError, 0.5));
  two.outputs[1].name = "small";
  const std::string told = shortfall(two, kTarget, {16, true});
  EXPECT_TRUE(mentions(told, "output \"small\""));
  EXPECT_FALSE(mentions(told, "output \"y\""));
}

TEST(Shortfall, SaysWhatToDo) {
  const AccuracyReport off = report(output(Measure::kError, 0.2));
  EXPECT_TRUE(mentions(shortfall(off, kTarget, {8, true}), "--bits 16"));
  EXPECT_FALSE(mentions(shortfall(off, kTarget, {16, true}), "--bits 16"));
  EXPECT_TRUE(mentions(shortfall(off, kTarget, {16, false}), "--calibrate"));
  AccuracyReport few = off;
  few.samples = 5;
  EXPECT_TRUE(mentions(shortfall(few, kTarget, {16, true}), "more samples"));
}

// Places in pixels beside scores, in one tensor: steps that suit the first leave nothing of the others, and the error of the
// whole is small.
ModelBuilder detector() {
  ModelBuilder m;
  m.input("x", {1, 8}).output("y").random("w", {8, 6}, 1.0F);
  m.constant("size", {1, 6}, {640, 640, 300, 300, 1, 1});
  m.integers("shape", {1, 6, 1});
  m.node("MatMul", {"x", "w"}, {"h"});
  m.node("Sigmoid", {"h"}, {"s"});
  m.node("Mul", {"s", "size"}, {"sized"});
  m.node("Abs", {"sized"}, {"rounded"});
  m.node("Reshape", {"rounded", "shape"}, {"y"});
  return m;
}

TEST(Shortfall, APartThatIsLostBesideOthersIsTold) {
  const FloatGraph graph = imported(detector());
  const std::vector<Sample> samples = random_samples(graph, 30);
  const auto narrow = quantize_and_compare(graph, samples, {8, true});
  ASSERT_TRUE(narrow.ok()) << narrow.error().message();
  const AccuracyReport::Output& o = narrow->accuracy.outputs[0];
  ASSERT_TRUE(o.worst_part.has_value());
  EXPECT_EQ(o.worst_part->axis, 1U);
  EXPECT_GE(o.worst_part->index, 4U);
  EXPECT_GT(o.worst_part->relative_error, 0.3);
  EXPECT_LT(o.error(), 0.01);
  EXPECT_FALSE(reaches(narrow->accuracy, kTarget));
  ASSERT_EQ(narrow->warnings.size(), 1U);
  EXPECT_TRUE(mentions(narrow->warnings[0], "on axis 1 is off by")) << narrow->warnings[0];
  const auto chosen = quantize_to_target(graph, samples, {}, {});
  ASSERT_TRUE(chosen.ok());
  EXPECT_NE(chosen->plan.bits, 8U);
  EXPECT_TRUE(reaches(chosen->accuracy, kTarget));
}

TEST(Parts, AreJudgedByTheirOwnSizeWhereThereIsEnoughOfThem) {
  const auto worst = [](const Dims& shape, std::size_t samples, float small, double error) {
    PartErrors parts;
    const auto size = static_cast<std::size_t>(count(shape));
    for (std::size_t s = 0; s < samples; ++s) {
      FloatTensor t{shape, std::vector<float>(size, 1.0F), false};
      t.data[size - 1] = small;
      std::vector<double> got(t.data.begin(), t.data.end());
      got[size - 1] += error;
      parts.add(t, got);
    }
    return parts.worst();
  };
  const auto found = worst({1, 3}, 8, 0.01F, 0.005);
  ASSERT_TRUE(found.has_value());
  EXPECT_EQ(found->axis, 1U);
  EXPECT_EQ(found->index, 2U);
  EXPECT_NEAR(found->relative_error, 0.5, 1e-6);
  EXPECT_NEAR(found->max_abs_value, 0.01, 1e-9);
  EXPECT_FALSE(worst({1, 3}, 7, 0.01F, 0.005).has_value());      // too few values
  EXPECT_EQ(worst({1, 3}, 8, 0.0F, 0.005)->relative_error, 0);   // nothing is lost of what is 0,
  EXPECT_EQ(worst({1, 3}, 8, 1e-7F, 0.005)->relative_error, 0);  // or next to nothing
  EXPECT_FALSE(worst({1, 300}, 8, 0.01F, 0.005).has_value());    // an axis of places
  EXPECT_EQ(worst({1, 2, 4, 300}, 1, 0.01F, 4)->axis, 1U);
  EXPECT_EQ(worst({1, 300, 4, 2}, 1, 0.01F, 4)->axis, 3U);
  EXPECT_EQ(worst({1, 300, 4, 2}, 1, 0.01F, 4)->index, 1U);
}

// An error beside infinity would compare as none: samples that the calibration does not look at, too.
TEST(Shortfall, SamplesWithoutFiniteOutputsAreRefused) {
  ModelBuilder m;
  m.input("x", {1, 2}).output("y");
  m.node("Exp", {"x"}, {"y"});
  const FloatGraph graph = imported(m);
  std::vector<Sample> samples(250, Sample{{0.5F, 0.25F}});
  samples[240][0][1] = 100;
  const auto made = quantize_and_compare(graph, samples, {16, true});
  ASSERT_FALSE(made.ok());
  EXPECT_TRUE(mentions(made.error().message(), "element 1 of sample 240")) << made.error().message();
}

}  // namespace
}  // namespace proofcard::graph
