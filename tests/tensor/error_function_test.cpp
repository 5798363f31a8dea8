#include "host/tensor/error_function.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <random>

namespace proofcard::tensor {
namespace {

constexpr mpfr_prec_t kBits = 256;

class ErrorFunctionAgainstMpfr : public ::testing::Test {
 protected:
  void expect_same(double at) {
    mpfr_set_d(x_, at, MPFR_RNDN);
    mpfr_erfc(expected_, x_, MPFR_RNDD);
    ours_.erfc(found_, x_);
    EXPECT_TRUE(mpfr_equal_p(static_cast<mpfr_srcptr>(expected_), static_cast<mpfr_srcptr>(found_))) << "erfc " << at;
    mpfr_erf(expected_, x_, MPFR_RNDD);
    ours_.erf(found_, x_);
    EXPECT_TRUE(mpfr_equal_p(static_cast<mpfr_srcptr>(expected_), static_cast<mpfr_srcptr>(found_))) << "erf " << at;
  }

  ErrorFunction ours_;
  Real x_{kBits}, expected_{kBits}, found_{kBits};
};

TEST_F(ErrorFunctionAgainstMpfr, EveryBitAtRandomArguments) {
  const auto seed = std::random_device{}();
  SCOPED_TRACE(seed);
  std::mt19937_64 random(seed);
  std::uniform_real_distribution<double> exponent(-8, 6.5);
  std::uniform_real_distribution<double> linear(-15, 40);
  for (int i = 0; i < 150; ++i) {
    expect_same(std::exp2(exponent(random)) * (i % 2 == 0 ? 1 : -1));
    expect_same(linear(random));
  }
}

// Where the method changes: MPFR's own below 2^-6 and beyond 14 or 60, and the pole's residue up to pi / h = 14.36.
TEST_F(ErrorFunctionAgainstMpfr, EveryBitWhereTheMethodChanges) {
  for (const double edge : {0x1p-6, 14.0, 14.361566, 60.0}) {
    for (const double at : {edge, std::nextafter(edge, 0.0), std::nextafter(edge, 1e3), edge * 0.999, edge * 1.001}) {
      expect_same(at);
      expect_same(-at);
    }
  }
  for (const double at : {0.0, 1e-300, 1e-30, 1e6, 1e300}) {
    expect_same(at);
    expect_same(-at);
  }
}

}  // namespace
}  // namespace proofcard::tensor
