// Every IntGemm on every instruction set of this machine, against the reference; and the extremes against closed forms.
#include "host/kernels/int_gemm.hpp"

#include <gtest/gtest.h>

#include <random>
#include <string>

#include "host/base/cpu_features.hpp"
#include "host/base/parallel.hpp"

namespace proofcard::kernels {
namespace {

constexpr IntType kTypes[] = {IntType::kI8, IntType::kI16, IntType::kI32, IntType::kI64};

// The element with the largest Montgomery form, so with the largest digits that are possible.
const Fr kLargest = Fr::from_montgomery({Fr::kModulus[0] - 1, Fr::kModulus[1], Fr::kModulus[2], Fr::kModulus[3]});
// All low 31 digits are 255, the largest that a digit can be.
const Fr kAllOnes = Fr::from_montgomery({~0ULL, ~0ULL, ~0ULL, 0x2fffffffffffffff});

class IntGemmTest : public ::testing::TestWithParam<Isa> {
 protected:
  void SetUp() override { set_isa_for_testing(GetParam()); }
  void TearDown() override { set_isa_for_testing(best_isa()); }

  Fr element() {
    switch (rng_() % 8) {
      case 0:
        return Fr::zero();
      case 1:
        return kLargest;
      case 2:
        return kAllOnes;
      default:
        return Fr::from_u512_reduced({rng_(), rng_(), rng_(), rng_()}, {rng_(), rng_(), rng_(), rng_()});
    }
  }
  std::vector<Fr> elements(std::size_t n) {
    std::vector<Fr> out(n);
    for (Fr& f : out) {
      f = element();
    }
    return out;
  }
  IntVector integers(IntType type, std::size_t n) {
    IntVector out(type, n);
    for (std::size_t i = 0; i < n; ++i) {
      const std::int64_t any = static_cast<std::int64_t>(rng_()) >> (64 - 8 * int_type_bytes(type));
      out.set(i, rng_() % 8 == 0 ? int_type_min(type) : rng_() % 8 == 0 ? int_type_max(type) : any);
    }
    return out;
  }
  std::mt19937_64 rng_{11};
};

TEST_P(IntGemmTest, RunsTheKernelsThatWereAskedFor) {
  EXPECT_EQ(cpu_int_gemm().name(), "cpu-" + std::string(isa_name(GetParam())));
}

TEST_P(IntGemmTest, AgreesWithTheReferenceOnOddSizes) {
  constexpr std::pair<std::size_t, std::size_t> kShapes[] = {
      {1, 1}, {1, 7}, {7, 1}, {2, 3}, {3, 13}, {8, 16}, {13, 5}, {16, 8}, {31, 33}, {97, 12}, {25, 193}, {193, 25}};
  for (const IntType type : kTypes) {
    for (const auto& [rows, cols] : kShapes) {
      SCOPED_TRACE(std::to_string(int_type_bytes(type)) + " bytes, " + std::to_string(rows) + " x " +
                   std::to_string(cols));
      const IntVector matrix = integers(type, rows * cols);
      const std::vector<Fr> left = elements(rows), right = elements(cols);
      std::vector<Fr> expected(cols), out = elements(cols);
      reference_int_gemm().left(expected, left, matrix.view());
      cpu_int_gemm().left(out, left, matrix.view());
      EXPECT_EQ(out, expected);
      expected.resize(rows);
      out = elements(rows);
      reference_int_gemm().right(expected, matrix.view(), right);
      cpu_int_gemm().right(out, matrix.view(), right);
      EXPECT_EQ(out, expected);
    }
  }
}

// More than one block of terms, more than one task, and sums that are split between tasks.
TEST_P(IntGemmTest, AgreesWithTheReferenceOnLongSums) {
  for (const IntType type : kTypes) {
    for (const auto& [rows, cols] : {std::pair<std::size_t, std::size_t>{3, 8500}, {2051, 5}, {20000, 1}}) {
      SCOPED_TRACE(std::to_string(int_type_bytes(type)) + " bytes, " + std::to_string(rows) + " x " +
                   std::to_string(cols));
      const IntVector matrix = integers(type, rows * cols);
      const std::vector<Fr> left = elements(rows), right = elements(cols);
      std::vector<Fr> expected(cols), out(cols);
      reference_int_gemm().left(expected, left, matrix.view());
      cpu_int_gemm().left(out, left, matrix.view());
      EXPECT_EQ(out, expected);
      expected.resize(rows);
      out.resize(rows);
      reference_int_gemm().right(expected, matrix.view(), right);
      cpu_int_gemm().right(out, matrix.view(), right);
      EXPECT_EQ(out, expected);
    }
  }
}

// All operands extreme, around the length at which 32-bit sums must be emptied.
TEST_P(IntGemmTest, ExtremesAtTheBlockBoundDoNotOverflow) {
  for (const IntType type : kTypes) {
    for (const std::int64_t value : {int_type_min(type), int_type_max(type), std::int64_t{-1}}) {
      for (const Fr& element : {kAllOnes, kLargest}) {
        for (const std::size_t num_k : {std::size_t{1} << 16, (std::size_t{1} << 16) + 1}) {
          IntVector matrix(type, 2 * num_k);
          matrix.visit_mutable([&](auto span) {
            for (auto& v : span) {
              v = static_cast<std::remove_reference_t<decltype(v)>>(value);
            }
          });
          const std::vector<Fr> vector(num_k, element);
          const Fr sum = element * Fr::from_u64(num_k) * Fr::from_i64(value);
          std::vector<Fr> out(2);
          cpu_int_gemm().left(out, vector, matrix.view());
          EXPECT_EQ(out, std::vector<Fr>(2, sum)) << int_type_bytes(type) << " bytes, " << value << ", " << num_k;
          cpu_int_gemm().right(out, matrix.view(), vector);
          EXPECT_EQ(out, std::vector<Fr>(2, sum)) << int_type_bytes(type) << " bytes, " << value << ", " << num_k;
        }
      }
    }
  }
}

// So many terms that even one thread has to split them.
TEST_P(IntGemmTest, SumsLongerThanOnePartAreExact) {
  const std::size_t num_k = (std::size_t{1} << 21) + 3, threads = num_threads();
  set_num_threads(1);
  for (const IntType type : {IntType::kI8, IntType::kI32}) {
    const IntVector matrix = integers(type, num_k);
    std::int64_t total = 0;
    for (std::size_t i = 0; i < num_k; ++i) {
      total += matrix[i];
    }
    std::vector<Fr> out(1);
    cpu_int_gemm().right(out, matrix.view(), std::vector<Fr>(num_k, kLargest));
    EXPECT_EQ(out[0], kLargest * Fr::from_i64(total));
  }
  set_num_threads(threads);
}

TEST_P(IntGemmTest, EmptySumsAreZeroAndNoOutputsAreFine) {
  const IntVector none(IntType::kI16, 0);
  std::vector<Fr> out = elements(3);
  cpu_int_gemm().left(out, {}, none.view());
  EXPECT_EQ(out, std::vector<Fr>(3));
  cpu_int_gemm().right({}, none.view(), elements(4));
}

std::vector<Isa> available_isas() {
  std::vector<Isa> out;
  for (const Isa isa : {Isa::kPortable, Isa::kAvx2, Isa::kAvx512}) {
    if (isa_available(isa)) {
      out.push_back(isa);
    }
  }
  return out;
}

INSTANTIATE_TEST_SUITE_P(EveryIsa, IntGemmTest, ::testing::ValuesIn(available_isas()),
                         [](const auto& suite) { return std::string(isa_name(suite.param)); });

}  // namespace
}  // namespace proofcard::kernels
