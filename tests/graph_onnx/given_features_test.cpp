// Features as they are given: what compares them with constants is exact, float32 by float32, whatever stands between, and what was
// rounded is compared with thresholds that were rounded in the same way.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>

#include "host/graph/executor.hpp"
#include "host/graph/quantize/accuracy/target.hpp"
#include "host/graph/real_values.hpp"
#include "tests/graph_onnx/model_builder.hpp"
#include "tests/graph_onnx/rebuilt.hpp"

namespace proofcard::graph {
namespace {

using ::testing::HasSubstr;

const float kInfinite = std::numeric_limits<float>::infinity();
const float kMissingFeature = std::nanf("");

ModelBuilder classical(std::int64_t features) {
  ModelBuilder m;
  m.input("x", {1, features}).output("y");
  m.model().add_opset_import()->set_domain("ai.onnx.ml");
  m.model().mutable_opset_import(1)->set_version(3);
  return m;
}

ModelBuilder::NodeBuilder ml(ModelBuilder& m, const std::string& op, const std::string& in, const std::string& out) {
  auto node = m.node(op, {in}, {out});
  node.proto()->set_domain("ai.onnx.ml");
  return node;
}

// The integer model on inputs that were no samples.
class GivenModel {
 public:
  explicit GivenModel(const ModelBuilder& m, std::vector<Sample> samples = {}) : graph_(imported(m)) {
    if (samples.empty()) samples = random_samples(graph_, 4);
    auto integers = quantize(graph_, samples, {16});
    EXPECT_TRUE(integers.ok()) << integers.error().message();
    integers_ = std::move(*integers);
    expect_rebuilt(graph_, samples, true);
  }

  bool in_order() const { return tensor::is_float_order(integers_.tensors[integers_.inputs[0]].channels); }

  std::vector<double> operator()(const std::vector<float>& x) const {
    const auto inputs = quantize_inputs(integers_, Sample{x}, false);
    EXPECT_TRUE(inputs.ok()) << inputs.error().message();
    Sink none;
    const auto outputs = execute(integers_, *inputs, none);
    EXPECT_TRUE(outputs.ok()) << outputs.error().message();
    return dequantize_outputs(integers_, *outputs)[0];
  }

