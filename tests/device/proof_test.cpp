// A whole proof with its sums on a card: the bytes are those of the CPU, and the records show where they were computed.
#include <gtest/gtest.h>
#include <signal.h>

#include <functional>

#include "tests/compile/graph_maker.hpp"
#include "tests/device/support.hpp"
#include "tests/support/pipeline.hpp"

namespace proofcard::device {
namespace {

using circuit::Visibility;

constexpr std::uint64_t kSeed = 11;

// The same layers as LeNet-5, with made-up weights.
const testing::Model& lenet() {
  static const testing::Model model = [] {
    compile::GraphMaker g(5);
    const auto first = g.max_pool(g.clamp(g.conv(g.input({1, 28, 28}), 6, 5, 1, 2, {11}, 10), 0, 127));
    const auto second = g.max_pool(g.clamp(g.conv(first, 16, 5, 1, 0, {7}, 12), 0, 127));
    const auto third = g.clamp(g.gemm(second, 120, {5}, 11), 0, 127);
    g.output(g.gemm(g.clamp(g.gemm(third, 84, {9}, 10), 0, 127), 10, {1}, 0));
    return testing::make_model(g.graph(), {Visibility::kPublic, Visibility::kCommitted, Visibility::kPublic, "m", {}},
                               g.random_inputs(), testing::kZeroKnowledge)
        .value();
  }();
  return model;
}

// at_stage is called with the name of each stage of the proof as it begins.
Result<Bytes> prove_on(const kernels::Msm& msm, const std::function<void(const std::string&)>& at_stage = {}) {
  const testing::Model& model = lenet();
  PROOFCARD_TRY(const auto context, prover::make_context(msm, model.vk.layout));
  Stages stages;
  stages.set_observer(at_stage);
  statement::Mode mode = model.mode;
  mode.seeded = true;
  return prover::prove({msm, kernels::cpu_int_gemm()}, context, model.vk, model.assignment,
                       {mode, kSeed, model.weight_blindings, {}}, stages);
}

TEST(ProofTest, LeNet5OnTheCardGivesTheSameBytes) {
  const auto expected = testing::prove(lenet(), {}, kSeed);
  ASSERT_TRUE(expected.ok()) << expected.error().message();
  const Counters before = sw_emu().msm().counters();
  const auto proof = prove_on(sw_emu_msm());
  ASSERT_TRUE(proof.ok()) << proof.error().message();
  EXPECT_EQ(*proof, *expected);
  EXPECT_TRUE(testing::verify(lenet(), *proof).ok());

  const Counters after = sw_emu().msm().counters();
  EXPECT_GE(after.jobs, before.jobs + 2);
  EXPECT_GT(after["num_digits"], before["num_digits"] + 10'000);
}

TEST(ProofTest, CardThatDiesInMidProofChangesNothing) {
  const auto opened = open("sw_emu*2");
  ASSERT_TRUE(opened.ok()) << opened.error().message();
  const Device& device = **opened;
  const pid_t first = device_process(device.session(0));
  ASSERT_GT(first, 0);
  const auto proof = prove_on(device.msm(), [&](const std::string& stage) {
    if (stage == "open") {
      EXPECT_TRUE(signal_process(first, SIGKILL));
    }
  });
  ASSERT_TRUE(proof.ok()) << proof.error().message();
  EXPECT_EQ(*proof, testing::prove(lenet(), {}, kSeed).value());
  EXPECT_TRUE(device.session(0).failure().has_value());
  EXPECT_FALSE(device.session(1).failure().has_value());
  EXPECT_GT(device.card(0).counters().jobs, 1U);
  EXPECT_GT(device.card(1).counters().jobs, 1U);
}

TEST(ProofTest, NoCardLeftIsAnErrorThatNamesThem) {
  const auto opened = open("sw_emu*2");
  ASSERT_TRUE(opened.ok()) << opened.error().message();
  const Device& device = **opened;
  const auto proof = prove_on(device.msm(), [&](const std::string& stage) {
    if (stage == "open") {
      EXPECT_TRUE(signal_process(device_process(device.session(0)), SIGKILL));
      EXPECT_TRUE(signal_process(device.session(1).worker_pid(), SIGKILL));
    }
  });
  ASSERT_FALSE(proof.ok());
  EXPECT_EQ(proof.error().kind, ErrorKind::kDeviceFault);
  for (const char* name : {"sw_emu:0", "sw_emu:1"}) {
    EXPECT_NE(proof.error().message().find(name), std::string::npos) << proof.error().message();
  }
}

}  // namespace
}  // namespace proofcard::device
