// Whole models from ONNX files whose prover lies: a leaf that another input reaches, a branch that does not follow, states of other
// steps. Everything else fits: the honest values of another input, or of another step, and lookups that are repaired.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <random>
#include <ranges>

#include "host/graph/real_values.hpp"
#include "tests/graph_onnx/model_builder.hpp"
#include "tests/support/cheat.hpp"

namespace proofcard::testing {
namespace {

using circuit::Visibility;
using graph::Dims;
using graph::ModelBuilder;

constexpr std::int64_t kFeatures = 3;
constexpr std::int64_t kDepth = 8;
constexpr std::uint32_t kSteps = 12;

// Two full trees of random branches, which are deep enough to be walked down.
ModelBuilder deep_trees() {
  ModelBuilder m;
  m.input("x", {1, kFeatures}).output("y");
  m.model().add_opset_import()->set_domain("ai.onnx.ml");
  m.model().mutable_opset_import(1)->set_version(3);
  auto node = m.node("TreeEnsembleRegressor", {"x"}, {"y"});
  node.proto()->set_domain("ai.onnx.ml");
  std::mt19937 random(5);
  Dims trees, nodes, features, yes, no, leaf_trees, leaf_nodes;
  std::vector<float> values, weights;
  std::vector<std::string> modes;
  constexpr std::int64_t kBranches = (std::int64_t{1} << kDepth) - 1;
  for (std::int64_t tree = 0; tree < 2; ++tree) {
    for (std::int64_t i = 0; i < 2 * kBranches + 1; ++i) {
      const bool is_leaf = i >= kBranches;
      trees.push_back(tree);
      nodes.push_back(i);
      features.push_back(is_leaf ? 0 : std::uniform_int_distribution<std::int64_t>(0, kFeatures - 1)(random));
      yes.push_back(is_leaf ? 0 : 2 * i + 1);
      no.push_back(is_leaf ? 0 : 2 * i + 2);
      values.push_back(is_leaf ? 0 : std::uniform_real_distribution<float>(-1, 1)(random));
      modes.emplace_back(is_leaf ? "LEAF" : "BRANCH_LEQ");
      if (is_leaf) {
        leaf_trees.push_back(tree);
        leaf_nodes.push_back(i);
        weights.push_back(std::uniform_real_distribution<float>(-1, 1)(random));
      }
    }
  }
  node.ints("nodes_treeids", trees).ints("nodes_nodeids", nodes).ints("nodes_featureids", features);
  node.ints("nodes_truenodeids", yes).ints("nodes_falsenodeids", no).texts("nodes_modes", modes);
  node.reals("nodes_values", values).reals("target_weights", weights);
  node.ints("target_treeids", leaf_trees)
      .ints("target_nodeids", leaf_nodes)
      .ints("target_ids", Dims(weights.size(), 0));
  return m;
}

// An LSTM of two cells over the steps of a sequence.
ModelBuilder recurrent_layer() {
  ModelBuilder m(14);
  m.input("x", {kSteps, 1, 2}).output("y");
  m.random("w", {1, 8, 2}, 1).random("r", {1, 8, 2}, 1).random("b", {1, 16}, 0.5F);
  m.node("LSTM", {"x", "w", "r", "b"}, {"y"}).integer("hidden_size", 2);
  return m;
}

graph::Graph integers_of(const ModelBuilder& m) {
  const graph::FloatGraph floats = graph::imported(m);
  auto integers = graph::quantize(floats, graph::random_samples(floats, 8), {8});
  EXPECT_TRUE(integers.ok()) << integers.error().message();
  return std::move(*integers);
}

class ModelLiar {
 public:
  // Everybody sees the input.
  ModelLiar(const ModelBuilder& m, unsigned seed) : integers_(integers_of(m)) {
    honest = made(seed);
    other = made(seed + 1);
    const auto proof = prove(honest);
    EXPECT_TRUE(proof.ok() && verify(honest, *proof).ok()) << "positive control";
    EXPECT_EQ(find_violation(honest, honest.assignment), std::nullopt);
  }

  const circuit::Circuit& circuit() const { return honest.vk.circuit; }
  bool is_computed(std::uint32_t id) const {
    return circuit().tensors[id].role != circuit::Role::kWeight &&
           std::ranges::find(circuit().inputs, id) == circuit().inputs.end();
  }

  void expect_noticed(circuit::Assignment lie, const std::string& what, bool whole_proof) const {
    repair_lookups(honest, lie);
    EXPECT_NE(find_violation(honest, lie), std::nullopt) << what;
    if (whole_proof) {
      const auto proof = prove_assignment(honest, lie);
      EXPECT_TRUE(!proof.ok() || !verify(honest, *proof).ok()) << what;
    }
  }

  // Every element of every tensor that the circuit computes, a little larger and smaller.
  std::size_t change_each() const {
    std::size_t lies = 0;
    for (std::uint32_t id = 0; id < circuit().tensors.size(); ++id) {
      for (std::size_t i = 0; is_computed(id) && i < elements(id); ++i) {
        for (const std::int64_t delta : {1, -1}) {
          circuit::Assignment lie = honest.assignment;
          const Place place{id, i, false};
          if (set_value(honest, lie, place, value_at(honest, place) + delta)) {
            expect_noticed(std::move(lie), fmt::format("{} [{}] {:+}", circuit().tensors[id].name, i, delta), false);
            ++lies;
          }
        }
      }
    }
    return lies;
  }

