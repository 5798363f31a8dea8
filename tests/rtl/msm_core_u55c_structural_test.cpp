// pc_msm_core in configuration u55c as it is synthesised: one sum of 2^12 points with 254-bit scalars, all 20 windows.
#include <gmock/gmock.h>

#include "tests/rtl/msm_core.hpp"

namespace proofcard::rtl {
namespace {

using MsmCoreU55cStructural = SeededTest;

TEST_F(MsmCoreU55cStructural, SumOfFourThousandPoints) {
  CoreBench core(random_);
  CoreJob job{random_points(1 << 12, random_), 254, 1, 0, 20, {}};
  for (std::size_t i = 0; i < job.bases.size(); ++i) {
    job.scalars.push_back(Fr::from_u256_reduced({random_(), random_(), random_(), random_()}).canonical());
  }
  const std::optional<CoreRun> run =
      core.run(job, {.latency_cycles = 130, .refresh_interval = 1170, .refresh_cycles = 78});
  ASSERT_TRUE(run);
  std::uint64_t num_digits = 0;
  EXPECT_EQ(run->results, core_expected(kCoreU55c, job, &num_digits));
  EXPECT_EQ(run->num_digits, num_digits);
}

}  // namespace
}  // namespace proofcard::rtl
