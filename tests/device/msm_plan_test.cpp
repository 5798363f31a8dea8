// Plans cover every (row, point, window) once and keep every limit.
#include "host/device/msm/msm_plan.hpp"

#include <gtest/gtest.h>

#include "host/device/abi/abi.hpp"
#include "tests/support/random.hpp"

namespace proofcard::device {
namespace {

MsmLimits roomy(std::size_t num_units) {
  return {std::size_t{1} << 22,
          std::size_t{1} << 24,
          std::size_t{1} << 20,
          std::size_t{32} << 20,
          std::size_t{8} << 20,
          num_units,
          true};
}

void expect_exact_cover(const MsmBatch& batch, const MsmLimits& limits, const std::vector<MsmPart>& parts) {
  std::vector<int> seen(batch.num_rows * batch.row_len * batch.num_windows);
  for (const MsmPart& p : parts) {
    const std::size_t windows = p.num_windows == 0 ? batch.num_windows : p.num_windows;
    ASSERT_GT(p.num_rows, 0U);
    ASSERT_GT(p.num_points, 0U);
    ASSERT_EQ(p.narrow_windows, batch.narrow_windows);
    ASSERT_LE(p.num_points, limits.max_points);
    ASSERT_LE(p.num_rows, limits.max_rows);
    ASSERT_EQ(p.first / limits.segment_points, (p.first + p.num_points - 1) / limits.segment_points);
    ASSERT_EQ(p.first % 64, 0U);
    ASSERT_LE(p.num_rows * ((p.num_points * batch.scalar_bytes + 63) / 64 * 64), limits.scalars_bytes);
    ASSERT_LE(p.num_rows * windows * abi::kResultBytes, limits.results_bytes);
    for (std::size_t r = p.row; r < p.row + p.num_rows; ++r) {
      for (std::size_t j = p.first; j < p.first + p.num_points; ++j) {
        for (std::size_t w = p.first_window; w < p.first_window + windows; ++w) {
          ++seen.at((r * batch.row_len + j) * batch.num_windows + w);
        }
      }
    }
  }
  for (const int count : seen) {
    ASSERT_EQ(count, 1);
  }
}

TEST(MsmPlanTest, CoversEverythingOnceWithinTheLimits) {
  testing::Random random(1);
  const auto up_to = [&](std::size_t n) { return 1 + random.u64() % n; };
  for (int i = 0; i < 300; ++i) {
    SCOPED_TRACE(i);
    const std::size_t scalar_bytes = std::size_t{1} << (random.u64() % 6);
    const MsmBatch batch{up_to(40), up_to(1500), scalar_bytes, up_to(52), random.u64() % 2 == 0};
    const MsmLimits limits{
        64 * up_to(20), 64 * up_to(30),       up_to(30), 64 * scalar_bytes * up_to(30), 52 * 128 * up_to(5),
        up_to(6),       random.u64() % 2 == 0};
    expect_exact_cover(batch, limits, plan_msm(batch, limits));
  }
}

TEST(MsmPlanTest, NothingToDoIsNoPart) {
  EXPECT_TRUE(plan_msm({0, 100, 32, 20}, roomy(2)).empty());
  EXPECT_TRUE(plan_msm({3, 0, 32, 20}, roomy(2)).empty());
}

TEST(MsmPlanTest, SmallBatchesStayWhole) {
  EXPECT_EQ(plan_msm({2, 100, 32, 20}, roomy(4)).size(), 1U);
  EXPECT_EQ(plan_msm({100, 512, 1, 1}, roomy(4)).size(), 1U);
}

TEST(MsmPlanTest, RowsGiveEveryUnitTwoJobs) {
  EXPECT_EQ(plan_msm({127, 4096, 1, 1}, roomy(1)).size(), 1U);
  EXPECT_EQ(plan_msm({128, 4096, 1, 1}, roomy(1)).size(), 2U);
  EXPECT_EQ(plan_msm({127, 4096, 1, 1}, roomy(2)).size(), 4U);
  EXPECT_EQ(plan_msm({64, 65536, 1, 1}, roomy(1)).size(), 2U);
  EXPECT_EQ(plan_msm({64, 65536, 1, 1}, roomy(4)).size(), 8U);
}

TEST(MsmPlanTest, OneLargeSumIsSharedByWindows) {
  const auto parts = plan_msm({1, 65536, 32, 20}, roomy(3));
  ASSERT_EQ(parts.size(), 3U);
  EXPECT_EQ(parts[0].num_windows, 7U);
  EXPECT_EQ(parts[1].num_windows, 7U);
  EXPECT_EQ(parts[2].num_windows, 6U);
  MsmLimits different = roomy(3);
  different.windows_can_be_shared = false;
  EXPECT_EQ(plan_msm({1, 65536, 32, 20}, different).size(), 1U);
}

// Where the RTL in configuration u55c takes as long with either: docs/rtl/targets.md.
TEST(MsmPlanTest, FewPointsTakeNarrowWindows) {
  EXPECT_FALSE(narrow_windows_pay(0, 13, 8));
  EXPECT_TRUE(narrow_windows_pay(1, 13, 8));
  EXPECT_TRUE(narrow_windows_pay(512, 13, 8));
  EXPECT_TRUE(narrow_windows_pay(1 << 13, 13, 8));
  EXPECT_FALSE(narrow_windows_pay(9'000, 13, 8));
  EXPECT_FALSE(narrow_windows_pay(1 << 14, 13, 8));
  EXPECT_FALSE(narrow_windows_pay(1 << 20, 13, 8));
  EXPECT_FALSE(narrow_windows_pay(512, 8, 8));
}

TEST(MsmPlanTest, SumsLargerThanASegmentAreSharedByPoints) {
  MsmLimits limits = roomy(2);
  limits.segment_points = 1 << 16;
  const auto parts = plan_msm({1, (std::size_t{3} << 16) + 5, 32, 20}, limits);
  ASSERT_EQ(parts.size(), 4U);
  EXPECT_EQ(parts[3].first, std::size_t{3} << 16);
  EXPECT_EQ(parts[3].num_points, 5U);
}

}  // namespace
}  // namespace proofcard::device