  // The number of elements that stand without padding in between: those along all axes but the first, which are padded.
  std::size_t row(std::uint32_t id) const {
    std::size_t out = 1;
    const tensor::Shape& shape = circuit().tensors[id].shape;
    for (std::size_t a = 1; a < shape.size(); ++a) out <<= circuit::log_padded(shape[a]);
    return out;
  }
  std::size_t elements(std::uint32_t id) const {
    const tensor::Shape& shape = circuit().tensors[id].shape;
    return shape.size() == 1 ? shape[0] : shape.empty() ? 1 : 0;  // of lists; others by rows
  }

  Model honest;
  Model other;  // the same model, with another input

 private:
  Model made(unsigned seed) const {
    std::mt19937 random(seed);
    graph::Sample x;
    for (const std::uint32_t in : integers_.inputs) {
      std::vector<float>& values = x.emplace_back(tensor::num_elements(integers_.tensors[in].shape));
      for (float& v : values) v = std::uniform_real_distribution<float>(-0.9F, 0.9F)(random);
    }
    const auto inputs = graph::quantize_inputs(integers_, x, true);
    EXPECT_TRUE(inputs.ok()) << inputs.error().message();
    auto model =
        make_model(integers_, {Visibility::kPublic, Visibility::kPrivate, Visibility::kPublic, "", {}}, *inputs);
    EXPECT_TRUE(model.ok()) << model.error().message();
    return std::move(*model);
  }

  graph::Graph integers_;
};

// Puts another run's value of each element in the place of the honest one.
circuit::Assignment with_values_of(const ModelLiar& liar, const Model& from,
                                   const std::function<bool(std::uint32_t)>& which) {
  circuit::Assignment lie = liar.honest.assignment;
  for (std::uint32_t id = 0; id < liar.circuit().tensors.size(); ++id) {
    if (!which(id)) continue;
    const tensor::Shape& shape = liar.circuit().tensors[id].shape;
    const std::size_t places = shape.empty() ? 1 : liar.row(id) << circuit::log_padded(shape[0]);
    for (std::size_t i = 0; i < places; ++i) {
      const Place place{id, i, false};
      set_value(liar.honest, lie, place, value_at(from, place));
    }
  }
  return lie;
}

TEST(ModelLiars, AnotherInputsLeafIsNotThisOnes) {
  for (unsigned seed = 1; seed < 5; ++seed) {
    const ModelLiar liar(deep_trees(), seed);
    ASSERT_TRUE(std::ranges::any_of(integers_of(deep_trees()).nodes, [](const graph::Node& n) {
      return std::holds_alternative<graph::Select>(n.op);
    })) << "expected trees that are walked down";
    // The whole way of the other input; and each step of it alone.
    liar.expect_noticed(with_values_of(liar, liar.other, [&](std::uint32_t id) { return liar.is_computed(id); }),
                        "the other's way", true);
    for (std::uint32_t id = 0; id < liar.circuit().tensors.size(); ++id) {
      const circuit::Assignment lie = with_values_of(liar, liar.other, [&](std::uint32_t t) { return t == id; });
      const bool differs = std::ranges::any_of(std::views::iota(std::size_t{0}, liar.elements(id)), [&](std::size_t i) {
        return value_at(liar.honest, {id, i, false}) != value_at(liar.other, {id, i, false});
      });
      if (liar.is_computed(id) && differs) {
        liar.expect_noticed(lie, liar.circuit().tensors[id].name, false);
      }
    }
  }
}

TEST(ModelLiars, NoBranchIsTakenThatDoesNotFollow) {
  const ModelLiar liar(deep_trees(), 9);
  EXPECT_GT(liar.change_each(), 4 * static_cast<std::size_t>(kDepth));
}

TEST(ModelLiars, StatesOfStepsAreNotExchanged) {
  const ModelLiar liar(recurrent_layer(), 3);
  std::size_t exchanged = 0;
  const auto has_steps = [&](std::uint32_t id) {
    const tensor::Shape& shape = liar.circuit().tensors[id].shape;
    return liar.is_computed(id) && !shape.empty() && shape[0] + 2 >= kSteps && shape[0] <= kSteps;
  };
  // Rows a and b of these tensors in each other's place.
  const auto exchange = [&](const std::function<bool(std::uint32_t)>& which, std::size_t a, std::size_t b) {
    circuit::Assignment lie = liar.honest.assignment;
    bool differs = false;
    for (std::uint32_t id = 0; id < liar.circuit().tensors.size(); ++id) {
      if (!has_steps(id) || !which(id) || b >= liar.circuit().tensors[id].shape[0]) continue;
      for (std::size_t i = 0; i < liar.row(id); ++i) {
        const Place first{id, a * liar.row(id) + i, false};
        const Place second{id, b * liar.row(id) + i, false};
        differs = differs || value_at(liar.honest, first) != value_at(liar.honest, second);
        set_value(liar.honest, lie, first, value_at(liar.honest, second));
        set_value(liar.honest, lie, second, value_at(liar.honest, first));
      }
    }
    if (differs) {
      liar.expect_noticed(std::move(lie), fmt::format("steps {} and {}", a, b), false);
      ++exchanged;
    }
  };
  for (std::size_t step = 0; step + 1 < kSteps; ++step) {
    exchange([](std::uint32_t) { return true; }, step, step + 1);
    for (std::uint32_t id = 0; id < liar.circuit().tensors.size(); ++id) {
      exchange([&](std::uint32_t t) { return t == id; }, step, step + 1);
    }
  }
  EXPECT_GT(exchanged, kSteps);
  liar.expect_noticed(with_values_of(liar, liar.other, [&](std::uint32_t id) { return liar.is_computed(id); }),
                      "another sequence's states", true);
}

}  // namespace
}  // namespace proofcard::testing
