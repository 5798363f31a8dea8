// groth16 from the command line: keys that are not safe, verification keys, and outputs that cannot be written.
#include "host/groth16/json.hpp"
#include "host/groth16/zkey.hpp"
#include "tests/groth16/small_key.hpp"
#include "tests/tools/workspace.hpp"

namespace proofcard::tools {
namespace {

using groth16::testing::FileOfSections;

class Groth16CommandTest : public testing::Workspace {
 protected:
  void SetUp() override {
    Workspace::SetUp();
    const auto circuit = groth16::testing::make_circuit(Fr::from_i64(-5), Fr::from_u64(77));
    zkey_ = groth16::testing::zkey_of(circuit);
    write_bytes("circuit.zkey", zkey_.bytes());
    write_bytes("witness.wtns", groth16::testing::wtns_of(circuit.witness).bytes());
    write_bytes("circuit.r1cs", groth16::testing::r1cs_of(circuit).bytes());
  }
  void write_bytes(const std::string& name, const Bytes& bytes) const {
    write(name, std::string(bytes.begin(), bytes.end()));
  }
  // The same key as nobody has contributed to it: delta is gamma, and the list of contributions is empty.
  void write_key_without_contributions() {
    const auto zkey = groth16::Zkey::open(path("circuit.zkey"));
    ASSERT_TRUE(zkey.ok()) << zkey.error().message();
    groth16::VerifyingKey vk = zkey->header().vk;
    vk.delta2 = vk.gamma2;
    write("unsafe.json", groth16::verifying_key_json(vk));
    Bytes& contributions = zkey_.section(10);
    contributions.resize(64);
    contributions.insert(contributions.end(), 4, 0);
    write_bytes("unsafe.zkey", zkey_.bytes());
  }

