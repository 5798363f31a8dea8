// Keys and proofs whose commitments are made of hashes: honest ones are accepted for every kind of node, and whatever is not what the
// key or the statement says is rejected. What an opening itself checks is in tests/pcs.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <set>
#include <sstream>

#include "host/base/text.hpp"
#include "host/hash/keccak.hpp"
#include "host/pcs/whir/parameters.hpp"
#include "host/statement/security.hpp"
#include "tests/support/golden.hpp"
#include "tests/support/hash_pipeline.hpp"

namespace proofcard::testing {
namespace {

using circuit::Visibility;
using ::testing::HasSubstr;

const char* const kHashProofDigests = PROOFCARD_SOURCE_DIR "/tests/vectors/hash_proof_digests.txt";

Model gemm_model(unsigned seed = 1, Visibility output = Visibility::kPublic) {
  compile::GraphMaker g(seed);
  g.output(g.gemm(g.clamp(g.gemm(g.input({5}), 3, {7}, 9), 0, 127), 6, {1}, 0));
  auto model = hash_model(g.graph(), {Visibility::kPrivate, output, Visibility::kPrivate, "m", {}}, g.random_inputs());
  EXPECT_TRUE(model.ok()) << model.error().message();
  return std::move(model).value();
}

Bytes key_bytes(const statement::VerifyingKey& vk) {
  ByteWriter out;
  statement::write(out, vk);
  return out.take();
}

std::string read_error(const Bytes& bytes, pcs::Kind kind = pcs::Kind::kHash) {
  ByteReader in(bytes, "m.vk");
  const auto read = statement::read_verifying_key(in, kind);
  return read.ok() ? "accepted" : read.error().message();
}

// Also: the same bytes every time, and the bytes that they were.
TEST(HashScheme, EveryNodeIsProved) {
  std::string found = "# node, input and output, weights, bytes, Keccak-256 of the proof\n";
  for_each_node_by_hashes(
      [&](const Model& model, ByteView proof, std::string_view node, Visibility outside, Visibility weights) {
        EXPECT_EQ(verdict(model, proof), "accepted");
        found += fmt::format("{} {} {} {} {}\n", node, circuit::visibility_name(outside),
                             circuit::visibility_name(weights), proof.size(), hex(hash::keccak256(proof)));
      });
  expect_golden(kHashProofDigests, found);
}

TEST(HashScheme, ABatchIsProved) {
  compile::GraphMaker g(3);
  g.output(g.gemm(g.clamp(g.gemm(g.input({5}), 3, {7}, 9), 0, 127), 6, {1}, 0));
  compile::CompileOptions options = sides(Visibility::kPrivate, Visibility::kPrivate);
  options.batch = 3;
  std::vector<IntVector> inputs;
  for (unsigned i = 0; i < options.batch; ++i) {
    inputs.push_back(g.random_inputs()[0]);
  }
  const auto model = hash_model(g.graph(), options, inputs);
  ASSERT_TRUE(model.ok()) << model.error().message();
  const auto proof = prove(*model);
  ASSERT_TRUE(proof.ok());
  EXPECT_EQ(verdict(*model, *proof), "accepted");
}

TEST(HashScheme, EveryWordThatIsSentCounts) {
  const Model model = gemm_model();
  const auto honest = prove(model);
  ASSERT_TRUE(honest.ok());
  ByteReader in(*honest, "proof");
  const auto header = statement::read_header(in, model.vk);
  ASSERT_TRUE(header.ok());
  std::set<std::string> labels;
  for (std::size_t target = 0;; target += target < 64 ? 1 : 13) {
    ProverChannel channel(statement::begin_transcript(model.vk.circuit, *header));
    OneWordOff off(target);
    channel.set_interceptor(&off);
    Stages stages;
    ASSERT_TRUE(prover::prove_whir(cpu_backend().hashing(), model.context.weights.get(), model.vk, *header,
                                   model.assignment, nullptr, channel,
                                   statement::begin_transcript(model.vk.circuit, *header), stages)
                    .ok());
    Bytes proof(honest->begin(), honest->begin() + static_cast<std::ptrdiff_t>(in.offset()));
    const Bytes messages = channel.take_proof();
    proof.insert(proof.end(), messages.begin(), messages.end());
    if (off.label().empty()) {
      EXPECT_EQ(proof, *honest);
      break;
    }
    labels.insert(off.label());
    EXPECT_NE(verdict(model, proof), "accepted") << off.label() << ", word " << target;
  }
  for (const char* label : {"commit", "commit.answer", "gkr.root", "relation.terms", "lookup.multiplicities"}) {
    EXPECT_TRUE(labels.contains(label)) << label;
  }
}

TEST(HashScheme, AProofHasNoBitToSpare) {
  const Model model = gemm_model();
  const auto proof = prove(model);
  ASSERT_TRUE(proof.ok());
  expect_no_bit_to_spare(model, *proof, 2000, 997);
}

// A prover whose weights are not those of the key, and who knows what an honest one knows.
TEST(HashScheme, OtherWeightsThanTheKeysAreRejected) {
  const Model model = gemm_model(1);
  Model other = gemm_model(2);
  ASSERT_EQ(other.vk.layout.columns.size(), model.vk.layout.columns.size());
  other.vk = model.vk;  // what it states and is absorbed
  const auto proof = prove(other);
  ASSERT_TRUE(proof.ok());
  EXPECT_THAT(verdict(model, *proof), HasSubstr("opening: rows of a word"));
}

TEST(HashScheme, AKeysSecurityIsThatOfItsProofs) {
  compile::GraphMaker g(1);
  g.output(g.gemm(g.input({5}), 3, {1}, 0));
  const auto model =
      hash_model(g.graph(), sides(Visibility::kPrivate, Visibility::kPrivate), g.random_inputs(), pcs::by_hashes(120));
  ASSERT_TRUE(model.ok()) << model.error().message();
  const auto proof = prove(*model);
  ASSERT_TRUE(proof.ok());
  EXPECT_EQ(verdict(*model, *proof), "accepted");
}

// Its own witness, but a result that is not the network's.
TEST(HashScheme, AnotherOutputIsRejected) {
  const Model model = gemm_model();
  Model other = gemm_model();
  const std::uint32_t output = other.vk.circuit.outputs[0];
  IntVector& values = other.assignment.public_tensors[output];
  values.set(0, values[0] == 5 ? 6 : 5);
  const auto proof = prove(other);
  ASSERT_TRUE(proof.ok());
  EXPECT_THAT(verdict(model, *proof), HasSubstr("relations"));
}

TEST(HashScheme, KeysComeBackAndAreNamedByAllOfThem) {
  const Model model = gemm_model();
  const Bytes bytes = key_bytes(model.vk);
  ByteReader in(bytes, "m.vk");
  const auto read = statement::read_verifying_key(in, pcs::Kind::kHash);
  ASSERT_TRUE(read.ok()) << read.error().message();
  EXPECT_TRUE(in.expect_end().ok());
  EXPECT_EQ(read->scheme, model.vk.scheme);
  EXPECT_EQ(read->weight_vector, model.vk.weight_vector);
  EXPECT_EQ(read->digest, model.vk.digest);

  pcs::whir::Commitment root = *model.vk.weight_vector;
  root.root[31] ^= 1;
  pcs::whir::Commitment answer = *model.vk.weight_vector;
  answer.answer += Fr::one();
  const auto digest_of = [&](unsigned bits, const pcs::whir::Commitment& commitment) {
    return statement::make_verifying_key(model.vk.circuit, pcs::by_hashes(bits), commitment).digest;
  };
  const std::set<statement::Digest> digests{model.vk.digest, digest_of(100, root), digest_of(100, answer),
                                            digest_of(101, *model.vk.weight_vector),
                                            statement::make_verifying_key(model.vk.circuit, {}).digest};
  EXPECT_EQ(digests.size(), 5U);
}

TEST(HashScheme, KeysThatAreNoneAreRefused) {
  const Model model = gemm_model();
  const Bytes bytes = key_bytes(model.vk);
  ByteWriter circuit_bytes;
  circuit::write(circuit_bytes, model.vk.circuit);
  const std::size_t hash_part = circuit_bytes.bytes().size();
  const auto changed = [&](std::size_t at, std::uint8_t value) {
    Bytes out = bytes;
    out[hash_part + at] = value;
    return read_error(out);
  };
  EXPECT_EQ(changed(0, 100), "accepted");
  EXPECT_THAT(changed(0, 99), HasSubstr("security of openings: expected at least 100 bits, found 99"));
  EXPECT_THAT(changed(0, 255), HasSubstr("security: expected at most"));
  EXPECT_THAT(changed(1 + 32 + 31, 0xff), HasSubstr("weight commitment: expected a field element"));
  for (const std::size_t size : {hash_part, hash_part + 1, hash_part + 33, hash_part + 64}) {
    EXPECT_NE(read_error(Bytes(bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(size))), "accepted") << size;
  }
  EXPECT_NE(read_error(bytes, pcs::Kind::kHyrax), "accepted");

  compile::GraphMaker g(1);
  g.output(g.gemm(g.input({5}), 3, {1}, 0));
  const auto committed =
      compile::compile(g.graph(), {Visibility::kCommitted, Visibility::kPublic, Visibility::kPrivate, "m", {}});
  ASSERT_TRUE(committed.ok());
  EXPECT_THAT(
      read_error(key_bytes(statement::make_verifying_key(*committed, pcs::by_hashes(100), model.vk.weight_vector))),
      HasSubstr("expected no committed tensors"));
  circuit::Circuit open = model.vk.circuit;
  open.tables.clear();
  EXPECT_THAT(statement::check_hash_scheme(open, circuit::Layout(), pcs::by_hashes(100)).error().message(),
              HasSubstr("expected weights or hidden values, found a circuit with none"));
}

TEST(HashScheme, ItsSecurityIsThatOfAllSteps) {
  const Model model = gemm_model();
  const statement::Security security = statement::estimate_security(model.vk.circuit, model.vk.layout, model.vk.scheme);
  EXPECT_GE(security.bits(), 100);
  EXPECT_LT(security.statistical_bits, 128);
  EXPECT_EQ(security.computational_bits, statement::kCollisionBits);
  double error = 0;
  for (const statement::Security::HashStep& step : security.hash_steps) {
    EXPECT_FALSE(step.source.empty()) << step.name;
    error += std::exp2(-step.bits);
  }
  for (const statement::Security::Step& step : security.steps) {
    error += step.error_numerator * std::exp2(-253.596);
  }
  EXPECT_NEAR(security.statistical_bits, -std::log2(error), 1e-6);
  const statement::Security more = statement::estimate_security(model.vk.circuit, model.vk.layout, pcs::by_hashes(120));
  EXPECT_GE(more.bits(), 120);
}

}  // namespace
}  // namespace proofcard::testing
