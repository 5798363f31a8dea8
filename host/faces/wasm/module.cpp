// What the WebAssembly module exports beside committed.cpp; package/index.mjs is the only caller.
//
// Bytes:     answer.hpp. Fields of verdicts are in docs/json.md.
// Handles:   a key that was opened; of one kind where a function asks for it. Freed by proofcard_free_key().
// Secrets:   nothing leaves the module but answers.
#include "host/base/text.hpp"
#include "host/faces/wasm/answer.hpp"
#include "host/faces/wasm/committed.hpp"
#include "host/faces/wasm/flags.hpp"
#include "host/faces/wasm/keys.hpp"
#include "host/formats/model_files.hpp"
#include "host/formats/values.hpp"
#include "host/kernels/msm.hpp"
#include "host/report/json/verdict_json.hpp"
#include "host/report/text/cut_off_text.hpp"
#include "host/session/setup.hpp"
#include "host/session/values/input_values.hpp"
#include "host/session/verifying.hpp"

namespace proofcard::faces::wasm {
namespace {

using nlohmann::ordered_json;
using tools::ProvingSession;
using tools::Side;

Result<Answer> open_verifying_key(ByteView file) {
  PROOFCARD_TRY(statement::VerifyingKey vk, tools::decode_verifying_key(file, "verification key"));
  PROOFCARD_RETURN_IF_ERROR(tools::check_weight_range(vk, kernels::cpu_msm(), tools::generators_of(vk)));
  ordered_json out{{"modelName", vk.circuit.model_name}, {"digest", hex(vk.digest)}, {"batch", vk.circuit.batch}};
  out["handle"] = keep(std::move(vk));
  return Answer{std::move(out)};
}

Result<Answer> open_prover_key(ByteView file) {
  PROOFCARD_TRY(tools::ProverKey key, tools::decode_prover_key(file, "prover key"));
  Stages stages;
  PROOFCARD_TRY(ProvingSession session, ProvingSession::make(std::move(key), processor(), stages));
  const statement::VerifyingKey& vk = session.key().vk;
  ordered_json inputs = ordered_json::array();
  for (std::size_t i = 0; i < vk.circuit.inputs.size(); ++i) {
    inputs.push_back({{"name", vk.circuit.tensors[vk.circuit.inputs[i]].name}, {"shape", vk.circuit.input_shapes[i]}});
  }
  ordered_json out{{"modelName", vk.circuit.model_name},
                   {"digest", hex(vk.digest)},
                   {"batch", vk.circuit.batch},
                   {"inputs", std::move(inputs)}};
  out["handle"] = keep(std::move(session));
  return Answer{std::move(out)};
}

Result<Answer> verifying_key_of(std::uint32_t handle) {
  PROOFCARD_TRY(const ProvingSession* session, find<ProvingSession>(handle));
  return Answer{ordered_json::object(), {tools::encode_verifying_key(session->key().vk)}};
}

struct VerifyInputs {
  ByteView proof;
  ByteView context;
  ByteView input_commitments;  // lists
  ByteView output_commitments;
};

Result<Answer> verify(std::uint32_t handle, const VerifyInputs& given, std::uint32_t flags) {
  PROOFCARD_TRY(const statement::VerifyingKey* vk, find<statement::VerifyingKey>(handle));
  PROOFCARD_RETURN_IF_ERROR(tools::expect_kind(given.proof, tools::FileKind::kProof, "proof"));
  PROOFCARD_TRY(const tools::ExpectedCommitments inputs,
                expected_commitments(vk->circuit, Side::kInput, given.input_commitments));
  PROOFCARD_TRY(const tools::ExpectedCommitments outputs,
                expected_commitments(vk->circuit, Side::kOutput, given.output_commitments));
  const tools::VerifyOptions options{.key_checked = true,  // when it was opened
                                     .allow_seeded = (flags & kAllowSeeded) != 0,
                                     .allow_no_zk = (flags & kAllowNoZeroKnowledge) != 0,
                                     .context = Bytes(given.context.begin(), given.context.end())};
  Stages stages;
  tools::VerifyTimes times;
  statement::CommittedRows committed;
  PROOFCARD_TRY(const statement::Header header,
                tools::verify_proof(*vk, given.proof, kernels::cpu_msm(), options, stages, times, committed));
  PROOFCARD_RETURN_IF_ERROR(tools::check_commitments(vk->circuit, committed, Side::kInput, inputs));
  PROOFCARD_RETURN_IF_ERROR(tools::check_commitments(vk->circuit, committed, Side::kOutput, outputs));
  return Answer{tools::verdict_json({*vk, &header, committed, {}, {}, times})};
}

struct ProveInputs {
  ByteView input;     // a text; where there are openings nobody reads it
  ByteView openings;  // a list
  ByteView context;
};

Result<std::vector<tools::InputValues>> input_values(const tools::ProverKey& pk, const ProveInputs& given,
                                                     const std::vector<statement::Opening>& openings, bool saturate,
                                                     tools::ClippedTensors& clipped) {
  if (!openings.empty()) {
    PROOFCARD_RETURN_IF_ERROR(tools::expect_committed(pk.vk.circuit, Side::kInput, "prover key"));
    const std::vector<std::string> names(openings.size(), "opening");
    PROOFCARD_TRY(tools::InputValues values, tools::opened_inputs(pk.vk.circuit, openings, names));
    return std::vector<tools::InputValues>{std::move(values)};
  }
  PROOFCARD_TRY(const tools::Values values, tools::parse_json_values(given.input, "input"));
  return tools::quantise_batch(pk.model.graph, pk.vk.circuit.batch, values, "input", saturate, clipped);
}

Result<Answer> prove(std::uint32_t handle, const ProveInputs& given, std::uint32_t flags, std::uint64_t seed) {
  PROOFCARD_TRY(const ProvingSession* session, find<ProvingSession>(handle));
  const tools::ProverKey& pk = session->key();
  PROOFCARD_TRY(const std::vector<statement::Opening> openings, read_openings(given.openings));
  if ((flags & kOpenOutputs) != 0) {  // before the proof, which would be for nothing
    PROOFCARD_RETURN_IF_ERROR(tools::expect_committed(pk.vk.circuit, Side::kOutput, "prover key"));
  }
  tools::ClippedTensors clipped;
  PROOFCARD_TRY(const std::vector<tools::InputValues> inputs,
                input_values(pk, given, openings, (flags & kSaturate) != 0, clipped));
  Stages stages;
  PROOFCARD_TRY(tools::ProofResult result,
                session->prove(inputs, (flags & kNoZeroKnowledge) == 0,
                               (flags & kSeeded) != 0 ? std::optional(seed) : std::nullopt, stages, openings,
                               Bytes(given.context.begin(), given.context.end())));
  Answer out{
      {{"outputs", ordered_json::array()}, {"stagesMs", ordered_json::object()}, {"warnings", ordered_json::array()}},
      {std::move(result.proof)}};
  for (std::size_t row = 0; row < result.outputs.size(); ++row) {
    for (const tools::OutputValues& o : result.outputs[row]) {
      out.json["outputs"].push_back(
          {{"row", row}, {"name", o.name}, {"shape", o.shape}, {"integers", o.integers}, {"reals", o.reals}});
    }
  }
  for (const auto& [name, ms] : stages.milliseconds()) {
    out.json["stagesMs"][name] = ms;
  }
  for (const std::string& text :
       {tools::clipped_warning(clipped, inputs.size()), tools::cut_off_warning(result.cut_off, inputs.size())}) {
    if (!text.empty()) {
      out.json["warnings"].push_back(text);
    }
  }
  if ((flags & kOpenOutputs) != 0) {
    PROOFCARD_RETURN_IF_ERROR(add_openings(out, result.output_openings));
  }
  return out;
}

}  // namespace
}  // namespace proofcard::faces::wasm

