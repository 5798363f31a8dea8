// Functions that are steep near 0, of arguments over several orders of magnitude: one table of equal steps leaves nothing of what is small,
// where the result is largest.
#include "host/compile/compile.hpp"
#include "host/graph/quantize/accuracy/shortfall.hpp"
#include "host/graph/quantize/accuracy/target.hpp"
#include "host/graph/quantize/argument_step.hpp"
#include "tests/graph_onnx/model_builder.hpp"

namespace proofcard::graph {
namespace {

constexpr std::int64_t kValues = 40;

// x * x, or what is as far below 0, through the node.
ModelBuilder steep(const std::string& op, float exponent = 0) {
  ModelBuilder m;
  m.input("x", {1, kValues}).output("y").constant("p", {}, {exponent});
  m.node("Mul", {"x", "x"}, {"square"});
  m.node("Neg", {"square"}, {"negated"});
  if (op == "Pow") {
    m.node(op, {"square", "p"}, {"y"});
  } else if (op == "Div") {
    m.node(op, {"x", "square"}, {"y"});
  } else {
    m.node(op, {op == "Reciprocal" ? "negated" : "square"}, {"y"});
  }
  return m;
}

// Of x from 1 down to 10^-decades, in even ratios.
std::vector<Sample> samples_over(double decades) {
  std::mt19937 random(3);
  std::vector<Sample> out(30, Sample{std::vector<float>(kValues)});
  for (Sample& sample : out) {
    for (float& v : sample[0]) {
      v = static_cast<float>(std::pow(10, -std::uniform_real_distribution<double>(0, decades)(random)));
    }
  }
  return out;
}

QuantisedModel made(const ModelBuilder& m, double decades, unsigned bits) {
  const FloatGraph graph = imported(m);
  const std::vector<Sample> samples = samples_over(decades);
  auto out = quantize_and_compare(graph, samples, {bits, true});
  EXPECT_TRUE(out.ok()) << out.error().message();
  return std::move(out).value();
}

bool has_levels(const Graph& graph) {
  return std::ranges::any_of(graph.nodes, [](const Node& n) { return n.name.find("level 1") != std::string::npos; });
}

TEST(Steep, ResultsAreRightOverThreeDecades) {
  for (const auto& [op, exponent] :
       {std::pair{"Reciprocal", 0.0F}, {"Log", 0.0F}, {"Pow", -0.5F}, {"Pow", -2.0F}, {"Div", 0.0F}}) {
    for (const unsigned bits : {8U, 16U}) {
      const QuantisedModel model = made(steep(op, exponent), 1.5, bits);
      const AccuracyReport::Output& o = model.accuracy.outputs[0];
      EXPECT_LT(o.relative_error, bits == 16 ? 0.005 : 0.02) << op << " " << exponent << " " << bits;
      EXPECT_LT(o.max_abs_error, (bits == 16 ? 0.01 : 0.04) * o.max_abs_value) << op << " " << exponent << " " << bits;
    }
  }
}

// One table is cheaper, and enough.
TEST(Steep, ArgumentsOfOneSizeHaveOneTable) {
  for (const char* op : {"Reciprocal", "Log"}) {
    EXPECT_FALSE(has_levels(made(steep(op), 0.2, 16).graph)) << op;
    EXPECT_TRUE(has_levels(made(steep(op), 1.5, 16).graph)) << op;
  }
}

// An input that is read by nothing else has as many steps as the function asks for, with 8 bits, too.
TEST(Steep, InputsAreAsFineAsWhatReadsThem) {
  ModelBuilder m;
  m.input("x", {1, 300}).output("y");
  m.node("Reciprocal", {"x"}, {"y"});
  const FloatGraph graph = imported(m);
  std::vector<Sample> samples = random_samples(graph, 20, 0.02F, 2.0F);
  const auto model = quantize_and_compare(graph, samples, {8, true});
  ASSERT_TRUE(model.ok()) << model.error().message();
  EXPECT_LT(model->accuracy.outputs[0].error(), 0.01);
  EXPECT_TRUE(model->warnings.empty());
  EXPECT_GT(model->graph.tensors[model->graph.inputs[0]].hi, 127);
  ModelBuilder flat;
  flat.input("x", {1, 300}).output("y");
  flat.node("Tanh", {"x"}, {"y"});
  const auto as_usual = quantize_and_compare(imported(flat), samples, {8, true});
  ASSERT_TRUE(as_usual.ok());
  EXPECT_EQ(as_usual->graph.tensors[as_usual->graph.inputs[0]].hi, 127);
}

// An input that is compared, too, has more digits than the table of a curve has rows.
TEST(Steep, CurvesOfAComparedInputAreOfRoundedArguments) {
  for (const char* op : {"Exp", "Tanh", "Elu", "Atan"}) {
    ModelBuilder m;
    m.input("x", {1, 300}).output("y").constant("zero", {}, {0.0F});
    m.node("Less", {"x", "zero"}, {"below"});
    m.node(op, {"x"}, {"curve"});
    m.node("Where", {"below", "curve", "x"}, {"y"});
    const FloatGraph graph = imported(m);
    const std::vector<Sample> samples = random_samples(graph, 20, -2.0F, 2.0F);
    for (const unsigned bits : {8U, 16U}) {
      const auto model = quantize_and_compare(graph, samples, {bits, true});
      ASSERT_TRUE(model.ok()) << op << " " << bits << ": " << model.error().message();
      EXPECT_GT(model->graph.tensors[model->graph.inputs[0]].hi, 1 << 17) << op;
      EXPECT_TRUE(compile::compile(model->graph, {}).ok()) << op << " " << bits;
      EXPECT_LT(model->accuracy.outputs[0].error(), bits == 16 ? 0.0005 : 0.02) << op << " " << bits;
    }
  }
}

TEST(Steep, StepsAreHalvedUntilResultsStandStill) {
  using tensor::Function;
  ValueRange range;
  range.min = 0;
  range.max = 8;
  range.least = 0.25F;
  const double step = argument_step(Function::kReciprocal, {}, range, 0.1, 1, 1e-9);
  EXPECT_GT(1 / (0.25 - step) - 4, 0.1);
  EXPECT_LE(1 / (0.25 - step / 2) - 4, 0.1);
  EXPECT_EQ(argument_step(Function::kReciprocal, {}, range, 0.1, 1, 0.125), 0.125);
  EXPECT_EQ(argument_step(Function::kFloor, {}, range, 0.1, 1, 1e-9), 1);
  EXPECT_EQ(argument_step(Function::kReciprocal, {}, range, 100, 0.1, 1e-9), 0.1);
}

}  // namespace
}  // namespace proofcard::graph
