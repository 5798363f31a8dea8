// A rounding that the model asks for itself (QuantizeLinear) is that rounding: off by one only next to a tie.
#include <gtest/gtest.h>

#include <cmath>

#include "host/graph/executor.hpp"
#include "tests/graph_onnx/model_builder.hpp"

namespace proofcard::graph {
namespace {

// Steps of two rounded values and of their rounded sum, chosen so that no short multipliers come close to their ratios.
constexpr float kStepA = 1.0F / 63, kStepB = 1.0F / 97, kStepSum = 1.0F / 61;
constexpr std::int64_t kMostA = 63, kMostB = 97;

FloatGraph rounded_sum() {
  ModelBuilder m;
  const std::int64_t n = (kMostA + 1) * (kMostB + 1);
  m.input("a", {1, n}).input("b", {1, n}).output("y");
  m.constant("step_a", {}, {kStepA}).constant("step_b", {}, {kStepB}).constant("step_sum", {}, {kStepSum});
  for (const std::string name : {"a", "b"}) {
    m.node("QuantizeLinear", {name, "step_" + name}, {"q_" + name});
    m.node("DequantizeLinear", {"q_" + name, "step_" + name}, {"x_" + name});
  }
  m.node("Add", {"x_a", "x_b"}, {"sum"});
  m.node("QuantizeLinear", {"sum", "step_sum"}, {"q"});
  m.node("DequantizeLinear", {"q", "step_sum"}, {"y"});
  return imported(m);
}

class AskedRounding : public ::testing::TestWithParam<unsigned> {};

TEST_P(AskedRounding, SumsOfTwoScalesAreRoundedAsTheModelSays) {
  Sample every(2);
  for (std::int64_t a = 0; a <= kMostA; ++a) {
    for (std::int64_t b = 0; b <= kMostB; ++b) {
      every[0].push_back(static_cast<float>(a) * kStepA);
      every[1].push_back(static_cast<float>(b) * kStepB);
    }
  }
  const FloatGraph model = rounded_sum();
  const auto integers = quantize(model, std::vector<Sample>{every}, {GetParam(), true});
  ASSERT_TRUE(integers.ok()) << integers.error().message();
  const auto inputs = quantize_inputs(*integers, every, true);
  ASSERT_TRUE(inputs.ok()) << inputs.error().message();
  Sink none;
  const auto outputs = execute(*integers, *inputs, none);
  ASSERT_TRUE(outputs.ok()) << outputs.error().message();
  const std::vector<double> found = dequantize_outputs(*integers, *outputs)[0];
  std::size_t i = 0;
  for (std::int64_t a = 0; a <= kMostA; ++a) {
    for (std::int64_t b = 0; b <= kMostB; ++b, ++i) {
      const double wanted = (static_cast<double>(a) / 63 + static_cast<double>(b) / 97) * 61;
      const double step = std::round(found[i] * 61);
      const bool is_near_a_tie = std::abs(wanted - std::floor(wanted) - 0.5) < 1.0 / 16;
      ASSERT_LE(std::abs(step - std::round(wanted)), is_near_a_tie ? 1 : 0) << a << ", " << b << ": " << wanted;
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Bits, AskedRounding, ::testing::Values(8U, 16U));

}  // namespace
}  // namespace proofcard::graph
