// What the WebAssembly module exports; package/index.mjs is the only caller.
//
// Bytes in:  memory from proofcard_allocate(), which the caller fills and releases.
// Answers:   memory that the caller releases: the length of a JSON text and of bytes after it (two 32-bit numbers), the text, the
//            bytes. An error is {"error": {"kind", "where", "text"}}. Fields of verdicts are in docs/json.md.
// Handles:   a key that was opened; of one kind where a function asks for it. Freed by proofcard_free_key().
// Secrets:   released memory is overwritten. Nothing leaves the module but answers.
#include <cstring>
#include <map>
#include <memory>
#include <nlohmann/json.hpp>
#include <variant>

#include "host/base/text.hpp"
#include "host/formats/model_files.hpp"
#include "host/formats/values.hpp"
#include "host/kernels/int_gemm.hpp"
#include "host/kernels/msm.hpp"
#include "host/report/cut_off_text.hpp"
#include "host/report/verdict_json.hpp"
#include "host/session/input_values.hpp"
#include "host/session/proving.hpp"
#include "host/session/setup.hpp"
#include "host/session/verifying.hpp"

#define PROOFCARD_EXPORT(name) extern "C" __attribute__((export_name(#name), used))

namespace proofcard::tools {
namespace {

using nlohmann::ordered_json;

constexpr std::uint32_t kAllowSeeded = 1;
constexpr std::uint32_t kAllowNoZeroKnowledge = 2;
constexpr std::uint32_t kNoZeroKnowledge = 4;
constexpr std::uint32_t kSaturate = 8;
constexpr std::uint32_t kSeeded = 16;

using OpenKey = std::variant<statement::VerifyingKey, ProvingSession>;

std::map<std::uint32_t, OpenKey>& open_keys() {
  static std::map<std::uint32_t, OpenKey> keys;
  return keys;
}

std::uint32_t keep(OpenKey key) {
  static std::uint32_t next = 0;
  open_keys().emplace(++next, std::move(key));
  return next;
}

template <class Key>
Result<Key*> find(std::uint32_t handle) {
  const auto found = open_keys().find(handle);
  Key* const key = found == open_keys().end() ? nullptr : std::get_if<Key>(&found->second);
  if (key == nullptr) {
    return bad_input("key", "expected an open key of this kind, found none");
  }
  return key;
}

// Sizes stand before what is given out, so that it can be overwritten when it comes back.
constexpr std::size_t kHeader = 16;

std::uint8_t* allocate(std::size_t size) {
  auto* const memory = static_cast<std::uint8_t*>(::operator new(size + kHeader));
  std::memcpy(memory, &size, sizeof size);
  return memory + kHeader;
}

void release(std::uint8_t* at) {
  if (at != nullptr) {
    std::size_t size = 0;
    std::memcpy(&size, at - kHeader, sizeof size);
    ::explicit_bzero(at, size);
    ::operator delete(at - kHeader);
  }
}

std::uint8_t* answer(const ordered_json& json, ByteView bytes = {}) {
  const std::string text = json.dump(-1, ' ', false, ordered_json::error_handler_t::replace);
  const std::uint32_t lengths[] = {static_cast<std::uint32_t>(text.size()), static_cast<std::uint32_t>(bytes.size())};
  std::uint8_t* const out = allocate(sizeof lengths + text.size() + bytes.size());
  std::memcpy(out, lengths, sizeof lengths);
  std::memcpy(out + sizeof lengths, text.data(), text.size());
  if (!bytes.empty()) {
    std::memcpy(out + sizeof lengths + text.size(), bytes.data(), bytes.size());
  }
  return out;
}

std::uint8_t* answer(const Error& error) {
  const char* const kind = error.kind == ErrorKind::kRejected ? "rejected" : "bad input";
  return answer(ordered_json{
      {"error", {{"kind", kind}, {"where", printable_lines(error.where)}, {"text", printable_lines(error.what)}}}});
}

Result<ordered_json> open_verifying_key(ByteView file) {
  PROOFCARD_TRY(statement::VerifyingKey vk, decode_verifying_key(file, "verification key"));
  PROOFCARD_RETURN_IF_ERROR(check_weight_range(vk, kernels::cpu_msm(), generators_of(vk)));
  ordered_json out{{"modelName", vk.circuit.model_name}, {"digest", hex(vk.digest)}, {"batch", vk.circuit.batch}};
  out["handle"] = keep(std::move(vk));
  return out;
}

Result<ordered_json> open_prover_key(ByteView file) {
  PROOFCARD_TRY(ProverKey key, decode_prover_key(file, "prover key"));
  Stages stages;
  const prover::Backend backend{kernels::cpu_msm(), kernels::cpu_int_gemm()};
  PROOFCARD_TRY(ProvingSession session, ProvingSession::make(std::move(key), backend, stages));
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
  return out;
}

Result<ordered_json> verify(std::uint32_t handle, ByteView proof, ByteView context, std::uint32_t flags) {
  PROOFCARD_TRY(const statement::VerifyingKey* vk, find<statement::VerifyingKey>(handle));
  PROOFCARD_RETURN_IF_ERROR(expect_kind(proof, FileKind::kProof, "proof"));
  const VerifyOptions options{.key_checked = true,  // when it was opened
                              .allow_seeded = (flags & kAllowSeeded) != 0,
                              .allow_no_zk = (flags & kAllowNoZeroKnowledge) != 0,
                              .context = Bytes(context.begin(), context.end())};
  Stages stages;
  VerifyTimes times;
  statement::CommittedRows committed;
  PROOFCARD_TRY(const statement::Header header,
                verify_proof(*vk, proof, kernels::cpu_msm(), options, stages, times, committed));
  return verdict_json({*vk, &header, committed, {}, {}, times});
}

struct Proved {
  ordered_json json;
  Bytes proof;
};

Result<Proved> prove(std::uint32_t handle, ByteView input, ByteView context, std::uint32_t flags, std::uint64_t seed) {
  PROOFCARD_TRY(const ProvingSession* session, find<ProvingSession>(handle));
  const ProverKey& pk = session->key();
  PROOFCARD_TRY(const Values values, parse_json_values(input, "input"));
  ClippedTensors clipped;
  PROOFCARD_TRY(const std::vector<InputValues> inputs, quantise_batch(pk.model.graph, pk.vk.circuit.batch, values,
                                                                      "input", (flags & kSaturate) != 0, clipped));
  Stages stages;
  PROOFCARD_TRY(ProofResult result, session->prove(inputs, (flags & kNoZeroKnowledge) == 0,
                                                   (flags & kSeeded) != 0 ? std::optional(seed) : std::nullopt, stages,
                                                   {}, Bytes(context.begin(), context.end())));
  Proved out{
      {{"outputs", ordered_json::array()}, {"stagesMs", ordered_json::object()}, {"warnings", ordered_json::array()}},
      std::move(result.proof)};
  for (std::size_t row = 0; row < result.outputs.size(); ++row) {
    for (const OutputValues& o : result.outputs[row]) {
      out.json["outputs"].push_back(
          {{"row", row}, {"name", o.name}, {"shape", o.shape}, {"integers", o.integers}, {"reals", o.reals}});
    }
  }
  for (const auto& [name, ms] : stages.milliseconds()) {
    out.json["stagesMs"][name] = ms;
  }
  for (const std::string& text :
       {clipped_warning(clipped, inputs.size()), cut_off_warning(result.cut_off, inputs.size())}) {
    if (!text.empty()) {
      out.json["warnings"].push_back(text);
    }
  }
  return out;
}

std::uint8_t* to_answer(const Result<ordered_json>& result) {
  return result.ok() ? answer(*result) : answer(result.error());
}

}  // namespace
}  // namespace proofcard::tools

