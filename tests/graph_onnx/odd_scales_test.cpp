// Inputs and weights whose sizes differ by many orders of magnitude: compiling ends with a model or with an error that
// says what to do, and never in an abort.
#include <gtest/gtest.h>

#include "tests/graph_onnx/model_builder.hpp"

namespace proofcard::graph {
namespace {

// Gemm over inputs whose sizes go from 10^low to 10^high, an activation, another Gemm.
ModelBuilder model(const std::string& activation) {
  ModelBuilder b;
  b.input("x", {1, 6}).random("w", {6, 8}, 1.0F).random("c", {8}, 1.0F).random("v", {8, 3}, 1.0F);
  b.node("Gemm", {"x", "w", "c"}, {"h"});
  b.node(activation, {"h"}, {"a"});
  b.node("MatMul", {"a", "v"}, {"y"});
  b.output("y");
  return b;
}

std::vector<Sample> samples(double low, double high) {
  std::mt19937 random(3);
  std::vector<Sample> out;
  for (std::size_t s = 0; s < 20; ++s) {
    std::vector<float> x;
    for (std::size_t i = 0; i < 6; ++i) {
      const double size = std::pow(10.0, low + (high - low) * static_cast<double>(i) / 5);
      x.push_back(static_cast<float>(size * std::uniform_real_distribution<double>(-1, 1)(random)));
    }
    out.push_back({x});
  }
  return out;
}

TEST(OddScales, EndInAModelOrAnError) {
  std::size_t models = 0;
  std::size_t too_wide = 0;
  for (const std::string activation :
       {"Relu", "LeakyRelu", "Sigmoid", "Tanh", "Softmax", "Exp", "Softplus", "Abs", "Erf"}) {
    const Result<FloatGraph> graph = import_onnx(model(activation).bytes(), "model.onnx");
    ASSERT_TRUE(graph.ok()) << graph.error().message();
    for (const auto& [low, high] :
         {std::pair{-6.0, 9.0}, {-6.0, -3.0}, {5.0, 9.0}, {-2.0, 4.8}, {-9.0, 0.0}, {0.0, 30.0}}) {
      for (const unsigned bits : {8U, 16U}) {
        const Result<Graph> integers = quantize(*graph, samples(low, high), {bits, true, 32, {}});
        if (integers.ok()) {
          EXPECT_TRUE(validate(*integers).ok()) << activation << " " << low << " " << high << " " << bits;
          ++models;
        } else {
          const std::string what = integers.error().message();
          EXPECT_NE(what, "") << activation;
          too_wide +=
              what.find("2^32 steps") != std::string::npos && what.find("normalise") != std::string::npos ? 1U : 0U;
        }
      }
    }
  }
  EXPECT_GT(models, 30U);
  EXPECT_GT(too_wide, 0U);  // the rows of a table are counted in 32 bits
}

}  // namespace
}  // namespace proofcard::graph
