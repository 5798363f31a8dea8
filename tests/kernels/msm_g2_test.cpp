#include "host/kernels/msm_g2.hpp"

#include <gtest/gtest.h>

#include <random>

#include "host/base/cpu_features.hpp"
#include "tests/support/random.hpp"

namespace proofcard::kernels {
namespace {

using curve::G2;
using curve::G2Affine;

class MsmG2Test : public ::testing::TestWithParam<Isa> {
 protected:
  void SetUp() override {
    if (!isa_available(GetParam())) {
      GTEST_SKIP() << "this processor has no " << isa_name(GetParam());
    }
    previous_ = active_isa();
    set_isa_for_testing(GetParam());
  }
  void TearDown() override {
    if (isa_available(GetParam())) {
      set_isa_for_testing(previous_);
    }
  }

 private:
  Isa previous_ = Isa::kPortable;
};

// Multiples of the generator that are easy to make; infinity, duplicates and opposite points among them.
std::vector<G2Affine> awkward_points(std::size_t count) {
  std::vector<G2Affine> points;
  G2 p = G2::generator();
  for (std::size_t i = 0; i < count; ++i) {
    points.push_back(p.to_affine());
    p = p.twice() + G2Affine::generator();
  }
  for (std::size_t i = 0; i + 7 < count; i += 8) {
    points[i] = G2Affine::infinity();
    points[i + 2] = points[i + 1];
    points[i + 4] = -points[i + 3];
    points[i + 5] = G2Affine::generator();
  }
  return points;
}

TEST_P(MsmG2Test, AgreesWithTheDefinition) {
  const std::uint64_t seed = std::random_device{}();
  SCOPED_TRACE(seed);
  testing::Random random(seed);
  const std::vector<G2Affine> points = awkward_points(200);
  for (const std::size_t n : {0, 1, 2, 7, 8, 33, 200}) {
    const std::vector<Fr> scalars = random.frs(n);
    const std::span<const G2Affine> some(points.data(), n);
    EXPECT_EQ(cpu_msm_g2(some, scalars), reference_msm_g2(some, scalars)) << n;
  }
}

TEST_P(MsmG2Test, SmallAndExtremeScalars) {
  testing::Random random(5);
  const std::vector<G2Affine> points = awkward_points(64);
  std::vector<Fr> scalars(64);
  for (std::size_t i = 0; i < scalars.size(); ++i) {
    scalars[i] = Fr::from_i64(random.in_range(-2, 2));
  }
  EXPECT_EQ(cpu_msm_g2(points, scalars), reference_msm_g2(points, scalars));
  scalars[3] = -Fr::one();
  scalars[4] = Fr::from_u64(2).inverse();
  scalars[6] = -scalars[4];
  EXPECT_EQ(cpu_msm_g2(points, scalars), reference_msm_g2(points, scalars));
  EXPECT_TRUE(cpu_msm_g2(points, std::vector<Fr>(64)).is_infinity());
}

// Every bucket gets many equal points, so that all exceptional additions happen.
TEST_P(MsmG2Test, EqualAndOppositePoints) {
  const G2Affine g = G2Affine::generator();
  std::vector<G2Affine> points(300, g);
  std::vector<Fr> scalars(300, Fr::from_u64(3));
  EXPECT_EQ(cpu_msm_g2(points, scalars), scalar_mul(g, Fr::from_u64(900)));
  for (std::size_t i = 0; i < 150; ++i) {
    points[i] = -g;
  }
  EXPECT_TRUE(cpu_msm_g2(points, scalars).is_infinity());
  scalars[0] = Fr::from_i64(-5);
  EXPECT_EQ(cpu_msm_g2(points, scalars), scalar_mul(g, Fr::from_u64(8)));
}

INSTANTIATE_TEST_SUITE_P(Isas, MsmG2Test, ::testing::Values(Isa::kPortable, Isa::kAvx2, Isa::kAvx512),
                         [](const auto& param_info) { return std::string(isa_name(param_info.param)); });

}  // namespace
}  // namespace proofcard::kernels
