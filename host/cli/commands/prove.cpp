// proofcard prove MODEL.pk INPUT -o PROOF, and in one step prove MODEL.onnx INPUT -o PROOF
#include "host/cli/commands/prove.hpp"

#include <fmt/format.h>

#include <cmath>
#include <memory>
#include <optional>

#include "host/base/background.hpp"
#include "host/base/parallel.hpp"
#include "host/base/text.hpp"
#include "host/base/timer.hpp"
#include "host/cli/cards_used.hpp"
#include "host/cli/commands.hpp"
#include "host/cli/console.hpp"
#include "host/cli/progress.hpp"
#include "host/cli/proof_count.hpp"
#include "host/formats/atomic_files.hpp"
#include "host/report/describe.hpp"
#include "host/report/run_report.hpp"
#include "host/report/text/cut_off_text.hpp"
#include "host/report/text/outputs_text.hpp"
#include "host/report/trace.hpp"
#include "host/session/backend.hpp"
#include "host/session/cache.hpp"
#include "host/session/proving.hpp"
#include "host/session/setup.hpp"
#include "host/session/values/committed_values.hpp"
#include "host/session/values/output_values.hpp"
#include "host/transcript/hiding_key.hpp"

namespace proofcard::tools {
namespace {

Result<CachedKey> find_key(const ProveCommand& options, const prover::Backend& backend, Report& report) {
  PROOFCARD_TRY(const Bytes file, read_file(options.model));
  switch (file_kind(file)) {
    case FileKind::kProverKey: {
      PROOFCARD_RETURN_IF_ERROR(expect_no_options(options.compile, options.model, FileKind::kProverKey));
      report.stages.start("read key");
      report.pk_bytes = file.size();
      CachedKey out;
      PROOFCARD_TRY(out.key, decode_prover_key(file, options.model));
      PROOFCARD_RETURN_IF_ERROR(expect_batch_of_key(options.batch, out.key.vk, options.model));
      return out;
    }
    case FileKind::kModel:
      return bad_input(
          options.model,
          "expected a prover key (.pk) or an ONNX model, found a compiled model; run `proofcard setup` on it");
    case FileKind::kVerifierKey:
    case FileKind::kProof:
    case FileKind::kCommitment:
    case FileKind::kOpening:
    case FileKind::kSplitKey:
    case FileKind::kSplitProof:
      return bad_input(options.model, "expected a prover key (.pk) or an ONNX model, found {}",
                       file_kind_name(file_kind(file)));
    case FileKind::kOther:
      break;
  }
  if (options.compile.calibration.empty()) {
    warn(
        "no --calibrate: the scales of the integer model come from random inputs; `proofcard compile` says what "
        "that costs in accuracy");
  }
  ModelOptions compile = options.compile;
  compile.compile.batch = options.batch == 0 ? 1 : static_cast<std::uint32_t>(options.batch);
  return cached_key(options.model, compile, backend, !options.no_zk, report.stages);
}

// Where the key of an .onnx came from.
std::string format_key(const ProveCommand& options, const CachedKey& found, const std::string& digest) {
  if (found.vk_path.empty()) {
    return "";
  }
  return fmt::format("{} {}: its key was {} (digest {})\n", found.reused ? "reused" : "compiled and set up",
                     options.model, found.reused ? "made before, with the same options, and cached" : "made and cached",
                     digest);
}

Status run_prove(const ProveCommand& options) {
  PROOFCARD_RETURN_IF_ERROR(check_input(options));
  if (file_kind_at(options.model) == FileKind::kSplitKey) {
    return run_prove_split(options);
  }
  PROOFCARD_TRY(const Bytes context, read_context(options.context));
  PROOFCARD_TRY(const prover::Backend backend, use_machine(options.machine));
  PROOFCARD_TRY(Trace trace, Trace::begin(options.trace, options.machine.device));
  Report report;
  report.command = "prove";
  report.device = options.machine.device;
  warn_of_mode(options);
  Background tables([] {
    hiding_tables();  // while the key is read: the first commitments would wait for them
    return false;
  });
  if (!options.no_zk && num_threads() > 1) {
    tables.wake();
  }
  std::optional<Progress> progress(std::in_place, report.stages, prove_shares());
  PROOFCARD_TRY(CachedKey found, find_key(options, backend, report));
  if (found.key.model.options.output == circuit::Visibility::kCommitted && options.output_openings.empty()) {
    warn("the output is committed, and without --output-opening nobody can open it later or prove on from it");
  }
  const Bytes vk_file = encode_verifying_key(found.key.vk);
  if (!options.vk_out.empty() && !options.force) {
    PROOFCARD_RETURN_IF_ERROR(keep_other_file(options.vk_out, vk_file, "verification key"));
  }
  PROOFCARD_RETURN_IF_ERROR(check_output_openings(options, found.key.vk.circuit));
  PROOFCARD_TRY(const ProveInputs inputs, load_inputs(options, found.key));
  const ProofCounter counter = [&path = options.model, vk = found.key.vk] { return count_proof(path, vk); };
  PROOFCARD_TRY(const ProvingSession session,
                ProvingSession::make(std::move(found.key), backend, report.stages, counter));
  const Timer timer;
  PROOFCARD_TRY(const ProofResult result,
                session.prove(inputs.values, !options.no_zk, options.seed, report.stages, inputs.openings, context));
  report.prove_ms = timer.milliseconds();
  progress.reset();

  const statement::VerifyingKey& vk = session.key().vk;
  add_to_report(report, session.key(), result, {!options.no_zk, options.seed.has_value()});
  report.clipped = inputs.clipped;
  report.vk_bytes = vk_file.size();
  report.setup_ms = found.setup_ms;
  report.cards = cards_used(options.machine.device);
  trace.add(report.stages);

  OutputFiles files;
  PROOFCARD_RETURN_IF_ERROR(files.add(options.out, result.proof, Access::kPublic));
  if (!options.vk_out.empty()) {
    PROOFCARD_RETURN_IF_ERROR(files.add(options.vk_out, vk_file, Access::kPublic));
  }
  if (!options.values_out.empty()) {
    PROOFCARD_RETURN_IF_ERROR(files.add(options.values_out, outputs_json(result.outputs), Access::kOwnerOnly));
  }
  PROOFCARD_RETURN_IF_ERROR(add_output_openings(options, result.output_openings, files));
  if (!options.report.empty()) {
    PROOFCARD_RETURN_IF_ERROR(files.add(options.report, report_json(report), report_access(report)));
  }
  PROOFCARD_RETURN_IF_ERROR(trace.add_to(files));

  for (const std::string& text : found.notes) {
    note(text);
  }
  for (const std::string& text : found.warnings) {
    warn(text);
  }
  warn(clipped_warning(inputs.clipped, result.outputs.size()));
  warn(cut_off_warning(result.cut_off, result.outputs.size()));
  warn_of_failed_cards(report.cards);
  warn_of_memory(options.machine);
  std::string text = format_key(options, found, report.vk_digest);
  text += format_samples(result.outputs);
  if (session.key().model.options.output != circuit::Visibility::kPublic) {
    text += fmt::format("(the output is {}: the proof does not state it)\n",
                        circuit::visibility_name(session.key().model.options.output));
  }
  text += fmt::format("proved {} in {} on {}{}\n", report.model, format_ms(*report.prove_ms), report.device,
                      batch_text(vk.circuit));
  text += fmt::format("zero knowledge: {}\n",
                      zero_knowledge_text({!options.no_zk, options.seed.has_value()}, shows_weights(vk)));
  text += fmt::format("security: {:.0f} bits\n", std::floor(*report.security_bits));
  text += fmt::format("wrote {} ({})\n", printable(options.out), format_bytes(result.proof.size()));
  if (!options.vk_out.empty()) {
    text += fmt::format("wrote {} ({})\n", printable(options.vk_out), format_bytes(vk_file.size()));
  } else if (!found.vk_path.empty()) {
    text += fmt::format("verification key: {}\n", printable(found.vk_path));
  }
  return print_and_commit(text, files);
}

}  // namespace

Result<ProveInputs> load_inputs(const ProveCommand& options, const ProverKey& key) {
  ProveInputs out;
  if (options.input_openings.empty()) {
    PROOFCARD_TRY(out.values,
                  load_batch(key.model.graph, key.vk.circuit.batch, options.input, options.saturate, out.clipped));
    return out;
  }
  PROOFCARD_RETURN_IF_ERROR(expect_committed(key.vk.circuit, Side::kInput, options.model));
  for (const std::string& path : options.input_openings) {
    PROOFCARD_TRY(statement::Opening opening, load_opening(path));
    out.openings.push_back(std::move(opening));
  }
  PROOFCARD_TRY(out.values.emplace_back(), opened_inputs(key.vk.circuit, out.openings, options.input_openings));
  return out;
}

void warn_of_mode(const ProveCommand& options) {
  if (options.seed) {
    warn("--seed is for tests: the proof is marked as seeded, and verifiers refuse it without --allow-seeded");
  }
  if (options.no_zk) {
    warn(
        "--no-zk: the proof and its key can reveal private values to whoever sees them; verifiers refuse the "
        "proof without --allow-no-zk");
  }
}

Status check_input(const ProveCommand& options) {
  if (options.input.empty() && options.input_openings.empty()) {
    return bad_input("input", "expected either a file of values or --input-opening, found neither");
  }
  if (!options.input.empty() && !options.input_openings.empty()) {
    return bad_input(
        "input",
        "expected either a file of values or --input-opening, found both, {} and {}: for a model of several "
        "inputs --input-opening is given again for each",
        options.input, fmt::join(options.input_openings, ", "));
  }
  return {};
}

Status check_output_openings(const ProveCommand& options, const circuit::Circuit& circuit) {
  if (options.output_openings.empty()) {
    return {};
  }
  PROOFCARD_RETURN_IF_ERROR(expect_committed(circuit, Side::kOutput, options.model));
  if (options.output_openings.size() != circuit.outputs.size()) {
    return bad_input("--output-opening", "expected one for each of {} output(s), found {}", circuit.outputs.size(),
                     options.output_openings.size());
  }
  const bool blinded_anew = !options.no_zk && !options.seed;
  for (const std::string& out : options.output_openings) {
    if (blinded_anew && !options.force) {
      PROOFCARD_RETURN_IF_ERROR(expect_no_opening(out));
    }
  }
  return {};
}

Status add_output_openings(const ProveCommand& options, const std::vector<statement::Opening>& openings,
                           OutputFiles& files) {
  PROOFCARD_TRY(const prover::Backend cpu, find_backend("cpu"));  // nothing checks these commitments again
  for (std::size_t i = 0; i < options.output_openings.size(); ++i) {
    const statement::Opening& opening = openings[i];
    PROOFCARD_TRY(const statement::Commitment commitment, commit(cpu, opening));
    PROOFCARD_RETURN_IF_ERROR(add_opening(files, options.output_openings[i], opening, commitment, options.force));
  }
  return {};
}

void add_prove(const Options& app) {
  auto options = std::make_shared<ProveCommand>();
  const Options command = app.command("prove", "Run the model on an input and prove it");
  command
      .input("model", options->model,
             "A prover key (.pk); an .onnx, which is compiled and set up first, and cached; or a manifest of `split`, "
             "with "
             "the parts' keys beside it")
      .required();
  command.input("input", options->input, "The input: {\"input_data\": [[...]]} or .npy; with --batch one row an input");
  command.output("-o,--out", options->out, "The proof").required();
  const Option openings =
      command.inputs("--input-opening", options->input_openings,
                     "Instead of the input: the .opening of its commitment (one an input, in order)");
  command
      .outputs("--output-opening", options->output_openings,
               "Write NAME.commit and NAME.opening of a committed output (one an output, in order)",
               {".commit", ".opening"})
      .value_name("NAME");
  command.output("--save-output", options->values_out, "Write the output values as JSON");
  command.output("--vk", options->vk_out, "Write the verification key here too");
  add_batch_option(command, options->batch);
  command.flag("--force", options->force, "Replace another key (--vk) or opening that stands there");
  command.flag("--saturate", options->saturate, "Clip inputs beyond the model's range instead of refusing them")
      .excludes(openings);
  command.flag("--no-zk", options->no_zk, "Faster, and hides nothing; marks the proof");
  add_context_option(
      command, options->context,
      "What the proof is made for, 1 to 32 bytes: a client's nonce, a contract; no verifier takes it for "
      "another");
  command.number("--seed", options->seed, "Deterministic blinding, for tests; marks the proof");
  add_machine_options(command, options->machine);
  add_memory_option(command, options->machine);
  add_report_option(command, options->report);
  add_trace_option(command, options->trace);
  add_model_options(command, options->compile);
  command.footer(
      "--name, --calibrate, --bits, --output-bits, --input-like, --input, --output and --weights are for an .onnx; a "
      "key has "
      "them fixed.");
  command.runs([options] { return run_prove(*options); });
}

}  // namespace proofcard::tools
