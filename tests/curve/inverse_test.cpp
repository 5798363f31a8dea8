#include "host/curve/inverse.hpp"

#include <gtest/gtest.h>

#include <random>

namespace proofcard::curve {
namespace {

TEST(InverseVartime, EdgeValues) {
  EXPECT_TRUE(inverse_vartime(Fq::zero()).is_zero());
  U256 limbs{};
  for (std::size_t bit = 0; bit < 254; ++bit) {
    // Powers of two and their neighbours, in canonical and in Montgomery form.
    limbs = {};
    limbs[bit / 64] = std::uint64_t{1} << (bit % 64);
    if (!detail::less(limbs, Fq::kModulus)) {
      continue;
    }
    for (const Fq& base : {Fq::from_canonical(limbs), Fq::from_montgomery(limbs)}) {
      for (const Fq& a : {base, -base, base + Fq::one()}) {
        EXPECT_EQ(inverse_vartime(a), a.inverse()) << "bit " << bit;
      }
    }
  }
}

TEST(InverseVartime, RandomValues) {
  const std::uint64_t seed = std::random_device{}();
  SCOPED_TRACE(seed);
  std::mt19937_64 rng(seed);
  for (int i = 0; i < 20000; ++i) {
    const Fq a = Fq::from_u256_reduced({rng(), rng(), rng(), rng()});
    ASSERT_EQ(a * inverse_vartime(a), Fq::one());
  }
}

}  // namespace
}  // namespace proofcard::curve
