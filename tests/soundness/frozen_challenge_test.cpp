// False lookups by a prover that knows the folding challenge, or that another table would hold the tuple.
#include <gtest/gtest.h>

#include "host/argument/hyrax.hpp"
#include "host/pcs/hyrax/verifier.hpp"
#include "tests/support/cheat.hpp"
#include "tests/support/frozen.hpp"
#include "tests/support/node_cases.hpp"

namespace proofcard::testing {
namespace {

using circuit::Visibility;

statement::Header header_of(const Model& model, const circuit::Assignment& assignment) {
  const circuit::Circuit& circuit = model.vk.circuit;
  statement::Header header{model.mode, model.vk.digest, statement::PublicTensors(circuit.tensors.size())};
  for (std::uint32_t id = 0; id < circuit.tensors.size(); ++id) {
    if (circuit.is_public(id)) {
      header.publics[id] = statement::unpad(circuit.tensors[id], assignment.public_tensors[id]);
    }
  }
  return header;
}

// Proves with these challenges, as a prover that holds `key` for the circuit, and verifies with the model's own. The
// stage that rejects; empty: accepted.
std::string stage(const Model& model, const statement::VerifyingKey& key, const circuit::Assignment& assignment,
                  const Frozen& frozen) {
  const statement::Header header = header_of(model, assignment);
  ProverChannel prover(frozen_transcript(frozen));
  Stages stages;
  EXPECT_TRUE(prover::prove_messages(cpu_backend(), model.context, key, header, assignment,
                                     prover::Blindings(key.layout.columns.size()), prover, frozen_transcript(frozen),
                                     stages)
                  .ok());
  const Bytes proof = prover.take_proof();
  VerifierChannel channel(frozen_transcript(frozen), proof);
  const auto verdict = [&]() -> Status {
    PROOFCARD_TRY(auto equation, argument::check_hyrax(channel, model.vk, header));
    PROOFCARD_RETURN_IF_ERROR(
        pcs::hyrax::check_vector_equation(kernels::cpu_msm(), model.context.generators, std::move(equation)));
    return channel.expect_end();
  }();
  return verdict.ok() ? "" : verdict.error().where;
}

// (x - 1, y + 1) folds like (x, y) when gamma is 1: the output is larger than the function's value, and accepted.
TEST(FrozenChallenge, GammaSeparatesTheColumnsOfATuple) {
  compile::GraphMaker g(3);
  g.output(g.lookup(g.input({4}), function_spec(tensor::Function::kSigmoid, 0.05, 1.0 / 127, 0, 127)));
  std::vector<IntVector> inputs{IntVector(IntType::kI8, 4)};
  inputs[0].set(0, 20);
  const auto model = make_model(
      g.graph(), {Visibility::kPrivate, Visibility::kPublic, Visibility::kPrivate, "m", std::nullopt}, inputs);
  ASSERT_TRUE(model.ok());
  const circuit::Circuit& circuit = model->vk.circuit;
  const Frozen known{"lookup.gamma", Fr::one()};
  const Frozen drawn{"lookup.gamma", std::nullopt};
  ASSERT_EQ(stage(*model, model->vk, model->assignment, known), "");
  ASSERT_EQ(stage(*model, model->vk, model->assignment, drawn), "");
  circuit::Assignment changed = model->assignment;
  for (const auto& [tensor, delta] : {std::pair{circuit.inputs[0], -1}, std::pair{circuit.outputs[0], 1}}) {
    const Place place = places(circuit, tensor)[0];
    ASSERT_TRUE(set_value(*model, changed, place, value_at(*model, place) + delta));
  }
  repair_lookups(*model, changed);  // the false tuple keeps the row of the true one
  ASSERT_TRUE(find_violation(*model, changed).has_value());
  EXPECT_EQ(stage(*model, model->vk, changed, known), "");
  EXPECT_EQ(stage(*model, model->vk, changed, drawn), "lookup (denominators)");
}

// Two inputs, each looked up in a range of its own, of which the second is wider.
Model two_ranges() {
  const tensor::Shape shape{2};
  const auto whole = [&](std::uint32_t tensor) {
    return circuit::Expression{shape, {}, {{1, {tensor::identity_operand(tensor, shape)}, {}}}};
  };
  circuit::Circuit c;
  c.tensors = {{"x", shape, circuit::Role::kInput, IntType::kI8, 0, 3, 1.0},
               {"y", shape, circuit::Role::kInput, IntType::kI8, 0, 7, 1.0}};
  c.tables = {{circuit::TableKind::kRange, 0, 4, {}}, {circuit::TableKind::kRange, 0, 8, {}}};
  c.lookups = {{"x range", 0, shape, {whole(0)}}, {"y range", 1, shape, {whole(1)}}};
  c.inputs = {0, 1};
  c.input_shapes = {{1, 2}, {1, 2}};
  EXPECT_TRUE(circuit::validate(c).ok());
  Model out;
  out.vk = statement::make_verifying_key(std::move(c), {});
  out.vk.weight_rows.resize(out.vk.layout.columns.size());
  out.context = prover::make_context(kernels::cpu_msm(), out.vk.layout).value();
  for (const circuit::Column& column : out.vk.layout.columns) {
    out.assignment.columns.push_back(std::make_shared<IntVector>(column.type, column.num_values()));
  }
  out.assignment.public_tensors.resize(2);
  out.assignment.lookup_rows = {{0, 0}, {0, 0}};
  return out;
}

// 5 is no value of x's range; as a lookup in y's table the sum of fractions comes out.
TEST(FrozenChallenge, ATableDoesNotHoldTheTuplesOfAnother) {
  const Model model = two_ranges();
  const Frozen drawn{"", std::nullopt};
  circuit::Assignment honest = model.assignment;
  repair_lookups(model, honest);
  ASSERT_EQ(stage(model, model.vk, honest, drawn), "");
  statement::VerifyingKey key = model.vk;
  key.circuit.lookups[0].table = 1;
  Model liar = model;
  liar.vk = key;
  circuit::Assignment changed = model.assignment;
  ASSERT_TRUE(set_value(model, changed, {0, 1, false}, 5));
  repair_lookups(liar, changed);
  ASSERT_TRUE(find_violation(model, changed).has_value());
  ASSERT_FALSE(find_violation(liar, changed).has_value());
  EXPECT_EQ(stage(model, key, changed, drawn), "lookup (denominators)");
}

}  // namespace
}  // namespace proofcard::testing
