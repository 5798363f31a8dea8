// What counts as a proof of a hidden input's range: exactly the declared one, from lookups and plain relations.
#include <gtest/gtest.h>

#include <limits>

#include "host/circuit/bounds.hpp"
#include "tests/circuit/small_circuit.hpp"

namespace proofcard::circuit {
namespace {

// x with declared range [lo, hi], and no other tensors than limbs.
Circuit input_circuit(std::int64_t lo, std::int64_t hi) {
  Circuit c = small_circuit();
  c.output_visibility = Visibility::kPublic;
  c.tensors[kX].type = IntType::kI16;
  c.tensors[kX].lo = lo;
  c.tensors[kX].hi = hi;
  c.lookups.erase(c.lookups.begin());
  return c;
}

std::uint32_t add_limb(Circuit& c, std::int64_t lo, std::uint32_t rows) {
  const auto id = static_cast<std::uint32_t>(c.tensors.size());
  c.tensors.push_back({"limb", {3}, Role::kWitness, IntType::kI16, 0, 0, 1.0});
  c.tables.push_back({TableKind::kRange, lo, rows, {}});
  c.lookups.push_back({"limb", static_cast<std::uint32_t>(c.tables.size() - 1), {3}, {whole(id, {3})}});
  return id;
}

void add_lookup(Circuit& c, std::int64_t lo, std::uint32_t rows, const Expression& e) {
  c.tables.push_back({TableKind::kRange, lo, rows, {}});
  c.lookups.push_back({"x", static_cast<std::uint32_t>(c.tables.size() - 1), {3}, {e}});
}

// The evidence proves [lo, hi] and nothing narrower: declared so it is accepted, one less at either end refused.
template <class AddEvidence>
void expect_proves(std::int64_t lo, std::int64_t hi, AddEvidence&& add_evidence) {
  const auto accepted = [&](std::int64_t declared_lo, std::int64_t declared_hi) {
    Circuit c = input_circuit(declared_lo, declared_hi);
    add_evidence(c);
    EXPECT_TRUE(validate(c).ok()) << validate(c).error().message();
    return check_input_ranges(c).ok();
  };
  EXPECT_TRUE(accepted(lo, hi)) << lo << " " << hi;
  EXPECT_TRUE(accepted(lo - 1, hi + 1)) << lo << " " << hi;
  EXPECT_FALSE(accepted(lo + 1, hi)) << lo << " " << hi;
  EXPECT_FALSE(accepted(lo, hi - 1)) << lo << " " << hi;
}

template <class AddEvidence>
void expect_proves_nothing(AddEvidence&& add_evidence) {
  Circuit c = input_circuit(std::numeric_limits<std::int16_t>::min(), std::numeric_limits<std::int16_t>::max());
  add_evidence(c);
  EXPECT_TRUE(validate(c).ok());
  EXPECT_FALSE(check_input_ranges(c).ok());
}

TEST(InputRange, WholeColumns) {
  expect_proves(-100, 200, [](Circuit& c) { add_lookup(c, -100, 301, whole(kX, {3})); });
  // All evidence together: [-100, 200] and [-50, 300].
  expect_proves(-50, 200, [](Circuit& c) {
    add_lookup(c, -100, 301, whole(kX, {3}));
    add_lookup(c, -50, 351, whole(kX, {3}));
  });
  expect_proves_nothing([](Circuit&) {});
}

TEST(InputRange, SignsAndConstants) {
  Expression e = whole(kX, {3});
  e.terms.push_back({7, {}, {}});  // x + 7 in [-100, 200]
  expect_proves(-107, 193, [&](Circuit& c) { add_lookup(c, -100, 301, e); });
  e.terms[0].coefficient = -1;  // 7 - x
  expect_proves(-193, 107, [&](Circuit& c) { add_lookup(c, -100, 301, e); });
}

TEST(InputRange, Limbs) {
  // x - 16 a - b - 5 = 0, a in [-3, 10], b in [0, 15].
  const auto add_relation = [](Circuit& c, std::int64_t of_x, std::int64_t of_a) {
    const std::uint32_t a = add_limb(c, -3, 14);
    const std::uint32_t b = add_limb(c, 0, 16);
    c.relations.push_back(
        {"limbs", {{3}, {}, {plain(of_x, kX, {3}), plain(of_a, a, {3}), plain(-1, b, {3}), {-5, {}, {}}}}});
  };
  expect_proves(-43, 180, [&](Circuit& c) { add_relation(c, 1, -16); });
  expect_proves(-180, 43, [&](Circuit& c) { add_relation(c, -1, -16); });
  expect_proves(-155, 68, [&](Circuit& c) { add_relation(c, 1, 16); });
}

TEST(InputRange, OtherFormsProveNothing) {
  const auto with_limb = [](auto&& make) {
    return [make](Circuit& c) {
      const std::uint32_t limb = add_limb(c, 0, 16);
      c.relations.push_back({"r", make(limb)});
    };
  };
  expect_proves_nothing(with_limb([](std::uint32_t limb) {
    return Expression{{3}, {}, {plain(2, kX, {3}), plain(-1, limb, {3})}};
  }));
  expect_proves_nothing(with_limb([](std::uint32_t limb) {
    return Expression{{3}, {}, {plain(1, kX, {3}), plain(1, kX, {3}), plain(-1, limb, {3})}};
  }));
  // A weight is no limb.
  expect_proves_nothing(with_limb([](std::uint32_t) {
    return Expression{{3}, {}, {plain(1, kX, {3}), plain(-1, kW, {3})}};
  }));
  // Part of the input, the input times 0 or 1, the input reversed: not the whole of it.
  expect_proves_nothing(with_limb([](std::uint32_t limb) {
    return Expression{{2}, {}, {plain(1, kX, {3}), plain(-1, limb, {3})}};
  }));
  expect_proves_nothing(with_limb([](std::uint32_t limb) {
    Expression e{{3}, {}, {plain(1, kX, {3}), plain(-1, limb, {3})}};
    e.terms[0].weights.push_back({0, {1, 0, 1}});
    return e;
  }));
  expect_proves_nothing([](Circuit& c) {
    Expression reversed = whole(kX, {3});
    reversed.terms[0].operands[0].groups[0] = {0, 1, 2, {{0, -1}}, false};
    add_lookup(c, 0, 16, reversed);
  });
}

// An input that is public is checked where it stands.
TEST(InputRange, OnlyHiddenInputsNeedProof) {
  Circuit c = input_circuit(-5, 5);
  EXPECT_FALSE(check_input_ranges(c).ok());
  EXPECT_FALSE(check_soundness(c).ok());
  c.input_visibility = Visibility::kPublic;
  EXPECT_TRUE(check_input_ranges(c).ok());
  c.input_visibility = Visibility::kCommitted;
  EXPECT_FALSE(check_input_ranges(c).ok());
  // Wider than declared: every tensor has a proved range, so only this check can refuse.
  c = input_circuit(-5, 5);
  add_lookup(c, -6, 12, whole(kX, {3}));
  const auto bounds = check_soundness(c);
  ASSERT_FALSE(bounds.ok());
  EXPECT_NE(bounds.error().message().find("lookups that prove the input's range [-5, 5]"), std::string::npos);
}

}  // namespace
}  // namespace proofcard::circuit
