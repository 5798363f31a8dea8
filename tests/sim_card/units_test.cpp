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
  const JobLog& log = two_units().card(0).log();
  ASSERT_EQ(log.units(), (std::vector<std::string>{"msm_g1_1", "msm_g1_2"}));
  const std::uint64_t before[2] = {log.counters(0).cycles, log.counters(1).cycles};
  const auto sums = rows_of_bytes(two_units().msm());
  EXPECT_EQ(sums, rows_of_bytes(kernels::cpu_msm()));
  const std::uint64_t first = log.counters(0).cycles - before[0];
  const std::uint64_t second = log.counters(1).cycles - before[1];
  EXPECT_GT(std::min(first, second), 0U);
  const double speed_up = static_cast<double>(first + second) / static_cast<double>(std::max(first, second));
  RecordProperty("cycles_first", std::to_string(first));
  RecordProperty("cycles_second", std::to_string(second));
  EXPECT_GT(speed_up, 1.6) << first << " and " << second << " cycles";
}

}  // namespace
}  // namespace proofcard::device
