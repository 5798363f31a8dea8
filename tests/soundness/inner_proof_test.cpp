// Proofs that circuits verify: keys of Poseidon2, whose plain proofs are accepted for every kind of node, and whatever is not what the
// key or the statement says is rejected. What an opening itself checks is in tests/pcs.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <set>

#include "host/hash/keccak.hpp"
#include "host/pcs/whir/parameters.hpp"
#include "host/statement/security.hpp"
#include "tests/support/hash_pipeline.hpp"
#include "tests/support/node_cases.hpp"

namespace proofcard::testing {
namespace {

using circuit::Visibility;
using ::testing::HasSubstr;

constexpr auto kPoseidon2 = hash::Function::kPoseidon2;
constexpr pcs::Scheme kInner = pcs::inner_scheme(100);
constexpr pcs::Scheme kOpen = pcs::by_hashes(100, 0, kPoseidon2);

Model inner_model(const pcs::Scheme& scheme = kInner, const statement::Mode& mode = kPlain,
                  Visibility weights = Visibility::kPrivate) {
  compile::GraphMaker g(1);
  g.output(g.gemm(g.clamp(g.gemm(g.input({5}), 3, {7}, 9), 0, 127), 6, {1}, 0));
  auto model = hash_model(g.graph(), {Visibility::kPrivate, Visibility::kPublic, weights, "m", {}}, g.random_inputs(),
                          scheme, mode);
  EXPECT_TRUE(model.ok()) << model.error().message();
  return std::move(model).value();
}

TEST(InnerProof, EveryNodeIsProved) {
  for (const NodeCase& node : node_cases()) {
    SCOPED_TRACE(node.name);
    compile::GraphMaker g(6);
    node.build(g);
    const auto model = hash_model(g.graph(), {Visibility::kPublic, Visibility::kPublic, Visibility::kPrivate, "m", {}},
                                  g.random_inputs(), kOpen);
    ASSERT_TRUE(model.ok()) << model.error().message();
    const auto proof = prove(*model);
    ASSERT_TRUE(proof.ok()) << proof.error().message();
    EXPECT_EQ(verdict(*model, *proof), "accepted");
  }
}

// Weights behind a tail: plain proofs of it, which circuits verify, and zero-knowledge ones, as the key's of ranges is.
TEST(InnerProof, OfHiddenWeightsInBothModes) {
  for (const statement::Mode& mode : {kPlain, kZeroKnowledge}) {
    const Model model = inner_model(kInner, mode);
    const auto proof = prove(model);
    ASSERT_TRUE(proof.ok()) << proof.error().message();
    EXPECT_EQ(verdict(model, *proof), "accepted");
  }
}

TEST(InnerProof, AnyWordOffIsRejected) {
  const Model model = inner_model();
  const auto honest = prove(model);
  ASSERT_TRUE(honest.ok());
  ByteReader reader(*honest, "proof");
  const auto header = statement::read_header(reader, model.vk);
  ASSERT_TRUE(header.ok());
  const auto begin = [&] { return statement::begin_transcript(model.vk.circuit, *header, {}, kPoseidon2); };
  std::set<std::string> labels;
  std::size_t step = 1;
  for (std::size_t word = 0;; word += step) {
    OneWordOff liar(word);
    ProverChannel channel(begin());
    channel.set_interceptor(&liar);
    Stages stages;
    ASSERT_TRUE(prover::prove_whir(cpu_backend().hashing(kPoseidon2), model.context.weights.get(), model.vk, *header,
                                   model.assignment, nullptr, channel, begin(), stages)
                    .ok());
    if (liar.label().empty()) {
      break;
    }
    labels.insert(liar.label());
    step = liar.label() == "whir.rows" || liar.label() == "whir.nodes" ? 211 : word < 40 ? 3 : 7;
    ByteWriter proof;
    statement::write(proof, model.vk.circuit, *header);
    proof.raw(channel.take_proof());
    EXPECT_NE(verdict(model, proof.bytes()), "accepted") << liar.label() << ", word " << word;
  }
  EXPECT_TRUE(labels.contains("whir.rows") && labels.contains("whir.nodes") && labels.contains("whir.round"));
}

TEST(InnerProof, TheStatementIsBound) {
  const Model model = inner_model();
  const auto proof = prove(model);
  ASSERT_TRUE(proof.ok());
  ByteReader reader(*proof, "proof");
  const auto read = statement::read_header(reader, model.vk);
  ASSERT_TRUE(read.ok());
  const auto drawn = [&](const auto& change) {
    statement::Header header = *read;
    change(header);
    return statement::begin_transcript(model.vk.circuit, header, {}, kPoseidon2).challenge("after the statement");
  };
  const Fr as_it_is = drawn([](statement::Header&) {});
  EXPECT_EQ(drawn([](statement::Header&) {}), as_it_is);
  EXPECT_NE(drawn([](statement::Header& h) { h.mode.zero_knowledge = true; }), as_it_is);
  EXPECT_NE(drawn([](statement::Header& h) { h.vk_digest[31] ^= 1; }), as_it_is);
  EXPECT_NE(drawn([](statement::Header& h) { h.vk_digest[0] ^= 1; }), as_it_is);
  EXPECT_NE(drawn([](statement::Header& h) { h.context = {1}; }), as_it_is);
  EXPECT_EQ(drawn([](statement::Header& h) { h.context = {0, 0}; }), as_it_is);
  const std::uint32_t output = model.vk.circuit.outputs[0];
  for (std::size_t i = 0; i < read->publics[output].size(); ++i) {
    EXPECT_NE(drawn([&](statement::Header& h) { h.publics[output].set(i, h.publics[output][i] ^ 1); }), as_it_is);
  }
}

TEST(InnerProof, AContextIsANumber) {
  EXPECT_EQ(statement::context_word({}), Fr());
  EXPECT_EQ(statement::context_word({0, 1, 2}), Fr::from_u64(258));
  Bytes modulus(32);
  for (std::size_t i = 0; i < 32; ++i) {
    modulus[31 - i] = static_cast<std::uint8_t>(Fr::kModulus[i / 8] >> (8 * (i % 8)));
  }
  EXPECT_EQ(statement::context_word(modulus), Fr());
  modulus[31] += 3;
  EXPECT_EQ(statement::context_word(modulus), Fr::from_u64(3));
}

Bytes inner_key_bytes(const statement::VerifyingKey& vk) {
  ByteWriter out;
  statement::write(out, vk);
  return out.take();
}

std::string inner_read_error(const Bytes& bytes, statement::VerifyingKey* key = nullptr) {
  ByteReader in(bytes, "m.vk");
  auto read = statement::read_verifying_key(in, pcs::Kind::kHash, false, kPoseidon2);
  if (!read.ok()) {
    return read.error().message();
  }
  if (key != nullptr) {
    *key = std::move(read).value();
  }
  return in.expect_end().ok() ? "accepted" : "too long";
}

TEST(InnerProof, KeysComeBackAndAreNamedByTheirHash) {
  for (const pcs::Scheme& scheme : {kInner, kOpen}) {
    const Model model = inner_model(scheme);
    statement::VerifyingKey key;
    ASSERT_EQ(inner_read_error(inner_key_bytes(model.vk), &key), "accepted");
    EXPECT_EQ(key.scheme, model.vk.scheme);
    EXPECT_EQ(key.weight_vector, model.vk.weight_vector);
    EXPECT_EQ(key.digest, model.vk.digest);
    // By a word of such keys alone, and all of their bytes but two that follow from them.
    statement::VerifyingKey bare = model.vk;
    bare.weight_range_proof.clear();
    bare.quantisation.clear();
    Bytes bytes = inner_key_bytes(bare);
    ByteWriter no_blob;
    no_blob.blob({});
    bytes.resize(bytes.size() - 2 * no_blob.bytes().size());
    ByteWriter named;
    named.string("proofcard/vk/hash/3");
    named.raw(bytes);
    for (const auto& rows : model.vk.weight_rows) {
      ASSERT_TRUE(rows.empty());
      named.u64(0);
    }
    EXPECT_EQ(hash::keccak256(named.bytes()), model.vk.digest);
    const auto with = [&](const pcs::Scheme& other) {
      return statement::make_verifying_key(model.vk.circuit, other, model.vk.weight_vector).digest;
    };
    EXPECT_NE(with(pcs::by_hashes(100, scheme.max_proofs)), model.vk.digest);
    EXPECT_NE(with(pcs::by_hashes(100, scheme.max_proofs + 1, kPoseidon2)), model.vk.digest);
    EXPECT_NE(with(pcs::by_hashes(101, scheme.max_proofs, kPoseidon2)), model.vk.digest);
    pcs::Scheme other_form = scheme;
    other_form.publics = scheme.publics == pcs::PublicForm::kWords ? pcs::PublicForm::kDigest : pcs::PublicForm::kWords;
    EXPECT_NE(with(other_form), model.vk.digest);
  }
}

TEST(InnerProof, KeysThatAreNoneAreRefused) {
  const Model model = inner_model();
  ByteWriter circuit_bytes;
  circuit::write(circuit_bytes, model.vk.circuit);
  const std::size_t hash_part = circuit_bytes.bytes().size();
  const auto changed = [&](std::size_t at, std::uint8_t value) {
    Bytes out = inner_key_bytes(model.vk);
    out[hash_part + at] = value;
    return inner_read_error(out);
  };
  EXPECT_EQ(changed(0, 100), "accepted");
  EXPECT_THAT(changed(0, 99), HasSubstr("security of openings: expected at least 100 bits, found 99"));
  EXPECT_THAT(changed(4, 0x7f), HasSubstr("number of proofs that hide the weights: expected 0 to 1048576, found"));
  EXPECT_THAT(changed(5, 2), HasSubstr("form of public values: expected 0 or 1, found 2"));
  EXPECT_THAT(changed(6 + 31, 0xff), HasSubstr("expected a root that is a field element"));
  EXPECT_THAT(changed(6 + 32 + 31, 0xff), HasSubstr("weight commitment: expected a field element"));
  const Model open = inner_model(kOpen, kPlain, Visibility::kPublic);
  statement::VerifyingKey says_hidden = open.vk;
  says_hidden.scheme.max_proofs = 1;
  EXPECT_THAT(inner_read_error(inner_key_bytes(says_hidden)), HasSubstr("expected weights to hide, found none"));
}

TEST(InnerProof, ItsSecurityIsThatOfAllSteps) {
  const Model model = inner_model();
  const statement::Security security = statement::estimate_security(model.vk.circuit, model.vk.layout, model.vk.scheme);
  EXPECT_GE(security.bits(), 100);
  EXPECT_EQ(security.computational_bits, statement::kPoseidon2CollisionBits);
  double error = 0;
  for (const statement::Security::HashStep& step : security.hash_steps) {
    EXPECT_FALSE(step.source.empty()) << step.name;
    EXPECT_LE(step.grinding_bits, pcs::whir::kPoseidon2GrindingBits);
    error += std::exp2(-step.bits);
  }
  for (const statement::Security::Step& step : security.steps) {
    error += step.error_numerator * std::exp2(-253.596);
  }
  EXPECT_NEAR(security.statistical_bits, -std::log2(error), 1e-6);
}

}  // namespace
}  // namespace proofcard::testing
