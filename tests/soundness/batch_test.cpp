// N inputs in one proof: it states what N runs give, no row of it can differ from the others in what is proved of it, and
// provers that change a row, exchange rows or fill the padding with something else are rejected.
#include "host/circuit/batch.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>

#include "tests/support/cheat.hpp"
#include "tests/support/node_cases.hpp"

namespace proofcard::testing {
namespace {

using circuit::Visibility;

// All kinds of nodes, and steps that are stated once (compile/roll.hpp).
std::vector<NodeCase> batch_cases() {
  std::vector<NodeCase> out = node_cases();
  out.push_back({"Recurrent", [](compile::GraphMaker& g) {
                   const auto h = g.recurrent(g.input({9, 3}), g.input({3}, 0, 127), false);
                   g.output(g.gemm(g.joined(h), 2, {1}, 6));
                 }});
  return out;
}

std::vector<IntVector> inputs_of(compile::GraphMaker& g, std::uint32_t batch) {
  std::vector<IntVector> out;
  for (std::uint32_t i = 0; i < batch; ++i) {
    std::ranges::move(g.random_inputs(), std::back_inserter(out));
  }
  return out;
}

compile::CompileOptions options_of(std::uint32_t batch) {
  compile::CompileOptions out;
  out.batch = batch;
  return out;
}

class BatchOf : public ::testing::TestWithParam<NodeCase> {
 protected:
  void SetUp() override { GetParam().build(g_); }

