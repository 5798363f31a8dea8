// groth16 from the command line: keys that are not safe, verification keys, and outputs that cannot be written.
#include "host/groth16/json.hpp"
#include "host/groth16/zkey.hpp"
#include "tests/groth16/small_key.hpp"
#include "tests/groth16/test_powers.hpp"
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

TEST_F(Groth16CommandTest, MakesKeysAndContributes) {
  write_bytes("powers.ptau", groth16::testing::make_test_powers(3, true).bytes());
  const auto made = ok("groth16 setup circuit.r1cs powers.ptau -o new.zkey --name tester");
  EXPECT_NE(made.out.find("one secret: whoever verifies a proof trusts"), std::string::npos) << made.out;
  EXPECT_NE(made.err.find("nobody has contributed to these powers of tau"), std::string::npos) << made.err;
  ok("groth16 export-vk new.zkey vk.json");
  ok("groth16 prove new.zkey witness.wtns proof.json public.json");
  ok("groth16 verify vk.json public.json proof.json");
  const auto more = ok("groth16 contribute new.zkey -o more.zkey");
  EXPECT_NE(more.out.find("2 secrets: whoever verifies"), std::string::npos) << more.out;
  // The proof is for the old delta.
  ok("groth16 export-vk more.zkey vk.json");
  fails(1, "groth16 verify vk.json public.json proof.json", "pairing equation");
  ok("groth16 contribute more.zkey -o last.zkey --beacon 00ff");
  const auto checked = ok("groth16 verify-key circuit.r1cs powers.ptau last.zkey --check");
  EXPECT_NE(checked.err.find("nobody has contributed to these powers of tau"), std::string::npos) << checked.err;
  const std::string& text = checked.out;
  EXPECT_NE(text.find("contribution 1 by tester:"), std::string::npos) << text;
  EXPECT_NE(text.find("contribution 3, the beacon 00ff hashed 2^10 times:"), std::string::npos) << text;
  EXPECT_NE(text.find("2 secrets"), std::string::npos) << text;
  fails(1, "groth16 verify-key circuit.r1cs powers.ptau circuit.zkey", "rejected: ");
}

TEST_F(Groth16CommandTest, DescribesPowersOfTau) {
  write_bytes("powers.ptau", groth16::testing::make_test_powers(3, false).bytes());
  const std::string text = ok("groth16 inspect powers.ptau").out;
  EXPECT_NE(text.find("power: 3, for circuits of fewer than 2^3"), std::string::npos) << text;
  EXPECT_NE(text.find("prepared for phase 2: no"), std::string::npos) << text;
  EXPECT_NE(text.find("contributions: 0: nobody took part"), std::string::npos) << text;
}

TEST_F(Groth16CommandTest, ABeaconIsNoSecret) {
  write_bytes("powers.ptau", groth16::testing::make_test_powers(3, true).bytes());
  const std::string text = ok("groth16 setup circuit.r1cs powers.ptau -o new.zkey --no-contribution").out;
  EXPECT_NE(text.find("anyone can forge proofs for this key"), std::string::npos) << text;
  const std::string beacon = ok("groth16 contribute new.zkey -o beacon.zkey --beacon 0102").out;
  EXPECT_NE(beacon.find("anyone can forge proofs for this key"), std::string::npos) << beacon;
}

// A key can be the circuit's and anyone's to forge with: whoever checks it is told.
TEST_F(Groth16CommandTest, VerifyKeySaysWhoCanForge) {
  groth16::testing::Secrets secrets;
  secrets.alpha = Fr::one();
  write_bytes("powers.ptau", groth16::testing::make_test_powers(3, true, secrets).bytes());
  for (const std::string option : {"", " --no-contribution"}) {
    const auto made = ok("groth16 setup circuit.r1cs powers.ptau -o new.zkey --force" + option);
    const auto checked = ok("groth16 verify-key circuit.r1cs powers.ptau new.zkey");
    for (const std::string& said : {made.err, checked.err}) {
      EXPECT_NE(said.find("nobody has contributed to the powers of tau (phase 1)"), std::string::npos) << said;
      EXPECT_EQ(said.find("nobody has contributed to the circuit's key (phase 2)") == std::string::npos, option.empty())
          << said;
    }
  }
}