  FileOfSections zkey_;
};

TEST_F(Groth16CommandTest, ExportsTheVerificationKey) {
  ok("groth16 prove circuit.zkey witness.wtns proof.json public.json");
  ok("groth16 export-vk circuit.zkey vk.json");
  EXPECT_EQ(mode("vk.json") & 0044U, 0044U);
  ok("groth16 verify vk.json public.json proof.json");
  const std::string text = ok("groth16 inspect vk.json").out;
  EXPECT_NE(text.find("public signals: 2"), std::string::npos) << text;
  EXPECT_EQ(text.find("not safe"), std::string::npos) << text;
  auto changed = json("public.json");
  changed[0] = "1";
  write("public.json", changed.dump());
  fails(1, "groth16 verify vk.json public.json proof.json", "pairing equation");
  fails(2, "groth16 export-vk witness.wtns other.json", "expected a file that begins with \"zkey\"");
}

TEST_F(Groth16CommandTest, RefusesAKeyThatNobodyContributedTo) {
  write_key_without_contributions();
  const auto vk = groth16::parse_verifying_key(content("unsafe.json"), "unsafe.json");
  ASSERT_TRUE(vk.ok());
  // A proof for any public signals, from the key alone.
  curve::G1 sum = curve::G1(vk->ic[0]);
  sum += curve::G1(vk->ic[1]);
  sum += curve::G1(vk->ic[2]);
  write("proof.json", groth16::proof_json({vk->alpha1, vk->beta2, (-sum).to_affine()}));
  write("public.json", "[\"1\", \"1\"]");
  fails(2, "groth16 verify unsafe.json public.json proof.json", "nobody has contributed");
  const auto allowed = ok("groth16 verify unsafe.json public.json proof.json --allow-unsafe-key");
  EXPECT_NE(allowed.err.find("warning: not a safe key: gamma and delta"), std::string::npos) << allowed.err;
  EXPECT_NE(ok("groth16 inspect unsafe.json").out.find("not safe: gamma and delta"), std::string::npos);
  const std::string text = ok("groth16 inspect unsafe.zkey").out;
  EXPECT_NE(text.find("contributions to the key: 0: its secrets are known to all"), std::string::npos) << text;
}

TEST_F(Groth16CommandTest, RefusesAStatementThatNeedsNoWitness) {
  const auto zkey = groth16::Zkey::open(path("circuit.zkey"));
  ASSERT_TRUE(zkey.ok()) << zkey.error().message();
  groth16::VerifyingKey vk = zkey->header().vk;
  // IC[0] + 3 IC[1] + 5 IC[2] = 2 alpha: A = alpha, B = beta + 2 gamma + delta, C = alpha.
  const curve::G1 alpha(vk.alpha1);
  vk.ic[0] = (alpha + alpha - scalar_mul(curve::G1(vk.ic[1]), std::int64_t{3}) -
              scalar_mul(curve::G1(vk.ic[2]), std::int64_t{5}))
                 .to_affine();
  write("unsafe.json", groth16::verifying_key_json(vk));
  const curve::G2 b = curve::G2(vk.beta2) + vk.gamma2 + vk.gamma2 + vk.delta2;
  write("proof.json", groth16::proof_json({vk.alpha1, b.to_affine(), vk.alpha1}));
  write("public.json", "[\"3\", \"5\"]");
  fails(2, "groth16 verify unsafe.json public.json proof.json", "a small multiple of alpha: anyone can forge proofs");
  const auto allowed = ok("groth16 verify unsafe.json public.json proof.json --allow-unsafe-key");
  EXPECT_NE(allowed.err.find("warning: not a safe key: the sum of the public"), std::string::npos) << allowed.err;
  write("public.json", "[\"3\", \"6\"]");
  fails(1, "groth16 verify unsafe.json public.json proof.json", "pairing equation");
}

TEST_F(Groth16CommandTest, InspectNamesWhatItFound) {
  write("text.txt", "hello\n");
  fails(2, "groth16 inspect text.txt", "verification key (.json), found text");
  write("bytes", "\x01\x02\x03");
  fails(2, "groth16 inspect bytes", "found a file that begins with the bytes 010203");
  write("other.json", "{\"pi_a\": 1}");
  fails(2, "groth16 inspect other.json", "vk_alpha_1: expected a member of this name");
  fails(2, "groth16 inspect circuit.zkey --witness witness.wtns", "--witness");
}

// A full disk is an error that says so; a reader that went away is none of the proof's.
TEST_F(Groth16CommandTest, OutputsThatCannotBeWritten) {
  ok("groth16 prove circuit.zkey witness.wtns proof.json public.json");
  ok("groth16 export-vk circuit.zkey vk.json");
  for (const std::string command :
       {"groth16 verify vk.json public.json proof.json", "groth16 inspect circuit.zkey", "groth16 inspect vk.json",
        "groth16 inspect witness.wtns", "groth16 inspect circuit.r1cs --witness witness.wtns"}) {
    const int status = std::system(
        ("cd '" + folder_.string() + "' && '" + PROOFCARD_PROGRAM + "' " + command + " > /dev/full 2> err.txt")
            .c_str());
    EXPECT_EQ(WEXITSTATUS(status), 2) << command;
    EXPECT_NE(content("err.txt").find("error: "), std::string::npos) << command;
    const int closed = std::system(("cd '" + folder_.string() + "' && ( '" + PROOFCARD_PROGRAM + "' " + command +
                                    " 2> err.txt; echo $? > code.txt ) | true")
                                       .c_str());
    EXPECT_EQ(closed, 0);
    EXPECT_NE(content("code.txt"), "1\n") << command;                             // that would say: rejected
    EXPECT_EQ(content("code.txt").size(), 2U) << command << content("code.txt");  // no signal
  }
  fails(2, "groth16 export-vk circuit.zkey /dev/full", "/dev/full: cannot write");
  fails(2, "groth16 export-vk circuit.zkey nowhere/vk.json", "nowhere/vk.json");
}

}  // namespace
}  // namespace proofcard::tools
