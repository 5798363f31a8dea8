// proofcard inspect FILE: what a file holds; never a weight.
#include <fmt/format.h>

#include <memory>
#include <nlohmann/json.hpp>
#include <optional>

#include "host/base/text.hpp"
#include "host/cli/commands.hpp"
#include "host/cli/console.hpp"
#include "host/formats/atomic_files.hpp"
#include "host/formats/json_text.hpp"
#include "host/formats/values.hpp"
#include "host/report/against.hpp"
#include "host/report/describe.hpp"
#include "host/report/json/describe_json.hpp"
#include "host/report/json/inspect_json.hpp"
#include "host/report/run_report.hpp"
#include "host/report/text/cost_text.hpp"
#include "host/report/text/plan_text.hpp"
#include "host/report/text/split_text.hpp"
#include "host/session/cost.hpp"
#include "host/session/setup.hpp"

namespace proofcard::tools {
namespace {

struct InspectCommand {
  std::string file;
  std::string against;
  bool json = false;
  ModelOptions model;
};

Status inspect_proof(const InspectCommand& options, ByteView file) {
  PROOFCARD_TRY(const ProofHead head, read_proof_head(file, options.file));
  say("{}: a proof of {} bytes\n", printable(options.file), file.size());
  say("zero knowledge: {}\nseeded: {}\n", head.mode.zero_knowledge ? "yes, beyond what the key shows" : "no",
      head.mode.seeded ? "yes" : "no");
  say("vk digest {}\n", head.vk_digest);
  say("context: {}\n", head.context.empty() ? "none" : head.context);
  say("(not verified: `proofcard verify` does that and prints the public values)\n");
  return {};
}

Status inspect_model(const InspectCommand& options, const CompiledModel& model, std::size_t size) {
  PROOFCARD_TRY(const circuit::Circuit circuit, compile::compile(model.graph, model.options));
  const circuit::Layout layout = circuit::make_layout(circuit);
  say("{}: a compiled model of {}\n", printable(options.file), format_bytes(size));
  say("model {}: {} bits, input {}, output {}, weights {}\n\n", shown_name(model.options.model_name),
      bits_text(model.plan.bits), circuit::visibility_name(model.options.input),
      circuit::visibility_name(model.options.output), circuit::visibility_name(model.options.weights));
  say("{}\n", format_cost(estimate_cost(circuit)));
  say("{}", describe_graph(model.graph));
  say("\n--- circuit ---\n{}", describe_circuit(circuit, layout));
  return {};
}

// bits: of the model, where the file says them.
void print_key(const InspectCommand& options, const statement::VerifyingKey& vk, std::size_t size,
               std::optional<std::uint32_t> bits) {
  say("{}: {} of {}{}\n", printable(options.file), bits ? "a prover key" : "a verification key", format_bytes(size),
      bits ? fmt::format("; {} bits", bits_text(*bits)) : "");
  say("vk digest {}\nweights: {}\ncommitments: {}\n\n{}", hex(vk.digest), weights_text(vk), commitments_text(vk),
      describe_circuit(vk.circuit, vk.layout, vk.scheme));
}

// commitment: of a .commit.
void print_descriptor(const InspectCommand& options, const statement::Descriptor& d,
                      const statement::Commitment* commitment) {
  say("{}: {}\n", printable(options.file),
      commitment != nullptr ? "commitment " + hex(statement::digest(*commitment)) : "opening of a commitment");
  say("shape {}, integers of {} bits, {}\n", shape_text(d.shape), 8 * int_type_bytes(d.type),
      tensor::describe_scale(d.scale, d.channels));
}

// What `compile` makes of the model with the same options, so that nothing is promised that it refuses.
Status inspect_onnx(const InspectCommand& options, std::size_t size) {
  std::vector<std::string> problems;
  PROOFCARD_TRY(const std::vector<tensor::FixedInput> fixed, read_fixed_inputs(options.model.fixed));
  const Result<LoadedOnnx> onnx = load_onnx(options.file, {options.model.shapes, {}, fixed}, &problems);
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
    say("{}{}", describe_float_graph(onnx->graph, onnx->name), result);
  }
  return status;
}

nlohmann::ordered_json against_json(const InspectCommand& options, const Status& same,
                                    const circuit::Circuit& circuit) {
  return {{"file", options.against},
          {"same", same.ok()},
          {"reason", same.ok() ? nlohmann::ordered_json(nullptr)
                               : nlohmann::ordered_json(printable_lines(same.error().message()))},
          {"weights_compared", circuit.weight_visibility == circuit::Visibility::kPublic}};
}

// A key that is not the model's is told in JSON, too.
Status inspect_against(const InspectCommand& options, const statement::VerifyingKey& vk, std::size_t size) {
  const auto plan = compare_with_onnx(vk, options.file, options.against);
  if (!options.json) {
    PROOFCARD_RETURN_IF_ERROR(plan);
    say("{}", format_comparison(vk, *plan, options.file, options.against));
    return {};
  }
  if (!plan.ok() && plan.error().kind != ErrorKind::kRejected) {
    return plan.error();
  }
  nlohmann::ordered_json json = key_json(options.file, vk, size, std::nullopt);
  json["against"] = against_json(options, plan.ok() ? Status() : Status(plan.error()), vk.circuit);
  print_json(json);
  return plan.ok() ? Status() : Status(plan.error());
}

// The same of a split model.
Status inspect_split_against(const InspectCommand& options, const statement::SplitKey& key, std::size_t size) {
  const Status same = compare_with_onnx(key, options.file, options.against);
  if (!options.json) {
    PROOFCARD_RETURN_IF_ERROR(same);
    say("{}manifest digest {}\n", format_comparison(key, options.file, options.against), hex(key.digest));
    return {};
  }
  if (!same.ok() && same.error().kind != ErrorKind::kRejected) {
    return same;
  }
  nlohmann::ordered_json json = split_json(key, options.file, size);
  json["against"] = against_json(options, same, key.parts.front().circuit);
  print_json(json);
  return same;
}

Status run_inspect(const InspectCommand& options) {
  PROOFCARD_TRY(const Bytes file, read_file(options.file));
  const FileKind kind = file_kind(file);
  if (kind != FileKind::kOther) {
    PROOFCARD_RETURN_IF_ERROR(expect_no_options(options.model, options.file, kind));
  }
  if (!options.against.empty()) {
    if (kind == FileKind::kSplitKey) {
      PROOFCARD_TRY(const statement::SplitKey key, decode_split_key(file, options.file));
      return inspect_split_against(options, key, file.size());
    }
    if (kind != FileKind::kVerifierKey) {
      return bad_input(options.file, "--against: expected {}, found {}", file_kind_name(FileKind::kVerifierKey),
                       describe_content(file));
    }
    PROOFCARD_TRY(const statement::VerifyingKey vk, decode_verifying_key(file, options.file));
    return inspect_against(options, vk, file.size());
  }
  if (options.json && kind != FileKind::kOther) {
    PROOFCARD_TRY(const nlohmann::ordered_json json, inspect_json(file, options.file));
    print_json(json);
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
      print_descriptor(options, commitment.descriptor, &commitment);
      return {};
    }
    case FileKind::kOpening: {
      PROOFCARD_TRY(const statement::Opening opening, decode_opening(file, options.file));
      print_descriptor(options, opening.descriptor, nullptr);
      return {};
    }
    case FileKind::kSplitKey: {
      PROOFCARD_TRY(const statement::SplitKey key, decode_split_key(file, options.file));
      say("{}", describe_split(key, options.file, file.size()));
      return {};
    }
    case FileKind::kSplitProof: {
      PROOFCARD_TRY(const std::vector<ByteView> proofs, decode_split_proof(file, options.file));
      say("{}: {} proofs of the parts of a split model, {} bytes\n", printable(options.file), proofs.size(),
          file.size());
      for (std::size_t p = 0; p < proofs.size(); ++p) {
        PROOFCARD_TRY(const ProofHead head,
                      read_proof_head(proofs[p], fmt::format("{}, proof {}", options.file, p + 1)));
        say("  {}: {} bytes, vk digest {}\n", p + 1, proofs[p].size(), head.vk_digest);
      }
      say("(not verified: `proofcard verify` does that and prints the public values)\n");
      return {};
    }
    case FileKind::kOther:
      break;
  }
  return inspect_onnx(options, file.size());
}

}  // namespace

void add_inspect(const Options& app) {
  auto options = std::make_shared<InspectCommand>();
  const Options command =
      app.command("inspect", "Describe an .onnx, .pcm, .pk, .vk, proof, .commit, .opening or manifest");
  command.input("file", options->file, "The file").required();
  command.input("--against", options->against,
                "Say whether the verification key or manifest is this ONNX model's, by the key's own numbers; exit "
                "code 1: it is not");
  command.flag("--json", options->json, "Print it as JSON");
  add_quantisation_options(command, options->model);
  command.footer(
      "--calibrate, --shape, --fix, --bits, --output-bits and --input-like are for an .onnx, as for compile.");
  command.runs([options] { return run_inspect(*options); });
}

}  // namespace proofcard::tools
