// ifma52.hpp in both fields, against Fr and Fq.
#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <random>

#include "host/base/cpu_features.hpp"
#include "host/field/fq.hpp"
#include "host/field/fr.hpp"
#include "tests/field/ifma52_probe.hpp"

#if defined(__x86_64__)

namespace proofcard {
namespace {

using ifma52_probe::Modulus;
using ifma52_probe::Op;

template <class Field>
class Ifma52Test : public ::testing::Test {
 protected:
  static constexpr Modulus kModulus = std::is_same_v<Field, Fr> ? Modulus::kFr : Modulus::kFq;

  void SetUp() override {
    if (!isa_available(Isa::kAvx512)) {
      GTEST_SKIP() << "this processor has no AVX-512 IFMA";
    }
  }
  Field element() {
    switch (rng_() % 6) {
      case 0:
        return Field::zero();
      case 1:
        return Field::from_montgomery(
            {Field::kModulus[0] - 1, Field::kModulus[1], Field::kModulus[2], Field::kModulus[3]});
      case 2:
        return Field::from_montgomery({~0ULL, ~0ULL, ~0ULL, 0x2fffffffffffffff});
      default:
        return Field::from_u512_reduced({rng_(), rng_(), rng_(), rng_()}, {rng_(), rng_(), rng_(), rng_()});
    }
  }
  // expected(a, b, i) is lane i.
  using Lanes = std::array<Field, 8>;
  void check(Op op, const std::function<Field(const Lanes&, const Lanes&, std::size_t)>& expected) {
    for (int repeat = 0; repeat < 200; ++repeat) {
      Lanes a, b, out;
      std::generate(a.begin(), a.end(), [&] { return element(); });
      std::generate(b.begin(), b.end(), [&] { return element(); });
      ifma52_probe::run(kModulus, op, reinterpret_cast<std::uint64_t*>(out.data()),
                        reinterpret_cast<const std::uint64_t*>(a.data()),
                        reinterpret_cast<const std::uint64_t*>(b.data()));
      for (std::size_t i = 0; i < 8; ++i) {
        ASSERT_EQ(out[i], expected(a, b, i)) << "operation " << static_cast<int>(op) << ", lane " << i;
      }
    }
  }
  std::mt19937_64 rng_{5};
};

using Fields = ::testing::Types<Fr, Fq>;
TYPED_TEST_SUITE(Ifma52Test, Fields);

TYPED_TEST(Ifma52Test, LoadsAndStores) {
  this->check(Op::kRoundTrip, [](const auto& a, const auto&, std::size_t i) { return a[i]; });
  this->check(Op::kGatherScatter, [](const auto& a, const auto&, std::size_t i) { return a[i]; });
  this->check(Op::kGatherIndex, [](const auto& a, const auto&, std::size_t i) { return a[i ^ 5]; });
}

TYPED_TEST(Ifma52Test, Products) {
  const auto product = [](const auto& a, const auto& b, std::size_t i) { return a[i] * b[i]; };
  this->check(Op::kMul, product);
  this->check(Op::kMulMany, product);
  this->check(Op::kSquareMany, [](const auto& a, const auto&, std::size_t i) { return a[i].square(); });
  this->check(Op::kMulLargest, product);
  this->check(Op::kChain, [](const auto& a, const auto& b, std::size_t i) { return (a[i] * b[i]).square(); });
  this->check(Op::kSumOfProducts,
              [](const auto& a, const auto& b, std::size_t i) { return TypeParam::from_u64(300) * a[i] * b[i]; });
}

TYPED_TEST(Ifma52Test, SumsDifferencesAndReductions) {
  this->check(Op::kAddMod, [](const auto& a, const auto& b, std::size_t i) { return a[i] + b[i]; });
  this->check(Op::kSubMod, [](const auto& a, const auto& b, std::size_t i) { return a[i] - b[i]; });
  this->check(Op::kLazySub, [](const auto& a, const auto& b, std::size_t i) { return a[i] - b[i]; });
  this->check(Op::kCanonical, [](const auto& a, const auto& b, std::size_t i) { return a[i] + b[i] + b[i]; });
  this->check(Op::kSelectZero,
              [](const auto& a, const auto& b, std::size_t i) { return a[i].is_zero() ? b[i] : a[i]; });
}

}  // namespace
}  // namespace proofcard

#endif  // defined(__x86_64__)
