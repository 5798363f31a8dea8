// 8 and 16 bits in one model: that the cheapest mixture is found which keeps the target, that a plan of it leads to the same graph
// again, and how plans of both widths are written.
#include <gtest/gtest.h>

#include <algorithm>

#include "host/graph/quantize/accuracy/width_search.hpp"
#include "tests/graph_onnx/model_builder.hpp"
#include "tests/graph_onnx/rebuilt.hpp"

namespace proofcard::graph {
namespace {

// Two branches, added: a long one whose part of the output is small, and a short one that is most of it.
FloatGraph two_branches() {
  ModelBuilder m;
  m.input("x", {1, 2, 6, 6}).output("y");
  std::string at = "x";
  for (int layer = 0; layer < 4; ++layer) {
    const std::string n = std::to_string(layer);
    m.random("w" + n, {layer == 3 ? 2 : 6, layer == 0 ? 2 : 6, 3, 3}, 0.3F);
    m.node("Conv", {at, "w" + n}, {"c" + n}).ints("pads", {1, 1, 1, 1});
    m.node("Relu", {"c" + n}, {"r" + n});
    at = "r" + n;
  }
  m.constant("small", {}, {0.02F});
  m.node("Mul", {at, "small"}, {"side"});
  m.random("v", {2, 2, 3, 3}, 1.0F);
  m.node("Conv", {"x", "v"}, {"d"}).ints("pads", {1, 1, 1, 1});
  m.node("Tanh", {"d"}, {"main"});
  m.node("Add", {"main", "side"}, {"y"});
  return imported(m);
}

TEST(Widths, OnlyWhatMattersHasSixteenBits) {
  const FloatGraph graph = two_branches();
  const std::vector<Sample> samples = random_samples(graph, 30);
  const auto made = quantize_to_target(graph, samples, {}, {99.5, {}});
  ASSERT_TRUE(made.ok()) << made.error().message();
  ASSERT_EQ(made->plan.bits, kMixedBits);
  EXPECT_TRUE(reaches(made->accuracy, 99.5));
  EXPECT_LT(made->wide.size(), made->with_width);
  ASSERT_EQ(made->tried.size(), 3U);
  EXPECT_FALSE(made->tried[0].reaches);
  EXPECT_LT(made->tried[1].cost, made->tried[2].cost);
  EXPECT_LE(made->search_runs, kMostRuns);
  // The long branch's inner layers are not among them.
  for (const std::string& step : made->wide) {
    EXPECT_EQ(step.find("Relu"), std::string::npos) << step;
  }
  const auto again = rebuild(graph, made->plan, true);
  ASSERT_TRUE(again.ok()) << again.error().message();
  EXPECT_EQ(shown(*again, false), shown(made->graph, false));
}

TEST(Widths, WhereNoTensorSavesAnythingNoneIsLowered) {
  const FloatGraph graph = two_branches();
  const std::vector<Sample> samples = random_samples(graph, 30);
  const auto equal = [](const Graph&) -> Result<PlanCost> { return PlanCost{1, 1}; };
  const auto made = quantize_to_target(graph, samples, {}, {99.5, equal});
  ASSERT_TRUE(made.ok()) << made.error().message();
  EXPECT_EQ(made->plan.bits, 16U);
}

// Steps of a recurrent layer read the same weights, and have one width.
TEST(Widths, StepsOfARecurrentLayerGoTogether) {
  ModelBuilder m(14, 5);
  m.input("x", {6, 1, 4}).output("y");
  m.random("w", {1, 20, 4}, 0.5F).random("r", {1, 20, 5}, 0.5F);
  m.node("LSTM", {"x", "w", "r"}, {"y"}).integer("hidden_size", 5);
  const FloatGraph graph = imported(m);
  const std::vector<Sample> samples = random_samples(graph, 20);
  const auto made = quantize_to_target(graph, samples, {}, {99.9, {}});
  ASSERT_TRUE(made.ok()) << made.error().message();
  ASSERT_EQ(made->plan.bits, kMixedBits);
  const auto uniform = quantize(graph, samples, {16, true});
  ASSERT_TRUE(uniform.ok());
  const auto weights = [](const Graph& g) {
    return std::count_if(g.tensors.begin(), g.tensors.end(),
                         [](const Tensor& t) { return t.kind == TensorKind::kWeight; });
  };
  EXPECT_EQ(weights(made->graph), weights(*uniform));  // none was copied for another width
}

TEST(Widths, PlansOfBothWidthsAreWrittenInOneWay) {
  const FloatGraph graph = two_branches();
  const std::vector<Sample> samples = random_samples(graph, 10);
  const auto quantiser = Quantiser::prepare(graph, samples, {});
  ASSERT_TRUE(quantiser.ok());
  const auto wide = quantiser->lower(16, {});
  ASSERT_TRUE(wide.ok());
  std::vector<std::uint32_t> all = wide->with_width;
  std::sort(all.begin(), all.end());
  // All or none of them is one width.
  EXPECT_EQ(quantiser->lower(kMixedBits, all)->plan.bits, 16U);
  EXPECT_EQ(quantiser->lower(kMixedBits, {})->plan.bits, 8U);
  const auto encode = [](const QuantisationPlan& plan) {
    ByteWriter out;
    write(out, plan);
    return out.take();
  };
  const auto lowered = quantiser->lower(kMixedBits, {all[2], all[4]});
  ASSERT_TRUE(lowered.ok()) << lowered.error().message();
  ASSERT_EQ(lowered->plan.wide, (std::vector<std::uint32_t>{all[2], all[4]}));
  const Bytes bytes = encode(lowered->plan);
  ByteReader in(bytes, "plan");
  const auto read = read_quantisation_plan(in);
  ASSERT_TRUE(read.ok() && in.expect_end().ok());
  EXPECT_EQ(encode(*read), bytes);
  const auto refused = [&](const std::function<void(QuantisationPlan&)>& change) {
    QuantisationPlan plan = lowered->plan;
    change(plan);
    const Bytes changed = encode(plan);
    ByteReader reader(changed, "plan");
    return !read_quantisation_plan(reader).ok() || !rebuild(graph, plan, true).ok();
  };
  EXPECT_FALSE(refused([](auto&) {}));
  EXPECT_TRUE(refused([](auto& p) { p.wide.clear(); }));
  EXPECT_TRUE(refused([](auto& p) { std::swap(p.wide[0], p.wide[1]); }));
  EXPECT_TRUE(refused([](auto& p) { p.wide[1] = p.wide[0]; }));
  EXPECT_TRUE(refused([](auto& p) { p.wide.push_back(100000); }));  // no value
  EXPECT_TRUE(refused([&](auto& p) {                                // all of them, which is one width
    p.wide = all;
    std::erase(p.wide, graph.inputs[0]);
  }));
  EXPECT_TRUE(refused([&](auto& p) { p.wide[0] = graph.inputs[0]; }));  // whose width stands in its range
}

}  // namespace
}  // namespace proofcard::graph
