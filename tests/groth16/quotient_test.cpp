#include "host/groth16/quotient.hpp"

#include <gtest/gtest.h>

#include "tests/groth16/small_key.hpp"

namespace proofcard::groth16 {
namespace {

TEST(Quotient, SidesAreTheMatricesTimesTheWitness) {
  const testing::Folder folder;
  const testing::SmallCircuit circuit = testing::make_circuit(Fr::from_u64(9), Fr::from_i64(-4));
  const auto zkey = Zkey::open(folder.write("circuit.zkey", testing::zkey_of(circuit).bytes()));
  ASSERT_TRUE(zkey.ok()) << zkey.error().message();
  const auto witness = Witness::open(folder.write("witness.wtns", testing::wtns_of(circuit.witness).bytes()));
  ASSERT_TRUE(witness.ok()) << witness.error().message();
  const auto coefficients = zkey->coefficients();
  ASSERT_TRUE(coefficients.ok()) << coefficients.error().message();
  const std::size_t n = zkey->header().domain_size();
  const std::vector<Fr> sides = evaluate_sides(*coefficients, *witness, zkey->header().log_domain_size);
  ASSERT_EQ(sides.size(), 3 * n);
  for (std::size_t row = 0; row < n; ++row) {
    for (std::size_t matrix = 0; matrix < 2; ++matrix) {
      Fr expected;
      if (row < circuit.constraints.size()) {
        for (const auto& [signal, value] : circuit.constraints[row].sides[matrix]) {
          expected += value * circuit.witness[signal];
        }
      } else if (matrix == 0) {
        expected = circuit.witness[row - circuit.constraints.size()];
      }
      EXPECT_EQ(sides[matrix * n + row], expected) << row;
    }
  }
}

}  // namespace
}  // namespace proofcard::groth16
