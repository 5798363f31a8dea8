// Operators of ai.onnx.ml as they are imported, beside what their specification says, worked out here. Models that trained
// libraries export are compared with onnxruntime: tests/models/tree_cases.py, ml_cases.py.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>
#include <string>
#include <tuple>

#include "host/graph/float_graph/float_executor.hpp"
#include "tests/graph_onnx/model_builder.hpp"

namespace proofcard::graph {
namespace {

using ::testing::HasSubstr;
using Outputs = std::vector<std::vector<float>>;
using NodeBuilder = ModelBuilder::NodeBuilder;

const float kMissing = std::nanf("");

// A model of one node of the domain, whose outputs are called y0, y1.
class Classical {
 public:
  Classical(const std::string& op, const Dims& shape, std::size_t outputs, std::int32_t type = onnx::TensorProto::FLOAT)
      : node_(make(op, shape, outputs)) {
    m_.model().mutable_graph()->mutable_input(0)->mutable_type()->mutable_tensor_type()->set_elem_type(type);
    node_.proto()->set_domain("ai.onnx.ml");
    auto* set = m_.model().add_opset_import();
    set->set_domain("ai.onnx.ml");
    set->set_version(3);
  }
  NodeBuilder& node() { return node_; }
  Result<FloatGraph> import() { return import_onnx(m_.bytes(), "model.onnx"); }

  Outputs operator()(const std::vector<float>& x) {
    const auto graph = import();
    EXPECT_TRUE(graph.ok()) << graph.error().message();
    if (!graph.ok()) return {};
    const auto found = run(*graph, Outputs{x});
    EXPECT_TRUE(found.ok()) << found.error().message();
    Outputs out;
    if (found.ok()) {
      for (const FloatTensor& t : *found) out.push_back(t.data);
    }
    return out;
  }

 private:
  NodeBuilder make(const std::string& op, const Dims& shape, std::size_t outputs) {
    m_.input("x", shape);
    std::vector<std::string> names;
    for (std::size_t i = 0; i < outputs; ++i) {
      names.push_back("y" + std::to_string(i));
      m_.output(names.back());
    }
    return m_.node(op, {"x"}, names);
  }

