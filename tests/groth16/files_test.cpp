// Readers of .zkey, .wtns and .r1cs: what they accept, and what each damage is called.
#include <gtest/gtest.h>

#include <functional>

#include "host/groth16/r1cs.hpp"
#include "host/groth16/witness.hpp"
#include "host/groth16/zkey.hpp"
#include "tests/groth16/small_key.hpp"

namespace proofcard::groth16 {
namespace {

using namespace testing;

// Reads everything there is in the file.
Status read_zkey(const std::string& path) {
  PROOFCARD_TRY(const Zkey zkey, Zkey::open(path));
  for (const Bases which : {Bases::kA, Bases::kB1, Bases::kC, Bases::kH}) {
    PROOFCARD_TRY(const auto bases, zkey.g1_bases(which));
  }
  PROOFCARD_TRY(const auto b2, zkey.b2_bases());
  PROOFCARD_TRY(const auto coefficients, zkey.coefficients());
  return {};
}
Status read_wtns(const std::string& path) {
  PROOFCARD_TRY(const Witness witness, Witness::open(path));
  return {};
}
Status read_r1cs(const std::string& path) {
  PROOFCARD_TRY(const R1cs r1cs, R1cs::open(path));
  return {};
}

struct Kind {
  std::string name;
  Status (*read)(const std::string& path);
  FileOfSections file;
};

class FilesTest : public ::testing::Test {
 protected:
  const SmallCircuit circuit_ = make_circuit(Fr::from_u64(3), Fr::from_u64(4));
  const Folder folder_;

  std::vector<Kind> kinds() const {
    return {{"circuit.zkey", read_zkey, zkey_of(circuit_)},
            {"witness.wtns", read_wtns, wtns_of(circuit_.witness)},
            {"circuit.r1cs", read_r1cs, r1cs_of(circuit_)}};
  }

