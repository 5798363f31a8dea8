// BlindFold alone, on a small protocol: honest proofs are accepted, and nothing else is.
#include <gtest/gtest.h>

#include "host/curve/encoding.hpp"
#include "tests/zk/mini_protocol.hpp"

namespace proofcard::testing {
namespace {

// Rows of 16: the last vector is a whole row. Rows of 512: the opening folds once.
class BlindFold : public ::testing::TestWithParam<unsigned> {
 protected:
  bool accepts(ByteView proof) const { return protocol_.verify(proof, MiniProtocol::real_transcript()).ok(); }

  MiniProtocol protocol_{GetParam(), 1};
  BlindingTable blinding_{7};
};

INSTANTIATE_TEST_SUITE_P(RowLengths, BlindFold, ::testing::Values(4U, 9U),
                         [](const auto& param_info) { return "Log" + std::to_string(param_info.param); });

TEST_P(BlindFold, HonestProofIsAccepted) {
  const Status status = protocol_.verify(protocol_.prove(blinding_), MiniProtocol::real_transcript());
  EXPECT_TRUE(status.ok()) << status.error().message();
}

TEST_P(BlindFold, EveryWordOfTheProofMatters) {
  const Bytes proof = protocol_.prove(blinding_);
  const std::size_t words = proof.size() / 32;
  for (std::size_t word = 0; word < words; ++word) {
    Bytes changed = proof;
    const std::span<std::uint8_t> at = std::span(changed).subspan(word * 32, 32);
    if (const auto value = Fr::from_bytes(at)) {
      std::ranges::copy((*value + Fr::one()).to_bytes(), at.begin());
      EXPECT_FALSE(accepts(changed)) << "element or x coordinate, word " << word;
    }
    changed = proof;
    at[31] ^= 0x80;  // the other point with this x
    EXPECT_FALSE(accepts(changed)) << "sign, word " << word;
  }
}

TEST_P(BlindFold, MissingAndSurplusWordsAreRejected) {
  const Bytes proof = protocol_.prove(blinding_);
  EXPECT_FALSE(accepts(ByteView(proof).first(proof.size() - 32)));
  EXPECT_FALSE(accepts(ByteView(proof).subspan(32)));
  Bytes longer = proof;
  longer.resize(proof.size() + 32);
  EXPECT_FALSE(accepts(longer));
}

TEST_P(BlindFold, HiddenValuesThatBreakAConstraintAreRejected) {
  for (std::size_t i = 0; i < MiniProtocol::kNumHidden; ++i) {
    MiniProtocol::Cheat cheat;
    cheat.hidden_value = i;
    EXPECT_FALSE(accepts(protocol_.prove(blinding_, cheat))) << "hidden value " << i;
  }
}

TEST_P(BlindFold, AnotherVectorIsRejected) {
  for (std::size_t i = 0; i < 16; ++i) {
    MiniProtocol::Cheat cheat;
    cheat.vector_entry = i;
    EXPECT_FALSE(accepts(protocol_.prove(blinding_, cheat))) << "entry " << i;
  }
}

TEST_P(BlindFold, AnotherBlindingIsRejected) {
  MiniProtocol::Cheat vector;
  vector.vector_blinding = true;
  EXPECT_FALSE(accepts(protocol_.prove(blinding_, vector)));
  for (std::size_t row = 0; row < 2; ++row) {
    MiniProtocol::Cheat column;
    column.column_blinding = row;
    EXPECT_FALSE(accepts(protocol_.prove(blinding_, column))) << "row " << row;
  }
}

}  // namespace
}  // namespace proofcard::testing