  ModelBuilder m_;
  NodeBuilder node_;
};

void expect_values(const std::vector<float>& found, const std::vector<double>& expected) {
  ASSERT_EQ(found.size(), expected.size());
  for (std::size_t i = 0; i < found.size(); ++i) {
    EXPECT_NEAR(static_cast<double>(found[i]), expected[i], 1e-5) << i;
  }
}

// Trees of one branch on feature 0 each, at these thresholds; leaves have `values`, a value for each target.
void stumps(NodeBuilder& node, const std::string& mode, const std::vector<float>& thresholds,
            const std::vector<std::vector<float>>& leaves, const std::string& prefix, bool tracks_true = false) {
  Dims trees, nodes, features, yes, no, missing, leaf_trees, leaf_nodes, ids;
  std::vector<float> values, weights;
  std::vector<std::string> modes;
  for (std::size_t t = 0; t < thresholds.size(); ++t) {
    for (std::int64_t i = 0; i < 3; ++i) {
      trees.push_back(static_cast<std::int64_t>(t));
      nodes.push_back(i);
      features.push_back(0);
      yes.push_back(i == 0 ? 1 : 0);
      no.push_back(i == 0 ? 2 : 0);
      missing.push_back(i == 0 && tracks_true ? 1 : 0);
      values.push_back(i == 0 ? thresholds[t] : 0.0F);
      modes.push_back(i == 0 ? mode : "LEAF");
    }
    for (std::size_t leaf = 0; leaf < 2; ++leaf) {
      const std::vector<float>& of_targets = leaves[2 * t + leaf];
      for (std::size_t k = 0; k < of_targets.size(); ++k) {
        leaf_trees.push_back(static_cast<std::int64_t>(t));
        leaf_nodes.push_back(static_cast<std::int64_t>(leaf + 1));
        ids.push_back(static_cast<std::int64_t>(k));
        weights.push_back(of_targets[k]);
      }
    }
  }
  node.ints("nodes_treeids", trees).ints("nodes_nodeids", nodes).ints("nodes_featureids", features);
  node.ints("nodes_truenodeids", yes).ints("nodes_falsenodeids", no).ints("nodes_missing_value_tracks_true", missing);
  node.reals("nodes_values", values).texts("nodes_modes", modes);
  node.ints(prefix + "_treeids", leaf_trees).ints(prefix + "_nodeids", leaf_nodes).ints(prefix + "_ids", ids);
  node.reals(prefix + "_weights", weights);
}

TEST(ClassicalModels, BranchesOfEveryMode) {
  const float t = 0.5F;
  const float below = std::nextafter(t, 0.0F);
  const float above = std::nextafter(t, 1.0F);
  const std::vector<std::pair<std::string, bool (*)(float, float)>> modes = {
      {"BRANCH_LEQ", [](float a, float b) { return a <= b; }}, {"BRANCH_LT", [](float a, float b) { return a < b; }},
      {"BRANCH_GTE", [](float a, float b) { return a >= b; }}, {"BRANCH_GT", [](float a, float b) { return a > b; }},
      {"BRANCH_EQ", [](float a, float b) { return a == b; }},  {"BRANCH_NEQ", [](float a, float b) { return a != b; }}};
  for (const auto& [mode, holds] : modes) {
    for (const bool tracks_true : {false, true}) {
      Classical model("TreeEnsembleRegressor", {1, 1}, 1);
      stumps(model.node(), mode, {t}, {{10}, {20}}, "target", tracks_true);
      for (const float x : {below, t, above, -1.0F, kMissing}) {
        const bool yes = holds(x, t) || (std::isnan(x) && tracks_true);
        EXPECT_EQ(model({x})[0][0], yes ? 10.0F : 20.0F)
            << mode << " of " << x << (tracks_true ? ", missing: yes" : "");
      }
    }
  }
}

// As onnxruntime has it: what nothing is added to has no base value either.
TEST(ClassicalModels, TargetsWithoutLeavesHaveNoBase) {
  Classical model("TreeEnsembleRegressor", {1, 1}, 1);
  stumps(model.node(), "BRANCH_LEQ", {0.5F}, {{10}, {20}}, "target");
  model.node().integer("n_targets", 2).reals("base_values", {1, 7});
  expect_values(model({0.25F})[0], {11, 0});

  Classical some("TreeEnsembleRegressor", {1, 1}, 1);
  stumps(some.node(), "BRANCH_LEQ", {0.5F}, {{10, 3}, {20}}, "target");
  some.node().integer("n_targets", 2).reals("base_values", {1, 7});
  const auto graph = some.import();
  ASSERT_FALSE(graph.ok());
  EXPECT_THAT(graph.error().message(), HasSubstr("expected every input to have a score for target 1"));
}

void add_doubles(NodeBuilder& node, const std::string& name, const std::vector<double>& values) {
  onnx::AttributeProto* a = node.proto()->add_attribute();
  a->set_name(name);
  a->set_type(onnx::AttributeProto::TENSOR);
  a->mutable_t()->set_data_type(onnx::TensorProto::DOUBLE);
  a->mutable_t()->add_dims(static_cast<std::int64_t>(values.size()));
  for (const double v : values) a->mutable_t()->add_double_data(v);
}

// Thresholds of 64 bits between two float32 numbers, on one, and beyond all of them.
TEST(ClassicalModels, ThresholdsOfSixtyFourBitsAreExactForFloats) {
  const std::vector<std::pair<std::string, bool (*)(double, double)>> modes = {
      {"BRANCH_LEQ", [](double a, double b) { return a <= b; }},
      {"BRANCH_LT", [](double a, double b) { return a < b; }},
      {"BRANCH_GTE", [](double a, double b) { return a >= b; }},
      {"BRANCH_GT", [](double a, double b) { return a > b; }},
      {"BRANCH_EQ", [](double a, double b) { return a == b; }},
      {"BRANCH_NEQ", [](double a, double b) { return a != b; }}};
  constexpr float kLargest = std::numeric_limits<float>::max();
  const std::vector<float> xs = {-kLargest, std::nextafter(0.5F, 0.0F), 0.5F, std::nextafter(0.5F, 1.0F), kLargest};
  for (const auto& [mode, holds] : modes) {
    for (const double t : {0.5, 0.5 + 1e-12, 0.5 - 1e-12, 1e300, -1e300}) {
      Classical model("TreeEnsembleRegressor", {1, 1}, 1);
      stumps(model.node(), mode, {0}, {{0}, {0}}, "target");
      add_doubles(model.node(), "nodes_values_as_tensor", {t, 0, 0});
      add_doubles(model.node(), "target_weights_as_tensor", {10, 20});
      add_doubles(model.node(), "base_values_as_tensor", {0.25});
      for (const float x : xs) {
        EXPECT_EQ(model({x})[0][0], holds(static_cast<double>(x), t) ? 10.25F : 20.25F) << x << " " << mode << " " << t;
      }
    }
  }
}

// Features of 64 bits are rounded to float32, which may be above a threshold that they are equal to.
TEST(ClassicalModels, FeaturesOfSixtyFourBitsStayEqualToTheirThresholds) {
  for (const auto& [mode, yes] :
       {std::pair{"BRANCH_LEQ", true}, {"BRANCH_LT", false}, {"BRANCH_GTE", true}, {"BRANCH_GT", false}}) {
    for (const double t : {1.2, -1.2, 0.1, 0.7}) {
      Classical model("TreeEnsembleRegressor", {1, 1}, 1, onnx::TensorProto::DOUBLE);
      stumps(model.node(), mode, {0}, {{10}, {20}}, "target");
      add_doubles(model.node(), "nodes_values_as_tensor", {t, 0, 0});
      EXPECT_EQ(model({static_cast<float>(t)})[0][0], yes ? 10.0F : 20.0F) << mode << " " << t;
    }
  }
}

TEST(ClassicalModels, TreesAreAggregated) {
  const std::vector<std::pair<std::string, double>> expected = {
      {"SUM", 1 + 8 + 0.5}, {"AVERAGE", (1.0 + 8) / 2 + 0.5}, {"MIN", 1 + 0.5}, {"MAX", 8 + 0.5}};
  for (const auto& [aggregate, value] : expected) {
    SCOPED_TRACE(aggregate);
    Classical model("TreeEnsembleRegressor", {1, 1}, 1);
    stumps(model.node(), "BRANCH_LEQ", {0, 1}, {{-3}, {1}, {8}, {-9}}, "target");  // x = 0.5: 1 and 8
    model.node().text("aggregate_function", aggregate).reals("base_values", {0.5F});
    expect_values(model({0.5F})[0], {value});
  }
}

TEST(ClassicalModels, LabelsOfTreesAreTheirLargestScores) {
  Classical model("TreeEnsembleClassifier", {1, 1}, 2);
  stumps(model.node(), "BRANCH_LEQ", {0}, {{1, 3, 2}, {5, 4, 4.5F}}, "class");
  model.node().ints("classlabels_int64s", {7, 8, 9}).text("post_transform", "SOFTMAX");
  for (const auto& [x, scores, label] :
       {std::tuple{-1.0F, std::vector<double>{1, 3, 2}, 8.0}, std::tuple{1.0F, std::vector<double>{5, 4, 4.5}, 7.0}}) {
    const Outputs found = model({x});
    ASSERT_EQ(found.size(), 2U);
    expect_values(found[0], {label});
    double sum = 0;
    for (const double s : scores) sum += std::exp(s);
    expect_values(found[1], {std::exp(scores[0]) / sum, std::exp(scores[1]) / sum, std::exp(scores[2]) / sum});
  }
}

// Two classes, and values of one of them alone: the score of the second is what the trees say, the label asks whether it is
// above one half.
TEST(ClassicalModels, OneScoreForTwoClasses) {
  Classical model("TreeEnsembleClassifier", {1, 1}, 2);
  stumps(model.node(), "BRANCH_LEQ", {0}, {{0.25F}, {0.75F}}, "class");
  model.node().ints("classlabels_int64s", {0, 1});
  const Outputs low = model({-1.0F});
  const Outputs high = model({1.0F});
  expect_values(low[0], {0});
  expect_values(low[1], {0.75, 0.25});
  expect_values(high[0], {1});
  expect_values(high[1], {0.25, 0.75});
}

TEST(ClassicalModels, LinearModels) {
  Classical regressor("LinearRegressor", {1, 2}, 1);
  regressor.node().reals("coefficients", {1, 2, 3, 4}).reals("intercepts", {0.5F, -0.5F}).integer("targets", 2);
  expect_values(regressor({10, 100})[0], {1 * 10 + 2 * 100 + 0.5, 3 * 10 + 4 * 100 - 0.5});

  Classical classifier("LinearClassifier", {1, 2}, 2);
  classifier.node().reals("coefficients", {1, 2, 3, -4, 0, 0}).reals("intercepts", {0, 0, 2});
  classifier.node().ints("classlabels_ints", {4, 5, 6});
  expect_values(classifier({1, 1})[0], {4});
  expect_values(classifier({1, 1})[1], {3, -1, 2});
  expect_values(classifier({1, -1})[0], {5});
  expect_values(classifier({0, 0})[0], {6});

  Classical binary("LinearClassifier", {1, 1}, 2);
  binary.node().reals("coefficients", {2}).reals("intercepts", {-1}).ints("classlabels_ints", {3, 5});
  binary.node().text("post_transform", "LOGISTIC");
  const double p = 1 / (1 + std::exp(-(2 * 0.75 - 1)));
  expect_values(binary({0.75F})[0], {5});
  expect_values(binary({0.75F})[1], {1 - p, p});
  expect_values(binary({0.25F})[0], {3});
}

TEST(ClassicalModels, SupportVectors) {
  const std::vector<float> vectors = {1, 2, -1, 0.5F};
  const std::vector<float> x = {0.5F, -1};
  const auto dot = [&](std::size_t v) {
    return static_cast<double>(vectors[2 * v] * x[0]) + static_cast<double>(vectors[2 * v + 1] * x[1]);
  };
  const auto distance = [&](std::size_t v) {
    return std::pow(static_cast<double>(vectors[2 * v] - x[0]), 2) +
           std::pow(static_cast<double>(vectors[2 * v + 1] - x[1]), 2);
  };
  const std::vector<std::pair<std::string, std::function<double(std::size_t)>>> kernels = {
      {"LINEAR", dot},
      {"RBF", [&](std::size_t v) { return std::exp(-0.25 * distance(v)); }},
      {"POLY", [&](std::size_t v) { return std::pow(0.25 * dot(v) + 0.5, 3); }},
      {"SIGMOID", [&](std::size_t v) { return std::tanh(0.25 * dot(v) + 0.5); }}};
  for (const auto& [kind, kernel] : kernels) {
    SCOPED_TRACE(kind);
    for (const bool one_class : {false, true}) {
      Classical model("SVMRegressor", {1, 2}, 1);
      model.node().text("kernel_type", kind).reals("kernel_params", {0.25F, 0.5F, 3}).integer("n_supports", 2);
      model.node().reals("support_vectors", vectors).reals("coefficients", {2, -1}).reals("rho", {0.125F});
      model.node().integer("one_class", one_class ? 1 : 0);
      const double score = 2 * kernel(0) - kernel(1) + 0.125;
      expect_values(model(x)[0], {one_class ? (score > 0 ? 1.0 : -1.0) : score});
    }
  }
}

std::string error_of(Classical& model) {
  const auto graph = model.import();
  return graph.ok() ? "accepted" : graph.error().message();
}

// Three classes of one vector each in a plane, a linear kernel: pair (i, j) has score c_i k_i + c_j k_j + rho.
Classical three_classes() {
  Classical model("SVMClassifier", {1, 2}, 2);
  model.node().reals("support_vectors", {1, 0, 0, 1, -1, -1}).ints("vectors_per_class", {1, 1, 1});
  // Row d has the coefficients against class d, or d + 1 from the vector's own class on.
  model.node().reals("coefficients", {2, -1, -3, 4, 5, -6}).reals("rho", {0.5F, -0.25F, 0.125F});
  model.node().text("kernel_type", "LINEAR").ints("classlabels_ints", {7, 8, 9});
  return model;
}

std::vector<double> scores_of_three(const std::vector<double>& x) {
  const double k0 = x[0];
  const double k1 = x[1];
  const double k2 = -x[0] - x[1];
  return {2 * k0 - 1 * k1 + 0.5, 4 * k0 - 3 * k2 - 0.25, 5 * k1 - 6 * k2 + 0.125};
}

TEST(ClassicalModels, PairsOfClassesVote) {
  Classical model = three_classes();
  for (const std::vector<double>& x :
       {std::vector<double>{0.5, 0.25}, {-1, 0.5}, {-0.5, -0.25}, {0.25, 1}, {-0.25, 2}, {1, -2}, {-0.125, 0.1875}}) {
    const std::vector<double> s = scores_of_three(x);
    std::vector<int> votes(3, 0);
    ++votes[s[0] > 0 ? 0 : 1];
    ++votes[s[1] > 0 ? 0 : 2];
    ++votes[s[2] > 0 ? 1 : 2];
    const auto best = std::max_element(votes.begin(), votes.end()) - votes.begin();
    const Outputs found = model({static_cast<float>(x[0]), static_cast<float>(x[1])});
    expect_values(found[0], {7.0 + static_cast<double>(best)});
    expect_values(found[1], s);
  }
}

TEST(ClassicalModels, TwoClassesOfSupportVectors) {
  for (const bool has_probabilities : {false, true}) {
    Classical model("SVMClassifier", {1, 2}, 2);
    model.node().reals("support_vectors", {1, 2, -1, 0.5F}).ints("vectors_per_class", {1, 1});
    model.node().reals("coefficients", {2, -1}).reals("rho", {0.25F}).ints("classlabels_ints", {3, 5});
    model.node().text("kernel_type", "RBF").reals("kernel_params", {0.5F, 0, 0});
    if (has_probabilities) model.node().reals("prob_a", {-1.5F}).reals("prob_b", {0.25F});
    for (const auto& [a, b] : {std::pair{1.0, 1.0}, std::pair{-1.0, 0.25}}) {
      const double score = 2 * std::exp(-0.5 * ((a - 1) * (a - 1) + (b - 2) * (b - 2))) -
                           std::exp(-0.5 * ((a + 1) * (a + 1) + (b - 0.5) * (b - 0.5))) + 0.25;
      const double p = 1 / (1 + std::exp(-1.5 * score + 0.25));
      const Outputs found = model({static_cast<float>(a), static_cast<float>(b)});
      expect_values(found[0], {score > 0 ? 3.0 : 5.0});
      expect_values(found[1], has_probabilities ? std::vector<double>{p, 1 - p} : std::vector<double>{-score, score});
    }
  }
}

// What libsvm's iteration approaches: sum over j of (r[j, i] p[i] - r[i, j] p[j])^2 is least. Found here by small steps.
TEST(ClassicalModels, ProbabilitiesOfPairsAreCoupled) {
  Classical model = three_classes();
  model.node().reals("prob_a", {-0.5F, -0.75F, -0.25F}).reals("prob_b", {0.1F, -0.2F, 0.3F});
  const std::vector<double> x = {0.5, 0.25};
  const std::vector<double> s = scores_of_three(x);
  const double a[] = {-0.5, -0.75, -0.25};
  const double b[] = {0.1, -0.2, 0.3};
  double r[3][3] = {};
  const int pairs[3][2] = {{0, 1}, {0, 2}, {1, 2}};
  for (int k = 0; k < 3; ++k) {
    const double p = 1 / (1 + std::exp(a[k] * s[static_cast<std::size_t>(k)] + b[k]));
    r[pairs[k][0]][pairs[k][1]] = p;
    r[pairs[k][1]][pairs[k][0]] = 1 - p;
  }
  const auto cost = [&](const std::vector<double>& p) {
    double sum = 0;
    for (std::size_t i = 0; i < 3; ++i) {
      for (std::size_t j = 0; j < 3; ++j) {
        if (i != j) sum += std::pow(r[j][i] * p[i] - r[i][j] * p[j], 2);
      }
    }
    return sum;
  };
  const Outputs found = model({0.5F, 0.25F});
  const std::vector<double> p(found[1].begin(), found[1].end());
  EXPECT_NEAR(p[0] + p[1] + p[2], 1, 1e-5);
  for (std::size_t i = 0; i < 3; ++i) {
    for (std::size_t j = 0; j < 3; ++j) {
      if (i == j) continue;
      std::vector<double> other = p;
      other[i] += 1e-2;
      other[j] -= 1e-2;
      EXPECT_GE(cost(other), cost(p)) << i << ", " << j;
    }
  }
}

TEST(ClassicalModels, RefusesSupportVectorsThatDoNotFit) {
  const auto with_lists = [](const Dims& per_class, const std::vector<float>& rho, const std::vector<float>& a,
                             const std::string& transform = "NONE") {
    Classical model("SVMClassifier", {1, 2}, 2);
    model.node().reals("support_vectors", {1, 2, -1, 0.5F}).ints("vectors_per_class", per_class);
    model.node().reals("coefficients", {2, -1}).reals("rho", rho).ints("classlabels_ints", {3, 5});
    model.node().reals("prob_a", a).text("post_transform", transform);
    return error_of(model);
  };
  EXPECT_EQ(with_lists({1, 1}, {0}, {}), "accepted");
  EXPECT_THAT(with_lists({1, 1, 1}, {0}, {}), HasSubstr("expected a number of vectors for each of 2 classes"));
  EXPECT_THAT(with_lists({3, -1}, {0}, {}), HasSubstr("expected a number of vectors for each of 2 classes"));
  EXPECT_THAT(with_lists({}, {0}, {}), HasSubstr("a classifier without support vectors is not supported"));
  EXPECT_THAT(with_lists({1, 2}, {0}, {}), HasSubstr("found 3 vectors, 2 coefficients"));
  EXPECT_THAT(with_lists({1, 1}, {0, 0}, {}), HasSubstr("2 rho, 0 a and 0 b"));
  EXPECT_THAT(with_lists({1, 1}, {0}, {1}), HasSubstr("1 a and 0 b"));
  EXPECT_THAT(with_lists({1, 1}, {0}, {}, "LOGISTIC"), HasSubstr("post_transform LOGISTIC"));
  const auto with_classes = [](const Dims& classes, const std::vector<float>& coefficients) {
    Classical model("SVMClassifier", {1, 2}, 2);
    model.node().reals("support_vectors", {1, 2, -1, 0.5F}).ints("vectors_per_class", Dims(classes.size(), 1));
    model.node().reals("coefficients", coefficients).reals("rho", {0}).ints("classlabels_ints", classes);
    return error_of(model);
  };
  EXPECT_EQ(with_classes({3, 5}, {2, -1}), "accepted");
  EXPECT_THAT(with_classes({3, 5}, {2}), HasSubstr("1 coefficients"));
  EXPECT_THAT(with_classes({3}, {2, -1}), HasSubstr("expected 2 to"));
  for (const std::vector<float>& coefficients : {std::vector<float>{2}, {2, -1, 3}}) {
    Classical model("SVMRegressor", {1, 2}, 1);
    model.node().text("kernel_type", "RBF").reals("kernel_params", {0.25F, 0, 3}).integer("n_supports", 2);
    model.node().reals("support_vectors", {1, 2, -1, 0.5F}).reals("coefficients", coefficients).reals("rho", {0});
    EXPECT_THAT(error_of(model), HasSubstr("expected 2 vectors of 2 features and 1 coefficients each"));
  }
}

TEST(ClassicalModels, Features) {
  Classical scaler("Scaler", {1, 2}, 1);
  scaler.node().reals("offset", {1, 2}).reals("scale", {10, 100});
  expect_values(scaler({3, 5})[0], {20, 300});

  Classical binarizer("Binarizer", {1, 3}, 1);
  binarizer.node().real("threshold", 0.5F);
  expect_values(binarizer({0.5F, 0.75F, -1})[0], {0, 1, 0});

  Classical lengths("Normalizer", {1, 2}, 1);
  lengths.node().text("norm", "L2");
  expect_values(lengths({3, -4})[0], {0.6, -0.8});
  Classical sums("Normalizer", {1, 2}, 1);
  sums.node().text("norm", "L1");
  expect_values(sums({3, -1})[0], {0.75, -0.25});

  Classical labels("LabelEncoder", {1, 3}, 1, onnx::TensorProto::INT64);
  labels.node().ints("keys_int64s", {5, 2, 9}).ints("values_int64s", {50, 20, 90}).integer("default_int64", -7);
  expect_values(labels({2, 9, 4})[0], {20, 90, -7});
  Classical reals("LabelEncoder", {1, 3}, 1, onnx::TensorProto::INT64);
  reals.node().ints("keys_int64s", {5, 2, 9}).reals("values_floats", {0.5F, 0.25F, 0.75F}).real("default_float", 1.5F);
  expect_values(reals({2, 9, 4})[0], {0.25, 0.75, 1.5});

  Classical hot("OneHotEncoder", {1, 2}, 1, onnx::TensorProto::INT64);
  hot.node().ints("cats_int64s", {5, 2, 9}).integer("zeros", 1);
  expect_values(hot({9, 4})[0], {0, 0, 1, 0, 0, 0});
}

std::string error_of_stump(const std::string& mode, float threshold,
                           const std::function<void(onnx::NodeProto&)>& change = {}) {
  Classical model("TreeEnsembleRegressor", {1, 2}, 1);
  stumps(model.node(), mode, {threshold}, {{10}, {20}}, "target");
  if (change) change(*model.node().proto());
  return error_of(model);
}

// The attribute's first number is another.
std::function<void(onnx::NodeProto&)> with(const std::string& name, int index, std::int64_t value) {
  return [=](onnx::NodeProto& node) {
    for (onnx::AttributeProto& a : *node.mutable_attribute()) {
      if (a.name() == name) a.set_ints(index, value);
    }
  };
}

TEST(ClassicalModels, RefusesTreesThatAreNone) {
  constexpr float kLowest = -std::numeric_limits<float>::infinity();
  EXPECT_EQ(error_of_stump("BRANCH_LEQ", 0.5F), "accepted");
  EXPECT_EQ(error_of_stump("BRANCH_LEQ", kLowest), "accepted");
  EXPECT_THAT(error_of_stump("BRANCH_LEQ", kMissing), HasSubstr("expected thresholds that are numbers"));
  EXPECT_THAT(error_of_stump("BRANCH_LT", kLowest), HasSubstr("expected thresholds that are numbers"));
  EXPECT_THAT(error_of_stump("BRANCH_MEMBER", 0.5F), HasSubstr("branches of mode BRANCH_MEMBER are not supported"));
  EXPECT_THAT(error_of_stump("BRANCH_LEQ", 0.5F, with("nodes_featureids", 0, 2)),
              HasSubstr("expected branches on 2 features, found one on feature 2"));
  EXPECT_THAT(error_of_stump("BRANCH_LEQ", 0.5F, with("nodes_featureids", 0, -1)),
              HasSubstr("found one on feature -1"));
  EXPECT_THAT(error_of_stump("BRANCH_LEQ", 0.5F, with("nodes_truenodeids", 0, 0)),
              HasSubstr("expected trees of at most"));
  EXPECT_THAT(error_of_stump("BRANCH_LEQ", 0.5F, with("nodes_truenodeids", 0, 5)),
              HasSubstr("expected a node 5 in tree 0, found none"));
  EXPECT_THAT(error_of_stump("BRANCH_LEQ", 0.5F, with("nodes_nodeids", 2, 1)), HasSubstr("found 1 twice in tree 0"));
  EXPECT_THAT(error_of_stump("BRANCH_LEQ", 0.5F, with("target_ids", 0, 1)),
              HasSubstr("expected values of leaves that there are"));
  EXPECT_THAT(error_of_stump("BRANCH_LEQ", 0.5F, with("target_nodeids", 0, 7)),
              HasSubstr("expected values of leaves that there are"));
}

// 17 branches in a row, both of whose answers lead to the next one: 2^17 ways to the leaf.
TEST(ClassicalModels, RefusesBranchesThatMeetAgain) {
  constexpr int kInARow = 17;
  Classical model("TreeEnsembleRegressor", {1, 1}, 1);
  Dims ids, next;
  for (int i = 0; i <= kInARow; ++i) {
    ids.push_back(i);
    next.push_back(std::min(i + 1, kInARow));
  }
  const Dims zeros(ids.size(), 0);
  std::vector<std::string> modes(ids.size(), "BRANCH_LEQ");
  modes.back() = "LEAF";
  model.node().ints("nodes_treeids", zeros).ints("nodes_nodeids", ids).ints("nodes_featureids", zeros);
  model.node().ints("nodes_truenodeids", next).ints("nodes_falsenodeids", next).texts("nodes_modes", modes);
  model.node().reals("nodes_values", std::vector<float>(ids.size(), 0.5F));
  model.node()
      .ints("target_treeids", {0})
      .ints("target_nodeids", {kInARow})
      .ints("target_ids", {0})
      .reals("target_weights", {1});
  EXPECT_THAT(error_of(model), HasSubstr("expected trees of at most 64 levels, found more"));
}

TEST(ClassicalModels, RefusesListsThatDoNotFit) {
  Classical linear("LinearRegressor", {1, 2}, 1);
  linear.node().reals("coefficients", {1, 2, 3}).integer("targets", 2);
  EXPECT_THAT(error_of(linear), HasSubstr("expected 2 coefficients for each of 2 features"));
  Classical intercepts("LinearRegressor", {1, 2}, 1);
  intercepts.node().reals("coefficients", {1, 2}).reals("intercepts", {1, 2});
  EXPECT_THAT(error_of(intercepts), HasSubstr("and as many intercepts or none, found 2 and 2"));
  Classical classes("LinearClassifier", {1, 1}, 2);
  classes.node().reals("coefficients", {1, 2, 3}).ints("classlabels_ints", {0, 1});
  EXPECT_THAT(error_of(classes), HasSubstr("expected a label for each of 3 classes, found 2"));
  Classical vectors("SVMRegressor", {1, 2}, 1);
  vectors.node()
      .integer("n_supports", 2)
      .reals("support_vectors", {1, 2, 3})
      .reals("coefficients", {1, 1})
      .reals("rho", {0});
  EXPECT_THAT(error_of(vectors),
              HasSubstr("expected 2 vectors of 2 features and 1 coefficients each, found 3 and 2 numbers"));
  Classical scaler("Scaler", {1, 3}, 1);
  scaler.node().reals("scale", {1, 2});
  EXPECT_THAT(error_of(scaler), HasSubstr("expected attribute scale to have 1 or 3 numbers, found 2"));
  Classical twice("OneHotEncoder", {1, 2}, 1, onnx::TensorProto::INT64);
  twice.node().ints("cats_int64s", {5, 2, 5});
  EXPECT_THAT(error_of(twice), HasSubstr("expected distinct keys within 2^24"));
  Classical large("LabelEncoder", {1, 2}, 1, onnx::TensorProto::INT64);
  large.node().ints("keys_int64s", {5, 2}).ints("values_int64s", {1, (std::int64_t{1} << 24) + 1});
  EXPECT_THAT(error_of(large), HasSubstr("expected values within 2^24, found larger ones"));
}

// A tree on the first feature behind another operator of the domain.
FloatGraph tree_behind(const std::string& op, const std::function<void(NodeBuilder&)>& attributes, float threshold,
                       bool tracks_true) {
  ModelBuilder m;
  m.input("x", {1, 1}).output("y");
  auto before = m.node(op, {"x"}, {"before"});
  before.proto()->set_domain("ai.onnx.ml");
  attributes(before);
  auto trees = m.node("TreeEnsembleRegressor", {"before"}, {"y"});
  trees.proto()->set_domain("ai.onnx.ml");
  stumps(trees, "BRANCH_LEQ", {threshold}, {{10}, {20}}, "target", tracks_true);
  auto* set = m.model().add_opset_import();
  set->set_domain("ai.onnx.ml");
  set->set_version(3);
  auto graph = import_onnx(m.bytes(), "model.onnx");
  EXPECT_TRUE(graph.ok()) << graph.error().message();
  return std::move(graph).value();
}

// What becomes of thresholds behind a scaler: the comparison is that of the scaled float32.
TEST(ClassicalModels, ScalersBeforeTreesMoveTheirThresholds) {
  const FloatGraph graph = tree_behind(
      "Scaler", [](NodeBuilder& n) { n.reals("offset", {0.1F}).reals("scale", {3}); }, 0.7F, false);
  EXPECT_EQ(graph.nodes.size(), 1U);
  float x = 0.33333F;
  for (int i = 0; i < 200; ++i) x = std::nextafter(x, 1.0F);
  for (int i = 0; i < 400; ++i) {
    const auto found = run(graph, Outputs{{x}});
    ASSERT_TRUE(found.ok());
    const float scaled = (x - 0.1F) * 3.0F;
    EXPECT_EQ((*found)[0].data[0], scaled <= 0.7F ? 10.0F : 20.0F) << x;
    x = std::nextafter(x, 0.0F);
  }
}

// At the threshold itself the answer is yes.
TEST(ClassicalModels, ScaledFeaturesThatAreTheThreshold) {
  const FloatGraph graph = tree_behind(
      "Scaler", [](NodeBuilder& n) { n.reals("scale", {2}); }, 0.5F, false);
  for (const float x : {std::nextafter(0.25F, 0.0F), 0.25F, std::nextafter(0.25F, 1.0F)}) {
    const auto found = run(graph, Outputs{{x}});
    ASSERT_TRUE(found.ok());
    EXPECT_EQ((*found)[0].data[0], x <= 0.25F ? 10.0F : 20.0F) << x;
  }
}

TEST(ClassicalModels, ScalersThatTurnFeaturesRoundStay) {
  const FloatGraph graph = tree_behind(
      "Scaler", [](NodeBuilder& n) { n.reals("scale", {-3}); }, 0.6F, false);
  for (const float x : {-1.0F, -0.1F, 0.1F, 1.0F}) {
    const auto found = run(graph, Outputs{{x}});
    ASSERT_TRUE(found.ok());
    EXPECT_EQ((*found)[0].data[0], -3 * x <= 0.6F ? 10.0F : 20.0F) << x;
  }
}

TEST(ClassicalModels, MissingValuesAreReplacedBeforeTrees) {
  for (const bool tracks_true : {false, true}) {
    for (const float value : {0.25F, 0.75F}) {
      const FloatGraph graph = tree_behind(
          "Imputer",
          [&](NodeBuilder& n) { n.reals("imputed_value_floats", {value}).real("replaced_value_float", kMissing); },
          0.5F, tracks_true);
      const auto found = run(graph, Outputs{{kMissing}});
      ASSERT_TRUE(found.ok());
      EXPECT_EQ((*found)[0].data[0], value <= 0.5F ? 10.0F : 20.0F);
    }
  }
}

}  // namespace
}  // namespace proofcard::graph
