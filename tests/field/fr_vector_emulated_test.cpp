// The AVX-512 loops give what the portable ones give, on every processor: their instructions are emulated here. Where the
// processor has them, fr_vector_test.cpp runs the real ones.
#include <gtest/gtest.h>

#include "host/field/fr.hpp"
#include "host/field/fr_vector_kernels.hpp"
#include "tests/support/random.hpp"

namespace proofcard::detail {

const FrVectorKernels& fr_vector_emulated();

namespace {

using Word = std::uint64_t;

// Elements as words: random ones, and among them the smallest and largest.
std::vector<Word> elements(testing::Random& random, std::size_t n) {
  std::vector<Word> out;
  for (std::size_t i = 0; i < n; ++i) {
    U256 v = random.fr().montgomery();
    if (i % 5 == 1) {
      v = {Fr::kModulus[0] - 1, Fr::kModulus[1], Fr::kModulus[2], Fr::kModulus[3]};
    } else if (i % 7 == 2) {
      v = {};
    }
    out.insert(out.end(), v.begin(), v.end());
  }
  return out;
}

// The two integers are congruent: what a sum means.
Fr reduced(const WideSum& s) {
  Fr out;
  for (std::size_t k = 9; k-- > 0;) {
    out = out * Fr::from_canonical({0, 1, 0, 0}) + Fr::from_u64(s.words[k]);
  }
  return out;
}

class FrVectorEmulated : public ::testing::TestWithParam<std::size_t> {
 protected:
  std::size_t n() const { return GetParam(); }
  std::vector<Word> many(std::size_t count) { return elements(random_, count); }

  // Outputs of both tables from equal inputs.
  template <std::size_t Sums, class Call>
  void expect_equal_sums(const Call& call) {
    WideSum emulated[Sums], portable[Sums];
    call(fr_vector_emulated(), emulated);
    call(fr_vector_portable(), portable);
    for (std::size_t k = 0; k < Sums; ++k) {
      EXPECT_EQ(reduced(emulated[k]), reduced(portable[k])) << "sum " << k;
    }
  }
  template <class Call>
  void expect_equal(std::vector<std::vector<Word>> tables, const Call& call) {
    std::vector<std::vector<Word>> other = tables;
    call(fr_vector_emulated(), tables);
    call(fr_vector_portable(), other);
    EXPECT_EQ(tables, other);
  }

 private:
  testing::Random random_{17};
};

using Tables = std::vector<std::vector<Word>>;

TEST_P(FrVectorEmulated, Products) {
  expect_equal({many(n()), many(n()), many(n())},
               [&](const FrVectorKernels& k, Tables& t) { k.mul(t[0].data(), t[1].data(), t[2].data(), n()); });
  expect_equal({many(n()), many(1), many(n())},
               [&](const FrVectorKernels& k, Tables& t) { k.axpy(t[0].data(), t[1].data(), t[2].data(), n()); });
  const auto a = many(n()), b = many(n());
  expect_equal_sums<1>([&](const FrVectorKernels& k, WideSum* out) { k.dot(out, a.data(), b.data(), n()); });
}

TEST_P(FrVectorEmulated, Tables) {
  expect_equal({many(n()), many(2 * n()), many(1)},
               [&](const FrVectorKernels& k, Tables& t) { k.bind_low(t[0].data(), t[1].data(), t[2].data(), n()); });
  expect_equal({many(n()), many(n()), many(1)},
               [&](const FrVectorKernels& k, Tables& t) { k.eq_step(t[0].data(), t[1].data(), t[2].data(), n()); });
  expect_equal({many(n()), many(n()), many(n()), many(n()), many(n()), many(n())},
               [&](const FrVectorKernels& k, Tables& t) {
                 k.fraction_layer(t[0].data(), t[1].data(), t[2].data(), t[3].data(), t[4].data(), t[5].data(), n());
               });
}

TEST_P(FrVectorEmulated, Rounds) {
  const auto a = many(2 * n()), b = many(2 * n()), c = many(2 * n()), d = many(2 * n()), w = many(n()), r = many(1);
  expect_equal_sums<2>([&](const FrVectorKernels& k, WideSum* out) { k.round_product2(out, a.data(), b.data(), n()); });
  expect_equal_sums<3>(
      [&](const FrVectorKernels& k, WideSum* out) { k.round_product3(out, a.data(), b.data(), c.data(), n()); });
  expect_equal_sums<2>(
      [&](const FrVectorKernels& k, WideSum* out) { k.round_weighted(out, a.data(), b.data(), w.data(), n()); });
  expect_equal_sums<2>([&](const FrVectorKernels& k, WideSum* out) {
    k.round_fraction(out, a.data(), b.data(), c.data(), d.data(), r.data(), w.data(), n());
  });
}

INSTANTIATE_TEST_SUITE_P(Sizes, FrVectorEmulated, ::testing::Values(8, 24, 64, 4096));

}  // namespace
}  // namespace proofcard::detail
