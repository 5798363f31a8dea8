// Proofs that hide nothing are refused unless the caller asked for them, and nothing may follow a proof.
#include <gtest/gtest.h>

#include "tests/support/node_cases.hpp"
#include "tests/support/pipeline.hpp"

namespace proofcard::testing {
namespace {

Model make(const statement::Mode& mode) {
  compile::GraphMaker g(1);
  g.output(g.gemm(g.clamp(g.gemm(g.input({3}), 3, {3}, 9), 0, 127), 2, {1}, 0));
  auto model = make_model(g.graph(), {}, g.random_inputs(), mode);
  EXPECT_TRUE(model.ok());
  return std::move(*model);
}

std::string verdict(const Model& model, ByteView proof, const verifier::Options& options) {
  const auto header = verifier::verify(kernels::cpu_msm(), model.context.generators, model.vk, proof, options);
  return header.ok() ? "accepted" : header.error().where;
}

TEST(VerifierOptions, ModesThatHideNothingAreRefusedByDefault) {
  for (const bool zero_knowledge : {true, false}) {
    const Model model = make({zero_knowledge, false});
    for (const bool seeded : {true, false}) {
      const auto proof = prove(model, {}, seeded ? std::optional<std::uint64_t>(4) : std::nullopt);
      ASSERT_TRUE(proof.ok());
      for (const bool allow_seeded : {true, false}) {
        for (const bool allow_no_zk : {true, false}) {
          const bool allowed = (allow_seeded || !seeded) && (allow_no_zk || zero_knowledge);
          EXPECT_EQ(verdict(model, *proof, {allow_seeded, allow_no_zk, {}}), allowed ? "accepted" : "mode");
        }
      }
    }
  }
}

TEST(VerifierOptions, NothingMayFollowAProof) {
  for (const statement::Mode& mode : {kPlain, kZeroKnowledge}) {
    const Model model = make(mode);
    Bytes proof = *prove(model);
    EXPECT_EQ(verdict(model, proof, {true, true, {}}), "accepted");
    proof.push_back(0);
    EXPECT_EQ(verdict(model, proof, {true, true, {}}), "parse");
  }
}

}  // namespace
}  // namespace proofcard::testing
