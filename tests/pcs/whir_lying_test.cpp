// Provers of WHIR that lie in one place and are consistent everywhere else.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>

#include "tests/pcs/whir_support.hpp"

namespace proofcard::pcs::whir {
namespace {

using testing::Case;
using testing::Changed;
using testing::check;
using testing::kRoot;
using testing::kSums;
using testing::Lies;
using testing::make_case;
using testing::message;
using testing::naive_words;
using testing::prove;
using testing::prove_naively;

constexpr unsigned kSizes[] = {12, 11};
constexpr std::size_t kNumRounds = 1;  // of a joined vector of 2^9; 2^6 values are sent

constexpr const char* kNonce = "opening: nonce: expected";

class WhirLies : public ::testing::Test {
 protected:
  WhirLies() { EXPECT_EQ(make_parameters(kSizes)->rounds.size(), kNumRounds); }
  Case c_ = make_case(20, kSizes);
  std::vector<testing::NaiveWord> words_ = naive_words(c_);
};

TEST_F(WhirLies, ThePositiveControl) { ASSERT_EQ(message(check(c_, prove_naively(c_, {}, words_))), ""); }

// A value is claimed too large by one; a folded vector is changed so that it fits.
TEST_F(WhirLies, AWrongFoldThatFitsTheClaims) {
  for (std::size_t k = 0; k < c_.claims.size(); k += 4) {
    c_.claims[k].value += Fr::one();
    for (std::size_t round = 0; round <= kNumRounds; ++round) {
      EXPECT_THAT(message(check(c_, prove_naively(c_, {.fold = round}, words_))), ::testing::StartsWith(kSums))
          << "claim " << k << ", round " << round;
    }
    c_.claims[k].value -= Fr::one();
  }
}

// Half of the rows of a word belong to no vector of the code. All claims are true of the vector that is nearest.
TEST_F(WhirLies, AWordFarFromTheCode) {
  for (std::size_t v = 0; v < 2; ++v) {
    Case c = c_;
    auto words = words_;
    for (std::size_t i = 0; i < words[v].rows.size(); i += 2) {
      words[v].rows[i][i % 16] += Fr::one();
    }
    words[v].hash_all();
    c.commitments[v].root = words[v].root();
    const Fr z = out_of_domain_point(c.function, words[v].root(), c.commitments[v].log_size);
    c.commitments[v].answer = Fr();
    for (std::size_t b = c.vectors[v].size(); b-- > 0;) {
      c.commitments[v].answer = c.commitments[v].answer * z + Fr::from_i64(c.vectors[v][b]);
    }
    EXPECT_THAT(message(check(c, prove_naively(c, {}, words))), ::testing::StartsWith(kSums));
  }
}

TEST_F(WhirLies, AQueryAnsweredWithAnotherRow) {
  for (std::size_t round = 0; round <= kNumRounds; ++round) {
    EXPECT_THAT(message(check(c_, prove_naively(c_, {.other_rows = round}, words_))),
                ::testing::AnyOf(::testing::StartsWith(kRoot), ::testing::StartsWith("parse: ")))
        << round;
  }
}

TEST_F(WhirLies, AnyMessageChanged) {
  const auto changed = [&](const char* label, std::size_t which, std::size_t position) {
    Changed liar(label, which, position);
    return message(check(c_, prove(c_, &liar)));
  };
  for (std::size_t round = 0; round < kInputLogWidth + kRoundLogWidth; ++round) {
    for (std::size_t position = 0; position < (round < kInputLogWidth ? 4 : 2); ++position) {
      EXPECT_THAT(changed("whir.round", round, position), ::testing::StartsWith(kSums)) << round << " " << position;
    }
  }
  EXPECT_THAT(changed("whir.answer", 0, 0), ::testing::StartsWith(kSums));
  EXPECT_THAT(changed("whir.root", 0, 0), ::testing::StartsWith(kRoot));
  for (const std::size_t position : {0U, 1U, 40U, 63U}) {
    EXPECT_THAT(changed("whir.final", 0, position), ::testing::StartsWith(kSums)) << position;
  }
  for (std::size_t word = 0; word < 2 + kNumRounds; ++word) {
    for (const std::size_t position : {0U, 1U, 15U, 16U, 200U, 333U}) {
      EXPECT_THAT(changed("whir.rows", word, position), ::testing::StartsWith(kRoot)) << word << " " << position;
      EXPECT_THAT(changed("whir.nodes", word, position), ::testing::StartsWith(kRoot)) << word << " " << position;
    }
  }
  for (std::size_t round = 0; round <= kNumRounds; ++round) {
    EXPECT_THAT(changed("whir.nonce", round, 0), ::testing::StartsWith(kNonce)) << round;
  }
}

// Two digests on the way to a root in each other's place.
TEST_F(WhirLies, NodesSwapped) {
  class Swapped : public Interceptor {
   public:
    void digests(std::string_view label, std::span<hash::Digest> digests) override {
      if (label == "whir.nodes") {
        std::swap(digests[0], digests[1]);
      }
    }
  };
  Swapped liar;
  EXPECT_THAT(message(check(c_, prove(c_, &liar))), ::testing::StartsWith(kRoot));
}

}  // namespace
}  // namespace proofcard::pcs::whir
