// Files of chain proofs and what a verifier makes of them, with a key of a small circuit in place of a verifier's: its two public signals
// are a word of three values and the context.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include "host/base/text.hpp"
#include "host/groth16/json.hpp"
#include "host/groth16/prover.hpp"
#include "host/session/chain/chain_proof.hpp"
#include "host/wrap/public_words.hpp"
#include "tests/groth16/known_key.hpp"
#include "tests/groth16/small_key.hpp"

namespace proofcard::tools {
namespace {

using circuit::Visibility;
using nlohmann::ordered_json;

// x = 1 and y = 2: the signals are 20 and 4.
class ChainFiles : public ::testing::Test {
 protected:
  void SetUp() override {
    const auto circuit = groth16::testing::make_circuit(Fr::from_u64(1), Fr::from_u64(2));
    const groth16::Zkey zkey =
        groth16::Zkey::open(folder_.write("small.zkey", groth16::testing::zkey_of(circuit).bytes())).value();
    const groth16::Prover prover =
        groth16::Prover::load(zkey, {kernels::cpu_msm(), kernels::cpu_quotient_sum()}).value();
    const Bytes witness = groth16::testing::wtns_of(circuit.witness).bytes();
    Stages stages;
    groth16::ProofAndPublic made = prover
                                       .prove(groth16::Witness::view("witness", witness).value(),
                                              hash::BlindingSource::from_system().value(), stages)
                                       .value();
    proof_ = {made.proof, made.public_signals};
    verifier_.key = zkey.header().vk;
    verifier_.statement.vk_digest = std::string(64, 'a');
    circuit::Circuit& c = verifier_.statement.circuit;
    c.model_name = "small";
    c.tensors = {{"hidden", {2, 2}, circuit::Role::kInput, IntType::kI8, 0, 1},
                 {"scores", {3}, circuit::Role::kOutput, IntType::kI32, -7, 100, 0.5}};
    c.inputs = {0};
    c.outputs = {1};
    c.input_shapes = {{2, 2}};
    c.output_shapes = {{1, 3}};
  }

  std::string verdict(const ChainVerifier& verifier, const ChainProof& proof, const Bytes& context) const {
    const auto result = verify_chain_proof(verifier, proof, context, kernels::cpu_msm(), "key.json");
    return result.ok() ? "accepted" : result.error().message();
  }
  // The statement of the verifier's file, changed.
  std::string error_with(const std::function<void(ordered_json&)>& change) const {
    ordered_json json = ordered_json::parse(chain_verifier_json(verifier_));
    change(json["statement"]);
    const auto read = parse_chain_verifier(json.dump(), "v.json");
    return read.ok() ? "accepted" : read.error().message();
  }

