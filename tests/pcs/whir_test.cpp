// Openings of WHIR: true claims of any shape are accepted, with the bytes of a prover that shares no code; every other
// claim, commitment and byte is rejected.
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "host/base/cpu_features.hpp"
#include "host/base/parallel.hpp"
#include "tests/pcs/whir_support.hpp"

namespace proofcard::pcs::whir {
namespace {

using testing::Case;
using testing::check;
using testing::make_case;
using testing::message;
using testing::prove;

using LogSizes = std::vector<unsigned>;

class WhirSizes : public ::testing::TestWithParam<LogSizes> {};

TEST_P(WhirSizes, AcceptsTrueClaimsAndRejectsForgedOnes) {
  Case c = make_case(3, GetParam());
  const Bytes proof = prove(c);
  ASSERT_EQ(message(check(c, proof)), "");
  for (std::size_t k = 0; k < c.claims.size(); ++k) {
    const Claim<Fr> honest = c.claims[k];
    Claim<Fr>& claim = c.claims[k];
    claim.value += Fr::one();
    EXPECT_THAT(message(check(c, proof)), ::testing::StartsWith("opening")) << k;
    // A proof that is made for the forged claim.
    EXPECT_THAT(message(check(c, prove(c))), ::testing::StartsWith("opening")) << k;
    claim = honest;
    if (!claim.point.empty()) {
      claim.point.back() += Fr::one();
      EXPECT_THAT(message(check(c, prove(c))), ::testing::StartsWith("opening")) << k;
      claim = honest;
    }
    const std::size_t slot = std::size_t{1} << claim.point.size();
    if (slot < c.vectors[claim.column].size()) {
      claim.offset ^= slot;
      EXPECT_THAT(message(check(c, prove(c))), ::testing::StartsWith("opening")) << k;
      claim = honest;
    }
    if (k > 3 && GetParam()[0] > 10) {
      k += 3;
    }
  }
  for (Commitment& commitment : c.commitments) {
    const Commitment honest = commitment;
    commitment.answer += Fr::one();
    EXPECT_FALSE(check(c, proof).ok());
    commitment = honest;
    commitment.root[31] ^= 1;
    EXPECT_FALSE(check(c, proof).ok());
    commitment = honest;
  }
  EXPECT_FALSE(check(c, ByteView(proof).first(proof.size() - 1)).ok());
  Bytes longer = proof;
  longer.push_back(0);
  EXPECT_FALSE(check(c, longer).ok());
}

INSTANTIATE_TEST_SUITE_P(Sizes, WhirSizes,
                         ::testing::Values(LogSizes{0}, LogSizes{3}, LogSizes{4}, LogSizes{5}, LogSizes{8},
                                           LogSizes{11}, LogSizes{12}, LogSizes{16}, LogSizes{4, 6},
                                           LogSizes{9, 13, 13, 2}, LogSizes{14, 12}));

TEST(Whir, NoClaimsAtAll) {
  Case c = make_case(4, LogSizes{8, 6});
  c.claims.clear();
  EXPECT_EQ(message(check(c, prove(c))), "");
}

TEST(Whir, AVectorIsNotAnother) {
  Case c = make_case(5, LogSizes{8, 8});
  c.claims.resize(1);
  ASSERT_EQ(message(check(c, prove(c))), "");
  c.claims[0].column = 1;
  EXPECT_FALSE(check(c, prove(c)).ok());
  c.claims[0].column = 0;
  std::swap(c.commitments[0], c.commitments[1]);
  EXPECT_FALSE(check(c, prove(c)).ok());
}

TEST(Whir, CommitmentsEqualTheNaiveOnes) {
  const Case c = make_case(6, LogSizes{10, 7, 2});
  const auto words = testing::naive_words(c);
  for (std::size_t v = 0; v < words.size(); ++v) {
    EXPECT_EQ(c.commitments[v].root, words[v].root());
    const Fr z = out_of_domain_point(c.function, words[v].root(), c.commitments[v].log_size);
    Fr answer;
    for (std::size_t b = c.vectors[v].size(); b-- > 0;) {
      answer = answer * z + Fr::from_i64(c.vectors[v][b]);
    }
    EXPECT_EQ(c.commitments[v].answer, answer);
  }
}

// Two rounds with three vectors; one without, where all that is folded is sent.
TEST(Whir, BytesAreThoseOfTheNaiveProver) {
  for (const LogSizes& sizes : {LogSizes{13, 12, 5}, LogSizes{9, 4}}) {
    const Case c = make_case(7, sizes);
    EXPECT_TRUE(prove(c) == testing::prove_naively(c, {}, testing::naive_words(c)));
  }
}

// What both sides would leave out of the transcript, or change in the protocol, no honest proof shows.
TEST(Whir, BytesAreWhatTheyWere) {
  const Bytes proof = prove(make_case(14, LogSizes{13, 12, 5}));
  EXPECT_EQ(fmt::format("{:02x}", fmt::join(hash::sha256(proof), "")),
            "155062974532e7748c070085337ea7814aba3a54ebe267681575b7e70e4b2519")
      << proof.size();
}

TEST(Whir, BytesDependNeitherOnThreadsNorOnTheInstructionSet) {
  const std::size_t threads = num_threads();
  const Isa isa = active_isa();
  const Bytes expected = prove(make_case(8, LogSizes{14, 11}));
  for (const Isa other : {Isa::kPortable, Isa::kAvx2, Isa::kAvx512}) {
    if (!isa_available(other)) {
      continue;
    }
    set_isa_for_testing(other);
    for (const std::size_t n : {1U, 2U, 5U}) {
      set_num_threads(n);
      EXPECT_TRUE(prove(make_case(8, LogSizes{14, 11})) == expected) << isa_name(other) << ", " << n << " threads";
    }
  }
  set_isa_for_testing(isa);
  set_num_threads(threads);
}

TEST(Whir, RejectsEveryFlippedBit) {
  const Case c = make_case(9, LogSizes{8});
  const Bytes proof = prove(c);
  ASSERT_EQ(message(check(c, proof)), "");
  Bytes changed = proof;
  for (std::size_t i = 0; i < proof.size(); ++i) {
    // All bits of what is not a row, one of eight of what is.
    for (std::size_t bit = 0; bit<8; bit += i> 2000 && i + 2000 < proof.size() ? 8 : 1) {
      changed[i] ^= static_cast<std::uint8_t>(1U << ((bit + i) % 8));
      ASSERT_FALSE(check(c, changed).ok()) << "byte " << i << ", bit " << (bit + i) % 8;
      changed[i] = proof[i];
    }
  }
}

TEST(Whir, RejectsWhatIsCutOffAnywhere) {
  const Case c = make_case(10, LogSizes{13, 8});
  const Bytes proof = prove(c);
  for (std::size_t size = 0; size < proof.size(); size += 97) {
    EXPECT_THAT(message(check(c, ByteView(proof).first(size))), ::testing::StartsWith("parse: ")) << size;
  }
}

TEST(Whir, RejectsElementsThatAreNotCanonical) {
  const Case c = make_case(11, LogSizes{8});
  Bytes proof = prove(c);
  const std::size_t row = (8 + 16) * Fr::kBytes + 8;  // behind four rounds, the last values and the nonce
  std::fill_n(proof.begin() + static_cast<std::ptrdiff_t>(row), Fr::kBytes, std::uint8_t{0xff});
  EXPECT_THAT(message(check(c, proof)), ::testing::HasSubstr("whir.rows: field element before byte"));
}

TEST(Whir, SecurityIsChosen) {
  const Case c = make_case(12, LogSizes{13, 8});
  for (const unsigned bits : {0U, 80U, 128U}) {
    const Bytes proof = prove(c, nullptr, bits);
    EXPECT_EQ(message(check(c, proof, bits)), "");
    EXPECT_FALSE(check(c, proof).ok());
  }
}

TEST(Whir, RefusesWhatCannotBeCommitted) {
  const auto refused = [](std::size_t size, const char* text) {
    const IntVector values(IntType::kI8, size);
    const auto committed = commit(testing::cpu_kernels(), values.view());
    ASSERT_FALSE(committed.ok());
    EXPECT_EQ(committed.error().kind, ErrorKind::kBadInput);
    EXPECT_THAT(committed.error().message(), ::testing::HasSubstr(text));
  };
  refused(0, "expected a power of two, found 0");
  refused(48, "expected a power of two, found 48");
}

}  // namespace
}  // namespace proofcard::pcs::whir
