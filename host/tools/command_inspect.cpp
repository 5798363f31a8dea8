// proofcard inspect FILE: what a file holds; never a weight.
#include <fmt/format.h>

#include <memory>

#include "host/tools/backend.hpp"
#include "host/tools/circuit_diff.hpp"
#include "host/tools/commands.hpp"
#include "host/tools/describe.hpp"
#include "host/tools/files.hpp"
#include "host/tools/report.hpp"

namespace proofcard::tools {
namespace {

struct InspectCommand {
  std::string file;
  std::string against;
  ModelOptions model;
};

constexpr std::size_t kModeOffset = 8;
constexpr std::size_t kDigestOffset = 9;
constexpr std::size_t kDigestBytes = 32;

Status inspect_proof(ByteView file, const std::string& path) {
  if (file.size() < kDigestOffset + kDigestBytes) {
    return bad_input(path, "expected a proof of at least {} bytes, found {}", kDigestOffset + kDigestBytes,
                     file.size());
  }
  const std::uint8_t mode = file[kModeOffset];
  fmt::print("{}: a proof of {} bytes\n", path, file.size());
  fmt::print("zero knowledge: {}\nseeded: {}\n", (mode & 1) != 0 ? "yes" : "no", (mode & 2) != 0 ? "yes" : "no");
  fmt::print("vk digest {}\n", hex(file.subspan(kDigestOffset, kDigestBytes)));
  fmt::print("(not verified: `proofcard verify` does that and prints the public values)\n");
  return {};
}

Status inspect_model(const CompiledModel& model, std::size_t size, const std::string& path) {
  fmt::print("{}: a compiled model of {}\n", path, format_bytes(size));
  fmt::print("model {}: {} bits, input {}, output {}, weights {}\n\n", printable(model.options.model_name), model.bits,
             circuit::visibility_name(model.options.input), circuit::visibility_name(model.options.output),
             circuit::visibility_name(model.options.weights));
  fmt::print("{}", describe_graph(model.graph));
  PROOFCARD_TRY(const circuit::Circuit circuit, compile::compile(model.graph, model.options));
  fmt::print("\n--- circuit ---\n{}", describe_circuit(circuit, circuit::make_layout(circuit)));
  return {};
}

void print_key(const statement::VerifyingKey& vk) {
  fmt::print("vk digest {}\n\n{}", hex(vk.digest), describe_circuit(vk.circuit, vk.layout));
}

void print_descriptor(const statement::Descriptor& d) {
  fmt::print("shape {}, integers of {} bits, scale {:.6g}\n", shape_text(d.shape), 8 * int_type_bytes(d.type), d.scale);
}

// Commitments to public weights are not blinded, so anyone can make them again.
Result<bool> same_weights(const statement::VerifyingKey& vk, const CompiledModel& model) {
  PROOFCARD_TRY(const prover::Backend backend, find_backend("cpu"));
  PROOFCARD_TRY(const compile::WeightColumns columns, compile::weight_columns(model.graph, vk.circuit, vk.layout));
  PROOFCARD_TRY(const prover::Context context, prover::make_context(backend.msm, vk.layout));
  PROOFCARD_TRY(const auto rows, prover::commit_weights(backend, context, vk.layout, columns, {}));
  return rows == vk.weight_rows;
}

Status compare_with_onnx(const InspectCommand& options, const statement::VerifyingKey& vk) {
  ModelOptions model = options.model;
  model.compile.input = vk.circuit.input_visibility;
  model.compile.output = vk.circuit.output_visibility;
  model.compile.weights = vk.circuit.weight_visibility;
  PROOFCARD_TRY(const Compilation compilation, compile_onnx(options.against, model));
  PROOFCARD_TRY(const circuit::Circuit expected, compile::compile(compilation.model.graph, compilation.model.options));
  if (identical(vk.circuit, expected)) {
    fmt::print("{} has the circuit of {}: identical\n", options.file, options.against);
    if (vk.circuit.weight_visibility != circuit::Visibility::kPublic) {
      fmt::print("(weights are {}: they cannot be compared)\n", circuit::visibility_name(vk.circuit.weight_visibility));
      return {};
    }
    PROOFCARD_TRY(const bool same, same_weights(vk, compilation.model));
    if (!same) {
      return rejected(options.file, "not the weights of {}", options.against);
    }
    fmt::print("and commits to its weights\n");
    return {};
  }
  const std::vector<std::string> differences = structural_differences(vk.circuit, expected);
  if (differences.empty()) {
    fmt::print("{} has the architecture of {}; scales, multipliers or table ranges differ\n", options.file,
               options.against);
    return {};
  }
  std::string list;
  for (const std::string& difference : differences) {
    list += "\n  " + difference;
  }
  return rejected(options.file, "not the architecture of {} (compiled with the same --bits and --calibrate?):{}",
                  options.against, list);
}

Status run_inspect(const InspectCommand& options) {
  PROOFCARD_TRY(const Bytes file, read_file(options.file));
  const FileKind kind = file_kind(file);
  if (!options.against.empty()) {
    if (kind != FileKind::kVerifierKey) {
      return bad_input(options.file, "--against: expected {}, found {}", file_kind_name(FileKind::kVerifierKey),
                       file_kind_name(kind));
    }
    PROOFCARD_TRY(const statement::VerifyingKey vk, decode_verifying_key(file, options.file));
    return compare_with_onnx(options, vk);
  }
  switch (kind) {
    case FileKind::kModel: {
      PROOFCARD_TRY(const CompiledModel model, decode_model(file, options.file));
      return inspect_model(model, file.size(), options.file);
    }
    case FileKind::kProverKey: {
      PROOFCARD_TRY(const ProverKey key, decode_prover_key(file, options.file));
      fmt::print("{}: a prover key of {}; {} bits\n", options.file, format_bytes(file.size()), key.model.bits);
      print_key(key.vk);
      return {};
    }
    case FileKind::kVerifierKey: {
      PROOFCARD_TRY(const statement::VerifyingKey vk, decode_verifying_key(file, options.file));
      fmt::print("{}: a verification key of {}\n", options.file, format_bytes(file.size()));
      print_key(vk);
      return {};
    }
    case FileKind::kProof:
      return inspect_proof(file, options.file);
    case FileKind::kCommitment: {
      PROOFCARD_TRY(const statement::Commitment commitment, decode_commitment(file, options.file));
      fmt::print("{}: commitment {}\n", options.file, hex(statement::digest(commitment)));
      print_descriptor(commitment.descriptor);
      return {};
    }
    case FileKind::kOpening: {
      PROOFCARD_TRY(const statement::Opening opening, decode_opening(file, options.file));
      fmt::print("{}: opening of a commitment\n", options.file);
      print_descriptor(opening.descriptor);
      return {};
    }
    case FileKind::kOther:
      break;
  }
  PROOFCARD_TRY(const LoadedOnnx onnx, load_onnx(options.file));
  fmt::print("{}", describe_float_graph(onnx.graph, onnx.name));
  return {};
}

}  // namespace

void add_inspect(CLI::App& app, Command& selected) {
  auto options = std::make_shared<InspectCommand>();
  CLI::App* command = app.add_subcommand("inspect", "Describe an .onnx, .pcm, .pk, .vk, proof, .commit or .opening");
  command->add_option("file", options->file, "The file")->required();
  command->add_option("--against", options->against,
                      "Say whether the verification key is this ONNX model's; exit code 1: it is not");
  command->add_option("--calibrate", options->model.calibration,
                      "With --against: the samples that the model was compiled with");
  command->add_option("--bits", options->model.bits, "With --against: 8 or 16")
      ->check(CLI::IsMember({8, 16}))
      ->capture_default_str();
  command->add_option("--output-bits", options->model.output_bits, "With --against: 8, 16 or 32")
      ->check(CLI::IsMember({8, 16, 32}))
      ->capture_default_str();
  command->add_option("--input-like", options->model.input_like, "With --against: as the model was compiled with");
  command->callback([options, &selected] { selected = [options] { return run_inspect(*options); }; });
}

}  // namespace proofcard::tools
