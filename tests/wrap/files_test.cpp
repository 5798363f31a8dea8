// What the builder records as files of circom: host/groth16 reads them, makes a key of them and proves. snarkjs reads them in tests/circom.
#include <gtest/gtest.h>

#include "host/groth16/ceremony/contribute.hpp"
#include "host/groth16/ceremony/initial_key.hpp"
#include "host/groth16/prover.hpp"
#include "host/wrap/merkle.hpp"
#include "tests/groth16/small_key.hpp"
#include "tests/groth16/test_powers.hpp"
#include "tests/support/random.hpp"

namespace proofcard::wrap {
namespace {

// A public word that is the digest of four private elements, one of them of three bits.
struct Made {
  ConstraintSystem system;
  std::vector<Fr> values;
  Bytes r1cs, witness;

  explicit Made(std::uint64_t seed) {
    proofcard::testing::Random random(seed);
    Builder builder(Keep::kConstraints, 2);
    std::vector<Wire> in;
    for (const Fr& v : random.frs(4)) {
      in.push_back(builder.wire(v));
    }
    bits_below(builder, in.emplace_back(builder.wire(Fr::from_u64(seed % 8))), 3);
    const Wire digest = compress(builder, hash::poseidon2(8), in);
    builder.require_equal(builder.public_wire(0, digest.value()), digest);
    const Wire square = in[0] * in[0];
    builder.require_equal(builder.public_wire(1, square.value()), square);
    values = builder.take_values();
    system = builder.take_system();
    r1cs = r1cs_bytes(system);
    witness = witness_bytes(values);
  }
};

TEST(CircomFiles, AreReadAsTheyWereRecorded) {
  const Made made(3);
  const auto r1cs = groth16::R1cs::view("circuit", made.r1cs);
  ASSERT_TRUE(r1cs.ok()) << r1cs.error().message();
  EXPECT_EQ(r1cs->header().num_wires, made.system.num_wires);
  EXPECT_EQ(r1cs->header().num_public_inputs + r1cs->header().num_public_outputs, 2U);
  EXPECT_EQ(r1cs->header().num_constraints, made.system.num_constraints());
  EXPECT_EQ(r1cs->num_coefficients(), made.system.num_terms());
  std::vector<std::size_t> next(3 * made.system.num_constraints());
  EXPECT_TRUE(
      r1cs->for_each_term([&](std::uint32_t i, std::size_t matrix, std::uint32_t wire, const U256& value) -> Status {
            const auto row = made.system.row(i, matrix);
            const std::size_t k = next[3 * i + matrix]++;
            EXPECT_EQ(row[k], (Term{wire, Fr::from_canonical(value)}));
            return {};
          })
          .ok());
  const auto witness = groth16::Witness::view("witness", made.witness);
  ASSERT_TRUE(witness.ok()) << witness.error().message();
  EXPECT_TRUE(r1cs->check(*witness).ok());

  std::vector<Fr> wrong = made.values;
  wrong[5] += Fr::one();
  const Bytes wrong_bytes = witness_bytes(wrong);
  EXPECT_FALSE(r1cs->check(groth16::Witness::view("witness", wrong_bytes).value()).ok());
}

TEST(CircomFiles, MakeKeysAndProofsWithoutFiles) {
  const groth16::testing::Folder folder;
  const std::string ptau = folder.write("powers.ptau", groth16::testing::make_test_powers(10, true).bytes());
  const auto powers = groth16::PowersOfTau::open(ptau);
  ASSERT_TRUE(powers.ok());
  const Made made(3);
  groth16::KeyContent key =
      groth16::make_initial_key(groth16::R1cs::view("circuit", made.r1cs).value(), *powers).value();
  ASSERT_TRUE(groth16::contribute(key, "", hash::BlindingSource::from_system().value()).ok());
  const groth16::Zkey zkey = groth16::Zkey::open(folder.write("circuit.zkey", groth16::key_bytes(key))).value();
  const groth16::Kernels cpu{kernels::cpu_msm(), kernels::cpu_quotient_sum()};
  const groth16::Prover prover = groth16::Prover::load(zkey, cpu).value();
  const hash::BlindingSource blinding = hash::BlindingSource::from_system().value();
  Stages stages;
  // Any values that satisfy the system, from a run that is not the recorded one.
  for (const std::uint64_t seed : {std::uint64_t{3}, std::uint64_t{4}}) {
    const Made other(seed);
    EXPECT_EQ(other.system, made.system);
    const auto proof = prover.prove(groth16::Witness::view("witness", other.witness).value(), blinding, stages);
    ASSERT_TRUE(proof.ok()) << proof.error().message();
    EXPECT_EQ(proof->public_signals, std::vector<Fr>(other.values.begin() + 1, other.values.begin() + 3));
  }
  std::vector<Fr> wrong = made.values;
  wrong[1] += Fr::one();
  const Bytes wrong_bytes = witness_bytes(wrong);
  EXPECT_FALSE(prover.prove(groth16::Witness::view("witness", wrong_bytes).value(), blinding, stages).ok());
}

}  // namespace
}  // namespace proofcard::wrap
