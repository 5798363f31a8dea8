// Goldilocks against 128-bit integer arithmetic, and the roots of unity of both fields.
#include "host/field/goldilocks.hpp"

#include <gtest/gtest.h>

#include <random>
#include <vector>

#include "host/field/two_adic.hpp"

namespace proofcard {
namespace {

__extension__ using Wide = unsigned __int128;
constexpr std::uint64_t kP = Goldilocks::kModulus;

// Every operand where a carry or a borrow changes, and random ones.
std::vector<std::uint64_t> operands(std::mt19937_64& rng) {
  std::vector<std::uint64_t> out;
  for (const std::uint64_t edge : {std::uint64_t{0}, std::uint64_t{1} << 31, std::uint64_t{1} << 32,
                                   std::uint64_t{1} << 63, kP / 2, kP - (std::uint64_t{1} << 32), kP}) {
    for (std::uint64_t near = 0; near < 5; ++near) {
      out.push_back((edge + near) % kP);
      out.push_back((edge + kP - near) % kP);
    }
  }
  for (int i = 0; i < 200; ++i) {
    out.push_back(rng() % kP);
  }
  return out;
}

TEST(Goldilocks, EqualsIntegersModuloThePrime) {
  const std::uint64_t seed = std::random_device{}();
  std::mt19937_64 rng(seed);
  const auto values = operands(rng);
  for (const std::uint64_t a : values) {
    for (const std::uint64_t b : values) {
      const Goldilocks x = Goldilocks::from_canonical(a), y = Goldilocks::from_canonical(b);
      ASSERT_EQ((x + y).canonical(), (Wide{a} + b) % kP) << a << " + " << b;
      ASSERT_EQ((x - y).canonical(), (Wide{a} + kP - b) % kP) << a << " - " << b;
      ASSERT_EQ((x * y).canonical(), Wide{a} * b % kP) << a << " * " << b;
    }
  }
}

TEST(Goldilocks, ReducesEveryWord) {
  for (const std::uint64_t v : {std::uint64_t{0}, kP - 1, kP, kP + 1, UINT64_MAX}) {
    EXPECT_EQ(Goldilocks::from_u64(v).canonical(), v % kP);
  }
}

TEST(Goldilocks, Inverses) {
  std::mt19937_64 rng(7);
  for (int i = 0; i < 100; ++i) {
    const Goldilocks x = Goldilocks::from_u64(rng() | 1);
    EXPECT_EQ(x * x.inverse(), Goldilocks::one());
    EXPECT_EQ(x + -x, Goldilocks::zero());
  }
  EXPECT_TRUE(Goldilocks::zero().inverse().is_zero());
}

TEST(TwoAdic, RootsArePowersOfTheGenerator) {
  EXPECT_EQ(TwoAdic<Goldilocks>::kRoot, Goldilocks::from_u64(7).pow_vartime((kP - 1) >> 32));
  U256 exponent = Fr::kModulus;
  exponent[0] -= 1;
  for (int i = 0; i < 28; ++i) {
    for (std::size_t k = 0; k < 4; ++k) {
      exponent[k] = exponent[k] >> 1 | (k < 3 ? exponent[k + 1] << 63 : 0);
    }
  }
  EXPECT_EQ(TwoAdic<Fr>::kRoot, Fr::from_u64(5).pow_vartime(exponent));
}

TEST(TwoAdic, OrdersAreExact) {
  EXPECT_EQ(root_of_unity<Fr>(0), Fr::one());
  EXPECT_EQ(root_of_unity<Fr>(1), -Fr::one());
  EXPECT_EQ(root_of_unity<Fr>(20).square(), root_of_unity<Fr>(19));
  EXPECT_EQ(root_of_unity<Goldilocks>(0), Goldilocks::one());
  EXPECT_EQ(root_of_unity<Goldilocks>(1), -Goldilocks::one());
  EXPECT_EQ(root_of_unity<Goldilocks>(20) * root_of_unity<Goldilocks>(20), root_of_unity<Goldilocks>(19));
}

}  // namespace
}  // namespace proofcard
