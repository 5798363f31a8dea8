// pc_msm_core in configuration u55c behind memory with latency and refresh: results, and how many cycles jobs take. By
// default in small sizes; PROOFCARD_LONG runs and checks those of the cycle targets, and prints a row for each.
#include <gmock/gmock.h>

#include <cstdio>
#include <string>
#include <vector>

#include "tests/rtl/msm_core.hpp"

namespace proofcard::rtl {
namespace {

using curve::G1Affine;

// About 420 ns latency and an HBM refresh of 260 ns every 3.9 us, at 300 MHz.
constexpr CoreMemory kHbm{.latency_cycles = 130, .refresh_interval = 1170, .refresh_cycles = 78};
constexpr double kNoTarget = 0;

class MsmCoreU55c : public SeededTest {
 protected:
  static bool is_long() { return std::getenv("PROOFCARD_LONG") != nullptr; }
  U256 random_scalar(unsigned bits) {
    if (bits == 254) {
      return Fr::from_u256_reduced({random_(), random_(), random_(), random_()}).canonical();
    }
    const std::int64_t v = static_cast<std::int64_t>(random_()) >> (64 - bits);
    const std::uint64_t sign = v < 0 ? ~std::uint64_t{0} : 0;
    return {static_cast<std::uint64_t>(v), sign, sign, sign};
  }
  CoreJob job(std::size_t num_points, unsigned bits, std::size_t rows, unsigned windows) {
    CoreJob job{random_points(num_points, random_), bits, rows, 0, windows, {}};
    for (std::size_t i = 0; i < rows * num_points; ++i) {
      job.scalars.push_back(random_scalar(bits));
    }
    return job;
  }
  CoreRun check(const std::string& name, const CoreJob& job, double target = kNoTarget) {
    const std::optional<CoreRun> run = core_.run(job, kHbm);
    if (!run) {
      return {};
    }
    std::uint64_t num_digits = 0;
    EXPECT_EQ(run->results, core_expected(kCoreU55c, job, &num_digits));
    EXPECT_EQ(run->num_digits, num_digits);
    const auto number = [](std::uint64_t v) { return static_cast<unsigned long long>(v); };
    std::printf("| %s | %llu | %.0f | %llu | %.4f | %llu | %llu | %llu | %llu | %llu |\n", name.c_str(),
                number(run->cycles), target, number(run->num_digits),
                static_cast<double>(run->num_digits) / static_cast<double>(run->digit_cycles), number(run->busy_cycles),
                number(run->stall_memory), number(run->stall_queue), number(run->drain), number(run->fold));
    if (target > 0) {
      EXPECT_LE(static_cast<double>(run->cycles), target) << name;
    }
    return *run;
  }
  CoreBench core_{random_};
};

TEST_F(MsmCoreU55c, SmallJobs) {
  check("500 points, 20 windows", job(500, 254, 1, 20));
  check("5,000 points, 3 windows", job(5'000, 254, 1, 3));
  check("8 rows of 300, 8 bits", job(300, 8, 8, 1));
  check("6 rows of 100, 32 bits", job(100, 32, 6, 4));
  check("2 rows of 4,500, 16 bits", job(4'500, 16, 2, 2));
}

// The targets hold in their own sizes, which are for PROOFCARD_LONG; by default a tenth of that is computed and
// checked.
TEST_F(MsmCoreU55c, CycleTargets) {
  const bool full = is_long();
  const std::size_t num_rows = full ? 64 : 8;
  const std::size_t half = full ? 1 << 14 : 1 << 11;
  const std::size_t all = full ? 1 << 16 : 1 << 12;
  const CoreJob rows = job(2'048, 8, num_rows, 1);
  std::uint64_t bound = num_rows * 254;
  for (std::size_t row = 0; row < num_rows; ++row) {
    std::vector<bool> nonempty(129, false);
    for (std::size_t i = 0; i < 2'048; ++i) {
      const std::int64_t digit = core_digits(kCoreU55c, 8, false, rows.scalars[row * 2'048 + i])[0];
      bound += digit != 0 ? 1 : 0;
      nonempty.at(static_cast<std::size_t>(std::abs(digit))) = digit != 0;
    }
    nonempty[0] = false;
    bound -= static_cast<std::uint64_t>(std::count(nonempty.begin(), nonempty.end(), true));
  }
  check(std::to_string(num_rows) + " rows of 2,048, 8 bits", rows,
        1.05 * static_cast<double>(bound) + (full ? 0 : 5'000));

  const auto takes_a_digit_a_cycle = [](const std::string& name, const CoreRun& run) {
    EXPECT_GE(static_cast<double>(run.num_digits), 0.99 * static_cast<double>(run.digit_cycles)) << name;
  };
  const std::string smaller = std::to_string(half) + " points, 20 windows";
  takes_a_digit_a_cycle(smaller, check(smaller, job(half, 254, 1, 20), full ? 500'000 : kNoTarget));
  CoreJob large = job(all, 254, 1, 20);
  const CoreRun random = check(std::to_string(all) + " points, 20 windows", large, full ? 1'520'000 : kNoTarget);
  takes_a_digit_a_cycle("20 windows", random);
  for (std::size_t i = 0; i < large.scalars.size(); ++i) {
    if (i % 10 != 0) {
      large.scalars[i] = {random_() % 2, 0, 0, 0};
    }
  }
  check("the same, 90 % in {0, 1}", large, full ? static_cast<double>(random.cycles) / 4 : kNoTarget);

  CoreJob pass = job(all, 254, 1, 7);
  const std::string uniform = std::to_string(all) + " points, 7 windows";
  for (const std::string& order : {uniform, std::string("the same, all equal"), std::string("the same, adversarial")}) {
    const CoreRun run = check(order, pass);
    takes_a_digit_a_cycle(order, run);
    // Next: one scalar for all; then 23 scalars in turn, each bucket hit twice in a row of buckets and once more later.
    const bool equal = order == uniform;
    const std::vector<U256> few(pass.scalars.begin(), pass.scalars.begin() + (equal ? 1 : 23));
    for (std::size_t i = 0; i < pass.scalars.size(); ++i) {
      pass.scalars[i] = few[i % few.size()];
    }
    if (!equal) {
      for (std::size_t i = 0; i < pass.scalars.size(); ++i) {
        pass.scalars[i] = i % 69 < 46 ? few[i % 23] : random_scalar(254);
      }
    }
  }
}

}  // namespace
}  // namespace proofcard::rtl
