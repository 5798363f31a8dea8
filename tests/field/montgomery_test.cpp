// Field axioms and encodings of Fr and Fq, against GMP-free identities that hold in any field.
#include "host/field/montgomery.hpp"

#include <gtest/gtest.h>

#include <random>

#include "host/base/cpu_features.hpp"
#include "host/field/fq.hpp"
#include "host/field/fr.hpp"

namespace proofcard {
namespace {

template <class Field>
class MontgomeryFieldTest : public ::testing::Test {
 protected:
  Field random() {
    U256 lo{rng_(), rng_(), rng_(), rng_()};
    U256 hi{rng_(), rng_(), rng_(), rng_()};
    return Field::from_u512_reduced(lo, hi);
  }
  std::mt19937_64 rng_{20240607};
};

using Fields = ::testing::Types<Fr, Fq>;
TYPED_TEST_SUITE(MontgomeryFieldTest, Fields);

TYPED_TEST(MontgomeryFieldTest, AxiomsHoldForRandomAndExtremeValues) {
  using F = TypeParam;
  std::vector<F> values{F::zero(), F::one(), -F::one(), F::from_u64(2), -F::from_u64(2)};
  for (int i = 0; i < 20; ++i) {
    values.push_back(this->random());
  }
  for (const F& a : values) {
    EXPECT_EQ(a - a, F::zero());
    EXPECT_EQ(a * F::one(), a);
    EXPECT_EQ(-(-a), a);
    if (!a.is_zero()) {
      EXPECT_EQ(a * a.inverse(), F::one());
    }
    for (const F& b : values) {
      EXPECT_EQ(a + b, b + a);
      EXPECT_EQ(a * b, b * a);
      EXPECT_EQ((a + b) * (a - b), a.square() - b.square());
    }
  }
}

// The compiler evaluates constants by other code (portable 128-bit sums) than the processor (carry instructions).
TYPED_TEST(MontgomeryFieldTest, ConstantEvaluationAgreesWithRunTime) {
  using F = TypeParam;
  static constexpr auto kRun = [](const F& start) {
    F x = start, y = F::one() - start;
    for (int i = 0; i < 20; ++i) {
      x = x * y - F::from_u64(3);
      y = -y.square() + x;
    }
    return x;
  };
  static constexpr F kAtCompileTime = kRun(F::from_u64(7));
  const volatile std::uint64_t seven = 7;
  EXPECT_EQ(kRun(F::from_u64(seven)), kAtCompileTime);
}

// Products have code of their own where the processor has MULX and ADX.
TYPED_TEST(MontgomeryFieldTest, ProductsAreTheSameOnEveryInstructionSet) {
  using F = TypeParam;
  U256 largest = F::kModulus;
  largest[0] -= 1;
  std::vector<F> values{F::zero(), F::one(), -F::one(), F::from_montgomery({1, 0, 0, 0}), F::from_montgomery(largest)};
  for (std::size_t limb = 0; limb < 4; ++limb) {
    U256 limbs{};
    limbs[limb] = limb == 3 ? F::kModulus[3] - 1 : ~0ULL;  // carries through a whole word
    values.push_back(F::from_montgomery(limbs));
  }
  for (int i = 0; i < 200; ++i) {
    values.push_back(this->random());
  }
  const Isa before = active_isa();
  std::vector<F> expected;
  for (const Isa isa : {Isa::kPortable, Isa::kAvx2, Isa::kAvx512}) {
    if (!isa_available(isa)) {
      continue;
    }
    set_isa_for_testing(isa);
    EXPECT_FALSE(isa == Isa::kPortable && mulx_chosen());
    std::vector<F> products;
    for (const F& a : values) {
      for (const F& b : values) {
        products.push_back(a * b);
      }
    }
    if (isa == Isa::kPortable) {
      expected = products;
    }
    EXPECT_EQ(products, expected) << isa_name(isa);
  }
  set_isa_for_testing(before);
}

TYPED_TEST(MontgomeryFieldTest, IntegersMapToTheirResidues) {
  using F = TypeParam;
  EXPECT_EQ(F::from_u64(1234567) * F::from_u64(7654321), F::from_u64(1234567ULL * 7654321ULL));
  EXPECT_EQ(F::from_i64(-5) + F::from_u64(5), F::zero());
  EXPECT_EQ(F::from_i64(INT64_MIN) + F::from_u64(std::uint64_t{1} << 63), F::zero());
  EXPECT_EQ(F::from_u64(42).canonical(), (U256{42, 0, 0, 0}));
}

TYPED_TEST(MontgomeryFieldTest, ReducesAny512BitValue) {
  using F = TypeParam;
  const U256 all{~0ULL, ~0ULL, ~0ULL, ~0ULL};
  F power = F::one();
  for (int i = 0; i < 512; ++i) {
    power = power.twice();
  }
  EXPECT_EQ(F::from_u512_reduced(all, all), power - F::one());
}

TYPED_TEST(MontgomeryFieldTest, BytesRoundTripAndNonCanonicalIsRefused) {
  using F = TypeParam;
  for (int i = 0; i < 50; ++i) {
    const F a = this->random();
    const auto bytes = a.to_bytes();
    const auto back = F::from_bytes(bytes);
    ASSERT_TRUE(back.has_value());
    EXPECT_EQ(*back, a);
  }
  auto bytes = (-F::one()).to_bytes();  // p - 1
  EXPECT_TRUE(F::from_bytes(bytes).has_value());
  bytes[0] = static_cast<std::uint8_t>(bytes[0] + 1);  // p: both moduli are odd, so no carry
  EXPECT_FALSE(F::from_bytes(bytes).has_value());
}

TYPED_TEST(MontgomeryFieldTest, BatchInverseKeepsZeros) {
  using F = TypeParam;
  std::vector<F> v{this->random(), F::zero(), this->random(), F::zero(), F::one()};
  std::vector<F> w = v;
  batch_inverse<F>(w);
  for (std::size_t i = 0; i < v.size(); ++i) {
    EXPECT_EQ(v[i] * w[i], v[i].is_zero() ? F::zero() : F::one());
  }
}

}  // namespace
}  // namespace proofcard
