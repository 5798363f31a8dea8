// What parts of a transformer become: that they are proved in few steps shows in no result.
#include <gtest/gtest.h>

#include <algorithm>

#include "host/graph/onnx/import.hpp"
#include "host/graph/quantize/quantize.hpp"
#include "tests/graph_onnx/model_builder.hpp"

namespace proofcard::graph {
namespace {

Graph integers(const ModelBuilder& m) {
  const auto floats = import_onnx(m.bytes(), "model.onnx");
  EXPECT_TRUE(floats.ok()) << floats.error().message();
  auto graph = quantize(*floats, random_samples(*floats, 8), {16, true, 32, {}});
  EXPECT_TRUE(graph.ok()) << graph.error().message();
  return std::move(graph).value();
}

template <class Op>
std::vector<const Op*> all(const Graph& graph) {
  std::vector<const Op*> out;
  for (const Node& n : graph.nodes) {
    if (const auto* op = std::get_if<Op>(&n.op)) {
      out.push_back(op);
    }
  }
  return out;
}

std::size_t gelu_tables(const Graph& graph) {
  const auto lookups = all<Lookup>(graph);
  return static_cast<std::size_t>(std::count_if(lookups.begin(), lookups.end(), [](const Lookup* l) {
    return l->table.function == tensor::Function::kGeluTanh;
  }));
}

// 0.5 x (1 + tanh(sqrt(2 / pi) (x + cubic x^3))), with x as it is or doubled.
ModelBuilder written_out_gelu(float cubic, bool by_power, float inside = 1) {
  ModelBuilder m;
  m.input("in", {1, 6}).output("y");
  m.random("w", {6, 6}, 1).constant("half", {}, {0.5F}).constant("one", {}, {1}).constant("three", {}, {3});
  m.constant("cubic", {}, {cubic}).constant("root", {}, {0.7978845608F * inside});
  m.node("MatMul", {"in", "w"}, {"x"});
  if (by_power) {
    m.node("Pow", {"x", "three"}, {"cube"});
  } else {
    m.node("Mul", {"x", "x"}, {"square"});
    m.node("Mul", {"x", "square"}, {"cube"});
  }
  m.node("Mul", {"cubic", "cube"}, {"small"});
  m.node("Add", {"x", "small"}, {"sum"});
  m.node("Mul", {"sum", "root"}, {"inner"});
  m.node("Tanh", {"inner"}, {"t"});
  m.node("Add", {"t", "one"}, {"plus"});
  if (by_power) {
    m.node("Mul", {"half", "x"}, {"first"});
    m.node("Mul", {"first", "plus"}, {"y"});
  } else {
    m.node("Mul", {"x", "plus"}, {"first"});
    m.node("Mul", {"first", "half"}, {"y"});
  }
  return m;
}

TEST(TransformerSteps, GeluWrittenOutWithTanhIsOneTable) {
  for (const bool by_power : {true, false}) {
    const Graph graph = integers(written_out_gelu(0.044715F, by_power));
    EXPECT_EQ(gelu_tables(graph), 1U);
    EXPECT_EQ(all<Lookup>(graph).size(), 1U);
    // What only looks like it is what it is.
    EXPECT_EQ(gelu_tables(integers(written_out_gelu(0.05F, by_power))), 0U);
    EXPECT_EQ(gelu_tables(integers(written_out_gelu(0.044715F, by_power, 1.01F))), 0U);
  }
}

TEST(TransformerSteps, SoftmaxDividesOnceARow) {
  ModelBuilder m;
  m.input("x", {1, 4, 8}).output("y");
  m.node("Softmax", {"x"}, {"y"}).integer("axis", -1);
  const Graph graph = integers(m);
  const auto divisions = all<Divide>(graph);
  ASSERT_EQ(divisions.size(), 1U);
  EXPECT_EQ(tensor::num_elements(graph.tensors[divisions[0]->out].shape), 4U);
}

TEST(TransformerSteps, NormalisationsDivideOnceARowAndRoundOnce) {
  ModelBuilder m(17);
  m.input("x", {1, 4, 8}).output("y").random("scale", {8}, 1);
  m.node("LayerNormalization", {"x", "scale"}, {"y"}).real("epsilon", 1e-5F);
  const Graph graph = integers(m);
  const auto divisions = all<Divide>(graph);
  ASSERT_EQ(divisions.size(), 1U);
  EXPECT_EQ(tensor::num_elements(graph.tensors[divisions[0]->out].shape), 4U);
  std::size_t rounded = 0;
  for (const Linear* l : all<Linear>(graph)) {
    rounded += l->shift > 0 ? 1U : 0U;
  }
  EXPECT_EQ(rounded, 1U);  // the normalised value: x - mean is exact, and the output is all bits there are
}

TEST(TransformerSteps, AChosenConstantMaskIsAPartOfTheScores) {
  ModelBuilder m;
  m.input("x", {1, 4, 4}).output("y").random("w", {4, 4}, 1).constant("lowest", {}, {-1e9F});
  std::vector<float> below;
  for (int i = 0; i < 16; ++i) {
    below.push_back(i % 4 <= i / 4 ? 1.0F : 0.0F);
  }
  m.constant("mask", {4, 4}, below).constant("half", {}, {0.5F});
  m.node("Less", {"mask", "half"}, {"hidden"});
  m.node("MatMul", {"x", "w"}, {"scores"});
  m.node("Where", {"hidden", "lowest", "scores"}, {"masked"});
  m.node("Softmax", {"masked"}, {"y"}).integer("axis", -1);
  std::size_t rounded = 0;
  const Graph graph = integers(m);
  for (const Linear* l : all<Linear>(graph)) {
    rounded += l->shift > 0 ? 1U : 0U;
  }
  EXPECT_EQ(rounded, 2U);  // scores and mask together, and the probabilities
}

TEST(TransformerSteps, RowsOfLargeTablesAreChosenByTwoShortRows) {
  ModelBuilder m;
  m.input("i", {1, 3}).output("y").random("table", {3000, 4}, 1);
  m.model().mutable_graph()->mutable_input(0)->mutable_type()->mutable_tensor_type()->set_elem_type(
      onnx::TensorProto::INT64);
  m.node("Gather", {"table", "i"}, {"y"});
  const auto floats = import_onnx(m.bytes(), "model.onnx");
  ASSERT_TRUE(floats.ok());
  const auto graph = quantize(*floats, synthetic_samples(*floats), {16, true, 32, {}});
  ASSERT_TRUE(graph.ok()) << graph.error().message();
  std::uint64_t looked_up = 0;
  for (const Lookup* l : all<Lookup>(*graph)) {
    looked_up += tensor::num_elements(graph->tensors[l->in].shape);
  }
  EXPECT_EQ(looked_up, 3U * (64 + 47));  // 47 * 64 places hold 3000
}

}  // namespace
}  // namespace proofcard::graph
