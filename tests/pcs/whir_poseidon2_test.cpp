// Openings with commitments of Poseidon2, which circuits verify: rows as they are drawn, each with its whole path.
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "host/pcs/whir/protocol.hpp"
#include "tests/pcs/whir_support.hpp"

namespace proofcard::pcs::whir {
namespace {

using testing::Case;
using testing::Changed;
using testing::check;
using testing::kRoot;
using testing::kSums;
using testing::message;
using testing::prove;

using LogSizes = std::vector<unsigned>;
constexpr auto kPoseidon2 = hash::Function::kPoseidon2;

Case poseidon2_case(std::uint64_t seed, const LogSizes& sizes) { return testing::make_case(seed, sizes, kPoseidon2); }

class WhirPoseidon2Sizes : public ::testing::TestWithParam<LogSizes> {};

TEST_P(WhirPoseidon2Sizes, AcceptsTrueClaimsAndRejectsForgedOnes) {
  Case c = poseidon2_case(3, GetParam());
  const Bytes proof = prove(c);
  ASSERT_EQ(message(check(c, proof)), "");
  for (std::size_t k = 0; k < c.claims.size(); k += 3) {
    c.claims[k].value += Fr::one();
    EXPECT_THAT(message(check(c, proof)), ::testing::StartsWith("opening")) << k;
    EXPECT_THAT(message(check(c, prove(c))), ::testing::StartsWith("opening")) << k;
    c.claims[k].value -= Fr::one();
  }
  for (Commitment& commitment : c.commitments) {
    const Commitment honest = commitment;
    commitment.answer += Fr::one();
    EXPECT_FALSE(check(c, proof).ok());
    commitment = honest;
    commitment.root = (*Fr::from_bytes(honest.root) + Fr::one()).to_bytes();
    EXPECT_FALSE(check(c, proof).ok());
    commitment = honest;
  }
}

// Trees of one to six levels, roots with two, four and eight children.
INSTANTIATE_TEST_SUITE_P(Sizes, WhirPoseidon2Sizes,
                         ::testing::Values(LogSizes{0}, LogSizes{5}, LogSizes{6}, LogSizes{7}, LogSizes{8}, LogSizes{9},
                                           LogSizes{12}, LogSizes{4, 6}, LogSizes{12, 9, 2}));

TEST(WhirPoseidon2, BytesAreThoseOfTheNaiveProver) {
  for (const LogSizes& sizes : {LogSizes{12, 11, 5}, LogSizes{8, 4}}) {
    const Case c = poseidon2_case(7, sizes);
    EXPECT_TRUE(prove(c) == testing::prove_naively(c, {}, testing::naive_words(c)));
  }
}

TEST(WhirPoseidon2, BytesAreWhatTheyWere) {
  const Bytes proof = prove(poseidon2_case(14, LogSizes{12, 11, 5}));
  EXPECT_EQ(fmt::format("{:02x}", fmt::join(hash::sha256(proof), "")),
            "8de3cb46d293bcaa32911aee1f5c1fd2881eb2ba5d7c290c80b0166e2f0a8d8a")
      << proof.size();
}

// From the tree alone, whose word has no elements.
TEST(WhirPoseidon2, ARecalledCommitmentOpensTheSame) {
  Case c = poseidon2_case(16, LogSizes{12, 3});
  const Bytes proof = prove(c);
  for (std::size_t v = 0; v < c.committed.size(); ++v) {
    const Word& word = c.committed[v].word;
    std::vector<std::size_t> sizes;
    for (const auto& level : word.levels) {
      sizes.push_back(level.size());
    }
    EXPECT_EQ(level_sizes(kPoseidon2, word.code), sizes);
    auto recalled = recall(kPoseidon2, c.vectors[v].view(), {}, c.commitments[v], word.levels);
    ASSERT_TRUE(recalled.ok()) << recalled.error().message();
    EXPECT_TRUE(recalled->word.elements.empty());
    auto levels = word.levels;
    levels.back()[0][0] ^= 1;
    const auto other = recall(kPoseidon2, c.vectors[v].view(), {}, c.commitments[v], levels);
    ASSERT_FALSE(other.ok());
    EXPECT_THAT(other.error().message(), ::testing::HasSubstr("expected the root of its commitment"));
    c.committed[v] = std::move(recalled).value();
  }
  EXPECT_TRUE(prove(c) == proof);
}

TEST(WhirPoseidon2, NoProofIsOneOfTheOtherHash) {
  Case c = poseidon2_case(15, LogSizes{8});
  const Bytes proof = prove(c);
  c.function = hash::Function::kSha256;
  EXPECT_FALSE(check(c, proof).ok());
}

// Two vectors, a round, and 2^7 values that are sent.
class WhirPoseidon2Lies : public ::testing::Test {
 protected:
  static constexpr std::size_t kNumWords = 3;
  static constexpr std::size_t kNumRounds = 1;
  WhirPoseidon2Lies() { EXPECT_EQ(make_parameters(LogSizes{13, 11}, 100, kPoseidon2)->rounds.size(), kNumRounds); }
  std::string changed(const char* label, std::size_t which, std::size_t position) {
    Changed liar(label, which, position);
    return message(check(c_, prove(c_, &liar)));
  }
  Case c_ = poseidon2_case(20, LogSizes{13, 11});
};

TEST_F(WhirPoseidon2Lies, ThePositiveControl) { ASSERT_EQ(message(check(c_, prove(c_))), ""); }

TEST_F(WhirPoseidon2Lies, AWrongFoldThatFitsTheClaims) {
  const auto words = testing::naive_words(c_);
  for (std::size_t round = 0; round <= kNumRounds; ++round) {
    c_.claims[1].value += Fr::one();
    EXPECT_THAT(message(check(c_, testing::prove_naively(c_, {.fold = round}, words))), ::testing::StartsWith(kSums));
    c_.claims[1].value -= Fr::one();
    EXPECT_THAT(message(check(c_, testing::prove_naively(c_, {.other_rows = round}, words))),
                ::testing::StartsWith(kRoot));
  }
}

TEST_F(WhirPoseidon2Lies, AnyMessageChanged) {
  for (std::size_t round = 0; round < 2 * kInputLogWidth; ++round) {
    EXPECT_THAT(changed("whir.round", round, round), ::testing::StartsWith(kSums)) << round;
  }
  EXPECT_THAT(changed("whir.answer", 0, 0), ::testing::StartsWith(kSums));
  EXPECT_THAT(changed("whir.root", 0, 0), ::testing::StartsWith(kRoot));
  for (const std::size_t position : {0U, 1U, 20U, 31U}) {
    EXPECT_THAT(changed("whir.final", 0, position), ::testing::StartsWith(kSums)) << position;
  }
  for (std::size_t round = 0; round <= kNumRounds; ++round) {
    EXPECT_THAT(changed("whir.nonce", round, 0), ::testing::StartsWith("opening: nonce: expected")) << round;
  }
}

// Every node that is opened and an element of every row, one at a time, in the bytes of the proof.
TEST_F(WhirPoseidon2Lies, EveryNodeAndEveryRowChanged) {
  // Where they stand: behind the messages of a round, word after word.
  class Sizes : public Interceptor {
   public:
    void message(std::string_view label, std::span<Fr> values) override {
      spans_.push_back({std::size_t{label == "whir.rows" ? 16U : 0U}, values.size()});
    }
    void digests(std::string_view label, std::span<hash::Digest> digests) override {
      spans_.push_back({std::size_t{label == "whir.nodes" ? 1U : 0U}, digests.size()});
    }
    void nonce(std::string_view, std::uint64_t&) override { spans_.push_back({0, 0}); }
    struct Span {
      std::size_t step = 0;
      std::size_t size;
    };
    std::vector<Span> spans_;
  };
  Sizes sizes;
  Bytes proof = prove(c_, &sizes);
  std::size_t at = 0, num_changed = 0;
  for (const Sizes::Span& span : sizes.spans_) {
    for (std::size_t i = 0; span.step != 0 && i < span.size; i += span.step) {
      const std::size_t position = i + (span.step == 16 ? i / 16 % 16 : 0);
      proof[at + position * Fr::kBytes] ^= 1;
      ASSERT_THAT(message(check(c_, proof)), ::testing::StartsWith(kRoot)) << num_changed;
      proof[at + position * Fr::kBytes] ^= 1;
      ++num_changed;
    }
    at += span.size == 0 ? 8 : span.size * Fr::kBytes;
  }
  EXPECT_EQ(at, proof.size());
  EXPECT_GT(num_changed, 1000U);
  EXPECT_EQ(message(check(c_, proof)), "");
}

// Rows in the order of their numbers, each with its own path.
TEST_F(WhirPoseidon2Lies, RowsInAnotherOrder) {
  class Swapped : public Interceptor {
   public:
    void message(std::string_view label, std::span<Fr> values) override {
      if (label == "whir.rows") {
        std::swap_ranges(values.begin(), values.begin() + 16, values.begin() + 16);
        num_rows_ = values.size() / 16;
      }
    }
    void digests(std::string_view label, std::span<hash::Digest> digests) override {
      if (label == "whir.nodes") {
        std::size_t top = 64;
        while (digests.size() < top || (digests.size() - top) % (7 * num_rows_) != 0) {
          top /= 2;
        }
        const auto path = static_cast<std::ptrdiff_t>((digests.size() - top) / num_rows_);
        const auto first = digests.begin() + static_cast<std::ptrdiff_t>(top);
        std::swap_ranges(first, first + path, first + path);
      }
    }

   private:
    std::size_t num_rows_ = 0;
  };
  Swapped liar;
  EXPECT_THAT(message(check(c_, prove(c_, &liar))), ::testing::StartsWith(kRoot));
}

TEST_F(WhirPoseidon2Lies, DigestsThatAreNotCanonical) {
  class NotCanonical : public Interceptor {
   public:
    void digests(std::string_view, std::span<hash::Digest> digests) override { digests.back().fill(0xff); }
  };
  NotCanonical liar;
  EXPECT_THAT(message(check(c_, prove(c_, &liar))),
              ::testing::AllOf(::testing::StartsWith("parse: whir."), ::testing::HasSubstr("is not canonical")));
}

TEST(WhirPoseidon2, RowsAreBitsOfDrawnElements) {
  const Code code{12, 4, 5};  // 13 bits a row, 18 rows an element
  ASSERT_EQ(num_draws(kPoseidon2, code, 18), 1U);
  ASSERT_EQ(num_draws(kPoseidon2, code, 19), 2U);
  U256 number{};
  for (unsigned row = 0; row < 18; ++row) {
    const std::uint64_t value = 8191 - 400 * row;
    for (unsigned bit = 0; bit < 13; ++bit) {
      number[(13 * row + bit) / 64] |= (value >> bit & 1) << ((13 * row + bit) % 64);
    }
  }
  const std::vector<Fr> drawn{Fr::from_canonical(number), Fr::from_u64(8192 + 77)};
  const std::vector<std::size_t> rows = query_rows(kPoseidon2, drawn, code, 20);
  ASSERT_EQ(rows.size(), 20U);
  for (std::size_t row = 0; row < 18; ++row) {
    EXPECT_EQ(rows[row], 8191 - 400 * row);
  }
  EXPECT_EQ(rows[18], 77U);
  EXPECT_EQ(rows[19], 1U);
}

}  // namespace
}  // namespace proofcard::pcs::whir
