// proofcard prove MODEL.pk INPUT -o PROOF, and in one step prove MODEL.onnx INPUT -o PROOF
#include <fmt/format.h>

#include <memory>
#include <optional>

#include "host/statement/security.hpp"
#include "host/tools/cache.hpp"
#include "host/tools/commands.hpp"
#include "host/tools/files.hpp"
#include "host/tools/progress.hpp"
#include "host/tools/proving.hpp"
#include "host/tools/report.hpp"

namespace proofcard::tools {
namespace {

struct ProveCommand {
  std::string model;
  std::string input;
  std::string out;
  std::string vk_out;
  std::string values_out;
  std::string report;
  std::optional<std::uint64_t> seed;
  bool no_zk = false;
  bool saturate = false;
  ModelOptions compile;
  MachineOptions machine;
};

Result<CachedKey> find_key(const ProveCommand& options, const prover::Backend& backend, Report& report) {
  PROOFCARD_TRY(const Bytes file, read_file(options.model));
  switch (file_kind(file)) {
    case FileKind::kProverKey: {
      report.stages.start("read key");
      report.pk_bytes = file.size();
      CachedKey out;
      PROOFCARD_TRY(out.key, decode_prover_key(file, options.model));
      return out;
    }
    case FileKind::kModel:
      return bad_input(
          options.model,
          "expected a prover key (.pk) or an ONNX model, found a compiled model; run `proofcard setup` on it");
    case FileKind::kVerifierKey:
    case FileKind::kProof:
      return bad_input(options.model, "expected a prover key (.pk) or an ONNX model, found {}",
                       file_kind_name(file_kind(file)));
    case FileKind::kOther:
      break;
  }
  return cached_key(options.model, options.compile, backend, !options.no_zk, report.stages);
}

Status run_prove(const ProveCommand& options) {
  PROOFCARD_TRY(const prover::Backend backend, use_machine(options.machine));
  for (const std::string& path : {options.out, options.vk_out, options.values_out, options.report}) {
    if (!path.empty()) {
      PROOFCARD_RETURN_IF_ERROR(check_writable(path));
    }
  }
  Report report;
  report.command = "prove";
  report.device = options.machine.device;
  if (options.seed) {
    warn("warning: --seed is for tests: the proof is marked as seeded, and verifiers refuse it without --allow-seeded");
  }
  if (options.no_zk) {
    warn(
        "warning: --no-zk: the proof can reveal private values to whoever sees it; verifiers refuse it without "
        "--allow-no-zk");
  }
  std::optional<Progress> progress(std::in_place, report.stages, prove_shares());
  PROOFCARD_TRY(CachedKey found, find_key(options, backend, report));
  PROOFCARD_TRY(const std::vector<IntVector> inputs,
                load_inputs(found.key.model.graph, options.input, options.saturate));
  PROOFCARD_TRY(const ProvingSession session, ProvingSession::make(std::move(found.key), backend, report.stages));
  const Timer timer;
  PROOFCARD_TRY(const ProofResult result, session.prove(inputs, !options.no_zk, options.seed, report.stages));
  report.prove_ms = timer.milliseconds();
  progress.reset();

  const statement::VerifyingKey& vk = session.key().vk;
  const statement::Security security = statement::estimate_security(vk.circuit, vk.layout);
  const Bytes vk_file = encode_verifying_key(vk);
  report.model = session.key().model.options.model_name;
  report.vk_digest = hex(vk.digest);
  report.proof_bytes = result.proof.size();
  report.vk_bytes = vk_file.size();
  report.security_bits = security.bits();
  report.statistical_bits = security.statistical_bits;
  report.setup_ms = found.setup_ms;
  report.zero_knowledge = !options.no_zk;
  report.seeded = options.seed.has_value();

  OutputFiles files;
  PROOFCARD_RETURN_IF_ERROR(files.add(options.out, result.proof, Access::kPublic));
  if (!options.vk_out.empty()) {
    PROOFCARD_RETURN_IF_ERROR(files.add(options.vk_out, vk_file, Access::kPublic));
  }
  if (!options.values_out.empty()) {
    PROOFCARD_RETURN_IF_ERROR(files.add(options.values_out, outputs_json(result.outputs), Access::kOwnerOnly));
  }
  if (!options.report.empty()) {
    PROOFCARD_RETURN_IF_ERROR(files.add(options.report, report_json(report), Access::kPublic));
  }
  PROOFCARD_RETURN_IF_ERROR(files.commit());

  for (const std::string& note : found.notes) {
    warn("note: " + note);
  }
  fmt::print("{}", format_outputs(result.outputs));
  if (session.key().model.options.output != circuit::Visibility::kPublic) {
    fmt::print("(the output is {}: the proof does not state it)\n",
               circuit::visibility_name(session.key().model.options.output));
  }
  fmt::print("proved {} in {} on {}\n", report.model, format_ms(*report.prove_ms), report.device);
  fmt::print("zero knowledge: {}\n", options.no_zk ? "no" : "yes");
  fmt::print("security: {:.0f} bits\n", security.bits());
  fmt::print("wrote {} ({})\n", options.out, format_bytes(result.proof.size()));
  if (!options.vk_out.empty()) {
    fmt::print("wrote {} ({})\n", options.vk_out, format_bytes(vk_file.size()));
  } else if (!found.vk_path.empty()) {
    fmt::print("verification key: {}\n", found.vk_path);
  }
  return {};
}

}  // namespace

void add_prove(CLI::App& app, Command& selected) {
  auto options = std::make_shared<ProveCommand>();
  CLI::App* command = app.add_subcommand("prove", "Run the model on an input and prove it");
  command
      ->add_option("model", options->model,
                   "A prover key (.pk); or an .onnx, which is compiled and set up first, and cached")
      ->required();
  command->add_option("input", options->input, "The input: {\"input_data\": [[...]]} or .npy")->required();
  command->add_option("-o,--out", options->out, "The proof")->required();
  command->add_option("--save-output", options->values_out, "Write the output values as JSON");
  command->add_option("--vk", options->vk_out, "Write the verification key here too");
  command->add_flag("--saturate", options->saturate, "Clip inputs beyond the model's range instead of refusing them");
  command->add_flag("--no-zk", options->no_zk, "Faster, and hides nothing; marks the proof");
  command->add_option("--seed", options->seed, "Deterministic blinding, for tests; marks the proof");
  add_machine_options(*command, options->machine);
  command->add_option("--report", options->report, "Write times and sizes as JSON");
  add_model_options(*command, options->compile);
  command->footer("--calibrate, --bits, --input, --output and --weights are for an .onnx; a key has them fixed.");
  command->callback([options, &selected] { selected = [options] { return run_prove(*options); }; });
}

}  // namespace proofcard::tools
