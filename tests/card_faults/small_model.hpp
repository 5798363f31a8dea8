// A model small enough for many proofs on emulated cards, and its proof by the CPU.
#pragma once

#include "host/prover/prover.hpp"
#include "tests/compile/graph_maker.hpp"
#include "tests/support/pipeline.hpp"

namespace proofcard::device {

inline constexpr std::uint64_t kSeed = 11;

inline const testing::Model& small_model() {
  static const testing::Model model = [] {
    compile::GraphMaker g(5);
    const auto first = g.max_pool(g.clamp(g.conv(g.input({1, 12, 12}), 4, 3, 1, 1, {11}, 10), 0, 127));
    g.output(g.gemm(g.clamp(g.gemm(first, 20, {9}, 10), 0, 127), 10, {1}, 0));
    return testing::make_model(
               g.graph(),
               {circuit::Visibility::kPublic, circuit::Visibility::kCommitted, circuit::Visibility::kPublic, "m", {}},
               g.random_inputs(), testing::kZeroKnowledge)
        .value();
  }();
  return model;
}

inline const Bytes& right_proof() {
  static const Bytes proof = testing::prove(small_model(), {}, kSeed).value();
  return proof;
}

inline Result<Bytes> prove_on(const kernels::Msm& msm) {
  const testing::Model& model = small_model();
  PROOFCARD_TRY(const auto context, prover::make_context(msm, model.vk.layout));
  Stages stages;
  statement::Mode mode = model.mode;
  mode.seeded = true;
  return prover::prove({msm, kernels::cpu_int_gemm()}, context, model.vk, model.assignment,
                       {mode, kSeed, model.weight_blindings, {}}, stages);
}

}  // namespace proofcard::device
