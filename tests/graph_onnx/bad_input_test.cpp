// Files and inputs that must give an error (or, for damaged files, success), and never a crash.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <functional>
#include <iterator>
#include <limits>

#include "tests/graph_onnx/model_builder.hpp"

namespace proofcard::graph {
namespace {

using ::testing::HasSubstr;

Bytes small_cnn() {
  ModelBuilder m;
  m.input("x", {1, 2, 6, 6})
      .random("w", {3, 2, 3, 3}, 0.5F)
      .random("b", {3}, 0.5F)
      .random("v", {5, 12}, 0.5F)
      .output("y");
  m.integers("shape", {1, -1}).integers("pads", {0, 0, 1, 1, 0, 0, 1, 1});
  m.node("Pad", {"x", "pads"}, {"q"});
  m.node("Conv", {"q", "w", "b"}, {"c"}).ints("strides", {1, 1}).ints("kernel_shape", {3, 3});
  m.node("Relu", {"c"}, {"r"});
  m.node("MaxPool", {"r"}, {"p"}).ints("kernel_shape", {2, 2}).ints("strides", {3, 3});
  m.node("Reshape", {"p", "shape"}, {"f"});
  m.node("Gemm", {"f", "v"}, {"g"}).integer("transB", 1);
  m.node("Softmax", {"g"}, {"y"}).integer("axis", 1);
  return m.bytes();
}

// Everything that a file goes through before it is proved.
bool survives(const Bytes& file) {
  const Result<FloatGraph> graph = import_onnx(file, "damaged.onnx");
  if (!graph.ok()) {
    EXPECT_FALSE(graph.error().message().empty());
    return false;
  }
  std::int64_t size = 0;
  for (std::uint32_t in : graph->inputs) {
    size += count(graph->values[in].shape);
  }
  for (const FloatNode& n : graph->nodes) {
    size += count(graph->values[n.output].shape);
  }
  if (size > 1 << 16) {
    return true;  // a dimension grew: valid, but slow to run
  }
  return quantize(*graph, {}, {}).ok();
}

TEST(HostileFile, TruncatedAnywhereIsAnErrorOrAModel) {
  const Bytes file = small_cnn();
  ASSERT_TRUE(survives(file));
  std::size_t accepted = 0;
  for (std::size_t size = 0; size < file.size(); size += 7) {
    accepted += survives(Bytes(file.begin(), file.begin() + static_cast<std::ptrdiff_t>(size))) ? 1U : 0U;
  }
  EXPECT_LT(accepted, 3U);  // a cut between two top-level fields can leave a whole model
}

TEST(HostileFile, EveryFlippedBitIsAnErrorOrAModel) {
  const Bytes file = small_cnn();
  std::size_t refused = 0;
  for (std::size_t bit = 0; bit < 8 * file.size(); ++bit) {
    Bytes damaged = file;
    damaged[bit / 8] = static_cast<std::uint8_t>(damaged[bit / 8] ^ (1U << (bit % 8)));
    refused += survives(damaged) ? 0U : 1U;
  }
  EXPECT_GT(refused, file.size());
}

TEST(HostileFile, RandomBytesAreAnError) {
  std::mt19937 random(3);
  for (int i = 0; i < 500; ++i) {
    Bytes file(random() % 300);
    for (std::uint8_t& b : file) b = static_cast<std::uint8_t>(random());
    EXPECT_FALSE(survives(file));
  }
}

std::string import_error(const ModelBuilder& m) {
  const Result<FloatGraph> graph = import_onnx(m.bytes(), "test.onnx");
  return graph.ok() ? "accepted" : graph.error().message();
}

TEST(HostileFile, BitsOfFloatsAreRefused) {
  for (const std::string op : {"BitwiseNot", "BitwiseAnd", "BitwiseOr", "BitwiseXor", "BitShift"}) {
    ModelBuilder m(18);
    m.input("x", {1, 4}).output("y");
    auto node =
        m.node(op, op == "BitwiseNot" ? std::vector<std::string>{"x"} : std::vector<std::string>{"x", "x"}, {"y"});
    if (op == "BitShift") node.text("direction", "LEFT");
    const auto graph = import_onnx(m.bytes(), "model.onnx");
    ASSERT_FALSE(graph.ok()) << op;
    EXPECT_THAT(graph.error().message(), HasSubstr("expected integers, found")) << op;
  }
}

TEST(HostileFile, LogicOfFloatsIsRefused) {
  for (const std::string op : {"And", "Or", "Xor", "Not", "Where"}) {
    ModelBuilder m(18);
    m.input("x", {1, 4}).output("y");
    m.node(op, std::vector<std::string>(op == "Not" ? 1 : op == "Where" ? 3 : 2, "x"), {"y"});
    const auto graph = import_onnx(m.bytes(), "model.onnx");
    ASSERT_FALSE(graph.ok()) << op;
    EXPECT_THAT(graph.error().message(), HasSubstr("expected an operand of type")) << op;
  }
}

TEST(HostileFile, AFloatIsNoAxisOfConstants) {
  for (const float axis : {0.0F, 1e30F, std::numeric_limits<float>::quiet_NaN()}) {
    ModelBuilder m;
    m.input("x", {2}).output("y").constant("c", {2}, {1, 2}).constant("axis", {}, {axis});
    m.node("CumSum", {"c", "axis"}, {"sums"});
    m.node("Add", {"x", "sums"}, {"y"});
    const auto graph = import_onnx(m.bytes(), "model.onnx");
    ASSERT_FALSE(graph.ok());
    EXPECT_THAT(graph.error().message(), HasSubstr("expected one axis, an integer, found 1 of type 1"));
  }
}

TEST(HostileFile, ThereIsNoMeanOfIntegers) {
  ModelBuilder m;
  m.input("x", {2}).output("y").integers("c", {1, 2});
  m.node("Mean", {"c", "c"}, {"mean"});
  m.node("Add", {"x", "mean"}, {"y"});
  const auto graph = import_onnx(m.bytes(), "model.onnx");
  ASSERT_FALSE(graph.ok());
  EXPECT_THAT(graph.error().message(), HasSubstr("expected floats, found type 7"));
}

TEST(HostileFile, SizesOfTransposedConvolutionsAreNumbersOfElements) {
  constexpr std::int64_t kLeast = std::numeric_limits<std::int64_t>::min();
  for (const std::string attribute : {"output_shape", "output_padding"}) {
    for (const std::int64_t size : {kLeast, std::int64_t{-1}, -(kLeast + 1)}) {
      ModelBuilder m;
      m.input("x", {1, 1, 4}).output("y").random("w", {1, 1, 3}, 1);
      m.node("ConvTranspose", {"x", "w"}, {"y"}).ints(attribute, {size});
      const auto graph = import_onnx(m.bytes(), "model.onnx");
      ASSERT_FALSE(graph.ok()) << attribute << size;
      EXPECT_THAT(graph.error().message(), HasSubstr("sizes and output paddings from 0 to"));
    }
  }
}

// The thing that is wrong, what it may be, and what it is.
TEST(HostileFile, WindowsSayWhichOfTheirNumbersIsImpossible) {
  constexpr std::int64_t kHuge = std::int64_t{1} << 30;
  const auto error_of = [](const std::string& op, const std::string& attribute, const Dims& values) {
    ModelBuilder m;
    m.input("x", {1, 2, 4, 4}).output("y").random("w", {2, 2, 3, 3}, 1);
    ModelBuilder::NodeBuilder node = m.node(op, {"x", "w"}, {"y"});
    attribute == "group" ? node.integer(attribute, values[0]) : node.ints(attribute, values);
    const auto graph = import_onnx(m.bytes(), "model.onnx");
    return graph.ok() ? std::string("imported") : graph.error().message();
  };
  for (const std::string op : {"Conv", "ConvTranspose"}) {
    EXPECT_THAT(error_of(op, "group", {0}), HasSubstr("group: expected at least 1, found 0"));
    EXPECT_THAT(error_of(op, "group", {-2}), HasSubstr("group: expected at least 1, found -2"));
    EXPECT_THAT(error_of(op, "pads", {0, kHuge, 0, 0}),
                HasSubstr("4 pads from 0 to 16777216, and has [0, 1073741824, 0, 0]"));
    EXPECT_THAT(error_of(op, "pads", {0, 0, -1, 0}), HasSubstr("4 pads from 0 to 16777216, and has [0, 0, -1, 0]"));
    EXPECT_THAT(error_of(op, "strides", {1, kHuge}),
                HasSubstr("from 1 to 16777216, found kernel [3, 3], strides [1, 1073741824]"));
  }
}

TEST(HostileFile, RepeatsHaveALimit) {
  constexpr std::int64_t kTooMany = (std::int64_t{1} << 24) + 1;
  for (const std::string op : {"Tile", "Expand"}) {
    for (const std::int64_t times : {kTooMany, std::int64_t{1} << 62, std::int64_t{-2}}) {
      ModelBuilder m;
      m.input("x", {1, 1}).output("y").integers("times", {times, 1});
      m.node(op, {"x", "times"}, {"y"});
      const auto graph = import_onnx(m.bytes(), "model.onnx");
      ASSERT_FALSE(graph.ok()) << op << times;
      EXPECT_THAT(graph.error().message(), HasSubstr("16777216 repeats")) << op << times;
    }
  }
}

TEST(HostileFile, FloatsAreNoModesOfBranches) {
  ModelBuilder m;
  m.model().add_opset_import()->set_domain("ai.onnx.ml");
  m.model().mutable_opset_import(1)->set_version(5);
  m.input("x", {1, 1}).output("y");
  ModelBuilder::NodeBuilder node = m.node("TreeEnsemble", {"x"}, {"y"});
  node.proto()->set_domain("ai.onnx.ml");
  node.ints("nodes_featureids", {0}).ints("nodes_truenodeids", {0}).ints("nodes_trueleafs", {1});
  node.ints("nodes_falsenodeids", {1}).ints("nodes_falseleafs", {1}).ints("leaf_targetids", {0, 0});
  node.ints("tree_roots", {0}).integer("n_targets", 1);
  const auto floats = [&](const std::string& name, const std::vector<float>& values) {
    onnx::AttributeProto* a = node.proto()->add_attribute();
    a->set_name(name);
    a->set_type(onnx::AttributeProto::TENSOR);
    a->mutable_t()->set_data_type(onnx::TensorProto::FLOAT);
    a->mutable_t()->add_dims(static_cast<std::int64_t>(values.size()));
    for (const float v : values) a->mutable_t()->add_float_data(v);
  };
  floats("nodes_splits", {0.5F});
  floats("leaf_weights", {1, 2});
  floats("nodes_modes", {1e30F});
  const auto graph = import_onnx(m.bytes(), "model.onnx");
  ASSERT_FALSE(graph.ok());
  EXPECT_THAT(graph.error().message(), HasSubstr("nodes_modes: expected integers, found type 1"));
}

TEST(HostileFile, AskingLargeValuesForInfinityTakesNoMemory) {
  for (const std::string op : {"IsInf", "IsNaN"}) {
    ModelBuilder m(20);
    m.input("x", {4, 1 << 24, 4}).output("y");
    m.node(op, {"x"}, {"y"});
    const auto graph = import_onnx(m.bytes(), "model.onnx");
    ASSERT_FALSE(graph.ok()) << op;
    EXPECT_THAT(graph.error().message(), HasSubstr("of more than 16777216 values it is not supported")) << op;
  }
}

// A tree on `features`, which come from nodes that `moves` adds.
FloatGraph tree_behind_moves(const std::string& features, const std::function<void(ModelBuilder&)>& moves) {
  ModelBuilder m;
  m.input("x0", {1, 64}).output("y").integers("begin", {0}).integers("axis", {1});
  moves(m);
  auto trees = m.node("TreeEnsembleRegressor", {features}, {"y"});
  trees.proto()->set_domain("ai.onnx.ml");
  trees.ints("nodes_treeids", {0, 0, 0}).ints("nodes_nodeids", {0, 1, 2}).ints("nodes_featureids", {0, 0, 0});
  trees.ints("nodes_truenodeids", {1, 0, 0}).ints("nodes_falsenodeids", {2, 0, 0});
  trees.ints("target_treeids", {0, 0}).ints("target_nodeids", {1, 2}).ints("target_ids", {0, 0});
  trees.texts("nodes_modes", {"BRANCH_LEQ", "LEAF", "LEAF"});
  trees.reals("nodes_values", {0.5F, 0.0F, 0.0F}).reals("target_weights", {1.0F, 2.0F});
  auto* set = m.model().add_opset_import();
  set->set_domain("ai.onnx.ml");
  set->set_version(3);
  auto graph = import_onnx(m.bytes(), "model.onnx");
  EXPECT_TRUE(graph.ok()) << graph.error().message();
  return std::move(graph).value();
}

// A value that is joined with itself and cut again, 60 times over, has more ways back to the input than can be walked.
TEST(HostileFile, ValuesThatMeetAgainBeforeTreesAreReadOnce) {
  const FloatGraph graph = tree_behind_moves("x60", [](ModelBuilder& m) {
    m.integers("end", {64});
    for (int i = 0; i < 60; ++i) {
      const std::string x = fmt::format("x{}", i);
      m.node("Concat", {x, x}, {x + "_twice"}).integer("axis", 1);
      m.node("Slice", {x + "_twice", "begin", "end", "axis"}, {fmt::format("x{}", i + 1)});
    }
  });
  EXPECT_EQ(graph.nodes.size(), 121U);
}

TEST(HostileFile, ManyMovesBeforeTreesAreWalkedOnce) {
  const FloatGraph graph = tree_behind_moves("x60", [](ModelBuilder& m) {
    for (int i = 0; i < 60; ++i) {
      m.integers(fmt::format("end{}", i), {63 - i});
      m.node("Slice", {fmt::format("x{}", i), "begin", fmt::format("end{}", i), "axis"}, {fmt::format("x{}", i + 1)});
    }
  });
  const auto integers = quantize(graph, random_samples(graph, 2), {});
  EXPECT_TRUE(integers.ok()) << integers.error().message();
}

TEST(Import, ListsEveryUnsupportedNode) {
  ModelBuilder m;
  m.input("x", {1, 4}).output("y");
  m.node("NonMaxSuppression", {"x"}, {"a"});
  m.node("Relu", {"a"}, {"b"});
  m.node("SVD", {"b"}, {"c"});
  m.node("Foo", {"c"}, {"y"}).proto()->set_domain("com.example");
  const std::string error = import_error(m);
  EXPECT_THAT(error, HasSubstr("3 problems: "));
  EXPECT_THAT(error, HasSubstr("a_node (NonMaxSuppression)"));
  EXPECT_THAT(error, HasSubstr("c_node (SVD)"));
  EXPECT_THAT(error, HasSubstr("y_node (Foo), domain com.example"));
}

TEST(Import, RefusesOldAndUnknownOperatorSets) {
  for (const int opset : {6, 99}) {
    ModelBuilder m(opset);
    m.input("x", {1, 4}).output("y");
    m.node("Relu", {"x"}, {"y"});
    EXPECT_THAT(import_error(m), HasSubstr(fmt::format("found {}", opset)));
  }
}

TEST(Import, NamesADynamicDimension) {
  ModelBuilder m;
  m.input("x", {1, 0}).output("y");
  m.node("Relu", {"x"}, {"y"});
  EXPECT_THAT(import_error(m), HasSubstr("input x: dimension 1 (dynamic) is dynamic"));
}

TEST(Import, TakesADynamicBatchAsOne) {
  ModelBuilder m;
  m.input("x", {0, 4}).output("y");
  m.node("Relu", {"x"}, {"y"});
  const Result<FloatGraph> graph = import_onnx(m.bytes(), "test.onnx");
  ASSERT_TRUE(graph.ok()) << graph.error().message();
  EXPECT_EQ(graph->values[graph->inputs[0]].shape, (Dims{1, 4}));
  EXPECT_EQ(graph->notes.size(), 1U);
}

TEST(Import, RefusesExternalData) {
  ModelBuilder m;
  m.input("x", {1, 4}).random("w", {4, 4}, 1.0F).output("y");
  m.node("MatMul", {"x", "w"}, {"y"});
  m.model().mutable_graph()->mutable_initializer(0)->set_data_location(onnx::TensorProto::EXTERNAL);
  EXPECT_THAT(import_error(m), HasSubstr("initialiser w: its values are in another file"));
}

TEST(Import, RefusesAShapeThatDoesNotFit) {
  ModelBuilder m;
  m.input("x", {1, 5}).random("w", {4, 4}, 1.0F).output("y");
  m.node("MatMul", {"x", "w"}, {"y"});
  EXPECT_THAT(import_error(m), HasSubstr("expected equal contracted dimensions, found shapes [1, 5] and [4, 4]"));
}

TEST(Import, NotesAConstantOutputAndRefusesAMissingOne) {
  ModelBuilder constant;
  constant.input("x", {1, 4}).random("w", {4}, 1.0F).output("y");
  constant.node("Relu", {"w"}, {"y"});
  const Result<FloatGraph> graph = import_onnx(constant.bytes(), "test.onnx");
  ASSERT_TRUE(graph.ok()) << graph.error().message();
  EXPECT_THAT(graph->notes, ::testing::Contains(HasSubstr("output y: it does not depend on an input")));
  ModelBuilder missing;
  missing.input("x", {1, 4}).output("z");
  missing.node("Relu", {"x"}, {"y"});
  EXPECT_THAT(import_error(missing), HasSubstr("output z"));
}

Result<Graph> doubling_graph(float weight = 2.0F) {
  ModelBuilder m;
  m.input("x", {1, 300}).constant("w", {1, 300}, std::vector<float>(300, weight)).output("y");
  m.node("Mul", {"x", "w"}, {"m"});
  m.node("Relu", {"m"}, {"y"});
  const Result<FloatGraph> graph = import_onnx(m.bytes(), "test.onnx");
  if (!graph.ok()) return graph.error();
  return quantize(*graph, random_samples(*graph, 4), {});
}

TEST(QuantizeInputs, RoundsHalfUpAndNamesBadElements) {
  const Result<Graph> graph = doubling_graph();
  ASSERT_TRUE(graph.ok()) << graph.error().message();
  const auto scale = static_cast<float>(graph->tensors[graph->inputs[0]].scale);
  std::vector<float> x(300, 0.0F);
  x[0] = 2.5F * scale;
  x[1] = -2.5F * scale;
  const auto good = quantize_inputs(*graph, std::vector<std::vector<float>>{x}, false);
  ASSERT_TRUE(good.ok()) << good.error().message();
  EXPECT_EQ((*good)[0][0], 3);
  EXPECT_EQ((*good)[0][1], -2);

  x[7] = 1000.0F;
  const auto beyond = quantize_inputs(*graph, std::vector<std::vector<float>>{x}, false);
  ASSERT_FALSE(beyond.ok());
  EXPECT_THAT(beyond.error().message(), HasSubstr("element 7"));
  EXPECT_THAT(beyond.error().message(), ::testing::Not(HasSubstr("1000")));
  const auto saturated = quantize_inputs(*graph, std::vector<std::vector<float>>{x}, true);
  ASSERT_TRUE(saturated.ok());
  EXPECT_EQ((*saturated)[0][7], 127);

  for (const float bad : {std::numeric_limits<float>::quiet_NaN(), std::numeric_limits<float>::infinity()}) {
    x[9] = bad;
    const auto refused = quantize_inputs(*graph, std::vector<std::vector<float>>{x}, true);
    ASSERT_FALSE(refused.ok());
    EXPECT_THAT(refused.error().message(), HasSubstr("element 9"));
  }
  x.pop_back();
  EXPECT_FALSE(quantize_inputs(*graph, std::vector<std::vector<float>>{x}, true).ok());
  EXPECT_FALSE(quantize_inputs(*graph, {}, true).ok());
}

TEST(Quantize, RefusesBadSamplesAndWeights) {
  ModelBuilder m;
  m.input("x", {1, 4}).output("y");
  m.node("Relu", {"x"}, {"y"});
  const Result<FloatGraph> graph = import_onnx(m.bytes(), "test.onnx");
  ASSERT_TRUE(graph.ok());
  EXPECT_FALSE(quantize(*graph, std::vector<Sample>{{{1, 2, 3}}}, {}).ok());
  EXPECT_FALSE(quantize(*graph, std::vector<Sample>{{{1, 2, 3, std::nanf("")}}}, {}).ok());
  EXPECT_FALSE(quantize(*graph, std::vector<Sample>{{{1, 2, 3, 4}}}, {12, true}).ok());
  EXPECT_FALSE(doubling_graph(std::numeric_limits<float>::infinity()).ok());
  EXPECT_FALSE(doubling_graph(std::nanf("")).ok());
}

TEST(Quantize, SynthesisesSamplesAndSaysSo) {
  const Result<FloatGraph> graph = import_onnx(small_cnn(), "test.onnx");
  ASSERT_TRUE(graph.ok());
  std::vector<std::string> notes;
  const Result<Graph> first = quantize(*graph, {}, {}, &notes);
  const Result<Graph> second = quantize(*graph, {}, {});
  ASSERT_TRUE(first.ok() && second.ok());
  EXPECT_THAT(notes, ::testing::Contains(HasSubstr("no calibration samples given")));
  ByteWriter a, b;
  write(a, *first);
  write(b, *second);
  EXPECT_EQ(a.bytes(), b.bytes());
}

}  // namespace
}  // namespace proofcard::graph
