#include "host/transcript/value.hpp"

#include <gtest/gtest.h>

#include "host/transcript/value_chain.hpp"
#include "tests/support/random.hpp"

namespace proofcard {
namespace {

using testing::Random;

constexpr std::uint32_t kMessages = 8;

// A random affine form in some of the messages.
Value random_form(Random& random) {
  Value v(random.fr());
  for (std::uint32_t i = 0; i < kMessages; ++i) {
    if (random.in_range(0, 1) == 0) {
      v.add_scaled(Value::variable(i), random.fr());
    }
  }
  return v;
}

Fr at(const Value& v, std::span<const Fr> messages) {
  Fr sum = v.constant();
  for (const auto& [index, coefficient] : v.terms()) {
    sum += coefficient * messages[index];
  }
  return sum;
}

class ValueProperty : public ::testing::TestWithParam<std::uint64_t> {};

TEST_P(ValueProperty, ArithmeticIsThatOfTheFormsItStandsFor) {
  Random random(GetParam());
  const std::vector<Fr> messages = random.frs(kMessages);
  const Value a = random_form(random);
  const Value b = random_form(random);
  const Fr k = random.fr();
  EXPECT_EQ(at(a + b, messages), at(a, messages) + at(b, messages));
  EXPECT_EQ(at(a - b, messages), at(a, messages) - at(b, messages));
  EXPECT_EQ(at(-a, messages), -at(a, messages));
  EXPECT_EQ(at(a * k, messages), at(a, messages) * k);
  EXPECT_EQ(at(Value(a).add_scaled(b, k), messages), at(a, messages) + at(b, messages) * k);
  for (const Value& v : {a + b, a - b, Value(a).add_scaled(b, k)}) {
    for (std::size_t i = 1; i < v.terms().size(); ++i) {
      EXPECT_LT(v.terms()[i - 1].first, v.terms()[i].first);
    }
  }
}

TEST_P(ValueProperty, ChainGivesWhatStepsGive) {
  Random random(GetParam());
  const std::vector<Fr> messages = random.frs(kMessages);
  ValueChain chain;
  Value stepped;
  for (int step = 0; step < 12; ++step) {
    const Fr k = random.fr();
    if (random.in_range(0, 2) == 0) {
      chain.scale(k);
      stepped = stepped * k;
    } else {
      const Value v = random_form(random);
      chain.add(v, k);
      stepped.add_scaled(v, k);
    }
  }
  EXPECT_EQ(at(chain.value(), messages), at(stepped, messages));
}

INSTANTIATE_TEST_SUITE_P(Seeds, ValueProperty, ::testing::Range<std::uint64_t>(0, 8));

TEST(ValueChain, IsZeroWhenNothingWasAdded) {
  ValueChain chain;
  chain.scale(Fr::from_u64(3));
  EXPECT_TRUE(chain.value().is_constant());
  EXPECT_TRUE(chain.value().constant().is_zero());
}

}  // namespace
}  // namespace proofcard
