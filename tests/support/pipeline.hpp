// Graph to verified proof in a few calls, for tests.
#pragma once

#include "host/compile/compile.hpp"
#include "host/prover/prover.hpp"
#include "host/verifier/verifier.hpp"

namespace proofcard::testing {

// A model ready to prove, with the assignment of one input.
struct Model {
  statement::VerifyingKey vk;
  compile::WeightColumns weights;
  prover::Context context;
  circuit::Assignment assignment;
};

inline prover::Backend cpu_backend() { return {kernels::cpu_msm(), kernels::cpu_int_gemm()}; }

inline Result<Model> make_model(const graph::Graph& graph, const compile::CompileOptions& options,
                                std::span<const IntVector> inputs) {
  Model m;
  PROOFCARD_TRY(circuit::Circuit circuit, compile::compile(graph, options));
  const circuit::Layout layout = circuit::make_layout(circuit);
  PROOFCARD_TRY(m.weights, compile::weight_columns(graph, circuit, layout));
  PROOFCARD_TRY(m.context, prover::make_context(kernels::cpu_msm(), layout));
  PROOFCARD_TRY(auto rows, prover::commit_weights(cpu_backend(), m.context, layout, m.weights));
  m.vk = statement::make_verifying_key(std::move(circuit), std::move(rows));
  PROOFCARD_TRY(const graph::Trace trace, graph::execute(graph, inputs));
  PROOFCARD_TRY(m.assignment, compile::assign(graph, m.vk.circuit, m.vk.layout, m.weights, trace));
  return m;
}

inline Result<Bytes> prove(const Model& m, const Transcript::Observer& observer = {}) {
  Stages stages;
  return prover::prove(cpu_backend(), m.context, m.vk, m.assignment, {{}, observer}, stages);
}

inline Result<statement::Header> verify(const Model& m, ByteView proof, const Transcript::Observer& observer = {}) {
  return verifier::verify(kernels::cpu_msm(), m.context.generators, m.vk, proof, {false, true, observer});
}

}  // namespace proofcard::testing
