// proofcard inspect FILE: what a file holds; never a weight.
#include <fmt/format.h>

#include <memory>
#include <nlohmann/json.hpp>
#include <optional>

#include "host/tools/against.hpp"
#include "host/tools/commands.hpp"
#include "host/tools/cost.hpp"
#include "host/tools/describe.hpp"
#include "host/tools/describe_json.hpp"
#include "host/tools/files.hpp"
#include "host/tools/json_text.hpp"
#include "host/tools/report.hpp"

namespace proofcard::tools {
namespace {

struct InspectCommand {
  std::string file;
  std::string against;
  bool json = false;
  ModelOptions model;
};

constexpr std::size_t kModeOffset = 8;
constexpr std::size_t kDigestOffset = 9;
constexpr std::size_t kDigestBytes = 32;

// The beginning of every file's JSON.
nlohmann::ordered_json file_json(const std::string& path, const char* kind, std::size_t bytes) {
  return {{"file", path}, {"kind", kind}, {"bytes", bytes}};
}

void print_json(const nlohmann::ordered_json& json) { fmt::print("{}\n", json_text(json)); }

Status inspect_proof(const InspectCommand& options, ByteView file) {
  if (file.size() < kDigestOffset + kDigestBytes) {
    return bad_input(options.file, "expected a proof of at least {} bytes, found {}", kDigestOffset + kDigestBytes,
                     file.size());
  }
  const bool zero_knowledge = (file[kModeOffset] & 1) != 0;
  const bool seeded = (file[kModeOffset] & 2) != 0;
  const std::string digest = hex(file.subspan(kDigestOffset, kDigestBytes));
  if (options.json) {
    nlohmann::ordered_json json = file_json(options.file, "proof", file.size());
    json.update({{"zero_knowledge", zero_knowledge}, {"seeded", seeded}, {"vk_digest", digest}, {"verified", false}});
    print_json(json);
    return {};
  }
  fmt::print("{}: a proof of {} bytes\n", printable(options.file), file.size());
  fmt::print("zero knowledge: {}\nseeded: {}\n", zero_knowledge ? "yes" : "no", seeded ? "yes" : "no");
  fmt::print("vk digest {}\n", digest);
  fmt::print("(not verified: `proofcard verify` does that and prints the public values)\n");
  return {};
}

Status inspect_model(const InspectCommand& options, const CompiledModel& model, std::size_t size) {
  PROOFCARD_TRY(const circuit::Circuit circuit, compile::compile(model.graph, model.options));
  const circuit::Layout layout = circuit::make_layout(circuit);
  if (options.json) {
    nlohmann::ordered_json json = file_json(options.file, "compiled model", size);
    json["bits"] = model.plan.bits;
    json.update(circuit_json(circuit, layout));
    json["estimate"] = to_json(estimate_cost(circuit));
    print_json(json);
    return {};
  }
  fmt::print("{}: a compiled model of {}\n", printable(options.file), format_bytes(size));
  fmt::print("model {}: {} bits, input {}, output {}, weights {}\n\n", shown_name(model.options.model_name),
             model.plan.bits, circuit::visibility_name(model.options.input),
             circuit::visibility_name(model.options.output), circuit::visibility_name(model.options.weights));
  fmt::print("{}\n", format_cost(estimate_cost(circuit)));
  fmt::print("{}", describe_graph(model.graph));
  fmt::print("\n--- circuit ---\n{}", describe_circuit(circuit, layout));
  return {};
}

// bits: of the model, where the file says them.
void print_key(const InspectCommand& options, const statement::VerifyingKey& vk, std::size_t size,
               std::optional<std::uint32_t> bits) {
  if (options.json) {
    nlohmann::ordered_json json = file_json(options.file, bits ? "prover key" : "verification key", size);
    json["vk_digest"] = hex(vk.digest);
    if (bits) {
      json["bits"] = *bits;
    }
    json.update(circuit_json(vk.circuit, vk.layout));
    print_json(json);
    return;
  }
  fmt::print("{}: {} of {}{}\n", printable(options.file), bits ? "a prover key" : "a verification key",
             format_bytes(size), bits ? fmt::format("; {} bits", *bits) : "");
  fmt::print("vk digest {}\n\n{}", hex(vk.digest), describe_circuit(vk.circuit, vk.layout));
}

// commitment: of a .commit.
void print_descriptor(const InspectCommand& options, const statement::Descriptor& d, std::size_t size,
                      const statement::Commitment* commitment) {
  if (options.json) {
    nlohmann::ordered_json json = file_json(options.file, commitment != nullptr ? "commitment" : "opening", size);
    if (commitment != nullptr) {
      json["digest"] = hex(statement::digest(*commitment));
    }
    json.update(descriptor_json(d));
    print_json(json);
    return;
  }
  fmt::print("{}: {}\n", printable(options.file),
             commitment != nullptr ? "commitment " + hex(statement::digest(*commitment)) : "opening of a commitment");
  fmt::print("shape {}, integers of {} bits, scale {:.6g}\n", shape_text(d.shape), 8 * int_type_bytes(d.type), d.scale);
}

// What `compile` makes of the model with the same options, so that nothing is promised that it refuses.
Status inspect_onnx(const InspectCommand& options, std::size_t size) {
  std::vector<std::string> problems;
  const Result<LoadedOnnx> onnx = load_onnx(options.file, &problems);
  Status status = onnx.ok() ? Status() : Status(onnx.error());
  std::string result;
  if (onnx.ok()) {
    const auto circuit = [&]() -> Result<circuit::Circuit> {
      PROOFCARD_TRY(const Compilation compilation, compile_onnx(options.file, options.model));
      return compile::compile(compilation.model.graph, compilation.model.options);
    }();
    if (circuit.ok()) {
      result = fmt::format("`compile` accepts it: {} relations, {} lookups\n", circuit->relations.size(),
                           circuit->lookups.size());
    } else {
      status = circuit.error();
      problems.push_back(circuit.error().message());
    }
  }
  if (options.json) {
    nlohmann::ordered_json json = file_json(options.file, "ONNX model", size);
    json["compiles"] = status.ok();
    json["problems"] = problems.empty() && !status.ok() ? std::vector{status.error().message()} : problems;
    if (onnx.ok()) {
      json["model"] = onnx->name;
      json.update(float_graph_json(onnx->graph));
    }
    print_json(json);
  } else if (onnx.ok()) {
    fmt::print("{}{}", describe_float_graph(onnx->graph, onnx->name), result);
  }
  return status;
}

Status run_inspect(const InspectCommand& options) {
  PROOFCARD_TRY(const Bytes file, read_file(options.file));
  const FileKind kind = file_kind(file);
  if (!options.against.empty()) {
    if (kind != FileKind::kVerifierKey) {
      return bad_input(options.file, "--against: expected {}, found {}", file_kind_name(FileKind::kVerifierKey),
                       describe_content(file));
    }
    PROOFCARD_TRY(const statement::VerifyingKey vk, decode_verifying_key(file, options.file));
    PROOFCARD_TRY(const std::string report, compare_with_onnx(vk, options.file, options.against));
    fmt::print("{}", report);
    return {};
  }
  switch (kind) {
    case FileKind::kModel: {
      PROOFCARD_TRY(const CompiledModel model, decode_model(file, options.file));
      return inspect_model(options, model, file.size());
    }
    case FileKind::kProverKey: {
      PROOFCARD_TRY(const ProverKey key, decode_prover_key(file, options.file));
      print_key(options, key.vk, file.size(), key.model.plan.bits);
      return {};
    }
    case FileKind::kVerifierKey: {
      PROOFCARD_TRY(const statement::VerifyingKey vk, decode_verifying_key(file, options.file));
      print_key(options, vk, file.size(), std::nullopt);
      return {};
    }
    case FileKind::kProof:
      return inspect_proof(options, file);
    case FileKind::kCommitment: {
      PROOFCARD_TRY(const statement::Commitment commitment, decode_commitment(file, options.file));
      print_descriptor(options, commitment.descriptor, file.size(), &commitment);
      return {};
    }
    case FileKind::kOpening: {
      PROOFCARD_TRY(const statement::Opening opening, decode_opening(file, options.file));
      print_descriptor(options, opening.descriptor, file.size(), nullptr);
      return {};
    }
    case FileKind::kOther:
      break;
  }
  return inspect_onnx(options, file.size());
}

}  // namespace

void add_inspect(CLI::App& app, Command& selected) {
  auto options = std::make_shared<InspectCommand>();
  CLI::App* command = app.add_subcommand("inspect", "Describe an .onnx, .pcm, .pk, .vk, proof, .commit or .opening");
  command->add_option("file", options->file, "The file")->required();
  CLI::Option* against = command->add_option(
      "--against", options->against,
      "Say whether the verification key is this ONNX model's, by the key's own numbers; exit code 1: it is not");
  command->add_flag("--json", options->json, "Print it as JSON");
  command->add_option("--calibrate", options->model.calibration, "With an .onnx: samples to compile it with")
      ->excludes(against);
  command->add_option("--bits", options->model.bits, "With an .onnx: 8 or 16")
      ->check(CLI::IsMember({8, 16}))
      ->capture_default_str()
      ->excludes(against);
  command->add_option("--output-bits", options->model.output_bits, "With an .onnx: 8, 16 or 32")
      ->check(CLI::IsMember({8, 16, 32}))
      ->capture_default_str()
      ->excludes(against);
  command->add_option("--input-like", options->model.input_like, "With an .onnx: as for compile")->excludes(against);
  command->callback([options, &selected] { selected = [options] { return run_inspect(*options); }; });
}

}  // namespace proofcard::tools
