// The same inputs and the same seed give the same proof bytes from every instruction set, backend and number of
// threads.
#include <gtest/gtest.h>

#include "host/base/cpu_features.hpp"
#include "host/base/parallel.hpp"
#include "tests/support/node_cases.hpp"
#include "tests/support/pipeline.hpp"

namespace proofcard::testing {
namespace {

class Determinism : public ::testing::TestWithParam<statement::Mode> {
 protected:
  void SetUp() override {
    compile::GraphMaker g(5);
    const auto q = g.conv(g.input({2, 5, 6}), 3, 3, 2, 1, {3, 9, 2}, 12);
    g.output(g.gemm(g.clamp(q, -128, 127), 4, {1}, 0));
    statement::Mode mode = GetParam();
    // Weights without blinding, so that every model has the same key.
    auto model = make_model(
        g.graph(), {circuit::Visibility::kPrivate, circuit::Visibility::kPublic, circuit::Visibility::kPublic, "m", {}},
        g.random_inputs(), mode);
    ASSERT_TRUE(model.ok()) << model.error().message();
    model_ = std::move(*model);
    expected_ = proof(cpu_backend());
    ASSERT_TRUE(verify(model_, expected_).ok());
  }
  void TearDown() override {
    set_num_threads(threads_);
    set_isa_for_testing(isa_);
  }

  // With bases of the backend's own.
  Bytes proof(const prover::Backend& backend) {
    auto context = prover::make_context(backend.msm, model_.vk.layout);
    EXPECT_TRUE(context.ok());
    Stages stages;
    statement::Mode mode = model_.mode;
    mode.seeded = true;
    auto out = prover::prove(backend, *context, model_.vk, model_.assignment, {mode, 9, {}, {}}, stages);
    EXPECT_TRUE(out.ok());
    return std::move(*out);
  }

  std::size_t threads_ = num_threads();
  Isa isa_ = active_isa();
  Model model_;
  Bytes expected_;
};

TEST_P(Determinism, Threads) {
  for (const std::size_t threads : {1, 2, 3}) {
    set_num_threads(threads);
    EXPECT_EQ(proof(cpu_backend()), expected_) << threads << " threads";
  }
}

TEST_P(Determinism, InstructionSets) {
  for (const Isa isa : {Isa::kPortable, Isa::kAvx2, Isa::kAvx512}) {
    if (isa_available(isa)) {
      set_isa_for_testing(isa);
      EXPECT_EQ(proof(cpu_backend()), expected_) << isa_name(isa);
    }
  }
}

TEST_P(Determinism, Backends) {
  EXPECT_EQ(proof({kernels::reference_msm(), kernels::cpu_int_gemm()}), expected_);
  EXPECT_EQ(proof({kernels::cpu_msm(), kernels::reference_int_gemm()}), expected_);
  EXPECT_EQ(proof({kernels::reference_msm(), kernels::reference_int_gemm()}), expected_);
  EXPECT_TRUE(
      verifier::verify(kernels::reference_msm(), model_.context.generators, model_.vk, expected_, {true, true, {}})
          .ok());
}

INSTANTIATE_TEST_SUITE_P(Modes, Determinism, ::testing::Values(kPlain, kZeroKnowledge), [](const auto& param_info) {
  return param_info.param.zero_knowledge ? "ZeroKnowledge" : "Plain";
});

}  // namespace
}  // namespace proofcard::testing
