// A key whose author left a layer free: proofs for one input verify with whatever prediction he likes, and
// `inspect --against` says that the key is not the model's.
#include <random>
#include <set>

#include "host/formats/model_files.hpp"
#include "host/report/against.hpp"
#include "tests/support/cheat.hpp"
#include "tests/tools/against_support.hpp"
#include "tests/tools/workspace.hpp"

namespace proofcard::testing {
namespace {

Bytes two_layers() {
  graph::ModelBuilder m;
  m.input("x", {1, 6}).random("w1", {6, 5}, 0.5F).random("b1", {5}, 0.5F).random("w2", {5, 4}, 0.5F);
  m.random("b2", {4}, 0.5F).output("y");
  m.node("Gemm", {"x", "w1", "b1"}, {"h"});
  m.node("Relu", {"h"}, {"r"});
  m.node("Gemm", {"r", "w2", "b2"}, {"y"});
  return m.bytes();
}

class FreeLayer : public Workspace {};

// The first layer's relation, M W x + b - 2^s q + 2^(s-1) - rem = 0, becomes -q + 2^(s-1) - rem = 0: the weights are
// still named, with coefficient 0.
tensor::Expression freed(tensor::Expression e) {
  for (tensor::Term& term : e.terms) {
    if (&term == &e.terms[0] || &term == &e.terms[1]) {
      term.coefficient = 0;
    } else if (&term == &e.terms[2]) {
      term.coefficient = -1;
    }
  }
  return e;
}

TEST_F(FreeLayer, ProvesAnythingAndIsRefused) {
  const Bytes onnx = two_layers();
  write("model.onnx", std::string(onnx.begin(), onnx.end()));
  const PlannedModel planned = plan_model(onnx, {8, true, 32, {}});
  IntVector input(IntType::kI16, 6);
  for (std::size_t i = 0; i < input.size(); ++i) {
    input.set(i, static_cast<std::int64_t>(3000 * i));
  }
  const std::vector<IntVector> inputs = {input};
  auto honest = make_model(planned.graph, {}, inputs);
  ASSERT_TRUE(honest.ok()) << honest.error().message();
  ASSERT_TRUE(
      tools::compare_with_onnx(PlannedModel::key(honest->vk.circuit, planned.plan), "honest", path("model.onnx")).ok());

  circuit::Circuit circuit = honest->vk.circuit;
  const auto relation = std::find_if(circuit.relations.begin(), circuit.relations.end(), [](const auto& r) {
    return r.zero.terms.size() >= 5 && r.zero.terms[0].operands.size() == 2;
  });
  ASSERT_NE(relation, circuit.relations.end());
  const tensor::Expression was = relation->zero;
  relation->zero = freed(was);
  const std::int64_t half = was.terms[3].coefficient;
  ASSERT_GT(half, 127);
  const std::uint32_t q = was.terms[2].operands[0].tensor;

  Model evil = *honest;
  evil.vk = statement::make_verifying_key(circuit, honest->vk.weight_rows);
  ByteWriter file;
  statement::write(file, evil.vk);
  ByteReader reader(file.bytes(), "key");
  ASSERT_TRUE(statement::read_verifying_key(reader).ok());

  // Another network with other biases gives values that fit together from the first layer's result on.
  std::mt19937 random(7);
  std::set<std::size_t> predictions;
  for (int attempt = 0; attempt < 200 && predictions.size() < 3; ++attempt) {
    graph::Graph other = planned.graph;
    for (graph::Tensor& t : other.tensors) {
      for (std::size_t i = 0; t.name.ends_with(": bias") && t.shape == graph::Shape{5} && i < t.data.size(); ++i) {
        const std::int64_t most = std::int64_t{20} << (attempt % 5);  // of steps of the layer's result
        t.data.set(i, std::uniform_int_distribution<std::int64_t>(-most * 2 * half, most * 2 * half)(random));
      }
    }
    auto forged = make_model(other, {}, inputs);
    if (!forged.ok()) {
      continue;
    }
    circuit::Assignment assignment = forged->assignment;
    for (std::size_t c = 0; c < assignment.columns.size(); ++c) {
      if (evil.vk.layout.columns[c].owner == circuit::Column::Owner::kWeights) {
        assignment.columns[c] = honest->assignment.columns[c];
      }
    }
    // rem = 2^(s-1) - q, limb by limb.
    bool fits = true;
    const IntSpan result = assignment.tensor(circuit, evil.vk.layout, q);
    std::vector<std::int64_t> values;
    for (std::size_t i = 0; i < circuit::padded_size(circuit.tensors[q].shape); ++i) {
      values.push_back(int_at(result, i));
    }
    for (std::size_t i = 0; i < values.size(); ++i) {
      // A constant counts at true places only.
      std::int64_t rest = (i < tensor::num_elements(circuit.tensors[q].shape) ? half : 0) - values[i];
      fits = fits && rest >= 0 && rest < 2 * half;
      for (std::size_t t = 4; t < was.terms.size(); ++t) {
        const std::int64_t step =
            t + 1 < was.terms.size() ? was.terms[t + 1].coefficient / was.terms[t].coefficient : std::int64_t{1} << 40;
        const Place place{was.terms[t].operands[0].tensor, i, false};
        fits = fits && set_value(evil, assignment, place, rest % step);
        rest /= step;
      }
    }
    if (!fits) {
      continue;
    }
    repair_lookups(evil, assignment);
    const auto proof = prove_assignment(evil, assignment);
    ASSERT_TRUE(proof.ok()) << proof.error().message();
    const auto header = verify(evil, *proof);
    ASSERT_TRUE(header.ok()) << header.error().message() << "; " << find_violation(evil, assignment).value_or("");
    const IntSpan output = assignment.tensor(circuit, evil.vk.layout, circuit.outputs[0]);
    std::size_t best = 0;
    for (std::size_t k = 1; k < 4; ++k) {
      best = int_at(output, k) > int_at(output, best) ? k : best;
    }
    predictions.insert(best);
  }
  EXPECT_GE(predictions.size(), 3U) << "the attack itself no longer works; make it work again";

  evil.vk.quantisation = encoded(planned.plan);
  const Bytes key = tools::encode_verifying_key(evil.vk);
  write("evil.vk", std::string(key.begin(), key.end()));
  fails(1, "inspect evil.vk --against model.onnx", "coefficient");
}

}  // namespace
}  // namespace proofcard::testing
