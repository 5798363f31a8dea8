// Real circuits: our proofs in the hands of snarkjs and of its Solidity verifier, and snarkjs' proofs in ours.
// PROOFCARD_LONG=1 adds a convolutional network.
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <string>

namespace proofcard {
namespace {

using nlohmann::json;

struct Outcome {
  int code = -1;
  std::string output;  // both streams
};

std::string read(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

class CircomTest : public ::testing::TestWithParam<std::string> {
 protected:
  void SetUp() override {
    if (GetParam() == "mnist" && std::getenv("PROOFCARD_LONG") == nullptr) {
      GTEST_SKIP() << "one of the long tests: PROOFCARD_LONG=1";
    }
    std::string name = (std::filesystem::temp_directory_path() / "proofcard-circom-XXXXXX").string();
    ASSERT_NE(::mkdtemp(name.data()), nullptr);
    folder_ = name;
    ASSERT_TRUE(std::filesystem::exists(made("complete")))
        << "the circuits are made by the tests circom_install and circom_make_*, which ctest runs first";
  }
  void TearDown() override {
    if (!folder_.empty()) {
      std::filesystem::remove_all(folder_);
    }
  }

  // What make_circuit.sh made, and where the outputs of a test go.
  static std::string made(const std::string& name) {
    return std::string(PROOFCARD_CIRCOM_DIR) + "/" + GetParam() + "/" + name;
  }
  std::string path(const std::string& name) const { return (folder_ / name).string(); }
  std::string write(const std::string& name, const std::string& text) const {
    std::ofstream(path(name), std::ios::binary) << text;
    return path(name);
  }

  Outcome run(const std::string& command) const {
    const int status = std::system((command + " > '" + path("output") + "' 2>&1").c_str());
    return {WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status), read(path("output"))};
  }
  Outcome proofcard(const std::string& arguments) const {
    return run(std::string("'") + PROOFCARD_PROGRAM + "' groth16 " + arguments);
  }
  Outcome verify(const std::string& signals, const std::string& proof) const {
    return proofcard("verify '" + made("vk.json") + "' '" + signals + "' '" + proof + "'");
  }
  bool snarkjs_accepts(const std::string& signals, const std::string& proof) const {
    const Outcome outcome =
        run(std::string("'") + PROOFCARD_CIRCOM_DIR + "/npm/node_modules/.bin/snarkjs' groth16 verify '" +
            made("vk.json") + "' '" + signals + "' '" + proof + "'");
    EXPECT_EQ(outcome.code == 0, outcome.output.find("OK!") != std::string::npos) << outcome.output;
    return outcome.code == 0;
  }
  // "accepted ..." or "rejected".
  std::string evm_answer(const std::string& signals, const std::string& proof) const {
    const Outcome outcome =
        run(std::string("NODE_PATH='") + PROOFCARD_CIRCOM_DIR + "/npm/node_modules' node '" + PROOFCARD_SOURCE_DIR +
            "/tests/circom/evm_verify.js' '" + made("verifier.sol") + "' '" + proof + "' '" + signals + "'");
    EXPECT_EQ(outcome.code, 0) << outcome.output;
    return outcome.output;
  }

  // proof.json and public.json of ours.
  void prove(const std::string& options = "") const {
    const Outcome outcome = proofcard("prove '" + made("circuit.zkey") + "' '" + made("witness.wtns") + "' '" +
                                      path("proof.json") + "' '" + path("public.json") + "' " + options);
    ASSERT_EQ(outcome.code, 0) << outcome.output;
  }
  // The proof with A and C exchanged: well-formed, and wrong.
  std::string wrong_proof() const {
    json proof = json::parse(read(path("proof.json")));
    std::swap(proof["pi_a"], proof["pi_c"]);
    return write("wrong.json", proof.dump());
  }

  std::filesystem::path folder_;
};

TEST_P(CircomTest, ProofsAreAcceptedBySnarkjs) {
  prove();
  EXPECT_EQ(read(path("public.json")), read(made("snarkjs_public.json")));
  EXPECT_TRUE(snarkjs_accepts(path("public.json"), path("proof.json")));
  EXPECT_FALSE(snarkjs_accepts(path("public.json"), wrong_proof()));
}

TEST_P(CircomTest, ProofsAreAcceptedByTheSolidityVerifier) {
  prove();
  EXPECT_TRUE(evm_answer(path("public.json"), path("proof.json")).starts_with("accepted"));
  EXPECT_EQ(evm_answer(path("public.json"), wrong_proof()), "rejected\n");
}

#ifdef PROOFCARD_RTL_CARD
TEST_P(CircomTest, ProofsMadeByTheRtlKernelsAreAccepted) {
  prove("--device hw_emu");
  EXPECT_NE(read(path("output")).find("sums on hw_emu, quotient on hw_emu"), std::string::npos);
  EXPECT_EQ(read(path("public.json")), read(made("snarkjs_public.json")));
  EXPECT_EQ(verify(path("public.json"), path("proof.json")).code, 0);
  EXPECT_TRUE(snarkjs_accepts(path("public.json"), path("proof.json")));
  EXPECT_EQ(verify(path("public.json"), wrong_proof()).code, 1);
}
#endif

TEST_P(CircomTest, ProofsHaveTheFormOfSnarkjs) {
  prove(GetParam() == "mnist" ? "" : "--device reference");
  // The same bytes once the numbers are taken out.
  const auto form = [](const std::string& text) {
    std::string out;
    for (const char c : text) {
      if (c >= '0' && c <= '9') {
        out += out.ends_with('#') ? "" : "#";
      } else {
        out += c;
      }
    }
    return out;
  };
  EXPECT_EQ(form(read(path("proof.json"))), form(read(made("snarkjs_proof.json"))));
  EXPECT_EQ(verify(path("public.json"), path("proof.json")).code, 0);
}

TEST_P(CircomTest, ProofsOfSnarkjsAreAccepted) {
  const Outcome outcome = verify(made("snarkjs_public.json"), made("snarkjs_proof.json"));
  EXPECT_EQ(outcome.code, 0) << outcome.output;
  EXPECT_NE(outcome.output.find("accepted"), std::string::npos);
}

TEST_P(CircomTest, ExportedKeysAreThoseOfSnarkjs) {
  const Outcome outcome = proofcard("export-vk '" + made("circuit.zkey") + "' '" + path("vk.json") + "'");
  EXPECT_EQ(outcome.code, 0) << outcome.output;
  EXPECT_EQ(read(path("vk.json")), read(made("vk.json")));
}

TEST_P(CircomTest, OtherSignalsAndProofsAreRejected) {
  prove();
  json signals = json::parse(read(path("public.json")));
  const auto expect_rejected = [&](const Outcome& outcome, const std::string& reason) {
    EXPECT_EQ(outcome.code, 1);
    EXPECT_NE(outcome.output.find("rejected: "), std::string::npos) << outcome.output;
    EXPECT_NE(outcome.output.find(reason), std::string::npos) << outcome.output;
  };
  expect_rejected(verify(path("public.json"), wrong_proof()), "pairing equation");
  json other = signals;
  other[0] = "12345";
  expect_rejected(verify(write("other.json", other.dump()), path("proof.json")), "pairing equation");
  other = signals;
  other.erase(other.begin());
  expect_rejected(verify(write("other.json", other.dump()), path("proof.json")), "public signals: expected");
  json proof = json::parse(read(path("proof.json")));
  proof["pi_a"][0] = "1";
  expect_rejected(verify(path("public.json"), write("proof2.json", proof.dump())), "pi_a: expected a point");
  EXPECT_EQ(
      proofcard("verify '" + path("public.json") + "' '" + path("public.json") + "' '" + path("proof.json") + "'").code,
      2);
}

TEST_P(CircomTest, FilesAreDescribed) {
  for (const auto& [file, text] : {std::pair{"circuit.zkey", "contributions to the key: 1"},
                                   {"witness.wtns", "a witness over bn128"},
                                   {"circuit.r1cs", "a constraint system of circom"}}) {
    const Outcome outcome = proofcard("inspect '" + made(file) + "'");
    EXPECT_EQ(outcome.code, 0) << outcome.output;
    EXPECT_NE(outcome.output.find(text), std::string::npos) << outcome.output;
  }
  const Outcome outcome = proofcard("inspect '" + made("circuit.r1cs") + "' --witness '" + made("witness.wtns") + "'");
  EXPECT_EQ(outcome.code, 0) << outcome.output;
  EXPECT_NE(outcome.output.find("satisfies every constraint"), std::string::npos) << outcome.output;
}

TEST_P(CircomTest, DamagedKeysAndWitnessesMakeNoProof) {
  const std::string zkey = read(made("circuit.zkey"));
  const std::string wtns = read(made("witness.wtns"));
  const auto expect_error = [&](const std::string& zkey_path, const std::string& wtns_path, const std::string& text) {
    const Outcome outcome = proofcard("prove '" + zkey_path + "' '" + wtns_path + "' '" + path("proof.json") + "' '" +
                                      path("public.json") + "'");
    EXPECT_EQ(outcome.code, 2) << outcome.output;
    EXPECT_NE(outcome.output.find(text), std::string::npos) << outcome.output;
    EXPECT_FALSE(std::filesystem::exists(path("proof.json")));
  };
  expect_error(write("short.zkey", zkey.substr(0, zkey.size() / 2)), made("witness.wtns"), "short.zkey: section");
  expect_error(made("circuit.zkey"), write("short.wtns", wtns.substr(0, wtns.size() - 1)), "short.wtns: section 2");
  std::string changed = zkey;
  changed[zkey.size() / 2] = static_cast<char>(changed[zkey.size() / 2] ^ 1);
  expect_error(write("changed.zkey", changed), made("witness.wtns"), "expected");
  changed = wtns;
  changed[wtns.size() - 32] = static_cast<char>(changed[wtns.size() - 32] ^ 1);
  expect_error(made("circuit.zkey"), write("changed.wtns", changed), "satisfy the circuit");
  expect_error(made("witness.wtns"), made("witness.wtns"), "expected a file that begins with \"zkey\"");
  expect_error(made("circuit.zkey"), path("nothing.wtns"), "nothing.wtns: cannot open");
}

INSTANTIATE_TEST_SUITE_P(Circuits, CircomTest, ::testing::Values("hash", "layers", "mnist"),
                         [](const auto& param_info) { return param_info.param; });

}  // namespace
}  // namespace proofcard
