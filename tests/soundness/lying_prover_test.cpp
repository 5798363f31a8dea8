// Provers that lie in their messages: for every check of every kind of node, a proof that only this check rejects.
#include "tests/support/lying_prover.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "host/pcs/hyrax/opening.hpp"
#include "host/relation/plan.hpp"
#include "tests/support/node_cases.hpp"

namespace proofcard::testing {
namespace {

using circuit::Visibility;

// One element of a message that the forgery changes by 1.
Forgery message_lie(const Model& model, const std::string& message, std::size_t element) {
  Forgery out = with_assignment(model, fmt::format("{} [{}]", message, element), model.assignment);
  out.lie = [message, element](std::string_view label, std::span<Fr> values) {
    if (label == message && element < values.size()) {
      values[element] += Fr::one();
    }
  };
  return out;
}

std::vector<Forgery> forgeries(const Model& model) {
  constexpr std::size_t kMaxTerms = 40;
  const circuit::Circuit& circuit = model.vk.circuit;
  std::vector<Forgery> out;
  out.push_back(message_lie(model, "gkr.root", 1));
  for (std::size_t term = 0; term < kMaxTerms; ++term) {
    out.push_back(message_lie(model, "relation.terms", term));
  }
  for (std::uint32_t id = 0; id < circuit.tables.size(); ++id) {
    circuit::Assignment changed = model.assignment;
    add_to_multiplicity(model, changed, id, 0, 1);
    out.push_back(with_assignment(model, fmt::format("multiplicity of table {}", id), std::move(changed)));
  }
  for (std::uint32_t id = 0; id < circuit.tensors.size(); ++id) {
    const circuit::Tensor& t = circuit.tensors[id];
    if (circuit.is_public(id)) {
      Forgery& stated = out.emplace_back(with_assignment(model, "stated " + t.name, model.assignment));
      IntVector& values = stated.stated[id];
      values.set(0, values[0] < t.hi ? values[0] + 1 : values[0] - 1);
    }
    if (t.role == circuit::Role::kWeight) {
      continue;
    }
    for (const Place& place : places(circuit, id)) {
      for (const std::int64_t delta : {1, -1}) {
        circuit::Assignment changed = model.assignment;
        if (!place.is_padding && set_value(model, changed, place, value_at(model, place) + delta)) {
          repair_lookups(model, changed);
          out.push_back(
              with_assignment(model, fmt::format("{} [{}] {:+}", t.name, place.index, delta), std::move(changed)));
        }
      }
    }
  }
  return out;
}

// Two tensors changed at the same index: where one change alone shows in several equations.
std::vector<Forgery> joint_forgeries(const Model& model) {
  const circuit::Circuit& circuit = model.vk.circuit;
  using Change = std::pair<Place, std::int64_t>;
  std::vector<Change> changes;
  for (std::uint32_t id = 0; id < circuit.tensors.size(); ++id) {
    for (const Place& place : places(circuit, id)) {
      if (circuit.tensors[id].role != circuit::Role::kWeight && !place.is_padding) {
        changes.emplace_back(place, 1);
        changes.emplace_back(place, -1);
      }
    }
  }
  std::vector<Forgery> out;
  const auto add = [&](const std::vector<Change>& all) {
    circuit::Assignment changed = model.assignment;
    std::string name;
    for (const auto& [place, delta] : all) {
      if (!set_value(model, changed, place, value_at(model, place) + delta)) {
        return;
      }
      name += fmt::format("{} [{}] {:+} ", circuit.tensors[place.tensor].name, place.index, delta);
    }
    repair_lookups(model, changed);
    out.push_back(with_assignment(model, std::move(name), std::move(changed)));
  };
  const auto joins = [](const Change& a, const Change& b) {
    return a.first.tensor < b.first.tensor && a.first.index == b.first.index;
  };
  for (const Change& a : changes) {
    for (const Change& b : changes) {
      if (joins(a, b)) {
        add({a, b});
      }
    }
  }
  return out;
}

// What has to be checked of the model's messages: worked out from the circuit, so that a check that is gone is missed.
std::vector<std::string> required_checks(const Model& model) {
  const circuit::Circuit& circuit = model.vk.circuit;
  std::vector<std::string> out{"lookup (root)"};
  for (unsigned k = 0; k < model.vk.layout.log_num_leaves; ++k) {
    out.push_back(fmt::format("lookup (layer {})", k));
  }
  for (const circuit::Relation& relation : circuit.relations) {
    out.push_back(fmt::format("relations ({})", relation.name));
  }
  bool products = false;
  bool views = false;
  const relation::Plan plan = relation::make_plan(circuit);
  for (const relation::ExpressionPlan* expression : plan.in_order()) {
    for (const relation::TermPlan& term : expression->terms) {
      products = products || term.term->operands.size() == 2;
      for (const circuit::OperandAccess& access : term.access.operands) {
        views = views || !access.all_direct();
      }
    }
  }
  if (products) {
    out.emplace_back("sumcheck (products)");
  }
  if (views) {
    out.emplace_back("sumcheck (views)");
  }
  out.insert(out.end(), {"lookup (numerators)", "lookup (denominators)"});
  for (std::uint32_t id = 0; id < circuit.tensors.size(); ++id) {
    if (circuit.is_public(id)) {
      out.push_back(fmt::format("statement (public tensor \"{}\")", circuit.tensors[id].name));
    }
  }
  out.insert(out.end(), {"opening (rows)", "opening (inner product)"});
  return out;
}

struct Case {
  NodeCase node;
  statement::Mode mode;
  std::uint32_t batch = 1;
};

class LyingProver : public ::testing::TestWithParam<Case> {
 protected:
  void SetUp() override {
    compile::GraphMaker g(3);
    GetParam().node.build(g);
    compile::CompileOptions options;
    options.batch = GetParam().batch;
    std::vector<IntVector> inputs;
    for (std::uint32_t i = 0; i < options.batch; ++i) {
      std::ranges::move(g.random_inputs(), std::back_inserter(inputs));
    }
    auto model = make_model(g.graph(), options, inputs, GetParam().mode);
    ASSERT_TRUE(model.ok()) << model.error().message();
    model_ = std::move(*model);
    const Forged control = forge(model_, with_assignment(model_, "none", model_.assignment), "");
    ASSERT_TRUE(control.violated.empty() && control.opens);
    const auto accepted = verify(model_, control.proof);
    ASSERT_TRUE(accepted.ok()) << accepted.error().message();
  }

