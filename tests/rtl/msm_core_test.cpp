// pc_msm_core in configuration small against sums of digits times bases: every format, several passes and rows, special
// points and scalars, random stalls, resets.
#include "tests/rtl/msm_core.hpp"

#include <gmock/gmock.h>

#include <functional>
#include <set>
#include <vector>

namespace proofcard::rtl {
namespace {

using curve::G1Affine;

class MsmCore : public SeededTest {
 protected:
  U256 random_scalar(unsigned bits) {
    if (bits == 254) {
      return Fr::from_u256_reduced({random_(), random_(), random_(), random_()}).canonical();
    }
    return small_scalar(static_cast<std::int64_t>(random_()) >> (64 - bits));
  }
  static U256 small_scalar(std::int64_t v) {
    const std::uint64_t sign = v < 0 ? ~std::uint64_t{0} : 0;
    return {static_cast<std::uint64_t>(v), sign, sign, sign};
  }
  CoreJob job(std::size_t num_points, unsigned bits, std::size_t rows, unsigned first, unsigned windows) {
    CoreJob job{random_points(num_points, random_), bits, rows, first, windows, {}};
    for (std::size_t i = 0; i < rows * num_points; ++i) {
      job.scalars.push_back(random_scalar(bits));
    }
    return job;
  }
  // All windows.
  CoreJob job(std::size_t num_points, unsigned bits, std::size_t rows) {
    return job(num_points, bits, rows, 0, core_total_windows(kCoreSmall, bits));
  }
  // Windows of 254-bit scalars that are as narrow as those of shorter ones.
  CoreJob narrow_job(std::size_t num_points, std::size_t rows, unsigned first, unsigned windows) {
    CoreJob out = job(num_points, 254, rows, first, windows);
    out.narrow = true;
    return out;
  }
  CoreJob narrow_job(std::size_t num_points, std::size_t rows) {
    return narrow_job(num_points, rows, 0, core_total_windows(kCoreSmall, 254, true));
  }
  CoreRun check(const CoreJob& job, const CoreMemory& memory = {}) {
    std::uint64_t num_digits = 0;
    const std::vector<G1Affine> expected = core_expected(kCoreSmall, job, &num_digits);
    const std::optional<CoreRun> run = core_.run(job, memory);
    if (!run) {
      return {};
    }
    EXPECT_EQ(run->results, expected);
    EXPECT_EQ(run->num_digits, num_digits);
    return *run;
  }
  CoreBench core_{random_};
};

TEST_F(MsmCore, OnePassOfFullScalars) {
  check(job(100, 254, 1, 0, 7));
  check(job(200, 254, 1, 44, 7));
  check(job(33, 254, 2, 20, 3));
}

TEST_F(MsmCore, AllWindowsOfFullScalars) {
  check(job(70, 254, 1));
  check(job(13, 254, 3));
}

TEST_F(MsmCore, NarrowWindowsOfFullScalars) {
  check(narrow_job(70, 1));  // bases are read again for each pass
  check(narrow_job(40, 3));  // bases stay in the core
  check(narrow_job(33, 2, 20, 3));
  check(narrow_job(100, 1, 57, 7));
  CoreJob extremes = narrow_job(60, 1);
  for (std::size_t i = 0; i < 60; i += 3) {
    extremes.scalars[i] = (-Fr::from_u64(i)).canonical();
    extremes.scalars[i + 1] =
        small_scalar(static_cast<std::int64_t>(8 + i / 3));  // a digit of the largest size, and next to it
  }
  check(extremes);
}

// Windows without a digit are not folded: their results are there at once, beside those of the others.
TEST_F(MsmCore, WindowsWithoutDigits) {
  CoreJob zeros = job(50, 254, 2);
  std::fill(zeros.scalars.begin(), zeros.scalars.end(), small_scalar(0));
  const CoreRun run = check(zeros);
  EXPECT_EQ(run.busy_cycles, 0U);
  EXPECT_LT(run.cycles, 2U * 51U * 8U + 300U);
  for (const bool narrow : {false, true}) {
    CoreJob low = narrow ? narrow_job(80, 3) : job(80, 254, 3);
    for (std::size_t i = 0; i < low.scalars.size(); ++i) {
      low.scalars[i] = small_scalar(i / 80 == 1 ? 0 : static_cast<std::int64_t>(random_() % (1U << 20)));
    }
    check(low);
    check(low, {.latency_cycles = 10, .stall_percent = 60});
  }
}

TEST_F(MsmCore, RowsOfEveryFormat) {
  for (const unsigned bits : {8U, 16U, 32U}) {
    check(job(40, bits, 40));   // bases stay in the core
    check(job(150, bits, 20));  // bases are read again for each row
    check(job(40, bits, 5, 1, 1));
  }
}

TEST_F(MsmCore, EverySizeUpToTwoBeats) {
  for (std::size_t n = 0; n <= 9; ++n) {
    check(job(n, 254, 2, 0, 8));
    check(job(n, 32, 3));
  }
  for (const std::size_t n : {31U, 32U, 33U, 63U, 64U, 65U, 127U, 128U, 129U}) {
    check(job(n, 8, 2));
    check(job(n, 16, 2));
  }
}

// Ends of the ranges: largest digits of both signs, carries into the top window.
TEST_F(MsmCore, ExtremeScalars) {
  for (const unsigned bits : {8U, 16U, 32U, 254U}) {
    CoreJob extremes = job(96, bits, 2);
    const std::int64_t half = bits == 254 ? 128 : std::int64_t{1} << (bits - 1);
    for (std::size_t i = 0; i < extremes.scalars.size(); ++i) {
      U256& scalar = extremes.scalars[i];
      switch (i % 6) {
        case 0:
          scalar = bits == 254 ? (-Fr::one()).canonical() : small_scalar(-half);
          break;
        case 1:
          scalar = small_scalar(half - 1);
          break;
        case 2:
          scalar = bits == 254 ? (-Fr::from_u64(16)).canonical() : small_scalar(-1);
          break;
        case 3:
          scalar = small_scalar(bits == 254 ? 16 : 8);  // half a window: a digit of the largest size
          break;
        case 4:
          scalar = small_scalar(0);
          break;
        default:
          break;
      }
    }
    check(extremes);
  }
}

TEST_F(MsmCore, SpecialPoints) {
  CoreJob special = job(120, 254, 1);
  for (std::size_t i = 0; i < 120; ++i) {
    switch (i % 5) {
      case 0:
        special.bases[i] = G1Affine::infinity();
        break;
      case 1:
        special.bases[i] = special.bases[1];
        special.scalars[i] = special.scalars[1];
        break;
      case 2:
        special.bases[i] = -special.bases[1];
        special.scalars[i] = special.scalars[1];
        break;
      default:
        break;
    }
  }
  check(special);
  CoreJob infinities = job(50, 8, 4);
  std::fill(infinities.bases.begin(), infinities.bases.end(), G1Affine::infinity());
  const CoreRun run = check(infinities);
  EXPECT_EQ(run.num_digits, 0U);
  for (const G1Affine& result : run.results) {
    EXPECT_TRUE(result.is_infinity());
  }
}

TEST_F(MsmCore, EqualScalarsAndPoints) {
  CoreJob equal = job(300, 254, 1, 0, 7);
  std::fill(equal.scalars.begin(), equal.scalars.end(), equal.scalars[0]);
  check(equal);
  std::fill(equal.bases.begin(), equal.bases.end(), equal.bases[0]);
  check(equal);
}

// Nearly all scalars 0 or 1, then all 0, then one in a hundred: bases that no digit needs are not read, but for small
// gaps.
TEST_F(MsmCore, SparseScalars) {
  CoreJob sparse = job(1000, 254, 1, 0, 14);
  for (std::size_t i = 0; i < 1000; ++i) {
    if (i % 10 != 0) {
      sparse.scalars[i] = small_scalar(static_cast<std::int64_t>(random_() % 2));
    }
  }
  check(sparse);
  for (std::size_t i = 0; i < 1000; ++i) {
    if (i % 100 != 0) {
      sparse.scalars[i] = small_scalar(0);
    }
  }
  const CoreRun run = check(sparse);
  EXPECT_EQ(run.base_beats, 20U);
  std::fill(sparse.scalars.begin(), sparse.scalars.end(), small_scalar(0));
  EXPECT_EQ(check(sparse).base_beats, 0U);

  CoreJob rows = job(1000, 8, 3);
  for (std::size_t i = 0; i < rows.scalars.size(); ++i) {
    if (i % 37 != 0) {
      rows.scalars[i] = small_scalar(0);
    }
  }
  check(rows);
}

TEST_F(MsmCore, NoPointsReadNothing) {
  for (const unsigned bits : {8U, 254U}) {
    const CoreRun run = check(job(0, bits, 3));
    EXPECT_EQ(run.scalar_beats + run.base_beats, 0U);
  }
}

// A job whose scalars are all zero may be ready before its bases are there.
TEST_F(MsmCore, ZeroScalarsTakeAllTheirBases) {
  CoreJob zeros = job(60, 8, 1);
  std::fill(zeros.scalars.begin(), zeros.scalars.end(), small_scalar(0));
  EXPECT_EQ(check(zeros, {.latency_cycles = 5000}).base_beats, 60U);
  check(job(60, 8, 2));
}

// The same job under many timings: different traces, equal results.
TEST_F(MsmCore, RandomStalls) {
  const CoreJob full = job(150, 254, 1, 3, 10);
  const CoreJob rows = job(50, 16, 12);
  for (const CoreJob& each : {full, rows}) {
    std::set<std::uint64_t> cycles = {check(each).cycles};
    for (const unsigned percent : {10U, 50U, 90U}) {
      const CoreRun stalled = check(each, {.latency_cycles = static_cast<unsigned>(random_() % 300),
                                           .refresh_interval = 500,
                                           .refresh_cycles = 100,
                                           .stall_percent = percent,
                                           .buffer_beats = 64});
      cycles.insert(stalled.cycles);
    }
    EXPECT_GT(cycles.size(), 2U);  // two of them may agree by chance
  }
}

TEST_F(MsmCore, ResetInMidRun) {
  const CoreJob full = job(200, 254, 1, 0, 14);
  const CoreJob rows = job(60, 8, 30);
  for (int i = 0; i < 6; ++i) {
    EXPECT_FALSE(core_.run(i % 2 == 0 ? full : rows, {.stall_percent = 20}, 200 + random_() % 3000));
    core_.reset();
    check(i % 3 == 0 ? full : rows);
  }
}

TEST_F(MsmCore, RandomJobs) {
  const int count = std::getenv("PROOFCARD_LONG") != nullptr ? 200 : 12;
  for (int i = 0; i < count; ++i) {
    const unsigned bits = std::vector<unsigned>{8, 16, 32, 254}[random_() % 4];
    const bool narrow = random_() % 2 != 0;
    const unsigned total = core_total_windows(kCoreSmall, bits, narrow);
    const auto first = static_cast<unsigned>(random_() % total);
    const auto windows = static_cast<unsigned>(1 + random_() % (total - first));
    CoreJob each = job(random_() % 200, bits, 1 + random_() % (bits == 254 ? 3 : 20), first, windows);
    each.narrow = narrow;
    const auto zeros = random_() % 100;
    for (U256& scalar : each.scalars) {
      if (random_() % 100 < zeros) {
        scalar = small_scalar(static_cast<std::int64_t>(random_() % 3) - 1);
        if (bits == 254 && scalar[3] != 0) {
          scalar = (-Fr::one()).canonical();
        }
      }
    }
    check(each, {.latency_cycles = static_cast<unsigned>(random_() % 200),
                 .stall_percent = static_cast<unsigned>(random_() % 60)});
    if (HasFailure()) {
      FAIL() << bits << " bits, " << each.bases.size() << " points, " << each.num_msms << " rows, windows " << first
             << " + " << windows;
    }
  }
}

}  // namespace
}  // namespace proofcard::rtl