using proofcard::ByteView;
namespace tools = proofcard::tools;

PROOFCARD_EXPORT(proofcard_allocate) std::uint8_t* proofcard_allocate(std::uint32_t size) {
  return tools::allocate(size);
}

PROOFCARD_EXPORT(proofcard_release) void proofcard_release(std::uint8_t* at) { tools::release(at); }

PROOFCARD_EXPORT(proofcard_version) std::uint8_t* proofcard_version() {
  return tools::answer(nlohmann::ordered_json{{"version", PROOFCARD_VERSION}});
}

PROOFCARD_EXPORT(proofcard_open_verifying_key)
std::uint8_t* proofcard_open_verifying_key(const std::uint8_t* file, std::uint32_t size) {
  return tools::to_answer(tools::open_verifying_key(ByteView(file, size)));
}

PROOFCARD_EXPORT(proofcard_open_prover_key)
std::uint8_t* proofcard_open_prover_key(const std::uint8_t* file, std::uint32_t size) {
  return tools::to_answer(tools::open_prover_key(ByteView(file, size)));
}

PROOFCARD_EXPORT(proofcard_free_key) void proofcard_free_key(std::uint32_t handle) { tools::open_keys().erase(handle); }

PROOFCARD_EXPORT(proofcard_verifying_key_of) std::uint8_t* proofcard_verifying_key_of(std::uint32_t handle) {
  const auto key = tools::find<tools::ProvingSession>(handle);
  return key.ok() ? tools::answer(nlohmann::ordered_json::object(), tools::encode_verifying_key((*key)->key().vk))
                  : tools::answer(key.error());
}

PROOFCARD_EXPORT(proofcard_verify)
std::uint8_t* proofcard_verify(std::uint32_t handle, const std::uint8_t* proof, std::uint32_t proof_size,
                               const std::uint8_t* context, std::uint32_t context_size, std::uint32_t flags) {
  return tools::to_answer(tools::verify(handle, ByteView(proof, proof_size), ByteView(context, context_size), flags));
}

PROOFCARD_EXPORT(proofcard_prove)
std::uint8_t* proofcard_prove(std::uint32_t handle, const std::uint8_t* input, std::uint32_t input_size,
                              const std::uint8_t* context, std::uint32_t context_size, std::uint32_t flags,
                              std::uint64_t seed) {
  const auto proved = tools::prove(handle, ByteView(input, input_size), ByteView(context, context_size), flags, seed);
  return proved.ok() ? tools::answer(proved->json, proved->proof) : tools::answer(proved.error());
}
