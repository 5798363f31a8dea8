#include "host/curve/fixed_base.hpp"

#include <gtest/gtest.h>

#include <random>
#include <string>
#include <vector>

#include "host/base/cpu_features.hpp"
#include "host/curve/hash_to_curve.hpp"
#include "tests/support/random.hpp"

namespace proofcard::curve {
namespace {

using Indices = std::vector<std::uint32_t>;

// Two points of a list, then points in every special relation to them.
std::vector<G1Affine> test_points() {
  auto points = derive_generators("fixed base test", 0, 4);
  points.push_back(points[0]);                                                // 4: equal
  points.push_back(-points[0]);                                               // 5: opposite
  points.push_back(G1Affine::infinity());                                     // 6
  points.push_back(G1(points[1]).twice().to_affine());                        // 7: twice
  points.push_back(scalar_mul(points[1], std::int64_t{1} << 7).to_affine());  // 8: first of the next window
  return points;
}

G1Affine expected_sum(std::span<const G1Affine> points, std::span<const std::uint32_t> indices,
                      std::span<const Fr> scalars) {
  G1 sum;
  for (std::size_t k = 0; k < scalars.size(); ++k) {
    sum += scalar_mul(points[indices[k]], scalars[k]);
  }
  return sum.to_affine();
}

// Runs once with each implementation: tables are built and read by the one in force.
class FixedBasesTest : public ::testing::TestWithParam<Isa> {
 protected:
  void SetUp() override {
    if (!isa_available(GetParam())) {
      GTEST_SKIP() << "this processor does not run " << isa_name(GetParam());
    }
    set_isa_for_testing(GetParam());
  }
  void TearDown() override { set_isa_for_testing(before_); }

 private:
  Isa before_ = active_isa();
};

TEST_P(FixedBasesTest, SumsOfEveryScalarAndPoint) {
  const auto points = test_points();
  const FixedBases bases(points);
  ASSERT_EQ(bases.size(), points.size());
  const std::uint64_t seed = std::random_device{}();
  SCOPED_TRACE(seed);
  testing::Random random(seed);
  std::vector<Fr> scalars{Fr::zero(), Fr::one(), -Fr::one(), Fr::from_u64(64), Fr::from_u64(65), -Fr::from_u64(64)};
  // Powers of two, and all digits at their limits.
  Fr power = Fr::one(), all_top = Fr::zero();
  for (int bit = 0; bit < 254; ++bit) {
    if (bit % 7 == 6) {
      scalars.push_back(power);
      all_top += power;
    }
    power = power.twice();
  }
  scalars.push_back(all_top);
  scalars.push_back(-all_top);
  scalars.push_back(random.fr());
  for (std::uint32_t i = 0; i < points.size(); ++i) {
    for (const Fr& scalar : scalars) {
      const std::uint32_t index[] = {i};
      EXPECT_EQ(bases.sum(index, {&scalar, 1}), scalar_mul(points[i], scalar).to_affine()) << i;
    }
  }
  EXPECT_EQ(bases.sum({}, {}), G1Affine::infinity());
}

// Sums of every length whose terms meet as equal and opposite points, in one call and one by one.
TEST_P(FixedBasesTest, RandomSumsWithExceptionalTerms) {
  const auto points = test_points();
  const FixedBases bases(points);
  const std::uint64_t seed = std::random_device{}();
  SCOPED_TRACE(seed);
  testing::Random random(seed);
  for (const std::size_t num_sums : {1U, 3U, 15U, 16U, 17U, 70U}) {
    std::vector<std::size_t> offsets{0};
    Indices indices;
    std::vector<Fr> scalars;
    const std::vector<Fr> repeated{random.fr(), Fr::one(), -Fr::one(), Fr::zero(), Fr::from_u64(128)};
    for (std::size_t r = 0; r < num_sums; ++r) {
      const auto count = static_cast<std::size_t>(random.in_range(0, 20));
      const bool special = random.in_range(0, 2) == 0;
      for (std::size_t k = 0; k < count; ++k) {
        indices.push_back(static_cast<std::uint32_t>(random.in_range(0, static_cast<std::int64_t>(points.size()) - 1)));
        scalars.push_back(special ? repeated[static_cast<std::size_t>(random.in_range(0, 4))] : random.fr());
      }
      offsets.push_back(indices.size());
    }
    std::vector<G1Affine> out(num_sums);
    bases.sums(out, offsets, indices, scalars);
    for (std::size_t r = 0; r < num_sums; ++r) {
      const auto of = std::span(indices).subspan(offsets[r], offsets[r + 1] - offsets[r]);
      const auto by = std::span<const Fr>(scalars).subspan(offsets[r], offsets[r + 1] - offsets[r]);
      EXPECT_EQ(out[r], expected_sum(points, of, by)) << r;
      EXPECT_EQ(bases.sum(of, by), out[r]) << r;
    }
  }
}

TEST_P(FixedBasesTest, ResultsAtInfinity) {
  const auto points = test_points();
  const FixedBases bases(points);
  testing::Random random(7);
  const Fr a = random.fr();
  const Indices equal{0, 4}, opposite{0, 5}, triple{1, 7, 1};
  EXPECT_EQ(bases.sum(equal, std::vector<Fr>{a, -a}), G1Affine::infinity());
  EXPECT_EQ(bases.sum(opposite, std::vector<Fr>{a, a}), G1Affine::infinity());
  EXPECT_EQ(bases.sum(triple, std::vector<Fr>{a, a, -(a.twice() + a)}), G1Affine::infinity());
  EXPECT_NE(bases.sum(equal, std::vector<Fr>{a, a}), G1Affine::infinity());
}

// Enough sums for one in each lane, whose first terms are equal or opposite points, with and without more terms after.
TEST_P(FixedBasesTest, TermsMeetInsideALane) {
  const auto points = test_points();
  const FixedBases bases(points);
  testing::Random random(8);
  const Fr one = Fr::one();
  struct Meeting {
    std::uint32_t a, b;
    Fr by_a, by_b;
  };
  const Meeting meetings[] = {
      {0, 4, one, one}, {0, 5, one, one}, {1, 7, one.twice(), one}, {1, 8, Fr::from_u64(128), one}, {2, 2, one, -one}};
  std::vector<std::size_t> offsets{0};
  Indices indices;
  std::vector<Fr> scalars;
  for (std::size_t r = 0; r < 64; ++r) {
    const Meeting& m = meetings[r % std::size(meetings)];
    indices.insert(indices.end(), {m.a, m.b, 3});
    scalars.insert(scalars.end(), {m.by_a, m.by_b, r % 2 == 0 ? Fr::zero() : random.fr()});
    offsets.push_back(indices.size());
  }
  std::vector<G1Affine> out(64);
  bases.sums(out, offsets, indices, scalars);
  for (std::size_t r = 0; r < out.size(); ++r) {
    EXPECT_EQ(out[r], expected_sum(points, std::span(indices).subspan(3 * r, 3),
                                   std::span<const Fr>(scalars).subspan(3 * r, 3)))
        << r;
  }
}

TEST_P(FixedBasesTest, NoPoints) {
  const FixedBases bases({});
  EXPECT_EQ(bases.size(), 0U);
  EXPECT_EQ(bases.sum({}, {}), G1Affine::infinity());
}

INSTANTIATE_TEST_SUITE_P(EveryIsa, FixedBasesTest, ::testing::Values(Isa::kPortable, Isa::kAvx2, Isa::kAvx512),
                         [](const auto& param) { return std::string(isa_name(param.param)); });

}  // namespace
}  // namespace proofcard::curve
