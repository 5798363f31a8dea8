// Recurrent layers: the statement has one step with a time axis, and a prover cannot choose, swap or shift a state.
#include <gtest/gtest.h>

#include "host/graph/quantize/quantize.hpp"
#include "tests/graph_onnx/model_builder.hpp"
#include "tests/support/cheat.hpp"

namespace proofcard::testing {
namespace {

struct LayerKind {
  std::string op;
  std::int64_t gates = 1;
  std::string direction = "forward";
};
void PrintTo(const LayerKind& k, std::ostream* os) { *os << k.op << " " << k.direction; }

// One layer whose whole sequence is read, by a layer over its last axis.
graph::FloatGraph layer(const LayerKind& kind, std::int64_t steps) {
  const std::int64_t directions = kind.direction == "bidirectional" ? 2 : 1;
  graph::ModelBuilder m;
  m.input("x", {steps, 1, 3}).output("y");
  m.random("w", {directions, kind.gates * 4, 3}, 0.6F).random("r", {directions, kind.gates * 4, 4}, 0.6F);
  m.random("b", {directions, 2 * kind.gates * 4}, 0.3F).random("v", {4, 2}, 0.5F);
  m.node(kind.op, {"x", "w", "r", "b"}, {"h"}).text("direction", kind.direction);
  m.node("MatMul", {"h", "v"}, {"y"});
  auto graph = graph::import_onnx(m.bytes(), "model.onnx");
  EXPECT_TRUE(graph.ok()) << graph.error().message();
  return *std::move(graph);
}

Result<Model> model_of(const LayerKind& kind, std::int64_t steps) {
  const graph::FloatGraph floats = layer(kind, steps);
  const std::vector<graph::Sample> samples = graph::random_samples(floats, 12, -1.5F, 2.0F);
  PROOFCARD_TRY(const graph::Graph integers, graph::quantize(floats, samples, {8, true}));
  PROOFCARD_TRY(const std::vector<IntVector> inputs, graph::quantize_inputs(integers, samples[0], false));
  return make_model(integers, {}, inputs);
}

class RecurrentLayers : public ::testing::TestWithParam<LayerKind> {};

std::size_t num_terms(const circuit::Circuit& c) {
  std::size_t out = 0;
  for (const circuit::Relation& relation : c.relations) {
    out += relation.zero.terms.size();
  }
  return out;
}

// Scales differ, and with them how many limbs a remainder has; written out, a step more is three relations or more.
TEST_P(RecurrentLayers, StatementsDoNotGrowWithSteps) {
  const auto few = model_of(GetParam(), 20);
  const auto many = model_of(GetParam(), 60);
  ASSERT_TRUE(few.ok() && many.ok());
  const circuit::Circuit& a = few->vk.circuit;
  const circuit::Circuit& b = many->vk.circuit;
  EXPECT_LE(b.relations.size(), a.relations.size() + 8);
  EXPECT_LE(b.lookups.size(), a.lookups.size() + 16);
  EXPECT_LE(num_terms(b), num_terms(a) + 40);
}

// Every step's values, of every stack: each changed alone, and exchanged with those of the next step.
TEST_P(RecurrentLayers, NoOtherStateIsAccepted) {
  constexpr std::uint32_t kSteps = 12;
  const auto model = model_of(GetParam(), kSteps);
  ASSERT_TRUE(model.ok()) << model.error().message();
  const auto honest = prove(*model);
  ASSERT_TRUE(honest.ok() && verify(*model, *honest).ok());
  std::size_t swapped = 0, changed = 0;
  const auto& tensors = model->vk.circuit.tensors;
  for (std::uint32_t t = 0; t < tensors.size(); ++t) {
    const tensor::Shape& shape = tensors[t].shape;
    if (tensors[t].role != circuit::Role::kWitness || shape.size() != 2 || shape[0] < kSteps - 3) {
      continue;
    }
    const std::size_t row = circuit::padded_size({shape[1]});
    for (std::uint32_t step = 0; step + 1 < shape[0]; step += 3) {
      circuit::Assignment swap = model->assignment;
      bool differs = false;
      for (std::uint32_t j = 0; j < shape[1]; ++j) {
        const Place here{t, step * row + j, false}, next{t, (step + 1) * row + j, false};
        differs = differs || value_at(*model, here) != value_at(*model, next);
        ASSERT_TRUE(set_value(*model, swap, here, value_at(*model, next)));
        ASSERT_TRUE(set_value(*model, swap, next, value_at(*model, here)));
      }
      if (differs) {
        repair_lookups(*model, swap);
        EXPECT_TRUE(find_violation(*model, swap)) << tensors[t].name << ": steps " << step << " and the next exchanged";
        ++swapped;
      }
      circuit::Assignment other = model->assignment;
      const Place here{t, step * row, false};
      if (set_value(*model, other, here, value_at(*model, here) + 1)) {
        repair_lookups(*model, other);
        EXPECT_TRUE(find_violation(*model, other)) << tensors[t].name << ": another value at step " << step;
        ++changed;
        if (step == 3) {
          const auto forged = prove_assignment(*model, other);
          ASSERT_TRUE(forged.ok()) << forged.error().message();
          EXPECT_FALSE(verify(*model, *forged).ok()) << tensors[t].name;
        }
      }
    }
  }
  EXPECT_GE(swapped, 6U);
  EXPECT_GE(changed, 6U);
}

INSTANTIATE_TEST_SUITE_P(Kinds, RecurrentLayers,
                         ::testing::Values(LayerKind{"RNN", 1}, LayerKind{"GRU", 3}, LayerKind{"LSTM", 4},
                                           LayerKind{"RNN", 1, "reverse"}, LayerKind{"LSTM", 4, "bidirectional"}));

}  // namespace
}  // namespace proofcard::testing