  // Adds those that falsify something; what falsifies least comes first.
  void add(std::vector<Forgery> more) {
    for (Forgery& forgery : more) {
      Forged sent = send_honestly(model_, forgery);
      if (!sent.violated.empty()) {
        forgeries_.push_back({std::move(forgery), std::move(sent)});
      }
    }
    std::ranges::stable_sort(forgeries_, {}, [](const auto& f) { return f.sent.violated.size(); });
  }

  // Whether this check, and no other, rejects the forged proof.
  bool only_this(const Forged& forged, const std::string& stage) const {
    return stage == kOpening ? forged.violated.empty() && !forged.opens
                             : forged.violated == std::vector<std::string>{stage} && forged.opens;
  }
  void expect_rejected(const Forgery& forgery, const Forged& forged, const std::string& stage) {
    const auto verdict = verify(model_, forged.proof);
    ASSERT_FALSE(verdict.ok()) << forgery.name;
    const std::string hidden = stage == kOpening ? "zero knowledge" : "zero knowledge (constraints)";
    EXPECT_EQ(verdict.error().where, model_.mode.zero_knowledge ? hidden : stage) << forgery.name;
  }
  // A maximum of 16-bit numbers multiplies two differences that are cut into limbs: false in this product alone only
  // when more is changed than the forgeries do.
  static bool out_of_reach(const std::string& stage) {
    return GetParam().node.name == "Int16Max" && stage == "sumcheck (products)";
  }
  // Searches a forgery that only this check rejects, and has it rejected.
  bool try_check(const std::string& stage) {
    for (const auto& [forgery, sent] : forgeries_) {
      const bool is_relation = stage.starts_with("relations");
      if (is_relation && !only_this(sent, stage)) {
        continue;
      }
      const Forged forged = is_relation ? sent : forge(model_, forgery, stage);
      if (only_this(forged, stage)) {
        expect_rejected(forgery, forged, stage);
        return true;
      }
    }
    return false;
  }

  inline static const std::string kOpening = "opening";  // everything fits but what the commitments hold

  struct Tried {
    Forgery forgery;
    Forged sent;  // by an honest prover
  };
  Model model_;
  std::vector<Tried> forgeries_;
};

// No check is made that the test below does not know of.
TEST_P(LyingProver, TheChecksAreThoseRequired) {
  std::vector<std::string> made = stages(model_);
  std::vector<std::string> required = required_checks(model_);
  std::ranges::sort(made);
  std::ranges::sort(required);
  EXPECT_EQ(made, required);
}

TEST_P(LyingProver, EveryCheckIsTheOnlyOneAgainstSomeLie) {
  add(forgeries(model_));
  bool has_relations = false;
  bool relation_found = false;
  bool joint_added = false;
  for (const std::string& stage : required_checks(model_)) {
    if (stage.starts_with("relations")) {  // one check, made for each of them
      has_relations = true;
      relation_found = try_check(stage) || relation_found;
    } else if (!try_check(stage) && !out_of_reach(stage)) {
      if (!joint_added) {
        add(joint_forgeries(model_));
        joint_added = true;
      }
      EXPECT_TRUE(try_check(stage)) << "no lie gets as far as " << stage;
    }
  }
  EXPECT_EQ(relation_found, has_relations);
  // While hiding, the vector is never sent; a short one leaves nothing to bend after the values that it has to fit.
  const bool folds = (std::size_t{1} << model_.vk.layout.log_row_len) > pcs::hyrax::kFinalLength;
  EXPECT_EQ(try_check(kOpening), folds || !model_.mode.zero_knowledge);
}

std::vector<Case> cases() {
  std::vector<Case> out;
  std::vector<NodeCase> nodes = node_cases();
  nodes.push_back(folding_case());
  for (const NodeCase& node : nodes) {
    out.push_back({node, kPlain});
    out.push_back({node, kZeroKnowledge});
    if (node.name == "GemmRelu" ||
        node.name == "TableFunction") {  // small ones that pad with 0 and with something else
      out.push_back({node, kPlain, 3});
      out.push_back({node, kZeroKnowledge, 3});
    }
  }
  return out;
}

INSTANTIATE_TEST_SUITE_P(Nodes, LyingProver, ::testing::ValuesIn(cases()), [](const auto& param_info) {
  return param_info.param.node.name + (param_info.param.mode.zero_knowledge ? "ZeroKnowledge" : "Plain") +
         (param_info.param.batch != 1 ? "Batch" : "");
});

}  // namespace
}  // namespace proofcard::testing
