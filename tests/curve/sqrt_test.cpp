#include "host/curve/sqrt.hpp"

#include <gtest/gtest.h>

#include <random>
#include <vector>

#include "host/base/cpu_features.hpp"

namespace proofcard::curve {
namespace {

TEST(Sqrt, RootsOfSquaresOnly) {
  int squares = 0;
  for (std::uint64_t v = 1; v <= 200; ++v) {
    const Fq a = Fq::from_u64(v);
    const auto root = sqrt(a);
    EXPECT_EQ(root.has_value() && root->square() == a, root.has_value());
    // -1 is not a square mod q, so of a and -a exactly one is.
    EXPECT_NE(root.has_value(), sqrt(-a).has_value());
    squares += root.has_value() ? 1 : 0;
  }
  EXPECT_GT(squares, 50);
  EXPECT_LT(squares, 150);
  EXPECT_EQ(sqrt(Fq::zero()), Fq::zero());
}

// Of a and a times a number without a root (xi), exactly one has a root.
TEST(Sqrt, RootsInTheExtension) {
  int squares = 0;
  for (std::uint64_t v = 0; v < 300; ++v) {
    // Both parts zero, one, and neither.
    const Fq2 a{v % 3 == 0 ? Fq::zero() : Fq::from_u64(v), v % 3 == 1 ? Fq::zero() : -Fq::from_u64(v * v + 3)};
    const auto root = sqrt(a), other = sqrt(a.times_xi());
    EXPECT_EQ(root && root->square() == a, root.has_value());
    EXPECT_EQ(other && other->square() == a.times_xi(), other.has_value());
    EXPECT_NE(root.has_value(), other.has_value()) << v;
    EXPECT_TRUE(sqrt(a.square()).has_value()) << v;
    squares += root.has_value() ? 1 : 0;
  }
  EXPECT_GT(squares, 100);
  EXPECT_LT(squares, 290);
}

// Every instruction set gives the same power, also for values without a root, at every length around a register.
TEST(Sqrt, CandidatesAreTheSameOnEveryInstructionSet) {
  const std::uint64_t seed = std::random_device{}();
  SCOPED_TRACE(seed);
  std::mt19937_64 rng(seed);
  const Isa before = active_isa();
  for (const std::size_t n : {0U, 1U, 7U, 8U, 16U, 17U, 40U}) {
    std::vector<Fq> values(n);
    for (Fq& v : values) {
      v = Fq::from_u256_reduced({rng(), rng(), rng(), rng()});
    }
    if (n > 7) {
      values[3] = Fq::zero();
      values[4] = Fq::one();
      values[5] = -Fq::one();
    }
    std::vector<Fq> portable(n), best(n);
    set_isa_for_testing(Isa::kPortable);
    root_candidates(values, portable);
    set_isa_for_testing(best_isa());
    root_candidates(values, best);
    set_isa_for_testing(before);
    EXPECT_EQ(best, portable) << n;
    for (std::size_t i = 0; i < n; ++i) {
      const auto root = sqrt(values[i]);
      EXPECT_TRUE(!root || *root == portable[i]);
    }
  }
}

}  // namespace
}  // namespace proofcard::curve
