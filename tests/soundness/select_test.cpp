// Lookups in tables of tensors: elements that lie in the padding, in another row of the table or with another input of a
// batch are not found, however well everything else fits.
#include <gtest/gtest.h>

#include "tests/compile/graph_maker.hpp"
#include "tests/support/cheat.hpp"

namespace proofcard::testing {
namespace {

using compile::GraphMaker;
using tensor::identity_operand;

IntVector vector_of(std::vector<std::int64_t> values) {
  IntVector out(IntType::kI8, values.size());
  for (std::size_t i = 0; i < values.size(); ++i) {
    out.set(i, values[i]);
  }
  return out;
}

// out[i] = data[.., at[i]], of an input of [3] or of weights of [2, 3], whose first index is i.
graph::Graph select_graph(bool of_weights) {
  GraphMaker g(1);
  const std::uint32_t x = g.input({3});
  const std::uint32_t at = g.input({2}, 0, 3);
  const std::uint32_t data = of_weights ? g.weight({2, 3}) : x;
  const std::uint32_t out = g.intermediate({2}, -128, 127);
  graph::Select select{data, of_weights ? 1U : 0U, {}, {{2}, {}, {{1, {identity_operand(at, {2})}, {}}}}, out};
  if (of_weights) {
    select.labels = {0};
  }
  g.graph().nodes.push_back({"select", std::move(select)});
  g.output(out);
  return g.graph();
}

class Selected : public ::testing::Test {
 protected:
  void make(bool of_weights, std::uint32_t batch = 1) {
    compile::CompileOptions options;
    options.batch = batch;
    std::vector<IntVector> inputs;
    for (std::uint32_t i = 0; i < batch; ++i) {
      inputs.push_back(vector_of({10 + 20 * i, 11 + 20 * i, 12 + 20 * i}));
      inputs.push_back(vector_of({0, 2}));
    }
    auto model = make_model(select_graph(of_weights), options, inputs);
    ASSERT_TRUE(model.ok()) << model.error().message();
    model_ = std::move(*model);
    const auto proof = prove(model_);
    ASSERT_TRUE(proof.ok());
    const auto accepted = verify(model_, *proof);
    ASSERT_TRUE(accepted.ok()) << "positive control: " << accepted.error().message();
    const circuit::Circuit& c = model_.vk.circuit;
    for (std::uint32_t l = 0; l < c.lookups.size(); ++l) {
      lookup_ = c.tables[c.lookups[l].table].kind == circuit::TableKind::kTensors ? l : lookup_;
    }
    table_ = c.lookups[lookup_].table;
    at_ = c.inputs[1];
    out_ = c.outputs[0];
  }

  // The element in place `row` of the table stands for number `i` of the lookup; hits are counted so.
  void claim(circuit::Assignment& assignment, std::size_t i, std::uint32_t row) const {
    std::uint32_t& claimed = assignment.lookup_rows[lookup_][i];
    if (claimed != circuit::kNoRow) {
      add_to_multiplicity(model_, assignment, table_, claimed, -1);
    }
    claimed = row;
    add_to_multiplicity(model_, assignment, table_, row, 1);
  }

  std::int64_t element(const circuit::Assignment& assignment, std::uint32_t row) const {
    const std::uint32_t tensor = model_.vk.circuit.tables[table_].tensors[0];
    return int_at(assignment.tensor(model_.vk.circuit, model_.vk.layout, tensor), row);
  }

  void expect_rejected(const circuit::Assignment& assignment, const std::string& stage) const {
    const auto proof = prove_assignment(model_, assignment);
    ASSERT_TRUE(proof.ok());
    const auto verdict = verify(model_, *proof);
    ASSERT_FALSE(verdict.ok());
    EXPECT_NE(verdict.error().where.find(stage), std::string::npos) << verdict.error().message();
  }

  Model model_;
  std::uint32_t lookup_ = 0;
  std::uint32_t table_ = 0;
  std::uint32_t at_ = 0;
  std::uint32_t out_ = 0;
};

// An index of 3 in a table of 3, for which the prover has put something there.
TEST_F(Selected, NotFromThePadding) {
  make(false);
  circuit::Assignment forged = model_.assignment;
  const std::uint32_t x = model_.vk.circuit.inputs[0];
  ASSERT_TRUE(set_value(model_, forged, {x, 3, true}, 77));
  ASSERT_TRUE(set_value(model_, forged, {at_, 1, false}, 3));
  ASSERT_TRUE(set_value(model_, forged, {out_, 1, false}, 77));
  repair_lookups(model_, forged);
  claim(forged, 1, 3);
  EXPECT_EQ(element(forged, 3), 77);
  expect_rejected(forged, "lookup");
}

TEST_F(Selected, NotFromAnotherRow) {
  make(true);
  circuit::Assignment forged = model_.assignment;
  const std::uint32_t row = (1U << 2) + 0;  // weights[1, 0] instead of weights[0, 0]
  ASSERT_NE(element(forged, row), element(forged, 0));
  ASSERT_TRUE(set_value(model_, forged, {out_, 0, false}, element(forged, row)));
  claim(forged, 0, row);
  expect_rejected(forged, "lookup");
}

TEST_F(Selected, NotFromAnotherPlace) {
  make(false);
  circuit::Assignment forged = model_.assignment;
  ASSERT_TRUE(set_value(model_, forged, {out_, 0, false}, element(forged, 1)));
  claim(forged, 0, 1);
  expect_rejected(forged, "lookup");
}

TEST_F(Selected, NotFromAnotherInputOfABatch) {
  make(false, 2);
  const circuit::Circuit& c = model_.vk.circuit;
  ASSERT_EQ(c.tables[table_].dims, (tensor::Shape{2, 3}));
  circuit::Assignment forged = model_.assignment;
  const std::uint32_t row = (1U << 2) + 0;  // the first value of the second input, for the first one
  ASSERT_TRUE(set_value(model_, forged, {out_, 0, false}, element(forged, row)));
  EXPECT_EQ(element(forged, row), 30);
  claim(forged, 0, row);
  expect_rejected(forged, "lookup");
}

// Three inputs are four: what stands for the fourth is none, and cannot be made one.
TEST_F(Selected, NothingOnPaddedIndices) {
  make(false, 3);
  circuit::Assignment forged = model_.assignment;
  const std::size_t padded = 3U << 1;
  ASSERT_EQ(forged.lookup_rows[lookup_][padded], circuit::kNoRow);
  claim(forged, padded, 0);
  expect_rejected(forged, "lookup");
}

// Whoever writes the key may give weights what padding he likes; nobody finds it.
TEST_F(Selected, NotFromThePaddingOfWeights) {
  make(true);
  circuit::Assignment forged = model_.assignment;
  ASSERT_TRUE(set_value(model_, forged, {at_, 1, false}, 3));
  repair_lookups(model_, forged);
  const std::uint32_t row = (1U << 2) + 3;
  ASSERT_TRUE(set_value(model_, forged, {out_, 1, false}, element(forged, row)));
  claim(forged, 1, row);
  expect_rejected(forged, "lookup");
}

}  // namespace
}  // namespace proofcard::testing
