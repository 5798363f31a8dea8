#include "host/curve/g2.hpp"

#include <gtest/gtest.h>

#include <random>

#include "host/curve/sqrt.hpp"
#include "tests/support/random.hpp"

namespace proofcard::curve {
namespace {

// The additions in affine coordinates, from the textbook: what G2 is tested against.
G2Affine slow_add(const G2Affine& p, const G2Affine& q) {
  if (p.is_infinity()) return q;
  if (q.is_infinity()) return p;
  if (p.x == q.x && p.y != q.y) return G2Affine::infinity();
  const Fq2 slope =
      p == q ? p.x.square() * Fq::from_u64(3) * p.y.twice().inverse() : (q.y - p.y) * (q.x - p.x).inverse();
  const Fq2 x = slope.square() - p.x - q.x;
  return {x, slope * (p.x - x) - p.y};
}

// A root in Fq2, if there is one: of a + b u from the norm, by the complex method.
std::optional<Fq2> square_root(const Fq2& a) {
  const std::optional<Fq> norm = sqrt(a.norm());
  if (!norm) return std::nullopt;
  const Fq half = Fq::from_u64(2).inverse();
  for (const Fq& n : {*norm, -*norm}) {
    const std::optional<Fq> real = sqrt((a.c0 + n) * half);
    if (real && !real->is_zero()) {
      const Fq2 root{*real, a.c1 * half * real->inverse()};
      if (root.square() == a) return root;
    }
  }
  return std::nullopt;
}

// A point of the twist that is, but for chance, not of order r: the group is one part in 10^76 of the twist.
G2Affine point_outside_the_group(std::uint64_t seed) {
  testing::Random random(seed);
  const Fq2 b = Fq2::xi().inverse() * Fq::from_u64(3);
  while (true) {
    const Fq2 x{Fq::from_u64(random.u64()), Fq::from_u64(random.u64())};
    if (const auto y = square_root(x.square() * x + b)) {
      return {x, *y};
    }
  }
}

TEST(G2, AdditionsAgreeWithTheTextbook) {
  const G2Affine g = G2Affine::generator();
  std::vector<G2Affine> points{G2Affine::infinity(), g, -g};
  for (int i = 0; i < 4; ++i) {
    points.push_back(slow_add(points.back(), -g));
  }
  points.push_back(-points[4]);
  points.push_back(point_outside_the_group(1));
  for (const G2Affine& p : points) {
    EXPECT_TRUE(p.is_on_curve());
    EXPECT_EQ(G2(p).twice().to_affine(), slow_add(p, p));
    // Some representative with Z other than 1.
    const G2 projective = G2(p) + G2(g).twice() - G2(g).twice();
    for (const G2Affine& q : points) {
      EXPECT_EQ((projective + q).to_affine(), slow_add(p, q));
      EXPECT_EQ((projective + (G2(q) + g - g)).to_affine(), slow_add(p, q));
      EXPECT_EQ(projective == G2(q), p == q);
    }
  }
}

TEST(G2, ScalarMulIsLinearAndHasTheOrderOfFr) {
  const std::uint64_t seed = std::random_device{}();
  SCOPED_TRACE(seed);
  testing::Random random(seed);
  const Fr a = random.fr(), b = random.fr();
  const G2 g = G2::generator();
  EXPECT_EQ(scalar_mul(g, a) + scalar_mul(g, b), scalar_mul(g, a + b));
  EXPECT_EQ(scalar_mul(scalar_mul(g, a), b), scalar_mul(g, a * b));
  EXPECT_EQ(scalar_mul(g, -Fr::one()), -g);
  EXPECT_TRUE(scalar_mul(g, Fr::kModulus).is_infinity());
  EXPECT_TRUE(scalar_mul(g, Fr::zero()).is_infinity());
}

TEST(G2, KnowsItsGroup) {
  const G2Affine g = G2Affine::generator();
  EXPECT_TRUE(g.is_in_group());
  EXPECT_TRUE(G2Affine::infinity().is_in_group());
  EXPECT_TRUE(scalar_mul(g, Fr::from_u64(12345)).to_affine().is_in_group());
  EXPECT_FALSE((G2Affine{g.x, g.y + Fq2::one()}).is_on_curve());
  EXPECT_FALSE((G2Affine{g.x, g.y + Fq2::one()}).is_in_group());
  for (std::uint64_t seed = 1; seed <= 3; ++seed) {
    const G2Affine outside = point_outside_the_group(seed);
    EXPECT_TRUE(outside.is_on_curve());
    EXPECT_FALSE(outside.is_in_group());
    EXPECT_FALSE((G2(outside) + g).to_affine().is_in_group());
  }
  // Of order r, but on y^2 = x^3 + 64 b, to which the formulas of additions apply as well.
  const Fq2 four = Fq2::one().twice().twice();
  const G2Affine elsewhere{g.x * four, g.y * four.twice()};
  EXPECT_TRUE(scalar_mul(elsewhere, Fr::kModulus).is_infinity());
  EXPECT_FALSE(elsewhere.is_on_curve());
  EXPECT_FALSE(elsewhere.is_in_group());
}

TEST(G2, BatchToAffineKeepsInfinity) {
  const G2 g = G2::generator();
  const std::vector<G2> points{g.twice(), G2::infinity(), g, g.twice() + g};
  const auto affine = batch_to_affine(points);
  for (std::size_t i = 0; i < points.size(); ++i) {
    EXPECT_EQ(affine[i], points[i].to_affine());
    EXPECT_EQ(G2(affine[i]), points[i]);
  }
  EXPECT_TRUE(affine[1].is_infinity());
}

}  // namespace
}  // namespace proofcard::curve
