#include "host/tools/proving.hpp"

#include "host/graph/executor.hpp"

namespace proofcard::tools {

Result<ProvingSession> ProvingSession::make(ProverKey key, const prover::Backend& backend, Stages& stages) {
  auto owned = std::make_unique<const ProverKey>(std::move(key));
  const graph::Graph& graph = owned->model.graph;
  const statement::VerifyingKey& vk = owned->vk;
  stages.start("generators");
  PROOFCARD_TRY(prover::Context context, prover::make_context(backend.msm, vk.layout));
  stages.start("weights");
  PROOFCARD_TRY(compile::WeightColumns weights, compile::weight_columns(graph, vk.circuit, vk.layout));
  PROOFCARD_TRY(compile::Assigner assigner, compile::Assigner::make(graph, vk.circuit, vk.layout));
  stages.stop();
  return ProvingSession(std::move(owned), backend, std::move(context), std::move(weights), std::move(assigner));
}

Result<ProofResult> ProvingSession::prove(const std::vector<IntVector>& inputs, bool zero_knowledge,
                                          std::optional<std::uint64_t> seed, Stages& stages) const {
  if (!zero_knowledge && !key_->weight_blindings.empty()) {
    return bad_input(
        "--no-zk", "expected a key whose weights are not hidden (public weights, or setup --no-zk), found hidden ones");
  }
  ProofResult out;
  stages.start("inference");
  PROOFCARD_TRY(const graph::Trace trace, graph::execute(key_->model.graph, inputs));
  out.outputs = output_values(key_->model.graph, trace);
  stages.start("witness");
  PROOFCARD_TRY(const circuit::Assignment assignment, assigner_.assign(weights_, trace));
  const prover::Options options{
      {.zero_knowledge = zero_knowledge, .seeded = seed.has_value()}, seed, key_->weight_blindings, {}};
  PROOFCARD_TRY(out.proof, prover::prove(backend_, context_, key_->vk, assignment, options, stages));
  stages.stop();
  return out;
}

}  // namespace proofcard::tools
