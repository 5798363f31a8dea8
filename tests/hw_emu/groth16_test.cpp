// Groth16 with its transforms and its sums in G1 on the RTL kernels of one card: the proof is the CPU's.
#include <gtest/gtest.h>

#include "host/groth16/prover.hpp"
#include "tests/groth16/small_key.hpp"
#include "tests/hw_emu/support.hpp"

namespace proofcard::groth16 {
namespace {

using namespace testing;

constexpr unsigned kLogDomain = 12;  // the transforms take two passes over the card's memory
constexpr std::uint32_t kNumProducts = 2100;

// Signal 1, which is public, is what a secret number x becomes by x -> x (x + 1), again and again.
struct Products {
  std::vector<Fr> witness{Fr::one(), Fr::zero(), Fr::from_u64(3)};
  std::vector<Term> terms;

  Products() {
    for (std::uint32_t i = 0; i < kNumProducts; ++i) {
      const std::uint32_t last = i + 2;
      const std::uint32_t to = i + 1 < kNumProducts ? last + 1 : 1;
      const Fr factor = witness[last] + Fr::one();
      terms.push_back({0, i, last, Fr::one()});
      terms.push_back({1, i, last, Fr::one()});
      terms.push_back({1, i, 0, Fr::one()});
      terms.push_back({2, i, to, Fr::one()});
      const Fr product = witness[last] * factor;
      if (to == 1) {
        witness[1] = product;
      } else {
        witness.push_back(product);
      }
    }
  }
};

Result<ProofAndPublic> prove(const Folder& folder, const Kernels& kernels) {
  PROOFCARD_TRY(const Zkey zkey, Zkey::open(folder.path("circuit.zkey")));
  PROOFCARD_TRY(const Witness witness, Witness::open(folder.path("witness.wtns")));
  PROOFCARD_TRY(const Prover prover, Prover::load(zkey, kernels));
  const auto blinding = hash::BlindingSource::from_function(
      [](std::string_view label, std::uint64_t) { return Fr::from_u64(label == "groth16/r" ? 5 : 6); });
  Stages stages;
  return prover.prove(witness, blinding, stages);
}

TEST(HwEmuGroth16Test, EqualBlindingGivesTheSameProofAndTheCardDidIt) {
  const Folder folder;
  const Products circuit;
  const auto num_signals = static_cast<std::uint32_t>(circuit.witness.size());
  folder.write("circuit.zkey", make_test_key(num_signals, 1, kNumProducts, circuit.terms).bytes());
  folder.write("witness.wtns", wtns_of(circuit.witness).bytes());
  const device::Device& card = device::hw_emu();
  ASSERT_NE(card.ntt_fr(), nullptr);
  const auto sums = card.msm().counters();
  const auto transforms = card.ntt_fr()->counters();

  const auto on_card = prove(folder, {card.msm(), *card.quotient()});
  ASSERT_TRUE(on_card.ok()) << on_card.error().message();
  const auto on_cpu = prove(folder, {kernels::cpu_msm(), kernels::cpu_quotient_sum()});
  ASSERT_TRUE(on_cpu.ok()) << on_cpu.error().message();
  EXPECT_EQ(on_card->proof, on_cpu->proof);
  EXPECT_EQ(on_card->public_signals, (std::vector<Fr>{circuit.witness[1]}));

  // Three polynomials there and back: every butterfly of them, two lanes at a time, and all words twice there and back.
  const auto after = card.ntt_fr()->counters();
  constexpr std::uint64_t kWords = 6U << (kLogDomain - device::abi::ntt_fr::kLogWordElements);
  EXPECT_EQ(after["busy_cycles"] - transforms["busy_cycles"], kWords / 2 * kLogDomain);
  EXPECT_EQ(after["loaded_words"] - transforms["loaded_words"], 2 * kWords);
  EXPECT_EQ(after["stored_words"] - transforms["stored_words"], 2 * kWords);
  EXPECT_GT(after["cycles"] - transforms["cycles"], after["busy_cycles"] - transforms["busy_cycles"]);
  EXPECT_GE(card.msm().counters().jobs, sums.jobs + 4);
}

}  // namespace
}  // namespace proofcard::groth16
