#include "host/session/proving.hpp"

#include <algorithm>
#include <atomic>
#include <optional>

#include "host/base/parallel.hpp"
#include "host/base/text.hpp"
#include "host/graph/executor.hpp"
#include "host/graph/generate.hpp"
#include "host/session/setup.hpp"
#include "host/verifier/verifier.hpp"

namespace proofcard::tools {
namespace {

// The blindings of inputs or outputs that are committed already, their ids in `tensors`. A proof that hides nothing would give
// away what their commitments hide, and one that hides must not rest on commitments that do not.
Status take_blindings(const std::vector<std::uint32_t>& tensors, const circuit::Layout& layout,
                      std::span<const statement::Opening> openings, bool zero_knowledge, prover::Blindings& blindings) {
  for (std::size_t i = 0; i < openings.size(); ++i) {
    const bool hiding = !openings[i].blindings.empty();
    if (hiding && !zero_knowledge) {
      return bad_input("--no-zk",
                       "a commitment that hides its values was given, and this proof would give them away; "
                       "expected one made with `commit --no-zk`");
    }
    if (!hiding && zero_knowledge) {
      return bad_input("--input-opening",
                       "expected a commitment that hides its values, found one made with --no-zk, "
                       "which serves `prove --no-zk` only");
    }
    blindings[layout.tensor_place[tensors[i]].column] = openings[i].blindings;
  }
  return {};
}

// Runs the network for every input, as many at a time as there are threads, so that no more is held than that. Errors:
// the first input's that has one. `cut_off`: a list an input.
Result<std::vector<std::vector<OutputValues>>> execute_all(const graph::Graph& graph,
                                                           const std::vector<InputValues>& inputs,
                                                           compile::WitnessStream& stream,
                                                           std::vector<std::vector<graph::CutOff>>& cut_off) {
  std::vector<std::vector<OutputValues>> out(inputs.size());
  std::vector<std::optional<Error>> errors(inputs.size());
  std::atomic<std::size_t> next = 0;
  const auto execute = [&](std::size_t i) -> Status {
    PROOFCARD_TRY(const std::unique_ptr<graph::Sink> sink, stream.begin_input(static_cast<std::uint32_t>(i)));
    PROOFCARD_TRY(const std::vector<IntVector> all, graph::with_fed_back(graph, inputs[i]));
    PROOFCARD_TRY(const std::vector<IntVector> outputs, graph::execute(graph, all, *sink, &cut_off[i]));
    out[i] = output_values(graph, outputs);
    return {};
  };
  parallel_for(std::min(inputs.size(), num_threads()), 1, [&](std::size_t begin, std::size_t end) {
    for (std::size_t worker = begin; worker < end; ++worker) {
      for (std::size_t i = next++; i < inputs.size(); i = next++) {
        if (const Status status = execute(i); !status.ok()) {
          errors[i] = status.error();
          next = inputs.size();
        }
      }
    }
  });
  const auto error = std::ranges::find_if(errors, [](const auto& e) { return e.has_value(); });
  if (error != errors.end()) {
    return **error;
  }
  return out;
}

// Openings that the caller has made of outputs before: for the model's committed outputs, one each.
Status expect_for_outputs(const circuit::Circuit& circuit, std::span<const statement::Opening> openings) {
  if (openings.empty()) {
    return {};
  }
  if (circuit.output_visibility != circuit::Visibility::kCommitted || openings.size() != circuit.outputs.size()) {
    return bad_input("output opening", "expected one for each of {} committed output(s), found {}",
                     circuit.output_visibility == circuit::Visibility::kCommitted ? circuit.outputs.size() : 0,
                     openings.size());
  }
  for (std::size_t i = 0; i < openings.size(); ++i) {
    const circuit::Tensor& t = circuit.tensors[circuit.outputs[i]];
    if (const std::string text = statement::difference(statement::describe(t), openings[i].descriptor); !text.empty()) {
      return bad_input("output opening", "output \"{}\": {}", shown_name(t.name), text);
    }
  }
  return {};
}

// A proof with the commitment of one value and another value behind it would be no proof.
Status expect_same_values(std::span<const statement::Opening> given, std::span<const statement::Opening> found) {
  for (std::size_t i = 0; i < given.size(); ++i) {
    if (given[i].values != found[i].values) {
      return bad_input("output opening",
                       "expected the values that the model gives for these inputs, found others at output {}", i);
    }
  }
  return {};
}

std::vector<statement::Opening> output_openings(const circuit::Circuit& circuit, const circuit::Layout& layout,
                                                const circuit::Assignment& assignment,
                                                const prover::Blindings& blindings) {
  std::vector<statement::Opening> out;
  for (const std::uint32_t id : circuit.outputs) {
    const circuit::Tensor& tensor = circuit.tensors[id];
    const std::uint32_t column = layout.tensor_place[id].column;  // the tensor's own
    out.push_back(
        {statement::describe(tensor), statement::unpad(tensor, *assignment.columns[column]), blindings[column]});
  }
  return out;
}

}  // namespace

Result<ProvingSession> ProvingSession::make(ProverKey key, const prover::Backend& backend, Stages& stages,
                                            ProofCounter counter) {
  return make(std::make_shared<const ProverKey>(std::move(key)), backend, stages, std::move(counter));
}

Result<ProvingSession> ProvingSession::make(std::shared_ptr<const ProverKey> owned, const prover::Backend& backend,
                                            Stages& stages, ProofCounter counter) {
  const graph::Graph& graph = owned->model.graph;
  const statement::VerifyingKey& vk = owned->vk;
  stages.start("weights");
  PROOFCARD_TRY(compile::WeightColumns weights, compile::weight_columns(graph, vk.circuit, vk.layout));
  PROOFCARD_TRY(compile::Assigner assigner, compile::Assigner::make(graph, vk.circuit, vk.layout));
  PROOFCARD_TRY(prover::Context context,
                make_context(vk, backend, weights, owned->tail_key, stages, owned->weight_tree));
  stages.stop();
  return ProvingSession(std::move(owned), backend, std::move(context), std::move(weights), std::move(assigner),
                        std::move(counter));
}

Status ProvingSession::count_proof() const {
  if (key_->vk.scheme.max_proofs == 0) {
    return {};
  }
  if (!counter_) {
    return bad_input(
        "prover key",
        "expected a count of its proofs, for it hides its weights for {} only; `proofcard prove` counts them",
        key_->vk.scheme.max_proofs);
  }
  return counter_();
}

Result<ProofResult> ProvingSession::prove(const std::vector<InputValues>& inputs, bool zero_knowledge,
                                          std::optional<std::uint64_t> seed, Stages& stages,
                                          std::span<const statement::Opening> input_openings, const Bytes& context,
                                          std::span<const statement::Opening> output_openings) const {
  if (pcs::is_inner(key_->vk.scheme)) {
    return bad_input("prover key",
                     "expected one whose proofs stand by themselves, found one for `proofcard chain prove`");
  }
  if (!zero_knowledge && (!key_->weight_blindings.empty() || key_->tail_key)) {
    return bad_input(
        "--no-zk", "expected a key whose weights are not hidden (public weights, or setup --no-zk), found hidden ones");
  }
  return run(inputs, {.zero_knowledge = zero_knowledge, .seeded = seed.has_value()}, seed, stages, input_openings,
             context, output_openings);
}

Result<ProofResult> ProvingSession::prove_inner(const std::vector<InputValues>& inputs, Stages& stages,
                                                const Bytes& context) const {
  if (!pcs::is_inner(key_->vk.scheme)) {
    return bad_input("prover key",
                     "expected one that `proofcard chain setup` made, found one whose proofs stand by themselves");
  }
  return run(inputs, {}, {}, stages, {}, context);
}

Result<ProofResult> ProvingSession::run(const std::vector<InputValues>& inputs, const statement::Mode& mode,
                                        std::optional<std::uint64_t> seed, Stages& stages,
                                        std::span<const statement::Opening> input_openings, const Bytes& context,
                                        std::span<const statement::Opening> given_outputs) const {
  if (context.size() > statement::kMaxContextBytes) {
    return bad_input("context", "expected at most {} bytes, found {}", statement::kMaxContextBytes, context.size());
  }
  const circuit::Circuit& circuit = key_->vk.circuit;
  const circuit::Layout& layout = key_->vk.layout;
  PROOFCARD_RETURN_IF_ERROR(expect_batch(inputs.size(), circuit.batch, "input"));
  prover::Blindings blindings = key_->weight_blindings;
  blindings.resize(layout.columns.size());
  PROOFCARD_RETURN_IF_ERROR(take_blindings(circuit.inputs, layout, input_openings, mode.zero_knowledge, blindings));
  PROOFCARD_RETURN_IF_ERROR(expect_for_outputs(circuit, given_outputs));
  PROOFCARD_RETURN_IF_ERROR(take_blindings(circuit.outputs, layout, given_outputs, mode.zero_knowledge, blindings));
  if (!pcs::is_inner(key_->vk.scheme)) {  // those never leave the process
    PROOFCARD_RETURN_IF_ERROR(count_proof());
  }
  ProofResult out;
  stages.start("inference");
  std::optional<prover::RowCommitter> rows;
  if (key_->vk.scheme.kind == pcs::Kind::kHyrax) {
    rows.emplace(backend_.msm, *context_.bases, layout);
  }
  PROOFCARD_TRY(std::unique_ptr<compile::WitnessStream> stream,
                assigner_.begin(weights_, [&](std::size_t column, const std::shared_ptr<const IntVector>& values,
                                              std::size_t first_row, std::size_t num_rows) {
                  return rows ? rows->add(column, values, first_row, num_rows) : Status();
                }));
  std::vector<std::vector<graph::CutOff>> found(inputs.size());
  PROOFCARD_TRY(out.outputs, execute_all(key_->model.graph, inputs, *stream, found));
  CutOffSteps cut_off(key_->model.graph);
  for (std::size_t i = 0; i < found.size(); ++i) {
    cut_off.add(i, found[i]);
  }
  out.cut_off = cut_off.steps();
  stages.start("witness");
  PROOFCARD_TRY(const circuit::Assignment assignment, stream->finish());
  stream.reset();
  if (!given_outputs.empty()) {
    PROOFCARD_RETURN_IF_ERROR(
        expect_same_values(given_outputs, output_openings(circuit, layout, assignment, blindings)));
  }
  const prover::Options options{mode, seed, std::move(blindings), {}, context};
  prover::Blindings used;
  PROOFCARD_TRY(out.proof, prover::prove(backend_, context_, key_->vk, assignment, options, stages, &used,
                                         rows ? &*rows : nullptr));
  if (!backend_.msm.is_trusted()) {
    stages.start("check");
    const verifier::Options allow_all{
        .allow_seeded = true, .allow_no_zero_knowledge = true, .observer = {}, .context = context};
    const auto accepted = verifier::verify(kernels::cpu_msm(), context_.generators, key_->vk, out.proof, allow_all);
    PROOFCARD_RETURN_IF_ERROR(check_sums(backend_.msm, "proof", accepted.ok() ? Status() : Status(accepted.error())));
  }
  stages.stop();
  if (circuit.output_visibility == circuit::Visibility::kCommitted) {
    out.output_openings = output_openings(circuit, layout, assignment, used);
  }
  return out;
}

}  // namespace proofcard::tools
