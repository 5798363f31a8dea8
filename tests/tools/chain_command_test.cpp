// chain from the command line. What takes long, a key of a whole circuit, is made with PROOFCARD_LONG=1.
#include "host/base/text.hpp"
#include "host/pcs/whir/parameters.hpp"
#include "host/session/chain/chain.hpp"
#include "host/session/setup.hpp"
#include "host/wrap/verifier_circuit.hpp"
#include "tests/groth16/small_key.hpp"
#include "tests/groth16/test_powers.hpp"
#include "tests/support/pipeline.hpp"
#include "tests/tools/workspace.hpp"

namespace proofcard::tools {
namespace {

class ChainCommandTest : public testing::Workspace {
 protected:
  void SetUp() override {
    Workspace::SetUp();
    ok("compile " + example("diagnosis", "model.onnx") + " -o m.pcm --calibrate " +
       example("diagnosis", "samples.json"));
  }
  void write_bytes(const std::string& name, const Bytes& bytes) const {
    write(name, std::string(bytes.begin(), bytes.end()));
  }
};

TEST_F(ChainCommandTest, RefusesFilesOfOtherKinds) {
  write_bytes("small.zkey", groth16::testing::zkey_of(groth16::testing::make_circuit(Fr::one(), Fr::one())).bytes());
  write_bytes("few.ptau", groth16::testing::make_test_powers(4, true).bytes());
  ok("setup m.pcm -o m");
  const std::string input = example("diagnosis", "input.json");
  fails(2, "chain prove small.zkey m.pk " + input + " -o p.json",
        "expected one that `proofcard chain setup` made, found one of other proofs");
  fails(2, "chain export small.zkey m.vk -o x", "expected a verification key that `proofcard chain setup` made");
  fails(2, "chain inspect small.zkey m.vk", "expected a verification key that `proofcard chain setup` made");
  fails(2, "chain setup m.pcm small.zkey -o x", "expected a file that begins with \"ptau\"");
  fails(2, "chain setup small.zkey few.ptau -o x", "expected a compiled model");
  fails(2, "chain setup m.pcm few.ptau -o m", "m.pk");  // keys that stand there already
  fails(2, "chain setup m.pcm few.ptau -o x", "power");
  fails(2, "chain verify m.pcm m.pcm", "m.pcm");
  fails(2, "chain", "");
}

ProverKey inner_key(const CompiledModel& model) {
  Stages stages;
  auto key = make_key(model, testing::cpu_backend(), true, stages, pcs::inner_scheme(pcs::whir::kSecurityBits));
  EXPECT_TRUE(key.ok()) << key.error().message();
  return std::move(key).value();
}

// No digest holds a key's proof of ranges, and no circuit verifies it: weights of any size would be in a circuit that is the model's.
TEST_F(ChainCommandTest, AKeyWhoseWeightsMayHaveAnySizeIsRejected) {
  ProverKey key = inner_key(load_model(path("m.pcm")).value());
  write_bytes("small.zkey", groth16::testing::zkey_of(groth16::testing::make_circuit(Fr::one(), Fr::one())).bytes());
  write_bytes("m.vk", encode_verifying_key(key.vk));
  const std::string digest = hex(key.vk.digest);
  key.vk.weight_range_proof[key.vk.weight_range_proof.size() - 100] ^= 1;
  write_bytes("other.vk", encode_verifying_key(key.vk));
  EXPECT_EQ(hex(load_verifying_key(path("other.vk")).value().digest), digest);
  for (const std::string command : {"chain inspect small.zkey ", "chain export -o x small.zkey "}) {
    fails(1, command + "m.vk", "those of the model's circuit, found 8");
    fails(1, command + "other.vk", "the proof that the weights lie in their ranges does not verify");
  }
}

TEST_F(ChainCommandTest, PublicWeightsHaveToBeTheModels) {
  ok("compile " + example("diagnosis", "model.onnx") + " -o open.pcm --weights public --calibrate " +
     example("diagnosis", "samples.json"));
  const CompiledModel hidden = load_model(path("m.pcm")).value(), open = load_model(path("open.pcm")).value();
  ProverKey key = inner_key(open);
  EXPECT_TRUE(compare_circuit(key.vk, open, "open.pcm").ok());
  EXPECT_FALSE(compare_circuit(key.vk, hidden, "m.pcm").ok());
  key.vk.weight_vector->root[0] ^= 1;
  const Status others = compare_circuit(key.vk, open, "open.pcm");
  ASSERT_FALSE(others.ok());
  EXPECT_EQ(others.error().message(),
            "circuit: expected a key of the weights of open.pcm, which are public, found one of others");
  EXPECT_TRUE(compare_circuit(inner_key(hidden).vk, hidden, "m.pcm").ok());
}

// What is refused before and after the inner proof, with the key of a small circuit that has as many public words.
TEST_F(ChainCommandTest, RefusesContextsOfNoneAndKeysOfOtherCircuits) {
  ProverKey key = inner_key(load_model(path("m.pcm")).value());
  write_bytes("small.zkey", groth16::testing::zkey_of(groth16::testing::make_circuit(Fr::one(), Fr::one())).bytes());
  write_bytes("m.pk", encode_prover_key(key));
  const std::string prove =
      "chain prove small.zkey m.pk " + example("diagnosis", "input.json") + " -o p.json --allow-unsafe-key";
  fails(2, prove + " --context 00", "expected a number that is not 0 modulo the groups' order");
  fails(2, prove, "expected the key of this model's circuit, with ");
}

TEST_F(ChainCommandTest, FromAModelToAProof) {
  if (std::getenv("PROOFCARD_LONG") == nullptr) {
    GTEST_SKIP() << "one of the long tests: PROOFCARD_LONG=1";
  }
  const std::string input = example("diagnosis", "input.json");
  write_bytes("powers.ptau", groth16::testing::make_test_powers(18, true).bytes());
  ok("chain setup m.pcm powers.ptau -o m --name ours --r1cs m.r1cs");
  EXPECT_EQ(mode("m.pk") & 0077U, 0U);
  fails(2, "prove m.pk " + input + " -o p.bin", "chain prove");
  ok("groth16 verify-key m.r1cs powers.ptau m.zkey");
  ok("groth16 contribute m.zkey -o m2.zkey");
  ok("chain export m2.zkey m.vk -o m");
  ok("chain prove m2.zkey m.pk " + input + " -o proof.json --public public.json");
  const std::string accepted = ok("chain verify m.verifier.json proof.json").out;
  EXPECT_NE(accepted.find("accepted"), std::string::npos) << accepted;
  ok("groth16 verify m.verifier.json public.json proof.json");
  ok("chain prove m2.zkey m.pk " + input + " -o for.json --context 0a0b");
  ok("chain verify m.verifier.json for.json --context 0a0b");
  fails(1, "chain verify m.verifier.json for.json", "context");
  fails(1, "chain verify m.verifier.json for.json --context 0a0c", "context");
  fails(1, "chain verify m.verifier.json proof.json --context 0a0b", "context");
  auto proof = json("proof.json");
  proof["publicSignals"][0] = "1";
  proof.erase("calldata");
  write("changed.json", proof.dump());
  fails(1, "chain verify m.verifier.json changed.json", "pairing equation");

  // The key with the first contribution is another's: its proofs are not this verifier's.
  ok("chain prove m.zkey m.pk " + input + " -o other.json");
  fails(1, "chain verify m.verifier.json other.json", "pairing equation");
  const std::string inspected = ok("chain inspect m2.zkey m.vk --against m.pcm --powers powers.ptau").out;
  EXPECT_NE(inspected.find("every base follows"), std::string::npos) << inspected;
  EXPECT_NE(inspected.find("verdict: all of the key"), std::string::npos) << inspected;
  EXPECT_NE(ok("chain inspect m2.zkey m.vk").out.find("verdict: NOT COMPLETE"), std::string::npos);
  // Another setup has another root, and so another circuit.
  ok("chain setup m.pcm powers.ptau -o n");
  fails(1, "chain inspect n.zkey m.vk", "expected that of the model's circuit");
  fails(1, "chain export n.zkey m.vk -o p", "expected that of the model's circuit");
  fails(2, "chain prove n.zkey m.pk " + input + " -o p.json", "would be rejected");
  ok("groth16 setup m.r1cs powers.ptau -o none.zkey --no-contribution");
  fails(2, "chain prove none.zkey m.pk " + input + " -o p.json", "not a safe key");
  fails(2, "chain export none.zkey m.vk -o p", "not a safe key");
  fails(1, "chain inspect none.zkey m.vk", "not a safe key: nobody has contributed to it");
}

}  // namespace
}  // namespace proofcard::tools
