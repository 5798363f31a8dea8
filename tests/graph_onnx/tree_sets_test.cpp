// Branches on membership in a set of categories, as exporters write them: chains of equalities of which each has the same yes, and
// BRANCH_MEMBER of TreeEnsemble. What is worked out here walks down the lists as they stand in the file.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <random>

#include "host/graph/executor.hpp"
#include "host/graph/float_graph/float_executor.hpp"
#include "host/graph/real_values.hpp"
#include "tests/graph_onnx/model_builder.hpp"
#include "tests/graph_onnx/rebuilt.hpp"

namespace proofcard::graph {
namespace {

using ::testing::HasSubstr;

const float kNone = std::nanf("");

// A tree's lists, and what they say.
struct Lists {
  Dims features, yes, no, missing;
  std::vector<float> values;  // of a leaf: its number
  std::vector<std::string> modes;

  std::int64_t add(const std::string& mode, std::int64_t feature, float value, bool tracks_true = false) {
    modes.push_back(mode);
    features.push_back(feature);
    values.push_back(value);
    missing.push_back(tracks_true ? 1 : 0);
    yes.push_back(0);
    no.push_back(0);
    return static_cast<std::int64_t>(modes.size()) - 1;
  }

  float answer(const std::vector<float>& x) const {
    std::size_t at = 0;
    while (modes[at] != "LEAF") {
      const float v = x[static_cast<std::size_t>(features[at])];
      const bool holds = modes[at] == "BRANCH_EQ" ? v == values[at] : v <= values[at];
      at = static_cast<std::size_t>(holds || (std::isnan(v) && missing[at] != 0) ? yes[at] : no[at]);
    }
    return values[at];
  }
};

// A chain for each set, one below the other on both sides, as deep as there are levels; leaves are numbered.
std::int64_t grow(Lists& l, std::mt19937& rng, int levels, int members, std::int64_t features) {
  if (levels == 0) {
    return l.add("LEAF", 0, static_cast<float>(l.modes.size()) / 16);
  }
  if (levels % 3 == 2) {
    const std::int64_t at = l.add("BRANCH_LEQ", static_cast<std::int64_t>(rng() % static_cast<unsigned>(features)),
                                  static_cast<float>(rng() % 12), rng() % 2 == 0);
    l.yes[static_cast<std::size_t>(at)] = grow(l, rng, levels - 1, members, features);
    l.no[static_cast<std::size_t>(at)] = grow(l, rng, 0, members, features);
    return at;
  }
  std::vector<float> set(12);
  for (std::size_t k = 0; k < set.size(); ++k) set[k] = static_cast<float>(k);
  std::shuffle(set.begin(), set.end(), rng);
  const auto feature = static_cast<std::int64_t>(rng() % static_cast<unsigned>(features));
  const bool tracks_true = rng() % 4 == 0;
  std::vector<std::size_t> chain;
  for (int k = 0; k < members; ++k) {
    chain.push_back(static_cast<std::size_t>(
        l.add("BRANCH_EQ", feature, set[static_cast<std::size_t>(k)], tracks_true && k == members / 2)));
  }
  const std::int64_t yes = grow(l, rng, levels - 1, members, features);
  for (std::size_t k = 0; k < chain.size(); ++k) {
    l.yes[chain[k]] = yes;
    l.no[chain[k]] = k + 1 < chain.size() ? static_cast<std::int64_t>(chain[k + 1]) : 0;
  }
  const std::int64_t no = grow(l, rng, levels - 1, members, features);
  l.no[chain.back()] = no;
  return static_cast<std::int64_t>(chain[0]);
}

ModelBuilder regressor(const Lists& l, std::int64_t features) {
  ModelBuilder m;
  m.input("x", {1, features}).output("y");
  m.model().add_opset_import()->set_domain("ai.onnx.ml");
  m.model().mutable_opset_import(1)->set_version(3);
  auto node = m.node("TreeEnsembleRegressor", {"x"}, {"y"});
  node.proto()->set_domain("ai.onnx.ml");
  Dims ids, leaves;
  std::vector<float> weights;
  for (std::size_t i = 0; i < l.modes.size(); ++i) {
    ids.push_back(static_cast<std::int64_t>(i));
    if (l.modes[i] == "LEAF") {
      leaves.push_back(static_cast<std::int64_t>(i));
      weights.push_back(l.values[i]);
    }
  }
  const Dims zeros(ids.size(), 0);
  const Dims none(leaves.size(), 0);
  node.ints("nodes_treeids", zeros).ints("nodes_nodeids", ids).ints("nodes_featureids", l.features);
  node.ints("nodes_truenodeids", l.yes).ints("nodes_falsenodeids", l.no);
  node.ints("nodes_missing_value_tracks_true", l.missing).reals("nodes_values", l.values).texts("nodes_modes", l.modes);
  node.ints("target_treeids", none)
      .ints("target_nodeids", leaves)
      .ints("target_ids", none)
      .reals("target_weights", weights);
  return m;
}

// What a row may be: categories, numbers beside them, and none.
std::vector<float> row(std::mt19937& rng, std::int64_t features) {
  std::vector<float> x;
  for (std::int64_t k = 0; k < features; ++k) {
    const auto category = static_cast<float>(static_cast<int>(rng() % 15) - 1);
    const unsigned kind = rng() % 10;
    x.push_back(kind == 0   ? std::nextafter(category, 100.0F)
                : kind == 1 ? std::nextafter(category, -100.0F)
                : kind == 2 ? category + 0.5F
                : kind == 3 ? kNone
                            : category);
  }
  return x;
}

float found(const FloatGraph& graph, const std::vector<float>& x) {
  const auto outputs = run(graph, Sample{x});
  EXPECT_TRUE(outputs.ok());
  return outputs.ok() ? (*outputs)[0].data[0] : kNone;
}

void expect_as_listed(const Lists& l, std::int64_t features, std::mt19937& rng, bool whole = false) {
  ModelBuilder m = regressor(l, features);
  if (whole) {
    m.model().mutable_graph()->mutable_input(0)->mutable_type()->mutable_tensor_type()->set_elem_type(
        onnx::TensorProto::INT64);
  }
  const FloatGraph graph = imported(m);
  std::vector<Sample> samples;
  for (int s = 0; s < 200; ++s) {
    samples.push_back({row(rng, features)});
    for (float& x : samples.back()[0]) x = whole ? std::floor(std::isnan(x) ? 0 : x) : x;
  }
  const auto integers = quantize(graph, samples, {16, true});
  ASSERT_TRUE(integers.ok()) << integers.error().message();
  for (const Sample& sample : samples) {
    const float expected = l.answer(sample[0]);
    ASSERT_EQ(found(graph, sample[0]), expected) << ::testing::PrintToString(sample[0]);
    const auto inputs = quantize_inputs(*integers, sample, false);
    ASSERT_TRUE(inputs.ok()) << inputs.error().message();
    Sink sink;
    const auto outputs = execute(*integers, *inputs, sink);
    ASSERT_TRUE(outputs.ok());
    ASSERT_NEAR(dequantize_outputs(*integers, *outputs)[0][0], static_cast<double>(expected), 0.02)
        << ::testing::PrintToString(sample[0]);
  }
  expect_rebuilt(graph, samples, true);
}

// Small trees are unfolded, deep ones meet places again: with eight members a set they would have some 17^6 leaves.
TEST(TreeSets, ChainsOfEqualitiesAreSets) {
  std::mt19937 rng(3);
  for (const auto& [levels, members] : {std::pair{1, 2}, {1, 12}, {3, 2}, {4, 3}, {6, 8}, {9, 8}}) {
    for (const std::int64_t features : {1, 3}) {
      SCOPED_TRACE(std::to_string(levels) + " levels of " + std::to_string(members));
      Lists l;
      grow(l, rng, levels, members, features);
      expect_as_listed(l, features, rng);
      expect_as_listed(l, features, rng, true);
    }
  }
}

TEST(TreeSets, NeighboursAndSetsOfOne) {
  std::mt19937 rng(4);
  Lists l;  // {1, the number after 1}, then {5} of the same feature and another yes
  const float after = std::nextafter(1.0F, 2.0F);
  for (const float v : {1.0F, after, 5.0F}) l.add("BRANCH_EQ", 0, v);
  for (const float v : {10.0F, 20.0F, 30.0F}) l.add("LEAF", 0, v);
  l.yes = {3, 3, 4, 0, 0, 0};
  l.no = {1, 2, 5, 0, 0, 0};
  const FloatGraph graph = imported(regressor(l, 1));
  for (const float x : {1.0F, after, std::nextafter(after, 2.0F), std::nextafter(1.0F, 0.0F), 5.0F, 4.0F, kNone}) {
    EXPECT_EQ(found(graph, {x}), l.answer({x})) << x;
  }
  expect_as_listed(l, 1, rng);
}

// Two equalities with the same yes that are about two features: places that are met again otherwise are refused.
TEST(TreeSets, EqualitiesOfTwoFeaturesAreNoSet) {
  Lists l;
  l.add("BRANCH_EQ", 0, 1);
  l.add("BRANCH_EQ", 1, 2);
  l.add("LEAF", 0, 10);
  l.add("LEAF", 0, 20);
  l.yes = {2, 2, 0, 0};
  l.no = {1, 3, 0, 0};
  const auto graph = import_onnx(regressor(l, 2).bytes(), "model.onnx");
  ASSERT_FALSE(graph.ok());
  EXPECT_THAT(graph.error().message(), HasSubstr("expected trees of at most 64 levels"));
}

// TreeEnsemble: membership in {2, 3, 7} of feature 0, below it in {1} of feature 1 and an equality.
struct Members {
  std::vector<float> values = {2, 3, 7, kNone, 1, kNone};
  Dims missing = {0, 1, 0};
  std::int64_t mode = 6;

