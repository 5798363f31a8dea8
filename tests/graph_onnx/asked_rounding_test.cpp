// A rounding that the model asks for itself (QuantizeLinear) is that rounding: off by one only next to a tie.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <cmath>

#include "host/graph/executor.hpp"
#include "tests/graph_onnx/model_builder.hpp"

namespace proofcard::graph {
namespace {

// Steps of two rounded values and of their rounded sum are parts of 1, chosen so that no short multipliers come close to
// their ratios. The values are all steps from 0 to 1.
struct Parts {
  std::int64_t a, b, sum;
};

float step_of(std::int64_t parts) { return 1.0F / static_cast<float>(parts); }

FloatGraph rounded_sum(const Parts& parts) {
  ModelBuilder m;
  const std::int64_t n = (parts.a + 1) * (parts.b + 1);
  m.input("a", {1, n}).input("b", {1, n}).output("y");
  m.constant("step_a", {}, {step_of(parts.a)}).constant("step_b", {}, {step_of(parts.b)});
  m.constant("step_sum", {}, {step_of(parts.sum)});
  for (const std::string name : {"a", "b"}) {
    m.node("QuantizeLinear", {name, "step_" + name}, {"q_" + name});
    m.node("DequantizeLinear", {"q_" + name, "step_" + name}, {"x_" + name});
  }
  m.node("Add", {"x_a", "x_b"}, {"sum"});
  m.node("QuantizeLinear", {"sum", "step_sum"}, {"q"});
  m.node("DequantizeLinear", {"q", "step_sum"}, {"y"});
  return imported(m);
}

class AskedRounding : public ::testing::TestWithParam<unsigned> {
 protected:
  static void expect_rounded_once(const Parts& parts, unsigned bits) {
    SCOPED_TRACE(fmt::format("1/{} and 1/{} to 1/{}", parts.a, parts.b, parts.sum));
    Sample every(2);
    for (std::int64_t a = 0; a <= parts.a; ++a) {
      for (std::int64_t b = 0; b <= parts.b; ++b) {
        every[0].push_back(static_cast<float>(a) * step_of(parts.a));
        every[1].push_back(static_cast<float>(b) * step_of(parts.b));
      }
    }
    const FloatGraph model = rounded_sum(parts);
    const auto integers = quantize(model, std::vector<Sample>{every}, {bits, true});
    ASSERT_TRUE(integers.ok()) << integers.error().message();
    const auto inputs = quantize_inputs(*integers, every, true);
    ASSERT_TRUE(inputs.ok()) << inputs.error().message();
    Sink none;
    const auto outputs = execute(*integers, *inputs, none);
    ASSERT_TRUE(outputs.ok()) << outputs.error().message();
    const std::vector<double> found = dequantize_outputs(*integers, *outputs)[0];
    const auto sum = static_cast<double>(parts.sum);
    std::size_t i = 0;
    for (std::int64_t a = 0; a <= parts.a; ++a) {
      for (std::int64_t b = 0; b <= parts.b; ++b, ++i) {
        const double wanted = (static_cast<double>(a) / static_cast<double>(parts.a) +
                               static_cast<double>(b) / static_cast<double>(parts.b)) *
                              sum;
        const double step = std::round(found[i] * sum);
        const bool is_near_a_tie = std::abs(wanted - std::floor(wanted) - 0.5) < 1.0 / 16;
        ASSERT_LE(std::abs(step - std::round(wanted)), is_near_a_tie ? 1 : 0) << a << ", " << b << ": " << wanted;
      }
    }
  }
};

TEST_P(AskedRounding, SumsOfTwoScalesAreRoundedAsTheModelSays) {
  for (const Parts& parts :
       {Parts{63, 97, 61}, {101, 89, 67}, {71, 83, 59}, {55, 93, 77}, {120, 113, 101}, {37, 121, 53}, {127, 125, 63}}) {
    expect_rounded_once(parts, GetParam());
  }
}

INSTANTIATE_TEST_SUITE_P(Bits, AskedRounding, ::testing::Values(8U, 16U));

}  // namespace
}  // namespace proofcard::graph