  compile::GraphMaker g_{5};
};

TEST_P(BatchOf, StatesWhatEachInputGivesAlone) {
  const std::size_t num_inputs = g_.graph().inputs.size();
  for (const std::uint32_t batch : {1U, 2U, 3U, 8U}) {
    const std::vector<IntVector> inputs = inputs_of(g_, batch);
    const auto model = make_model(g_.graph(), options_of(batch), inputs, batch == 3 ? kZeroKnowledge : kPlain);
    ASSERT_TRUE(model.ok()) << model.error().message();
    EXPECT_EQ(model->vk.circuit.batch, batch);
    EXPECT_FALSE(find_violation(*model, model->assignment)) << *find_violation(*model, model->assignment);
    const auto proof = prove(*model);
    ASSERT_TRUE(proof.ok()) << proof.error().message();
    const auto header = verify(*model, *proof);
    ASSERT_TRUE(header.ok()) << header.error().message();
    for (std::size_t o = 0; o < g_.graph().outputs.size(); ++o) {
      const IntVector& stated = header->publics[model->vk.circuit.outputs[o]];
      for (std::uint32_t row = 0; row < batch; ++row) {
        const auto alone = graph::execute(g_.graph(), std::span(inputs).subspan(row * num_inputs, num_inputs));
        ASSERT_TRUE(alone.ok());
        const IntVector& expected = alone->tensors[g_.graph().outputs[o]];
        ASSERT_EQ(stated.size(), batch * expected.size());
        for (std::size_t i = 0; i < expected.size(); ++i) {
          EXPECT_EQ(stated[row * expected.size() + i], expected[i]) << "row " << row << ", element " << i;
        }
      }
    }
  }
}

// The circuit does not grow in what it says, and says it of every row alike.
TEST_P(BatchOf, IsTheCircuitOfOneForEveryRow) {
  const auto one = compile::compile(g_.graph(), {});
  ASSERT_TRUE(one.ok());
  const auto all = circuit::batched(*one, 5);
  ASSERT_TRUE(all.ok()) << all.error().message();
  const auto bytes = [](const circuit::Circuit& c) {
    ByteWriter out;
    circuit::write(out, c);
    return out.take();
  };
  EXPECT_EQ(bytes(circuit::one_row(*all)), bytes(*one));
  EXPECT_EQ(bytes(*all).size(), bytes(*one).size() + 4);
  const Bytes file = bytes(*all);
  ByteReader in(file, "key");
  const auto again = circuit::read_circuit(in);
  ASSERT_TRUE(again.ok()) << again.error().message();
  EXPECT_EQ(again->batch, 5U);
  EXPECT_EQ(bytes(*again), file);
  ASSERT_EQ(all->tensors.size(), one->tensors.size());
  for (std::size_t id = 0; id < all->tensors.size(); ++id) {
    tensor::Shape expected = one->tensors[id].shape;
    if (one->tensors[id].role != circuit::Role::kWeight) {
      expected.insert(expected.begin(), 5);
    }
    EXPECT_EQ(all->tensors[id].shape, expected);
    EXPECT_EQ(again->tensors[id].shape, expected);
  }
  // Reads move with the row, or are of weights and do not: no row has weights of its own, and none reads another's values.
  const auto check = [&](const circuit::Expression& e) {
    ASSERT_EQ(e.out_dims.at(0), 5U);
    for (const circuit::Term& term : e.terms) {
      for (const tensor::LabelWeights& w : term.weights) {
        EXPECT_NE(w.label, 0U);
      }
      for (const circuit::Operand& operand : term.operands) {
        const bool is_weight = all->tensors[operand.tensor].role == circuit::Role::kWeight;
        for (std::size_t g = 0; g < operand.groups.size(); ++g) {
          const tensor::Group row{0, 1, 0, {{0, 1}}, false};
          if (!is_weight && g == 0) {
            EXPECT_EQ(operand.groups[g], row);
          } else {
            EXPECT_TRUE(std::ranges::none_of(operand.groups[g].labels, [](const auto& l) { return l.label == 0; }));
          }
        }
      }
    }
  };
  for (const circuit::Relation& relation : all->relations) {
    check(relation.zero);
  }
  for (const circuit::Lookup& lookup : all->lookups) {
    const circuit::Table& table = all->tables[lookup.table];
    const bool of_rows = !table.tensors.empty() && all->tensors[table.tensors[0]].role != circuit::Role::kWeight;
    if (of_rows) {  // the row's own number first
      EXPECT_EQ(lookup.columns[0],
                (circuit::Expression{lookup.dims, {}, {{1, {}, {{0, std::vector<std::int64_t>{0, 1, 2, 3, 4}}}}}}));
      EXPECT_EQ(table.dims, all->tensors[table.tensors[0]].shape);
    }
    std::for_each(lookup.columns.begin() + (of_rows ? 1 : 0), lookup.columns.end(), check);
  }
}

// The place of the same element in another row.
Place in_row(const circuit::Circuit& circuit, const Place& place, std::size_t row) {
  const std::size_t of_row = circuit::padded_size(circuit::one_row(circuit).tensors[place.tensor].shape);
  return {place.tensor, row * of_row + place.index % of_row, row >= circuit.batch || place.is_padding};
}

TEST_P(BatchOf, NoRowCanBeChangedOrExchanged) {
  constexpr std::uint32_t kBatch = 3;
  const auto model = make_model(g_.graph(), options_of(kBatch), inputs_of(g_, kBatch));
  ASSERT_TRUE(model.ok()) << model.error().message();
  const circuit::Circuit& circuit = model->vk.circuit;
  std::size_t tried = 0;
  const auto expect_rejected = [&](circuit::Assignment changed, const std::string& what) {
    repair_lookups(*model, changed);
    EXPECT_TRUE(find_violation(*model, changed)) << what;
    const auto proof = prove_assignment(*model, changed);
    if (proof.ok()) {
      EXPECT_FALSE(verify(*model, *proof).ok()) << what;
    }
    ++tried;
  };
  for (std::uint32_t id = 0; id < circuit.tensors.size(); ++id) {
    const circuit::Tensor& t = circuit.tensors[id];
    if (t.role == circuit::Role::kWeight || t.role == circuit::Role::kInput) {
      continue;
    }
    const Place first{id, 0, false};
    for (std::size_t row = 0; row < kBatch; ++row) {
      const Place place = in_row(circuit, first, row);
      circuit::Assignment changed = model->assignment;
      const std::int64_t was = value_at(*model, place);
      if (set_value(*model, changed, place, was + 1) || set_value(*model, changed, place, was - 1)) {
        expect_rejected(std::move(changed), fmt::format("{} of row {}", t.name, row));
      }
    }
    // One value of two rows exchanged, where they differ.
    for (const Place& place : places(circuit, id)) {
      const Place a = in_row(circuit, place, 0), b = in_row(circuit, place, 2);
      if (!place.is_padding && value_at(*model, a) != value_at(*model, b)) {
        circuit::Assignment changed = model->assignment;
        ASSERT_TRUE(set_value(*model, changed, a, value_at(*model, b)));
        ASSERT_TRUE(set_value(*model, changed, b, value_at(*model, a)));
        expect_rejected(std::move(changed), t.name + " exchanged");
        break;
      }
    }
  }
  EXPECT_GT(tried, 2U);
}

// Rows beyond the last are nobody's. Whatever a prover commits there, a wrong output of a row stays wrong.
TEST_P(BatchOf, GarbageInPaddingHelpsNobody) {
  constexpr std::uint32_t kBatch = 3;
  const auto model = make_model(g_.graph(), options_of(kBatch), inputs_of(g_, kBatch));
  ASSERT_TRUE(model.ok()) << model.error().message();
  const circuit::Circuit& circuit = model->vk.circuit;
  circuit::Assignment garbage = model->assignment;
  for (std::uint32_t id = 0; id < circuit.tensors.size(); ++id) {
    if (circuit.tensors[id].role == circuit::Role::kWitness || circuit.tensors[id].role == circuit::Role::kInput) {
      // What the first row has, which fits together.
      const std::size_t of_row = circuit::padded_size(circuit.tensors[id].shape) / 4;
      for (std::size_t i = 0; i < of_row; ++i) {
        ASSERT_TRUE(set_value(*model, garbage, {id, kBatch * of_row + i, true}, value_at(*model, {id, i, false})));
      }
    }
  }
  repair_lookups(*model, garbage);
  if (const auto proof = prove_assignment(*model, garbage); proof.ok()) {
    const auto header = verify(*model, *proof);
    for (const std::uint32_t id : circuit.outputs) {  // a verifier may accept: then of what is true
      EXPECT_TRUE(!header.ok() || header->publics[id].size() == tensor::num_elements(circuit.tensors[id].shape));
    }
  }
  for (const std::uint32_t id : circuit.outputs) {
    for (std::size_t row = 0; row < kBatch; ++row) {
      const Place place = in_row(circuit, {id, 0, false}, row);
      circuit::Assignment changed = garbage;
      const std::int64_t was = value_at(*model, place);
      ASSERT_TRUE(set_value(*model, changed, place, was + 1) || set_value(*model, changed, place, was - 1));
      repair_lookups(*model, changed);
      const auto proof = prove_assignment(*model, changed);
      EXPECT_TRUE(!proof.ok() || !verify(*model, *proof).ok()) << "row " << row;
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Nodes, BatchOf, ::testing::ValuesIn(batch_cases()),
                         [](const auto& test) { return test.param.name; });

// A proof for one number of inputs is none for another, and each side can be hidden or shown.
TEST(Batch, IsPartOfTheKeyAndTheStatement) {
  compile::GraphMaker g(3);
  g.output(g.gemm(g.clamp(g.gemm(g.input({3}), 3, {3}, 9), 0, 127), 2, {1}, 0));
  for (const Visibility input : {Visibility::kPrivate, Visibility::kPublic}) {
    for (const Visibility output : {Visibility::kPrivate, Visibility::kPublic}) {
      for (const Visibility weights : {Visibility::kPrivate, Visibility::kPublic}) {
        const compile::CompileOptions options{input, output, weights, "m", {}, 3};
        const auto model = make_model(g.graph(), options, inputs_of(g, 3), kZeroKnowledge);
        ASSERT_TRUE(model.ok()) << model.error().message();
        const auto proof = prove(*model);
        ASSERT_TRUE(proof.ok());
        const auto header = verify(*model, *proof);
        ASSERT_TRUE(header.ok()) << header.error().message();
        const auto size_of = [&](std::uint32_t id) { return header->publics[id].size(); };
        EXPECT_EQ(size_of(model->vk.circuit.inputs[0]), input == Visibility::kPublic ? 9U : 0U);
        EXPECT_EQ(size_of(model->vk.circuit.outputs[0]), output == Visibility::kPublic ? 6U : 0U);

        Model other = *model;
        auto four = circuit::batched(circuit::one_row(model->vk.circuit), 4);
        ASSERT_TRUE(four.ok());
        other.vk = statement::make_verifying_key(*std::move(four), model->vk.weight_rows);
        EXPECT_NE(other.vk.digest, model->vk.digest);
        EXPECT_FALSE(verify(other, *proof).ok());
      }
    }
  }
}

// Two proofs of one batch, and one of a batch with another row, look unrelated: no row's commitments show.
TEST(Batch, RowsAreBlinded) {
  compile::GraphMaker g(3);
  g.output(g.gemm(g.input({5}), 3, {7}, 5));
  const auto model = make_model(g.graph(), options_of(3), inputs_of(g, 3), kZeroKnowledge);
  ASSERT_TRUE(model.ok());
  const auto a = prove(*model), b = prove(*model);
  ASSERT_TRUE(a.ok() && b.ok());
  ASSERT_EQ(a->size(), b->size());
  std::size_t same = 0;
  for (std::size_t i = 0; i + 32 <= a->size(); i += 32) {
    same += std::equal(a->begin() + static_cast<std::ptrdiff_t>(i), a->begin() + static_cast<std::ptrdiff_t>(i + 32),
                       b->begin() + static_cast<std::ptrdiff_t>(i))
                ? 1
                : 0;
  }
  EXPECT_LT(same, a->size() / 64);  // statement and header are the same
}

TEST(Batch, RefusesWhatItCannotState) {
  compile::GraphMaker g(3);
  g.output(g.gemm(g.input({5}), 3, {7}, 5));
  const auto error = [&](const compile::CompileOptions& options) {
    const auto circuit = compile::compile(g.graph(), options);
    return circuit.ok() ? "none" : circuit.error().message();
  };
  EXPECT_NE(error(options_of(0)).find("expected 1 to 65536 inputs in one proof, found 0"), std::string::npos);
  EXPECT_NE(error(options_of(circuit::kMaxBatch + 1)).find("found 65537"), std::string::npos);
  for (const auto& [input, output] : {std::pair{Visibility::kCommitted, Visibility::kPublic},
                                      std::pair{Visibility::kPublic, Visibility::kCommitted}}) {
    EXPECT_NE(error({input, output, Visibility::kPrivate, "m", {}, 2}).find("found committed ones"), std::string::npos);
  }
  compile::GraphMaker large(3);
  large.output(large.add(large.input({1U << 14}), 1, large.input({1U << 14}), 1, 3));
  const auto circuit = compile::compile(large.graph(), options_of(circuit::kMaxBatch));
  ASSERT_FALSE(circuit.ok());
  EXPECT_NE(circuit.error().message().find("fewer inputs in one proof than 65536"), std::string::npos)
      << circuit.error().message();
}

// Row numbers are many for few bytes of a file.
TEST(Batch, LooksUpAsManyRowsAsItMayNumber) {
  compile::GraphMaker g(3);
  const auto select = std::ranges::find(node_cases(), "Select", &NodeCase::name);
  select->build(g);
  auto one = compile::compile(g.graph(), {});
  ASSERT_TRUE(one.ok());
  const auto of_rows = std::ranges::find_if(one->lookups, [&](const circuit::Lookup& l) {
    const auto& tensors = one->tables[l.table].tensors;
    return !tensors.empty() && one->tensors[tensors[0]].role != circuit::Role::kWeight;
  });
  ASSERT_NE(of_rows, one->lookups.end());
  const circuit::Lookup lookup = *of_rows;
  for (int i = 1; i < 64; ++i) {
    one->lookups.push_back(lookup);
  }
  EXPECT_TRUE(circuit::batched(*one, circuit::kMaxBatch).ok());
  one->lookups.push_back(lookup);
  const auto more = circuit::batched(*one, circuit::kMaxBatch);
  ASSERT_FALSE(more.ok());
  EXPECT_NE(more.error().message().find("expected at most 4194304 row numbers"), std::string::npos)
      << more.error().message();
}

// In a file: a number that means nothing, and every other number than the right one.
TEST(Batch, IsCheckedWhenACircuitIsRead) {
  compile::GraphMaker g(3);
  g.output(g.gemm(g.input({5}), 3, {7}, 5));
  compile::CompileOptions options = options_of(3);
  options.model_name = "m";
  const auto circuit = compile::compile(g.graph(), options);
  ASSERT_TRUE(circuit.ok());
  ByteWriter out;
  circuit::write(out, *circuit);
  const Bytes file = out.take();
  ByteWriter name;
  name.string(options.model_name);
  const std::size_t flag = name.bytes().size();
  ASSERT_EQ(file[flag], 0x80);
  ASSERT_EQ(file[flag + 1], 3);
  const auto with = [&](std::size_t place, std::uint8_t value) {
    Bytes changed = file;
    changed[place] = value;
    ByteReader in(changed, "key");
    return circuit::read_circuit(in);
  };
  EXPECT_TRUE(with(flag + 1, 7).ok());
  for (const std::uint8_t few : {std::uint8_t{0}, std::uint8_t{1}}) {
    const auto read = with(flag + 1, few);
    ASSERT_FALSE(read.ok());
    EXPECT_NE(read.error().message().find("circuit.batch: expected at least 2"), std::string::npos);
  }
  EXPECT_FALSE(with(flag + 4, 0x7f).ok());
  EXPECT_FALSE(with(flag, 0x82).ok());  // committed inputs
  EXPECT_FALSE(with(flag, 0x83).ok());
}

// Damaged files of a batch: an error, or a circuit that is written as it was read, and stated for all rows.
TEST(Batch, DamagedFilesAreErrorsOrOtherCircuits) {
  compile::GraphMaker g(3);
  g.output(g.gemm(g.clamp(g.gemm(g.input({3}), 3, {3}, 9), 0, 127), 2, {1}, 0));
  const auto circuit = compile::compile(g.graph(), options_of(3));
  ASSERT_TRUE(circuit.ok());
  ByteWriter out;
  circuit::write(out, *circuit);
  const Bytes file = out.take();
  std::mt19937_64 random(11);
  std::size_t read = 0;
  for (int attempt = 0; attempt < 4000; ++attempt) {
    Bytes changed = file;
    changed[random() % changed.size()] ^= static_cast<std::uint8_t>(1 + random() % 255);
    ByteReader in(changed, "key");
    if (const auto c = circuit::read_circuit(in); c.ok() && in.remaining() == 0) {
      ++read;
      ByteWriter again;
      circuit::write(again, *c);
      EXPECT_EQ(again.bytes().size(), changed.size());
      for (std::uint32_t id = 0; c->batch != 1 && id < c->tensors.size(); ++id) {
        EXPECT_TRUE(c->tensors[id].role == circuit::Role::kWeight || c->tensors[id].shape[0] == c->batch);
      }
    }
  }
  EXPECT_GT(read, 100U);
}

}  // namespace
}  // namespace proofcard::testing
