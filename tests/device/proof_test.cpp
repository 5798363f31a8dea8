// A whole proof with its sums on a card: the bytes are those of the CPU, and the records show where they were computed.
#include <gtest/gtest.h>

#include "tests/compile/graph_maker.hpp"
#include "tests/device/support.hpp"
#include "tests/support/pipeline.hpp"

namespace proofcard::device {
namespace {

using circuit::Visibility;

// The same layers as LeNet-5, with made-up weights.
TEST(ProofTest, LeNet5OnTheCardGivesTheSameBytes) {
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

  const kernels::Msm& msm = sw_emu_msm();
  const Counters before = sw_emu().msm().counters();
  auto context = prover::make_context(msm, model->vk.layout);
  ASSERT_TRUE(context.ok()) << context.error().message();
  Stages stages;
  statement::Mode mode = model->mode;
  mode.seeded = true;
  const auto proof = prover::prove({msm, kernels::cpu_int_gemm()}, *context, model->vk, model->assignment,
                                   {mode, seed, model->weight_blindings, {}}, stages);
  ASSERT_TRUE(proof.ok()) << proof.error().message();
  EXPECT_EQ(*proof, *expected);
  EXPECT_TRUE(testing::verify(*model, *proof).ok());

  const Counters after = sw_emu().msm().counters();
  EXPECT_GE(after.jobs, before.jobs + 2);
  EXPECT_GT(after.num_digits, before.num_digits + 10'000);
}

}  // namespace
}  // namespace proofcard::device
