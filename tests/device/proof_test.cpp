// A whole proof with its sums on a card: the bytes are those of the CPU, and the records show where they were computed.
#include <gtest/gtest.h>
#include <signal.h>

#include <chrono>
#include <functional>
#include <thread>

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

// Jobs of the witness run on the card while the network still does: the last node waits until the card has ended one.
TEST(ProofTest, TheCardBeginsBeforeInferenceEnds) {
  compile::GraphMaker g(5);
  auto x = g.input({4, 32, 32});
  for (int layer = 0; layer < 3; ++layer) {
    x = g.clamp(g.conv(x, 8, 3, 1, 1, {11}, 12), 0, 127);
  }
  g.output(g.gemm(x, 10, {1}, 0));
  const std::vector<IntVector> inputs = g.random_inputs();
  const testing::Model model =
      testing::make_model(g.graph(), {Visibility::kPublic, Visibility::kPublic, Visibility::kPublic, "m", {}}, inputs,
                          testing::kZeroKnowledge)
          .value();
  const auto opened = open("sw_emu");
  ASSERT_TRUE(opened.ok()) << opened.error().message();
  const XrtMsm& msm = (*opened)->msm();
  JobLog& log = (*opened)->session().log();
  const auto context = prover::make_context(msm, model.vk.layout);
  ASSERT_TRUE(context.ok());
  log.keep_events();
  const auto assigner = compile::Assigner::make(g.graph(), model.vk.circuit, model.vk.layout);
  ASSERT_TRUE(assigner.ok());

  class LastNode final : public graph::Sink {
   public:
    LastNode(graph::Sink& to, std::size_t node, const JobLog& log) : to_(to), last_(node), log_(log) {}
    Status input(std::uint32_t tensor, const IntSpan& values) override { return to_.input(tensor, values); }
    Status node(std::size_t node, const IntSpan& out, IntVector remainders) override {
      const auto give_up = std::chrono::steady_clock::now() + std::chrono::minutes(2);
      while (node == last_ && log_.events().empty() && std::chrono::steady_clock::now() < give_up) {
        std::this_thread::sleep_for(std::chrono::milliseconds(1));
      }
      if (node == last_) {
        begin_ = std::chrono::steady_clock::now();
      }
      return to_.node(node, out, std::move(remainders));
    }
    void release(std::uint32_t tensor, IntVector values) override { to_.release(tensor, std::move(values)); }
    std::int64_t begin_ns() const {
      return std::chrono::duration_cast<std::chrono::nanoseconds>(begin_.time_since_epoch()).count();
    }

   private:
    graph::Sink& to_;
    std::size_t last_;
    const JobLog& log_;
    std::chrono::steady_clock::time_point begin_;
  };

  prover::RowCommitter rows(msm, *context->bases, model.vk.layout);
  const auto stream = assigner->begin(
      model.weights, [&](std::size_t column, const std::shared_ptr<const IntVector>& values, std::size_t first,
                         std::size_t count) { return rows.add(column, values, first, count); });
  ASSERT_TRUE(stream.ok());
  const auto columns = (*stream)->begin_input(0);
  ASSERT_TRUE(columns.ok());
  LastNode sink(**columns, g.graph().nodes.size() - 1, log);
  ASSERT_TRUE(graph::execute(g.graph(), inputs, sink).ok());
  const std::vector<JobEvent> events = log.events();
  ASSERT_FALSE(events.empty());
  EXPECT_LT(events[0].times.kernel_begin_ns, sink.begin_ns());
  EXPECT_LT(events[0].times.kernel_end_ns, sink.begin_ns());

  const auto assignment = (*stream)->finish();
  ASSERT_TRUE(assignment.ok());
  Stages stages;
  const auto proof =
      prover::prove({msm, kernels::cpu_int_gemm()}, *context, model.vk, *assignment,
                    {testing::kZeroKnowledge, kSeed, model.weight_blindings, {}}, stages, nullptr, &rows);
  ASSERT_TRUE(proof.ok()) << proof.error().message();
  EXPECT_EQ(*proof, testing::prove(model, {}, kSeed).value());
}

}  // namespace
}  // namespace proofcard::device
