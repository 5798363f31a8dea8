// Security of the example models' proofs.
#include "host/statement/security.hpp"

#include <gtest/gtest.h>

#include "host/session/model.hpp"

namespace proofcard::tools {
namespace {

class SecurityTest : public ::testing::TestWithParam<const char*> {};

TEST_P(SecurityTest, StatisticalPartIsOver200Bits) {
  const std::string folder = std::string(PROOFCARD_SOURCE_DIR) + "/examples/" + GetParam();
  ModelOptions options;
  options.calibration = folder + "/samples.json";
  const auto compilation = compile_onnx(folder + "/model.onnx", options);
  ASSERT_TRUE(compilation.ok()) << compilation.error().message();
  const auto circuit = compile::compile(compilation->model.graph, compilation->model.options);
  ASSERT_TRUE(circuit.ok()) << circuit.error().message();
  const statement::Security security = statement::estimate_security(*circuit, circuit::make_layout(*circuit));
  EXPECT_GT(security.statistical_bits, 200);
  EXPECT_LT(security.statistical_bits, 254);
  EXPECT_EQ(security.bits(), statement::kCurveBits);
}

INSTANTIATE_TEST_SUITE_P(Examples, SecurityTest, ::testing::Values("lenet5", "mlp", "diagnosis", "credit"));

// The estimate follows the circuit: more leaves, more error.
TEST(SecurityEstimateTest, ShrinksWithTheNumberOfLeaves) {
  circuit::Layout small;
  small.log_num_leaves = 10;
  circuit::Layout large;
  large.log_num_leaves = 30;
  const circuit::Circuit empty;
  EXPECT_GT(statement::estimate_security(empty, small).statistical_bits,
            statement::estimate_security(empty, large).statistical_bits + 15);
}

}  // namespace
}  // namespace proofcard::tools
