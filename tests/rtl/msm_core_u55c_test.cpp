// pc_msm_core in configuration u55c behind memory with latency and refresh: results, and how many cycles jobs take. By
// default in small sizes; PROOFCARD_TEST_LONG runs and checks those of the cycle targets, and prints a row for each.
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
  static bool is_long() { return std::getenv("PROOFCARD_TEST_LONG") != nullptr; }
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
  CoreRun check(const char* name, const CoreJob& job, double target = kNoTarget) {
    const std::optional<CoreRun> run = core_.run(job, kHbm);
    if (!run) {
      return {};
    }
    std::uint64_t num_digits = 0;
    EXPECT_EQ(run->results, core_expected(kCoreU55c, job, &num_digits));
    EXPECT_EQ(run->num_digits, num_digits);
    const auto number = [](std::uint64_t v) { return static_cast<unsigned long long>(v); };
    std::printf("| %s | %llu | %.0f | %llu | %.4f | %llu | %llu | %llu | %llu | %llu |\n", name, number(run->cycles),
                target, number(run->num_digits),
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

TEST_F(MsmCoreU55c, RowsKeepTheAdderBusy) {
  const CoreJob rows = job(2'048, 8, 8, 1);
  const CoreRun run = check("8 rows of 2,048, 8 bits", rows);
  // Apart from the end, which eight rows do not hide: the bound of one adder.
  EXPECT_LE(run.cycles, run.busy_cycles * 105 / 100 + 6'000);
}

// One pass keeps one digit a cycle.
TEST_F(MsmCoreU55c, OneDigitACycle) {
  const CoreRun run = check("5,000 points, 7 windows", job(5'000, 254, 1, 7));
  EXPECT_GE(static_cast<double>(run.num_digits), 0.97 * static_cast<double>(run.digit_cycles));
}

TEST_F(MsmCoreU55c, CycleTargets) {
  if (!is_long()) {
    GTEST_SKIP() << "cycle targets need PROOFCARD_TEST_LONG";
  }
  const CoreJob rows = job(2'048, 8, 64, 1);
  std::uint64_t bound = 64 * 254;
  for (std::size_t row = 0; row < 64; ++row) {
    std::vector<bool> nonempty(129, false);
    for (std::size_t i = 0; i < 2'048; ++i) {
      const std::int64_t digit = core_digits(kCoreU55c, 8, rows.scalars[row * 2'048 + i])[0];
      bound += digit != 0 ? 1 : 0;
      nonempty.at(static_cast<std::size_t>(std::abs(digit))) = digit != 0;
    }
    nonempty[0] = false;
    bound -= static_cast<std::uint64_t>(std::count(nonempty.begin(), nonempty.end(), true));
  }
  check("64 rows of 2,048, 8 bits", rows, 1.05 * static_cast<double>(bound));

  check("2^14 points, 20 windows", job(1 << 14, 254, 1, 20), 500'000);
  CoreJob large = job(1 << 16, 254, 1, 20);
  const CoreRun random = check("2^16 points, 20 windows", large, 1'520'000);
  for (std::size_t i = 0; i < large.scalars.size(); ++i) {
    if (i % 10 != 0) {
      large.scalars[i] = {random_() % 2, 0, 0, 0};
    }
  }
  check("2^16 points, 90 % in {0, 1}", large, static_cast<double>(random.cycles) / 4);

  CoreJob pass = job(1 << 16, 254, 1, 7);
  for (const char* order : {"2^16 points, 7 windows", "the same, all equal", "the same, adversarial"}) {
    const CoreRun run = check(order, pass);
    EXPECT_GE(static_cast<double>(run.num_digits), 0.99 * static_cast<double>(run.digit_cycles)) << order;
    // Next: one scalar for all; then 23 scalars in turn, each bucket hit twice in a row of buckets and once more later.
    const bool equal = order == std::string("2^16 points, 7 windows");
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
