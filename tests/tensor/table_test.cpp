#include "host/tensor/table.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <random>

#include "host/base/parallel.hpp"

namespace proofcard::tensor {
namespace {

constexpr std::int64_t kWide = std::int64_t{1} << 39;

TableSpec spec_of(Function f, double in_scale, double out_scale, std::vector<double> params = {}) {
  return {f, in_scale, out_scale, std::move(params), -128, 256, -kWide, kWide};
}

std::vector<TableSpec> every_function() {
  return {spec_of(Function::kClamp, 0.037, 0.011),
          spec_of(Function::kLeakyRelu, 0.05, 0.01, {0.1}),
          spec_of(Function::kSigmoid, 0.05, 1.0 / 255),
          spec_of(Function::kTanh, 0.03, 1.0 / 127),
          spec_of(Function::kElu, 0.05, 0.002, {1.5}),
          spec_of(Function::kGelu, 0.05, 0.003),
          spec_of(Function::kErf, 0.02, 1.0 / 32767),
          spec_of(Function::kHardSigmoid, 0.05, 1.0 / 1000, {0.2, 0.5}),
          spec_of(Function::kHardSwish, 0.05, 0.007),
          spec_of(Function::kExp, 0.08, 0.001),
          spec_of(Function::kSqrt, 0.05, 0.001),
          spec_of(Function::kReciprocal, 0.05, 0.0007),
          spec_of(Function::kSoftplus, 0.05, 0.001),
          spec_of(Function::kSquare, 0.05, 0.003),
          spec_of(Function::kAbs, 0.05, 0.003),
          spec_of(Function::kGeluTanh, 0.05, 0.003),
          spec_of(Function::kLog, 0.05, 0.002),
          spec_of(Function::kPower, 0.05, 0.01, {3}),
          spec_of(Function::kPower, 0.05, 0.01, {2.5}),
          spec_of(Function::kPower, 0.05, 0.01, {-2}),
          spec_of(Function::kFloor, 0.0625, 0.25),
          spec_of(Function::kCeil, 0.0625, 0.3),
          spec_of(Function::kRound, 0.0625, 0.3),
          spec_of(Function::kSign, 0.05, 0.01),
          spec_of(Function::kSin, 0.05, 0.001),
          spec_of(Function::kCos, 0.05, 0.001),
          spec_of(Function::kTan, 0.001, 0.001),
          spec_of(Function::kAsin, 0.001, 0.001),
          spec_of(Function::kAcos, 0.001, 0.001),
          spec_of(Function::kAtan, 0.05, 0.001),
          spec_of(Function::kSinh, 0.001, 0.001),
          spec_of(Function::kCosh, 0.001, 0.001),
          spec_of(Function::kAsinh, 0.05, 0.001),
          spec_of(Function::kAcosh, 0.05, 0.001),
          spec_of(Function::kAtanh, 0.001, 0.001),
          spec_of(Function::kSoftsign, 0.05, 0.001),
          spec_of(Function::kMish, 0.05, 0.003),
          spec_of(Function::kShrink, 0.0625, 0.003, {0.5, 0.1}),
          spec_of(Function::kThresholded, 0.0625, 0.003, {1.5})};
}

// The formulas of table.hpp in long double.
long double formula(const TableSpec& s, long double x) {
  const auto param = [&](std::size_t i) { return static_cast<long double>(s.params[i]); };
  switch (s.function) {
    case Function::kClamp:
      return x;
    case Function::kLeakyRelu:
      return x < 0 ? param(0) * x : x;
    case Function::kSigmoid:
      return 1 / (1 + std::exp(-x));
    case Function::kTanh:
      return std::tanh(x);
    case Function::kElu:
      return x < 0 ? param(0) * (std::exp(x) - 1) : x;
    case Function::kGelu:
      return x * (1 + std::erf(x / std::sqrt(2.0L))) / 2;
    case Function::kErf:
      return std::erf(x);
    case Function::kHardSigmoid:
      return std::max(0.0L, std::min(1.0L, param(0) * x + param(1)));
    case Function::kHardSwish:
      return x * std::max(0.0L, std::min(1.0L, x / 6 + 0.5L));
    case Function::kExp:
      return std::exp(x);
    case Function::kSqrt:
      return std::sqrt(std::max(x, 0.0L));
    case Function::kReciprocal:
      return x == 0 ? 0 : 1 / x;
    case Function::kSoftplus:
      return std::log(1 + std::exp(x));
    case Function::kSquare:
      return x * x;
    case Function::kAbs:
      return std::abs(x);
    case Function::kGeluTanh:
      return x * (1 + std::tanh(std::sqrt(2 / std::acos(-1.0L)) * (x + 0.044715L * x * x * x))) / 2;
    case Function::kLog:
      return x > 0 ? std::log(x) : -0x1p60L;
    case Function::kPower:
      return (x == 0 && param(0) < 0) || (x < 0 && param(0) != std::floor(param(0))) ? 0 : std::pow(x, param(0));
    case Function::kFloor:
      return std::floor(x);
    case Function::kCeil:
      return std::ceil(x);
    case Function::kRound:
      return std::nearbyint(x);
    case Function::kSign:
      return x > 0 ? 1 : x < 0 ? -1 : 0;
    case Function::kSin:
      return std::sin(x);
    case Function::kCos:
      return std::cos(x);
    case Function::kTan:
      return std::tan(x);
    case Function::kAsin:
      return std::asin(std::clamp(x, -1.0L, 1.0L));
    case Function::kAcos:
      return std::acos(std::clamp(x, -1.0L, 1.0L));
    case Function::kAtan:
      return std::atan(x);
    case Function::kSinh:
      return std::sinh(x);
    case Function::kCosh:
      return std::cosh(x);
    case Function::kAsinh:
      return std::asinh(x);
    case Function::kAcosh:
      return std::acosh(std::max(x, 1.0L));
    case Function::kAtanh:
      return x >= 1 ? 0x1p60L : x <= -1 ? -0x1p60L : std::atanh(x);
    case Function::kSoftsign:
      return x / (1 + std::abs(x));
    case Function::kMish:
      return x * std::tanh(std::log1p(std::exp(x)));
    case Function::kShrink:
      return x < -param(0) ? x + param(1) : x > param(0) ? x - param(1) : 0;
    case Function::kThresholded:
      return x > param(0) ? x : 0;
  }
  return std::numeric_limits<long double>::quiet_NaN();
}

TEST(Table, AgreesWithLongDouble) {
  for (const TableSpec& spec : every_function()) {
    ASSERT_TRUE(validate(spec, "table").ok());
    for (std::int64_t x = -3000; x <= 3000; ++x) {
      const long double scaled =
          formula(spec, static_cast<long double>(x) * spec.in_scale) / static_cast<long double>(spec.out_scale) + 0.5L;
      const long double slack = 1e-12L * (1 + std::abs(scaled));
      const auto low = static_cast<long double>(std::clamp(std::floor(scaled - slack), -0x1p39L, 0x1p39L));
      const auto high = static_cast<long double>(std::clamp(std::floor(scaled + slack), -0x1p39L, 0x1p39L));
      const auto value = static_cast<long double>(table_value_exact(spec, x));
      ASSERT_TRUE(value == low || value == high) << function_name(spec.function) << " at " << x << ": " << value;
    }
  }
}

TEST(Table, ShortcutAgreesWithMpfr) {
  const auto seed = std::random_device{}();
  SCOPED_TRACE(seed);
  std::mt19937_64 rng(seed);
  std::uniform_int_distribution<std::int64_t> wide(-(std::int64_t{1} << 39), std::int64_t{1} << 39);
  for (TableSpec spec : every_function()) {
    for (const double in_scale : {spec.in_scale, 0x1p-6, 1e-9, 1e9}) {
      for (const double out_scale : {spec.out_scale, 0x1p-7, 0x1p-30, 1e12}) {
        spec.in_scale = in_scale;
        spec.out_scale = out_scale;
        for (int i = 0; i < 40; ++i) {
          const std::int64_t x = wide(rng) >> (rng() % 40);
          ASSERT_EQ(table_value(spec, x), table_value_exact(spec, x)) << function_name(spec.function) << " at " << x;
        }
      }
    }
  }
}

TEST(Table, KnownValues) {
  const auto at = [](Function f, double in, double out, std::int64_t x, std::vector<double> p = {}) {
    return table_value(spec_of(f, in, out, std::move(p)), x);
  };
  // Halves round up, also below zero.
  EXPECT_EQ(at(Function::kClamp, 0.5, 1, 5), 3);
  EXPECT_EQ(at(Function::kClamp, 0.5, 1, -5), -2);
  EXPECT_EQ(at(Function::kClamp, 0.5, 1, -1), 0);
  EXPECT_EQ(at(Function::kSigmoid, 1, 1, 0), 1);  // 1/2
  EXPECT_EQ(at(Function::kSigmoid, 1, 1.0 / 256, 0), 128);
  EXPECT_EQ(at(Function::kTanh, 1, 0x1p-30, 0), 0);
  EXPECT_EQ(at(Function::kExp, 1, 1, 0), 1);
  EXPECT_EQ(at(Function::kExp, 1, 1, 10), 22026);
  EXPECT_EQ(at(Function::kExp, 1, 1, 1 << 20), kWide);  // saturates
  EXPECT_EQ(at(Function::kSqrt, 1, 1, 1 << 20), 1024);
  EXPECT_EQ(at(Function::kSqrt, 1, 1, -9), 0);
  EXPECT_EQ(at(Function::kReciprocal, 1, 0x1p-8, 0), 0);
  EXPECT_EQ(at(Function::kReciprocal, 1, 0x1p-8, 3), 85);
  EXPECT_EQ(at(Function::kReciprocal, 1, 0x1p-8, -512), 0);  // -1/2
  EXPECT_EQ(at(Function::kFloor, 0.7, 1, 10), 6);            // the double 0.7 is below 7/10, and 10 * 0.7 rounds to 7
  EXPECT_EQ(at(Function::kCeil, 0.7, 1, 10), 7);
  EXPECT_EQ(at(Function::kCeil, 0.1, 1, 10), 2);  // and 0.1 above 1/10
  EXPECT_EQ(at(Function::kRound, 0.5, 1, 5), 2);
  EXPECT_EQ(at(Function::kSign, 1, 1, 0), 0);
  EXPECT_EQ(at(Function::kLog, 1, 1, 0), -kWide);
  EXPECT_EQ(at(Function::kPower, 1, 1, -3, {3}), -27);
  EXPECT_EQ(at(Function::kPower, 1, 1, -3, {0.5}), 0);
  EXPECT_EQ(at(Function::kPower, 1, 1, 0, {-1}), 0);
  EXPECT_EQ(at(Function::kSquare, 1, 2, -3), 5);             // 9/2
  EXPECT_EQ(at(Function::kAbs, 1, 2, -3), 2);                // 3/2
  EXPECT_EQ(at(Function::kLeakyRelu, 1, 1, -3, {0.5}), -1);  // -3/2
  EXPECT_EQ(at(Function::kLeakyRelu, 1, 1, -3, {0}), 0);
  EXPECT_EQ(at(Function::kHardSwish, 1, 1, -2), 0);      // -1/3
  EXPECT_EQ(at(Function::kHardSwish, 1, 0.25, -1), -1);  // -4/3
  EXPECT_EQ(at(Function::kHardSigmoid, 1, 0.25, 1, {0.25, 0.5}), 3);
  EXPECT_EQ(at(Function::kSoftplus, 1, 1, 1000000), 1000000);
  EXPECT_EQ(at(Function::kGelu, 1, 1, -1000000), 0);
  EXPECT_EQ(at(Function::kGelu, 1, 1, 1000000), 1000000);
}

TEST(Table, RowsFollowTheDomainForAnyNumberOfThreads) {
  TableSpec spec = spec_of(Function::kSigmoid, 0.001, 1.0 / 32767);
  spec.lo = -5000;
  spec.rows = 10001;
  const std::vector<std::int64_t> rows = table_rows(spec);
  ASSERT_EQ(rows.size(), spec.rows);
  for (std::size_t i = 0; i < rows.size(); i += 97) {
    EXPECT_EQ(rows[i], table_value(spec, spec.lo + static_cast<std::int64_t>(i)));
  }
  set_num_threads(1);
  EXPECT_EQ(rows, table_rows(spec));
  set_num_threads(2);
}

TEST(Table, SerialisationRoundTrips) {
  for (const TableSpec& spec : every_function()) {
    ByteWriter out;
    write(out, spec);
    ByteReader in(out.bytes());
    const auto back = read_table_spec(in);
    ASSERT_TRUE(back.ok());
    EXPECT_EQ(*back, spec);
    EXPECT_TRUE(in.expect_end().ok());
  }
}

TEST(Table, ValidateRefuses) {
  const TableSpec good = spec_of(Function::kElu, 0.5, 0.25, {1});
  ASSERT_TRUE(validate(good, "table").ok());
  const auto refused = [&](auto&& change) {
    TableSpec spec = good;
    change(spec);
    return !validate(spec, "table").ok();
  };
  EXPECT_TRUE(refused([](TableSpec& s) { s.function = static_cast<Function>(16); }));
  EXPECT_TRUE(refused([](TableSpec& s) { s.in_scale = 0; }));
  EXPECT_TRUE(refused([](TableSpec& s) { s.in_scale = std::numeric_limits<double>::quiet_NaN(); }));
  EXPECT_TRUE(refused([](TableSpec& s) { s.out_scale = std::numeric_limits<double>::infinity(); }));
  EXPECT_TRUE(refused([](TableSpec& s) { s.out_scale = -1; }));
  EXPECT_TRUE(refused([](TableSpec& s) { s.params.clear(); }));
  EXPECT_TRUE(refused([](TableSpec& s) { s.params.push_back(1); }));
  EXPECT_TRUE(refused([](TableSpec& s) { s.params[0] = std::numeric_limits<double>::infinity(); }));
  EXPECT_TRUE(refused([](TableSpec& s) { s.rows = 0; }));
  EXPECT_TRUE(refused([](TableSpec& s) { s.lo = INT64_MIN; }));
  EXPECT_TRUE(refused([](TableSpec& s) { s.out_lo = s.out_hi + 1; }));
  EXPECT_TRUE(refused([](TableSpec& s) { s.out_hi = INT64_MAX; }));
  // Each limit by itself.
  constexpr std::int64_t kLimit = std::int64_t{1} << 40;
  const auto domain = [&](std::int64_t lo, std::uint32_t rows) {
    return refused([&](TableSpec& s) { s.lo = lo, s.rows = rows; });
  };
  EXPECT_FALSE(domain(1 - kLimit, 2));
  EXPECT_TRUE(domain(-kLimit, 2));
  EXPECT_FALSE(domain(kLimit - 3, 2));
  EXPECT_TRUE(domain(kLimit - 2, 2));
  EXPECT_FALSE(refused([](TableSpec& s) { s.out_lo = 1 - kLimit; }));
  EXPECT_TRUE(refused([](TableSpec& s) { s.out_lo = -kLimit; }));
  EXPECT_FALSE(refused([](TableSpec& s) { s.out_hi = kLimit - 1; }));
  EXPECT_TRUE(refused([](TableSpec& s) { s.out_hi = kLimit; }));
}

}  // namespace
}  // namespace proofcard::tensor
