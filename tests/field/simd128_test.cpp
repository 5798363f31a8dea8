// Products of two elements at a time in WebAssembly's vectors, beside those of the field; only `make wasm-test` has them.
#include "host/field/simd128.hpp"

#if defined(__wasm_simd128__)

#include <gtest/gtest.h>

#include <random>

#include "host/field/fq.hpp"
#include "host/field/fr.hpp"

namespace proofcard::simd128 {
namespace {

template <class Field>
class Pairs : public ::testing::Test {};
using Fields = ::testing::Types<Fr, Fq>;
TYPED_TEST_SUITE(Pairs, Fields);

template <class Field>
void expect_same(const Field& a, const Field& b, const Field& c, const Field& d) {
  using P = PairOf<Field>;
  const Pair left = P::load(a, b), right = P::load(c, d);  // the largest that factors may be
  const Pair product = P::multiply(left, right);
  EXPECT_EQ(P::first(left), a);
  EXPECT_EQ(P::second(left), b);
  EXPECT_EQ(P::first(product), a * c);
  EXPECT_EQ(P::second(product), b * d);
  EXPECT_EQ(P::first(P::square(left)), a * a);
  EXPECT_EQ(P::second(P::square(left)), b * b);
  EXPECT_EQ(P::first(P::square(product)), a * c * a * c);
  EXPECT_EQ(P::second(P::multiply(product, left)), b * d * b);
}

TYPED_TEST(Pairs, AreProductsOfTheField) {
  using Field = TypeParam;
  std::vector<Field> edges{Field::zero(), Field::one(), -Field::one(), Field::from_u64(2).inverse()};
  U256 largest = Field::kModulus;
  largest[0] -= 1;
  edges.push_back(Field::from_montgomery(largest));
  // All ones in one limb of 29 bits, or on both sides of its ends.
  for (unsigned bit = 0; bit + 30 < 253; bit += 3) {
    U256 limbs{};
    for (unsigned k = bit; k < bit + 30; ++k) {
      limbs[k / 64] |= std::uint64_t{1} << (k % 64);
    }
    edges.push_back(Field::from_montgomery(limbs));
  }
  for (const Field& a : edges) {
    for (const Field& b : edges) {
      expect_same(a, b, b, a);
    }
  }
  std::mt19937_64 random(1);
  const auto any = [&] {
    return Field::from_u512_reduced({random(), random(), random(), random()}, {random(), random(), random(), 0});
  };
  for (int i = 0; i < 5000; ++i) {
    expect_same(any(), any(), any(), any());
  }
}

}  // namespace
}  // namespace proofcard::simd128

#endif
