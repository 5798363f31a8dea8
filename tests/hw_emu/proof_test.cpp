// A whole proof with its sums on the RTL card: the bytes are those of the CPU, and the digits that completion records
// count are those of all its sums, so every commitment was made on the card.
#include <gtest/gtest.h>

#include <chrono>

#include "tests/compile/graph_maker.hpp"
#include "tests/hw_emu/counting_msm.hpp"
#include "tests/hw_emu/support.hpp"
#include "tests/support/pipeline.hpp"

namespace proofcard::device {
namespace {

using circuit::Visibility;

// Of all sums of this proof, whose weights are denser than those of examples/lenet5 (docs/rtl/targets.md).
constexpr std::uint64_t kMaxCycles = 150'000;

// The same layers as LeNet-5, with made-up weights.
TEST(HwEmuProofTest, LeNet5GivesTheSameBytesAndEverySumIsTheCards) {
  compile::GraphMaker g(5);
  const auto first = g.max_pool(g.clamp(g.conv(g.input({1, 28, 28}), 6, 5, 1, 2, {11}, 10), 0, 127));
  const auto second = g.max_pool(g.clamp(g.conv(first, 16, 5, 1, 0, {7}, 12), 0, 127));
  const auto third = g.clamp(g.gemm(second, 120, {5}, 11), 0, 127);
  g.output(g.gemm(g.clamp(g.gemm(third, 84, {9}, 10), 0, 127), 10, {1}, 0));
  const auto model =
      testing::make_model(g.graph(), {Visibility::kPublic, Visibility::kCommitted, Visibility::kPublic, "m", {}},
                          g.random_inputs(), testing::kZeroKnowledge);
  ASSERT_TRUE(model.ok()) << model.error().message();
  const std::uint64_t seed = 11;
  const auto expected = testing::prove(*model, {}, seed);
  ASSERT_TRUE(expected.ok()) << expected.error().message();

  const Counters before = hw_emu().msm().counters();
  const CountingMsm msm(hw_emu_msm(), 8, 13);
  auto context = prover::make_context(msm, model->vk.layout);
  ASSERT_TRUE(context.ok()) << context.error().message();
  Stages stages;
  statement::Mode mode = model->mode;
  mode.seeded = true;
  const auto start = std::chrono::steady_clock::now();
  const auto proof = prover::prove({msm, kernels::cpu_int_gemm()}, *context, model->vk, model->assignment,
                                   {mode, seed, model->weight_blindings, {}}, stages);
  const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  ASSERT_TRUE(proof.ok()) << proof.error().message();
  EXPECT_EQ(*proof, *expected);
  EXPECT_TRUE(testing::verify(*model, *proof).ok());

  const Counters after = hw_emu().msm().counters();
  EXPECT_GT(msm.num_digits(), 10'000U);
  EXPECT_EQ(after["num_digits"] - before["num_digits"], msm.num_digits());
  EXPECT_GT(after.jobs, before.jobs);
  EXPECT_LE(after["cycles"] - before["cycles"], kMaxCycles);
  std::printf("%llu jobs, %llu cycles, %llu of them with an addition, %llu digits: %.1f s\n",
              static_cast<unsigned long long>(after.jobs - before.jobs),
              static_cast<unsigned long long>(after["cycles"] - before["cycles"]),
              static_cast<unsigned long long>(after["busy_cycles"] - before["busy_cycles"]),
              static_cast<unsigned long long>(after["num_digits"] - before["num_digits"]), seconds);
}

}  // namespace
}  // namespace proofcard::device
