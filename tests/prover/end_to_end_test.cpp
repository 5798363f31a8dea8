// Graph to verified proof: honest proofs are accepted for every kind of node and visibility.
#include <gtest/gtest.h>

#include "tests/compile/graph_maker.hpp"
#include "tests/support/pipeline.hpp"

namespace proofcard {
namespace {

using circuit::Visibility;
using compile::GraphMaker;

void expect_accepted(GraphMaker& g) {
  const compile::CompileOptions all[] = {
      {Visibility::kPrivate, Visibility::kPublic, Visibility::kPrivate, "m", {}},
      {Visibility::kPublic, Visibility::kPrivate, Visibility::kPublic, "m", {}},
      {Visibility::kCommitted, Visibility::kCommitted, Visibility::kCommitted, "m", {}}};
  for (const compile::CompileOptions& options : all) {
    for (const statement::Mode& mode : {testing::kPlain, testing::kZeroKnowledge}) {
      const auto model = testing::make_model(g.graph(), options, g.random_inputs(), mode);
      ASSERT_TRUE(model.ok()) << model.error().message();
      const auto proof = testing::prove(*model);
      ASSERT_TRUE(proof.ok()) << proof.error().message();
      const auto verdict = testing::verify(*model, *proof);
      EXPECT_TRUE(verdict.ok()) << verdict.error().message();
    }
  }
}

TEST(EndToEnd, Gemm) {
  GraphMaker g(1);
  g.output(g.gemm(g.input({5}), 3, {1}, 0));
  expect_accepted(g);
}

TEST(EndToEnd, GemmRelu) {
  GraphMaker g(1);
  const auto q = g.gemm(g.input({5}), 3, {7}, 9);
  g.output(g.gemm(g.clamp(q, 0, 127), 6, {1}, 0));
  expect_accepted(g);
}

TEST(EndToEnd, ConvPaddingStrideMultipliers) {
  GraphMaker g(2);
  const auto q = g.conv(g.input({2, 5, 6}), 3, 3, 2, 1, {3, 9, 2}, 12);
  const auto z = g.clamp(q, -128, 127);
  g.output(g.clamp(g.conv(z, 2, 3, 1, 0, {1}, 10), 0, 127));
  expect_accepted(g);
}

TEST(EndToEnd, MaxPool) {
  GraphMaker g(3);
  g.output(g.gemm(g.max_pool(g.input({3, 5, 6})), 2, {1}, 6));
  expect_accepted(g);
}

TEST(EndToEnd, ResidualAdd) {
  GraphMaker g(4);
  const auto x = g.input({3, 5});
  const auto q = g.add(g.clamp(g.add(x, 3, x, 9, 4), 0, 127), 13, x, -5, 4);
  g.output(g.clamp(q, -128, 127));
  expect_accepted(g);
}

}  // namespace
}  // namespace proofcard
