// Two RTL units of msm_g1 on one card: each works at jobs of its own, on memory of its own, and is clocked only then.
#include <algorithm>
#include <random>

#include "tests/sim_card/support.hpp"

namespace proofcard::device {
namespace {

// 8 rows of 2^15 bytes: each unit has two jobs.
std::vector<curve::G1Affine> rows_of_bytes(const kernels::Msm& msm) {
  const std::size_t num_rows = 8, row_len = 1 << 15;
  std::mt19937_64 rng(2);
  std::vector<std::int8_t> scalars(num_rows * row_len);
  for (std::int8_t& v : scalars) {
    v = static_cast<std::int8_t>(rng());
  }
  const auto bases = msm.load_bases(multiples(row_len));
  EXPECT_TRUE(bases.ok()) << bases.error().message();
  std::vector<curve::G1Affine> out(num_rows);
  const Status status = msm.rows(out, **bases, IntSpan(std::span<const std::int8_t>(scalars)), row_len);
  EXPECT_TRUE(status.ok()) << status.error().message();
  return out;
}

// The cycles of the unit that worked most are what the card would take.
TEST(TwoUnitsTest, HalveTheTimeOfACard) {
  const auto one_unit = must_open("hw_emu", "msm_g1.hw_emu.xclbin");
  const MsmCard& alone = one_unit->card(0);
  const MsmCard& both = two_units().card(0);
  ASSERT_EQ(both.num_units(), 2U);
  const auto cycles = [](const Counters& counters) { return counters["cycles"]; };
  const std::uint64_t before[3] = {cycles(both.counters(0)), cycles(both.counters(1)), cycles(alone.counters())};
  const auto sums = rows_of_bytes(two_units().msm());
  EXPECT_EQ(sums, rows_of_bytes(kernels::cpu_msm()));
  EXPECT_EQ(sums, rows_of_bytes(one_unit->msm()));
  const std::uint64_t first = cycles(both.counters(0)) - before[0];
  const std::uint64_t second = cycles(both.counters(1)) - before[1];
  const std::uint64_t one = cycles(alone.counters()) - before[2];
  EXPECT_GT(std::min(first, second), 0U);
  RecordProperty("cycles", std::to_string(one) + " on one unit, " + std::to_string(first) + " and " +
                               std::to_string(second) + " on two");
  EXPECT_GT(static_cast<double>(one) / static_cast<double>(std::max(first, second)), 1.6)
      << one << " on one, " << first << " and " << second << " on two";
}

}  // namespace
}  // namespace proofcard::device
