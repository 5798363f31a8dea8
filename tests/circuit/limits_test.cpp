// The bound of 2^250 to the bit, for equations and for ranges that follow from them.
#include <gtest/gtest.h>

#include "host/circuit/bounds.hpp"
#include "tests/circuit/small_circuit.hpp"

namespace proofcard::circuit {
namespace {

constexpr Shape kShape() { return {3}; }

std::uint32_t add_tensor(Circuit& c) {
  c.tensors.push_back({"t", kShape(), Role::kWitness, IntType::kI64, 0, 0, 1.0});
  return static_cast<std::uint32_t>(c.tensors.size() - 1);
}

// A tensor whose proved range has just `bits` bits: the index of a range table, or a sum or product of such.
class Maker {
 public:
  explicit Maker(Circuit& c) : c_(c) {}

  std::uint32_t tensor_of(unsigned bits) {
    if (bits <= 8) {
      const std::uint32_t out = add_tensor(c_);
      const auto table = static_cast<std::uint32_t>(c_.tables.size());
      c_.tables.push_back({TableKind::kRange, 0, std::uint32_t{1} << bits, {}});
      c_.lookups.push_back({"range", table, kShape(), {whole(out, kShape())}});
      return out;
    }
    // out = a * b has the bits of both, one for the coefficient 1, and one for the sum of two terms in 0 = a * b - out.
    const unsigned half = (bits - 2) / 2;
    const std::uint32_t a = tensor_of(half);
    const std::uint32_t b = tensor_of(bits - 2 - half);
    const std::uint32_t out = add_tensor(c_);
    c_.relations.push_back({"product", product(a, b)});
    c_.relations.back().zero.terms.push_back(plain(-1, out, kShape()));
    return out;
  }

  static Expression product(std::uint32_t a, std::uint32_t b) {
    return {kShape(), {}, {{1, {tensor::identity_operand(a, kShape()), tensor::identity_operand(b, kShape())}, {}}}};
  }

 private:
  Circuit& c_;
};

TEST(Limits, TensorsOfTheBitsAskedFor) {
  for (const unsigned bits : {1U, 8U, 9U, 20U, 124U, 125U}) {
    Circuit c = small_circuit();
    const std::uint32_t id = Maker(c).tensor_of(bits);
    const auto bounds = check_soundness(c);
    ASSERT_TRUE(bounds.ok()) << bits << ": " << bounds.error().message();
    EXPECT_EQ(bounds->bits[id], bits);
  }
}

// "0 = 1 * a * b" has two bits more than both factors.
TEST(Limits, EquationsStayBelow250Bits) {
  for (const unsigned bits : {246U, 247U, 248U, 249U, 252U, 253U}) {
    Circuit c = small_circuit();
    Maker maker(c);
    const std::uint32_t a = maker.tensor_of(124);
    const std::uint32_t b = maker.tensor_of(bits - 124);
    c.relations.push_back({"at the limit", Maker::product(a, b)});
    ASSERT_TRUE(validate(c).ok());
    const auto bounds = check_soundness(c);
    EXPECT_EQ(bounds.ok(), bits + 2 < 250) << bits;
    if (bounds.ok()) {
      EXPECT_EQ(bounds->max_relation_bits, bits + 2);
    } else {
      EXPECT_EQ(bounds.error().where, "at the limit");
    }
  }
}

// A tensor that follows from factors of 247 bits has 249; from 248 it would have 250, and gets no range at all.
TEST(Limits, DerivedRangesStayBelow250Bits) {
  for (const unsigned bits : {246U, 247U, 248U, 249U, 252U, 253U}) {
    Circuit c = small_circuit();
    Maker maker(c);
    const std::uint32_t a = maker.tensor_of(124);
    const std::uint32_t b = maker.tensor_of(bits - 124);
    const std::uint32_t out = add_tensor(c);
    c.relations.push_back({"derived", Maker::product(a, b)});
    c.relations.back().zero.terms.push_back(plain(-1, out, kShape()));
    const auto bounds = check_soundness(c);
    ASSERT_FALSE(bounds.ok());  // the relation itself has three members with its 0
    if (bits + 2 < 250) {
      EXPECT_EQ(bounds.error().where, "derived") << bits;
    } else {
      EXPECT_NE(bounds.error().where.find("circuit.tensors["), std::string::npos) << bits;
    }
  }
}

// The other members of an equation count, and the value that it has.
TEST(Limits, ValuesOfColumnsCount) {
  // out - x lies in a table of 2^12 rows: out has at most 12 bits and one for the sum.
  Circuit c = small_circuit();
  const std::uint32_t out = add_tensor(c);
  c.tables.push_back({TableKind::kRange, 0, 1U << 12, {}});
  Expression difference = whole(out, kShape());
  difference.terms.push_back(plain(-1, 0, kShape()));
  c.lookups.push_back({"difference", 3, kShape(), {difference}});
  const auto bounds = check_soundness(c);
  ASSERT_TRUE(bounds.ok()) << bounds.error().message();
  EXPECT_EQ(bounds->bits[out], 13U);
  // A table of 20 bits against an expression of 2: the difference of both has 21.
  c = small_circuit();
  const std::uint32_t small = Maker(c).tensor_of(2);
  c.tables.push_back({TableKind::kRange, 0, 1U << 20, {}});
  c.lookups.push_back({"wide", static_cast<std::uint32_t>(c.tables.size() - 1), kShape(), {whole(small, kShape())}});
  const auto wide = check_soundness(c);
  ASSERT_TRUE(wide.ok()) << wide.error().message();
  EXPECT_EQ(wide->max_relation_bits, 21U);
}

}  // namespace
}  // namespace proofcard::circuit
