// What rows cost at most: a search over functions, scales, parameters and domains for tables dearer than they are
// counted (exact_row_work), and that what is too dear is refused before it is paid for.
#include <gtest/gtest.h>
#include <time.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <random>
#include <string>

#include "host/tensor/row_value.hpp"

namespace proofcard::tensor {
namespace {

constexpr double kUnitSeconds = 20e-9;
// Loaded machines, their other threads in the same core, sanitizers. mpfr_erfc, which this was made for, is 20 to 300
// times too slow.
constexpr double kSlack = 10;
constexpr std::int64_t kLargest = (std::int64_t{1} << 40) - 1;

double cpu_seconds() {
  timespec t{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
  return static_cast<double>(t.tv_sec) + 1e-9 * static_cast<double>(t.tv_nsec);
}

// Of an exact row, the smallest of some tries: interruptions are not the table's.
double exact_row_seconds(const TableSpec& spec, std::int64_t x) {
  ExactRow row(spec);
  double best = 1;
  for (int i = 0; i < 4; ++i) {
    const double start = cpu_seconds();
    static_cast<void>(row(x));
    best = std::min(best, cpu_seconds() - start);
  }
  return best;
}

std::size_t num_params(Function f) {
  const bool one =
      f == Function::kElu || f == Function::kLeakyRelu || f == Function::kPower || f == Function::kThresholded;
  return f == Function::kHardSigmoid || f == Function::kShrink ? 2 : one ? 1 : 0;
}

// Arguments x * in_scale of every size and sign; every fourth where error functions fall from 1 to nothing.
TEST(TableWork, NoRowIsDearerThanItIsCounted) {
  const auto seed = std::random_device{}();
  SCOPED_TRACE(seed);
  std::mt19937_64 random(seed);
  std::uniform_real_distribution<double> near(-2, 7), far(-1000, 40), any(-300, 300);
  for (std::uint8_t f = 0; function_name(static_cast<Function>(f)) != "?"; ++f) {
    double worst = 0;
    TableSpec dearest;
    for (int i = 0; i < 400; ++i) {
      const std::int64_t x = static_cast<std::int64_t>(random() >> (24 + random() % 40)) * (random() % 2 == 0 ? 1 : -1);
      const double magnitude = std::exp2(i % 2 == 0 ? near(random) : far(random));
      TableSpec spec{static_cast<Function>(f),
                     std::max(magnitude / static_cast<double>(std::max<std::int64_t>(std::abs(x), 1)), 0x1p-1074),
                     std::pow(10.0, any(random)),
                     {},
                     x,
                     1,
                     -kLargest,
                     kLargest};
      for (std::size_t p = 0; p < num_params(spec.function); ++p) {
        spec.params.push_back(std::pow(10.0, any(random)) * (random() % 2 == 0 ? 1 : -1));
      }
      ASSERT_TRUE(validate(spec, "table").ok());
      const double seconds = exact_row_seconds(spec, x);
      if (seconds > worst) {
        worst = seconds;
        dearest = spec;
      }
    }
    const auto function = static_cast<Function>(f);
    EXPECT_LT(worst, kSlack * kUnitSeconds * static_cast<double>(exact_row_work(function)))
        << function_name(function) << " at " << dearest.lo << " * " << dearest.in_scale << " / " << dearest.out_scale;
    RecordProperty(function_name(function) + "_us", std::to_string(worst * 1e6));
  }
}

// exp(x) = 1 + x + ... with scales that leave every row beside a half: none can be decided in double precision.
TableSpec undecided(std::uint32_t rows) {
  return {Function::kExp, 0x1p-39, 1 / (0x1p39 + 0.5), {}, 1, rows, -kLargest, kLargest};
}

TEST(TableWork, CountsTheRowsThatDoublePrecisionLeaves) {
  const TableSpec spec = undecided(100);
  const auto rows = table_rows_within(spec, std::numeric_limits<std::uint64_t>::max());
  ASSERT_TRUE(rows);
  EXPECT_EQ(rows->work, 100 * (kQuickRowWork + exact_row_work(Function::kExp)));
  EXPECT_EQ(rows->values.front(), table_value_exact(spec, 1));
  EXPECT_EQ(rows->values.back(), table_value_exact(spec, 100));
  EXPECT_EQ(rows->min, *std::min_element(rows->values.begin(), rows->values.end()));
  EXPECT_EQ(rows->max, *std::max_element(rows->values.begin(), rows->values.end()));
}

// Half-way between two results wherever x is odd: double precision decides none of these, and a line is cheap.
TEST(TableWork, ChargesTheLineOfEluAsALine) {
  const TableSpec spec{Function::kElu, 1.0, 2.0, {0.5}, -100, 300, -kLargest, kLargest};
  EXPECT_EQ(exact_row_work(spec, -1), exact_row_work(Function::kElu));
  EXPECT_EQ(exact_row_work(spec, 1), exact_row_work(Function::kLeakyRelu));
  const auto rows = table_rows_within(spec, 300 * kQuickRowWork + 100 * exact_row_work(Function::kLeakyRelu));
  ASSERT_TRUE(rows);
  EXPECT_EQ(rows->work, 300 * kQuickRowWork + 100 * exact_row_work(Function::kLeakyRelu));
  EXPECT_EQ(rows->values.back(), 100);  // 99.5 rounded up
}

TEST(TableWork, RefusesBeforeItPays) {
  const std::uint64_t work = 100 * (kQuickRowWork + exact_row_work(Function::kExp));
  EXPECT_TRUE(table_rows_within(undecided(100), work));
  EXPECT_FALSE(table_rows_within(undecided(100), work - 1));
  // All of these rows by MPFR would take a second.
  const double start = cpu_seconds();
  EXPECT_FALSE(table_rows_within(undecided(kMaxTableRows), kMaxTableRows * kQuickRowWork + 1000));
  EXPECT_LT(cpu_seconds() - start, 0.3);
}

}  // namespace
}  // namespace proofcard::tensor