using proofcard::ByteView;
namespace wasm = proofcard::faces::wasm;

PROOFCARD_EXPORT(proofcard_allocate) std::uint8_t* proofcard_allocate(std::uint32_t size) {
  return wasm::allocate(size);
}

PROOFCARD_EXPORT(proofcard_release) void proofcard_release(std::uint8_t* at) { wasm::release(at); }

PROOFCARD_EXPORT(proofcard_version) std::uint8_t* proofcard_version() {
  return wasm::give(wasm::Answer{{{"version", PROOFCARD_VERSION}}});
}

PROOFCARD_EXPORT(proofcard_open_verifying_key)
std::uint8_t* proofcard_open_verifying_key(const std::uint8_t* file, std::uint32_t size) {
  return wasm::give(wasm::open_verifying_key(ByteView(file, size)));
}

PROOFCARD_EXPORT(proofcard_open_prover_key)
std::uint8_t* proofcard_open_prover_key(const std::uint8_t* file, std::uint32_t size) {
  return wasm::give(wasm::open_prover_key(ByteView(file, size)));
}

PROOFCARD_EXPORT(proofcard_free_key) void proofcard_free_key(std::uint32_t handle) { wasm::open_keys().erase(handle); }

PROOFCARD_EXPORT(proofcard_verifying_key_of) std::uint8_t* proofcard_verifying_key_of(std::uint32_t handle) {
  return wasm::give(wasm::verifying_key_of(handle));
}

PROOFCARD_EXPORT(proofcard_verify)
std::uint8_t* proofcard_verify(std::uint32_t handle, const std::uint8_t* proof, std::uint32_t proof_size,
                               const std::uint8_t* context, std::uint32_t context_size, const std::uint8_t* inputs,
                               std::uint32_t inputs_size, const std::uint8_t* outputs, std::uint32_t outputs_size,
                               std::uint32_t flags) {
  const wasm::VerifyInputs given{.proof = ByteView(proof, proof_size),
                                 .context = ByteView(context, context_size),
                                 .input_commitments = ByteView(inputs, inputs_size),
                                 .output_commitments = ByteView(outputs, outputs_size)};
  return wasm::give(wasm::verify(handle, given, flags));
}

PROOFCARD_EXPORT(proofcard_prove)
std::uint8_t* proofcard_prove(std::uint32_t handle, const std::uint8_t* input, std::uint32_t input_size,
                              const std::uint8_t* openings, std::uint32_t openings_size, const std::uint8_t* context,
                              std::uint32_t context_size, std::uint32_t flags, std::uint64_t seed) {
  const wasm::ProveInputs given{.input = ByteView(input, input_size),
                                .openings = ByteView(openings, openings_size),
                                .context = ByteView(context, context_size)};
  return wasm::give(wasm::prove(handle, given, flags, seed));
}