  void expect_error(const Kind& kind, const Bytes& content, const std::string& text) const {
    const std::string path = folder_.write(kind.name, content);
    const Status status = kind.read(path);
    ASSERT_FALSE(status.ok()) << kind.name << ": expected an error with \"" << text << "\"";
    const std::string message = status.error().message();
    EXPECT_TRUE(message.starts_with(path)) << message;
    EXPECT_NE(message.find(text), std::string::npos) << "expected \"" << text << "\" in: " << message;
  }
  // The error of a file after a change to one section.
  void expect_error(Kind kind, std::uint32_t section, const std::function<void(Bytes&)>& change,
                    const std::string& text) const {
    change(kind.file.section(section));
    expect_error(kind, kind.file.bytes(), text);
  }
};

void set_u32(Bytes& bytes, std::size_t offset, std::uint32_t value) {
  for (std::size_t i = 0; i < 4; ++i) {
    bytes.at(offset + i) = static_cast<std::uint8_t>(value >> (8 * i));
  }
}
std::function<void(Bytes&)> u32_at(std::size_t offset, std::uint32_t value) {
  return [=](Bytes& bytes) { set_u32(bytes, offset, value); };
}
// 32 bytes that are no number below a prime.
std::function<void(Bytes&)> too_large_at(std::size_t offset) {
  return [=](Bytes& bytes) { std::fill_n(bytes.begin() + static_cast<std::ptrdiff_t>(offset), 32, 0xff); };
}
// Another number: of a point, its coordinate, so that the point leaves its curve.
std::function<void(Bytes&)> flip_at(std::size_t offset) {
  return [=](Bytes& bytes) { bytes.at(offset) ^= 1; };
}
void append_byte(Bytes& bytes) { bytes.push_back(0); }
void drop_byte(Bytes& bytes) { bytes.pop_back(); }

TEST_F(FilesTest, WholeFilesAreRead) {
  for (const Kind& kind : kinds()) {
    const Status status = kind.read(folder_.write(kind.name, kind.file.bytes()));
    EXPECT_TRUE(status.ok()) << status.error().message();
  }
  const auto zkey = Zkey::open(folder_.path("circuit.zkey"));
  ASSERT_TRUE(zkey.ok());
  EXPECT_EQ(zkey->header().num_signals, SmallCircuit::kNumSignals);
  EXPECT_EQ(zkey->header().num_public, SmallCircuit::kNumPublic);
  EXPECT_EQ(zkey->header().domain_size(), 8U);
  EXPECT_EQ(zkey->contributions().list.size(), 1U);
  const auto witness = Witness::open(folder_.path("witness.wtns"));
  ASSERT_TRUE(witness.ok());
  EXPECT_EQ(witness->plain(3), (U256{3, 0, 0, 0}));
  const auto r1cs = R1cs::open(folder_.path("circuit.r1cs"));
  ASSERT_TRUE(r1cs.ok());
  EXPECT_EQ(r1cs->header().num_constraints, circuit_.constraints.size());
  EXPECT_EQ(r1cs->header().num_private_inputs, 2U);
}

TEST_F(FilesTest, FilesThatEndEarlyAreErrors) {
  for (const Kind& kind : kinds()) {
    const Bytes whole = kind.file.bytes();
    for (std::size_t size = 0; size < whole.size(); size += size < 64 ? 1 : 61) {
      expect_error(kind, Bytes(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(size)), "expected");
    }
  }
}

TEST_F(FilesTest, TheContainerIsChecked) {
  for (Kind kind : kinds()) {
    const FileOfSections whole = kind.file;
    kind.file.magic = "abcd";
    expect_error(kind, kind.file.bytes(), "expected a file that begins with \"" + whole.magic + "\", found \"abcd\"");
    kind.file = whole;
    kind.file.version = 9;
    expect_error(kind, kind.file.bytes(), "of the format, found 9");
    kind.file = whole;
    kind.file.sections.push_back(whole.sections[1]);
    expect_error(kind, kind.file.bytes(), "expected once, found twice");
    for (std::size_t i = 0; i < whole.sections.size(); ++i) {
      kind.file = whole;
      kind.file.sections.erase(kind.file.sections.begin() + static_cast<std::ptrdiff_t>(i));
      expect_error(kind, kind.file.bytes(), "section " + std::to_string(whole.sections[i].first) + " (");
      // A section that is longer or shorter than its content says.
      for (const auto change : {append_byte, drop_byte}) {
        kind.file = whole;
        change(kind.file.sections[i].second);
        expect_error(kind, kind.file.bytes(), "section " + std::to_string(whole.sections[i].first) + " (");
      }
    }
    Bytes longer = whole.bytes();
    longer.push_back(0);
    expect_error(kind, longer, "expected the end");
    // A length of section beyond the file, and one that wraps around.
    Bytes wrong_length = whole.bytes();
    set_u32(wrong_length, 16, 0xffffffff);
    expect_error(kind, wrong_length, "expected");
    set_u32(wrong_length, 20, 0xffffffff);
    expect_error(kind, wrong_length, "expected");
    set_u32(wrong_length, 8, 1000000);
    expect_error(kind, wrong_length, "sections, found 1000000");
  }
}

TEST_F(FilesTest, ZkeyHeader) {
  const Kind zkey = kinds()[0];
  expect_error(zkey, 1, u32_at(0, 2), "section 1 (protocol): expected 1 (groth16), found 2");
  expect_error(zkey, 2, u32_at(0, 48), "base field: expected 32 bytes (curve bn128), found 48");
  expect_error(zkey, 2, flip_at(4), "base field: expected the prime of bn128");
  expect_error(zkey, 2, flip_at(40), "scalar field: expected the prime of bn128");
  expect_error(zkey, 2, u32_at(72, 2), "expected fewer public signals than the 2 signals, found 2");
  expect_error(zkey, 2, u32_at(72, 9), "expected 576 bytes, found 512");
  expect_error(zkey, 2, u32_at(76, 3), "section 3 (IC): expected 256 bytes, found 192");
  expect_error(zkey, 2, u32_at(80, 12), "domain size: expected a power of two");
  expect_error(zkey, 2, u32_at(80, 0), "domain size: expected a power of two");
  expect_error(zkey, 2, u32_at(80, 0x80000000), "domain size: expected a power of two");
  expect_error(zkey, 2, u32_at(80, 16), "section 9 (bases H): expected 1024 bytes, found 512");
  const std::pair<std::size_t, std::string> points[] = {{84, "alpha1"},  {148, "beta1"},  {212, "beta2"},
                                                        {340, "gamma2"}, {468, "delta1"}, {532, "delta2"}};
  for (const auto& [offset, name] : points) {
    expect_error(zkey, 2, flip_at(offset), "section 2 (header): " + name);
    expect_error(zkey, 2, too_large_at(offset), "section 2 (header): " + name);
    expect_error(
        zkey, 2,
        [at = offset, size = name.back() == '2' ? 128 : 64](Bytes& bytes) {
          std::fill_n(bytes.begin() + static_cast<std::ptrdiff_t>(at), size, 0);
        },
        name + ": expected a point of the curve other than infinity");
  }
}

TEST_F(FilesTest, ZkeyElements) {
  const Kind zkey = kinds()[0];
  expect_error(zkey, 3, flip_at(64 + 32), "section 3 (IC): point 2 of 3");
  expect_error(zkey, 4, u32_at(0, 1000), "section 4 (coefficients): number of coefficients");
  expect_error(zkey, 4, u32_at(4, 2), "section 4 (coefficients): coefficient 1 of");
  expect_error(zkey, 4, u32_at(8, 8), "constraint below 8, signal below 8; found 0, 8, ");
  expect_error(zkey, 4, u32_at(4 + 44 + 8, 8), "coefficient 2 of");
  expect_error(zkey, 4, too_large_at(4 + 12), "expected a number below the prime");
  expect_error(zkey, 5, flip_at(64 * 3), "section 5 (bases A): point 4 of 8");
  expect_error(zkey, 6, too_large_at(64 * 4), "section 6 (bases B1): point 5 of 8");
  expect_error(zkey, 7, flip_at(128 * 4 + 96), "section 7 (bases B2): point 5 of 8");
  expect_error(zkey, 8, flip_at(32), "section 8 (bases C): point 1 of 5");
  expect_error(zkey, 9, flip_at(64 * 7 + 63), "section 9 (bases H): point 8 of 8");
  expect_error(zkey, 10, u32_at(64, 3), "section 10 (contributions)");
  expect_error(zkey, 10, flip_at(64 + 4 + 64), "section 10 (contributions): contribution 1");
}

TEST_F(FilesTest, WitnessValues) {
  const Kind wtns = kinds()[1];
  expect_error(wtns, 1, flip_at(4), "section 1 (header): scalar field: expected the prime of bn128");
  expect_error(wtns, 1, u32_at(36, 9), "section 2 (values): expected 288 bytes, found 256");
  expect_error(wtns, 2, flip_at(0), "expected the constant 1 as the first value, found another number");
  expect_error(wtns, 2, too_large_at(32 * 5), "section 2 (values): value 6 of 8: expected a number below the prime");
  Kind empty = wtns;
  set_u32(empty.file.section(1), 36, 0);
  empty.file.section(2).clear();
  expect_error(empty, empty.file.bytes(), "found no value");
}

TEST_F(FilesTest, R1csElements) {
  const Kind r1cs = kinds()[2];
  expect_error(r1cs, 1, flip_at(4), "section 1 (header): field: expected the prime of bn128");
  expect_error(r1cs, 1, u32_at(36, 4), "expected at least 5 wires for the constant, inputs and outputs, found 4");
  expect_error(r1cs, 1, u32_at(36, 7), "expected a wire below 7, found 7");
  expect_error(r1cs, 1, u32_at(60, 6), "section 2 (constraints)");
  expect_error(r1cs, 1, u32_at(60, 4), "section 2 (constraints): expected the end");
  expect_error(r1cs, 2, u32_at(0, 0xffffffff), "count 4294967295 does not fit");
  expect_error(r1cs, 2, u32_at(4, 8), "constraint 0, A: expected a wire below 8, found 8");
  expect_error(r1cs, 2, too_large_at(8), "constraint 0, A: expected a coefficient below the prime");
  expect_error(r1cs, 3, u32_at(8 * 7, 100), "section 3 (labels): wire 7: expected a label below 8, found 100");
  Kind gates = r1cs;
  gates.file.sections.push_back({4, {1, 0, 0, 0}});
  expect_error(gates, gates.file.bytes(), "section 4 (custom gates): expected none, found 1");
}

TEST_F(FilesTest, R1csChecksWitnesses) {
  const auto r1cs = R1cs::open(folder_.write("circuit.r1cs", r1cs_of(circuit_).bytes()));
  ASSERT_TRUE(r1cs.ok()) << r1cs.error().message();
  const auto check = [&](const std::vector<Fr>& values) -> Status {
    PROOFCARD_TRY(const Witness witness, Witness::open(folder_.write("witness.wtns", wtns_of(values).bytes())));
    return r1cs->check(witness);
  };
  EXPECT_TRUE(check(circuit_.witness).ok());
  // The constraint that defines each signal; inputs 3 and 4 are first used in constraint 0.
  for (const auto& [signal, constraint] : {std::pair{1, 3}, {2, 4}, {3, 0}, {4, 0}, {5, 0}, {6, 1}, {7, 2}}) {
    std::vector<Fr> wrong = circuit_.witness;
    wrong[static_cast<std::size_t>(signal)] += Fr::one();
    const Status status = check(wrong);
    ASSERT_FALSE(status.ok());
    EXPECT_NE(status.error().message().find("does not satisfy constraint " + std::to_string(constraint)),
              std::string::npos)
        << status.error().message();
  }
  EXPECT_FALSE(check({circuit_.witness.begin(), circuit_.witness.end() - 1}).ok());
}

TEST_F(FilesTest, FilesThatAreNotThere) {
  for (const Kind& kind : kinds()) {
    const Status status = kind.read(folder_.path("nothing"));
    ASSERT_FALSE(status.ok());
    EXPECT_EQ(status.error().kind, ErrorKind::kIo);
    EXPECT_FALSE(kind.read(folder_.path(".")).ok());
  }
}

}  // namespace
}  // namespace proofcard::groth16
