// proofcard compile MODEL.onnx -o MODEL.pcm
#include <fmt/format.h>

#include <memory>

#include "host/base/text.hpp"
#include "host/base/timer.hpp"
#include "host/circuit/circuit.hpp"
#include "host/cli/commands.hpp"
#include "host/cli/console.hpp"
#include "host/formats/atomic_files.hpp"
#include "host/report/run_report.hpp"
#include "host/report/text/accuracy_text.hpp"
#include "host/report/text/cost_text.hpp"
#include "host/report/text/plan_text.hpp"
#include "host/session/cost.hpp"

namespace proofcard::tools {
namespace {

struct CompileCommand {
  std::string onnx;
  std::string out;
  std::string report;
  ModelOptions model;
  MachineOptions machine;
};

Status run_compile(const CompileCommand& options) {
  PROOFCARD_TRY(const prover::Backend backend, use_machine(options.machine));
  static_cast<void>(backend);
  Report report;
  report.command = "compile";
  const Timer timer;
  report.stages.start("import, quantise and compare");
  PROOFCARD_TRY(Compilation compilation, compile_onnx(options.onnx, options.model));
  report.stages.start("circuit");
  PROOFCARD_TRY(const circuit::Circuit circuit, compile::compile(compilation.model.graph, compilation.model.options));
  report.stages.stop();
  report.compile_ms = timer.milliseconds();
  report.stages.start("estimate");
  const Cost cost = estimate_cost(circuit);
  report.stages.stop();

  const Bytes file = encode_model(compilation.model);
  add_to_report(report, compilation, cost);
  report.model_bytes = file.size();
  OutputFiles files;
  PROOFCARD_RETURN_IF_ERROR(files.add(options.out, file, Access::kOwnerOnly));
  if (!options.report.empty()) {
    PROOFCARD_RETURN_IF_ERROR(files.add(options.report, report_json(report), Access::kPublic));
  }

  for (const std::string& text : compilation.notes) {
    note(text);
  }
  for (const std::string& text : compilation.warnings) {
    warn(text);
  }
  std::string text = fmt::format("compiled {} in {}: {} operations, {} relations, {} lookups\n", report.model,
                                 format_ms(*report.compile_ms), compilation.model.graph.nodes.size(),
                                 circuit.relations.size(), circuit.lookups.size());
  text += fmt::format("name \"{}\": everybody who gets the key reads it{}\n", report.model,
                      options.model.name.empty() ? "; --name NAME chooses another" : "");
  text += format_plan(compilation.plan);
  text += format_accuracy(compilation.accuracy);
  if (compilation.synthetic) {
    text += "(measured on made-up inputs; --calibrate FILE uses real ones)\n";
  }
  text += format_cost(cost);
  text += fmt::format("wrote {} ({})\n", printable(options.out), format_bytes(file.size()));
  return print_and_commit(text, files);
}

}  // namespace

void add_compile(const Options& app) {
  auto options = std::make_shared<CompileCommand>();
  const Options command = app.command("compile", "ONNX model -> integer model (.pcm)");
  command.input("model", options->onnx, "The ONNX file").required();
  command.output("-o,--out", options->out, "The compiled model, .pcm").required();
  add_model_options(command, options->model);
  add_machine_options(command, options->machine);
  add_report_option(command, options->report);
  command.runs([options] { return run_compile(*options); });
}

}  // namespace proofcard::tools
