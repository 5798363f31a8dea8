// Scalars to bytes and results to points, without a card.
#include "host/device/msm_format.hpp"

#include <gtest/gtest.h>

#include <cstring>
#include <vector>

namespace proofcard::device {
namespace {

using curve::G1;
using curve::G1Affine;

TEST(RowScalarsTest, RowsStartAtMultiplesOf64) {
  const std::vector<std::int16_t> values{1, -2, 3, 4, 5, -6};
  const RowScalars scalars{IntSpan(std::span<const std::int16_t>(values))};
  EXPECT_EQ(scalars.bits(), 16U);
  EXPECT_EQ(scalars.row_bytes(2), 64U);
  EXPECT_EQ(scalars.row_bytes(32), 64U);
  EXPECT_EQ(scalars.row_bytes(33), 128U);
  std::vector<std::uint8_t> out(128);
  scalars.encode(out, 0, 2, 3, 1, 2);  // the last two of each row of three
  const std::vector<std::uint8_t> first{0xfe, 0xff, 3, 0};
  const std::vector<std::uint8_t> second{5, 0, 0xfa, 0xff};
  EXPECT_TRUE(std::equal(first.begin(), first.end(), out.begin()));
  EXPECT_TRUE(std::equal(second.begin(), second.end(), out.begin() + 64));
}

TEST(RowScalarsTest, WideIntegersAreResidues) {
  const std::vector<std::int64_t> values{-1};
  const RowScalars scalars{IntSpan(std::span<const std::int64_t>(values))};
  EXPECT_EQ(scalars.bits(), 254U);
  std::vector<std::uint8_t> out(64);
  scalars.encode(out, 0, 1, 1, 0, 1);
  const U256 expected = (-Fr::one()).canonical();
  EXPECT_EQ(std::memcmp(out.data(), expected.data(), 32), 0);
}

class JoinTest : public testing::Test {
 protected:
  // (x z, y z, z) as the card writes it.
  void put(std::size_t i, const G1Affine& p, const Fq& z) {
    results_.resize(std::max(results_.size(), (i + 1) * abi::kResultBytes));
    const Fq words[3] = {p.x * z, p.is_infinity() ? Fq::one() : p.y * z, p.is_infinity() ? Fq::zero() : z};
    std::memcpy(results_.data() + i * abi::kResultBytes, words, sizeof(words));
  }
  std::vector<std::uint8_t> results_;
};

TEST_F(JoinTest, AddsTheWindows) {
  const G1 g = G1::generator();
  const auto times = [&](std::uint64_t k) { return curve::scalar_mul(g, Fr::from_u64(k)).to_affine(); };
  put(0, times(3), Fq::from_u64(9));
  put(1, G1Affine::infinity(), Fq::one());
  put(2, times(5), Fq::one());
  put(3, times(7), Fq::from_u64(2));
  std::vector<G1> out(2);
  ASSERT_TRUE(join_results(out, results_, 0, 2, 4).ok());
  EXPECT_EQ(out[0], curve::scalar_mul(g, Fr::from_u64(3)));
  EXPECT_EQ(out[1], curve::scalar_mul(g, Fr::from_u64(5 + 16 * 7)));
  ASSERT_TRUE(join_results(out, results_, 3, 2, 4).ok());
  EXPECT_EQ(out[1], curve::scalar_mul(g, Fr::from_u64((5 + 16 * 7) << 12)));
}

TEST_F(JoinTest, WrongResultsAreFaults) {
  std::vector<G1> out(1);
  put(0, {Fq::one(), Fq::one()}, Fq::one());
  auto status = join_results(out, results_, 0, 1, 8);
  ASSERT_FALSE(status.ok());
  EXPECT_EQ(status.error().kind, ErrorKind::kDeviceFault);
  put(0, G1Affine::generator(), Fq::one());
  ASSERT_TRUE(join_results(out, results_, 0, 1, 8).ok());
  std::memset(results_.data() + 32, 0xff, 32);  // y past the modulus
  EXPECT_FALSE(join_results(out, results_, 0, 1, 8).ok());
}

}  // namespace
}  // namespace proofcard::device
