// Every operator: ONNX file -> float graph -> integer graph -> execution, against the float executor.
//
// Bound: the largest error over 20 random inputs, as a fraction of the largest float output, is at most the case's
// bound.
#include <gtest/gtest.h>

#include <functional>

#include "host/graph/executor.hpp"
#include "tests/graph_onnx/model_builder.hpp"
#include "tests/graph_onnx/rebuilt.hpp"

namespace proofcard::graph {
namespace {

struct Case {
  std::string name;
  std::function<void(ModelBuilder&)> build;
  double bound8 = 0.03;
  double bound16 = 0.001;
  int opset = 13;
};

void PrintTo(const Case& c, std::ostream* os) { *os << c.name; }

class Operator : public testing::TestWithParam<Case> {};

TEST_P(Operator, StaysWithinItsBound) {
  const Case& c = GetParam();
  ModelBuilder m(c.opset);
  c.build(m);
  const Result<FloatGraph> graph = import_onnx(m.bytes(), "test.onnx");
  ASSERT_TRUE(graph.ok()) << graph.error().message();
  const std::vector<Sample> samples = random_samples(*graph, 20);
  for (const unsigned bits : {8U, 16U}) {
    const Result<Graph> integer = quantize(*graph, samples, {bits, bits == 8});
    ASSERT_TRUE(integer.ok()) << integer.error().message();
    const Result<AccuracyReport> report = compare(*graph, *integer, samples);
    ASSERT_TRUE(report.ok()) << report.error().message();
    for (const auto& out : report->outputs) {
      EXPECT_GT(out.max_abs_value, 0.0);
      EXPECT_LE(out.max_abs_error, (bits == 8 ? c.bound8 : c.bound16) * out.max_abs_value) << bits << " bits";
    }
  }
}

// The plan and the architecture, with whatever weights, give the graph again; with public weights, with these.
TEST_P(Operator, IsRebuiltFromItsPlan) {
  ModelBuilder m(GetParam().opset);
  GetParam().build(m);
  const Result<FloatGraph> graph = import_onnx(m.bytes(), "test.onnx");
  ASSERT_TRUE(graph.ok()) << graph.error().message();
  const std::vector<Sample> samples = random_samples(*graph, 20);
  expect_rebuilt(*graph, samples);
  expect_rebuilt(*graph, {});
  // Keys of dead and nearly dead layers.
  expect_rebuilt(with_other_weights(*graph, [](float, std::size_t) { return 0.0F; }), samples, true);
  expect_rebuilt(with_other_weights(*graph, [](float v, std::size_t) { return v * 1e-6F; }), samples, true);
}

// Inputs of the whole declared range, far from what calibration saw, stay inside the ranges that the graph declares.
TEST_P(Operator, AnyInputInRangeRuns) {
  ModelBuilder m(GetParam().opset);
  GetParam().build(m);
  const Result<FloatGraph> graph = import_onnx(m.bytes(), "test.onnx");
  ASSERT_TRUE(graph.ok()) << graph.error().message();
  std::mt19937 random(4);
  for (const unsigned bits : {8U, 16U}) {
    const Result<Graph> integer = quantize(*graph, random_samples(*graph, 4, -0.5F, 0.5F), {bits, bits == 8});
    ASSERT_TRUE(integer.ok()) << integer.error().message();
    for (int kind = 0; kind < 6; ++kind) {
      std::vector<IntVector> inputs;
      for (std::uint32_t id : integer->inputs) {
        const Tensor& t = integer->tensors[id];
        IntVector values(narrowest_int_type(t.lo, t.hi), tensor::num_elements(t.shape));
        for (std::size_t i = 0; i < values.size(); ++i) {
          const bool low = kind == 0 || (kind > 1 && random() % 2 == 0);
          values.set(i, kind == 5 ? std::uniform_int_distribution<std::int64_t>(t.lo, t.hi)(random)
                        : low     ? t.lo
                                  : t.hi);
        }
        inputs.push_back(std::move(values));
      }
      const Result<Trace> trace = execute(*integer, inputs);
      EXPECT_TRUE(trace.ok()) << trace.error().message();
    }
  }
}

// A convolution of an 8-channel plane, then `op` on its result.
std::function<void(ModelBuilder&)> after_conv(const std::string& op,
                                              const std::function<void(ModelBuilder::NodeBuilder)>& attributes = {}) {
  return [=](ModelBuilder& m) {
    m.input("x", {1, 3, 8, 8}).random("w", {8, 3, 3, 3}, 0.5F).random("b", {8}, 0.5F).output("y");
    m.node("Conv", {"x", "w", "b"}, {"c"}).ints("pads", {1, 1, 1, 1});
    const auto node = m.node(op, {"c"}, {"y"});
    if (attributes) attributes(node);
  };
}

// `op` alone on an input of 300 values.
std::function<void(ModelBuilder&)> alone(const std::string& op, const Dims& shape,
                                         const std::function<void(ModelBuilder::NodeBuilder)>& attributes = {}) {
  return [=](ModelBuilder& m) {
    m.input("x", shape).output("y");
    const auto node = m.node(op, {"x"}, {"y"});
    if (attributes) attributes(node);
  };
}

std::function<void(ModelBuilder&)> conv(const Dims& x, const Dims& w, const Dims& strides, const Dims& pads,
                                        const Dims& dilations, std::int64_t group) {
  return [=](ModelBuilder& m) {
    m.input("x", x).random("w", w, 0.5F).random("b", {w[0]}, 0.5F).output("y");
    m.node("Conv", {"x", "w", "b"}, {"y"})
        .ints("strides", strides)
        .ints("pads", pads)
        .ints("dilations", dilations)
        .integer("group", group);
  };
}

std::vector<Case> linear_cases() {
  return {
      {"ConvPlain", conv({1, 3, 9, 10}, {4, 3, 3, 3}, {1, 1}, {0, 0, 0, 0}, {1, 1}, 1)},
      {"ConvPaddedStrided", conv({1, 3, 9, 10}, {4, 3, 3, 3}, {2, 2}, {1, 1, 1, 1}, {1, 1}, 1)},
      {"ConvAsymmetric", conv({1, 3, 9, 10}, {4, 3, 3, 2}, {1, 2}, {0, 1, 2, 1}, {1, 1}, 1)},
      {"ConvDilated", conv({1, 3, 9, 10}, {4, 3, 3, 3}, {1, 1}, {2, 2, 2, 2}, {2, 2}, 1)},
      {"ConvGrouped", conv({1, 4, 9, 10}, {6, 2, 3, 3}, {1, 1}, {1, 1, 1, 1}, {1, 1}, 2)},
      {"ConvDepthwise", conv({1, 6, 9, 10}, {6, 1, 3, 3}, {1, 1}, {1, 1, 1, 1}, {1, 1}, 6)},
      {"ConvDepthMultiplier", conv({1, 4, 9, 10}, {8, 1, 3, 3}, {1, 1}, {1, 1, 1, 1}, {1, 1}, 4)},
      {"ConvPointwise", conv({1, 6, 9, 10}, {4, 6, 1, 1}, {1, 1}, {0, 0, 0, 0}, {1, 1}, 1)},
      {"ConvOneDimension", conv({1, 3, 30}, {4, 3, 5}, {2}, {2, 2}, {1}, 1)},
      {"ConvThreeDimensions", conv({1, 2, 5, 6, 7}, {3, 2, 3, 3, 3}, {1, 1, 1}, {1, 1, 1, 1, 1, 1}, {1, 1, 1}, 1)},
      {"ConvBatch", conv({2, 3, 6, 6}, {4, 3, 3, 3}, {1, 1}, {1, 1, 1, 1}, {1, 1}, 1)},
      {"ConvSameUpper",
       [](ModelBuilder& m) {
         m.input("x", {1, 3, 9, 10}).random("w", {4, 3, 3, 4}, 0.5F).output("y");
         m.node("Conv", {"x", "w"}, {"y"}).ints("strides", {2, 2}).text("auto_pad", "SAME_UPPER");
       }},
      {"ConvOverOneEntry", conv({1, 30, 1, 1}, {4, 30, 3, 3}, {1, 1}, {1, 1, 1, 1}, {1, 1}, 1)},
      {"ConvOverOneRow", conv({1, 6, 1, 30}, {4, 6, 3, 3}, {1, 1}, {2, 1, 2, 1}, {1, 1}, 1)},
      {"ConvOnReshapedInput",
       [](ModelBuilder& m) {
         m.input("x", {1, 196}).random("w", {4, 1, 3, 3}, 0.5F).integers("s", {-1, 1, 14, 14}).output("y");
         m.node("Reshape", {"x", "s"}, {"r"});
         m.node("Conv", {"r", "w"}, {"y"}).ints("pads", {1, 1, 1, 1});
       }},
      {"PoolsOnReshapedInput",
       [](ModelBuilder& m) {
         m.input("x", {1, 392}).integers("s", {-1, 2, 14, 14}).output("y");
         m.node("Reshape", {"x", "s"}, {"r"});
         m.node("MaxPool", {"r"}, {"p"})
             .ints("kernel_shape", {3, 3})
             .ints("pads", {1, 1, 1, 1})
             .ints("strides", {2, 2});
         m.node("AveragePool", {"p"}, {"y"}).ints("kernel_shape", {3, 3}).ints("pads", {1, 1, 1, 1});
       }},
      {"ConvOnTransposedFlattened",
       [](ModelBuilder& m) {
         // (height, width, channel) data, as other frameworks feed it.
         m.input("x", {1, 8, 9, 4}).random("w", {5, 4, 3, 3}, 0.5F).random("v", {280, 6}, 0.2F).output("y");
         m.integers("flat", {-1, 280});
         m.node("Transpose", {"x"}, {"t"}).ints("perm", {0, 3, 1, 2});
         m.node("Conv", {"t", "w"}, {"c"}).ints("pads", {1, 1, 0, 0});
         m.node("Transpose", {"c"}, {"u"}).ints("perm", {0, 2, 3, 1});
         m.node("Relu", {"u"}, {"r"});
         m.node("Slice", {"r", "st", "en", "ax"}, {"d"});
         m.node("Reshape", {"d", "flat"}, {"f"});
         m.node("MatMul", {"f", "v"}, {"y"});
         m.integers("st", {0}).integers("en", {7}).integers("ax", {1});
       }},
      {"GroupedConvThenConv",
       [](ModelBuilder& m) {
         m.input("x", {1, 4, 8, 8}).random("w", {8, 2, 3, 3}, 0.5F).random("v", {5, 8, 3, 3}, 0.3F).output("y");
         m.node("Conv", {"x", "w"}, {"a"}).integer("group", 2);
         m.node("Relu", {"a"}, {"r"});
         m.node("Conv", {"r", "v"}, {"y"}).ints("pads", {1, 1, 1, 1});
       }},
      {"Gemm",
       [](ModelBuilder& m) {
         m.input("x", {1, 40}).random("w", {10, 40}, 0.5F).random("b", {10}, 0.5F).output("y");
         m.node("Gemm", {"x", "w", "b"}, {"y"}).integer("transB", 1).real("alpha", 0.5F).real("beta", 2.0F);
       }},
      {"GemmBatch",
       [](ModelBuilder& m) {
         m.input("x", {3, 40}).random("w", {40, 10}, 0.5F).random("b", {1, 10}, 0.5F).output("y");
         m.node("Gemm", {"x", "w", "b"}, {"y"});
       }},
      {"FlattenGemm",
       [](ModelBuilder& m) {
         m.input("x", {1, 3, 8, 8}).random("w", {4, 3, 3, 3}, 0.5F).random("v", {10, 64}, 0.5F).output("y");
         m.node("Conv", {"x", "w"}, {"c"});
         m.node("MaxPool", {"c"}, {"p"})
             .ints("kernel_shape", {2, 2})
             .ints("strides", {2, 2})
             .ints("pads", {1, 1, 1, 1});
         m.node("Relu", {"p"}, {"r"});
         m.node("Flatten", {"r"}, {"f"});
         m.node("Gemm", {"f", "v"}, {"y"}).integer("transB", 1);
       }},
      {"TransposeFlattenGemm",
       [](ModelBuilder& m) {
         m.input("x", {1, 5, 6, 7}).random("w", {10, 210}, 0.5F).output("y");
         m.node("Transpose", {"x"}, {"t"}).ints("perm", {0, 2, 3, 1});
         m.node("Flatten", {"t"}, {"f"});
         m.node("Gemm", {"f", "w"}, {"y"}).integer("transB", 1);
       }},
      {"MatMulAdd",
       [](ModelBuilder& m) {
         m.input("x", {1, 5, 40}).random("w", {40, 10}, 0.5F).random("b", {10}, 0.5F).output("y");
         m.node("MatMul", {"x", "w"}, {"a"});
         m.node("Add", {"b", "a"}, {"y"});
       }},
      {"MatMulConstantLeft",
       [](ModelBuilder& m) {
         m.input("x", {1, 40, 10}).random("w", {6, 40}, 0.5F).output("y");
         m.node("MatMul", {"w", "x"}, {"y"});
       }},
      {"MatMulOfActivations",
       [](ModelBuilder& m) {
         m.input("x", {1, 2, 10, 20}).output("y");
         m.node("Transpose", {"x"}, {"t"}).ints("perm", {0, 1, 3, 2});
         m.node("MatMul", {"x", "t"}, {"y"});
       }},
      {"BatchNormAfterConv",
       [](ModelBuilder& m) {
         m.input("x", {1, 3, 8, 8}).random("w", {4, 3, 3, 3}, 0.5F).output("y");
         m.constant("s", {4}, {0.5F, 2.0F, -1.0F, 0.1F}).random("b", {4}, 0.5F).random("mean", {4}, 0.5F);
         m.constant("var", {4}, {0.5F, 2.0F, 1.0F, 0.1F});
         m.node("Conv", {"x", "w"}, {"c"});
         m.node("BatchNormalization", {"c", "s", "b", "mean", "var"}, {"n"});
         m.node("Relu", {"n"}, {"y"});
       }},
      {"BatchNormAlone",
       [](ModelBuilder& m) {
         m.input("x", {1, 4, 9, 9}).constant("s", {4}, {0.5F, 2.0F, -1.0F, 0.1F}).random("b", {4}, 0.5F).output("y");
         m.random("mean", {4}, 0.5F).constant("var", {4}, {0.5F, 2.0F, 1.0F, 0.1F});
         m.node("BatchNormalization", {"x", "s", "b", "mean", "var"}, {"y"});
       }},
      {"ResidualBlock",
       [](ModelBuilder& m) {
         m.input("x", {1, 4, 8, 8}).random("w", {4, 4, 3, 3}, 0.3F).random("v", {4, 4, 3, 3}, 0.3F).output("y");
         m.node("Conv", {"x", "w"}, {"a"}).ints("pads", {1, 1, 1, 1});
         m.node("Relu", {"a"}, {"b"});
         m.node("Conv", {"b", "v"}, {"c"}).ints("pads", {1, 1, 1, 1});
         m.node("Add", {"c", "x"}, {"d"});
         m.node("Relu", {"d"}, {"y"});
       },
       0.06},
      {"ResidualDownsample",
       [](ModelBuilder& m) {
         m.input("x", {1, 4, 8, 8}).random("w", {6, 4, 3, 3}, 0.3F).random("v", {6, 4, 1, 1}, 0.3F).output("y");
         m.node("Conv", {"x", "w"}, {"a"}).ints("pads", {1, 1, 1, 1}).ints("strides", {2, 2});
         m.node("Conv", {"x", "v"}, {"b"}).ints("strides", {2, 2});
         m.node("Add", {"a", "b"}, {"d"});
         m.node("Relu", {"d"}, {"y"});
       }},
  };
}

std::vector<Case> elementwise_cases() {
  std::vector<Case> cases = {
      {"LeakyRelu", after_conv("LeakyRelu", [](auto n) { n.real("alpha", 0.1F); })},
      {"Elu", after_conv("Elu")},
      {"HardSigmoid", after_conv("HardSigmoid")},
      {"Gelu20", after_conv("Gelu"), 0.03, 0.001, 20},
      {"GeluTanh20", after_conv("Gelu", [](auto n) { n.text("approximate", "tanh"); }), 0.03, 0.001, 20},
      {"HardSwish", after_conv("HardSwish"), 0.03, 0.001, 14},
      {"Clip6", [](ModelBuilder& m) { after_conv("Clip", [](auto n) { n.real("min", 0.0F).real("max", 1.0F); })(m); },
       0.03, 0.001, 10},
      {"ClipInputs",
       [](ModelBuilder& m) {
         m.input("x", {1, 400}).constant("lo", {}, {-0.25F}).constant("hi", {}, {0.5F}).output("y");
         m.node("Clip", {"x", "lo", "hi"}, {"y"});
       }},
      {"GeluWrittenOut",
       [](ModelBuilder& m) {
         m.input("x", {1, 400})
             .constant("r", {}, {1.41421356F})
             .constant("one", {}, {1.0F})
             .constant("half", {}, {0.5F});
         m.output("y");
         m.node("Div", {"x", "r"}, {"a"});
         m.node("Erf", {"a"}, {"b"});
         m.node("Add", {"b", "one"}, {"c"});
         m.node("Mul", {"x", "c"}, {"d"});
         m.node("Mul", {"d", "half"}, {"y"});
       }},
      {"MulOfActivations",
       [](ModelBuilder& m) {
         m.input("x", {1, 400}).output("y");
         m.node("Sigmoid", {"x"}, {"s"});
         m.node("Mul", {"x", "s"}, {"y"});
       }},
      {"AddSubScale",
       [](ModelBuilder& m) {
         m.input("x", {1, 4, 300})
             .input("z", {1, 4, 300})
             .constant("k", {}, {-0.3F})
             .random("c", {4, 1}, 1.0F)
             .output("y");
         m.node("Mul", {"z", "k"}, {"a"});
         m.node("Sub", {"x", "a"}, {"b"});
         m.node("Add", {"b", "c"}, {"d"});
         m.node("Div", {"d", "k"}, {"y"});
       }},
      {"SubConstantLeft",
       [](ModelBuilder& m) {
         m.input("x", {1, 400}).constant("k", {}, {1.5F}).output("y");
         m.node("Sub", {"k", "x"}, {"y"});
       }},
      {"NormaliseInput",
       [](ModelBuilder& m) {
         m.input("x", {1, 3, 10, 10})
             .constant("mean", {3, 1, 1}, {0.1F, 0.2F, 0.3F})
             .constant("std", {3, 1, 1}, {0.5F, 0.25F, 0.3F});
         m.random("w", {4, 3, 3, 3}, 0.5F).output("y");
         m.node("Sub", {"x", "mean"}, {"a"});
         m.node("Div", {"a", "std"}, {"b"});
         m.node("Conv", {"b", "w"}, {"y"});
       }},
      {"Selu", after_conv("Selu"), 0.06},
      {"PReluPerChannel",
       [](ModelBuilder& m) {
         m.input("x", {1, 4, 10, 10}).constant("s", {4, 1, 1}, {0.1F, 0.5F, -0.25F, 2.0F}).output("y");
         m.node("PRelu", {"x", "s"}, {"y"});
       }},
      {"Relu6AfterConv",
       [](ModelBuilder& m) {
         m.input("x", {1, 3, 10, 10})
             .random("w", {4, 3, 3, 3}, 0.9F)
             .constant("lo", {}, {0.0F})
             .constant("hi", {}, {1.0F});
         m.output("y");
         m.node("Conv", {"x", "w"}, {"c"});
         m.node("Clip", {"c", "lo", "hi"}, {"y"});
       },
       0.05},
      {"QuantizedModel",
       [](ModelBuilder& m) {
         m.input("x", {1, 400}).random("w", {400, 10}, 0.3F).constant("s", {}, {0.05F}).output("y");
         m.node("MatMul", {"x", "w"}, {"a"});
         m.node("Relu", {"a"}, {"r"});
         m.node("QuantizeLinear", {"r", "s"}, {"q"});
         m.node("DequantizeLinear", {"q", "s"}, {"y"});
       },
       0.03, 0.012},
      {"LayerNormWrittenOut",
       [](ModelBuilder& m) {
         m.input("x", {1, 5, 64})
             .constant("two", {}, {2.0F})
             .constant("eps", {}, {1e-5F})
             .random("g", {64}, 1.0F)
             .output("y");
         m.node("ReduceMean", {"x"}, {"mean"}).ints("axes", {-1});
         m.node("Sub", {"x", "mean"}, {"d"});
         m.node("Pow", {"d", "two"}, {"sq"});
         m.node("ReduceMean", {"sq"}, {"var"}).ints("axes", {-1});
         m.node("Add", {"var", "eps"}, {"ve"});
         m.node("Sqrt", {"ve"}, {"sd"});
         m.node("Div", {"d", "sd"}, {"n"});
         m.node("Mul", {"n", "g"}, {"y"});
       },
       0.03, 0.002},
      {"PowSquare",
       [](ModelBuilder& m) {
         m.input("x", {1, 400}).constant("two", {}, {2.0F}).output("y");
         m.node("Pow", {"x", "two"}, {"y"});
       }},
      {"SqrtOfSquare",
       [](ModelBuilder& m) {
         m.input("x", {1, 400}).constant("k", {}, {0.25F}).output("y");
         m.node("Mul", {"x", "x"}, {"a"});
         m.node("Add", {"a", "k"}, {"b"});
         m.node("Sqrt", {"b"}, {"y"});
       }},
      {"SoftmaxAfterGemm",
       [](ModelBuilder& m) {
         m.input("x", {1, 400}).random("w", {400, 10}, 0.3F).output("y");
         m.node("MatMul", {"x", "w"}, {"a"});
         m.node("Softmax", {"a"}, {"y"}).integer("axis", 1);
       }},
      {"SoftmaxMiddleAxis", alone("Softmax", {1, 7, 5, 9}, [](auto n) { n.integer("axis", 1); })},
  };
  for (const char* op : {"Relu", "Sigmoid", "Tanh", "Exp", "Erf", "Softplus", "Abs"}) {
    cases.push_back({op, after_conv(op)});
    cases.push_back({std::string(op) + "Alone", alone(op, {1, 400})});
  }
  return cases;
}

std::vector<Case> pool_and_shape_cases() {
  const auto window = [](const Dims& k, const Dims& s, const Dims& p) {
    return [=](ModelBuilder::NodeBuilder n) { n.ints("kernel_shape", k).ints("strides", s).ints("pads", p); };
  };
  return {
      {"MaxPool2", alone("MaxPool", {1, 4, 10, 12}, window({2, 2}, {2, 2}, {0, 0, 0, 0}))},
      {"MaxPool3Stride2Padded", alone("MaxPool", {1, 4, 9, 11}, window({3, 3}, {2, 2}, {1, 1, 1, 1}))},
      {"MaxPool3Stride1", alone("MaxPool", {1, 4, 9, 11}, window({3, 2}, {1, 1}, {1, 0, 1, 0}))},
      {"MaxPoolCeil", alone("MaxPool", {1, 4, 10, 10},
                            [](auto n) {
                              n.ints("kernel_shape", {3, 3}).ints("strides", {2, 2}).integer("ceil_mode", 1);
                            })},
      {"GlobalMaxPool", alone("GlobalMaxPool", {1, 9, 7, 7})},
      {"ReluAfterMaxPool",
       [](ModelBuilder& m) {
         m.input("x", {1, 3, 8, 8}).random("w", {4, 3, 3, 3}, 0.5F).output("y");
         m.node("Conv", {"x", "w"}, {"c"});
         m.node("MaxPool", {"c"}, {"p"}).ints("kernel_shape", {2, 2}).ints("strides", {2, 2});
         m.node("Relu", {"p"}, {"y"});
       }},
      {"AveragePool2", alone("AveragePool", {1, 4, 10, 12}, window({2, 2}, {2, 2}, {0, 0, 0, 0}))},
      {"AveragePool3Padded", alone("AveragePool", {1, 4, 9, 11}, window({3, 3}, {2, 2}, {1, 1, 1, 1}))},
      {"AveragePool3IncludePad",
       alone("AveragePool", {1, 4, 9, 11},
             [](auto n) {
               n.ints("kernel_shape", {3, 3}).ints("pads", {1, 1, 1, 1}).integer("count_include_pad", 1);
             })},
      {"GlobalAveragePoolGemm",
       [](ModelBuilder& m) {
         m.input("x", {1, 9, 7, 7}).random("w", {9, 5}, 0.5F).output("y");
         m.node("GlobalAveragePool", {"x"}, {"a"});
         m.node("Flatten", {"a"}, {"f"});
         m.node("MatMul", {"f", "w"}, {"y"});
       }},
      {"ReduceMean18",
       [](ModelBuilder& m) {
         m.input("x", {1, 9, 7, 7}).integers("axes", {2, -1}).output("y");
         m.node("ReduceMean", {"x", "axes"}, {"y"}).integer("keepdims", 0);
       },
       0.03, 0.001, 18},
      {"ReduceSum11", alone("ReduceSum", {1, 9, 7, 7}, [](auto n) { n.ints("axes", {1}); }), 0.03, 0.001, 11},
      {"ReduceMax", alone("ReduceMax", {1, 9, 7, 5},
                          [](auto n) {
                            n.ints("axes", {1, 3}).integer("keepdims", 0);
                          })},
      {"TransposeOutput", alone("Transpose", {1, 9, 7, 5},
                                [](auto n) {
                                  n.ints("perm", {0, 3, 1, 2});
                                })},
      {"ReshapeChain",
       [](ModelBuilder& m) {
         // Shape -> Gather -> Unsqueeze -> Concat -> Reshape, as exporters write x.view(x.size(0), -1).
         m.input("x", {0, 4, 9, 11})
             .integers("zero", {0}, true)
             .integers("axis", {0})
             .integers("minus", {-1})
             .output("y");
         m.node("Shape", {"x"}, {"s"});
         m.node("Gather", {"s", "zero"}, {"g"}).integer("axis", 0);
         m.node("Unsqueeze", {"g", "axis"}, {"u"});
         m.node("Concat", {"u", "minus"}, {"t"}).integer("axis", 0);
         m.node("Reshape", {"x", "t"}, {"r"});
         m.node("Relu", {"r"}, {"y"});
       }},
      {"SliceSplitConcat",
       [](ModelBuilder& m) {
         m.input("x", {1, 6, 9, 11})
             .integers("sizes", {2, 4})
             .integers("st", {1})
             .integers("en", {9223372036854775807})
             .output("y");
         m.integers("ax", {2}).integers("step", {2});
         m.node("Split", {"x", "sizes"}, {"a", "b"}).integer("axis", 1);
         m.node("Relu", {"a"}, {"r"});
         m.node("Concat", {"b", "r", "a"}, {"c"}).integer("axis", 1);
         m.node("Slice", {"c", "st", "en", "ax", "step"}, {"d"});
         m.node("Relu", {"d"}, {"y"});
       }},
      {"ConcatOfScales",
       [](ModelBuilder& m) {
         m.input("x", {1, 3, 8, 8}).random("w", {4, 3, 3, 3}, 0.5F).random("v", {5, 3, 3, 3}, 0.1F).output("y");
         m.node("Conv", {"x", "w"}, {"a"});
         m.node("Conv", {"x", "v"}, {"b"});
         m.node("Relu", {"a"}, {"ra"});
         m.node("Relu", {"b"}, {"rb"});
         m.node("Concat", {"ra", "rb"}, {"y"}).integer("axis", 1);
       }},
      {"ConcatLeadingAxis",
       [](ModelBuilder& m) {
         m.input("x", {1, 300}).input("z", {1, 300}).output("y");
         m.node("Concat", {"x", "z"}, {"y"}).integer("axis", 0);
       }},
      {"PadThenConv",
       [](ModelBuilder& m) {
         m.input("x", {1, 3, 8, 8})
             .random("w", {4, 3, 3, 3}, 0.5F)
             .integers("pads", {0, 0, 1, 2, 0, 0, 2, 1})
             .output("y");
         m.node("Pad", {"x", "pads"}, {"p"});
         m.node("Conv", {"p", "w"}, {"y"});
       }},
      {"GatherOne",
       [](ModelBuilder& m) {
         m.input("x", {1, 9, 40}).integers("i", {-2}, true).random("w", {40, 5}, 0.5F).output("y");
         m.node("Gather", {"x", "i"}, {"g"}).integer("axis", 1);
         m.node("MatMul", {"g", "w"}, {"y"});
       }},
      {"GatherUneven",
       [](ModelBuilder& m) {
         m.input("x", {1, 9, 40}).integers("i", {3, 0, 7, 7}).output("y");
         m.node("Gather", {"x", "i"}, {"y"}).integer("axis", 1);
       }},
      {"SqueezeUnsqueeze",
       [](ModelBuilder& m) {
         m.input("x", {1, 9, 1, 40}).integers("a", {2}).integers("b", {0, 3}).output("y");
         m.node("Squeeze", {"x", "a"}, {"s"});
         m.node("Unsqueeze", {"s", "b"}, {"u"});
         m.node("Relu", {"u"}, {"y"});
       }},
      {"ChannelShuffle",
       [](ModelBuilder& m) {
         m.input("x", {1, 6, 8, 8}).random("w", {4, 6, 3, 3}, 0.5F).output("y");
         m.integers("split", {1, 2, 3, 8, 8}).integers("merge", {1, 6, 8, 8});
         m.node("Reshape", {"x", "split"}, {"a"});
         m.node("Transpose", {"a"}, {"b"}).ints("perm", {0, 2, 1, 3, 4});
         m.node("Reshape", {"b", "merge"}, {"c"});
         m.node("Conv", {"c", "w"}, {"y"}).ints("pads", {1, 1, 1, 1});
       }},
      {"SqueezeAndExcite",
       [](ModelBuilder& m) {
         m.input("x", {1, 6, 8, 8}).random("w", {6, 6, 1, 1}, 1.0F).output("y");
         m.node("GlobalAveragePool", {"x"}, {"a"});
         m.node("Conv", {"a", "w"}, {"b"});
         m.node("Sigmoid", {"b"}, {"s"});
         m.node("Mul", {"x", "s"}, {"y"});
       }},
      {"Expand",
       [](ModelBuilder& m) {
         m.input("x", {1, 300, 1}).integers("to", {2, 300, 3}).output("y");
         m.node("Expand", {"x", "to"}, {"y"});
       }},
      {"DropoutIdentityCast",
       [](ModelBuilder& m) {
         m.input("x", {1, 300}).output("y");
         m.node("Dropout", {"x"}, {"d", "mask"});
         m.node("Identity", {"d"}, {"i"});
         m.node("Cast", {"i"}, {"c"}).integer("to", onnx::TensorProto::FLOAT);
         m.node("Relu", {"c"}, {"y"});
       }},
      {"TwoOutputs",
       [](ModelBuilder& m) {
         m.input("x", {1, 3, 8, 8}).random("w", {4, 3, 3, 3}, 0.5F).output("c").output("y");
         m.node("Conv", {"x", "w"}, {"c"});
         m.node("Relu", {"c"}, {"y"});
       }},
      {"LayerNorm",
       [](ModelBuilder& m) {
         m.input("x", {1, 5, 64}).random("s", {64}, 1.0F).random("b", {64}, 0.5F).output("y");
         m.node("LayerNormalization", {"x", "s", "b"}, {"y"});
       },
       0.03, 0.002, 17},
      {"ConvTranspose",
       [](ModelBuilder& m) {
         m.input("x", {1, 3, 7, 8}).random("w", {3, 4, 3, 3}, 0.5F).random("b", {4}, 0.5F).output("y");
         m.node("ConvTranspose", {"x", "w", "b"}, {"y"})
             .ints("strides", {2, 2})
             .ints("pads", {1, 1, 1, 1})
             .ints("output_padding", {1, 1});
       }},
      {"PadValue",
       [](ModelBuilder& m) {
         m.input("x", {1, 3, 10, 10}).integers("pads", {0, 0, 1, 2, 0, 0, 2, 1}).constant("v", {}, {0.5F}).output("y");
         m.node("Pad", {"x", "pads", "v"}, {"y"});
       }},
      {"PadReflect",
       [](ModelBuilder& m) {
         m.input("x", {1, 3, 10, 10}).integers("pads", {0, 0, 1, 2, 0, 0, 2, 1}).output("y");
         m.node("Pad", {"x", "pads"}, {"y"}).text("mode", "reflect");
       }},
      {"ConcatConstant",
       [](ModelBuilder& m) {
         m.input("x", {1, 3, 100}).random("c", {1, 2, 100}, 1.0F).output("y");
         m.node("Concat", {"c", "x"}, {"y"}).integer("axis", 1);
       }},
      {"PadOneEntry",
       [](ModelBuilder& m) {
         m.input("x", {1, 30, 1, 5}).integers("pads", {0, 0, 1, 2, 0, 0, 2, 1}).output("y");
         m.node("Pad", {"x", "pads"}, {"y"});
       }},
      {"AveragePoolOneEntry", alone("AveragePool", {1, 30, 1, 9}, window({3, 3}, {1, 1}, {1, 1, 1, 1}))},
      {"MaxPoolOneEntry", alone("MaxPool", {1, 30, 1, 9}, window({3, 3}, {1, 1}, {1, 1, 1, 1}))},
      {"ConvTransposeFromOneEntry",
       [](ModelBuilder& m) {
         m.input("x", {1, 30, 1, 1}).random("w", {30, 4, 4, 3}, 0.5F).random("b", {4}, 0.5F).output("y");
         m.node("ConvTranspose", {"x", "w", "b"}, {"c"}).ints("strides", {2, 1}).ints("pads", {1, 0, 0, 1});
         m.node("Relu", {"c"}, {"y"});
       }},
      {"ConvTransposeStride1",
       [](ModelBuilder& m) {
         m.input("x", {1, 4, 7, 8}).random("w", {4, 2, 3, 2}, 0.5F).output("y");
         m.node("ConvTranspose", {"x", "w"}, {"y"}).ints("dilations", {2, 1}).integer("group", 2);
       }},
  };
}

std::string case_name(const testing::TestParamInfo<Case>& info) { return info.param.name; }

INSTANTIATE_TEST_SUITE_P(Linear, Operator, testing::ValuesIn(linear_cases()), case_name);
INSTANTIATE_TEST_SUITE_P(Elementwise, Operator, testing::ValuesIn(elementwise_cases()), case_name);
INSTANTIATE_TEST_SUITE_P(PoolsAndShapes, Operator, testing::ValuesIn(pool_and_shape_cases()), case_name);

TEST(ArgMax, FindsTheFirstOrLastMaximum) {
  for (const bool last : {false, true}) {
    ModelBuilder m;
    m.input("x", {2, 7}).output("y");
    m.node("ArgMax", {"x"}, {"y"}).integer("axis", 1).integer("keepdims", 0).integer("select_last_index", last ? 1 : 0);
    const Result<FloatGraph> graph = import_onnx(m.bytes(), "test.onnx");
    ASSERT_TRUE(graph.ok()) << graph.error().message();
    const std::vector<Sample> samples = {{{0, -1, 3, 3, 2, 3, 1, -5, -5, -7, -8, -5, -6, -9}}};
    const Result<Graph> integer = quantize(*graph, samples, {});
    ASSERT_TRUE(integer.ok()) << integer.error().message();
    const Result<AccuracyReport> report = compare(*graph, *integer, samples);
    ASSERT_TRUE(report.ok()) << report.error().message();
    EXPECT_EQ(report->outputs[0].max_abs_error, 0.0);
    EXPECT_EQ(report->outputs[0].max_abs_value, last ? 5.0 : 2.0);
  }
}

}  // namespace
}  // namespace proofcard::graph
