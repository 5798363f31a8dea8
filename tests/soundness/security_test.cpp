// The statistical part of the security stays above 200 bits, the whole at the cited estimate for the curve.
#include "host/statement/security.hpp"

#include <gtest/gtest.h>

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

}  // namespace
}  // namespace proofcard::testing
