// Zero-knowledge proofs with commitments made of hashes: honest ones are accepted for every kind of node, with weights that are shown
// and weights that are hidden, and a prover that lies in any word and goes on consistently is rejected. What they show is in tests/zk.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <map>
#include <sstream>

#include "host/argument/whir.hpp"
#include "host/base/text.hpp"
#include "host/hash/keccak.hpp"
#include "tests/support/golden.hpp"
#include "tests/support/hash_pipeline.hpp"
#include "tests/support/node_cases.hpp"

namespace proofcard::testing {
namespace {

using circuit::Visibility;
using ::testing::HasSubstr;
using ::testing::StartsWith;

constexpr pcs::Scheme kHidden = pcs::by_hashes(pcs::whir::kSecurityBits, 2);
constexpr pcs::Scheme kShown = pcs::by_hashes(pcs::whir::kSecurityBits);
constexpr std::uint64_t kSeed = 5;
const char* const kHidingProofDigests = PROOFCARD_SOURCE_DIR "/tests/vectors/hiding_proof_digests.txt";

Model hiding_model(const pcs::Scheme& scheme, unsigned seed = 1, std::uint8_t tail_seed = 1) {
  compile::GraphMaker g(seed);
  g.output(g.gemm(g.clamp(g.gemm(g.input({5}), 3, {7}, 9), 0, 127), 6, {1}, 0));
  auto model = hash_model(g.graph(), {Visibility::kPrivate, Visibility::kPublic, Visibility::kPrivate, "m", {}},
                          g.random_inputs(), scheme, kZeroKnowledge, tail_seed);
  EXPECT_TRUE(model.ok()) << model.error().message();
  return std::move(model).value();
}

// Also: the same bytes every time from the same seed, and the bytes that they were.
TEST(HidingHash, EveryNodeIsProved) {
  std::string found = "# node, weights, bytes, Keccak-256 of the seeded proof\n";
  for (const NodeCase& node : node_cases()) {
    for (const pcs::Scheme& scheme : {kHidden, kShown}) {
      SCOPED_TRACE(node.name);
      compile::GraphMaker g(6);
      node.build(g);
      const Visibility weights = scheme.max_proofs > 0 ? Visibility::kPrivate : Visibility::kPublic;
      const auto model = hash_model(g.graph(), {Visibility::kPrivate, Visibility::kPrivate, weights, "m", {}},
                                    g.random_inputs(), scheme, kZeroKnowledge);
      ASSERT_TRUE(model.ok()) << model.error().message();
      const auto proof = prove(*model, {}, kSeed);
      ASSERT_TRUE(proof.ok()) << proof.error().message();
      EXPECT_EQ(verdict(*model, *proof), "accepted");
      found += fmt::format("{} {} {} {}\n", node.name, circuit::visibility_name(weights), proof->size(),
                           hex(hash::keccak256(*proof)));
    }
  }
  expect_golden(kHidingProofDigests, found);
}

// Without zero knowledge the same key still proves: what it hid is the prover's to give away.
TEST(HidingHash, AKeyThatHidesProvesInTheOpenToo) {
  Model model = hiding_model(kHidden);
  model.mode = kPlain;
  const auto proof = prove(model);
  ASSERT_TRUE(proof.ok());
  EXPECT_EQ(verdict(model, *proof), "accepted");
}

TEST(HidingHash, AProofHasNoBitToSpare) {
  const Model model = hiding_model(kHidden);
  const auto proof = prove(model, {}, kSeed);
  ASSERT_TRUE(proof.ok());
  expect_no_bit_to_spare(model, *proof, 1000, 1997);
}

// Where the words of each label are among all that is sent.
class Words final : public Interceptor {
 public:
  std::map<std::string, std::vector<std::size_t>> places;
  void message(std::string_view label, std::span<Fr> values) override { add(label, values.size()); }
  void digests(std::string_view label, std::span<hash::Digest> digests) override { add(label, digests.size()); }
  void nonce(std::string_view label, std::uint64_t& /*nonce*/) override { add(label, 1); }

