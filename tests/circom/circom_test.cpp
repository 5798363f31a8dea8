// Real circuits: our proofs in the hands of snarkjs and of its Solidity verifier, and snarkjs' proofs in ours.
// PROOFCARD_LONG=1 adds a convolutional network.
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cctype>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <string>

#include "host/base/bytes.hpp"
#include "host/field/fr.hpp"
#include "tests/support/random.hpp"

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
    ASSERT_TRUE(std::isdigit(static_cast<unsigned char>(GetParam()[0])) || std::filesystem::exists(made("complete")))
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
  Outcome snarkjs(const std::string& arguments) const {
    return run(std::string("'") + PROOFCARD_CIRCOM_DIR + "/npm/node_modules/.bin/snarkjs' " + arguments);
  }
  bool snarkjs_accepts(const std::string& signals, const std::string& proof) const {
    const Outcome outcome = snarkjs("groth16 verify '" + made("vk.json") + "' '" + signals + "' '" + proof + "'");
    EXPECT_EQ(outcome.code == 0, outcome.output.find("OK!") != std::string::npos) << outcome.output;
    return outcome.code == 0;
  }
  // "accepted ..." or "rejected".
  std::string evm_answer(const std::string& signals, const std::string& proof, const std::string& contract) const {
    const Outcome outcome =
        run(std::string("NODE_PATH='") + PROOFCARD_CIRCOM_DIR + "/npm/node_modules' node '" + PROOFCARD_SOURCE_DIR +
            "/tests/circom/evm_verify.js' '" + contract + "' '" + proof + "' '" + signals + "'");
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
  EXPECT_TRUE(evm_answer(path("public.json"), path("proof.json"), made("verifier.sol")).starts_with("accepted"));
  EXPECT_EQ(evm_answer(path("public.json"), wrong_proof(), made("verifier.sol")), "rejected\n");
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

// Keys of our own, beside those of snarkjs.
class CeremonyTest : public CircomTest {
 protected:
  std::string powers() const { return std::string(PROOFCARD_CIRCOM_DIR) + "/tau_11.ptau"; }
  std::string files(const std::string& zkey) const {
    return "'" + made("circuit.r1cs") + "' '" + powers() + "' '" + path(zkey) + "'";
  }
  void succeed(const Outcome& outcome) const { ASSERT_EQ(outcome.code, 0) << outcome.output; }
  void expect_key_is_good(const std::string& zkey, int num_contributions) const {
    const Outcome theirs = snarkjs("zkey verify " + files(zkey));
    EXPECT_EQ(theirs.code, 0) << theirs.output;
    EXPECT_NE(theirs.output.find("ZKey Ok!"), std::string::npos) << theirs.output;
    EXPECT_NE(theirs.output.find("contribution #" + std::to_string(num_contributions)), std::string::npos);
    const Outcome ours = proofcard("verify-key " + files(zkey));
    EXPECT_EQ(ours.code, 0) << ours.output;
    EXPECT_NE(ours.output.find("contribution " + std::to_string(num_contributions)), std::string::npos) << ours.output;
    // The hashes that both print, digit by digit.
    const std::size_t begin = ours.output.find("hash of the circuit:\n  ") + 23;
    EXPECT_NE(theirs.output.find(ours.output.substr(begin, 35)), std::string::npos) << theirs.output;
  }
  // Whether a proof by a key is accepted by what is exported of it.
  void expect_key_proves(const std::string& zkey) const {
    succeed(snarkjs("zkey export verificationkey '" + path(zkey) + "' '" + path("new_vk.json") + "'"));
    succeed(proofcard("prove '" + path(zkey) + "' '" + made("witness.wtns") + "' '" + path("proof.json") + "' '" +
                      path("public.json") + "'"));
    succeed(snarkjs("groth16 verify '" + path("new_vk.json") + "' '" + path("public.json") + "' '" +
                    path("proof.json") + "'"));
  }
};

TEST_P(CeremonyTest, TheInitialKeyIsThatOfSnarkjs) {
  succeed(proofcard("setup '" + made("circuit.r1cs") + "' '" + powers() + "' -o '" + path("new.zkey") +
                    "' --no-contribution --check"));
  EXPECT_NE(read(path("output")).find("anyone can forge proofs"), std::string::npos);
  EXPECT_TRUE(read(path("new.zkey")) == read(made("circuit_0.zkey")));
  EXPECT_EQ(proofcard("verify-key " + files("new.zkey")).code, 0);
}

TEST_P(CeremonyTest, KeysAreAcceptedBySnarkjs) {
  succeed(proofcard("setup '" + made("circuit.r1cs") + "' '" + powers() + "' -o '" + path("new.zkey") + "' --name me"));
  EXPECT_NE(read(path("output")).find("trusts that the one who contributed it forgot it"), std::string::npos);
  expect_key_is_good("new.zkey", 1);
  expect_key_proves("new.zkey");
}

// Ours and theirs by turns; the beacon's is determined, so that the files are the same byte by byte.
TEST_P(CeremonyTest, ContributionsOfBothFollowEachOther) {
  succeed(proofcard("setup '" + made("circuit.r1cs") + "' '" + powers() + "' -o '" + path("1.zkey") + "'"));
  succeed(snarkjs("zkey contribute '" + path("1.zkey") + "' '" + path("2.zkey") + "' -n=theirs -e=entropy"));
  succeed(proofcard("contribute '" + path("2.zkey") + "' -o '" + path("3.zkey") + "' --name ours"));
  succeed(snarkjs("zkey beacon '" + path("3.zkey") + "' '" + path("4.zkey") + "' 01020304050607 10 -n=last"));
  succeed(proofcard("contribute '" + path("3.zkey") + "' -o '" + path("5.zkey") +
                    "' --beacon 01020304050607 --log-iterations 10 --name last"));
  EXPECT_TRUE(read(path("5.zkey")) == read(path("4.zkey")));
  succeed(proofcard("contribute '" + path("4.zkey") + "' -o '" + path("6.zkey") + "'"));
  expect_key_is_good("6.zkey", 5);
  expect_key_proves("6.zkey");
  // A key whose contributions were made for another circuit's.
  const std::string other = GetParam() == "hash" ? "layers" : "hash";
  const Outcome outcome = proofcard("verify-key '" + std::string(PROOFCARD_CIRCOM_DIR) + "/" + other +
                                    "/circuit.r1cs' '" + powers() + "' '" + path("6.zkey") + "'");
  EXPECT_EQ(outcome.code, 1) << outcome.output;
}

INSTANTIATE_TEST_SUITE_P(Circuits, CeremonyTest, ::testing::Values("hash", "layers"),
                         [](const auto& param_info) { return param_info.param; });

// Circuits of every small shape, which no witness need satisfy: without constraints, without signals of one kind, with empty
// rows, wires that come twice in a row, and coefficients of every size.
class RandomCircuitsTest : public CeremonyTest {
 protected:
  struct Shape {
    std::uint32_t constraints, wires, outputs, inputs, secrets;
  };
  static std::string r1cs(const Shape& shape, std::uint64_t seed) {
    testing::Random random(seed);
    ByteWriter header, rows, labels, out;
    const auto put = [](ByteWriter& to, const Fr& value) {
      const U256 limbs = value.canonical();
      for (const std::uint64_t limb : limbs) {
        to.u64(limb);
      }
    };
    header.u32(32);
    for (const std::uint64_t limb : Fr::kModulus) {
      header.u64(limb);
    }
    for (const std::uint32_t v : {shape.wires, shape.outputs, shape.inputs, shape.secrets}) {
      header.u32(v);
    }
    header.u64(shape.wires);
    header.u32(shape.constraints);
    for (std::uint32_t row = 0; row < 3 * shape.constraints; ++row) {
      const std::int64_t terms = random.in_range(0, 3);
      rows.u32(static_cast<std::uint32_t>(terms));
      for (std::int64_t k = 0; k < terms; ++k) {
        const std::array<Fr, 6> values{Fr::one(),       -Fr::one(), Fr::zero(), Fr::from_u64(random.u64()),
                                       Fr::from_u64(2), random.fr()};
        rows.u32(static_cast<std::uint32_t>(random.in_range(0, shape.wires - 1)));
        put(rows, values[static_cast<std::size_t>(random.in_range(0, 5))]);
      }
    }
    for (std::uint64_t i = 0; i < shape.wires; ++i) {
      labels.u64(i);
    }
    for (const char c : {'r', '1', 'c', 's'}) {
      out.u8(static_cast<std::uint8_t>(c));
    }
    out.u32(1);
    out.u32(3);
    for (const auto& [type, content] : {std::pair{1U, &header}, {2U, &rows}, {3U, &labels}}) {
      out.u32(type);
      out.blob(content->bytes());
    }
    return {out.bytes().begin(), out.bytes().end()};
  }
};

TEST_P(RandomCircuitsTest, TheInitialKeyIsThatOfSnarkjs) {
  succeed(run(std::string("'") + PROOFCARD_MAKE_TEST_POWERS + "' 1 '" + path("1.ptau") + "'"));
  for (const Shape& shape :
       {Shape{0, 1, 0, 0, 0}, {1, 3, 0, 0, 2}, {7, 5, 0, 0, 2}, {40, 60, 3, 4, 5}, {100, 5, 1, 0, 2}}) {
    const std::string files = "'" + write("circuit.r1cs", r1cs(shape, shape.constraints)) + "' '" +
                              (shape.constraints < 2 ? path("1.ptau") : powers()) + "' ";
    std::filesystem::remove(path("ours.zkey"));
    succeed(snarkjs("groth16 setup " + files + "'" + path("theirs.zkey") + "'"));
    succeed(proofcard("setup " + files + "-o '" + path("ours.zkey") + "' --no-contribution"));
    EXPECT_TRUE(read(path("ours.zkey")) == read(path("theirs.zkey"))) << shape.constraints << " constraints";
  }
}

INSTANTIATE_TEST_SUITE_P(Circuits, RandomCircuitsTest, ::testing::Values("hash"),
                         [](const auto& param_info) { return param_info.param; });

// A domain of 2^17, as large as the ceremony: snarkjs then hashes what stands behind a section.
class WideCeremonyTest : public CeremonyTest {};

TEST_P(WideCeremonyTest, TheInitialKeyIsThatOfSnarkjs) {
  succeed(run(std::string("'") + PROOFCARD_MAKE_TEST_POWERS + "' 17 '" + path("17.ptau") + "'"));
  const std::string inputs = "'" + made("circuit.r1cs") + "' '" + path("17.ptau") + "' ";
  succeed(snarkjs("groth16 setup " + inputs + "'" + path("theirs.zkey") + "'"));
  succeed(proofcard("setup " + inputs + "-o '" + path("ours.zkey") + "' --no-contribution"));
  EXPECT_TRUE(read(path("ours.zkey")) == read(path("theirs.zkey")));
}

INSTANTIATE_TEST_SUITE_P(Circuits, WideCeremonyTest, ::testing::Values("mnist"),
                         [](const auto& param_info) { return param_info.param; });

// The contract of our own; contract_test.js says what it has to do.
class ContractTest : public CircomTest {
 protected:
  std::string exported(const std::string& key) const {
    const Outcome outcome = proofcard("export-verifier '" + key + "' -o '" + path("ours.sol") + "'");
    EXPECT_EQ(outcome.code, 0) << outcome.output;
    return path("ours.sol");
  }
};

TEST_P(ContractTest, ProofsOfCircuitsAreAccepted) {
  prove();
  const std::string contract = exported(made("circuit.zkey"));
  const std::string from_zkey = read(contract);
  EXPECT_EQ(from_zkey, read(exported(made("vk.json"))));
  for (const auto& [signals, proof] : {std::pair{path("public.json"), path("proof.json")},
                                       {made("snarkjs_public.json"), made("snarkjs_proof.json")}}) {
    EXPECT_TRUE(evm_answer(signals, proof, contract).starts_with("accepted"));
  }
  EXPECT_EQ(evm_answer(path("public.json"), wrong_proof(), contract), "rejected\n");
}

INSTANTIATE_TEST_SUITE_P(Circuits, ContractTest, ::testing::Values("hash", "layers", "mnist"),
                         [](const auto& param_info) { return param_info.param; });

// Keys with this many public signals, up to the most that a contract has room for.
class ContractOfAnyKeyTest : public ContractTest {};

TEST_P(ContractOfAnyKeyTest, AcceptsProofsAndNothingElse) {
  ASSERT_EQ(run(std::string("'") + PROOFCARD_MAKE_TEST_PROOFS + "' " + GetParam() + " 8 '" + path("vk.json") + "' '" +
                path("proofs.json") + "'")
                .code,
            0);
  const json first = json::parse(read(path("proofs.json")))[0];
  const std::string inputs =
      "'" + write("public.json", first["public"].dump()) + "' '" + write("proof.json", first["proof"].dump()) + "' ";
  ASSERT_EQ(proofcard("export-calldata " + inputs + "-o '" + path("verify.txt") + "'").code, 0);
  const Outcome printed = proofcard("export-calldata " + inputs + "--function verifyProof");
  ASSERT_EQ(printed.code, 0) << printed.output;
  write("verifyProof.txt", printed.output);
  const Outcome outcome =
      run(std::string("NODE_PATH='") + PROOFCARD_CIRCOM_DIR + "/npm/node_modules' node '" + PROOFCARD_SOURCE_DIR +
          "/tests/circom/contract_test.js' '" + exported(path("vk.json")) + "' '" + path("vk.json") + "' '" +
          path("proofs.json") + "' '" + path("verify.txt") + "' '" + path("verifyProof.txt") + "'");
  EXPECT_EQ(outcome.code, 0) << outcome.output;
  std::fputs(outcome.output.c_str(), stdout);
}

INSTANTIATE_TEST_SUITE_P(PublicSignals, ContractOfAnyKeyTest, ::testing::Values("0", "1", "2", "3", "16", "200"),
                         [](const auto& param_info) { return param_info.param; });

// The contracts that are the same for all keys; registry_test.js says what they have to do.
class RegistryTest : public CircomTest {};

TEST_P(RegistryTest, RegistryAndBatches) {
  const Outcome outcome =
      run(std::string("NODE_PATH='") + PROOFCARD_CIRCOM_DIR + "/npm/node_modules' node '" + PROOFCARD_SOURCE_DIR +
          "/tests/circom/registry_test.js' '" + PROOFCARD_SOURCE_DIR + "/packaging/contracts' '" + made("") + "' '" +
          PROOFCARD_PROGRAM + "' '" + PROOFCARD_MAKE_TEST_PROOFS + "' '" + folder_.string() + "'");
  EXPECT_EQ(outcome.code, 0) << outcome.output;
  std::fputs(outcome.output.c_str(), stdout);
}

INSTANTIATE_TEST_SUITE_P(Circuits, RegistryTest, ::testing::Values("batch"),
                         [](const auto& param_info) { return param_info.param; });

INSTANTIATE_TEST_SUITE_P(Circuits, CircomTest, ::testing::Values("hash", "layers", "mnist"),
                         [](const auto& param_info) { return param_info.param; });

}  // namespace
}  // namespace proofcard
