// Scalars to bytes and results to points, without a card.
#include "host/device/msm/msm_format.hpp"

#include <gtest/gtest.h>

#include <array>
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

class JoinTest : public ::testing::Test {
 protected:
  // (x z, y z, z) as the card writes it.
  void put(std::size_t i, const G1Affine& p, const Fq& z) {
    results_.resize(std::max(results_.size(), (i + 1) * abi::kResultBytes));
    const Fq words[4] = {p.x * z, p.is_infinity() ? Fq::one() : p.y * z, p.is_infinity() ? Fq::zero() : z, Fq::zero()};
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

// The windows of two rows, of which one is damaged: whichever it is, that is a fault.
TEST_F(JoinTest, WrongResultsAreFaults) {
  using Words = std::array<Fq, 4>;
  const G1Affine g = G1Affine::generator();
  const Fq two = Fq::from_u64(2);
  const Fq past = Fq::from_montgomery(Fq::kModulus);  // as words; no element
  const Fq none, one = Fq::one();
  struct {
    const char* what;
    Words words;  // X, Y, Z and what follows them
  } const cases[] = {{"zeros", {none, none, none, none}},
                     {"Z of 0 and X of another point", {g.x, g.y, none, none}},
                     {"X and Y of 0", {none, none, two, none}},
                     {"off the curve", {one, one, one, none}},
                     {"on the curve but for Z", {g.x * two, g.y * two, one, none}},
                     {"X past the modulus", {past, g.y, one, none}},
                     {"Y past the modulus", {none, past, none, none}},
                     {"Z past the modulus", {none, one, past, none}},
                     {"more after the coordinates", {g.x, g.y, one, one}}};
  for (std::size_t damaged = 0; damaged < 4; ++damaged) {
    for (std::size_t i = 0; i < 4; ++i) {
      put(i, i == 2 ? G1Affine::infinity() : g, two);
    }
    std::vector<G1> out(2);
    ASSERT_TRUE(join_results(out, results_, 0, 2, 8).ok());
    for (const auto& c : cases) {
      std::memcpy(results_.data() + damaged * abi::kResultBytes, &c.words, sizeof(c.words));
      const auto status = join_results(out, results_, 0, 2, 8);
      ASSERT_FALSE(status.ok()) << c.what << " at " << damaged;
      EXPECT_EQ(status.error().kind, ErrorKind::kDeviceFault);
    }
  }
}

}  // namespace
}  // namespace proofcard::device
