// Openings that hide: what is true is accepted, with the bytes of a prover that shares no code; provers that lie in one place and are
// consistent everywhere else are rejected, by the verifier or by a constraint that their pads do not satisfy.
#include "tests/pcs/whir_hiding.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace proofcard::pcs::whir {
namespace {

using testing::Changed;
using testing::check_hiding;
using testing::HidingCase;
using testing::HidingVector;
using testing::kRoot;
using testing::kSums;
using testing::Lies;
using testing::make_hiding_case;
using testing::message;
using testing::NaiveMask;
using testing::NaiveProver;
using testing::NaiveWord;
using testing::prove_hiding;
using testing::Shape;

using Shapes = std::vector<Shape>;

constexpr const char* kMasked = "constraint: opening (masked sums)";

const Shapes& three() {
  static const Shapes kThree{{Masking::kWord, 10}, {Masking::kColumn, 9}, {Masking::kNone, 7}};
  return kThree;
}

TEST(WhirHiding, AcceptsTrueClaimsAndRejectsForgedOnes) {
  for (const Shapes& shapes : {three(), Shapes{{Masking::kColumn, 0}}, Shapes{{Masking::kWord, 5}},
                               Shapes{{Masking::kColumn, 11}, {Masking::kColumn, 4}}}) {
    for (const unsigned bits : {testing::kFewBits, 100U}) {
      HidingCase c = make_hiding_case(1, shapes, bits);
      ASSERT_EQ(message(check_hiding(c, prove_hiding(c))), "");
      for (Claim<Fr>& claim : c.claims) {
        claim.value += Fr::one();
        EXPECT_EQ(message(check_hiding(c, prove_hiding(c))), kMasked);
        claim.value -= Fr::one();
      }
    }
  }
}

// A vector that ends in its tail, as coefficients.
std::vector<Fr> all_values(const HidingVector& v) {
  std::vector<Fr> out;
  for (std::size_t i = 0; i < v.values.size(); ++i) {
    out.push_back(Fr::from_i64(v.values[i]));
  }
  std::ranges::copy(v.tail, out.end() - static_cast<std::ptrdiff_t>(v.tail.size()));
  return out;
}

struct Naive {
  std::vector<std::vector<Fr>> values;
  std::vector<NaiveWord> words;
  std::vector<NaiveMask> masks;
  std::vector<Commitment> commitments;

  explicit Naive(const HidingCase& c) {
    for (const HidingVector& v : c.vectors) {
      values.push_back(all_values(v));
      const Code code = *input_code(v.committed.commitment.log_size);
      words.emplace_back(code, values.back());
      NaiveMask mask;
      if (v.masking == Masking::kColumn) {
        mask.values = v.committed.mask;
        words.back().add_column(mask.values);
      } else if (v.masking == Masking::kWord) {
        mask.values = v.mask.values;
        mask.word.emplace(Code{code.log_degree(), 0, code.log_inv_rate}, mask.values);
      }
      masks.push_back(std::move(mask));
      commitments.push_back(v.committed.commitment);
    }
  }

