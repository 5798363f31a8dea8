// Graphs that read their own output: a sequence is proved as a whole, and no other sequence is.
#include <gtest/gtest.h>

#include "host/graph/generate.hpp"
#include "tests/compile/graph_maker.hpp"
#include "tests/support/cheat.hpp"

namespace proofcard::testing {
namespace {

using circuit::Visibility;
using compile::GraphMaker;

constexpr std::int64_t kTop = 7;
constexpr std::int64_t kNear = 3;
constexpr std::int64_t kFar = 5;
constexpr std::uint32_t kTokens = 4;

// token_k = (3 s[k + 1] + 5 s[k] + k) mod 8, where s is the prompt, of 2, and then the tokens.
graph::Graph sequence_graph() {
  GraphMaker g(1);
  const std::uint32_t prompt = g.input({2}, 0, kTop);
  const std::uint32_t again = g.intermediate({kTokens}, 0, kTop);
  g.graph().tensors[again].kind = graph::TensorKind::kFedBack;
  const std::uint32_t sum = g.intermediate({kTokens}, 0, 100);
  graph::Linear next;
  next.acc.out_dims = {kTokens};
  const auto read = [&](std::int64_t coefficient, std::uint32_t tensor, std::int64_t offset) {
    next.acc.terms.push_back({coefficient, {{tensor, {{0, 1, offset, {{0, 1}}, false}}}}, {}});
  };
  read(kNear, prompt, 1);
  read(kFar, prompt, 0);
  read(kNear, again, -1);
  read(kFar, again, -2);
  next.acc.terms.push_back({1, {}, {{0, {0, 1, 2, 3}}}});
  next.out = sum;
  g.graph().nodes.push_back({"next", std::move(next)});
  const std::uint32_t out = g.intermediate({kTokens}, 0, kTop);
  g.graph().nodes.push_back({"token", graph::LowBits{sum, 3, out}});
  g.output(out);
  return g.graph();
}

IntVector vector_of(std::vector<std::int64_t> values) {
  IntVector out(IntType::kI8, values.size());
  for (std::size_t i = 0; i < values.size(); ++i) {
    out.set(i, values[i]);
  }
  return out;
}

const IntVector kPrompt = vector_of({6, 1});

std::vector<std::int64_t> expected_tokens() {
  std::vector<std::int64_t> s = {6, 1};
  for (std::uint32_t k = 0; k < kTokens; ++k) {
    s.push_back((kNear * s[k + 1] + kFar * s[k] + k) % (kTop + 1));
  }
  return {s.begin() + 2, s.end()};
}

TEST(FedBack, RunsOnWhatItGives) {
  const graph::Graph graph = sequence_graph();
  ASSERT_TRUE(graph::validate(graph).ok()) << graph::validate(graph).error().message();
  const auto all = graph::with_fed_back(graph, std::vector{kPrompt});
  ASSERT_TRUE(all.ok()) << all.error().message();
  ASSERT_EQ(all->size(), 2U);
  EXPECT_EQ((*all)[1], vector_of(expected_tokens()));
}

TEST(FedBack, WhatIsNotCausalIsRefused) {
  graph::Graph graph = sequence_graph();
  auto& next = std::get<graph::Linear>(graph.nodes[0].op);
  next.acc.terms[2].operands[0].groups[0].offset = 0;  // token_k is read by itself: t = 3 t + ... has no solution
  const auto all = graph::with_fed_back(graph, std::vector{kPrompt});
  ASSERT_FALSE(all.ok());
  EXPECT_NE(all.error().message().find("expected a causal model"), std::string::npos);
}

TEST(FedBack, TheTensorIsTheFirstOutputs) {
  using Change = std::function<void(graph::Graph&, std::uint32_t)>;
  const std::vector<Change> changes = {
      [](graph::Graph& g, std::uint32_t id) { g.tensors[id].shape = {kTokens + 1}; },
      [](graph::Graph& g, std::uint32_t id) { g.tensors[id].scale = 2; },
      [](graph::Graph& g, std::uint32_t id) { g.tensors[id].hi = kTop - 1; },
      [](graph::Graph& g, std::uint32_t id) { g.tensors[id].lo = 1; },
      [](graph::Graph& g, std::uint32_t id) { g.outputs[0] = id; },
      [](graph::Graph& g, std::uint32_t) { g.outputs.clear(), g.output_shapes.clear(); },
      [](graph::Graph& g, std::uint32_t id) { g.tensors.push_back(g.tensors[id]); },
      [](graph::Graph& g, std::uint32_t id) { g.inputs.push_back(id), g.input_shapes.push_back({kTokens}); }};
  for (std::size_t i = 0; i < changes.size(); ++i) {
    graph::Graph graph = sequence_graph();
    changes[i](graph, *graph::fed_back(graph));
    EXPECT_FALSE(graph::validate(graph).ok()) << i;
  }
}

TEST(FedBack, FilesKeepIt) {
  ByteWriter out;
  graph::write(out, sequence_graph());
  const Bytes bytes = out.take();
  ByteReader in(bytes);
  const auto graph = graph::read_graph(in);
  ASSERT_TRUE(graph.ok()) << graph.error().message();
  EXPECT_TRUE(graph::fed_back(*graph).has_value());
}

struct Sides {
  Visibility input, output;
  statement::Mode mode;
};

class Sequence : public ::testing::TestWithParam<Sides> {};

Result<Model> model_of(const Sides& c, const IntVector& tokens) {
  return make_model(sequence_graph(), {c.input, c.output, Visibility::kPrivate, "", {}}, std::vector{kPrompt, tokens},
                    c.mode);
}

TEST_P(Sequence, TheTokensAreProvedAndNoOthersAre) {
  const std::vector<std::int64_t> tokens = expected_tokens();
  auto honest = model_of(GetParam(), vector_of(tokens));
  ASSERT_TRUE(honest.ok()) << honest.error().message();
  const circuit::Circuit& circuit = honest->vk.circuit;
  EXPECT_EQ(circuit.inputs.size(), 1U);  // the tokens are no input: nobody chooses them
  ASSERT_EQ(circuit.outputs.size(), 1U);
  EXPECT_EQ(find_violation(*honest, honest->assignment), std::nullopt);
  const auto proof = prove(*honest);
  ASSERT_TRUE(proof.ok()) << proof.error().message();
  const auto header = verify(*honest, *proof);
  ASSERT_TRUE(header.ok()) << header.error().message();
  const std::uint32_t out = circuit.outputs[0];
  if (circuit.is_public(out)) {
    for (std::size_t k = 0; k < kTokens; ++k) {
      EXPECT_EQ(header->publics[out][k], tokens[k]);
    }
  }
  // Another token in one place: alone, with everything else as it was; and as the model goes on from it, where all is
  // right but that token.
  for (std::size_t k = 0; k < kTokens; ++k) {
    std::vector<std::int64_t> other = tokens;
    other[k] = (other[k] + 1) % (kTop + 1);
    circuit::Assignment alone = honest->assignment;
    ASSERT_TRUE(set_value(*honest, alone, {out, k, false}, other[k]));
    repair_lookups(*honest, alone);
    EXPECT_NE(find_violation(*honest, alone), std::nullopt) << k;

    for (std::size_t later = k + 1; later < kTokens; ++later) {
      const auto s = [&](std::size_t i) { return i < 2 ? kPrompt[i] : other[i - 2]; };
      other[later] = (kNear * s(later + 1) + kFar * s(later) + static_cast<std::int64_t>(later)) % (kTop + 1);
    }
    auto consistent = model_of(GetParam(), vector_of(other));
    ASSERT_TRUE(consistent.ok()) << consistent.error().message();
    circuit::Assignment onward = consistent->assignment;
    ASSERT_TRUE(set_value(*consistent, onward, {out, k, false}, other[k]));
    repair_lookups(*consistent, onward);
    const auto violation = find_violation(*consistent, onward);
    ASSERT_NE(violation, std::nullopt) << k;
    EXPECT_NE(violation->find("token"), std::string::npos) << *violation;
    for (const circuit::Assignment* lie : {&alone, &onward}) {
      const auto forged = prove_assignment(*honest, *lie);
      EXPECT_FALSE(forged.ok() && verify(*honest, *forged).ok()) << k;
    }
  }
}

INSTANTIATE_TEST_SUITE_P(All, Sequence,
                         ::testing::Values(Sides{Visibility::kPrivate, Visibility::kPublic, kPlain},
                                           Sides{Visibility::kPublic, Visibility::kPublic, kPlain},
                                           Sides{Visibility::kPrivate, Visibility::kPrivate, kPlain},
                                           Sides{Visibility::kPrivate, Visibility::kCommitted, kPlain},
                                           Sides{Visibility::kPrivate, Visibility::kPublic, kZeroKnowledge}));

}  // namespace
}  // namespace proofcard::testing
