// Buffers larger than a memory channel, on a card whose channels have 1 MiB and whose bases lie in a range of eight.
#include <random>

#include "tests/sim_card/support.hpp"

namespace proofcard::device {
namespace {

constexpr std::size_t kChannelBytes = std::size_t{1} << 20;

class RangesTest : public ::testing::TestWithParam<std::string> {
 protected:
  std::unique_ptr<Device> device_ = must_open(GetParam(), "msm_g1." + GetParam() + "_small.xclbin");
  std::mt19937_64 rng_{1};
};

TEST_P(RangesTest, TheHostSeesTheRange) {
  const auto& arguments = device_->session().units().front().arguments;
  EXPECT_STREQ(arguments[abi::kIdBases].memory, "HBM[0:7]");
  EXPECT_EQ(arguments[abi::kIdBases].memory_bytes, 8 * kChannelBytes);
  EXPECT_EQ(arguments[abi::kIdScalars].memory_bytes, 2 * kChannelBytes);
  EXPECT_STREQ(arguments[abi::kIdResults].memory, "HBM[10]");
  EXPECT_EQ(arguments[abi::kIdResults].memory_bytes, kChannelBytes);
  EXPECT_NE(arguments[abi::kIdBases].group, arguments[abi::kIdScalars].group);
}

// One job on one buffer of bases that reaches into a third channel.
TEST_P(RangesTest, SumsOverThreeChannels) {
  const std::size_t num_points = (2 * kChannelBytes + kChannelBytes / 2) / abi::kBaseBytes;
  device_->session().log().keep_events();
  const std::vector<curve::G1Affine> points = multiples(num_points);
  std::vector<std::int8_t> scalars(num_points);
  for (std::int8_t& v : scalars) {
    v = static_cast<std::int8_t>(rng_());
  }
  const auto sum = [&](const kernels::Msm& msm) {
    const auto bases = msm.load_bases(points);
    EXPECT_TRUE(bases.ok()) << bases.error().message();
    curve::G1Affine out;
    const Status status = msm.rows({&out, 1}, **bases, IntSpan(std::span<const std::int8_t>(scalars)), num_points);
    EXPECT_TRUE(status.ok()) << status.error().message();
    return out;
  };
  EXPECT_EQ(sum(device_->msm()), sum(kernels::cpu_msm()));
  const std::vector<JobEvent> jobs = device_->session().log().events();
  ASSERT_EQ(jobs.size(), 1U);
  EXPECT_EQ(jobs[0].arguments[0], num_points);  // the first register of the ABI
}

// Buffers come and go, none of them at the place of another: each keeps what was written to it.
TEST_P(RangesTest, BuffersOfARangeAreSideBySide) {
  const std::size_t num_points = 2 * kChannelBytes / abi::kBaseBytes;
  const std::vector<curve::G1Affine> points = multiples(num_points + 64);
  const std::vector<std::int8_t> ones(num_points, 1);
  const auto expected = [&](std::size_t first) {
    const std::uint64_t sum = num_points * (num_points + 1) / 2 + first * num_points;
    return curve::scalar_mul(curve::G1::generator(), Fr::from_u64(sum)).to_affine();
  };
  for (int round = 0; round < 3; ++round) {
    const auto first = device_->msm().load_bases(std::span(points).first(num_points)).value();
    const auto second = device_->msm().load_bases(std::span(points).subspan(64)).value();
    for (const auto& [bases, offset] : {std::pair{first, 0U}, {second, 64U}, {first, 0U}}) {
      curve::G1Affine out;
      ASSERT_TRUE(device_->msm().rows({&out, 1}, *bases, IntSpan(std::span<const std::int8_t>(ones)), num_points).ok());
      EXPECT_EQ(out, expected(offset)) << "round " << round << ", from " << offset;
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Cards, RangesTest, ::testing::Values("sw_emu", "hw_emu"),
                         [](const auto& param_info) { return param_info.param; });

}  // namespace
}  // namespace proofcard::device
