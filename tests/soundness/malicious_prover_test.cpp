// A prover that changes its witness: whatever the integer checker finds wrong, the verifier rejects, and nothing else.
//
// Every value of the honest assignment's first, last and padding cells is changed in turn, with the lookups left as
// they were and with the best repair of rows and multiplicities, then proved by the ordinary prover. Each kind of node
// has a positive control.
#include <gtest/gtest.h>

#include <set>

#include "tests/support/cheat.hpp"
#include "tests/support/node_cases.hpp"

namespace proofcard::testing {
namespace {

using circuit::Role;
using circuit::Visibility;

std::vector<compile::CompileOptions> all_options() {
  return {{Visibility::kPrivate, Visibility::kPublic, Visibility::kPrivate, "m", std::nullopt},
          {Visibility::kPublic, Visibility::kPrivate, Visibility::kPublic, "m", std::nullopt},
          {Visibility::kCommitted, Visibility::kCommitted, Visibility::kPrivate, "m", std::nullopt}};
}

class MaliciousProver : public ::testing::TestWithParam<NodeCase> {
 protected:
  Model make(const compile::CompileOptions& options) {
    compile::GraphMaker g(3);
    GetParam().build(g);
    auto model = make_model(g.graph(), options, g.random_inputs());
    EXPECT_TRUE(model.ok()) << model.error().message();
    const auto proof = prove(*model);
    EXPECT_TRUE(proof.ok());
    const auto control = verify(*model, *proof);
    EXPECT_TRUE(control.ok()) << "positive control: " << control.error().message();
    return std::move(*model);
  }

  // Proves the assignment. `what` names what was changed; `must_accept`: nothing was really wrong.
  void expect_verdict(const Model& model, const circuit::Assignment& assignment, bool must_accept,
                      const std::string& what) {
    const auto proof = prove_assignment(model, assignment);
    ASSERT_TRUE(proof.ok()) << what;
    const auto verdict = verify(model, *proof);
    EXPECT_EQ(verdict.ok(), must_accept) << what;
    if (!verdict.ok()) {
      stages_.insert(verdict.error().where.substr(0, verdict.error().where.find(' ')));
    }
  }

  void TearDown() override {
    const std::set<std::string> known = {"statement", "lookup", "relations", "sumcheck", "opening"};
    std::string seen;
    for (const std::string& stage : stages_) {
      EXPECT_TRUE(known.contains(stage)) << stage;
      seen += stage + " ";
    }
    RecordProperty("rejected_by", seen);
  }

  std::set<std::string> stages_;
};

TEST_P(MaliciousProver, ChangedValues) {
  for (const compile::CompileOptions& options : all_options()) {
    const Model model = make(options);
    const circuit::Circuit& circuit = model.vk.circuit;
    for (std::uint32_t id = 0; id < circuit.tensors.size(); ++id) {
      for (const Place& place : places(circuit, id)) {
        for (const std::int64_t delta : {1, -1, 64}) {
          circuit::Assignment changed = model.assignment;
          if (!set_value(model, changed, place, value_at(model, place) + delta)) {
            continue;
          }
          const std::string what = fmt::format("{} [{}] {:+}", circuit.tensors[id].name, place.index, delta);
          // The key's commitments fix the weights, and the verifier pads public tensors itself.
          const bool is_fixed =
              circuit.tensors[id].role == Role::kWeight || (circuit.is_public(id) && place.is_padding);
          const bool was_wrong = find_violation(model, changed).has_value();
          if (!is_fixed || was_wrong) {
            expect_verdict(model, changed, !was_wrong, what);
          }
          repair_lookups(model, changed);
          const bool is_wrong = find_violation(model, changed).has_value();
          if (!is_fixed || is_wrong) {
            expect_verdict(model, changed, !is_wrong, what + ", lookups repaired");
          }
          EXPECT_TRUE(is_wrong || place.is_padding || circuit.tensors[id].role != Role::kWitness) << what;
        }
      }
    }
  }
}

TEST_P(MaliciousProver, ChangedWeights) {
  const Model model = make(all_options()[0]);
  for (std::uint32_t id = 0; id < model.vk.circuit.tensors.size(); ++id) {
    if (model.vk.circuit.tensors[id].role != Role::kWeight) {
      continue;
    }
    for (const Place& place : places(model.vk.circuit, id)) {
      circuit::Assignment changed = model.assignment;
      ASSERT_TRUE(set_value(model, changed, place, value_at(model, place) == 0 ? 1 : value_at(model, place) / 2));
      expect_verdict(model, changed, false, fmt::format("weight {} [{}]", id, place.index));
    }
  }
}

TEST_P(MaliciousProver, ChangedMultiplicities) {
  const Model model = make(all_options()[0]);
  for (std::uint32_t id = 0; id < model.vk.circuit.tables.size(); ++id) {
    const std::size_t rows = std::size_t{1} << circuit::log_table_size(model.vk.circuit.tables[id]);
    for (const std::size_t row : {std::size_t{0}, rows / 2, rows - 1}) {
      circuit::Assignment changed = model.assignment;
      add_to_multiplicity(model, changed, id, row, 1);
      expect_verdict(model, changed, false, fmt::format("multiplicity {} [{}]", id, row));
      if (row != 0) {
        add_to_multiplicity(model, changed, id, 0, -1);  // the sum is right again
        // Padding rows of a table repeat row 0, so moving a count between those changes nothing.
        // Those of a table of tensors are no rows.
        const circuit::Table& table = model.vk.circuit.tables[id];
        const bool same_row = table.kind != circuit::TableKind::kTensors && row >= table.size;
        expect_verdict(model, changed, same_row, fmt::format("multiplicity {} [{}] taken from row 0", id, row));
      }
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Nodes, MaliciousProver, ::testing::ValuesIn(node_cases()),
                         [](const auto& param_info) { return param_info.param.name; });

}  // namespace
}  // namespace proofcard::testing
