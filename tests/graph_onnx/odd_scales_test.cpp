// Inputs and weights whose sizes differ by many orders of magnitude: compiling ends with a model or with an error that
// says what to do, and never in an abort.
#include <gtest/gtest.h>

#include "host/graph/quantize/accuracy/accuracy.hpp"
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

// Of every output, the largest error by the largest value, with the plan that goes into a file.
std::vector<double> errors(const ModelBuilder& model, unsigned bits) {
  const Result<FloatGraph> graph = import_onnx(model.bytes(), "model.onnx");
  EXPECT_TRUE(graph.ok()) << graph.error().message();
  const std::vector<Sample> given = random_samples(*graph, 20);
  QuantisationPlan plan;
  const Result<Graph> integers = quantize(*graph, given, {bits, true, 32, {}}, nullptr, &plan);
  EXPECT_TRUE(integers.ok()) << integers.error().message();
  ByteWriter file;
  write(file, plan);
  ByteReader reader(file.bytes(), "plan");
  const Result<QuantisationPlan> read = read_quantisation_plan(reader);
  EXPECT_TRUE(read.ok()) << read.error().message();
  std::vector<double> out;
  if (integers.ok() && read.ok()) {
    const Result<AccuracyReport> report = compare(*graph, *integers, given);
    EXPECT_TRUE(report.ok()) << report.error().message();
    for (const AccuracyReport::Output& o : report->outputs) {
      out.push_back(o.max_abs_error / std::max(o.max_abs_value, 1e-300));
    }
  }
  return out;
}

TEST(OddScales, OutputsMayBeAsSmallAsFloatsAre) {
  ModelBuilder b;
  b.input("x", {1, 6}).random("w", {6, 8}, 1e-17F).random("v", {8, 3}, 1e-16F).output("y");
  b.node("MatMul", {"x", "w"}, {"h"});
  b.node("Tanh", {"h"}, {"t"});
  b.node("MatMul", {"t", "v"}, {"y"});
  for (const double error : errors(b, 16)) {
    EXPECT_LT(error, 0.01);
  }
}

TEST(OddScales, WhatHasDecayedToNothingIsNothing) {
  ModelBuilder b;
  b.input("x", {1, 6}).random("w", {6, 3}, 1e-39F).random("v", {6, 3}, 1e-40F).random("u", {6, 3}, 1.0F).output("y");
  b.node("MatMul", {"x", "w"}, {"a"});
  b.node("MatMul", {"x", "v"}, {"b"});
  b.node("Mul", {"a", "b"}, {"c"});
  b.node("MatMul", {"x", "u"}, {"d"});
  b.node("Add", {"c", "d"}, {"y"});
  for (const unsigned bits : {8U, 16U}) {
    for (const double error : errors(b, bits)) {
      EXPECT_LT(error, 0.05) << bits;
    }
  }
}

}  // namespace
}  // namespace proofcard::graph
