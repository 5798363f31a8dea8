// chain from the command line. What takes long, a key of a whole circuit, is made with PROOFCARD_LONG=1.
#include "host/wrap/verifier_circuit.hpp"
#include "tests/groth16/small_key.hpp"
#include "tests/groth16/test_powers.hpp"
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
  // Another setup has another root, and so another circuit.
  ok("chain setup m.pcm powers.ptau -o n");
  fails(1, "chain inspect n.zkey m.vk", "expected that of the model's circuit");
  fails(2, "chain prove n.zkey m.pk " + input + " -o p.json", "would be rejected");
  ok("groth16 setup m.r1cs powers.ptau -o none.zkey --no-contribution");
  fails(2, "chain prove none.zkey m.pk " + input + " -o p.json", "not a safe key");
  fails(2, "chain export none.zkey m.vk -o p", "not a safe key");
}

}  // namespace
}  // namespace proofcard::tools
