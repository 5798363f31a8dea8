// Parameters and soundness of WHIR against tests/vectors/make_whir_soundness.py, which works them out with 60 digits.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <sstream>

#include "host/pcs/whir/parameters.hpp"

namespace proofcard::pcs::whir {
namespace {

constexpr double kTolerance = 1e-3;  // of bits: the field's size is rounded down, and doubles are

TEST(WhirParameters, AreThoseOfTheScript) {
  std::ifstream in(std::string(PROOFCARD_SOURCE_DIR) + "/tests/vectors/whir_soundness.txt");
  hash::Function function = hash::Function::kSha256;
  Parameters parameters;
  std::vector<Step> steps;
  std::size_t inputs = 0, rounds = 0, step = 0, cases = 0, sizes = 0;
  for (std::string line; std::getline(in, line);) {
    SCOPED_TRACE(line);
    std::istringstream words(line);
    std::string kind;
    words >> kind;
    if (kind == "hash") {
      std::string name;
      words >> name;
      function = name == "poseidon2" ? hash::Function::kPoseidon2 : hash::Function::kSha256;
      continue;
    }
    if (kind == "case") {
      unsigned security = 0;
      words >> security;
      std::vector<unsigned> log_sizes;
      for (unsigned log_size = 0; words >> log_size;) {
        log_sizes.push_back(log_size);
      }
      parameters = make_parameters(log_sizes, security, function).value();
      steps = soundness(parameters, std::size_t{1} << 20);
      inputs = rounds = step = 0;
    } else if (kind == "input" || kind == "round") {
      const Oracle& oracle = kind == "input" ? parameters.inputs.at(inputs++) : parameters.rounds.at(rounds++);
      Oracle expected;
      words >> expected.code.log_size >> expected.code.log_width >> expected.code.log_inv_rate >>
          expected.multiplicity >> expected.num_queries;
      EXPECT_EQ(oracle.code, expected.code);
      EXPECT_EQ(oracle.multiplicity, expected.multiplicity);
      EXPECT_EQ(oracle.num_queries, expected.num_queries);
    } else if (kind == "final") {
      unsigned log_final = 0;
      words >> log_final;
      EXPECT_EQ(parameters.log_final, log_final);
      EXPECT_EQ(parameters.inputs.size(), inputs);
      EXPECT_EQ(parameters.rounds.size(), rounds);
      EXPECT_EQ(parameters.grinding_bits, function == hash::Function::kPoseidon2 ? 12U : 16U);
    } else if (kind == "hidden") {
      Hidden hidden{{}, 0};
      words >> hidden.log2_num_claimed_sums;
      for (bool masked = false; words >> masked;) {
        hidden.masked.push_back(masked);
      }
      ASSERT_EQ(hidden.masked.size(), inputs);
      steps = soundness(parameters, std::size_t{1} << 20, &hidden);
    } else if (kind == "size") {
      std::size_t num_values = 0;
      std::uint32_t num_openings = 0;
      unsigned security = 0;
      HiddenSize expected;
      words >> num_values >> num_openings >> security >> expected.log_size >> expected.num_tail_rows;
      const HiddenSize found = hidden_size(num_values, num_openings, security, function).value();
      EXPECT_EQ(found.log_size, expected.log_size);
      EXPECT_EQ(found.num_tail_rows, expected.num_tail_rows);
      ++sizes;
    } else if (kind == "step") {
      double bits = 0;
      words >> bits;
      EXPECT_NEAR(steps.at(step).bits, bits, kTolerance) << steps.at(step).name;
      EXPECT_LE(steps.at(step).bits, bits + 1e-6);
      EXPECT_EQ(steps.at(step).grinding_bits,
                steps.at(step).name.find("queries") == std::string::npos ? 0U : parameters.grinding_bits);
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
  EXPECT_EQ(cases, 26U);
  EXPECT_EQ(sizes, 11U);
}

// Every size and pair of sizes: 100 bits; slots of folded vectors are aligned and do not overlap.
TEST(WhirParameters, AHundredBitsAnd128ForAllSizes) {
  for (unsigned a = 0; a <= 29; ++a) {
    for (unsigned b = 0; b <= a; ++b) {
      const unsigned log_sizes[] = {b, a, b};
      const auto parameters = make_parameters(log_sizes);
      ASSERT_TRUE(parameters.ok()) << a << " " << b << ": " << parameters.error().message();
      EXPECT_GE(total_bits(soundness(*parameters, 1000)), 100.0);
      EXPECT_TRUE(make_parameters(log_sizes, 128).ok()) << a << " " << b;
      std::size_t end = 0;
      std::vector<std::size_t> in_order{0, 1, 2};
      std::ranges::sort(in_order, {}, [&](std::size_t v) { return parameters->offsets[v]; });
      for (const std::size_t v : in_order) {
        const std::size_t size = std::size_t{1} << parameters->inputs[v].code.log_degree();
        EXPECT_EQ(parameters->offsets[v] % size, 0U);
        EXPECT_GE(parameters->offsets[v], end);
        end = parameters->offsets[v] + size;
      }
      EXPECT_LE(end, std::size_t{1} << parameters->log_joined);
      EXPECT_LE(parameters->log_final, kMaxLogFinal);
      unsigned left = parameters->log_joined;
      for (const Oracle& oracle : parameters->rounds) {
        EXPECT_EQ(oracle.code.log_size, left);
        EXPECT_LE(oracle.code.log_rows(), kMaxLogRows);
        left -= oracle.code.log_width;
      }
      EXPECT_EQ(parameters->log_final, left);
    }
  }
}

TEST(WhirParameters, RefusesWhatIsNotProved) {
  const auto refused = [](const std::vector<unsigned>& log_sizes, unsigned security_bits, const char* text) {
    const auto parameters = make_parameters(log_sizes, security_bits);
    ASSERT_FALSE(parameters.ok()) << text;
    EXPECT_EQ(parameters.error().kind, ErrorKind::kBadInput);
    EXPECT_THAT(parameters.error().message(), ::testing::HasSubstr(text));
  };
  refused({}, 100, "number of vectors: expected 1 to 256, found 0");
  refused(std::vector<unsigned>(257, 4), 100, "found 257");
  EXPECT_TRUE(make_parameters(std::vector<unsigned>(256, 4)).ok());
  refused({30}, 100, "expected at most 29 (words of 2^26 rows), found 30");
  refused({4'000'000'000U}, 100, "found 4000000000");
  refused(std::vector<unsigned>(8, 29), 100, "expected a word of at most 2^26 rows, found 2^27");
  EXPECT_TRUE(make_parameters(std::vector<unsigned>{16, 18}, 160).ok());
  refused({16, 18}, 256, "bits that are proved for these sizes, found 256");
}

}  // namespace
}  // namespace proofcard::pcs::whir
