#include "host/wrap/bits.hpp"

#include <bit>

#include "tests/wrap/gadget.hpp"

namespace proofcard::wrap {
namespace {

using namespace testing;  // NOLINT(google-build-using-namespace): test helpers
using proofcard::testing::Random;

const Build kStrict = [](Builder& builder, const std::vector<Wire>& in) { strict_bits(builder, in[0]); };

Fr minus_one() { return -Fr::one(); }

// Bit wires of a gadget whose only input is the number: wires 2, 3, ..
std::vector<Fr> with_bits(std::vector<Fr> values, const U256& bits, unsigned n) {
  for (unsigned i = 0; i < n; ++i) {
    values[2 + i] = Fr::from_u64((bits[i / 64] >> (i % 64)) & 1);
  }
  return values;
}

TEST(Bits, Cost) {
  const Fr five = Fr::from_u64(5);
  EXPECT_EQ(cost({Fr::one()}, [](Builder& b, const std::vector<Wire>& in) { require_bit(b, in[0]); }), 1U);
  for (const unsigned n : {3U, 16U, 253U}) {
    EXPECT_EQ(cost({five}, [n](Builder& b, const std::vector<Wire>& in) { bits_below(b, in[0], n); }), n + 1);
  }
  EXPECT_EQ(cost({five}, kStrict), kStrictBitsCost);
}

TEST(Bits, AreThoseOfTheNumberAndDetermined) {
  Random random(1);
  for (const Fr& v : {Fr(), Fr::one(), minus_one(), minus_one() - Fr::one(), random.fr(), random.fr()}) {
    std::vector<Wire> bits;
    const Gadget gadget = record({v}, [&](Builder& b, const std::vector<Wire>& in) { bits = strict_bits(b, in[0]); });
    expect_determined(gadget);
    const U256 plain = v.canonical();
    for (std::size_t i = 0; i < bits.size(); ++i) {
      EXPECT_EQ(bits[i].value(), Fr::from_u64((plain[i / 64] >> (i % 64)) & 1));
    }
  }
}

// The number plus the modulus has the same sum in the field, where it has kFieldBits bits. The other wires are then those that
// the constraints ask for, so that the bound alone refuses it.
TEST(Bits, OfTheNumberPlusTheModulusAreRefused) {
  Random random(2);
  for (const std::uint64_t small : {std::uint64_t{0}, std::uint64_t{1}, random.u64()}) {
    const Gadget gadget = record({Fr::from_u64(small)}, kStrict);
    std::vector<Fr> values = with_bits(gadget.values, detail::add(Fr::kModulus, {small, 0, 0, 0}), kFieldBits);
    // Wires behind the bits are products: each as its constraint says.
    std::uint32_t next = 2 + kFieldBits;
    std::set<std::size_t> broken;
    for (std::size_t i = 0; i < gadget.system.num_constraints(); ++i) {
      const auto c = gadget.system.row(i, 2);
      if (c.size() == 1 && c[0].wire == next) {
        values[next] = Fr();
        Fr a, b;
        for (const Term& t : gadget.system.row(i, 0)) {
          a += t.coefficient * values[t.wire];
        }
        for (const Term& t : gadget.system.row(i, 1)) {
          b += t.coefficient * values[t.wire];
        }
        values[next++] = a * b;
      }
      if (!gadget.system.satisfied(i, values)) {
        broken.insert(i);
      }
    }
    EXPECT_EQ(next, gadget.system.num_wires);
    EXPECT_FALSE(broken.empty()) << small;
    // Not the sum, nor a bit.
    for (const std::size_t i : broken) {
      EXPECT_GT(i, std::size_t{kFieldBits});
    }
  }
}

TEST(Bits, LowestOnesAreZeros) {
  const auto zeros = [](unsigned n) {
    return [n](Builder& b, const std::vector<Wire>& in) { strict_bits(b, in[0], n); };
  };
  const Fr v = Random(4).fr() * Fr::from_u64(1 << 14);
  const U256 plain = v.canonical();
  const unsigned n = static_cast<unsigned>(std::countr_zero(plain[0]));
  const Fr even = Fr::from_canonical({plain[0] & ~std::uint64_t{0x3fff}, plain[1], plain[2], plain[3]});
  EXPECT_EQ(cost({even}, zeros(14)), kStrictBitsCost - 14);
  EXPECT_EQ(cost({Fr()}, zeros(kMaxZeros)), kStrictBitsCost - kMaxZeros);
  expect_determined(record({even}, zeros(14)));
  EXPECT_TRUE(record({even + Fr::from_u64(1 << 13)}, zeros(14)).violation);
  EXPECT_TRUE(record({even + Fr::one()}, zeros(14)).violation);
  EXPECT_EQ(record({v}, zeros(14)).violation.has_value(), n < 14);
}

TEST(Bits, BelowRefusesLargerNumbers) {
  const auto violated = [](std::uint64_t v, unsigned n) {
    return record({Fr::from_u64(v)}, [n](Builder& b, const std::vector<Wire>& in) { bits_below(b, in[0], n); })
        .violation.has_value();
  };
  EXPECT_FALSE(violated(0, 3));
  EXPECT_FALSE(violated(7, 3));
  EXPECT_TRUE(violated(8, 3));
  EXPECT_TRUE(violated(std::uint64_t{1} << 63, 63));
  EXPECT_TRUE(
      record({minus_one()}, [](Builder& b, const std::vector<Wire>& in) { bits_below(b, in[0], 253); }).violation);
  expect_determined(
      record({Fr::from_u64(5)}, [](Builder& b, const std::vector<Wire>& in) { bits_below(b, in[0], 16); }));
}

TEST(Bits, ABitIsZeroOrOne) {
  const Build bit = [](Builder& b, const std::vector<Wire>& in) { require_bit(b, in[0]); };
  EXPECT_FALSE(record({Fr()}, bit).violation);
  EXPECT_FALSE(record({Fr::one()}, bit).violation);
  EXPECT_TRUE(record({Fr::from_u64(2)}, bit).violation);
  EXPECT_TRUE(record({minus_one()}, bit).violation);
}

TEST(Bits, SelectionTakesTheItemOfThatNumber) {
  Random random(3);
  for (const std::size_t k : {std::size_t{1}, std::size_t{2}, std::size_t{3}}) {
    const std::size_t n = std::size_t{1} << k;
    for (std::size_t index = 0; index < n; ++index) {
      for (std::size_t claimed = 0; claimed < n; ++claimed) {
        std::vector<Fr> inputs = random.frs(n);
        inputs.push_back(inputs[claimed]);
        for (std::size_t i = 0; i < k; ++i) {
          inputs.push_back(Fr::from_u64(index >> i & 1));
        }
        const Gadget gadget = record(inputs, [&](Builder& b, const std::vector<Wire>& in) {
          require_selected(b, in[n], std::span(in).first(n), std::span(in).subspan(n + 1));
        });
        EXPECT_EQ(gadget.system.num_constraints(), n - 1);
        EXPECT_EQ(gadget.violation.has_value(), index != claimed) << index << " " << claimed;
        if (index == claimed) {
          expect_determined(gadget);
        }
      }
    }
  }
}

}  // namespace
}  // namespace proofcard::wrap