  const groth16::testing::Folder folder_;
  ChainVerifier verifier_;
  ChainProof proof_;
};

TEST_F(ChainFiles, AProofStatesItsWords) {
  const auto publics = verify_chain_proof(verifier_, proof_, {4}, kernels::cpu_msm(), "key.json");
  ASSERT_TRUE(publics.ok()) << publics.error().message();
  ASSERT_EQ((*publics)[1].size(), 3U);
  EXPECT_EQ((*publics)[1][0], proof_.signals[0].canonical()[0] - 7);
  EXPECT_EQ((*publics)[1][1], -7);
  EXPECT_TRUE((*publics)[0].size() == 0);
}

TEST_F(ChainFiles, AContextHasToBeTheProofs) {
  EXPECT_EQ(verdict(verifier_, proof_, {0, 4}), "accepted");
  EXPECT_EQ(verdict(verifier_, proof_, {}), "context: expected a proof that is made for no context, found one for one");
  EXPECT_EQ(verdict(verifier_, proof_, {5}),
            "context: expected a proof that is made for this context, found one for another");
}

// A proof that is made for nothing is not one for 0, nor for the groups' order.
TEST_F(ChainFiles, AContextWithTheWordOfNoneIsRefused) {
  Bytes order;
  for (std::size_t i = Fr::kBytes; i > 0; --i) {
    order.push_back(static_cast<std::uint8_t>(Fr::kModulus[(i - 1) / 8] >> (8 * ((i - 1) % 8))));
  }
  for (const Bytes& context : {Bytes{0}, Bytes(32), order}) {
    EXPECT_EQ(verdict(verifier_, proof_, context),
              "context: expected a number that is not 0 modulo the groups' order, which stands for no context, found " +
                  hex(context));
  }
  EXPECT_EQ(chain_context_word({}).value(), Fr());
  order.back() += 4;
  EXPECT_EQ(chain_context_word(order).value(), Fr::from_u64(4));
}

TEST_F(ChainFiles, WordsBeyondTheRangesOfValuesAreRejected) {
  ChainVerifier narrow = verifier_;
  narrow.statement.circuit.tensors[1].hi = -7;
  EXPECT_NE(verdict(narrow, proof_, {4}).find("public words: word 0"), std::string::npos)
      << verdict(narrow, proof_, {4});
  ChainProof other = proof_;
  other.signals[0] += Fr::one();
  EXPECT_NE(verdict(verifier_, other, {4}), "accepted");
  other.signals.pop_back();
  EXPECT_NE(verdict(verifier_, other, {4}), "accepted");
}

TEST_F(ChainFiles, KeysForWhichAnyoneCanForgeProofsAreRefused) {
  ChainVerifier unsafe = verifier_;
  unsafe.key.delta2 = unsafe.key.gamma2;
  EXPECT_NE(verdict(unsafe, proof_, {4}).find("key.json: not a safe key"), std::string::npos);
}

TEST_F(ChainFiles, ProofsAreReadAsTheyWereWritten) {
  const std::string text = chain_proof_json(proof_);
  const auto read = parse_chain_proof(text, "p.json");
  ASSERT_TRUE(read.ok()) << read.error().message();
  EXPECT_EQ(read->proof, proof_.proof);
  EXPECT_EQ(read->signals, proof_.signals);
  EXPECT_TRUE(groth16::parse_proof(text, "p.json").ok());  // as snarkjs reads it
  const auto error = [&](const std::function<void(ordered_json&)>& change) {
    ordered_json json = ordered_json::parse(text);
    change(json);
    const auto changed = parse_chain_proof(json.dump(), "p.json");
    return changed.ok() ? "accepted" : changed.error().message();
  };
  EXPECT_EQ(error([](ordered_json& j) { j.erase("calldata"); }), "accepted");
  EXPECT_EQ(error([](ordered_json& j) { j["calldata"] = "0x00"; }),
            "calldata: p.json: expected the call of this proof and these words, found another");
  EXPECT_NE(error([](ordered_json& j) { j.erase("publicSignals"); }).find("expected a member \"publicSignals\""),
            std::string::npos);
  EXPECT_NE(error([](ordered_json& j) { j["publicSignals"][0] = "-1"; }), "accepted");
  EXPECT_NE(error([](ordered_json& j) { j["publicSignals"] = 7; }), "accepted");
  EXPECT_FALSE(parse_chain_proof("{", "p.json").ok());
  EXPECT_FALSE(parse_chain_proof("[]", "p.json").ok());
}

TEST_F(ChainFiles, AVerifiersFileIsReadAsItWasWritten) {
  const std::string text = chain_verifier_json(verifier_);
  const auto read = parse_chain_verifier(text, "v.json");
  ASSERT_TRUE(read.ok()) << read.error().message();
  EXPECT_EQ(read->key, verifier_.key);
  EXPECT_EQ(chain_verifier_json(*read), text);
  EXPECT_EQ(verdict(*read, proof_, {4}), "accepted");
  EXPECT_TRUE(groth16::parse_verifying_key(text, "v.json").ok());  // as snarkjs reads it
}

TEST_F(ChainFiles, StatementsThatAreNoneAreRefused) {
  EXPECT_EQ(error_with([](ordered_json&) {}), "accepted");
  EXPECT_EQ(error_with([](ordered_json& s) { s["format"] = 3; }), "v.json: statement: expected format 1 or 2, found 3");
  EXPECT_EQ(error_with([](ordered_json& s) { s["context_word"] = 2; }),
            "v.json: statement: context_word: expected 1, found another value");
  EXPECT_EQ(error_with([](ordered_json& s) { s["vk_digest"] = "00"; }),
            "v.json: statement: vk_digest: expected 32 bytes as hexadecimal digits, found 00");
  EXPECT_EQ(error_with([](ordered_json& s) { s["tensors"][1]["bits"] = 8; }),
            "v.json: statement: bits: expected 7, found another value");
  EXPECT_EQ(error_with([](ordered_json& s) { s["tensors"][1]["lo"] = 101; }),
            "v.json: statement: hi: expected a number in [101, 2147483647], found 100");
  EXPECT_EQ(error_with([](ordered_json& s) { s["tensors"][1]["type"] = 24; }),
            "v.json: statement: type: expected 8, 16, 32 or 64, found 24");
  EXPECT_EQ(error_with([](ordered_json& s) { s["tensors"][0]["visibility"] = "secret"; }),
            "v.json: statement: visibility: expected public or private, found secret");
  EXPECT_EQ(error_with([](ordered_json& s) { s["tensors"][0]["side"] = "weight"; }),
            "v.json: statement: side: expected input or output, found weight");
  for (const char* key : {"format", "model", "vk_digest", "batch", "context_word", "tensors"}) {
    EXPECT_NE(error_with([&](ordered_json& s) { s.erase(key); }), "accepted") << key;
    EXPECT_NE(error_with([&](ordered_json& s) { s[key] = nullptr; }), "accepted") << key;
  }
  for (const char* key : {"side", "name", "visibility", "shape", "dims", "type", "lo", "hi", "scale", "channels",
                          "bits", "first_word", "num_words"}) {
    EXPECT_NE(error_with([&](ordered_json& s) { s["tensors"][1].erase(key); }), "accepted") << key;
    EXPECT_NE(error_with([&](ordered_json& s) { s["tensors"][1][key] = ordered_json::array({-1}); }), "accepted")
        << key;
  }
  EXPECT_NE(error_with([](ordered_json& s) { s["tensors"][1]["dims"] = {4294967295U, 4294967295U}; }), "accepted");
  EXPECT_NE(error_with([](ordered_json& s) { s = 3; }), "accepted");
  // Another number of words than the key's.
  EXPECT_NE(error_with([](ordered_json& s) {
              s["tensors"].erase(1);
              s["context_word"] = 0;
            }).find("expected a key for the 1 public words"),
            std::string::npos);
  const auto plain = parse_chain_verifier(groth16::verifying_key_json(verifier_.key), "v.json");
  ASSERT_FALSE(plain.ok());
  EXPECT_NE(plain.error().message().find("expected a member \"statement\""), std::string::npos);
}

// Statements by digest, with a key whose secrets are known: four values of two inputs, in a word an input.
class DigestFiles : public ::testing::Test {
 protected:
  DigestFiles() : random_(11), key_(3, random_) {
    verifier_.key = key_.vk;
    verifier_.statement.vk_digest = std::string(64, 'a');
    verifier_.statement.form = wrap::PublicForm::kDigest;
    circuit::Circuit& c = verifier_.statement.circuit;
    c.model_name = "two";
    c.batch = 2;
    c.tensors = {{"scores", {2, 2}, circuit::Role::kOutput, IntType::kI8, -7, 100, 0.5}};
    c.outputs = {0};
    c.output_shapes = {{1, 2}};
    publics_ = {IntVector(IntType::kI8, 4)};
    for (std::size_t i = 0; i < 4; ++i) {
      publics_[0].set(i, static_cast<std::int64_t>(i) - 7);
    }
    proof_ = proof_of(wrap::pack(c, wrap::PublicForm::kDigest, publics_), Fr::from_u64(9));
  }

