// What pipelines make of raw features, whose sizes differ by orders of magnitude: columns that are chosen, scaled and put together,
// scalers that several operators read, variances, and which rows are nearest.
#include <gtest/gtest.h>

#include "host/graph/float_graph/float_executor.hpp"
#include "host/graph/float_graph/simplify/simplify.hpp"
#include "host/graph/quantize/accuracy/accuracy.hpp"
#include "host/graph/quantize/factors_of_squares.hpp"
#include "tests/graph_onnx/model_builder.hpp"
#include "tests/graph_onnx/rebuilt.hpp"

namespace proofcard::graph {
namespace {

const std::vector<float> kSizes = {0.01F, 1, 40, 3000};

std::vector<Sample> samples_of_sizes(const FloatGraph& graph, std::size_t number = 30) {
  std::vector<Sample> samples = random_samples(graph, number);
  for (Sample& s : samples) {
    for (std::size_t i = 0; i < s[0].size(); ++i) {
      s[0][i] *= kSizes[i % kSizes.size()];
    }
  }
  return samples;
}

// Of the output's size, with 16 bits; and the key can be made again without samples and weights.
double error_of(const FloatGraph& graph, const std::vector<Sample>& samples) {
  QuantizeOptions options;
  options.bits = 16;
  const auto integers = quantize(graph, samples, options);
  EXPECT_TRUE(integers.ok()) << integers.error().message();
  const auto report = integers.ok() ? compare(graph, *integers, samples) : Result<AccuracyReport>(integers.error());
  EXPECT_TRUE(report.ok());
  expect_rebuilt(graph, samples);
  return report.ok() ? report->outputs[0].relative_error : 1;
}

// Columns 3, 1 and 0, 2, 3 over their sizes, less something: [2, 5].
ModelBuilder columns() {
  ModelBuilder m;
  m.input("x", {2, 4});
  m.integers("first", {3, 1}).integers("second", {0, 2, 3});
  m.constant("a", {2}, {1.0F / 3000, 1}).constant("b", {3}, {100, 1.0F / 40, 1.0F / 3000});
  m.constant("c", {2}, {0.25F, -0.5F}).constant("d", {3}, {-0.001F, 3, 500});
  m.node("Gather", {"x", "first"}, {"x1"}).integer("axis", 1);
  m.node("Gather", {"x", "second"}, {"x2"}).integer("axis", 1);
  m.node("Mul", {"x1", "a"}, {"m1"});
  m.node("Sub", {"m1", "c"}, {"s1"});
  m.node("Sub", {"x2", "d"}, {"s2"});
  m.node("Mul", {"s2", "b"}, {"m2"});
  m.node("Concat", {"s1", "m2"}, {"all"}).integer("axis", 1);
  return m;
}

TEST(RawFeatures, ColumnsBeforeAProductAreOneProduct) {
  ModelBuilder m = columns();
  m.output("y").random("w", {5, 3}, 1);
  m.node("MatMul", {"all", "w"}, {"y"});
  const FloatGraph graph = imported(m);
  const FloatGraph simple = simplify(graph);
  ASSERT_EQ(simple.nodes.size(), 1U);
  EXPECT_EQ(simple.nodes[0].inputs[0], simple.inputs[0]);
  EXPECT_LT(error_of(graph, samples_of_sizes(graph)), 1e-3);
}

TEST(RawFeatures, ColumnsBeforeAFunctionAreAProduct) {
  ModelBuilder m = columns();
  m.output("y");
  m.node("Tanh", {"all"}, {"y"});
  const FloatGraph graph = imported(m);
  EXPECT_EQ(simplify(graph).nodes.size(), 2U);
  EXPECT_LT(error_of(graph, samples_of_sizes(graph)), 1e-3);
}

TEST(RawFeatures, ScalersThatSeveralOperatorsReadTakeScalesOfTheirOwn) {
  for (const std::string first : {"Sub", "Mul"}) {
    ModelBuilder m;
    m.input("x", {2, 4}).output("y").random("w", {4, 4}, 1);
    m.constant("offset", {4}, {-0.02F, 5, 10, 9000}).constant("scale", {4}, {100, 1, 1.0F / 40, 1.0F / 3000});
    m.constant("scaled", {4}, {-2, 5, 0.25F, 3});
    m.node(first, {"x", first == "Sub" ? "offset" : "scale"}, {"s"});
    m.node(first == "Sub" ? "Mul" : "Sub", {"s", first == "Sub" ? "scale" : "scaled"}, {"z"});
    m.node("Mul", {"z", "z"}, {"squares"});
    m.node("MatMul", {"z", "w"}, {"product"});
    m.node("Add", {"squares", "product"}, {"y"});
    const FloatGraph graph = imported(m);
    EXPECT_LT(error_of(graph, samples_of_sizes(graph)), 1e-3) << first;
  }
}

TEST(RawFeatures, DifferencesThatSeveralOperatorsReadTakeScalesOfTheirOwn) {
  ModelBuilder m;
  m.input("x", {2, 4}).output("y").random("w", {4, 4}, 1).constant("offset", {4}, {-0.02F, 5, 10, 9000});
  m.node("Sub", {"x", "offset"}, {"z"});
  m.node("Abs", {"z"}, {"magnitudes"});
  m.node("MatMul", {"z", "w"}, {"product"});
  m.node("Add", {"magnitudes", "product"}, {"y"});
  const FloatGraph graph = imported(m);
  EXPECT_LT(error_of(graph, samples_of_sizes(graph)), 1e-3);
}

// Trees beside a product, as votes have them: a feature's threshold is one of its own integers, so that one scale for all features
// would lose the small ones.
TEST(RawFeatures, TreesBesideAProductCompareEachFeatureOnItsOwnScale) {
  ModelBuilder m;
  m.input("x", {1, 4}).output("y").random("w", {4, 1}, 1e-4F);
  m.model().add_opset_import()->set_domain("ai.onnx.ml");
  m.model().mutable_opset_import(1)->set_version(3);
  ModelBuilder::NodeBuilder trees = m.node("TreeEnsembleRegressor", {"x"}, {"trees"});
  trees.proto()->set_domain("ai.onnx.ml");
  Dims ids, nodes, features, yes, no, leaf_ids, leaf_nodes;
  std::vector<float> thresholds, weights;
  std::vector<std::string> modes;
  for (std::int64_t tree = 0; tree < 4; ++tree) {  // a stump for each feature
    for (std::int64_t node = 0; node < 3; ++node) {
      ids.push_back(tree);
      nodes.push_back(node);
      features.push_back(node == 0 ? tree : 0);
      yes.push_back(node == 0 ? 1 : 0);
      no.push_back(node == 0 ? 2 : 0);
      thresholds.push_back(node == 0 ? 0.125F * kSizes[static_cast<std::size_t>(tree)] : 0);
      modes.push_back(node == 0 ? "BRANCH_LEQ" : "LEAF");
      if (node > 0) {
        leaf_ids.push_back(tree);
        leaf_nodes.push_back(node);
        weights.push_back(node == 1 ? 1.0F : -1.0F);
      }
    }
  }
  trees.ints("nodes_treeids", ids).ints("nodes_nodeids", nodes).ints("nodes_featureids", features);
  trees.ints("nodes_truenodeids", yes).ints("nodes_falsenodeids", no).texts("nodes_modes", modes);
  trees.reals("nodes_values", thresholds).reals("target_weights", weights);
  trees.ints("target_treeids", leaf_ids).ints("target_nodeids", leaf_nodes).ints("target_ids", Dims(8, 0));
  m.node("MatMul", {"x", "w"}, {"product"});
  m.node("Add", {"trees", "product"}, {"y"});
  const FloatGraph graph = imported(m);
  const std::vector<Sample> samples = samples_of_sizes(graph, 300);
  EXPECT_LT(error_of(graph, samples), 5e-3);  // one wrong side of 300: 6 %
  const auto integers = quantize(graph, samples, {16});
  ASSERT_TRUE(integers.ok());
  EXPECT_EQ(integers->tensors[integers->inputs[0]].channels.steps.size(), 4U);
}

// sum of (x - mean)^2 / variance for three classes, as naive Bayes has it.
ModelBuilder squares_by_variances(float last) {
  ModelBuilder m;
  m.input("x", {1, 4}).output("y").integers("shape", {1, 1, 4}).integers("axis", {2}).constant("two", {}, {2});
  std::vector<float> means, variances;
  for (std::size_t i = 0; i < 12; ++i) {
    const float size = kSizes[i % 4];
    means.push_back(size * (static_cast<float>(i % 5) - 2) / 4);
    variances.push_back(size * size * (static_cast<float>(i % 3) + 1) / 8);
  }
  variances.back() *= last;
  m.constant("mean", {1, 3, 4}, means).constant("variance", {1, 3, 4}, variances);
  m.node("Reshape", {"x", "shape"}, {"r"});
  m.node("Sub", {"r", "mean"}, {"d"});
  m.node("Pow", {"d", "two"}, {"s"});
  m.node("Div", {"s", "variance"}, {"q"});
  m.node("ReduceSum", {"q", "axis"}, {"y"}).integer("keepdims", 0);
  return m;
}

TEST(RawFeatures, VariancesGoIntoSquares) {
  const FloatGraph graph = imported(squares_by_variances(1));
  EXPECT_LT(error_of(graph, samples_of_sizes(graph)), 1e-3);
}

// A plan is followed also where the file at hand has other numbers: whoever compares them with the key's does so afterwards.
TEST(RawFeatures, AFactorOfNothingIsNoDivisor) {
  FloatGraph graph = imported(squares_by_variances(0));
  QuantisationPlan plan;
  plan.decisions = {1};
  Choices choices = Choices::replay(std::move(plan));
  ASSERT_TRUE(move_factors_into_squares(graph, choices).ok());
  EXPECT_GT(*std::ranges::min_element(graph.values.back().constant->data), 0.0F);
}

TEST(RawFeatures, NegativeFactorsStayOutsideOfSquares) {
  FloatGraph graph = imported(squares_by_variances(-1));
  const std::size_t before = graph.values.size();
  Choices choices;
  ASSERT_TRUE(move_factors_into_squares(graph, choices).ok());
  EXPECT_EQ(graph.values.size(), before);
  EXPECT_EQ(choices.plan().decisions, std::vector<std::uint8_t>{0});
}

// Rows that are nearly as near are told apart, also with 8 bits.
TEST(RawFeatures, NearestRowsAreThoseOfTheFloatModel) {
  ModelBuilder m;
  m.input("x", {1, 1, 4}).output("places").random("rows", {1, 200, 4}, 1);
  m.integers("axis", {2}).integers("k", {5});
  m.node("Sub", {"x", "rows"}, {"d"});
  m.node("ReduceSumSquare", {"d"}, {"squares"}).ints("axes", {2}).integer("keepdims", 0);
  m.node("Sqrt", {"squares"}, {"distance"});
  m.node("TopK", {"distance", "k"}, {"nearest", "places"}).integer("largest", 0);
  const FloatGraph graph = imported(m);
  const std::vector<Sample> samples = random_samples(graph, 40);
  QuantizeOptions options;
  options.bits = 8;
  const auto integers = quantize(graph, samples, options);
  ASSERT_TRUE(integers.ok()) << integers.error().message();
  const auto report = compare(graph, *integers, samples);
  ASSERT_TRUE(report.ok());
  EXPECT_GE(report->outputs[0].same, report->outputs[0].compared - 2);
  expect_rebuilt(graph, samples);
}

// Distances are taken from the middle of the rows, which the distances themselves do not show.
TEST(RawFeatures, DistancesAreThoseToTheRows) {
  const std::vector<float> rows = {1, 2, 3, 7, -4, 8, 5, 0.5F, 6};
  ModelBuilder m;
  m.input("x", {1, 1, 3}).output("squares").constant("rows", {1, 3, 3}, rows);
  m.node("Sub", {"x", "rows"}, {"d"});
  m.node("ReduceSumSquare", {"d"}, {"squares"}).ints("axes", {2}).integer("keepdims", 0);
  const FloatGraph graph = imported(m);
  EXPECT_TRUE(std::ranges::any_of(graph.nodes, [](const FloatNode& n) { return n.op == FloatOp::kMatMul; }));
  const std::vector<float> x = {2, -1, 0.25F};
  const auto found = run(graph, Sample{x});
  ASSERT_TRUE(found.ok());
  for (std::size_t r = 0; r < 3; ++r) {
    double expected = 0;
    for (std::size_t f = 0; f < 3; ++f) {
      expected += std::pow(static_cast<double>(x[f]) - static_cast<double>(rows[3 * r + f]), 2);
    }
    EXPECT_NEAR((*found)[0].data[r], expected, 1e-4) << r;
  }
}

// What is added to the entries of the other axis is a part of their order.
TEST(RawFeatures, TermsAlongTheOrderedAxisCount) {
  ModelBuilder m;
  m.input("x", {2, 2}).output("places").constant("c", {2, 1}, {0, 5}).integers("k", {1});
  m.node("Mul", {"x", "x"}, {"squares"});
  m.node("Add", {"squares", "c"}, {"sum"});
  m.node("Transpose", {"sum"}, {"turned"}).ints("perm", {1, 0});
  m.node("Sqrt", {"turned"}, {"roots"});
  m.node("TopK", {"roots", "k"}, {"largest", "places"});
  const auto found = run(imported(m), Sample{{1, 0.5F, 0.25F, 0.125F}});
  ASSERT_TRUE(found.ok());
  EXPECT_EQ((*found)[0].data, (std::vector<float>{1, 1}));
}

}  // namespace
}  // namespace proofcard::graph
