// proofcard split MODEL --parts K -o FOLDER: a model in parts, each with a prover key, and a manifest for verifiers.
#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <memory>

#include "host/base/text.hpp"
#include "host/base/timer.hpp"
#include "host/cli/commands.hpp"
#include "host/cli/console.hpp"
#include "host/formats/atomic_files.hpp"
#include "host/report/run_report.hpp"
#include "host/report/text/accuracy_text.hpp"
#include "host/report/text/plan_text.hpp"
#include "host/report/text/split_text.hpp"
#include "host/session/split/split_model.hpp"

namespace proofcard::tools {
namespace {

struct SplitCommand {
  std::string model;
  std::string out;
  std::string report;
  std::uint32_t parts = 0;
  bool no_zk = false;
  bool force = false;
  ModelOptions compile;
  MachineOptions machine;
};

// A compiled model, or an ONNX model, which is compiled first; `text` says how.
Result<CompiledModel> load(const SplitCommand& options, Report& report, std::string& text) {
  PROOFCARD_TRY(const Bytes file, read_file(options.model));
  if (file_kind(file) == FileKind::kModel) {
    PROOFCARD_RETURN_IF_ERROR(expect_no_options(options.compile, options.model, FileKind::kModel));
    return decode_model(file, options.model);
  }
  const Timer timer;
  PROOFCARD_TRY(Compilation compilation, compile_onnx(options.model, options.compile));
  report.compile_ms = timer.milliseconds();
  for (const std::string& line : compilation.notes) {
    note(line);
  }
  for (const std::string& line : compilation.warnings) {
    warn(line);
  }
  text += format_plan(compilation.plan) + format_accuracy(compilation.accuracy);
  return std::move(compilation.model);
}

// Proofs for keys that stand there would not verify with the new ones.
Status keep_other_keys(const SplitCommand& options, const std::vector<std::pair<std::string, Bytes>>& keys) {
  for (const auto& [path, file] : keys) {
    if (!options.force) {
      PROOFCARD_RETURN_IF_ERROR(keep_other_file(path, file, "key"));
    }
  }
  return {};
}

Status make_folder(const std::string& path) {
  std::error_code error;
  std::filesystem::create_directories(path, error);
  if (error || !std::filesystem::is_directory(path)) {
    return make_error(ErrorKind::kIo, path, "cannot make the folder: {}",
                      error ? error.message() : "a file stands there");
  }
  return {};
}

Status run_split(const SplitCommand& options) {
  if (options.out.empty()) {
    return bad_input("--out", "expected the name of a folder, found an empty one");
  }
  PROOFCARD_TRY(const prover::Backend backend, use_machine(options.machine));
  Report report;
  report.command = "split";
  report.device = options.machine.device;
  std::string text;
  report.stages.start("compile");
  PROOFCARD_TRY(const CompiledModel model, load(options, report, text));
  report.stages.start("cuts");
  PROOFCARD_TRY(const std::vector<std::uint32_t> cuts, choose_cuts(model, options.parts));
  PROOFCARD_TRY(SplitModel split, split_model(model, cuts));
  const Timer timer;
  PROOFCARD_TRY(const SplitProverKey made, make_split_keys(std::move(split), backend, !options.no_zk, report.stages));
  report.stages.stop();
  report.setup_ms = timer.milliseconds();
  add_to_report(report, made.key);

  std::vector<std::pair<std::string, Bytes>> keys{{manifest_path(options.out), encode_split_key(made.key)}};
  report.vk_bytes = keys[0].second.size();
  report.pk_bytes = 0;
  for (std::size_t p = 0; p < made.parts.size(); ++p) {
    keys.emplace_back(part_key_path(options.out, p + 1), encode_prover_key(made.parts[p]));
    *report.pk_bytes += keys.back().second.size();
  }
  PROOFCARD_RETURN_IF_ERROR(make_folder(options.out));
  PROOFCARD_RETURN_IF_ERROR(keep_other_keys(options, keys));
  OutputFiles files;
  for (const auto& [path, file] : keys) {
    const bool is_manifest = &path == &keys[0].first;
    PROOFCARD_RETURN_IF_ERROR(files.add(path, file, is_manifest ? Access::kPublic : Access::kOwnerOnly));
  }
  if (!options.report.empty()) {
    PROOFCARD_RETURN_IF_ERROR(files.add(options.report, report_json(report), report_access(report)));
  }
  text += fmt::format("split {} in {} parts, set up in {}\n{}", report.model, made.parts.size(),
                      format_ms(*report.setup_ms), format_parts(made.key));
  text += fmt::format("manifest digest {}\n", report.vk_digest);
  for (const auto& [path, file] : keys) {
    text += fmt::format("wrote {} ({})\n", printable(path), format_bytes(file.size()));
  }
  return print_and_commit(text, files);
}

}  // namespace

void add_split(const Options& app) {
  auto options = std::make_shared<SplitCommand>();
  const Options command = app.command(
      "split", "A model in parts for several machines -> a prover key a part, and a manifest for verifiers");
  command.input("model", options->model, "The compiled model, .pcm, or an ONNX model, which is compiled first")
      .required();
  command
      .number("--parts", options->parts, statement::kMinParts, statement::kMaxParts,
              "In how many parts; it is cut where little flows, so that proofs cost alike")
      .required();
  command.text("-o,--out", options->out, "A folder for split.manifest, part1.pk, part2.pk, ...").required();
  command.flag("--no-zk", options->no_zk, "Do not hide the weights, so that prove --no-zk is possible");
  command.flag("--force", options->force, "Replace keys that stand there already");
  add_machine_options(command, options->machine);
  add_report_option(command, options->report);
  add_model_options(command, options->compile);
  command.footer("--name, --calibrate, --bits and the others of `compile` are for an .onnx; a .pcm has them fixed.");
  command.runs([options] { return run_split(*options); });
}

}  // namespace proofcard::tools