 private:
  FloatGraph graph_;
  Graph integers_;
};

// Around a number, and what is far from all numbers.
std::vector<float> around(float t) {
  return {t,
          std::nextafter(t, -kInfinite),
          std::nextafter(t, kInfinite),
          -t,
          0.0F,
          -0.0F,
          1e-42F,
          -1e30F,
          kInfinite,
          -kInfinite,
          kMissingFeature};
}

TEST(GivenFeatures, ComparisonsWithConstantsAreExact) {
  const std::vector<std::pair<std::string, bool (*)(float, float)>> modes = {
      {"Less", [](float a, float b) { return a < b; }},
      {"LessOrEqual", [](float a, float b) { return a <= b; }},
      {"Greater", [](float a, float b) { return a > b; }},
      {"GreaterOrEqual", [](float a, float b) { return a >= b; }},
      {"Equal", [](float a, float b) { return a == b; }}};
  const std::vector<float> thresholds = {0.3F, -12.25F, 0.0F, 3e-41F, kInfinite};
  for (const auto& [op, holds] : modes) {
    for (const bool constant_first : {false, true}) {
      ModelBuilder m(13);
      m.input("x", {1, 5}).output("y").constant("t", {5}, thresholds);
      m.node(op, constant_first ? std::vector<std::string>{"t", "x"} : std::vector<std::string>{"x", "t"}, {"y"});
      const GivenModel model(m);
      ASSERT_TRUE(model.in_order());
      for (const float near : thresholds) {
        for (const float x : around(near)) {
          const std::vector<double> found = model(std::vector<float>(5, x));
          for (std::size_t i = 0; i < 5; ++i) {
            const bool wanted = constant_first ? holds(thresholds[i], x) : holds(x, thresholds[i]);
            EXPECT_EQ(found[i], wanted ? 1.0 : 0.0)
                << op << (constant_first ? " first" : "") << ": " << x << ", " << thresholds[i];
          }
        }
      }
    }
  }
}

TEST(GivenFeatures, BinarizersAreExact) {
  ModelBuilder m = classical(3);
  ml(m, "Binarizer", "x", "y").real("threshold", 0.3F);
  const GivenModel model(m);
  ASSERT_TRUE(model.in_order());
  for (const float x : around(0.3F)) {
    EXPECT_EQ(model({x, x, x}), std::vector<double>(3, x > 0.3F ? 1.0 : 0.0)) << x;
  }
}

// A model that asks for NaN is told that there is none, so that no input of it may be one.
TEST(GivenFeatures, WhereNanIsAskedForItIsRefused) {
  ModelBuilder m = classical(3);
  ml(m, "Binarizer", "x", "side").real("threshold", 0.3F);
  m.constant("zero", {}, {0.0F});
  m.node("IsNaN", {"x"}, {"missing"});
  m.node("Where", {"missing", "zero", "side"}, {"y"});
  const GivenModel model(m);
  EXPECT_FALSE(model.in_order());
  const FloatGraph graph = imported(m);
  const auto integers = quantize(graph, random_samples(graph, 4), {16});
  ASSERT_TRUE(integers.ok()) << integers.error().message();
  EXPECT_FALSE(quantize_inputs(*integers, Sample{{0.5F, kMissingFeature, 0.5F}}, false).ok());
}

TEST(GivenFeatures, WhatIsNoNumberIsNoThreshold) {
  for (const auto& [op, t] : {std::pair<std::string, float>{"Less", kMissingFeature}, {"Less", -kInfinite}}) {
    ModelBuilder m(13);
    m.input("x", {1, 2}).output("y").constant("t", {2}, {1.0F, t});
    m.node(op, {"x", "t"}, {"y"});
    const FloatGraph graph = imported(m);
    const auto integers = quantize(graph, random_samples(graph, 2), {16});
    ASSERT_FALSE(integers.ok());
    EXPECT_THAT(integers.error().message(), HasSubstr("expected numbers to compare with"));
  }
}

// Stumps on each of some features, whose leaf of "yes" is worth a power of two.
void stump_on_each(ModelBuilder& m, const std::string& in, const std::vector<float>& thresholds) {
  auto node = ml(m, "TreeEnsembleRegressor", in, "y");
  Dims trees, nodes, features, yes, no, leaf_trees, leaf_nodes;
  std::vector<float> values, weights;
  std::vector<std::string> modes;
  for (std::size_t t = 0; t < thresholds.size(); ++t) {
    const auto tree = static_cast<std::int64_t>(t);
    for (std::int64_t i = 0; i < 3; ++i) {
      trees.push_back(tree);
      nodes.push_back(i);
      features.push_back(i == 0 ? tree : 0);
      yes.push_back(i == 0 ? 1 : 0);
      no.push_back(i == 0 ? 2 : 0);
      values.push_back(i == 0 ? thresholds[t] : 0.0F);
      modes.emplace_back(i == 0 ? "BRANCH_LEQ" : "LEAF");
    }
    for (std::int64_t leaf = 1; leaf < 3; ++leaf) {
      leaf_trees.push_back(tree);
      leaf_nodes.push_back(leaf);
      weights.push_back(leaf == 1 ? std::ldexp(1.0F, static_cast<int>(t)) : 0.0F);
    }
  }
  node.ints("nodes_treeids", trees).ints("nodes_nodeids", nodes).ints("nodes_featureids", features);
  node.ints("nodes_truenodeids", yes).ints("nodes_falsenodeids", no).texts("nodes_modes", modes);
  node.reals("nodes_values", values).reals("target_weights", weights);
  node.ints("target_treeids", leaf_trees)
      .ints("target_nodeids", leaf_nodes)
      .ints("target_ids", Dims(weights.size(), 0));
}

// Which of the stumps say yes.
std::vector<bool> stump_answers(double sum, std::size_t trees) {
  std::vector<bool> out;
  for (std::size_t t = 0; t < trees; ++t) out.push_back((std::llround(sum) >> t & 1) != 0);
  return out;
}

// Columns as a ColumnTransformer makes them: categories, scaled numbers, one that is turned round, one that is binarized.
TEST(GivenFeatures, TreesBehindColumnsAskAboutWhatIsGiven) {
  ModelBuilder m = classical(4);
  m.integers("first", {0}).integers("others", {1, 2}).integers("last", {3});
  m.integers("flat", {1, 3});
  m.node("ArrayFeatureExtractor", {"x", "first"}, {"c"}).proto()->set_domain("ai.onnx.ml");
  m.node("ArrayFeatureExtractor", {"x", "others"}, {"n"}).proto()->set_domain("ai.onnx.ml");
  m.node("ArrayFeatureExtractor", {"x", "last"}, {"b"}).proto()->set_domain("ai.onnx.ml");
  m.node("Cast", {"c"}, {"whole"}).integer("to", onnx::TensorProto::INT64);
  ml(m, "OneHotEncoder", "whole", "hot").ints("cats_int64s", {-2, 0, 5}).integer("zeros", 1);
  m.node("Reshape", {"hot", "flat"}, {"categories"});
  ml(m, "Scaler", "n", "numbers").reals("offset", {0.1F, 7}).reals("scale", {3, -0.25F});
  ml(m, "Binarizer", "b", "side").real("threshold", 0.3F);
  m.node("Concat", {"categories", "numbers", "side"}, {"all"}).integer("axis", 1);
  const std::vector<float> thresholds = {0.5F, 0.5F, 0.5F, 0.7F, -0.3F, 0.5F};
  stump_on_each(m, "all", thresholds);
  const GivenModel model(m);
  ASSERT_TRUE(model.in_order());
  std::vector<std::vector<float>> rows;
  for (const float c :
       {-3.0F, -2.0F, std::nextafter(-2.0F, 0.0F), std::nextafter(-3.0F, 0.0F), -1.0F, std::nextafter(-1.0F, 0.0F),
        -0.0F, 0.9999F, 1.0F, 4.9999F, 5.0F, 5.5F, 6.0F, 1e20F, kMissingFeature}) {
    rows.push_back({c, 0.2F, 3.0F, 0.1F});
  }
  float x = 0.7F / 3 + 0.1F;
  float z = 0.3F * 4 + 7;
  for (int i = 0; i < 20; ++i) x = std::nextafter(x, 0.0F), z = std::nextafter(z, 0.0F);
  for (int i = 0; i < 40; ++i) {
    rows.push_back({1, x, z, i % 2 == 0 ? 0.3F : std::nextafter(0.3F, 1.0F)});
    x = std::nextafter(x, 1.0F), z = std::nextafter(z, 100.0F);
  }
  rows.push_back({1, kMissingFeature, kMissingFeature, kMissingFeature});
  for (const std::vector<float>& row : rows) {
    const float c = std::trunc(row[0]);
    const std::vector<float> computed = {c == -2,      c == 0, c == 5, (row[1] - 0.1F) * 3, (row[2] - 7) * -0.25F,
                                         row[3] > 0.3F};
    std::vector<bool> wanted;
    for (std::size_t t = 0; t < thresholds.size(); ++t) wanted.push_back(computed[t] <= thresholds[t]);
    EXPECT_EQ(stump_answers(model(row)[0], thresholds.size()), wanted)
        << row[0] << " " << row[1] << " " << row[2] << " " << row[3];
  }
}

// Whether a value is missing is answered with no: then missing values are refused.
TEST(GivenFeatures, WhatIsSaidNotToBeMissingIsNoNaN) {
  ModelBuilder m = classical(2);
  stump_on_each(m, "x", {1, 1});
  m.output("missing");
  m.node("IsNaN", {"x"}, {"which"});
  m.node("Cast", {"which"}, {"missing"}).integer("to", onnx::TensorProto::FLOAT);
  const FloatGraph graph = imported(m);
  const auto integers = quantize(graph, random_samples(graph, 4), {16});
  ASSERT_TRUE(integers.ok()) << integers.error().message();
  EXPECT_TRUE(quantize_inputs(*integers, Sample{{0.5F, 0.25F}}, false).ok());
  EXPECT_FALSE(quantize_inputs(*integers, Sample{{kMissingFeature, 0.25F}}, false).ok());
}

// Integers that are only compared have the range that samples show.
TEST(GivenFeatures, ComparedIntegersHaveTheSamplesRange) {
  ModelBuilder m(13);
  m.input("x", {1, 2}).output("y").integers("t", {3, -1000});
  m.model().mutable_graph()->mutable_input(0)->mutable_type()->mutable_tensor_type()->set_elem_type(
      onnx::TensorProto::INT64);
  m.node("Less", {"x", "t"}, {"y"});
  const GivenModel model(m, {{{5, -2000}}, {{0, 7}}});
  EXPECT_FALSE(model.in_order());
  EXPECT_EQ(model({2, -1001}), (std::vector<double>{1, 1}));
  EXPECT_EQ(model({3, -1000}), (std::vector<double>{0, 0}));
}

// A row for each input: what is computed for one row must not be read for another.
TEST(GivenFeatures, RowsStayApart) {
  ModelBuilder m;
  m.input("x", {2, 2}).output("y").integers("turned", {1, 0});
  m.model().add_opset_import()->set_domain("ai.onnx.ml");
  m.model().mutable_opset_import(1)->set_version(3);
  ml(m, "Scaler", "x", "scaled").reals("scale", {2, 4});
  m.node("Gather", {"scaled", "turned"}, {"rows"}).integer("axis", 0);
  stump_on_each(m, "rows", {1, 1});
  const GivenModel model(m);
  const std::vector<double> found = model({0.25F, 0.9F, 0.8F, 0.125F});
  EXPECT_EQ(stump_answers(found[0], 2), (std::vector<bool>{false, true}));
  EXPECT_EQ(stump_answers(found[1], 2), (std::vector<bool>{true, false}));
}

// Every question about a category doubles what is below it: twelve in a row are too many.
TEST(GivenFeatures, TreesThatWouldGrowTooLargeStay) {
  for (const std::int64_t depth : {4, 12}) {
    ModelBuilder m = classical(2);
    m.integers("flat", {1, 4});
    m.node("Cast", {"x"}, {"whole"}).integer("to", onnx::TensorProto::INT64);
    ml(m, "OneHotEncoder", "whole", "hot").ints("cats_int64s", {0, 1}).integer("zeros", 1);
    m.node("Reshape", {"hot", "flat"}, {"all"});
    auto node = ml(m, "TreeEnsembleRegressor", "all", "y");
    Dims nodes, features, yes, no, leaves;
    std::vector<std::string> modes;
    for (std::int64_t i = 0; i <= 2 * depth; ++i) {  // branch i, then its leaf of "no", then the next branch
      const bool is_leaf = i % 2 == 1 || i == 2 * depth;
      nodes.push_back(i);
      features.push_back(i / 2 % 4);
      yes.push_back(is_leaf ? 0 : i + 2);
      no.push_back(is_leaf ? 0 : i + 1);
      modes.emplace_back(is_leaf ? "LEAF" : "BRANCH_LEQ");
      if (is_leaf) leaves.push_back(i);
    }
    const Dims zeros(nodes.size(), 0);
    node.ints("nodes_treeids", zeros).ints("nodes_nodeids", nodes).ints("nodes_featureids", features);
    node.ints("nodes_truenodeids", yes).ints("nodes_falsenodeids", no).texts("nodes_modes", modes);
    node.reals("nodes_values", std::vector<float>(nodes.size(), 0.5F));
    std::vector<float> weights;
    for (std::size_t k = 0; k < leaves.size(); ++k) weights.push_back(static_cast<float>(k));
    const Dims none(leaves.size(), 0);
    node.ints("target_treeids", none)
        .ints("target_nodeids", leaves)
        .ints("target_ids", none)
        .reals("target_weights", weights);
    const FloatGraph graph = imported(m);
    const bool noted = std::ranges::any_of(
        graph.notes, [](const std::string& n) { return n.find("its features are computed") != n.npos; });
    EXPECT_EQ(noted, depth == 12);
  }
}

// Beside a product features are rounded, and thresholds in the same way.
TEST(GivenFeatures, EqualNumbersStayEqualBesideAProduct) {
  for (const bool strict : {false, true}) {
    ModelBuilder m = classical(3);
    m.random("w", {3, 1}, 1e-6F);
    const std::vector<float> thresholds = {12.3F, 0.07F, 431.0F};
    std::vector<float> asked = thresholds;
    for (float& t : asked) t = strict ? std::nextafter(t, -kInfinite) : t;  // as x < t becomes x <= the number below
    stump_on_each(m, "x", asked);
    m.model().mutable_graph()->mutable_node(0)->set_output(0, "trees");
    m.node("MatMul", {"x", "w"}, {"product"});
    m.node("Add", {"trees", "product"}, {"y"});
    std::vector<Sample> samples;
    for (int i = 0; i <= 20; ++i) {
      const float at = static_cast<float>(i) / 10;
      samples.push_back({{12.3F * at, 0.07F * at, 431.0F * at}});
    }
    const GivenModel model(m, samples);
    EXPECT_FALSE(model.in_order());
    EXPECT_EQ(stump_answers(model(thresholds)[0], 3), std::vector<bool>(3, !strict));
    EXPECT_EQ(stump_answers(model({12.29F, 0.0699F, 430.9F})[0], 3), std::vector<bool>(3, true));
    EXPECT_EQ(stump_answers(model({12.31F, 0.0701F, 431.1F})[0], 3), std::vector<bool>(3, false));
  }
}

TEST(GivenFeatures, KeysThatAreRealNumbers) {
  ModelBuilder m = classical(4);
  ml(m, "LabelEncoder", "x", "y")
      .reals("keys_floats", {0.1F, -7.5F, 1e6F})
      .ints("values_int64s", {4, -9, 30})
      .integer("default_int64", 2);
  const GivenModel model(m);
  ASSERT_TRUE(model.in_order());
  EXPECT_EQ(model({0.1F, -7.5F, 1e6F, std::nextafter(0.1F, 0.0F)}), (std::vector<double>{4, -9, 30, 2}));
  EXPECT_EQ(model({7.5F, kMissingFeature, 0, std::nextafter(1e6F, 0.0F)}), std::vector<double>(4, 2));

  ModelBuilder twice = classical(1);
  ml(twice, "LabelEncoder", "x", "y").reals("keys_floats", {0.5F, 0.5F}).ints("values_int64s", {4, 5});
  const auto graph = import_onnx(twice.bytes(), "model.onnx");
  ASSERT_FALSE(graph.ok());
  EXPECT_THAT(graph.error().message(), HasSubstr("expected distinct, finite keys"));
}

// Half of twenty votes of a twentieth, which is above a twentieth as a float32.
TEST(GivenFeatures, HalfOfTheVotesIsNoMajority) {
  for (const int votes : {9, 10, 11}) {
    ModelBuilder m = classical(1);
    auto node = m.node("TreeEnsembleClassifier", {"x"}, {"y", "p"});
    node.proto()->set_domain("ai.onnx.ml");
    Dims trees, zeros;
    std::vector<float> weights;
    for (int t = 0; t < 20; ++t) {
      trees.push_back(t);
      zeros.push_back(0);
      weights.push_back(t < votes ? 0.05F : 0.0F);
    }
    node.ints("nodes_treeids", trees).ints("nodes_nodeids", zeros).ints("nodes_featureids", zeros);
    node.ints("nodes_truenodeids", zeros).ints("nodes_falsenodeids", zeros);
    node.texts("nodes_modes", std::vector<std::string>(20, "LEAF")).reals("nodes_values", std::vector<float>(20, 0));
    node.ints("class_treeids", trees)
        .ints("class_nodeids", zeros)
        .ints("class_ids", zeros)
        .reals("class_weights", weights);
    node.ints("classlabels_int64s", {0, 1});
    EXPECT_EQ(GivenModel(m)({0.5F})[0], votes > 10 ? 1.0 : 0.0) << votes;
    // So it is where the float model sums up its votes, which are a little more than a half.
    const std::vector<Sample> samples{{{0.5F}}, {{-0.5F}}};
    const auto compared = quantize_and_compare(imported(m), samples, {16});
    ASSERT_TRUE(compared.ok()) << compared.error().message();
    EXPECT_EQ(compared->accuracy.outputs[0].max_abs_error, 0) << votes;
  }
}

TEST(GivenFeatures, RowsOverTheirLargestEntry) {
  ModelBuilder m = classical(3);
  ml(m, "Normalizer", "x", "y").text("norm", "MAX");
  const GivenModel model(m);
  const std::vector<double> found = model({0.25F, -0.75F, 0.5F});
  for (const auto& [i, wanted] : {std::pair{0U, 0.5}, {1U, -1.5}, {2U, 1.0}}) EXPECT_NEAR(found[i], wanted, 0.01);
}

}  // namespace
}  // namespace proofcard::graph
