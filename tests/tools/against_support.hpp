// Keys of models made in code, without proofs: what `inspect --against` looks at.
#pragma once

#include <gtest/gtest.h>

#include <fstream>
#include <string>

#include "host/circuit/bounds.hpp"
#include "host/compile/compile.hpp"
#include "host/report/against.hpp"
#include "host/statement/verifying_key.hpp"
#include "tests/graph_onnx/model_builder.hpp"
#include "tests/tools/workspace.hpp"

namespace proofcard::testing {

inline Bytes encoded(const graph::QuantisationPlan& plan) {
  ByteWriter out;
  graph::write(out, plan);
  return out.take();
}

struct PlannedModel {
  graph::FloatGraph floats;
  graph::Graph graph;
  graph::QuantisationPlan plan;
  circuit::Circuit circuit;

  // A key with this circuit and these numbers, and no commitments.
  static statement::VerifyingKey key(circuit::Circuit circuit, const graph::QuantisationPlan& plan) {
    statement::VerifyingKey vk;
    vk.circuit = std::move(circuit);
    vk.quantisation = encoded(plan);
    return vk;
  }
};

inline PlannedModel plan_model(const Bytes& onnx, const graph::QuantizeOptions& options) {
  PlannedModel m;
  auto floats = graph::import_onnx(onnx, "model.onnx");
  EXPECT_TRUE(floats.ok());
  m.floats = std::move(floats).value();
  auto graph = graph::quantize(m.floats, graph::random_samples(m.floats, 20), options, nullptr, &m.plan);
  EXPECT_TRUE(graph.ok()) << graph.error().message();
  m.graph = std::move(graph).value();
  compile::CompileOptions compile;
  compile.weights = options.private_weights ? circuit::Visibility::kPrivate : circuit::Visibility::kPublic;
  auto circuit = compile::compile(m.graph, compile);
  EXPECT_TRUE(circuit.ok()) << circuit.error().message();
  m.circuit = std::move(circuit).value();
  return m;
}

// Convolutions, Clip, residual sum, Elu, matrix products, Softmax: every kind of number that a plan has. Outputs: y is rounded,
// z an accumulator with weights, w one with a bias only.
inline Bytes small_network(unsigned seed) {
  graph::ModelBuilder m(13, seed);
  m.input("x", {1, 2, 4, 4}).output("y").output("z").output("w");
  m.random("w1", {2, 2, 3, 3}, 0.5F).random("b1", {2}, 0.5F).random("w2", {32, 3}, 0.5F).random("b2", {3}, 0.5F);
  m.random("w3", {32, 2}, 0.5F).random("w4", {2, 2, 1, 1}, 0.5F).random("b3", {1, 2, 4, 4}, 0.5F);
  m.constant("low", {}, {0}).constant("high", {}, {6}).integers("flat", {1, 32});
  m.node("Conv", {"x", "w1", "b1"}, {"c"}).ints("pads", {1, 1, 1, 1});
  m.node("Clip", {"c", "low", "high"}, {"r"});
  m.node("Conv", {"r", "w4"}, {"d"});
  m.node("Add", {"d", "x"}, {"s"});
  m.node("Elu", {"s"}, {"t"});
  m.node("Reshape", {"t", "flat"}, {"f"});
  m.node("Gemm", {"f", "w2", "b2"}, {"g"});
  m.node("Softmax", {"g"}, {"y"}).integer("axis", 1);
  m.node("MatMul", {"f", "w3"}, {"z"});
  m.node("Add", {"x", "b3"}, {"w"});
  return m.bytes();
}

class AgainstTest : public Workspace {
 protected:
  void SetUp() override {
    Workspace::SetUp();
    save("model.onnx", small_network(1));
  }
  void save(const std::string& name, const Bytes& bytes) const { write(name, std::string(bytes.begin(), bytes.end())); }
  // Whether the key is the model's.
  Result<std::string> ask(const statement::VerifyingKey& vk, const std::string& name = "model.onnx") const {
    PROOFCARD_TRY(const graph::QuantisationPlan plan, tools::compare_with_onnx(vk, "model.vk", path(name)));
    return tools::format_comparison(vk, plan, "model.vk", path(name));
  }
};

}  // namespace proofcard::testing
