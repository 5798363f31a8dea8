// Trees: comparisons are exact for every kind of float32, and a prover cannot choose another answer, path or leaf.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>
#include <random>

#include "host/circuit/access.hpp"
#include "host/graph/float_graph/float_executor.hpp"
#include "host/graph/quantize/quantize.hpp"
#include "tests/support/cheat.hpp"

namespace proofcard::testing {
namespace {

using graph::Dims;
using graph::FloatGraph;
using graph::FloatTensor;

constexpr float kInfinity = std::numeric_limits<float>::infinity();
const float kNan = std::nanf("");

// Thresholds, and what stands on both sides of them.
const std::vector<float> kThresholds = {0.0F,    1.0F,  -1.0F,     0.1F,   1e-45F,     -1e-45F,
                                        3.4e38F, -2.5F, kInfinity, 1e-40F, -kInfinity, 0.3F};

std::vector<float> around_thresholds() {
  std::vector<float> out = {-0.0F, kNan, -kNan};
  for (const float t : kThresholds) {
    out.insert(out.end(), {t, std::nextafter(t, kInfinity), std::nextafter(t, -kInfinity)});
  }
  return out;
}

struct Kind {
  bool full = true;
  bool missing = false;
  std::int64_t trees = 3;
  std::int64_t depth = 2;
  std::int64_t targets = 2;
  std::int64_t rows = 1;
  bool walk = false;
};

std::string text(const Kind& k) {
  return fmt::format("{}{}{}_{}trees_{}deep_{}targets_{}rows", k.walk ? "walk_" : "",
                     k.full   ? "full"
                     : k.walk ? "places"
                              : "paths",
                     k.missing ? "_missing" : "", k.trees, k.depth, k.targets, k.rows);
}
void PrintTo(const Kind& k, std::ostream* os) { *os << text(k); }

constexpr std::int64_t kFeatures = 3;

// Random full trees, in one of the four forms; from place to place the first tree is not full.
FloatGraph trees(const Kind& kind) {
  std::mt19937 random(7);
  const bool by_places = kind.walk && !kind.full;
  const std::int64_t inner = (std::int64_t{1} << kind.depth) - 1;
  const std::int64_t branches = by_places ? 2 * inner + 1 : inner;
  const std::int64_t leaves = by_places ? branches : inner + 1;
  FloatGraph g;
  const auto add = [&](const Dims& shape, auto&& value) {
    FloatTensor t{shape, {}, false};
    for (std::int64_t i = 0; i < graph::count(shape); ++i) {
      t.data.push_back(value(i));
    }
    g.values.push_back({"c", shape, std::move(t)});
    return static_cast<std::uint32_t>(g.values.size() - 1);
  };
  g.values.push_back({"x", {kind.rows, kFeatures}, std::nullopt});
  g.inputs = {0};
  graph::FloatNode n;
  n.op = graph::FloatOp::kTrees;
  n.name = "trees";
  n.onnx_op = "Trees";
  n.ints = {kind.full ? kind.depth : 0, kind.missing ? 1 : 0, kind.depth, kind.walk ? 1 : 0};
  n.inputs = {0};
  const Dims shape{kind.trees, branches};
  n.inputs.push_back(add(shape, [&](auto) { return static_cast<float>(random() % kFeatures); }));
  n.inputs.push_back(add(shape, [&](auto) { return kThresholds[random() % kThresholds.size()]; }));
  n.inputs.push_back(add(shape, [&](auto) { return kind.missing && random() % 2 == 0 ? 1.0F : 0.0F; }));
  n.inputs.push_back(
      add({kind.trees, leaves, kind.targets}, [&](auto i) { return 0.25F * static_cast<float>(i + 1); }));
  n.inputs.push_back(add({kind.targets}, [&](auto i) { return static_cast<float>(i); }));
  if (by_places) {
    n.inputs.push_back(add(shape, [&](auto i) {
      const std::int64_t place = i % branches;
      const bool stays = place >= inner || (i < branches && place == 2 && kind.depth > 1);
      return static_cast<float>(stays ? place : 2 * place + 1);
    }));
  } else if (!kind.full) {
    // The answer of the branch of each level on the way to a leaf: bit of the leaf's number, 0 for yes.
    const auto on_path = [&](std::int64_t leaf, std::int64_t branch) {
      for (std::int64_t level = 0; level < kind.depth; ++level) {
        if (branch == (std::int64_t{1} << level) - 1 + (leaf >> (kind.depth - level))) {
          return (leaf >> (kind.depth - level - 1)) % 2 == 0 ? 1.0F : -1.0F;
        }
      }
      return 0.0F;
    };
    n.inputs.push_back(
        add({kind.trees, leaves, branches}, [&](auto i) { return on_path(i / branches % leaves, i % branches); }));
    n.inputs.push_back(add({kind.trees, leaves}, [&](auto i) {
      float needed = 0;
      for (std::int64_t b = 0; b < branches; ++b) {
        needed += std::max(0.0F, on_path(i % leaves, b));
      }
      return needed;
    }));
  }
  g.values.push_back({"y", {kind.rows, kind.targets}, std::nullopt});
  n.output = static_cast<std::uint32_t>(g.values.size() - 1);
  g.outputs = {n.output};
  g.nodes.push_back(std::move(n));
  return g;
}

class Trees : public ::testing::TestWithParam<Kind> {};

TEST_P(Trees, CompareExactly) {
  const FloatGraph floats = trees(GetParam());
  const std::vector<float> values = around_thresholds();
  std::mt19937 random(11);
  std::vector<graph::Sample> samples(400);
  for (graph::Sample& s : samples) {
    s.emplace_back();
    for (std::int64_t i = 0; i < GetParam().rows * kFeatures; ++i) {
      s[0].push_back(values[random() % values.size()]);
    }
  }
  for (const unsigned bits : {8U, 16U}) {
    const auto integers = graph::quantize(floats, samples, {bits, true});
    ASSERT_TRUE(integers.ok()) << integers.error().message();
    for (const graph::Sample& s : samples) {
      const auto expected = graph::run(floats, s);
      const auto inputs = graph::quantize_inputs(*integers, s, false);
      ASSERT_TRUE(expected.ok() && inputs.ok());
      graph::Sink none;
      const auto outputs = graph::execute(*integers, *inputs, none);
      ASSERT_TRUE(outputs.ok()) << outputs.error().message();
      const auto got = graph::dequantize_outputs(*integers, *outputs);
      for (std::size_t k = 0; k < got[0].size(); ++k) {
        EXPECT_NEAR(got[0][k], static_cast<double>((*expected)[0].data[k]), 1e-5);
      }
    }
  }
}

// The plan and the architecture, with other features, thresholds, paths and leaves, give the graph again.
TEST_P(Trees, AreRebuiltWithoutTheirWeights) {
  const FloatGraph floats = trees(GetParam());
  FloatGraph others = floats;
  for (graph::FloatValue& v : others.values) {
    if (v.constant) {
      std::fill(v.constant->data.begin(), v.constant->data.end(), 0.5F);
    }
  }
  graph::QuantisationPlan plan;
  const std::vector<graph::Sample> samples = {
      {std::vector<float>(static_cast<std::size_t>(GetParam().rows * kFeatures))}};
  const auto integers = graph::quantize(floats, samples, {16, true}, nullptr, &plan);
  ASSERT_TRUE(integers.ok()) << integers.error().message();
  auto again = graph::rebuild(others, plan, true);
  ASSERT_TRUE(again.ok()) << again.error().message();
  for (std::size_t t = 0; t < again->tensors.size(); ++t) {
    again->tensors[t].data = integers->tensors[t].data;
  }
  ByteWriter a;
  ByteWriter b;
  write(a, *integers);
  write(b, *again);
  EXPECT_EQ(a.take(), b.take());
}

Result<Model> model_of(const graph::Graph& integers, std::vector<float> x) {
  PROOFCARD_TRY(const std::vector<IntVector> inputs,
                graph::quantize_inputs(integers, std::vector<std::vector<float>>{std::move(x)}, false));
  return make_model(integers, {}, inputs);
}

void expect_rejected(const Model& model, circuit::Assignment assignment, const std::string& what) {
  repair_lookups(model, assignment);
  EXPECT_TRUE(find_violation(model, assignment).has_value()) << what;
  const auto forged = prove_assignment(model, assignment);
  ASSERT_TRUE(forged.ok()) << forged.error().message();
  EXPECT_FALSE(verify(model, *forged).ok()) << what;
}

// One answer, one place on the way or one leaf is another, and nothing else.
TEST_P(Trees, NoOtherAnswerPathOrLeafIsAccepted) {
  const auto integers = graph::quantize(trees(GetParam()), {}, {8, true});
  ASSERT_TRUE(integers.ok()) << integers.error().message();
  std::vector<float> x(static_cast<std::size_t>(GetParam().rows * kFeatures), 0.5F);
  x[0] = GetParam().missing ? kNan : -0.2F;
  const auto model = model_of(*integers, x);
  ASSERT_TRUE(model.ok()) << model.error().message();
  const auto honest = prove(*model);
  ASSERT_TRUE(honest.ok() && verify(*model, *honest).ok());
  std::size_t tried = 0;
  const auto& tensors = model->vk.circuit.tensors;
  for (std::uint32_t t = 0; t < tensors.size(); ++t) {
    if (tensors[t].role != circuit::Role::kWitness || tensors[t].hi != 1 || tensors[t].lo != 0) {
      continue;
    }
    for (const Place& place : places(model->vk.circuit, t)) {
      circuit::Assignment changed = model->assignment;
      if (!place.is_padding && set_value(*model, changed, place, 1 - value_at(*model, place))) {
        expect_rejected(*model, std::move(changed), tensors[t].name);
        ++tried;
      }
    }
  }
  EXPECT_GE(tried, GetParam().walk ? 1U : 3U);
}

// Whatever is looked up on the way is nothing else: no branch of another tree or place, no other child or leaf, and no value
// of another feature.
TEST_P(Trees, NothingElseIsLookedUp) {
  const auto integers = graph::quantize(trees(GetParam()), {}, {8, true});
  ASSERT_TRUE(integers.ok()) << integers.error().message();
  std::vector<float> x(static_cast<std::size_t>(GetParam().rows * kFeatures));
  for (std::size_t i = 0; i < x.size(); ++i) {
    x[i] = 0.125F * static_cast<float>(i) - 0.5F;
  }
  const auto model = model_of(*integers, x);
  ASSERT_TRUE(model.ok()) << model.error().message();
  const circuit::Circuit& c = model->vk.circuit;
  std::size_t tried = 0;
  for (const circuit::Lookup& lookup : c.lookups) {
    const circuit::Table& table = c.tables[lookup.table];
    for (std::size_t column = table.dims.size(); column < lookup.columns.size(); ++column) {
      if (table.tensors.empty()) {
        break;
      }
      const std::uint32_t found = *circuit::whole_tensor(c, lookup.columns[column]);
      const IntSpan all = model->assignment.tensor(c, model->vk.layout, table.tensors[column - table.dims.size()]);
      for (const Place& place : places(c, found)) {
        for (std::size_t i = 0; i < int_span_size(all) && !place.is_padding; ++i) {
          circuit::Assignment changed = model->assignment;
          if (int_at(all, i) != value_at(*model, place) && set_value(*model, changed, place, int_at(all, i))) {
            expect_rejected(*model, std::move(changed), c.tensors[found].name);
            ++tried;
            break;
          }
        }
      }
    }
  }
  EXPECT_EQ(tried > 0, GetParam().walk);
}

// A feature that the branch does not name, with the value that it has.
TEST_P(Trees, NoOtherFeatureIsCompared) {
  const auto integers = graph::quantize(trees(GetParam()), {}, {8, true});
  ASSERT_TRUE(integers.ok()) << integers.error().message();
  std::vector<float> x(static_cast<std::size_t>(GetParam().rows * kFeatures), 0.25F);  // all of them the same
  const auto model = model_of(*integers, x);
  ASSERT_TRUE(model.ok()) << model.error().message();
  const circuit::Circuit& c = model->vk.circuit;
  for (std::uint32_t t = 0; t < c.tensors.size(); ++t) {
    const Place place{t, 0, false};
    if (c.tensors[t].role == circuit::Role::kWitness && c.tensors[t].name.ends_with("level 1 feature")) {
      circuit::Assignment changed = model->assignment;
      ASSERT_TRUE(set_value(*model, changed, place, value_at(*model, place) == 0 ? 1 : 0));
      expect_rejected(*model, std::move(changed), "another feature");
    }
  }
}

// Everything is as for another input, which ends in other leaves, but for the input: a comparison was answered wrongly, and
// all that follows from it is consistent.
TEST_P(Trees, TheWayOfAnotherInputIsRejected) {
  const auto integers = graph::quantize(trees(GetParam()), {}, {8, true});
  ASSERT_TRUE(integers.ok()) << integers.error().message();
  const auto size = static_cast<std::size_t>(GetParam().rows * kFeatures);
  const auto own = model_of(*integers, std::vector<float>(size, 0.05F));
  const auto other = model_of(*integers, std::vector<float>(size, -3e38F));
  ASSERT_TRUE(own.ok() && other.ok());
  const auto& tensors = own->vk.circuit.tensors;
  circuit::Assignment changed = other->assignment;
  for (std::uint32_t t = 0; t < tensors.size(); ++t) {
    if (tensors[t].role == circuit::Role::kInput || tensors[t].name.starts_with("input")) {
      for (std::size_t i = 0; i < circuit::padded_size(tensors[t].shape); ++i) {
        set_value(*other, changed, {t, i, false}, value_at(*own, {t, i, false}));
      }
    }
  }
  expect_rejected(*other, std::move(changed), "the way of another input");
}

// The scale of leaves is the plan's where weights are private, and is one; leaves are numbers.
TEST(TreesOfWalks, RefuseScalesAndLeavesThatAreNone) {
  FloatGraph floats = trees(Kind{true, false, 2, 2, 1, 1, true});
  const std::vector<graph::Sample> samples = {{std::vector<float>(kFeatures)}};
  graph::QuantisationPlan plan;
  ASSERT_TRUE(graph::quantize(floats, samples, {8, true}, nullptr, &plan).ok());
  ASSERT_EQ(plan.tables.size(), 1U);
  EXPECT_TRUE(graph::rebuild(floats, plan, true).ok());
  plan.tables[0] = 0;
  const auto rebuilt = graph::rebuild(floats, plan, true);
  ASSERT_FALSE(rebuilt.ok());
  EXPECT_NE(rebuilt.error().message().find("expected a scale from 1e-60 to 1e60, found 0"), std::string::npos)
      << rebuilt.error().message();
  floats.values[4].constant->data[3] = kInfinity;
  const auto infinite = graph::quantize(floats, samples, {8, true});
  ASSERT_FALSE(infinite.ok());
  EXPECT_NE(infinite.error().message().find("expected finite values of leaves"), std::string::npos)
      << infinite.error().message();
}

// Integers beyond that of infinity are missing values from the first on, whichever NaN a float32 would be.
TEST(TreesOfMissingValues, BeginBehindInfinity) {
  const FloatGraph floats = trees(Kind{true, true});
  const auto integers = graph::quantize(floats, {}, {8, true});
  ASSERT_TRUE(integers.ok()) << integers.error().message();
  const auto outputs_of = [&](std::int64_t feature) {
    IntVector x(IntType::kI32, kFeatures);
    for (std::size_t i = 0; i < kFeatures; ++i) x.set(i, feature);
    graph::Sink none;
    const auto outputs = graph::execute(*integers, std::vector<IntVector>{x}, none);
    EXPECT_TRUE(outputs.ok()) << outputs.error().message();
    return graph::dequantize_outputs(*integers, *outputs);
  };
  const auto missing = outputs_of(tensor::float_order(kNan));
  EXPECT_EQ(outputs_of(tensor::kMissingFloatOrder), missing);
  EXPECT_EQ(outputs_of(tensor::kFloatOrderHi), missing);
  EXPECT_NE(outputs_of(tensor::kMissingFloatOrder - 1), missing) << "infinity";
}

// Trees of one kind whose features come from values that `before` adds in front.
FloatGraph trees_behind(const std::function<void(FloatGraph&)>& before) {
  FloatGraph g = trees(Kind{});
  g.inputs.clear();
  const graph::FloatNode own = g.nodes[0];
  g.nodes.clear();
  before(g);
  g.nodes.push_back(own);
  return g;
}

std::uint32_t add_input(FloatGraph& g, const Dims& shape) {
  g.values.push_back({"x" + std::to_string(g.inputs.size()), shape, std::nullopt});
  g.inputs.push_back(static_cast<std::uint32_t>(g.values.size() - 1));
  return g.inputs.back();
}

TEST(TreesOfTwoInputs, AreOfOneEncoding) {
  const FloatGraph floats = trees_behind([](FloatGraph& g) {
    graph::FloatNode n;
    n.op = graph::FloatOp::kConcat;
    n.axis = 1;
    n.inputs = {add_input(g, {1, 2}), add_input(g, {1, 2})};
    n.output = 0;
    g.values[0].shape = {1, 4};
    g.nodes.push_back(n);
  });
  const graph::InputFormat first{{2}, tensor::kFloatOrderLo, tensor::kFloatOrderHi, 1.0, tensor::in_float_order({2})};
  const graph::InputFormat other{{2}, -128, 127, 0.1};
  const std::vector<graph::Sample> samples = {{{0.5F, 1.0F}, {0.25F, 2.0F}}};
  EXPECT_TRUE(graph::quantize(floats, samples, {16, true, 32, {first, first}}).ok());
  const auto mixed = graph::quantize(floats, samples, {16, true, 32, {first, other}});
  ASSERT_FALSE(mixed.ok());
  EXPECT_NE(mixed.error().message().find("expected inputs of one encoding, found several"), std::string::npos)
      << mixed.error().message();
}

// Every step that a computed feature may have is on the side of the threshold on which its real value is.
TEST(TreesOfComputedFeatures, CompareTheStepsThatFeaturesHave) {
  const FloatGraph floats = trees_behind([](FloatGraph& g) {
    graph::FloatNode n;
    n.op = graph::FloatOp::kRelu;
    n.beta = kInfinity;
    n.inputs = {add_input(g, {1, kFeatures})};
    n.output = 0;
    g.nodes.push_back(n);
  });
  const auto integers = graph::quantize(floats, std::vector<graph::Sample>{{{1.5F, -1.5F, 0.5F}}}, {8, true});
  ASSERT_TRUE(integers.ok()) << integers.error().message();
  const auto relu = std::find_if(integers->nodes.begin(), integers->nodes.end(),
                                 [](const graph::Node& n) { return std::holds_alternative<graph::Lookup>(n.op); });
  ASSERT_NE(relu, integers->nodes.end());
  const double step = integers->tensors[std::get<graph::Lookup>(relu->op).out].scale;
  for (int k = 0; step * k < 1.5; ++k) {
    const auto x = static_cast<float>(step * k);
    const graph::Sample sample = {{x, x, x}};
    const auto expected = graph::run(floats, sample);
    const auto inputs = graph::quantize_inputs(*integers, sample, true);
    ASSERT_TRUE(expected.ok() && inputs.ok());
    graph::Sink none;
    const auto outputs = graph::execute(*integers, *inputs, none);
    ASSERT_TRUE(outputs.ok()) << outputs.error().message();
    const auto got = graph::dequantize_outputs(*integers, *outputs)[0];
    for (std::size_t i = 0; i < got.size(); ++i) {
      EXPECT_NEAR(got[i], static_cast<double>((*expected)[0].data[i]), 1e-4) << x;
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Kinds, Trees,
                         ::testing::Values(Kind{}, Kind{true, true}, Kind{true, true, 1, 1, 1, 2},
                                           Kind{true, false, 2, 3, 1, 3}, Kind{false, false},
                                           Kind{false, true, 2, 3, 1, 2}, Kind{false, false, 1, 1, 1, 1},
                                           Kind{true, false, 3, 2, 2, 1, true}, Kind{true, true, 3, 3, 1, 2, true},
                                           Kind{true, false, 1, 1, 1, 1, true}, Kind{true, true, 1, 2, 2, 3, true},
                                           Kind{false, false, 3, 3, 2, 1, true}, Kind{false, true, 2, 3, 1, 3, true},
                                           Kind{false, false, 1, 2, 1, 1, true}, Kind{false, true, 1, 3, 3, 2, true},
                                           Kind{false, false, 1, 9, 1, 1, true}),
                         [](const auto& instance) { return text(instance.param); });

}  // namespace
}  // namespace proofcard::testing
