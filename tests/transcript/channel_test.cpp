// What a verifier's channel refuses of the bytes that it reads, and what it requires.
#include "host/transcript/channel.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/channels.hpp"

namespace proofcard {
namespace {

using ::testing::HasSubstr;

template <class Outcome>
void expect_rejected(const Outcome& status, const std::string& stage, const std::string& text) {
  ASSERT_FALSE(status.ok()) << text;
  EXPECT_EQ(status.error().kind, ErrorKind::kRejected);
  EXPECT_EQ(status.error().where, stage);
  EXPECT_THAT(status.error().message(), HasSubstr(text));
}

Bytes point_bytes(const curve::G1Affine& point) {
  const auto bytes = curve::compress(point);
  return {bytes.begin(), bytes.end()};
}

// No point of the curve has this x: 4^3 + 3 = 67 is no square.
Bytes no_point() {
  Bytes out = point_bytes(curve::G1Affine::generator());
  std::fill(out.begin(), out.end(), std::uint8_t{0});
  out[0] = 4;
  return out;
}

Bytes repeated(const Bytes& bytes, std::size_t n) {
  Bytes out;
  for (std::size_t i = 0; i < n; ++i) {
    out.insert(out.end(), bytes.begin(), bytes.end());
  }
  return out;
}

TEST(VerifierChannel, MessagesThatAreTooShort) {
  const Bytes proof(3 * Fr::kBytes - 1);
  VerifierChannel channel = testing::verifier_channel(proof);
  ASSERT_TRUE(channel.message("m", 1).ok());
  expect_rejected(channel.message("m", 2), "parse", "m: expected 2 field elements at byte 32, found 63 bytes");
  expect_rejected(channel.message("m", std::size_t{1} << 60), "parse", "field elements at byte 32");
  expect_rejected(channel.points("p", 2), "parse", "p: expected 2 points at byte 32, found 63 bytes");
  expect_rejected(channel.points("p", std::size_t{1} << 60), "parse", "points at byte 32");
  expect_rejected(channel.points_for_later("p", 2), "parse", "p: expected 2 points");
  expect_rejected(channel.expect_end(), "parse", "");
  ASSERT_TRUE(channel.message("m", 1).ok());
  expect_rejected(channel.expect_end(), "parse", "");
}

TEST(VerifierChannel, FieldElementsThatAreNotCanonical) {
  for (const bool first : {true, false}) {
    Bytes proof(2 * Fr::kBytes);
    for (std::size_t limb = 0; limb < 4; ++limb) {
      for (std::size_t i = 0; i < 8; ++i) {
        proof[(first ? 0 : Fr::kBytes) + 8 * limb + i] = static_cast<std::uint8_t>(Fr::kModulus[limb] >> (8 * i));
      }
    }
    VerifierChannel channel = testing::verifier_channel(proof);
    expect_rejected(channel.message("m", 2), "parse", "is not canonical");
  }
}

TEST(VerifierChannel, PointsThatAreNone) {
  ASSERT_FALSE(curve::decompress(no_point()).ok());
  for (const bool last : {true, false}) {
    const Bytes good = point_bytes(curve::G1Affine::generator());
    Bytes proof = last ? good : no_point();
    const Bytes second = last ? no_point() : good;
    proof.insert(proof.end(), second.begin(), second.end());
    VerifierChannel channel = testing::verifier_channel(proof);
    expect_rejected(channel.points("p", 2), "parse", "p");
    // Those that are decompressed later.
    VerifierChannel later = testing::verifier_channel(proof);
    ASSERT_TRUE(later.points_for_later("p", 2).ok());
    expect_rejected(later.rows_and_later_points(), "parse", "message");
  }
  const Bytes rows = repeated(no_point(), 2);
  VerifierChannel hiding(Transcript("test"), rows, true);
  ASSERT_TRUE(hiding.message("m", kHiddenRowLen + 1).ok());
  expect_rejected(hiding.rows_and_later_points(), "parse", "message");
  expect_rejected(hiding.message("m", 1), "parse", "m: expected 1 points");
}

// A proof that is read while it grows is the proof that is read at its end.
TEST(VerifierChannel, GoesOnWithAProofThatHasGrown) {
  const curve::G1Affine g = curve::G1Affine::generator();
  const std::vector<curve::G1Affine> first{g, -g}, second{-g, -g, g};
  ProverChannel prover = testing::prover_channel();
  prover.points("a", first);
  prover.message("b", Fr::from_u64(5));
  const Bytes begun = prover.proof();
  prover.points("c", second);
  prover.message("d", Fr::from_u64(6));
  const Bytes whole = prover.proof();

  VerifierChannel at_end = testing::verifier_channel(whole);
  VerifierChannel growing(Transcript("test"), begun, false, first);
  for (VerifierChannel* channel : {&at_end, &growing}) {
    EXPECT_EQ(*channel->points("a", 2), first);
    EXPECT_EQ(channel->message("b")->constant(), Fr::from_u64(5));
  }
  expect_rejected(growing.points("c", 1), "parse", "c: expected 1 points");
  growing.extend(whole, second);
  for (VerifierChannel* channel : {&at_end, &growing}) {
    EXPECT_EQ(*channel->points("c", 3), second);
    EXPECT_EQ(channel->message("d")->constant(), Fr::from_u64(6));
    EXPECT_TRUE(channel->expect_end().ok());
  }
  EXPECT_EQ(growing.challenge("e"), at_end.challenge("e"));
}

TEST(VerifierChannel, EquationsThatDoNotHold) {
  const Bytes proof;
  VerifierChannel channel = testing::verifier_channel(proof);
  const Value two(Fr::from_u64(2)), six(Fr::from_u64(6));
  const VerifierChannel::Product product[] = {{two, Value(Fr::from_u64(3))}};
  EXPECT_TRUE(channel.require_zero(Value(), "stage").ok());
  EXPECT_TRUE(channel.require_zero(product, -six, "stage").ok());
  expect_rejected(channel.require_zero(two, "stage"), "stage", "the equation does not hold");
  expect_rejected(channel.require_zero(product, six, "stage"), "stage", "the equation does not hold");
  EXPECT_TRUE(channel.constraints().empty());
  EXPECT_TRUE(channel.require_zero(product, Value::variable(0), "later").ok());
  ASSERT_EQ(channel.constraints().size(), 1U);
  EXPECT_EQ(channel.constraints()[0].stage, "later");
}

}  // namespace
}  // namespace proofcard
