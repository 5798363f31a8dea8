// pc_msm_core as it is synthesised: small jobs through the structural adder.
#include <gmock/gmock.h>

#include "tests/rtl/msm_core.hpp"

namespace proofcard::rtl {
namespace {

using MsmCoreStructural = SeededTest;

TEST_F(MsmCoreStructural, SmallJobs) {
  CoreBench core(random_);
  CoreJob full{random_points(60, random_), 254, 1, 0, 14, {}};
  for (std::size_t i = 0; i < full.bases.size(); ++i) {
    full.scalars.push_back(Fr::from_u256_reduced({random_(), random_(), random_(), random_()}).canonical());
  }
  full.bases[3] = full.bases[2];
  full.scalars[3] = full.scalars[2];
  full.bases[5] = -full.bases[4];
  full.scalars[5] = full.scalars[4];
  full.bases[6] = curve::G1Affine::infinity();
  CoreJob rows{full.bases, 8, 4, 0, 2, {}};
  for (std::size_t i = 0; i < 4 * rows.bases.size(); ++i) {
    const auto v = static_cast<std::int64_t>(random_()) >> 56;
    const std::uint64_t sign = v < 0 ? ~std::uint64_t{0} : 0;
    rows.scalars.push_back({static_cast<std::uint64_t>(v), sign, sign, sign});
  }
  for (const CoreJob& job : {full, rows}) {
    const std::optional<CoreRun> run = core.run(job, {.stall_percent = 10});
    ASSERT_TRUE(run);
    EXPECT_EQ(run->results, core_expected(kCoreSmall, job));
  }
}

}  // namespace
}  // namespace proofcard::rtl
