#include "host/wrap/poseidon2.hpp"

#include "tests/wrap/gadget.hpp"

namespace proofcard::wrap {
namespace {

using namespace testing;  // NOLINT(google-build-using-namespace): test helpers
using proofcard::testing::Random;

// Values are those of host/hash, which has vectors of an independent script; inputs determine all wires.
TEST(WirePoseidon2, IsThePermutation) {
  Random random(1);
  for (const std::size_t t : {std::size_t{4}, std::size_t{8}, std::size_t{16}}) {
    const hash::Poseidon2& p = hash::poseidon2(t);
    const std::vector<Fr> in = random.frs(t);
    std::vector<Wire> out;
    const Gadget gadget = record(in, [&](Builder& b, const std::vector<Wire>& wires) {
      out = wires;
      permute(b, p, out);
      for (const Wire& w : out) {
        b.wire_of(w);
      }
    });
    std::vector<Fr> expected = in;
    hash::permute(p, expected);
    for (std::size_t i = 0; i < t; ++i) {
      EXPECT_EQ(out[i].value(), expected[i]);
      EXPECT_EQ(gadget.values[gadget.values.size() - t + i], expected[i]);
    }
    EXPECT_EQ(gadget.system.num_constraints(), permutation_cost(t) + t);
    expect_determined(gadget);
  }
  EXPECT_EQ(permutation_cost(4), 264U);
  EXPECT_EQ(permutation_cost(8), 363U);
  EXPECT_EQ(permutation_cost(16), 555U);
}

TEST(WirePoseidon2, Compresses) {
  Random random(2);
  for (const auto& [t, n] : {std::pair{4, 1}, {4, 4}, {8, 2}, {8, 8}, {16, 9}, {16, 16}}) {
    const hash::Poseidon2& p = hash::poseidon2(static_cast<std::size_t>(t));
    const std::vector<Fr> in = random.frs(static_cast<std::size_t>(n));
    Wire out;
    const Gadget gadget = record(in, [&](Builder& b, const std::vector<Wire>& wires) { out = compress(b, p, wires); });
    EXPECT_EQ(out.value(), hash::compress(p, in));
    EXPECT_EQ(gadget.system.num_constraints(), permutation_cost(static_cast<std::size_t>(t)));
  }
}

// Long forms stand in C: what the sums of a key, and a proof's, are made of.
TEST(WirePoseidon2, FormsAreShortInAAndB) {
  const hash::Poseidon2& p = hash::poseidon2(8);
  const Gadget gadget = record(Random(3).frs(8), [&](Builder& b, const std::vector<Wire>& wires) {
    std::vector<Wire> state = wires;
    permute(b, p, state);
  });
  std::size_t terms[3] = {};
  for (std::size_t i = 0; i < gadget.system.num_constraints(); ++i) {
    for (std::size_t matrix = 0; matrix < 3; ++matrix) {
      terms[matrix] += gadget.system.row(i, matrix).size();
    }
  }
  EXPECT_LT(terms[0], 2500U);
  EXPECT_LT(terms[1], 1500U);
  EXPECT_LT(terms[2], 2900U);
}

}  // namespace
}  // namespace proofcard::wrap
