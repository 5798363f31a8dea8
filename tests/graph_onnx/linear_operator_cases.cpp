// Convolutions, matrices, sums and products.
#include "tests/graph_onnx/operator_cases.hpp"

namespace proofcard::graph {
namespace {

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

}  // namespace

std::vector<OperatorCase> linear_operator_cases() {
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

}  // namespace proofcard::graph
