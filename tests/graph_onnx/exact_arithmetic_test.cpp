// Arithmetic of integers without rounding: every step beside the processor's own, at the ends of ranges and between.
#include "host/graph/quantize/forms/exact_arithmetic.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <random>

#include "host/graph/executor.hpp"

namespace proofcard::graph {
namespace {

using ::testing::HasSubstr;

constexpr std::int64_t kLength = 64;

// A graph of up to two inputs, and what one step makes of them.
class ExactGraph {
 public:
  explicit ExactGraph(const std::vector<std::pair<std::int64_t, std::int64_t>>& ranges)
      : builder(true), exact(builder, "step", {kLength}) {
    std::mt19937_64 random(9);
    for (const auto& [lo, hi] : ranges) {
      const std::uint32_t id = builder.add_tensor("x", {kLength}, TensorKind::kInput, lo, hi, 1.0);
      builder.graph().inputs.push_back(id);
      builder.graph().input_shapes.push_back({kLength});
      inputs.push_back(identity_view(id, {kLength}, 1.0));
      IntVector& v = values.emplace_back(narrowest_int_type(lo, hi), kLength);
      std::uniform_int_distribution<std::int64_t> between(lo, hi);
      std::uniform_int_distribution<std::int64_t> small(std::max<std::int64_t>(lo, -9), std::min<std::int64_t>(hi, 9));
      for (std::size_t i = 0; i < kLength; ++i) {
        const bool has_small = lo <= 9 && hi >= -9;
        v.set(i, i < 4                     ? lo + static_cast<std::int64_t>(i % 2)
                 : i < 8                   ? hi - static_cast<std::int64_t>(i % 2)
                 : has_small && i % 2 == 0 ? small(random)
                                           : between(random));
      }
    }
  }

  // The step's result is `expected` of the inputs, within its declared range.
  void expect(const Result<View>& result, const std::function<std::int64_t(std::int64_t, std::int64_t)>& expected) {
    ASSERT_TRUE(result.ok()) << result.error().message();
    const View out = builder.exact("out", *result);
    builder.graph().outputs = {out.tensor};
    builder.graph().output_shapes = {{kLength}};
    ASSERT_TRUE(validate(builder.graph()).ok()) << validate(builder.graph()).error().message();
    Sink none;
    const auto found = execute(builder.graph(), values, none);
    ASSERT_TRUE(found.ok()) << found.error().message();
    for (std::size_t i = 0; i < kLength; ++i) {
      const std::int64_t b = values.size() > 1 ? values[1][i] : 0;
      ASSERT_EQ((*found)[0][i], expected(values[0][i], b)) << values[0][i] << ", " << b;
    }
  }

  GraphBuilder builder;
  ExactArithmetic exact;
  std::vector<View> inputs;
  std::vector<IntVector> values;
};

// Narrow ranges are looked up in tables, wide ones are compared.
const std::vector<std::pair<std::int64_t, std::int64_t>> kRanges = {
    {-128, 127}, {0, 255},  {-40000, 40000}, {-(std::int64_t{1} << 39), (std::int64_t{1} << 39) - 1},
    {3, 20},     {-20, -3}, {-7, 0}};

std::int64_t floor_divide(std::int64_t a, std::int64_t b) { return a / b - (a % b != 0 && (a < 0) != (b < 0) ? 1 : 0); }

TEST(ExactArithmetic, Sums) {
  ExactGraph g({{-100, 90}, {-7, 50}});
  g.expect(g.exact.sum("s", {{3, {g.inputs[0]}}, {-2, {g.inputs[0], g.inputs[1]}}}, 5),
           [](auto a, auto b) { return 3 * a - 2 * a * b + 5; });
}

TEST(ExactArithmetic, ShiftsRoundDown) {
  for (const unsigned shift : {0U, 1U, 5U}) {
    ExactGraph g({{-1000, 1000}});
    g.expect(g.exact.shifted("s", {{1, {g.inputs[0]}}}, 3, shift),
             [&](auto a, auto) { return floor_divide(a + 3, std::int64_t{1} << shift); });
  }
}

TEST(ExactArithmetic, Signs) {
  for (const auto& range : kRanges) {
    SCOPED_TRACE(range.second);
    {
      ExactGraph g({range});
      g.expect(g.exact.positive("p", g.inputs[0]), [](auto a, auto) { return a > 0 ? 1 : 0; });
    }
    {
      ExactGraph g({range});
      g.expect(g.exact.zero("z", g.inputs[0]), [](auto a, auto) { return a == 0 ? 1 : 0; });
    }
    {
      ExactGraph g({range});
      g.expect(g.exact.absolute("a", g.inputs[0]), [](auto a, auto) { return a < 0 ? -a : a; });
    }
    {
      ExactGraph g({range});
      const auto positive = g.exact.positive("p", g.inputs[0]);
      ASSERT_TRUE(positive.ok());
      const auto other = g.exact.opposite("o", *positive);
      ASSERT_TRUE(other.ok());
      g.expect(g.exact.sign("s", *other), [](auto a, auto) { return a > 0 ? 1 : -1; });
    }
  }
}

TEST(ExactArithmetic, Limits) {
  for (const auto& range : kRanges) {
    for (const auto& [low, high] : {std::pair<std::int64_t, std::int64_t>{-5, 6}, {0, 15}, {-100, 3}, {4, 4}}) {
      SCOPED_TRACE(std::to_string(range.second) + " to " + std::to_string(high));
      ExactGraph g({range});
      // Ends that the operand does not reach are those that it has.
      const std::int64_t least = std::max(low, range.first);
      const std::int64_t most = std::max(least, std::min(high, range.second));
      g.expect(g.exact.within("w", g.inputs[0], low, high),
               [&](auto a, auto) { return std::clamp(a, std::min(least, most), most); });
    }
  }
  ExactGraph g({{-100, 90}, {-7, 50}});
  g.expect(g.exact.larger("l", g.inputs[0], g.inputs[1]), [](auto a, auto b) { return std::max(a, b); });
}

TEST(ExactArithmetic, QuotientsRoundDown) {
  ExactGraph g({{0, 1000}, {1, 12}});
  g.expect(g.exact.quotient("q", g.inputs[0], g.inputs[1]), [](auto a, auto b) { return a / b; });
}

TEST(ExactArithmetic, BitsAndPowers) {
  for (const auto& range : kRanges) {
    ExactGraph g({range});
    g.expect(g.exact.low_bits("b", g.inputs[0], 4), [](auto a, auto) { return a & 15; });
  }
  ExactGraph g({{0, 30}});
  g.expect(g.exact.power_of_two("p", g.inputs[0], 12),
           [](auto a, auto) { return std::int64_t{1} << std::min<std::int64_t>(a, 12); });
}

TEST(ExactArithmetic, RefusesWhatIsTooWide) {
  ExactGraph g({{-(std::int64_t{1} << 39), (std::int64_t{1} << 39) - 1},
                {-(std::int64_t{1} << 39), (std::int64_t{1} << 39) - 1}});
  const auto product = g.exact.sum("s", {{1, {g.inputs[0], g.inputs[1]}}});
  ASSERT_FALSE(product.ok());
  EXPECT_THAT(product.error().message(), HasSubstr("its integers would need more than 58 bits"));
  ExactGraph shifts({{0, 60}});
  const auto power = shifts.exact.power_of_two("p", shifts.inputs[0], 62);
  ASSERT_FALSE(power.ok());
  EXPECT_THAT(power.error().message(), HasSubstr("expected shifts by at most 39 bits, found ones by 60"));
}

}  // namespace
}  // namespace proofcard::graph
