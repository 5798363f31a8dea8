// Groth16 with its transforms and its sums in G1 on the card: the proof is the CPU's.
#include <gtest/gtest.h>

#include "host/groth16/prover.hpp"
#include "tests/device/support.hpp"
#include "tests/groth16/small_key.hpp"

namespace proofcard::groth16 {
namespace {

using namespace testing;

constexpr std::uint32_t kNumSquares = 2100;  // a domain of 2^12: the transforms take two passes over the card's memory

// Signal 1, which is public, is a secret number squared again and again.
struct Squares {
  std::vector<Fr> witness{Fr::one(), Fr::zero()};
  std::vector<Term> terms;

  Squares() {
    Fr value = Fr::from_u64(3);
    for (std::uint32_t i = 0; i < kNumSquares; ++i) {
      const std::uint32_t from = i + 2;
      const std::uint32_t to = i + 1 < kNumSquares ? i + 3 : 1;
      witness.push_back(value);
      value *= value;
      terms.push_back({0, i, from, Fr::one()});
      terms.push_back({1, i, from, Fr::one()});
      terms.push_back({2, i, to, Fr::one()});
    }
    witness[1] = value;
  }
};

Result<ProofAndPublic> prove(const Folder& folder, const Kernels& kernels) {
  PROOFCARD_TRY(const Zkey zkey, Zkey::open(folder.path("circuit.zkey")));
  PROOFCARD_TRY(const Witness witness, Witness::open(folder.path("witness.wtns")));
  PROOFCARD_TRY(const Prover prover, Prover::load(zkey, kernels));
  const auto blinding = hash::BlindingSource::from_function(
      [](std::string_view label, std::uint64_t) { return Fr::from_u64(label == "groth16/r" ? 11 : 22); });
  Stages stages;
  return prover.prove(witness, blinding, stages);
}

TEST(Groth16OnTheCard, EqualBlindingGivesTheSameProof) {
  const Folder folder;
  const Squares squares;
  const auto num_signals = static_cast<std::uint32_t>(squares.witness.size());
  folder.write("circuit.zkey", make_test_key(num_signals, 1, kNumSquares, squares.terms).bytes());
  folder.write("witness.wtns", wtns_of(squares.witness).bytes());
  const device::Device& card = device::sw_emu();
  const auto sums = card.msm().counters();
  const auto transforms = card.ntt_fr()->counters();

  const auto on_card = prove(folder, {card.msm(), *card.quotient()});
  ASSERT_TRUE(on_card.ok()) << on_card.error().message();
  const auto on_cpu = prove(folder, {kernels::cpu_msm(), kernels::cpu_quotient_sum()});
  ASSERT_TRUE(on_cpu.ok()) << on_cpu.error().message();
  EXPECT_EQ(on_card->proof, on_cpu->proof);
  EXPECT_EQ(on_card->public_signals, (std::vector<Fr>{squares.witness[1]}));

  // The card did them: three polynomials there and back, and a sum for each part of the proof.
  const auto after = card.ntt_fr()->counters();
  EXPECT_GE(after.jobs, transforms.jobs + 2);
  EXPECT_EQ(after["busy_cycles"] - transforms["busy_cycles"],
            6U * 12U * 4096U / 2U / device::abi::ntt_fr::kWordElements);
  EXPECT_GE(card.msm().counters().jobs, sums.jobs + 4);
}

}  // namespace
}  // namespace proofcard::groth16
