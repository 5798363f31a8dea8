// Proved ranges: what is derived, and that circuits whose equations could wrap around are refused.
#include "host/circuit/bounds.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <tuple>

#include "tests/circuit/small_circuit.hpp"

namespace proofcard::circuit {
namespace {

// Adds a witness tensor without a range of its own.
std::uint32_t add_witness(Circuit& c, const Shape& shape) {
  c.tensors.push_back({"t", shape, Role::kWitness, IntType::kI64, 0, 0, 1.0});
  return static_cast<std::uint32_t>(c.tensors.size() - 1);
}

TEST(Bounds, RangesOfTheSmallCircuit) {
  const auto bounds = check_soundness(small_circuit());
  ASSERT_TRUE(bounds.ok()) << bounds.error().message();
  EXPECT_EQ(bounds->bits, (std::vector<unsigned>{8, 8, 12, 4, 7}));
  // 4 terms, of which 16 * q is the largest, and 0.
  EXPECT_EQ(bounds->max_relation_bits, (5U + 12U) + 3U);
}

TEST(Bounds, RefusesTensorsWithoutARange) {
  for (std::size_t removed = 0; removed < 3; ++removed) {
    Circuit c = small_circuit();
    c.output_visibility = Visibility::kPrivate;
    c.lookups.erase(c.lookups.begin() + static_cast<std::ptrdiff_t>(removed));
    if (removed == 1) {  // rem then follows from x, w and q: the equation is sound, only rem is large
      EXPECT_TRUE(check_soundness(c).ok());
    } else {
      EXPECT_FALSE(check_soundness(c).ok()) << removed;
    }
  }
}

// Adds out[i] = table[rem[i]], of a table of this tensor.
void add_selection(Circuit& c, std::uint32_t table, std::uint32_t out) {
  c.tables.push_back({TableKind::kTensors, 0, 0, {}, {table}, {3}});
  c.lookups.push_back(
      {"selection", static_cast<std::uint32_t>(c.tables.size() - 1), {3}, {whole(kRem, {3}), whole(out, {3})}});
}

TEST(Bounds, WhatIsSelectedHasTheRangeOfItsTensor) {
  for (const std::uint32_t table : std::vector<std::uint32_t>{kX, kW, kQ}) {
    Circuit c = small_circuit();
    const std::uint32_t out = add_witness(c, {3});
    add_selection(c, table, out);
    ASSERT_TRUE(validate(c).ok()) << validate(c).error().message();
    const auto bounds = check_soundness(c);
    ASSERT_TRUE(bounds.ok()) << bounds.error().message();
    EXPECT_EQ(bounds->bits[out], bounds->bits[table]);
  }
}

// Elements that are looked up say nothing of others, and nothing has a range because of itself.
TEST(Bounds, TablesHaveNoRangeFromWhatIsSelected) {
  Circuit c = small_circuit();
  const std::uint32_t a = add_witness(c, {3});
  add_selection(c, a, kX);
  EXPECT_FALSE(check_soundness(c).ok());
  c = small_circuit();
  add_witness(c, {3});
  add_selection(c, a, a);
  EXPECT_FALSE(check_soundness(c).ok());
  c = small_circuit();
  add_witness(c, {3});
  const std::uint32_t b = add_witness(c, {3});
  add_selection(c, a, b);
  add_selection(c, b, a);
  EXPECT_FALSE(check_soundness(c).ok());
}

// What is looked up is an element up to multiples of the modulus, unless both are small.
TEST(Bounds, ElementsCountWhereTheyAreLookedUp) {
  Circuit c = small_circuit();
  c.relations.clear();
  c.tensors[kW].type = IntType::kI64;
  std::tie(c.tensors[kW].lo, c.tensors[kW].hi) = weight_range(IntType::kI64);
  add_selection(c, kW, kX);
  const auto bounds = check_soundness(c);
  ASSERT_TRUE(bounds.ok()) << bounds.error().message();
  EXPECT_EQ(bounds->bits[kW], 40U);
  EXPECT_EQ(bounds->max_relation_bits, 41U);  // of the difference
}

// A whole tensor read along a summed label is no identity; the label does not exist once the term stands alone.
TEST(Bounds, SummedLabelsGiveNoRange) {
  Circuit c = small_circuit();
  const std::uint32_t a = add_witness(c, {3});
  Term sum = plain(1, a, {3});
  sum.operands[0].groups[0].labels[0].label = 1;
  c.relations.push_back({"sum", {{3}, {3}, {sum}}});
  EXPECT_FALSE(check_soundness(c).ok());
}

TEST(Bounds, DeclaredRangesCountForPublicTensorsOnly) {
  Circuit c = small_circuit();
  c.lookups.erase(c.lookups.begin());
  EXPECT_FALSE(check_soundness(c).ok());
  c.input_visibility = Visibility::kCommitted;
  EXPECT_FALSE(check_soundness(c).ok());
  c.input_visibility = Visibility::kPublic;
  EXPECT_TRUE(check_soundness(c).ok());
}

TEST(Bounds, DerivesThroughRelationsInAnyOrder) {
  Circuit c = small_circuit();
  const std::uint32_t a = add_witness(c, {3});
  const std::uint32_t b = add_witness(c, {3});
  c.relations.push_back({"b", {{3}, {}, {plain(-1, b, {3}), plain(2, a, {3})}}});  // b = 2 a
  c.relations.push_back({"a", {{3}, {}, {plain(1, a, {3}), plain(5, kX, {3})}}});  // a = -5 x
  const auto bounds = check_soundness(c);
  ASSERT_TRUE(bounds.ok()) << bounds.error().message();
  EXPECT_GE(bounds->bits[a], 11U);  // 5 * 255 < 2^11
  EXPECT_LE(bounds->bits[a], 12U);
  EXPECT_GE(bounds->bits[b], bounds->bits[a] + 1);
}

TEST(Bounds, DerivesThroughLookupColumns) {
  Circuit c = small_circuit();
  const std::uint32_t out = add_witness(c, {3});
  Expression above = whole(out, {3});
  above.terms.push_back(plain(-1, kX, {3}));
  c.lookups.push_back({"out - x", 1, {3}, {above}});
  const auto bounds = check_soundness(c);
  ASSERT_TRUE(bounds.ok()) << bounds.error().message();
  EXPECT_GE(bounds->bits[out], 9U);
}

TEST(Bounds, DoesNotDeriveFromOtherForms) {
  const std::vector<std::pair<std::string, std::function<Expression(std::uint32_t)>>> forms = {
      {"coefficient 2",
       [](std::uint32_t t) {
         return Expression{{3}, {}, {plain(2, t, {3}), plain(1, kX, {3})}};
       }},
      {"twice",
       [](std::uint32_t t) {
         return Expression{{3}, {}, {plain(1, t, {3}), plain(1, t, {3}), plain(1, kX, {3})}};
       }},
      {"product",
       [](std::uint32_t t) {
         Expression e{{3}, {}, {plain(1, t, {3}), plain(1, kX, {3})}};
         e.terms[0].operands.push_back(tensor::identity_operand(kX, {3}));
         return e;
       }},
      {"squared",
       [](std::uint32_t t) {
         Expression e{{3}, {}, {plain(1, t, {3}), plain(1, kX, {3})}};
         e.terms[0].operands.push_back(tensor::identity_operand(t, {3}));
         return e;
       }},
      {"part of it",
       [](std::uint32_t t) {
         Expression e{{2}, {}, {plain(1, t, {3}), {1, {}, {}}}};
         return e;
       }},
      {"reversed",
       [](std::uint32_t t) {
         Expression e{{3}, {}, {plain(1, t, {3}), plain(1, kX, {3})}};
         e.terms[0].operands[0].groups[0].offset = 2;
         e.terms[0].operands[0].groups[0].labels[0].stride = -1;
         return e;
       }},
      {"weights",
       [](std::uint32_t t) {
         Expression e{{3}, {}, {plain(1, t, {3}), plain(1, kX, {3})}};
         e.terms[0].weights.push_back({0, {1, 0, 1}});
         return e;
       }},
      {"summed",
       [](std::uint32_t t) {
         return Expression{{}, {3}, {{1, {tensor::identity_operand(t, {3})}, {}}, {1, {}, {}}}};
       }},
  };
  for (const auto& [name, form] : forms) {
    Circuit c = small_circuit();
    c.relations.push_back({"t", form(add_witness(c, {3}))});
    ASSERT_TRUE(validate(c).ok()) << name;
    EXPECT_FALSE(check_soundness(c).ok()) << name;
  }
}

TEST(Bounds, RefusesEquationsThatCouldWrapAround) {
  Circuit c = small_circuit();
  // Squares of squares: 2^8, 2^16, ... with 5 steps of squaring 2^256.
  std::uint32_t last = kX;
  for (int step = 0; step < 5; ++step) {
    const std::uint32_t next = add_witness(c, {3});
    const tensor::Operand o = tensor::identity_operand(last, {3});
    c.relations.push_back({"square", {{3}, {}, {{1, {o, o}, {}}, plain(-1, next, {3})}}});
    last = next;
    ASSERT_TRUE(validate(c).ok());
    EXPECT_EQ(check_soundness(c).ok(), step < 4) << step;
  }
}

TEST(Bounds, CountsCoefficientsWeightsAndSums) {
  for (const unsigned factor_bits : {0U, 39U}) {
    Circuit c = small_circuit();
    const std::int64_t big = (std::int64_t{1} << factor_bits) - 1;
    Expression e{{}, {3, 1000}, {}};
    Term term{big, {{kX, {{0, 1, 0, {{0, 1}}, false}}}, {kQ, {{0, 1, 0, {{1, 1}}, false}}}}, {}};
    term.weights.push_back({0, {0, -big, big}});
    e.terms = {term};
    c.relations.push_back({"sum", e});
    ASSERT_TRUE(validate(c).ok());
    const auto bounds = check_soundness(c);
    ASSERT_TRUE(bounds.ok());
    // 8 + 12 bits of values, 2 + 10 bits of summed labels, and one for "0 = ...".
    EXPECT_EQ(bounds->max_relation_bits, factor_bits == 0 ? 33U : 2 * factor_bits + 33U);
  }
}

// The bound is one: random extreme assignments never exceed it.
TEST(Bounds, HoldForExtremeValues) {
  const auto bounds = check_soundness(small_circuit());
  ASSERT_TRUE(bounds.ok());
  std::int64_t largest = 0;
  for (const std::int64_t x : {-128, 127}) {
    for (const std::int64_t w : {-128, 127}) {
      for (const std::int64_t q : {-2048, 2047}) {
        for (const std::int64_t rem : {0, 15}) {
          largest = std::max(largest, std::abs(x * w + 8 - 16 * q - rem));
        }
      }
    }
  }
  EXPECT_LT(largest, std::int64_t{1} << bounds->max_relation_bits);
  EXPECT_LT(std::int64_t{15}, std::int64_t{1} << bounds->bits[kRem]);
  EXPECT_LT(std::int64_t{127}, std::int64_t{1} << bounds->bits[kZ]);
}

}  // namespace
}  // namespace proofcard::circuit
