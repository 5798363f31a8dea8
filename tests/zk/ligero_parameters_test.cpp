// Parameters and soundness of Ligero against tests/vectors/make_ligero_soundness.py, which works them out with 60 digits.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

#include "host/zk/ligero/parameters.hpp"

namespace proofcard::zk::ligero {
namespace {

using pcs::whir::Step;
using pcs::whir::total_bits;

constexpr double kTolerance = 1e-3;  // of bits: the field's size is rounded down, and doubles are

TEST(LigeroParameters, AreThoseOfTheScript) {
  std::ifstream in(std::string(PROOFCARD_SOURCE_DIR) + "/tests/vectors/ligero_soundness.txt");
  Parameters parameters;
  std::vector<Step> steps;
  std::size_t step = 0, cases = 0;
  for (std::string line; std::getline(in, line);) {
    SCOPED_TRACE(line);
    std::istringstream words(line);
    std::string kind;
    words >> kind;
    if (kind == "case") {
      unsigned security = 0;
      std::size_t num_values = 0, num_products = 0;
      words >> security >> num_values >> num_products;
      parameters = make_parameters(num_values, num_products, security).value();
      EXPECT_EQ(parameters.security_bits, security);
      EXPECT_EQ(parameters.grinding_bits, 16U);
      steps = soundness(parameters);
      step = 0;
    } else if (kind == "code") {
      std::vector<std::size_t> expected;
      for (std::size_t v = 0; words >> v;) {
        expected.push_back(v);
      }
      EXPECT_THAT(expected, ::testing::ElementsAre(parameters.column_len(), parameters.rows(), parameters.num_queries,
                                                   parameters.num_coefficients(), parameters.num_sum_coefficients(),
                                                   parameters.num_sum_masks(), parameters.num_columns(),
                                                   parameters.num_factor_columns(), proof_bytes(parameters)));
    } else if (kind == "list") {
      double bits = 0;
      words >> bits;
      EXPECT_NEAR(log2_list_size(parameters), bits, kTolerance);
    } else if (kind == "step") {
      double bits = 0;
      words >> bits;
      EXPECT_NEAR(steps.at(step).bits, bits, kTolerance) << steps.at(step).name;
      EXPECT_LE(steps.at(step).bits, bits + 1e-6);
      EXPECT_EQ(steps.at(step).grinding_bits, steps.at(step).name.find("queries") == std::string::npos ? 0U : 16U);
      EXPECT_FALSE(steps.at(step).source.empty());
      ++step;
    } else {
      ASSERT_EQ(kind, "total");
      double bits = 0;
      words >> bits;
      EXPECT_EQ(step, steps.size());
      EXPECT_NEAR(total_bits(steps), bits, kTolerance);
      EXPECT_GE(total_bits(steps), parameters.security_bits);
      ++cases;
    }
  }
  EXPECT_EQ(cases, 13U);
}

TEST(LigeroParameters, SumMasksOverlapByAllRandomCoefficientsAndReachTheHighestPower) {
  for (const std::size_t num_products : {0U, 1U, 77U, 3000U}) {
    for (std::size_t num_values = 1; num_values < 20000; num_values += 1 + num_values / 3) {
      const Parameters p = make_parameters(num_values, num_products, 100).value();
      EXPECT_EQ(p.mask_shift(0), 0U);
      EXPECT_EQ(p.mask_shift(p.num_sum_masks() - 1) + p.num_coefficients(), p.num_sum_coefficients());
      for (std::size_t i = 1; i < p.num_sum_masks(); ++i) {
        EXPECT_LE(p.mask_shift(i) - p.mask_shift(i - 1), p.num_coefficients() - p.num_random());
      }
      EXPECT_GT(p.num_random(), p.num_queries);
      // Two sum polynomials agree in a smaller share of rows than a far word and the code.
      EXPECT_LE(4 * p.num_coefficients(), p.rows());
    }
  }
}

TEST(LigeroParameters, ForAThousandValuesAndAHundredProductsLessThan50Kilobytes) {
  EXPECT_LT(proof_bytes(make_parameters(1024, 128, 100).value()), 50'000U);
}

TEST(LigeroParameters, RefusesWhatIsNotProved) {
  const auto refused = [](std::size_t num_values, std::size_t num_products, unsigned security_bits, const char* text) {
    const auto parameters = make_parameters(num_values, num_products, security_bits);
    ASSERT_FALSE(parameters.ok()) << text;
    EXPECT_EQ(parameters.error().kind, ErrorKind::kBadInput);
    EXPECT_THAT(parameters.error().message(), ::testing::HasSubstr(text));
  };
  refused(0, 0, 100, "number of values: expected 1 to 1048576, found 0");
  refused(kMaxValues + 1, 0, 100, "found 1048577");
  refused(1, kMaxProducts + 1, 100, "number of products: expected at most 262144, found 262145");
  EXPECT_TRUE(make_parameters(kMaxValues, kMaxProducts, 128).ok());
  refused(1000, 100, 200, "security: expected fewer bits for 1000 values and 100 products, found 200");
  refused(1, 0, 4'000'000'000U, "found 4000000000");
}

}  // namespace
}  // namespace proofcard::zk::ligero