// A secret that is gone cannot be had again: keys that stand there stay. What is determined may be made again.
TEST_F(Groth16CommandTest, KeepsKeysThatStandThere) {
  write_bytes("powers.ptau", groth16::testing::make_test_powers(3, true).bytes());
  ok("groth16 setup circuit.r1cs powers.ptau -o new.zkey");
  const std::string before = content("new.zkey");
  fails(2, "groth16 setup circuit.r1cs powers.ptau -o new.zkey", "--force to replace it");
  fails(2, "groth16 setup circuit.r1cs powers.ptau -o new.zkey --no-contribution", "--force to replace it");
  fails(2, "groth16 contribute circuit.zkey -o new.zkey", "--force to replace it");
  EXPECT_EQ(content("new.zkey"), before);
  ok("groth16 setup circuit.r1cs powers.ptau -o new.zkey --no-contribution --force");
  ok("groth16 setup circuit.r1cs powers.ptau -o new.zkey --no-contribution");
  EXPECT_NE(content("new.zkey"), before);
}

TEST_F(Groth16CommandTest, RefusesWhatMakesNoKey) {
  write_bytes("powers.ptau", groth16::testing::make_test_powers(2, true).bytes());
  fails(2, "groth16 setup circuit.r1cs powers.ptau -o new.zkey", "expected a ceremony of power 3 or more");
  fails(2, "groth16 setup circuit.r1cs circuit.zkey -o new.zkey", "expected a file that begins with \"ptau\"");
  fails(2, "groth16 setup powers.ptau powers.ptau -o new.zkey", "expected a file that begins with \"r1cs\"");
  fails(2, "groth16 contribute circuit.zkey -o new.zkey --beacon 0x1", "expected an even number of hexadecimal digits");
  fails(2, "groth16 contribute circuit.zkey -o new.zkey --log-iterations 12", "--beacon");
  fails(2, "groth16 contribute circuit.zkey -o new.zkey --name " + std::string(65, 'n'), "at most 64 bytes, found 65");
  EXPECT_FALSE(std::filesystem::exists(path("new.zkey")));
}

TEST_F(Groth16CommandTest, WritesContracts) {
  ok("groth16 export-verifier circuit.zkey -o One.sol --name One_1");
  const std::string contract = content("One.sol");
  EXPECT_NE(contract.find("contract One_1 {"), std::string::npos);
  EXPECT_NE(contract.find("NUM_SIGNALS = 2;"), std::string::npos);
  EXPECT_EQ(contract.find('@' + std::string("N")), std::string::npos);
  const std::vector<std::string> no_names{"1One", "a-b", "''", "\"a b\"", std::string(65, 'a')};
  for (const std::string& name : no_names) {
    fails(2, "groth16 export-verifier circuit.zkey -o Two.sol --name " + name,
          "name of the contract: expected up to 64 letters");
  }
  fails(2, "groth16 export-verifier circuit.zkey -o Two.sol --values 5",
        "expected 3 public signals, a digest of values, their value and r, found 2");
  write_key_without_contributions();
  fails(2, "groth16 export-verifier unsafe.json -o Two.sol", "nobody has contributed");
  EXPECT_FALSE(std::filesystem::exists(path("Two.sol")));
  const auto allowed = ok("groth16 export-verifier unsafe.json -o Two.sol --allow-unsafe-key");
  EXPECT_NE(allowed.err.find("warning: not a safe key"), std::string::npos) << allowed.err;
}

TEST_F(Groth16CommandTest, RefusesContractsThatHaveNoRoom) {
  const auto zkey = groth16::Zkey::open(path("circuit.zkey"));
  ASSERT_TRUE(zkey.ok());
  groth16::VerifyingKey vk = zkey->header().vk;
  for (curve::G1 p = curve::G1(vk.ic[1]); vk.ic.size() < 202;) {
    p = p.twice() + vk.ic[2];
    vk.ic.push_back(p.to_affine());
  }
  write("vk.json", groth16::verifying_key_json(vk));
  fails(2, "groth16 export-verifier vk.json -o Two.sol", "expected at most 200 public signals");
  vk.ic.pop_back();
  write("vk.json", groth16::verifying_key_json(vk));
  ok("groth16 export-verifier vk.json -o Two.sol");
}

}  // namespace
}  // namespace proofcard::tools