  // What a prover makes for the signals of these words.
  ChainProof proof_of(const std::vector<Fr>& words, const Fr& context) {
    const std::vector<Fr> signals = wrap::signals_of(wrap::PublicForm::kDigest, words, context);
    return {key_.prove(signals, random_), signals, ChainProof::Digested{context, words}};
  }
  // The proof for its signals, as it is, whatever they are.
  std::string verdict(const ChainProof& proof, const Bytes& context = {9}) const {
    const auto read = parse_chain_proof(chain_proof_json(proof), "p.json");
    if (!read.ok()) {
      return read.error().message();
    }
    const auto result = verify_chain_proof(verifier_, *read, context, kernels::cpu_msm(), "key.json");
    return result.ok() ? (*result == publics_ ? "accepted" : "other values") : result.error().message();
  }
  ChainProof with_signal(std::size_t i, const Fr& value) {
    ChainProof out = proof_;
    out.signals[i] = value;
    out.proof = key_.prove(out.signals, random_);
    return out;
  }

  proofcard::testing::Random random_;
  groth16::testing::KnownKey key_;
  ChainVerifier verifier_;
  statement::PublicTensors publics_;
  ChainProof proof_;
};

TEST_F(DigestFiles, AProofStatesTheValuesOfItsDigest) {
  EXPECT_EQ(verdict(proof_), "accepted");
  EXPECT_EQ(verdict(proof_of(proof_.digested->words, Fr()), {}), "accepted");
  const std::string text = chain_verifier_json(verifier_);
  const auto read = parse_chain_verifier(text, "v.json");
  ASSERT_TRUE(read.ok()) << read.error().message();
  EXPECT_TRUE(read->statement.by_digest());
  EXPECT_EQ(chain_verifier_json(*read), text);
}

TEST_F(DigestFiles, OtherValuesThanTheDigestsAreRejected) {
  const std::vector<Fr>& words = proof_.digested->words;
  const auto with = [&](const std::vector<Fr>& other) {
    ChainProof out = proof_;
    out.digested->words = other;
    return verdict(out);
  };
  EXPECT_EQ(with({words[1], words[0]}), "public words: word 0: expected the digest of these values, found another");
  EXPECT_EQ(with({words[0] + Fr::one(), words[1]}),
            "public words: word 0: expected the digest of these values, found another");
  EXPECT_EQ(with({words[0], words[1], Fr()}), "public words: expected 2 of values, found 3");
  EXPECT_EQ(with({words[0]}), "public words: expected 2 of values, found 1");
  EXPECT_NE(with({}).find("expected 3 public signals and at least one value, found 3 and 0"), std::string::npos);
  // Each signal by itself, with a proof for it.
  for (const auto& [i, name] : {std::pair{0, "digest"}, {1, "value"}, {2, "challenge"}}) {
    EXPECT_EQ(verdict(with_signal(static_cast<std::size_t>(i), Fr::from_u64(3))),
              fmt::format("public words: word {}: expected the {} of these values, found another", i, name));
  }
  // Values that the words have room for and the tensor has not.
  EXPECT_NE(verdict(proof_of({Fr::from_u64(108), Fr()}, Fr::from_u64(9))).find("expected a value in [-7, 100]"),
            std::string::npos);
}

TEST_F(DigestFiles, AContextHasToBeTheProofs) {
  EXPECT_EQ(verdict(proof_, {}), "context: expected a proof that is made for no context, found one for one");
  EXPECT_EQ(verdict(proof_, {8}), "context: expected a proof that is made for this context, found one for another");
  // Written over: the words have another value at the r of another context.
  ChainProof other = proof_;
  other.digested->context = Fr::from_u64(8);
  EXPECT_EQ(verdict(other, {8}), "public words: word 1: expected the value of these values, found another");
}

TEST_F(DigestFiles, AProofWithoutItsValuesIsNone) {
  ChainProof other = proof_;
  other.digested.reset();
  EXPECT_EQ(verdict(other), "public words: expected the values that the digest is of, found none");
  verifier_.statement.form = wrap::PublicForm::kWords;
  verifier_.statement.circuit.tensors[0].lo = INT8_MIN;  // 4 values of 8 bits: a word
  EXPECT_EQ(verdict(proof_), "public words: expected no values beside the words, found some");
}

TEST_F(DigestFiles, StatementsThatAreNoneAreRefused) {
  const auto error = [&](const std::function<void(ordered_json&)>& change) {
    ordered_json json = ordered_json::parse(chain_verifier_json(verifier_));
    change(json["statement"]);
    const auto read = parse_chain_verifier(json.dump(), "v.json");
    return read.ok() ? "accepted" : read.error().message();
  };
  EXPECT_EQ(error([](ordered_json& s) { s["values"] = 3; }),
            "v.json: statement: values: expected 2, found another value");
  EXPECT_EQ(error([](ordered_json& s) { s["words_an_input"] = 2; }),
            "v.json: statement: words_an_input: expected 1, found another value");
  EXPECT_EQ(error([](ordered_json& s) { s["tensors"][0]["dims"] = {4}; }),
            "v.json: statement: dims: expected the 2 inputs of the batch as the first, found another");
  EXPECT_EQ(error([](ordered_json& s) { s["tensors"] = ordered_json::array(); }),
            "v.json: statement: expected 1 to 16384 words of values, found 0");
  EXPECT_NE(error([](ordered_json& s) { s["format"] = 1; }), "accepted");
}

}  // namespace
}  // namespace proofcard::tools
