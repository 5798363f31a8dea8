// Graph to verified proof in a few calls, for tests.
#pragma once

#include <optional>

#include "host/compile/compile.hpp"
#include "host/prover/prover.hpp"
#include "host/verifier/verifier.hpp"

namespace proofcard::testing {

// A model ready to prove, with the assignment of one input, or of a batch.
struct Model {
  statement::Mode mode;
  statement::VerifyingKey vk;
  compile::WeightColumns weights;
  prover::Blindings weight_blindings;  // zero-knowledge mode, when the weights are secret
  prover::Context context;
  circuit::Assignment assignment;
};

inline constexpr statement::Mode kPlain{false, false};
inline constexpr statement::Mode kZeroKnowledge{true, false};

inline prover::Backend cpu_backend() { return {kernels::cpu_msm(), kernels::cpu_int_gemm()}; }

// The inputs of a batch are those of one after the other.
// weight_seed: weights blinded from it instead of the operating system, for proofs that have to come out the same
// again.
inline Result<Model> make_model(const graph::Graph& graph, const compile::CompileOptions& options,
                                std::span<const IntVector> inputs, const statement::Mode& mode = kPlain,
                                std::optional<std::uint64_t> weight_seed = std::nullopt) {
  Model m;
  m.mode = mode;
  PROOFCARD_TRY(circuit::Circuit circuit, compile::compile(graph, options));
  const circuit::Layout layout = circuit::make_layout(circuit);
  PROOFCARD_TRY(m.weights, compile::weight_columns(graph, circuit, layout));
  PROOFCARD_TRY(m.context, prover::make_context(kernels::cpu_msm(), layout));
  if (mode.zero_knowledge && options.weights != circuit::Visibility::kPublic) {
    PROOFCARD_TRY(const hash::BlindingSource source, weight_seed ? hash::BlindingSource::from_seed(*weight_seed, {})
                                                                 : hash::BlindingSource::from_system());
    m.weight_blindings = prover::weight_blindings(source, layout);
  }
  PROOFCARD_TRY(auto rows, prover::commit_weights(cpu_backend(), m.context, layout, m.weights, m.weight_blindings));
  m.vk = statement::make_verifying_key(std::move(circuit), std::move(rows));
  std::vector<graph::Trace> traces;
  const std::size_t of_one = inputs.size() / options.batch;
  for (std::uint32_t i = 0; i < options.batch; ++i) {
    PROOFCARD_TRY(traces.emplace_back(), graph::execute(graph, inputs.subspan(i * of_one, of_one)));
  }
  PROOFCARD_TRY(const compile::Assigner assigner, compile::Assigner::make(graph, m.vk.circuit, m.vk.layout));
  PROOFCARD_TRY(m.assignment, assigner.assign(m.weights, traces));
  return m;
}

// seed: blinding from it instead of the operating system; the proof is then marked.
inline Result<Bytes> prove(const Model& m, const Transcript::Observer& observer = {},
                           std::optional<std::uint64_t> seed = std::nullopt) {
  Stages stages;
  statement::Mode mode = m.mode;
  mode.seeded = seed.has_value();
  return prover::prove(cpu_backend(), m.context, m.vk, m.assignment, {mode, seed, m.weight_blindings, observer},
                       stages);
}

inline Result<statement::Header> verify(const Model& m, ByteView proof, const Transcript::Observer& observer = {}) {
  return verifier::verify(kernels::cpu_msm(), m.context.generators, m.vk, proof, {true, true, observer});
}

}  // namespace proofcard::testing