  ModelBuilder model() const {
    ModelBuilder m;
    m.input("x", {1, 2}).output("y");
    m.model().add_opset_import()->set_domain("ai.onnx.ml");
    m.model().mutable_opset_import(1)->set_version(5);
    auto node = m.node("TreeEnsemble", {"x"}, {"y"});
    node.proto()->set_domain("ai.onnx.ml");
    node.ints("nodes_featureids", {0, 1, 1}).ints("nodes_truenodeids", {1, 0, 2}).ints("nodes_trueleafs", {0, 1, 1});
    node.ints("nodes_falsenodeids", {2, 1, 3}).ints("nodes_falseleafs", {0, 1, 1});
    node.ints("nodes_missing_value_tracks_true", missing);
    node.ints("tree_roots", {0}).ints("leaf_targetids", {0, 0, 0, 0}).integer("n_targets", 1);
    const auto tensor = [&](const std::string& name, const std::vector<float>& reals, std::int32_t type) {
      auto* a = node.proto()->add_attribute();
      a->set_name(name);
      a->set_type(onnx::AttributeProto::TENSOR);
      a->mutable_t()->set_data_type(type);
      a->mutable_t()->add_dims(static_cast<std::int64_t>(reals.size()));
      for (const float v : reals) {
        if (type == onnx::TensorProto::FLOAT) {
          a->mutable_t()->add_float_data(v);
        } else {
          a->mutable_t()->add_int32_data(static_cast<std::int32_t>(v));
        }
      }
    };
    tensor("nodes_splits", {0, 0, 4}, onnx::TensorProto::FLOAT);
    tensor("leaf_weights", {10, 20, 30, 40}, onnx::TensorProto::FLOAT);
    tensor("nodes_modes", {static_cast<float>(mode), 6, 4}, onnx::TensorProto::UINT8);
    tensor("membership_values", values, onnx::TensorProto::FLOAT);
    return m;
  }
  std::string error() const {
    const auto graph = import_onnx(model().bytes(), "model.onnx");
    return graph.ok() ? "accepted" : graph.error().message();
  }
};

TEST(TreeSets, BranchesOnMembership) {
  const FloatGraph graph = imported(Members().model());
  for (const float a : {2.0F, 3.0F, 7.0F, 5.0F, 2.5F, kNone}) {
    for (const float b : {1.0F, 4.0F, 0.0F, kNone}) {
      const bool in = a == 2 || a == 3 || a == 7;
      const float expected = in ? (b == 1 || std::isnan(b) ? 10.0F : 20.0F) : (b == 4 ? 30.0F : 40.0F);
      EXPECT_EQ(found(graph, {a, b}), expected) << a << " " << b;
    }
  }
}

TEST(TreeSets, EmptySetsHaveNoMembersButWhatIsMissing) {
  Members empty;
  empty.values = {2, 3, 7, kNone, kNone};
  for (const std::int64_t tracks_true : {0, 1}) {
    empty.missing[1] = tracks_true;
    const FloatGraph graph = imported(empty.model());
    EXPECT_EQ(found(graph, {2, 1}), 20.0F);
    EXPECT_EQ(found(graph, {2, kNone}), tracks_true != 0 ? 10.0F : 20.0F);
  }
}

TEST(TreeSets, RefusesSetsThatDoNotFit) {
  Members members;
  EXPECT_EQ(members.error(), "accepted");
  members.values.pop_back();
  EXPECT_THAT(members.error(), HasSubstr("expected a set that ends with NaN for each of 2 branches"));
  members.values.insert(members.values.end(), {kNone, 4, kNone});
  EXPECT_THAT(members.error(), HasSubstr("expected 2 sets, found more"));
  Members infinite;
  infinite.values[1] = std::numeric_limits<float>::infinity();
  EXPECT_THAT(infinite.error(), HasSubstr("expected members of sets that are finite"));
  Members unknown;
  unknown.mode = 7;
  unknown.values = {1, kNone};
  EXPECT_THAT(unknown.error(), HasSubstr("expected modes of branches from 0 to 6, found 7"));
}

}  // namespace
}  // namespace proofcard::graph
