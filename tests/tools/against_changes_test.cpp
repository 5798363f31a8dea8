// `inspect --against` refuses every change of a circuit, and of the numbers that it is made again from.
#include "tests/tools/against_changes.hpp"

#include "tests/tools/against_support.hpp"

namespace proofcard::testing {
namespace {

bool same_bytes(const Circuit& a, const Circuit& b) {
  ByteWriter x;
  ByteWriter y;
  circuit::write(x, a);
  circuit::write(y, b);
  return x.bytes() == y.bytes();
}

// As it would come out of a file.
bool is_read(const Circuit& circuit) {
  ByteWriter out;
  circuit::write(out, circuit);
  ByteReader in(out.bytes(), "circuit");
  const auto read = circuit::read_circuit(in);
  return read.ok() && circuit::check_soundness(*read).ok();
}

// Whether nothing differs but how something is hidden.
bool is_hidden_otherwise(Circuit a, const Circuit& b) {
  const auto level = [](circuit::Visibility& x, circuit::Visibility y) {
    if (x != circuit::Visibility::kPublic && y != circuit::Visibility::kPublic) {
      x = y;
    }
  };
  level(a.input_visibility, b.input_visibility);
  level(a.weight_visibility, b.weight_visibility);
  return same_bytes(a, b);
}

// Every change of every field is refused, when the key is read or by --against. Exceptions, which change nothing of what is
// proved: the model's name; who sees what, where the circuit for it is the same (hidden either way), which is printed.
TEST_F(AgainstTest, RefusesEveryChangeOfACircuit) {
  const PlannedModel m = plan_model(small_network(1), {8, true, 32, {}});
  ASSERT_TRUE(ask(PlannedModel::key(m.circuit, m.plan)).ok());
  const auto changes = all_changes(m.circuit);
  EXPECT_GT(changes.size(), 1500U);
  std::size_t read = 0;
  for (const auto& [name, change] : changes) {
    Circuit changed = m.circuit;
    change(changed);
    if (same_bytes(changed, m.circuit) || !is_read(changed) || is_hidden_otherwise(changed, m.circuit)) {
      continue;  // two equal neighbours swapped, refused by whoever reads the key, or the exception, tested below
    }
    ++read;
    const auto answer = ask(PlannedModel::key(std::move(changed), m.plan));
    ASSERT_FALSE(answer.ok()) << name;
    EXPECT_EQ(answer.error().kind, ErrorKind::kRejected) << name << answer.error().message();
  }
  EXPECT_GT(read, 300U);
  Circuit renamed = m.circuit;
  renamed.model_name = "another";
  EXPECT_TRUE(ask(PlannedModel::key(std::move(renamed), m.plan)).ok());

  using circuit::Visibility;
  Circuit seen = m.circuit;
  for (const Visibility other : {Visibility::kPublic, Visibility::kCommitted}) {
    seen.weight_visibility = other;
    const auto answer = ask(PlannedModel::key(seen, m.plan));
    EXPECT_EQ(answer.ok(), other == Visibility::kCommitted);
    EXPECT_TRUE(!answer.ok() || answer->find("weights and biases, which are committed") != std::string::npos);
    seen = m.circuit;
    seen.input_visibility = other;
    const auto input = ask(PlannedModel::key(seen, m.plan));
    EXPECT_EQ(input.ok(), other == Visibility::kCommitted);
    EXPECT_TRUE(!input.ok() || input->find("committed input x") != std::string::npos);
    seen = m.circuit;
  }
  for (const Visibility other : {Visibility::kPrivate, Visibility::kCommitted}) {
    seen.output_visibility = other;
    EXPECT_FALSE(ask(PlannedModel::key(seen, m.plan)).ok());
  }
}

TEST_F(AgainstTest, RefusesEveryChangeOfAPlan) {
  for (const bool hidden : {true, false}) {
    const PlannedModel m = plan_model(small_network(1), {8, hidden, 32, {}});
    ASSERT_FALSE(m.plan.linear.empty());
    ASSERT_FALSE(m.plan.tables.empty());
    ASSERT_FALSE(m.plan.decisions.empty());
    const Bytes own = encoded(m.plan);
    for (const auto& [name, change] : all_changes(m.plan)) {
      QuantisationPlan changed = m.plan;
      change(changed);
      if (encoded(changed) != own) {
        EXPECT_FALSE(ask(PlannedModel::key(m.circuit, changed)).ok()) << name;
      }
    }
    statement::VerifyingKey longer = PlannedModel::key(m.circuit, m.plan);
    longer.quantisation.push_back(0);
    EXPECT_FALSE(ask(longer).ok());
    EXPECT_FALSE(ask(PlannedModel::key(m.circuit, {})).ok());
  }
}

// The same of a plan of both widths. A width that decides nothing, since the range of what has it is narrower than 8 bits, may be
// another: the circuit is the key's all the same.
TEST_F(AgainstTest, RefusesEveryChangeOfWidthsThatChangesTheCircuit) {
  for (const bool hidden : {true, false}) {
    const auto floats = graph::import_onnx(small_network(1), "model.onnx");
    ASSERT_TRUE(floats.ok());
    const auto samples = graph::random_samples(*floats, 20);
    const auto quantiser = graph::Quantiser::prepare(*floats, samples, {8, hidden});
    ASSERT_TRUE(quantiser.ok());
    std::vector<std::uint32_t> wide;
    const auto lowered = quantiser->lower(16, {});
    ASSERT_TRUE(lowered.ok());
    for (std::size_t i = 0; const std::uint32_t value : lowered->with_width) {
      if (++i % 2 == 0) wide.push_back(value);
    }
    std::sort(wide.begin(), wide.end());
    const PlannedModel m = plan_model(small_network(1), {graph::kMixedBits, hidden, 32, {}, wide});
    ASSERT_EQ(m.plan.bits, graph::kMixedBits);
    ASSERT_GT(m.plan.wide.size(), 1U);
    ASSERT_TRUE(ask(PlannedModel::key(m.circuit, m.plan)).ok());
    EXPECT_NE(ask(PlannedModel::key(m.circuit, m.plan))->find("8 and 16 bits"), std::string::npos);
    std::size_t refused = 0;
    for (const auto& [name, change] : all_changes(m.plan)) {
      QuantisationPlan changed = m.plan;
      change(changed);
      if (encoded(changed) == encoded(m.plan)) {
        continue;
      }
      const bool taken = ask(PlannedModel::key(m.circuit, changed)).ok();
      refused += taken ? 0U : 1U;
      if (taken) {
        EXPECT_TRUE(name.starts_with("wide")) << name;
        const auto again = graph::rebuild(m.floats, changed, hidden);
        ASSERT_TRUE(again.ok());
        EXPECT_EQ(again->tensors.size(), m.graph.tensors.size());
      }
    }
    EXPECT_GT(refused, 80U);
    // What is wide in the key is not all narrow, or all wide.
    for (const unsigned bits : {8U, 16U}) {
      QuantisationPlan uniform = m.plan;
      uniform.bits = bits;
      uniform.wide.clear();
      EXPECT_FALSE(ask(PlannedModel::key(m.circuit, uniform)).ok()) << bits;
    }
  }
}

}  // namespace
}  // namespace proofcard::testing
