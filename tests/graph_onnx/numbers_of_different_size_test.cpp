// Features and channels with scales of their own: what is chosen, that nothing but the representation changes, and which
// numbers of a plan are taken (docs/adr/0006-numbers-of-different-size.md). How close the integers come to onnxruntime is
// tested with the models of tests/models/accuracy_cases.py.
#include <gtest/gtest.h>

#include <cmath>
#include <functional>

#include "host/graph/float_graph/float_executor.hpp"
#include "host/graph/float_graph/simplify/simplify.hpp"
#include "host/graph/quantize/accuracy/target.hpp"
#include "host/graph/quantize/equalise.hpp"
#include "host/graph/quantize/input_channels.hpp"
#include "tests/graph_onnx/model_builder.hpp"
#include "tests/graph_onnx/rebuilt.hpp"

namespace proofcard::graph {
namespace {

// A feature of size 1 about 0, one of size 1 about 1000, one of size 1e5.
std::vector<Sample> raw_samples(const FloatGraph& graph) {
  std::vector<Sample> samples = random_samples(graph, 30);
  for (Sample& s : samples) {
    for (std::size_t i = 0; i < s[0].size(); ++i) {
      s[0][i] = i % 3 == 0 ? s[0][i] : i % 3 == 1 ? s[0][i] + 1000.0F : s[0][i] * 1e5F;
    }
  }
  return samples;
}

ModelBuilder raw_model() {
  ModelBuilder m;
  m.input("x", {1, 3}).output("y");
  std::vector<float> w;
  for (std::size_t i = 0; i < 24; ++i) {
    const float size = i % 8 == 0 ? 1000.0F : 1.0F;  // one channel is unlike the others
    w.push_back(size * (i / 8 == 2 ? 1e-5F : 1.0F) * static_cast<float>(static_cast<int>(i % 5) - 2));
  }
  std::vector<float> v(16);
  for (std::size_t i = 0; i < v.size(); ++i) {
    v[i] = (i < 2 ? 1e-3F : 1.0F) * static_cast<float>(static_cast<int>(i % 3) - 1);
  }
  m.constant("w", {3, 8}, w).constant("v", {8, 2}, v);
  m.constant("mean", {3}, {0, 1000, 0});
  m.node("Sub", {"x", "mean"}, {"c"});
  m.node("MatMul", {"c", "w"}, {"h"});
  m.node("Relu", {"h"}, {"r"});
  m.node("MatMul", {"r", "v"}, {"y"});
  return m;
}

TEST(InputChannels, FeaturesOfDifferentSizeHaveScalesAndOffsets) {
  const FloatGraph graph = simplify(imported(raw_model()));
  ASSERT_EQ(graph.nodes[0].op, FloatOp::kMatMul);  // the subtraction went into it
  const std::vector<Sample> samples = raw_samples(graph);
  const EncodedChannels encoded = choose_channels(graph, 0, samples, 8);
  ASSERT_EQ(encoded.channels.steps.size(), 3U);
  const tensor::Shape shape{3};
  const tensor::Encoding encoding(encoded.scale, encoded.channels, shape);
  for (const Sample& s : samples) {
    for (std::size_t i = 0; i < 3; ++i) {
      const double q = encoding.nearest(i, static_cast<double>(s[0][i]));
      EXPECT_LE(std::abs(q), 32767 / 1.9);  // room for values twice as far out
      const double extent = i == 2 ? 1e5 : 1;
      EXPECT_NEAR(encoding.real(i, static_cast<std::int64_t>(q)), static_cast<double>(s[0][i]), 1e-3 * extent);
    }
  }
}

TEST(InputChannels, LikeFeaturesHaveOneScale) {
  const FloatGraph graph = simplify(imported(raw_model()));
  EXPECT_TRUE(choose_channels(graph, 0, random_samples(graph, 30), 8).channels.empty());
}

TEST(InputChannels, OnlyWhereEveryReaderCanTakeThem) {
  ModelBuilder m = raw_model();
  m.node("Relu", {"x"}, {"z"});
  m.output("z");
  const FloatGraph graph = simplify(imported(m));
  EXPECT_TRUE(choose_channels(graph, 0, raw_samples(graph), 8).channels.empty());
}

// What a graph makes of values is what the folded graph makes of the integers, times the scale.
TEST(InputChannels, FoldingKeepsTheFunction) {
  const FloatGraph graph = simplify(imported(raw_model()));
  const std::vector<Sample> samples = raw_samples(graph);
  const EncodedChannels encoded = choose_channels(graph, 0, samples, 16);
  FloatGraph folded = graph;
  ASSERT_TRUE(fold_channels(folded, 0, encoded).ok());
  const tensor::Shape shape{3};
  const tensor::Encoding encoding(encoded.scale, encoded.channels, shape);
  for (const Sample& s : samples) {
    Sample integers = s;
    Sample rounded = s;
    for (std::size_t i = 0; i < 3; ++i) {
      const double q = encoding.nearest(i, static_cast<double>(s[0][i]));
      integers[0][i] = static_cast<float>(q * encoded.scale);
      rounded[0][i] = static_cast<float>(encoding.real(i, static_cast<std::int64_t>(q)));
    }
    const auto expected = graph::run(graph, rounded);
    const auto found = graph::run(folded, integers);
    ASSERT_TRUE(expected.ok() && found.ok());
    for (std::size_t k = 0; k < 2; ++k) {
      const float value = (*expected)[0].data[k];
      EXPECT_NEAR((*found)[0].data[k], value, 1e-3F * (1 + std::abs(value)));
    }
  }
}

TEST(InputChannels, FoldingRefusesWhatReadersCannotTake) {
  const auto refused = [](const FloatGraph& graph, const tensor::ChannelSteps& channels) {
    FloatGraph folded = graph;
    return !fold_channels(folded, 0, {1.0, channels}).ok();
  };
  const FloatGraph product = simplify(imported(raw_model()));
  EXPECT_FALSE(refused(product, {0, {{1, 2}, {0, 0}, {3, -7}}}));
  EXPECT_TRUE(refused(product, {0, {{1, 2}, {0, 0}}}));
  EXPECT_TRUE(refused(product, {1, {{1, 2}, {0, 0}, {3, -7}}}));
  EXPECT_TRUE(refused(product, {0, {{41, 2}, {0, 0}, {3, -7}}}));
  FloatGraph integers = product;  // they mean themselves
  integers.values[integers.inputs[0]].integers = IntegerRange{-100, 100, true};
  EXPECT_TRUE(refused(integers, {0, {{1, 2}, {0, 0}, {3, -7}}}));

  ModelBuilder m;
  m.input("x", {1, 2, 4, 4}).output("y").random("w", {3, 2, 3, 3}, 1.0F);
  m.node("Conv", {"x", "w"}, {"y"}).ints("pads", {1, 1, 1, 1});
  const FloatGraph convolution = simplify(imported(m));
  EXPECT_FALSE(refused(convolution, {0, {{1, 0}, {0, 0}}}));
  EXPECT_TRUE(refused(convolution, {0, {{1, 0}, {0, 1}}}));  // padding is 0, not the offset
  EXPECT_TRUE(refused(convolution, {1, {{1, 0}, {0, 0}, {0, 0}, {0, 0}}}));

  ModelBuilder relu;
  relu.input("x", {1, 3}).output("y");
  relu.node("Relu", {"x"}, {"y"});
  EXPECT_TRUE(refused(simplify(imported(relu)), {0, {{1, 0}, {0, 0}, {0, 0}}}));
}

TEST(Equalise, ScalesOneChannelDownAndKeepsTheFunction) {
  const FloatGraph graph = simplify(imported(raw_model()));
  const std::vector<Sample> samples = raw_samples(graph);
  Choices choices = Choices::derive(8, 32);
  FloatGraph equal = graph;
  ASSERT_TRUE(equalise(equal, samples, false, choices).ok());
  ASSERT_EQ(choices.plan().halvings.size(), 1U);
  const std::vector<std::uint8_t> halvings = choices.plan().halvings[0];
  ASSERT_EQ(halvings.size(), 8U);
  EXPECT_EQ(halvings[0], 0U);
  EXPECT_GE(halvings[1], 6U);
  for (const Sample& s : samples) {
    const auto expected = graph::run(graph, s);
    const auto found = graph::run(equal, s);
    ASSERT_TRUE(expected.ok() && found.ok());
    EXPECT_EQ((*found)[0].data, (*expected)[0].data);  // powers of two: not a bit differs
  }
  // Hidden weights' sizes are told to nobody.
  Choices hidden = Choices::derive(8, 32);
  FloatGraph other = graph;
  ASSERT_TRUE(equalise(other, samples, true, hidden).ok());
  EXPECT_TRUE(hidden.plan().halvings.empty());
}

// A pool behind a product with a matrix runs over its channels: they cannot have factors of their own.
TEST(Equalise, LeavesChannelsThatAPoolMixesAlone) {
  for (const std::string pool : {"MaxPool", "AveragePool"}) {
    ModelBuilder m;
    std::vector<float> w;
    for (std::size_t i = 0; i < 32; ++i) {
      w.push_back((i % 8 == 3 ? 1000.0F : 1.0F) * static_cast<float>(static_cast<int>(i % 5) - 2));
    }
    m.input("x", {1, 2, 4}).output("y").constant("w", {4, 8}, w).random("v", {4, 3}, 1.0F);
    m.node("MatMul", {"x", "w"}, {"h"});
    m.node(pool, {"h"}, {"p"}).ints("kernel_shape", {2}).ints("strides", {2});
    m.node("MatMul", {"p", "v"}, {"y"});
    const FloatGraph graph = simplify(imported(m));
    Choices choices = Choices::derive(8, 32);
    FloatGraph equal = graph;
    const std::vector<Sample> samples = random_samples(graph, 30);
    ASSERT_TRUE(equalise(equal, samples, false, choices).ok());
    EXPECT_TRUE(choices.plan().halvings.empty()) << pool;
    EXPECT_EQ((*graph::run(equal, samples[0]))[0].data, (*graph::run(graph, samples[0]))[0].data) << pool;
  }
}

TEST(Equalise, LeavesLikeChannelsAlone) {
  ModelBuilder m;
  m.input("x", {1, 4}).output("y").random("w", {4, 6}, 1.0F).random("v", {6, 2}, 1.0F);
  m.node("MatMul", {"x", "w"}, {"h"});
  m.node("Relu", {"h"}, {"r"});
  m.node("MatMul", {"r", "v"}, {"y"});
  FloatGraph graph = simplify(imported(m));
  Choices choices = Choices::derive(8, 32);
  ASSERT_TRUE(equalise(graph, random_samples(graph, 50), false, choices).ok());
  EXPECT_EQ(choices.plan().halvings, (std::vector<std::vector<std::uint8_t>>{{}}));
}

// Every number that describes features and channels, changed: refused, or another graph.
TEST(NumbersOfDifferentSize, APlanIsTakenExactly) {
  const FloatGraph graph = imported(raw_model());
  const std::vector<Sample> samples = raw_samples(graph);
  expect_rebuilt(graph, samples);
  for (const bool hidden : {true, false}) {
    QuantisationPlan plan;
    const auto made = quantize(graph, samples, {8, hidden, 32, {}}, nullptr, &plan);
    ASSERT_TRUE(made.ok()) << made.error().message();
    ASSERT_FALSE(plan.inputs[0].channels.empty());
    ASSERT_EQ(plan.halvings.empty(), hidden);
    std::vector<std::function<void(QuantisationPlan&)>> changes = {
        [](auto& p) { p.inputs[0].channels = {}; }, [](auto& p) { p.inputs[0].channels.axis = 1; },
        [](auto& p) { p.inputs[0].channels.steps.pop_back(); }, [](auto& p) { p.halvings.push_back({}); }};
    for (std::size_t k = 0; k < 3; ++k) {
      changes.push_back([=](auto& p) { p.inputs[0].channels.steps[k].exponent ^= 1U; });
      changes.push_back([=](auto& p) { p.inputs[0].channels.steps[k].offset += 1; });
    }
    if (!hidden) {
      changes.push_back([](auto& p) { p.halvings.clear(); });
      changes.push_back([](auto& p) { p.halvings[0].clear(); });
      changes.push_back([](auto& p) { p.halvings[0].pop_back(); });
      for (std::size_t c = 0; c < 8; ++c) {
        changes.push_back([=](auto& p) { p.halvings[0][c] = static_cast<std::uint8_t>(p.halvings[0][c] + 1); });
        changes.push_back([=](auto& p) { p.halvings[0][c] = 21; });
      }
    }
    for (std::size_t i = 0; i < changes.size(); ++i) {
      QuantisationPlan changed = plan;
      changes[i](changed);
      const auto again = rebuild(graph, changed, hidden);
      EXPECT_TRUE(!again.ok() || shown(*again, !hidden) != shown(*made, !hidden)) << hidden << " " << i;
    }
  }
}

TEST(NumbersOfDifferentSize, HalvingsFitTheChannels) {
  const FloatGraph graph = imported(raw_model());
  QuantisationPlan plan;
  ASSERT_TRUE(quantize(graph, raw_samples(graph), {8, false, 32, {}}, nullptr, &plan).ok());
  ASSERT_TRUE(rebuild(graph, plan, false).ok());
  QuantisationPlan most = plan;
  most.halvings[0][1] = 20;
  QuantisationPlan more = plan;
  more.halvings[0][1] = 21;
  QuantisationPlan longer = plan;
  longer.halvings[0].push_back(0);
  const auto refusal = [&](const QuantisationPlan& p) {
    const auto again = rebuild(graph, p, false);
    return again.ok() ? std::string() : again.error().message();
  };
  EXPECT_EQ(refusal(most).find("factors from"), std::string::npos) << refusal(most);
  EXPECT_NE(refusal(more).find("expected 8 channels with factors from 2^-20 to 1"), std::string::npos);
  EXPECT_NE(refusal(longer).find("expected 8 channels with factors from 2^-20 to 1"), std::string::npos);
}

AccuracyReport report(double error, Measure measure, std::size_t same) {
  AccuracyReport out;
  out.samples = 100;
  out.outputs.resize(1);
  out.outputs[0].measure = measure;
  out.outputs[0].same = same;
  out.outputs[0].compared = measure == Measure::kError || measure == Measure::kCosine ? 0 : 100;
  out.outputs[0].relative_error = error;
  return out;
}

TEST(Target, ErrorOrPredictions) {
  EXPECT_TRUE(reaches(report(0.009, Measure::kError, 0), 99));
  EXPECT_FALSE(reaches(report(0.011, Measure::kError, 0), 99));
  EXPECT_TRUE(reaches(report(0.09, Measure::kPrediction, 99), 99));
  EXPECT_FALSE(reaches(report(0.09, Measure::kPrediction, 98), 99));
  EXPECT_FALSE(reaches(report(0.11, Measure::kPrediction, 100), 99));
  EXPECT_TRUE(reaches(report(0.011, Measure::kError, 0), 98));
  AccuracyReport zero = report(0, Measure::kError, 0);
  zero.outputs[0].all_zero = true;
  EXPECT_FALSE(reaches(zero, 99));
  AccuracyReport two = report(0.09, Measure::kPrediction, 100);
  two.outputs.push_back(report(0.02, Measure::kError, 0).outputs[0]);
  EXPECT_FALSE(reaches(two, 99));
}

TEST(Target, TakesMoreBitsWhereEightLoseTheOutput) {
  ModelBuilder m;
  m.input("x", {1, 8}).output("y").random("w", {8, 4}, 1.0F);
  m.node("MatMul", {"x", "w"}, {"h"});
  m.node("Exp", {"h"}, {"e"});
  m.node("Reciprocal", {"e"}, {"y"});
  const FloatGraph graph = imported(m);
  const std::vector<Sample> samples = random_samples(graph, 30);
  const auto strict = quantize_to_target(graph, samples, {}, {99.5, {}});
  const auto loose = quantize_to_target(graph, samples, {}, {50, {}});
  ASSERT_TRUE(strict.ok() && loose.ok());
  EXPECT_NE(strict->plan.bits, 8U);
  EXPECT_TRUE(reaches(strict->accuracy, 99));
  EXPECT_EQ(loose->plan.bits, 8U);
}

}  // namespace
}  // namespace proofcard::graph
