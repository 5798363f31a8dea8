// The statistical part of the security stays above 200 bits, the whole at the cited estimate for the curve.
#include "host/statement/security.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "host/circuit/weight_range.hpp"
#include "host/compile/compile.hpp"
#include "tests/support/node_cases.hpp"

namespace proofcard::testing {
namespace {

TEST(Security, EveryNodeAndItsWeightRangeProof) {
  for (const NodeCase& node : node_cases()) {
    SCOPED_TRACE(node.name);
    compile::GraphMaker g(4);
    node.build(g);
    const auto circuit = compile::compile(g.graph(), {});
    ASSERT_TRUE(circuit.ok());
    for (const circuit::Circuit& c : {*circuit, circuit::weight_range_circuit(*circuit)}) {
      const statement::Security security = statement::estimate_security(c, circuit::make_layout(c));
      EXPECT_GT(security.statistical_bits, 200);
      EXPECT_LT(security.statistical_bits, 254);
      EXPECT_EQ(security.bits(), statement::kCurveBits);
      EXPECT_FALSE(security.steps.empty());
    }
  }
}

// The largest that validate() lets through is still above.
TEST(Security, LargeLayer) {
  compile::GraphMaker g(4);
  auto x = g.input({64, 32, 32});
  g.output(g.clamp(g.conv(x, 64, 3, 1, 1, {1}, 12), 0, 127));
  const auto circuit = compile::compile(g.graph(), {});
  ASSERT_TRUE(circuit.ok());
  EXPECT_GT(statement::estimate_security(*circuit, circuit::make_layout(*circuit)).statistical_bits, 200);
}

TEST(Security, IsThatOfTheWeakerPart) {
  statement::Security security;
  security.statistical_bits = 80;
  EXPECT_EQ(security.bits(), 80);
  security.statistical_bits = 200;
  EXPECT_EQ(security.bits(), statement::kCurveBits);
}

// The degree of the numerator of a sum of L fractions whose denominators have degree w in gamma, and the sum of all errors
// over the modulus (docs/protocol.md).
TEST(Security, CountsEveryLeafAndAddsUpTheSteps) {
  compile::GraphMaker g(4);
  g.output(g.clamp(g.conv(g.input({4, 8, 8}), 4, 3, 1, 1, {1}, 12), 0, 127));
  const auto circuit = compile::compile(g.graph(), {});
  ASSERT_TRUE(circuit.ok());
  const circuit::Layout layout = circuit::make_layout(*circuit);
  const statement::Security security = statement::estimate_security(*circuit, layout);
  EXPECT_EQ(security.steps[0].error_numerator, static_cast<double>(std::uint64_t{1} << layout.log_num_leaves) * 3);
  double sum = 0;
  for (const statement::Security::Step& step : security.steps) {
    EXPECT_GE(step.error_numerator, 1) << step.name;
    sum += step.error_numerator;
  }
  EXPECT_NEAR(security.statistical_bits,
              std::log2(21888242871839275222246405745257275088548364400416034343698204186575808495617.0 / sum), 0.01);
}

}  // namespace
}  // namespace proofcard::testing
