// Changing any public value, parameter or commitment changes the challenges that follow.
#include <gtest/gtest.h>

#include <functional>
#include <set>

#include "host/curve/g1.hpp"
#include "host/transcript/channel.hpp"
#include "tests/support/node_cases.hpp"
#include "tests/support/pipeline.hpp"

namespace proofcard::testing {
namespace {

using circuit::Visibility;

Model make(std::uint64_t seed = 1) {
  compile::GraphMaker g(seed);
  g.output(g.gemm(g.clamp(g.gemm(g.input({3}), 3, {3}, 9), 0, 127), 2, {1}, 0));
  auto model = make_model(g.graph(), {Visibility::kPublic, Visibility::kPublic, Visibility::kPrivate, "m", {}},
                          g.random_inputs());
  EXPECT_TRUE(model.ok());
  return std::move(*model);
}

statement::Header header_of(const Model& model) {
  const auto proof = prove(model);
  const auto verdict = verify(model, *proof);
  EXPECT_TRUE(verdict.ok());
  return *verdict;
}

Fr first_challenge(const circuit::Circuit& circuit, const statement::Header& header) {
  return statement::begin_transcript(circuit, header).challenge("test");
}

TEST(Binding, EveryFieldOfTheStatement) {
  const Model model = make();
  const circuit::Circuit& circuit = model.vk.circuit;
  const statement::Header honest = header_of(model);
  const Fr expected = first_challenge(circuit, honest);
  EXPECT_EQ(first_challenge(circuit, honest), expected);

  for (const statement::Mode& mode : {statement::Mode{true, false}, {false, true}, {true, true}}) {
    statement::Header changed = honest;
    changed.mode = mode;
    EXPECT_NE(first_challenge(circuit, changed), expected);
  }
  for (std::size_t i = 0; i < honest.vk_digest.size(); ++i) {
    statement::Header changed = honest;
    changed.vk_digest[i] ^= 1;
    EXPECT_NE(first_challenge(circuit, changed), expected);
  }
  std::size_t num_values = 0;
  for (std::size_t id = 0; id < honest.publics.size(); ++id) {
    for (std::size_t i = 0; i < honest.publics[id].size(); ++i, ++num_values) {
      statement::Header changed = honest;
      changed.publics[id].set(i, honest.publics[id][i] == 0 ? 1 : honest.publics[id][i] / 2);
      EXPECT_NE(first_challenge(circuit, changed), expected);
    }
  }
  EXPECT_EQ(num_values, 5U);
  for (Visibility circuit::Circuit::*field : {&circuit::Circuit::input_visibility, &circuit::Circuit::output_visibility,
                                              &circuit::Circuit::weight_visibility}) {
    circuit::Circuit changed = circuit;
    changed.*field = Visibility::kCommitted;
    EXPECT_NE(first_challenge(changed, honest), expected);
  }
}

TEST(Binding, TheDigestCoversCircuitAndWeights) {
  const Model model = make();
  std::vector<std::function<void(circuit::Circuit&)>> changes = {
      [](auto& c) { c.model_name += "x"; },
      [](auto& c) { c.input_visibility = Visibility::kPrivate; },
      [](auto& c) { c.output_visibility = Visibility::kPrivate; },
      [](auto& c) { c.weight_visibility = Visibility::kPublic; },
      [](auto& c) { c.tables[0].size -= 1; },
      [](auto& c) { c.tables[0].lo -= 1; },
      [](auto& c) { c.relations[0].name += "x"; },
      [](auto& c) { c.relations[0].zero.terms[0].coefficient += 1; },
      [](auto& c) { c.lookups[0].name += "x"; },
      [](auto& c) { c.lookups[0].table ^= 1; },
      [](auto& c) { c.lookups[0].columns[0].terms[0].coefficient += 1; },
      [](auto& c) {
        c.input_shapes[0] = {1, 3};
      },
      [](auto& c) {
        c.output_shapes[0] = {1, 2};
      },
  };
  for (std::size_t id = 0; id < model.vk.circuit.tensors.size(); ++id) {
    changes.push_back([id](auto& c) { c.tensors[id].scale *= 2; });
    changes.push_back([id](auto& c) { c.tensors[id].hi += 1; });
    changes.push_back([id](auto& c) { c.tensors[id].name += "x"; });
  }
  std::set<statement::Digest> seen{model.vk.digest};
  for (const auto& change : changes) {
    circuit::Circuit changed = model.vk.circuit;
    change(changed);
    seen.insert(statement::make_verifying_key(changed, model.vk.weight_rows).digest);
  }
  for (std::size_t c = 0; c < model.vk.weight_rows.size(); ++c) {
    for (std::size_t row = 0; row < model.vk.weight_rows[c].size(); ++row) {
      auto changed = model.vk.weight_rows;
      changed[c][row] = (curve::G1(changed[c][row]) + changed[c][row]).to_affine();
      changes.emplace_back();
      seen.insert(statement::make_verifying_key(model.vk.circuit, changed).digest);
    }
  }
  EXPECT_EQ(seen.size(), changes.size() + 1);
}

// Field elements, points, bytes; labels, kinds, counts, boundaries and order all matter.
TEST(Binding, EveryAbsorb) {
  const Fr one = Fr::one();
  const Fr two = Fr::from_u64(2);
  const curve::G1Affine g = curve::G1Affine::generator();
  const curve::G1Affine h = (curve::G1(g) + g).to_affine();
  using Script = std::function<void(ProverChannel&)>;
  const std::vector<Script> runs = {
      [](auto&) {},
      [&](auto& c) { c.message("a", one); },
      [&](auto& c) { c.message("a", two); },
      [&](auto& c) { c.message("b", one); },
      [&](auto& c) {
        c.message("a", std::array{one, two});
      },
      [&](auto& c) {
        c.message("a", std::array{two, one});
      },
      [&](auto& c) {
        c.message("a", one);
        c.message("a", two);
      },
      [&](auto& c) { c.message("a", std::span<const Fr>()); },
      [&](auto& c) { c.points("a", std::array{g}); },
      [&](auto& c) { c.points("a", std::array{h}); },
      [&](auto& c) {
        c.points("a", std::array{g, h});
      },
      [&](auto& c) {
        c.points("a", std::array{h, g});
      },
      [&](auto& c) { c.points("a", std::array{curve::G1Affine::infinity()}); },
      [&](auto& c) { c.transcript().absorb_bytes("a", Bytes{1}); },
      [&](auto& c) {
        c.transcript().absorb_bytes("a", Bytes{1, 0});
      },
      [&](auto& c) { c.transcript().absorb_u64("a", 1); },
      [&](auto& c) { c.challenge("test"); },
      [&](auto& c) { c.challenges("test", 2); },
      [&](auto& c) {
        c.challenge("test");
        c.challenge("test");
      },
  };
  std::vector<std::pair<Fr, Fr>> seen;
  for (const Script& run : runs) {
    ProverChannel channel(Transcript("test"));
    run(channel);
    const std::pair drawn{channel.challenge("next"), channel.challenge("next")};
    for (const auto& other : seen) {
      EXPECT_NE(other.first, drawn.first);
      EXPECT_NE(other.second, drawn.second);
    }
    seen.push_back(drawn);
  }
}

Model make_with_committed_input(const statement::Mode& mode) {
  compile::GraphMaker g(1);
  g.output(g.gemm(g.clamp(g.gemm(g.input({3}), 3, {3}, 9), 0, 127), 2, {1}, 0));
  auto model = make_model(g.graph(), {Visibility::kCommitted, Visibility::kPrivate, Visibility::kPrivate, "m", {}},
                          g.random_inputs(), mode, 5);
  EXPECT_TRUE(model.ok());
  return std::move(*model);
}

struct Made {
  Bytes proof;
  prover::Blindings blindings;  // by column, as they were used
};

Made make_proof(const Model& model, const prover::Blindings& chosen) {
  Stages stages;
  Made out;
  const auto proof = prover::prove(cpu_backend(), model.context, model.vk, model.assignment,
                                   {model.mode, 3, chosen, {}}, stages, &out.blindings);
  EXPECT_TRUE(proof.ok());
  out.proof = *proof;
  return out;
}

// What the verifier says of committed tensors is what the proof commits to, and it says nothing of the others.
TEST(Binding, CommittedRowsAreThoseOfTheCommittedTensor) {
  for (const statement::Mode& mode : {kPlain, kZeroKnowledge}) {
    const Model model = make_with_committed_input(mode);
    const Made made = make_proof(model, model.weight_blindings);
    statement::CommittedRows committed;
    ASSERT_TRUE(verifier::verify(kernels::cpu_msm(), model.context.generators, model.vk, made.proof, {true, true, {}},
                                 &committed)
                    .ok());
    ASSERT_EQ(committed.size(), model.vk.circuit.tensors.size());
    std::size_t num_committed = 0;
    for (std::uint32_t id = 0; id < committed.size(); ++id) {
      if (model.vk.circuit.visibility(id) != Visibility::kCommitted) {
        EXPECT_TRUE(committed[id].empty()) << model.vk.circuit.tensors[id].name;
        continue;
      }
      ++num_committed;
      const std::uint32_t c = model.vk.layout.tensor_place[id].column;
      const auto rows =
          pcs::hyrax::commit(kernels::cpu_msm(), *model.context.bases, model.assignment.columns[c]->view(),
                             model.vk.layout.columns[c].log_row_len, made.blindings[c]);
      ASSERT_TRUE(rows.ok());
      EXPECT_EQ(committed[id], *rows);
    }
    EXPECT_EQ(num_committed, 1U);
  }
}

// Two proofs of one witness whose committed input is blinded in two ways share no other blinding: the difference of two
// transcripts would show it.
TEST(Binding, ChosenBlindingsArePartOfTheSeed) {
  const Model model = make_with_committed_input(kZeroKnowledge);
  const std::uint32_t input = model.vk.layout.tensor_place[model.vk.circuit.inputs[0]].column;
  const auto chosen = [&](std::uint64_t value) {
    prover::Blindings out = model.weight_blindings;
    out.resize(model.vk.layout.columns.size());
    out[input].assign(model.vk.layout.columns[input].num_rows(), Fr::from_u64(value));
    return out;
  };
  const Made first = make_proof(model, chosen(1)), second = make_proof(model, chosen(2));
  EXPECT_EQ(first.proof, make_proof(model, chosen(1)).proof);
  for (std::size_t c = 0; c < first.blindings.size(); ++c) {
    const bool own = model.vk.layout.columns[c].owner != circuit::Column::Owner::kWeights;
    for (std::size_t row = 0; own && row < first.blindings[c].size(); ++row) {
      EXPECT_NE(first.blindings[c][row], second.blindings[c][row]) << "column " << c;
    }
  }
}

}  // namespace
}  // namespace proofcard::testing
