#include "host/wrap/builder.hpp"

#include "tests/wrap/gadget.hpp"

namespace proofcard::wrap {
namespace {

using namespace testing;  // NOLINT(google-build-using-namespace): test helpers
using proofcard::testing::Random;

TEST(Wire, IsARingWhoseFormsHaveItsValues) {
  Random random(1);
  for (int round = 0; round < 50; ++round) {
    const std::vector<Fr> in = random.frs(4);
    const Fr k = random.fr();
    std::vector<Wire> found;
    std::vector<Fr> expected;
    const Gadget gadget = record(in, [&](Builder& b, const std::vector<Wire>& w) {
      found = {w[0] + w[1],
               w[0] - w[1],
               -w[2],
               w[0] * k,
               Wire(k) * w[0],
               Wire(k) - w[3],
               Wire(k) + w[3],
               w[0] * w[1],
               (w[0] + w[1] * k) * (w[2] - k),
               w[3].square(),
               w[0].twice() - w[0] - w[0],
               b.inverse(w[1] + w[2]),
               Wire(k) * Wire(k),
               b.wire_of(w[0] + w[1])};
      Wire sum = w[0];
      sum += sum;
      sum.add_scaled(w[1], w[2]);
      sum *= k;
      found.push_back(sum);
    });
    expected = {in[0] + in[1],  in[0] - in[1], -in[2],
                in[0] * k,      k * in[0],     k - in[3],
                k + in[3],      in[0] * in[1], (in[0] + in[1] * k) * (in[2] - k),
                in[3].square(), Fr(),          (in[1] + in[2]).inverse(),
                k * k,          in[0] + in[1], (in[0].twice() + in[1] * in[2]) * k};
    ASSERT_EQ(found.size(), expected.size());
    for (std::size_t i = 0; i < found.size(); ++i) {
      EXPECT_EQ(found[i].value(), expected[i]) << i;
    }
    expect_determined(gadget);
    EXPECT_EQ(gadget.system.num_constraints(), 6U);
  }
}

TEST(Wire, FormsHaveTheValuesOfWires) {
  Random random(2);
  Builder builder(Keep::kConstraints, 2);
  const Wire p = builder.public_wire(1, random.fr());
  const Wire x = builder.wire(random.fr());
  const Wire y = (x * p + p * Fr::from_u64(7) - Fr::from_u64(3)).square() - x.twice();
  const Form form = y.form(), of_p = p.form(), of_x = x.form();
  Fr sum = form.constant();
  for (const auto& [wire, coefficient] : form.terms()) {
    sum += coefficient * builder.values()[wire];
  }
  EXPECT_EQ(sum, y.value());
  EXPECT_EQ(of_p.terms()[0].first, 2U);
  EXPECT_EQ(of_x.terms()[0].first, 3U);
}

TEST(Builder, RemembersTheFirstRequirementThatDoesNotHold) {
  Builder builder(Keep::kValues);
  const Wire x = builder.wire(Fr::from_u64(3));
  builder.require_equal(x, Fr::from_u64(3));
  EXPECT_FALSE(builder.violation());
  {
    const Part part(builder, "first");
    builder.require_product(x, x, Fr::from_u64(9));
    builder.require_zero(x);
  }
  {
    const Part part(builder, "second");
    builder.require_zero(x);
  }
  EXPECT_EQ(builder.violation(), "first");
  ASSERT_EQ(builder.parts().size(), 3U);
  EXPECT_EQ(builder.parts()[0].num_constraints, 1U);
  EXPECT_EQ(builder.parts()[1].num_constraints, 2U);
  EXPECT_EQ(builder.parts()[2].num_constraints, 1U);
  EXPECT_EQ(builder.num_constraints(), 4U);
}

TEST(Builder, ZeroHasNoInverse) {
  const Build inverse = [](Builder& b, const std::vector<Wire>& in) { b.inverse(in[0]); };
  EXPECT_TRUE(record({Fr()}, inverse).violation);
  EXPECT_FALSE(record({Fr::from_u64(2)}, inverse).violation);
}

// What is recorded does not depend on values.
TEST(Builder, RecordsTheSameForAllValues) {
  Random random(3);
  const Build build = [](Builder& b, const std::vector<Wire>& in) {
    const Wire product = in[0] * in[1] * b.inverse(in[2] - in[0]);
    b.require_zero(product * Wire(Fr()) + b.wire_of(product) - product);
  };
  const Gadget first = run(Keep::kConstraints, random.frs(3), build);
  EXPECT_EQ(first.system, run(Keep::kConstraints, random.frs(3), build).system);
  EXPECT_EQ(first.system, run(Keep::kConstraints, {Fr(), Fr(), Fr()}, build).system);
}

}  // namespace
}  // namespace proofcard::wrap
