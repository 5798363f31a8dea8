// Hyrax openings: many slots of several columns at several points; every forged claim, commitment and message is
// rejected.
#include <gtest/gtest.h>

#include <bit>

#include "host/pcs/hyrax/prover.hpp"
#include "host/pcs/hyrax/verifier.hpp"
#include "tests/support/channels.hpp"
#include "tests/support/random.hpp"

namespace proofcard::pcs::hyrax {
namespace {

using testing::Random;

struct Case {
  Generators generators;
  std::vector<IntVector> columns;
  std::vector<unsigned> log_row_len;
  std::vector<std::vector<curve::G1Affine>> rows;
  std::vector<Claim<Fr>> claims;
  Bytes proof;
};

Case make_case(Random& random, unsigned log_row_len) {
  Case c;
  c.generators = derive(log_row_len);
  const kernels::Msm& msm = kernels::cpu_msm();
  auto bases = msm.load_bases(c.generators);
  EXPECT_TRUE(bases.ok());
  const auto add_column = [&](IntType type, std::size_t num_rows, unsigned row_len) {
    c.columns.push_back(random.ints(type, num_rows << row_len));
    c.log_row_len.push_back(row_len);
    auto rows = commit(msm, **bases, c.columns.back().view(), row_len, {});
    EXPECT_TRUE(rows.ok());
    c.rows.push_back(*rows);
  };
  add_column(IntType::kI8, 5, log_row_len);
  add_column(IntType::kI16, 2, log_row_len);
  add_column(IntType::kI32, 4, log_row_len - 2);  // a committed tensor may have shorter rows
  const auto add_claim = [&](std::uint32_t column, std::size_t offset, unsigned vars) {
    poly::Point point = random.frs(vars);
    const Fr value = poly::evaluate(int_subspan(c.columns[column].view(), offset, std::size_t{1} << vars), point);
    c.claims.push_back({column, offset, std::move(point), value});
  };
  const std::size_t row = std::size_t{1} << log_row_len;
  add_claim(0, 0, log_row_len + 2);    // four rows
  add_claim(0, 4 * row, log_row_len);  // one row
  add_claim(0, 4 * row + 8, 3);        // part of a row
  add_claim(1, row, log_row_len);
  add_claim(1, row + 1, 0);         // one value
  add_claim(2, 0, log_row_len);     // four short rows
  c.claims.push_back(c.claims[0]);  // the same claim twice
  std::vector<ColumnValues> values;
  for (std::size_t i = 0; i < c.columns.size(); ++i) {
    values.push_back({c.columns[i].view(), c.log_row_len[i], {}});
  }
  ProverChannel prover = testing::prover_channel();
  EXPECT_TRUE(open(prover, {msm, kernels::cpu_int_gemm()}, c.generators, **bases, values, c.claims).ok());
  c.proof = prover.take_proof();
  return c;
}

Status check(const Case& c, ByteView proof) {
  VerifierChannel channel = testing::verifier_channel(proof);
  std::vector<ColumnCommitment> columns;
  for (std::size_t i = 0; i < c.rows.size(); ++i) {
    columns.push_back({c.rows[i], c.log_row_len[i]});
  }
  std::vector<Claim<Value>> claims;
  for (const Claim<Fr>& claim : c.claims) {
    claims.push_back({claim.column, claim.offset, claim.point, claim.value});
  }
  PROOFCARD_TRY(VectorEquation equation,
                verify_opening(channel, static_cast<unsigned>(std::countr_zero(c.generators.size())), columns, claims));
  PROOFCARD_RETURN_IF_ERROR(check_vector_equation(kernels::cpu_msm(), c.generators, std::move(equation)));
  return channel.expect_end();
}

class HyraxTest : public ::testing::TestWithParam<unsigned> {};

TEST_P(HyraxTest, AcceptsTrueClaimsAndRejectsForgedOnes) {
  Random random(GetParam());
  Case c = make_case(random, GetParam());
  ASSERT_TRUE(check(c, c.proof).ok()) << check(c, c.proof).error().message();
  for (Claim<Fr>& claim : c.claims) {
    claim.value += Fr::one();
    EXPECT_FALSE(check(c, c.proof).ok());
    claim.value -= Fr::one();
  }
  for (auto& rows : c.rows) {
    const curve::G1Affine honest = rows.back();  // every last row has a claim
    rows.back() = curve::G1Affine::generator();
    EXPECT_FALSE(check(c, c.proof).ok());
    rows.back() = honest;
  }
  EXPECT_FALSE(check(c, ByteView(c.proof).first(c.proof.size() - 1)).ok());
  Bytes longer = c.proof;
  longer.push_back(0);
  EXPECT_FALSE(check(c, longer).ok());
}

TEST_P(HyraxTest, RejectsEveryChangedMessage) {
  Random random(GetParam());
  const Case c = make_case(random, GetParam());
  for (std::size_t i = 0; i < c.proof.size() / 32; i += 1 + c.proof.size() / 32 / 60) {
    for (const std::size_t bit : {0U, 100U, 255U}) {
      Bytes changed = c.proof;
      changed[32 * i + bit / 8] ^= static_cast<std::uint8_t>(1U << (bit % 8));
      EXPECT_FALSE(check(c, changed).ok()) << "element " << i << " bit " << bit;
    }
  }
}

// 10: the inner-product argument folds twice; 5: it does not fold.
INSTANTIATE_TEST_SUITE_P(RowLengths, HyraxTest, ::testing::Values(5U, 8U, 10U));

}  // namespace
}  // namespace proofcard::pcs::hyrax
