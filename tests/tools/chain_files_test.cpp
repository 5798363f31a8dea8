// Files of chain proofs and what a verifier makes of them, with a key of a small circuit in place of a verifier's: its two public signals
// are a word of three values and the context.
#include <gtest/gtest.h>

#include "host/base/text.hpp"
#include "host/groth16/json.hpp"
#include "host/groth16/prover.hpp"
#include "host/session/chain_proof.hpp"
#include "host/wrap/public_words.hpp"
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
  EXPECT_EQ((*publics)[1][0], proof_.words[0].canonical()[0] - 7);
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
  other.words[0] += Fr::one();
  EXPECT_NE(verdict(verifier_, other, {4}), "accepted");
  other.words.pop_back();
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
  EXPECT_EQ(read->words, proof_.words);
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
  EXPECT_EQ(error_with([](ordered_json& s) { s["format"] = 2; }), "v.json: statement: expected format 1, found 2");
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

}  // namespace
}  // namespace proofcard::tools
