#include "host/groth16/prover.hpp"

#include <gtest/gtest.h>

#include "tests/groth16/small_key.hpp"

namespace proofcard::groth16 {
namespace {

using namespace testing;

const Kernels kCpu{kernels::cpu_msm(), kernels::cpu_quotient_sum()};
const Kernels kReference{kernels::reference_msm(), kernels::reference_quotient_sum()};

hash::BlindingSource blinding_of(std::uint64_t r, std::uint64_t s) {
  return hash::BlindingSource::from_function(
      [r, s](std::string_view label, std::uint64_t) { return Fr::from_u64(label == "groth16/r" ? r : s); });
}

struct Made {
  Folder folder;
  SmallCircuit circuit = make_circuit(Fr::from_i64(-5), Fr::from_u64(77));
  std::string zkey_path = folder.write("circuit.zkey", zkey_of(circuit).bytes());
  std::string witness_path = folder.write("witness.wtns", wtns_of(circuit.witness).bytes());

  Result<ProofAndPublic> prove(const Kernels& kernels, const hash::BlindingSource& blinding) const {
    PROOFCARD_TRY(const Zkey zkey, Zkey::open(zkey_path));
    PROOFCARD_TRY(const Witness witness, Witness::open(witness_path));
    PROOFCARD_TRY(const Prover prover, Prover::load(zkey, kernels));
    Stages stages;
    return prover.prove(witness, blinding, stages);
  }
  Status verify(const Proof& proof, const std::vector<Fr>& signals) const {
    PROOFCARD_TRY(const Zkey zkey, Zkey::open(zkey_path));
    return Verifier(zkey.header().vk).verify(kernels::cpu_msm(), proof, signals);
  }
};

TEST(Groth16Prover, ProofsAreAcceptedAndHideNothingButTheirBlinding) {
  const Made made;
  const auto first = made.prove(kCpu, blinding_of(11, 22));
  ASSERT_TRUE(first.ok()) << first.error().message();
  EXPECT_EQ(first->public_signals, (std::vector<Fr>{made.circuit.witness[1], made.circuit.witness[2]}));
  EXPECT_TRUE(made.verify(first->proof, first->public_signals).ok());

  // The blinding alone decides about the rest: equal blinding, equal proof, on every backend.
  const auto again = made.prove(kReference, blinding_of(11, 22));
  ASSERT_TRUE(again.ok()) << again.error().message();
  EXPECT_EQ(again->proof, first->proof);
  for (const auto& [r, s] : {std::pair{12, 22}, std::pair{11, 23}, std::pair{0, 0}}) {
    const auto other = made.prove(kCpu, blinding_of(static_cast<std::uint64_t>(r), static_cast<std::uint64_t>(s)));
    ASSERT_TRUE(other.ok());
    EXPECT_NE(other->proof, first->proof);
    EXPECT_TRUE(made.verify(other->proof, other->public_signals).ok());
  }
  auto system = hash::BlindingSource::from_system();
  ASSERT_TRUE(system.ok());
  EXPECT_TRUE(made.prove(kCpu, *system).ok());
}

TEST(Groth16Prover, RefusesAWitnessThatDoesNotSatisfyTheCircuit) {
  Made made;
  for (std::size_t i = 1; i < SmallCircuit::kNumSignals; ++i) {
    std::vector<Fr> wrong = made.circuit.witness;
    wrong[i] += Fr::one();
    made.witness_path = made.folder.write("wrong.wtns", wtns_of(wrong).bytes());
    const auto result = made.prove(kCpu, blinding_of(1, 2));
    ASSERT_FALSE(result.ok()) << i;
    EXPECT_EQ(result.error().kind, ErrorKind::kBadInput);
    EXPECT_NE(result.error().message().find("satisfy"), std::string::npos) << result.error().message();
  }
  made.witness_path =
      made.folder.write("short.wtns", wtns_of({made.circuit.witness.begin(), made.circuit.witness.end() - 1}).bytes());
  const auto result = made.prove(kCpu, blinding_of(1, 2));
  ASSERT_FALSE(result.ok());
  EXPECT_NE(result.error().message().find("expected the 8 values"), std::string::npos) << result.error().message();
}

// A point of the curve that is not the right one passes every check of the file; the proof made with it is not given.
TEST(Groth16Prover, RefusesToGiveAWrongProof) {
  Made made;
  FileOfSections forged = zkey_of(made.circuit);
  Bytes& h = forged.section(9);
  std::swap_ranges(h.begin(), h.begin() + 64, h.begin() + 64);
  made.zkey_path = made.folder.write("forged.zkey", forged.bytes());
  EXPECT_FALSE(made.prove(kCpu, blinding_of(1, 2)).ok());
}

TEST(Groth16Verifier, RejectsEverythingElse) {
  const Made made;
  const auto result = made.prove(kCpu, blinding_of(11, 22));
  ASSERT_TRUE(result.ok());
  const Proof& proof = result->proof;
  const std::vector<Fr>& signals = result->public_signals;
  const auto expect_rejected = [&](const Proof& p, const std::vector<Fr>& s, const std::string& reason) {
    const Status status = made.verify(p, s);
    ASSERT_FALSE(status.ok());
    EXPECT_EQ(status.error().kind, ErrorKind::kRejected);
    EXPECT_NE(status.error().message().find(reason), std::string::npos) << status.error().message();
  };
  const std::string equation = "pairing equation";
  expect_rejected({-proof.a, proof.b, proof.c}, signals, equation);
  expect_rejected({proof.a, -proof.b, proof.c}, signals, equation);
  expect_rejected({proof.a, proof.b, -proof.c}, signals, equation);
  expect_rejected({proof.c, proof.b, proof.a}, signals, equation);
  expect_rejected({proof.a, proof.b, curve::G1Affine::infinity()}, signals, equation);
  expect_rejected({curve::G1Affine::infinity(), curve::G2Affine::infinity(), curve::G1Affine::infinity()}, signals,
                  equation);
  expect_rejected(proof, {signals[1], signals[0]}, equation);
  expect_rejected(proof, {signals[0]}, "expected 2, found 1");
  expect_rejected(proof, {signals[0], signals[1], Fr::zero()}, "expected 2, found 3");
  expect_rejected({{proof.a.x, proof.a.x}, proof.b, proof.c}, signals, "pi_a");
  expect_rejected({proof.a, {proof.b.x, proof.b.x}, proof.c}, signals, "pi_b");
  expect_rejected({proof.a, proof.b, {proof.c.y, proof.c.x}}, signals, "pi_c");
  // Both signs together are the same proof: the equation only knows e(A, B).
  EXPECT_TRUE(made.verify({-proof.a, -proof.b, proof.c}, signals).ok());
}

}  // namespace
}  // namespace proofcard::groth16
