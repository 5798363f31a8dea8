// The contract of QuotientSum, the same for every backend: sums equal the definition, byte for byte. Included by one
// file of a test program, which instantiates QuotientSumContract for its backends.
#pragma once

#include <gtest/gtest.h>

#include "host/field/two_adic.hpp"
#include "host/kernels/quotient_sum.hpp"
#include "tests/support/random.hpp"

namespace proofcard::kernels {
namespace {

using Poly = std::vector<Fr>;  // coefficients, lowest first

Fr power(const Fr& base, std::size_t exponent) { return base.pow_vartime({exponent, 0, 0, 0}); }

Fr evaluate(const Poly& p, const Fr& x) {
  Fr value;
  for (std::size_t i = p.size(); i-- > 0;) {
    value = value * x + p[i];
  }
  return value;
}

// From the values at the powers of the n-th root of unity, by the definition of the inverse transform.
Poly interpolate(std::span<const Fr> values, std::size_t log_n) {
  const Fr inverse_root = root_of_unity<Fr>(static_cast<unsigned>(log_n)).inverse();
  const Fr inverse_n = Fr::from_u64(values.size()).inverse();
  Poly out(values.size());
  for (std::size_t k = 0; k < values.size(); ++k) {
    out[k] = evaluate({values.begin(), values.end()}, power(inverse_root, k)) * inverse_n;
  }
  return out;
}

// A B - C divided by x^n - 1; the remainder must be 0.
Poly divide(const Poly& a, const Poly& b, const Poly& c) {
  const std::size_t n = a.size();
  Poly p(2 * n);
  for (std::size_t i = 0; i < n; ++i) {
    for (std::size_t j = 0; j < n; ++j) {
      p[i + j] += a[i] * b[j];
    }
    p[i] -= c[i];
  }
  Poly quotient(n);
  for (std::size_t i = 2 * n; i-- > n;) {
    quotient[i - n] = p[i];
    p[i - n] += p[i];
    p[i] = Fr::zero();
  }
  for (const Fr& rest : p) {
    EXPECT_TRUE(rest.is_zero());
  }
  return quotient;
}

// By polynomial division, which is what the quotient is; slow.
std::vector<Fr> values_by_definition(std::span<const Fr> sides, unsigned log_n) {
  const std::size_t n = std::size_t{1} << log_n;
  std::vector<Fr> products(n);
  for (std::size_t i = 0; i < n; ++i) {
    products[i] = sides[i] * sides[n + i];
  }
  const Poly quotient =
      divide(interpolate(sides.first(n), log_n), interpolate(sides.subspan(n, n), log_n), interpolate(products, log_n));
  const Fr root = root_of_unity<Fr>(log_n + 1);
  std::vector<Fr> out(n);
  for (std::size_t i = 0; i < n; ++i) {
    const Fr x = power(root, 2 * i + 1);
    out[i] = evaluate(quotient, x) * (power(x, n) - Fr::one());
  }
  return out;
}

struct QuotientBackend {
  std::string_view name;
  const QuotientSum& (*quotient)();
  const Msm& (*msm)();
  unsigned max_log_n;
};

void PrintTo(const QuotientBackend& backend, std::ostream* os) { *os << backend.name; }

// Multiples of the generator, 1, 2, ..., whose sums are cheap to know; with infinity and repeated points among them.
struct QuotientBases {
  std::vector<curve::G1Affine> points;
  std::vector<Fr> multiples;

  explicit QuotientBases(std::size_t count) : multiples(count) {
    std::vector<curve::G1> sums(count);
    curve::G1 sum;
    Fr multiple;
    for (std::size_t i = 0; i < count; ++i) {
      if (i % 11 == 7) {
        continue;  // infinity
      }
      if (i % 5 != 3) {
        sum += curve::G1::generator();
        multiple += Fr::one();
      }
      sums[i] = sum;
      multiples[i] = multiple;
    }
    points = curve::batch_to_affine(sums);
  }

  curve::G1Affine sum(std::span<const Fr> scalars) const {
    Fr out;
    for (std::size_t i = 0; i < scalars.size(); ++i) {
      out += scalars[i] * multiples[i];
    }
    return curve::scalar_mul(curve::G1::generator(), out).to_affine();
  }
};

class QuotientSumContract : public ::testing::TestWithParam<QuotientBackend> {
 protected:
  void expect_sum(std::vector<Fr> sides, unsigned log_n, const curve::G1Affine& expected, const QuotientBases& bases) {
    const auto loaded = GetParam().msm().load_bases(bases.points);
    ASSERT_TRUE(loaded.ok()) << loaded.error().message();
    const auto found = GetParam().quotient().sum(**loaded, sides, log_n);
    ASSERT_TRUE(found.ok()) << found.error().message();
    EXPECT_EQ(*found, expected) << log_n;
  }

  // Expected by the definition, up to 2^6, and else by the transforms and sums that it is composed of.
  void expect_right(std::vector<Fr> sides, unsigned log_n) {
    const std::size_t n = std::size_t{1} << log_n;
    const QuotientBases bases(n + 3);  // more than are used
    sides.resize(3 * n);
    std::vector<Fr> values;
    if (log_n <= 6) {
      values = values_by_definition(sides, log_n);
    } else {
      values = sides;
      ASSERT_TRUE(odd_values(cpu_ntt_fr(), values, log_n).ok());
      values.resize(n);
    }
    expect_sum(std::move(sides), log_n, bases.sum(values), bases);
  }
};

TEST_P(QuotientSumContract, RandomValuesOfEveryLength) {
  proofcard::testing::Random random(3);
  for (unsigned log_n = 0; log_n <= GetParam().max_log_n; log_n += log_n < 6 ? 1 : 3) {
    expect_right(random.frs(std::size_t{2} << log_n), log_n);
  }
}

TEST_P(QuotientSumContract, TheLongest) {
  proofcard::testing::Random random(4);
  expect_right(random.frs(std::size_t{2} << GetParam().max_log_n), GetParam().max_log_n);
}

TEST_P(QuotientSumContract, Extremes) {
  for (const unsigned log_n : {0U, 1U, 2U, 5U}) {
    const std::size_t n = std::size_t{1} << log_n;
    std::vector<Fr> sides(2 * n);
    expect_right(sides, log_n);  // zeros: the point at infinity
    for (std::size_t i = 0; i < 2 * n; ++i) {
      sides[i] = i % 3 == 0 ? -Fr::one() : i % 3 == 1 ? Fr::zero() : Fr::one();
    }
    expect_right(sides, log_n);
  }
}

// What was resident before is still right when the next sum has other bases and another length.
TEST_P(QuotientSumContract, SumsDoNotDependOnThoseBefore) {
  proofcard::testing::Random random(5);
  for (const unsigned log_n : {5U, 3U, 5U, 1U}) {
    expect_right(random.frs(std::size_t{2} << log_n), log_n);
  }
}

TEST_P(QuotientSumContract, RefusesWhatIsTooLong) {
  std::vector<Fr> none;
  const auto loaded = GetParam().msm().load_bases({});
  ASSERT_TRUE(loaded.ok());
  const auto refused = GetParam().quotient().sum(**loaded, none, kMaxLogNtt + 1);
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().kind, ErrorKind::kBadInput);
}

std::string quotient_backend_name(const ::testing::TestParamInfo<QuotientBackend>& info) {
  return std::string(info.param.name);
}

}  // namespace
}  // namespace proofcard::kernels
