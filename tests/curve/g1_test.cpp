#include "host/curve/g1.hpp"

#include <gtest/gtest.h>

#include <random>

namespace proofcard::curve {
namespace {

Fr random_fr(std::mt19937_64& rng) { return Fr::from_u256_reduced({rng(), rng(), rng(), rng()}); }

// The additions in affine coordinates, from the textbook: what G1 is tested against.
G1Affine slow_add(const G1Affine& p, const G1Affine& q) {
  if (p.is_infinity()) return q;
  if (q.is_infinity()) return p;
  if (p.x == q.x && p.y != q.y) return G1Affine::infinity();
  const Fq slope =
      p == q ? p.x.square() * Fq::from_u64(3) * p.y.twice().inverse() : (q.y - p.y) * (q.x - p.x).inverse();
  const Fq x = slope.square() - p.x - q.x;
  return {x, slope * (p.x - x) - p.y};
}

TEST(G1, AdditionsAgreeWithTheTextbook) {
  const G1Affine g = G1Affine::generator();
  std::vector<G1Affine> points{G1Affine::infinity(), g, -g};
  for (int i = 0; i < 5; ++i) {
    points.push_back(slow_add(points.back(), -g));
  }
  points.push_back(-points[4]);
  for (const G1Affine& p : points) {
    EXPECT_TRUE(p.is_on_curve());
    EXPECT_EQ(G1(p).twice().to_affine(), slow_add(p, p));
    // Some representative with Z other than 1.
    const G1 projective = G1(p) + G1(g).twice() - G1(g).twice();
    for (const G1Affine& q : points) {
      EXPECT_EQ((projective + q).to_affine(), slow_add(p, q));
      EXPECT_EQ((projective + (G1(q) + g - g)).to_affine(), slow_add(p, q));
      EXPECT_EQ(projective == G1(q), p == q);
    }
  }
}

TEST(G1, ScalarMulIsLinearAndHasTheOrderOfFr) {
  const std::uint64_t seed = std::random_device{}();
  SCOPED_TRACE(seed);
  std::mt19937_64 rng(seed);
  const G1 g = G1::generator();
  const Fr a = random_fr(rng), b = random_fr(rng);
  EXPECT_EQ(scalar_mul(g, a) + scalar_mul(g, b), scalar_mul(g, a + b));
  EXPECT_EQ(scalar_mul(scalar_mul(g, a), b), scalar_mul(g, a * b));
  EXPECT_EQ(scalar_mul(g, -Fr::one()), -g);
  EXPECT_TRUE(scalar_mul(g, Fr::zero()).is_infinity());
  for (const std::int64_t v :
       {std::int64_t{0}, std::int64_t{1}, std::int64_t{-1}, std::int64_t{77}, INT64_MIN, INT64_MAX}) {
    EXPECT_EQ(scalar_mul(g, v), scalar_mul(g, Fr::from_i64(v))) << v;
  }
}

// 2 (1, 2), as EIP-196 implementations publish it.
TEST(G1, KnownMultiple) {
  const G1Affine p = G1::generator().twice().to_affine();
  EXPECT_EQ(p.x.canonical(), (U256{0xd3c208c16d87cfd3, 0xd97816a916871ca8, 0x9b85045b68181585, 0x030644e72e131a02}));
  EXPECT_EQ(p.y.canonical(), (U256{0xff3ebf7a5a18a2c4, 0x68a6a449e3538fc7, 0xe7845f96b2ae9c0a, 0x15ed738c0e0a7c92}));
}

TEST(G1, BatchToAffineKeepsInfinity) {
  const G1 g = G1::generator();
  const std::vector<G1> points{g.twice(), G1::infinity(), g, g.twice() + g};
  const auto affine = batch_to_affine(points);
  for (std::size_t i = 0; i < points.size(); ++i) {
    EXPECT_EQ(affine[i], points[i].to_affine());
    EXPECT_EQ(G1(affine[i]), points[i]);
  }
  EXPECT_TRUE(affine[1].is_infinity());
}

}  // namespace
}  // namespace proofcard::curve
