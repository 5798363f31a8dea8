#include "host/kernels/sparse_sums.hpp"

#include <gtest/gtest.h>

#include <random>

#include "host/base/cpu_features.hpp"
#include "tests/support/random.hpp"

namespace proofcard::kernels {
namespace {

using curve::G1;
using curve::G1Affine;
using curve::G2;
using curve::G2Affine;

class SparseSumsTest : public ::testing::TestWithParam<Isa> {
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

// Infinity, equal and opposite points among them.
template <class Group, class Affine>
std::vector<Affine> points(std::size_t count) {
  std::vector<Affine> out;
  Group p = Group::generator();
  for (std::size_t i = 0; i < count; ++i) {
    out.push_back(i % 7 == 0 ? Affine::infinity() : (i % 5 == 0 ? -p : p).to_affine());
    p = i % 3 == 0 ? p.twice() + Affine::generator() : p;
  }
  return out;
}

// Rows of none, few and many terms, with scalars of every size.
SparseMatrix matrix(testing::Random& random, std::size_t num_points, std::size_t num_rows) {
  SparseMatrix out;
  for (std::size_t row = 0; row < num_rows; ++row) {
    const std::size_t terms = row == 3 ? 600 : static_cast<std::size_t>(random.in_range(0, row % 9 == 0 ? 20 : 3));
    for (std::size_t k = 0; k < terms; ++k) {
      const Fr scalar[] = {Fr::one(),
                           -Fr::one(),
                           Fr::zero(),
                           Fr::from_i64(random.in_range(-1000, 1000)),
                           random.fr(),
                           Fr::from_u64(2).inverse(),
                           -Fr::from_u64(2).inverse()};
      out.add_term(static_cast<std::uint32_t>(random.in_range(0, static_cast<std::int64_t>(num_points) - 1)),
                   scalar[random.in_range(0, 6)]);
    }
    out.end_row();
  }
  return out;
}

TEST_P(SparseSumsTest, AgreeWithTheDefinition) {
  const std::uint64_t seed = std::random_device{}();
  SCOPED_TRACE(seed);
  testing::Random random(seed);
  const auto g1 = points<G1, G1Affine>(40);
  const auto g2 = points<G2, G2Affine>(40);
  for (const std::size_t rows : {0, 1, 5, 60}) {
    const SparseMatrix m = matrix(random, g1.size(), rows);
    EXPECT_EQ(cpu_sparse_sums(g1, m), reference_sparse_sums(std::span<const G1Affine>(g1), m)) << rows;
    EXPECT_EQ(cpu_sparse_sums(g2, m), reference_sparse_sums(std::span<const G2Affine>(g2), m)) << rows;
  }
}

// More rows than a task takes.
TEST_P(SparseSumsTest, ManyRows) {
  const auto g1 = points<G1, G1Affine>(100);
  SparseMatrix m;
  for (std::uint32_t row = 0; row < 3000; ++row) {
    m.add_term(row % 100, Fr::from_u64(row));
    m.end_row();
  }
  const auto sums = cpu_sparse_sums(g1, m);
  ASSERT_EQ(sums.size(), 3000U);
  for (std::size_t row = 0; row < sums.size(); row += 97) {
    EXPECT_EQ(G1(sums[row]), scalar_mul(G1(g1[row % 100]), static_cast<std::int64_t>(row))) << row;
  }
}

TEST_P(SparseSumsTest, OneScalarForAll) {
  testing::Random random(3);
  const auto g1 = points<G1, G1Affine>(50);
  const Fr scalar = random.fr();
  const auto scaled = cpu_scale_points(g1, scalar);
  ASSERT_EQ(scaled.size(), g1.size());
  for (std::size_t i = 0; i < g1.size(); ++i) {
    EXPECT_EQ(G1(scaled[i]), scalar_mul(G1(g1[i]), scalar)) << i;
  }
}

INSTANTIATE_TEST_SUITE_P(Isas, SparseSumsTest, ::testing::Values(Isa::kPortable, Isa::kAvx2, Isa::kAvx512),
                         [](const auto& param_info) { return std::string(isa_name(param_info.param)); });

}  // namespace
}  // namespace proofcard::kernels