 private:
  void add(std::string_view label, std::size_t n) {
    for (std::size_t i = 0; i < n; ++i) {
      places[std::string(label)].push_back(count_++);
    }
  }
  std::size_t count_ = 0;
};

TEST(HidingHash, EveryWordThatIsSentCounts) {
  const Model model = hiding_model(kHidden);
  const auto honest = prove(model, {}, kSeed);
  ASSERT_TRUE(honest.ok());
  ByteReader in(*honest, "proof");
  const auto header = statement::read_header(in, model.vk);
  ASSERT_TRUE(header.ok());
  // The prover's error, or the verifier's verdict.
  const auto lie = [&](Interceptor& liar) {
    const hash::BlindingSource blinding = hash::BlindingSource::from_seed(kSeed, {});
    ProverChannel channel(statement::begin_transcript(model.vk.circuit, *header));
    channel.set_interceptor(&liar);
    Stages stages;
    const Status made =
        prover::prove_whir(cpu_backend().hashing(), model.context.weights.get(), model.vk, *header, model.assignment,
                           &blinding, channel, statement::begin_transcript(model.vk.circuit, *header), stages);
    Bytes proof(honest->begin(), honest->begin() + static_cast<std::ptrdiff_t>(in.offset()));
    const Bytes messages = channel.take_proof();
    proof.insert(proof.end(), messages.begin(), messages.end());
    EXPECT_TRUE(made.ok() || verdict(model, proof) != "accepted");
    return made.ok() ? verdict(model, proof) : made.error().message();
  };
  Words words;
  ASSERT_EQ(lie(words), "accepted");
  for (const char* label :
       {"pads", "pads.count", "commit", "commit.mask", "commit.answer", "gkr.root", "relation.terms",
        "lookup.multiplicities", "whir.round", "whir.masks", "whir.sums", "ligero.word"}) {
    EXPECT_TRUE(words.places.contains(label)) << label;
  }
  for (const auto& [label, places] : words.places) {
    for (const std::size_t place : {places.front(), places[places.size() / 2], places.back()}) {
      OneWordOff off(place);
      const std::string found = lie(off);
      EXPECT_NE(found, "accepted") << label << ", word " << place;
      // A hidden value that is wrong is nobody's to see but the argument's about all of them.
      if (label == "commit.answer" || label == "gkr.root" || label == "relation.terms" || label == "whir.masks") {
        EXPECT_THAT(found, StartsWith("zero knowledge")) << label;
      }
    }
  }
}

TEST(HidingHash, AsManyPadsAsHiddenMessages) {
  const Model model = hiding_model(kShown);
  const auto honest = prove(model, {}, kSeed);
  ASSERT_TRUE(honest.ok());
  ByteReader in(*honest, "proof");
  const auto header = statement::read_header(in, model.vk);
  ASSERT_TRUE(header.ok());
  const auto count = argument::count_pads(model.vk, *header);
  ASSERT_TRUE(count.ok());
  const std::size_t at = in.offset() + sizeof(hash::Digest);
  const auto with_count = [&](std::uint64_t n) {
    Bytes proof = *honest;
    ByteWriter out;
    out.u64(n);
    std::ranges::copy(out.bytes(), proof.begin() + static_cast<std::ptrdiff_t>(at));
    return verdict(model, proof);
  };
  EXPECT_EQ(with_count(count->num), "accepted");
  EXPECT_THAT(with_count(count->num - 1), HasSubstr("expected a pad for each of"));
  EXPECT_NE(with_count(count->num + 1), "accepted");
  EXPECT_THAT(with_count(argument::kMaxPads + 1), HasSubstr("pads: expected at most 1048576, found 1048577"));
}

TEST(HidingHash, KeysSayForHowManyProofs) {
  const Model model = hiding_model(kHidden);
  const auto read_with = [&](std::uint32_t max_proofs) {
    statement::VerifyingKey vk = model.vk;
    vk.scheme.max_proofs = max_proofs;
    ByteWriter out;
    circuit::write(out, vk.circuit);
    out.u8(static_cast<std::uint8_t>(vk.scheme.security_bits));
    out.u32(max_proofs);
    out.raw(vk.weight_vector->root);
    out.raw(vk.weight_vector->answer.to_bytes());
    out.blob(vk.weight_range_proof);
    out.blob(vk.quantisation);
    ByteReader in(out.bytes(), "m.vk");
    const auto read = statement::read_verifying_key(in, pcs::Kind::kHash, true);
    return read.ok() ? "accepted" : read.error().message();
  };
  EXPECT_EQ(read_with(2), "accepted");
  for (const std::uint32_t wrong : {0U, pcs::kMaxProofs + 1}) {
    EXPECT_THAT(read_with(wrong), HasSubstr("number of proofs that hide the weights: expected 1 to")) << wrong;
  }
}

TEST(HidingHash, OtherWeightsThanTheKeysAreRejected) {
  const Model model = hiding_model(kHidden, 1);
  for (const auto& [seed, tail_seed] : {std::pair<unsigned, std::uint8_t>{2, 1}, {1, 2}}) {
    Model other = hiding_model(kHidden, seed, tail_seed);
    ASSERT_EQ(other.vk.layout.columns.size(), model.vk.layout.columns.size());
    other.vk = model.vk;  // what it states and is absorbed
    const auto proof = prove(other);
    EXPECT_TRUE(!proof.ok() || verdict(model, *proof) != "accepted");
  }
}

TEST(HidingHash, AnotherOutputIsRejected) {
  const Model model = hiding_model(kShown);
  Model other = hiding_model(kShown);
  const std::uint32_t output = other.vk.circuit.outputs[0];
  IntVector& values = other.assignment.public_tensors[output];
  values.set(0, values[0] == 5 ? 6 : 5);
  const auto proof = prove(other);
  EXPECT_TRUE(!proof.ok() || verdict(model, *proof) != "accepted");
}

// The mode is what is absorbed first, so a proof of one is none of the other.
TEST(HidingHash, AModeIsNotAnother) {
  Model model = hiding_model(kShown);
  for (const statement::Mode& mode : {kPlain, kZeroKnowledge}) {
    model.mode = mode;
    auto proof = prove(model);
    ASSERT_TRUE(proof.ok());
    (*proof)[8] ^= 1;
    EXPECT_NE(verdict(model, *proof), "accepted");
  }
}

}  // namespace
}  // namespace proofcard::testing
