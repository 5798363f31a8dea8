// fr_vector.hpp on every instruction set of this machine, against the formulas of its header in plain Fr arithmetic.
#include "host/field/fr_vector.hpp"

#include <gtest/gtest.h>

#include <random>

#include "host/base/cpu_features.hpp"
#include "host/field/fr_vector_kernels.hpp"

namespace proofcard {
namespace {

// Random elements with the extremes 0, 1, p - 1 and the largest Montgomery form mixed in.
class Elements {
 public:
  explicit Elements(std::uint64_t seed) : rng_(seed) {}
  Fr one() {
    switch (rng_() % 8) {
      case 0:
        return Fr::zero();
      case 1:
        return -Fr::one();
      case 2:
        return Fr::from_montgomery({Fr::kModulus[0] - 1, Fr::kModulus[1], Fr::kModulus[2], Fr::kModulus[3]});
      case 3:
        return Fr::one();
      default:
        return Fr::from_u512_reduced({rng_(), rng_(), rng_(), rng_()}, {rng_(), rng_(), rng_(), rng_()});
    }
  }
  std::vector<Fr> many(std::size_t n) {
    std::vector<Fr> out(n);
    for (Fr& f : out) {
      f = one();
    }
    return out;
  }

 private:
  std::mt19937_64 rng_;
};

std::vector<Isa> available_isas() {
  std::vector<Isa> out;
  for (const Isa isa : {Isa::kPortable, Isa::kAvx2, Isa::kAvx512}) {
    if (isa_available(isa)) {
      out.push_back(isa);
    }
  }
  return out;
}

const std::size_t kSizes[] = {0, 1, 2, 3, 7, 8, 9, 16, 31, 64, 257, 2048, 2049, 4101, 9000};

class FrVectorTest : public ::testing::TestWithParam<Isa> {
 protected:
  void SetUp() override { set_isa_for_testing(GetParam()); }
  void TearDown() override { set_isa_for_testing(best_isa()); }
  Elements elements_{7};
};

TEST_P(FrVectorTest, RunsTheKernelsThatWereAskedFor) {
  const Isa expected = GetParam() == Isa::kAvx512 ? Isa::kAvx512 : Isa::kPortable;
  EXPECT_EQ(detail::fr_vector_kernels().compiled_for, expected);
}

TEST_P(FrVectorTest, Mul) {
  for (const std::size_t n : kSizes) {
    std::vector<Fr> a = elements_.many(n);
    const std::vector<Fr> b = elements_.many(n);
    std::vector<Fr> expected(n);
    for (std::size_t i = 0; i < n; ++i) {
      expected[i] = a[i] * b[i];
    }
    std::vector<Fr> out(n);
    fr_mul(out, a, b);
    EXPECT_EQ(out, expected) << n;
    fr_mul(a, a, b);
    EXPECT_EQ(a, expected) << n << ", in place";
  }
}

TEST_P(FrVectorTest, Axpy) {
  for (const std::size_t n : kSizes) {
    std::vector<Fr> acc = elements_.many(n);
    const std::vector<Fr> a = elements_.many(n);
    const Fr k = elements_.one();
    std::vector<Fr> expected(n);
    for (std::size_t i = 0; i < n; ++i) {
      expected[i] = acc[i] + k * a[i];
    }
    fr_axpy(acc, k, a);
    EXPECT_EQ(acc, expected) << n;
  }
}

TEST_P(FrVectorTest, Dot) {
  for (const std::size_t n : kSizes) {
    const std::vector<Fr> a = elements_.many(n), b = elements_.many(n);
    Fr expected;
    for (std::size_t i = 0; i < n; ++i) {
      expected += a[i] * b[i];
    }
    EXPECT_EQ(fr_dot(a, b), expected) << n;
  }
}

// The unreduced sums have a bound; the largest terms must not reach it.
TEST_P(FrVectorTest, SumsOfTheLargestTermsDoNotOverflow) {
  const std::size_t n = 20000;
  const Fr largest = Fr::from_montgomery({Fr::kModulus[0] - 1, Fr::kModulus[1], Fr::kModulus[2], Fr::kModulus[3]});
  const std::vector<Fr> a(2 * n, largest);
  EXPECT_EQ(fr_dot(a, a), Fr::from_u64(2 * n) * largest.square());
  std::vector<Fr> t(2 * n);
  for (std::size_t i = 0; i < n; ++i) {
    t[2 * i + 1] = largest;  // the slopes are the largest value
  }
  EXPECT_EQ(fr_round_product2(t, t)[1], Fr::from_u64(n) * largest.square());
  EXPECT_EQ(fr_round_product3(t, t, t)[2], Fr::from_u64(n) * largest.square() * largest);
  EXPECT_EQ(fr_round_weighted(t, t, std::span(a).first(n))[1], Fr::from_u64(n) * largest.square() * largest);
}

TEST_P(FrVectorTest, BindLow) {
  for (const std::size_t half : kSizes) {
    std::vector<Fr> t = elements_.many(2 * half);
    const Fr r = elements_.one();
    std::vector<Fr> expected(half);
    for (std::size_t i = 0; i < half; ++i) {
      expected[i] = t[2 * i] + r * (t[2 * i + 1] - t[2 * i]);
    }
    std::vector<Fr> elsewhere(half);
    fr_bind_low(elsewhere, t, r);
    EXPECT_EQ(elsewhere, expected) << half;
    fr_bind_low(t, r);
    EXPECT_EQ(t, expected) << half;
  }
}

TEST_P(FrVectorTest, EqTable) {
  for (const std::size_t num_vars : {0, 1, 2, 3, 5, 8, 13}) {
    const std::vector<Fr> point = elements_.many(num_vars);
    const Fr scale = elements_.one();
    const std::vector<Fr> table = fr_eq_table(point, scale);
    ASSERT_EQ(table.size(), std::size_t{1} << num_vars);
    for (std::size_t x = 0; x < table.size(); ++x) {
      Fr expected = scale;
      for (std::size_t i = 0; i < num_vars; ++i) {
        expected *= (x >> i & 1) != 0 ? point[i] : Fr::one() - point[i];
      }
      ASSERT_EQ(table[x], expected) << num_vars << " variables, entry " << x;
    }
  }
}

TEST_P(FrVectorTest, RoundProduct2) {
  for (const std::size_t n : kSizes) {
    const std::vector<Fr> a = elements_.many(2 * n), b = elements_.many(2 * n);
    std::array<Fr, 2> expected{};
    for (std::size_t i = 0; i < n; ++i) {
      expected[0] += a[2 * i] * b[2 * i];
      expected[1] += (a[2 * i + 1] - a[2 * i]) * (b[2 * i + 1] - b[2 * i]);
    }
    EXPECT_EQ(fr_round_product2(a, b), expected) << n;
  }
}

TEST_P(FrVectorTest, RoundProduct3) {
  for (const std::size_t n : kSizes) {
    const std::vector<Fr> e = elements_.many(2 * n), a = elements_.many(2 * n), b = elements_.many(2 * n);
    const auto at = [](const std::vector<Fr>& t, std::size_t i, const Fr& x) {
      return t[2 * i] + x * (t[2 * i + 1] - t[2 * i]);
    };
    std::array<Fr, 3> expected{};
    for (std::size_t i = 0; i < n; ++i) {
      expected[0] += at(e, i, Fr::zero()) * at(a, i, Fr::zero()) * at(b, i, Fr::zero());
      expected[1] += at(e, i, -Fr::one()) * at(a, i, -Fr::one()) * at(b, i, -Fr::one());
      expected[2] += (e[2 * i + 1] - e[2 * i]) * (a[2 * i + 1] - a[2 * i]) * (b[2 * i + 1] - b[2 * i]);
    }
    EXPECT_EQ(fr_round_product3(e, a, b), expected) << n;
  }
}

TEST_P(FrVectorTest, RoundWeighted) {
  for (const std::size_t n : kSizes) {
    const std::vector<Fr> a = elements_.many(2 * n), b = elements_.many(2 * n), w = elements_.many(n);
    std::array<Fr, 2> expected{};
    for (std::size_t i = 0; i < n; ++i) {
      expected[0] += w[i] * a[2 * i] * b[2 * i];
      expected[1] += w[i] * (a[2 * i + 1] - a[2 * i]) * (b[2 * i + 1] - b[2 * i]);
    }
    EXPECT_EQ(fr_round_weighted(a, b, w), expected) << n;
  }
}

TEST_P(FrVectorTest, FractionLayer) {
  for (const std::size_t n : kSizes) {
    const std::vector<Fr> p = elements_.many(2 * n), q = elements_.many(2 * n);
    std::vector<Fr> p_expected(n), q_expected(n), p_out(n), q_out(n);
    for (std::size_t i = 0; i < n; ++i) {
      p_expected[i] = p[i] * q[i + n] + p[i + n] * q[i];
      q_expected[i] = q[i] * q[i + n];
    }
    const auto half = [n](const std::vector<Fr>& t, std::size_t k) { return std::span(t).subspan(k * n, n); };
    fr_fraction_layer(p_out, q_out, {half(p, 0), half(p, 1), half(q, 0), half(q, 1)});
    EXPECT_EQ(p_out, p_expected) << n;
    EXPECT_EQ(q_out, q_expected) << n;
  }
}

TEST_P(FrVectorTest, RoundFraction) {
  for (const std::size_t n : kSizes) {
    const std::vector<Fr> p = elements_.many(4 * n), q = elements_.many(4 * n), w = elements_.many(n);
    const Fr lambda = elements_.one();
    const auto value = [&](const Fr& p0, const Fr& p1, const Fr& q0, const Fr& q1) {
      return p0 * q1 + p1 * q0 + lambda * q0 * q1;
    };
    std::array<Fr, 2> expected{};
    for (std::size_t i = 0; i < n; ++i) {
      const std::size_t l = 2 * i, h = 2 * (n + i);
      expected[0] += w[i] * value(p[l], p[h], q[l], q[h]);
      expected[1] += w[i] * value(p[l + 1] - p[l], p[h + 1] - p[h], q[l + 1] - q[l], q[h + 1] - q[h]);
    }
    const auto half = [n](const std::vector<Fr>& t, std::size_t k) { return std::span(t).subspan(2 * k * n, 2 * n); };
    EXPECT_EQ(fr_round_fraction({half(p, 0), half(p, 1), half(q, 0), half(q, 1)}, lambda, w), expected) << n;
  }
}

INSTANTIATE_TEST_SUITE_P(EveryIsa, FrVectorTest, ::testing::ValuesIn(available_isas()),
                         [](const auto& suite) { return std::string(isa_name(suite.param)); });

}  // namespace
}  // namespace proofcard