  Bytes prove(const HidingCase& c, const Lies& lies = {}) const {
    std::vector<unsigned> log_sizes;
    for (const Commitment& commitment : commitments) {
      log_sizes.push_back(commitment.log_size);
    }
    const Parameters parameters = *make_parameters(log_sizes, c.security_bits);
    ProverChannel channel(testing::begin_hiding(c));
    testing::send_claims(c, channel);
    NaiveProver(channel, parameters, lies).open(values, words, commitments, c.claims, masks);
    return channel.take_proof();
  }
};

TEST(WhirHiding, CommitmentsEqualTheNaiveOnes) {
  const HidingCase c = make_hiding_case(2, three());
  const Naive naive(c);
  for (std::size_t v = 0; v < c.vectors.size(); ++v) {
    const Commitment& commitment = c.vectors[v].committed.commitment;
    EXPECT_EQ(commitment.root, naive.words[v].root());
    const Fr z = out_of_domain_point(hash::Function::kSha256, commitment.root, commitment.log_size);
    Fr answer;
    for (std::size_t b = naive.values[v].size(); b-- > 0;) {
      answer = answer * z + naive.values[v][b];
    }
    EXPECT_EQ(commitment.answer, answer);
  }
  EXPECT_EQ(c.vectors[0].mask.word.root(), naive.masks[0].word->root());
}

TEST(WhirHiding, BytesAreThoseOfTheNaiveProver) {
  for (const Shapes& shapes : {three(), Shapes{{Masking::kColumn, 3}, {Masking::kWord, 2}}}) {
    const HidingCase c = make_hiding_case(3, shapes, 60);
    EXPECT_TRUE(prove_hiding(c) == Naive(c).prove(c));
  }
}

// What both sides would leave out of the transcript, or change in the protocol, no honest proof shows.
TEST(WhirHiding, BytesAreWhatTheyWere) {
  const Bytes proof = prove_hiding(make_hiding_case(11, three()));
  EXPECT_EQ(fmt::format("{:02x}", fmt::join(hash::sha256(proof), "")),
            "c5c2501ecc0cb7b1412b8012776bdb4b09814b0324ca7c631a2dd069bc95b5ba")
      << proof.size();
}

// A claim is too large by one: the sum that follows from it is shown, or the one that the masked vector has, or the masked vector is
// changed so that it has the sum.
TEST(WhirHiding, AFalseClaimIsCaughtWhereverItIsHidden) {
  HidingCase c = make_hiding_case(4, three());
  ASSERT_EQ(message(check_hiding(c, Naive(c).prove(c))), "");
  for (std::size_t k = 0; k < c.claims.size(); k += 2) {
    c.claims[k].value += Fr::one();
    const Naive naive(c);
    EXPECT_THAT(message(check_hiding(c, naive.prove(c))), ::testing::StartsWith(kSums)) << k;
    EXPECT_THAT(message(check_hiding(c, naive.prove(c, {.true_sums = true}))), ::testing::StartsWith(kMasked)) << k;
    EXPECT_THAT(message(check_hiding(c, naive.prove(c, {.fold = 0}))), ::testing::StartsWith(kSums)) << k;
    c.claims[k].value -= Fr::one();
  }
}

// Half of the rows of a mask belong to no vector of the code; sums are those of the mask that is nearest.
TEST(WhirHiding, AMaskFarFromTheCode) {
  for (const std::size_t v : {0U, 1U}) {
    HidingCase c = make_hiding_case(5, three());
    Naive naive(c);
    NaiveWord& word = v == 0 ? *naive.masks[v].word : naive.words[v];
    for (std::size_t i = 0; i < word.rows.size(); i += 2) {
      word.rows[i].back() += Fr::one();
    }
    word.hash_all();
    (v == 0 ? c.vectors[v].mask.word : c.vectors[v].committed.word).levels.back()[0] = word.root();
    if (v == 1) {
      Commitment& commitment = naive.commitments[v];
      commitment.root = word.root();
      const Fr z = out_of_domain_point(hash::Function::kSha256, word.root(), commitment.log_size);
      commitment.answer = Fr();
      for (std::size_t b = naive.values[v].size(); b-- > 0;) {
        commitment.answer = commitment.answer * z + naive.values[v][b];
      }
      c.vectors[v].committed.commitment = commitment;
    }
    EXPECT_THAT(message(check_hiding(c, naive.prove(c))), ::testing::StartsWith(kSums)) << v;
  }
}

TEST(WhirHiding, AMaskThatIsAnother) {
  const HidingCase c = make_hiding_case(6, three());
  HidingCase other = c;
  proofcard::testing::Random random(7);
  other.vectors[0].mask =
      commit_mask(testing::cpu_kernels(), c.vectors[0].committed.word.code, random.frs(c.vectors[0].mask.values.size()))
          .value();
  const Bytes proof = prove_hiding(other);
  EXPECT_EQ(message(check_hiding(other, proof)), "");
  HidingCase mixed = other;
  mixed.vectors[0].mask.word.levels = c.vectors[0].mask.word.levels;  // the root that was absorbed
  EXPECT_THAT(message(check_hiding(mixed, prove_hiding(mixed))), ::testing::StartsWith(kRoot));
}

TEST(WhirHiding, AnyMessageChanged) {
  const HidingCase c = make_hiding_case(8, three());
  const auto changed = [&](const char* label, std::size_t which, std::size_t position) {
    Changed liar(label, which, position);
    return message(check_hiding(c, prove_hiding(c, &liar)));
  };
  for (std::size_t round = 0; round < kInputLogWidth; ++round) {
    for (std::size_t position = 0; position < 6; ++position) {
      EXPECT_THAT(changed("whir.round", round, position), ::testing::StartsWith(kMasked)) << round << " " << position;
    }
  }
  for (std::size_t position = 0; position < 2; ++position) {
    EXPECT_THAT(changed("whir.masks", 0, position), ::testing::StartsWith(kMasked)) << position;
  }
  for (std::size_t position = 0; position < 3; ++position) {
    EXPECT_THAT(changed("whir.sums", 0, position), ::testing::StartsWith(kSums)) << position;
  }
  EXPECT_THAT(changed("answer", 0, 0), ::testing::StartsWith(kMasked));
  for (std::size_t word = 0; word < 4; ++word) {  // the first vector, its mask, the second with its own, the third
    for (const std::size_t position : {0U, 16U, 17U, 33U}) {
      EXPECT_THAT(changed("whir.rows", word, position), ::testing::StartsWith(kRoot)) << word << " " << position;
    }
  }
}

TEST(WhirHiding, RejectsFlippedBitsAndWhatIsCutOff) {
  const HidingCase c = make_hiding_case(9, Shapes{{Masking::kColumn, 4}, {Masking::kWord, 4}});
  const Bytes proof = prove_hiding(c);
  ASSERT_EQ(message(check_hiding(c, proof)), "");
  for (std::size_t bit = 0; bit < 8 * proof.size(); bit += 37) {
    Bytes changed = proof;
    changed[bit / 8] ^= static_cast<std::uint8_t>(1U << (bit % 8));
    ASSERT_FALSE(check_hiding(c, changed).ok()) << bit;
  }
  for (std::size_t size = 0; size < proof.size(); size += 131) {
    EXPECT_THAT(message(check_hiding(c, ByteView(proof).first(size))), ::testing::StartsWith("parse: ")) << size;
  }
}

TEST(WhirHiding, PadsAreCounted) {
  HidingCase c = make_hiding_case(10, three());
  const Bytes proof = prove_hiding(c);
  c.pads.pop_back();
  EXPECT_THAT(message(check_hiding(c, proof)),
              ::testing::HasSubstr("whir.masks: expected a pad for each of 2 elements"));
}

// A tail has a row for each query of as many openings, and two more; no vector is larger than it has to be.
TEST(HiddenSize, HasPlaceForValuesAndTail) {
  for (const unsigned bits : {20U, 100U, 128U}) {
    for (const std::size_t num_values : {1U, 15U, 16U, 17U, 1000U, 50'000U, 65'536U}) {
      std::size_t before = 0;
      for (const std::uint32_t num_openings : {1U, 2U, 17U, 257U}) {
        const HiddenSize size = hidden_size(num_values, num_openings, bits).value();
        const Parameters parameters =
            make_parameters(std::vector<unsigned>(kMaxVectors / 16, size.log_size), bits).value();
        EXPECT_GE(size.num_tail_rows, parameters.inputs[0].num_queries * num_openings + 2);
        const std::size_t rows = (num_values + 15) / 16 + size.num_tail_rows;
        EXPECT_LE(16 * rows, std::size_t{1} << size.log_size);
        if (size.log_size > kMinLogSize) {
          EXPECT_GT(16 * rows, std::size_t{1} << (size.log_size - 1)) << num_values << " " << num_openings;
        }
        EXPECT_GT(size.num_tail_rows, before);
        before = size.num_tail_rows;
      }
    }
  }
  EXPECT_FALSE(hidden_size(1, UINT32_MAX, 100).ok());
  EXPECT_FALSE(hidden_size(std::size_t{1} << 31, 1, 100).ok());
}

}  // namespace
}  // namespace proofcard::pcs::whir
