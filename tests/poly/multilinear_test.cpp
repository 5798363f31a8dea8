// Each closed form is the sum over the hypercube that defines it, over Fr and over numbers that nobody can look into, with no more
// products of the latter than stated here.
#include "host/poly/multilinear.hpp"

#include <gtest/gtest.h>

#include "host/poly/multilinear_impl.hpp"
#include "tests/support/opaque_number.hpp"
#include "tests/support/random.hpp"

namespace proofcard::poly {
namespace {

using testing::OpaqueNumber;
using testing::Random;
using testing::Reveal;

std::vector<OpaqueNumber> opaque(std::span<const Fr> values) {
  std::vector<OpaqueNumber> out;
  for (const Fr& v : values) {
    out.push_back(OpaqueNumber::drawn(v));
  }
  return out;
}

// eq(point, index), bit by bit.
Fr eq_at(std::span<const Fr> point, std::size_t index) {
  Fr out = Fr::one();
  for (std::size_t i = 0; i < point.size(); ++i) {
    out = out * (((index >> i) & 1) == 1 ? point[i] : Fr::one() - point[i]);
  }
  return out;
}

// What `run` of opaque numbers gives, and no more than so many products.
template <class Run>
Fr within(std::size_t max_products, const Run& run) {
  OpaqueNumber::num_products = 0;
  const OpaqueNumber out = run();
  EXPECT_LE(OpaqueNumber::num_products, max_products);
  return Reveal::value(out);
}

class Multilinear : public ::testing::TestWithParam<std::size_t> {  // variables
 protected:
  const std::size_t n_ = GetParam();
  Random random_{n_ + 1};
  const std::vector<Fr> a_ = random_.frs(n_);
  const std::vector<Fr> b_ = random_.frs(n_);
  const std::vector<OpaqueNumber> oa_ = opaque(a_);
  const std::vector<OpaqueNumber> ob_ = opaque(b_);
};

TEST_P(Multilinear, EqIsTheProductOverBits) {
  Fr expected;
  for (std::size_t i = 0; i < std::size_t{1} << n_; ++i) {
    expected += eq_at(a_, i) * eq_at(b_, i);
    EXPECT_EQ(eq_index(a_, i), eq_at(a_, i));
    EXPECT_EQ(within(n_, [&] { return eq_index<OpaqueNumber>(oa_, i); }), eq_at(a_, i));
  }
  EXPECT_EQ(eq(a_, b_), expected);
  EXPECT_EQ(within(2 * n_, [&] { return eq<OpaqueNumber>(oa_, ob_); }), expected);
}

TEST_P(Multilinear, TablesBeginWithTheFirstEntries) {
  for (std::size_t n = 0; n <= std::size_t{1} << n_; ++n) {
    const std::vector<Fr> table = eq_prefix(a_, n);
    OpaqueNumber::num_products = 0;
    const std::vector<OpaqueNumber> same = eq_prefix<OpaqueNumber>(oa_, n);
    EXPECT_LE(OpaqueNumber::num_products, n + n_);
    ASSERT_EQ(table.size(), n);
    ASSERT_EQ(same.size(), n);
    for (std::size_t i = 0; i < n; ++i) {
      EXPECT_EQ(table[i], eq_at(a_, i));
      EXPECT_EQ(Reveal::value(same[i]), eq_at(a_, i)) << i << " of " << n;
    }
  }
}

TEST_P(Multilinear, RangesAreSumsOverTheirIndices) {
  Fr indicator, index_sum, both;
  for (std::size_t n = 0; n <= std::size_t{1} << n_; ++n) {
    SCOPED_TRACE(n);
    EXPECT_EQ(range_indicator(a_, n), indicator);
    EXPECT_EQ(within(n_, [&] { return range_indicator<OpaqueNumber>(oa_, n); }), indicator);
    EXPECT_EQ(range_index_sum(a_, n), index_sum);
    EXPECT_EQ(within(2 * n_, [&] { return range_index_sum<OpaqueNumber>(oa_, n); }), index_sum);
    EXPECT_EQ(range_eq(a_, b_, n), both);
    EXPECT_EQ(within(5 * n_, [&] { return range_eq<OpaqueNumber>(oa_, ob_, n); }), both);
    indicator += eq_at(a_, n);
    index_sum += eq_at(a_, n) * Fr::from_u64(n);
    both += eq_at(a_, n) * eq_at(b_, n);
  }
  const std::size_t beyond = (std::size_t{1} << n_) + 3;
  EXPECT_EQ(range_indicator(a_, beyond), Fr::one());
  EXPECT_EQ(within(0, [&] { return range_indicator<OpaqueNumber>(oa_, beyond); }), Fr::one());
}

TEST_P(Multilinear, ValuesAtAPoint) {
  for (std::size_t n = 0; n <= std::size_t{1} << n_; ++n) {
    std::vector<std::int64_t> values(n);
    std::vector<OpaqueNumber> numbers;
    Fr expected;
    for (std::size_t i = 0; i < n; ++i) {
      values[i] = random_.in_range(-5, 5);
      numbers.push_back(OpaqueNumber::drawn(Fr::from_i64(values[i])));
      expected += eq_at(a_, i) * Fr::from_i64(values[i]);
    }
    EXPECT_EQ(evaluate(values, a_), expected);
    EXPECT_EQ(within(n + n_, [&] { return evaluate<OpaqueNumber>(values, oa_); }), expected);
    EXPECT_EQ(within(n + n_, [&] { return evaluate_numbers<OpaqueNumber>(numbers, oa_); }), expected);
  }
}

INSTANTIATE_TEST_SUITE_P(Variables, Multilinear, ::testing::Values(0, 1, 2, 3, 5));

// Two tables and a product a row of them: what a table of 2^16 rows costs at a point.
TEST(MultilinearOfConstants, CostsTheSquareRootOfTheirNumber) {
  Random random(7);
  std::vector<std::int64_t> values(std::size_t{1} << 16);
  for (std::int64_t& v : values) {
    v = random.in_range(-1000, 1000);
  }
  const std::vector<Fr> point = random.frs(16);
  const std::vector<OpaqueNumber> same = opaque(point);
  EXPECT_EQ(within(3 * 256, [&] { return evaluate<OpaqueNumber>(values, same); }), evaluate(values, point));
}

}  // namespace
}  // namespace proofcard::poly
