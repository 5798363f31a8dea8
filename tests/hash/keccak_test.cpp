#include "host/hash/keccak.hpp"

#include <gtest/gtest.h>

#include <string>
#include <string_view>

namespace proofcard::hash {
namespace {

ByteView bytes_of(std::string_view s) { return {reinterpret_cast<const std::uint8_t*>(s.data()), s.size()}; }

std::string hex(ByteView bytes) {
  std::string out;
  for (const std::uint8_t b : bytes) {
    out += fmt::format("{:02x}", b);
  }
  return out;
}

std::string squeeze_hex(KeccakSponge sponge, std::string_view message, std::size_t size) {
  sponge.absorb(bytes_of(message));
  Bytes out(size);
  sponge.squeeze(out);
  return hex(out);
}

// The Keccak team's KeccakF-1600-IntermediateValues: the permutation of the zero state.
TEST(KeccakF1600, ZeroState) {
  std::array<std::uint64_t, 25> state{};
  keccak_f1600(state);
  EXPECT_EQ(state[0], 0xf1258f7940e1dde7);
  EXPECT_EQ(state[1], 0x84d5ccf933c0478a);
  EXPECT_EQ(state[24], 0xeaf1ff7b5ceca249);
}

TEST(Keccak256, PublishedVectors) {
  EXPECT_EQ(hex(keccak256({})), "c5d2460186f7233c927e7db2dcc703c0e500b653ca82273b7bfad8045d85a470");
  EXPECT_EQ(hex(keccak256(bytes_of("abc"))), "4e03657aea45a94fc7d47ba826c8d667c0d1e6e33a64a036ec44f58fa12d6c45");
}

// FIPS 202 example values of NIST.
TEST(Sha3, PublishedVectors) {
  EXPECT_EQ(hex(sha3_256({})), "a7ffc6f8bf1ed76651c14756a061d662f580ff4de43b49fa82d80a4b80f8434a");
  EXPECT_EQ(hex(sha3_256(bytes_of("abc"))), "3a985da74fe225b2045c172d6bd390bd855f086e3e9d525b46bfe24511431532");
  EXPECT_EQ(hex(sha3_256(Bytes(200, 0xa3))), "79f38adec5c20307a98ef76e8324afbfd46cfd81b22e3973c65fa1bd9de31787");
}

TEST(Shake, PublishedVectors) {
  EXPECT_EQ(squeeze_hex(KeccakSponge::shake128(), "", 32),
            "7f9c2ba4e88f827d616045507605853ed73b8093f6efbc88eb1a6eacfa66ef26");
  EXPECT_EQ(squeeze_hex(KeccakSponge::shake256(), "", 64),
            "46b9dd2b0ba88d13233b3feb743eeb243fcd52ea62b81b82b50c27646ed5762f"
            "d75dc4ddd8c0f200cb05019d67b592f6fc821c49479ab48640292eacb3b7c4be");
}

// More than one block of output; from Python's hashlib.
TEST(Shake, LongOutput) {
  const std::string found = squeeze_hex(KeccakSponge::shake256(), "proofcard", 500);
  EXPECT_EQ(found.substr(0, 16), "afcdef5bad57d052");
  EXPECT_EQ(found.substr(2 * 136, 16), "63b053e6c67d6b08");
  EXPECT_EQ(found.substr(2 * 484), "aae16bdfc5c7975ecb5bf7065b78e379");
}

TEST(KeccakSponge, SplitCallsGiveTheSameStream) {
  Bytes message(1000);
  for (std::size_t i = 0; i < message.size(); ++i) {
    message[i] = static_cast<std::uint8_t>(i * 7);
  }
  KeccakSponge whole = KeccakSponge::keccak256();
  whole.absorb(message);
  Bytes expected(700);
  whole.squeeze(expected);
  for (const std::size_t piece : {1U, 3U, 135U, 136U, 137U}) {
    KeccakSponge sponge = KeccakSponge::keccak256();
    for (std::size_t i = 0; i < message.size(); i += piece) {
      sponge.absorb(ByteView(message).subspan(i, std::min(piece, message.size() - i)));
    }
    Bytes out(expected.size());
    for (std::size_t i = 0; i < out.size(); i += piece) {
      sponge.squeeze(std::span(out).subspan(i, std::min(piece, out.size() - i)));
    }
    EXPECT_EQ(out, expected) << "pieces of " << piece;
  }
}

// Any number of sponges, with more absorbed than a block and less, and with every instruction set that there is.
TEST(KeccakSponge, ManyBeginToSqueezeAsOneDoes) {
  for (std::size_t n = 0; n <= 20; ++n) {
    std::vector<KeccakSponge> sponges;
    std::vector<Bytes> expected;
    for (std::size_t i = 0; i < n; ++i) {
      Bytes message(i * 17);
      std::ranges::fill(message, static_cast<std::uint8_t>(n + i));
      KeccakSponge sponge = i % 3 == 0 ? KeccakSponge::keccak256() : KeccakSponge::shake256();
      sponge.absorb(message);
      sponges.push_back(sponge);
      sponge.squeeze(expected.emplace_back(300));
    }
    KeccakSponge::begin_squeezing(sponges);
    for (std::size_t i = 0; i < n; ++i) {
      Bytes found(300);
      sponges[i].squeeze(found);
      EXPECT_EQ(found, expected[i]) << n << " " << i;
    }
  }
}

TEST(KeccakSponge, LengthsAroundTheRateDiffer) {
  EXPECT_NE(keccak256(Bytes(135)), keccak256(Bytes(136)));
  EXPECT_NE(keccak256(Bytes(136)), keccak256(Bytes(137)));
}

TEST(KeccakSpongeDeathTest, AbsorbAfterSqueezeAborts) {
  KeccakSponge sponge = KeccakSponge::keccak256();
  Bytes out(1);
  sponge.squeeze(out);
#if GTEST_HAS_DEATH_TEST  // not in WebAssembly
  EXPECT_DEATH(sponge.absorb(out), "internal check failed");
#endif
}

}  // namespace
}  // namespace proofcard::hash
