#include "host/curve/encoding.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "host/base/cpu_features.hpp"
#include "host/curve/hash_to_curve.hpp"

namespace proofcard::curve {
namespace {

std::array<std::uint8_t, 32> encode_x(const U256& x) {
  std::array<std::uint8_t, 32> bytes{};
  for (std::size_t i = 0; i < 32; ++i) {
    bytes[i] = static_cast<std::uint8_t>(x[i / 8] >> (8 * (i % 8)));
  }
  return bytes;
}

TEST(Encoding, RoundTrip) {
  auto points = derive_generators("encoding test", 0, 40);
  points[7] = G1Affine::infinity();
  points[8] = G1Affine::generator();
  points[9] = -points[8];
  Bytes compressed, uncompressed;
  for (const auto& p : points) {
    const auto c = compress(p);
    const auto u = encode_uncompressed(p);
    EXPECT_EQ(decompress(c).value(), p);
    EXPECT_EQ(decode_uncompressed(u).value(), p);
    compressed.insert(compressed.end(), c.begin(), c.end());
    uncompressed.insert(uncompressed.end(), u.begin(), u.end());
  }
  std::vector<G1Affine> out(points.size());
  ASSERT_TRUE(batch_decompress(out, compressed).ok());
  EXPECT_EQ(out, points);
  out.assign(points.size(), {});
  ASSERT_TRUE(batch_decode_uncompressed(out, uncompressed).ok());
  EXPECT_EQ(out, points);
}

TEST(Encoding, KnownBytes) {
  auto one = encode_x({1, 0, 0, 0});  // (1, 2): 2 is even
  EXPECT_EQ(compress(G1Affine::generator()), one);
  one[31] = 0x80;
  EXPECT_EQ(compress(-G1Affine::generator()), one);
  std::array<std::uint8_t, 32> infinity{};
  infinity[31] = 0x40;
  EXPECT_EQ(compress(G1Affine::infinity()), infinity);
}

TEST(Encoding, RefusesEverythingElse) {
  U256 too_big = Fq::kModulus;
  too_big[0] += 1;  // q + 1 encodes the x of the generator a second time
  // The message too: whatever is decoded in place of such a coordinate may be no point either.
  for (const U256& x : {too_big, Fq::kModulus}) {
    const auto point = decompress(encode_x(x));
    ASSERT_FALSE(point.ok());
    EXPECT_NE(point.error().what.find("below the field's modulus"), std::string::npos) << point.error().what;
  }
  for (const int flags : {0xc0, 0x41, 0x60}) {
    auto bytes = encode_x({0, 0, 0, 0});
    bytes[31] = static_cast<std::uint8_t>(flags);
    EXPECT_FALSE(decompress(bytes).ok()) << flags;
  }
  auto bytes = encode_x({1, 0, 0, 0});
  bytes[31] = 0x40;
  EXPECT_FALSE(decompress(bytes).ok());
  EXPECT_FALSE(decompress(ByteView(bytes).first(31)).ok());
  EXPECT_FALSE(decompress({}).ok());

  // About half of all x have no point.
  int refused = 0;
  for (std::uint64_t x = 0; x < 64; ++x) {
    refused += decompress(encode_x({x, 0, 0, 0})).ok() ? 0 : 1;
  }
  EXPECT_GT(refused, 16);
  EXPECT_LT(refused, 48);
}

TEST(Encoding, UncompressedIsChecked) {
  auto bytes = encode_uncompressed(G1Affine::generator());
  bytes[32] ^= 1;
  EXPECT_FALSE(decode_uncompressed(bytes).ok());
  const auto infinity = encode_uncompressed(G1Affine::infinity());
  EXPECT_TRUE(decode_uncompressed(infinity).value().is_infinity());
  EXPECT_FALSE(decode_uncompressed(ByteView(infinity).first(63)).ok());
  for (const std::size_t coordinate : {0U, 32U}) {
    auto too_large = encode_uncompressed(G1Affine::generator());
    std::fill_n(too_large.begin() + coordinate, 32, std::uint8_t{0xff});
    const auto point = decode_uncompressed(too_large);
    ASSERT_FALSE(point.ok());
    EXPECT_NE(point.error().what.find("below the field's modulus"), std::string::npos) << point.error().what;
  }
}

TEST(Encoding, BatchesHaveTheirSize) {
  const auto one = encode_uncompressed(G1Affine::generator());
  Bytes three(3 * one.size());
  for (std::size_t i = 0; i < three.size(); ++i) {
    three[i] = one[i % one.size()];
  }
  for (const std::size_t n : {1U, 2U, 3U, 4U}) {
    std::vector<G1Affine> out(n);
    EXPECT_EQ(batch_decode_uncompressed(out, three).ok(), n == 3);
  }
}

TEST(Encoding, BatchErrorNamesTheFirstBadPoint) {
  Bytes bytes;
  for (int i = 0; i < 100; ++i) {
    const auto c = compress(G1Affine::generator());
    bytes.insert(bytes.end(), c.begin(), c.end());
  }
  bytes[32 * 37 + 31] = 0xff;
  bytes[32 * 90 + 31] = 0xff;
  std::vector<G1Affine> out(100);
  const Status status = batch_decompress(out, bytes, "rows");
  ASSERT_FALSE(status.ok());
  EXPECT_EQ(status.error().where, "rows[37]");
  EXPECT_FALSE(batch_decompress(out, ByteView(bytes).first(64), "rows").ok());
}

// Points, and a last x without a point, at every length around a register: the same points and errors.
TEST(Encoding, BatchesAreTheSameOnEveryInstructionSet) {
  const Isa before = active_isa();
  const auto points = derive_generators("encoding test", 0, 70);
  for (const std::size_t n : {1U, 8U, 16U, 17U, 70U}) {
    Bytes good;
    for (std::size_t i = 0; i < n; ++i) {
      const auto c = compress(i % 2 == 0 ? points[i] : -points[i]);
      good.insert(good.end(), c.begin(), c.end());
    }
    Bytes no_point = good;
    // x = 0 has none: 3 is not a square.
    std::fill_n(no_point.end() - 32, 32, std::uint8_t{0});
    for (const Isa isa : {Isa::kPortable, best_isa()}) {
      set_isa_for_testing(isa);
      std::vector<G1Affine> out(n);
      EXPECT_TRUE(batch_decompress(out, good).ok());
      for (std::size_t i = 0; i < n; ++i) {
        EXPECT_EQ(out[i], i % 2 == 0 ? points[i] : -points[i]);
      }
      const Status status = batch_decompress(out, no_point);
      ASSERT_FALSE(status.ok());
      EXPECT_EQ(status.error().where, fmt::format("points[{}]", n - 1));
    }
    set_isa_for_testing(before);
  }
}

}  // namespace
}  // namespace proofcard::curve
