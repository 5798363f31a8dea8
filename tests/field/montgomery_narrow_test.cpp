// The product for machines without wide products, which is in no program here, beside the one that is.
#include "host/field/montgomery_narrow.hpp"

#include <gtest/gtest.h>

#include <random>

#include "host/field/fq.hpp"
#include "host/field/fr.hpp"

namespace proofcard {
namespace {

template <class Field>
class NarrowProducts : public ::testing::Test {};
using Fields = ::testing::Types<Fr, Fq>;
TYPED_TEST_SUITE(NarrowProducts, Fields);

template <class Field>
void expect_same(const Field& a, const Field& b) {
  constexpr detail::NarrowMontgomery narrow(Field::kModulus);
  const U256 found = narrow.multiply(a.montgomery(), b.montgomery());
  std::uint64_t borrow = 0;
  const U256 reduced = detail::subtract(found, Field::kModulus, borrow);
  EXPECT_TRUE(borrow != 0 || detail::less(reduced, Field::kModulus)) << "at least 2p";
  EXPECT_EQ(borrow != 0 ? found : reduced, (a * b).montgomery());
}

TYPED_TEST(NarrowProducts, AreThoseOfTheField) {
  std::vector<TypeParam> edges{TypeParam::zero(), TypeParam::one(), -TypeParam::one(),
                               TypeParam::from_u64(2).inverse()};
  U256 largest = TypeParam::kModulus;
  largest[0] -= 1;
  edges.push_back(TypeParam::from_montgomery(largest));
  // All ones in one limb of 29 bits, or on both sides of its ends.
  for (unsigned bit = 0; bit + 30 < 253; ++bit) {
    U256 limbs{};
    for (unsigned k = bit; k < bit + 30; ++k) {
      limbs[k / 64] |= std::uint64_t{1} << (k % 64);
    }
    edges.push_back(TypeParam::from_montgomery(limbs));
  }
  for (const TypeParam& a : edges) {
    for (const TypeParam& b : edges) {
      expect_same(a, b);
    }
  }
  std::mt19937_64 random(1);
  for (int i = 0; i < 20000; ++i) {
    const auto any = [&] {
      return TypeParam::from_u512_reduced({random(), random(), random(), random()}, {random(), random(), random(), 0});
    };
    expect_same(any(), any());
  }
}

}  // namespace
}  // namespace proofcard
