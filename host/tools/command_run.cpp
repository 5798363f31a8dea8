// proofcard run MODEL.pcm INPUT: integer inference without a proof
#include <fmt/format.h>

#include <memory>

#include "host/graph/quantize/float_executor.hpp"
#include "host/tools/commands.hpp"
#include "host/tools/files.hpp"
#include "host/tools/trace.hpp"
#include "host/tools/values.hpp"

namespace proofcard::tools {
namespace {

struct RunCommand {
  std::string model;
  std::string input;
  std::string onnx;
  std::string values_out;
  std::string trace;
  bool saturate = false;
  MachineOptions machine;
};

Result<CompiledModel> load_any_model(const std::string& path) {
  PROOFCARD_TRY(const Bytes file, read_file(path));
  if (file_kind(file) == FileKind::kProverKey) {
    PROOFCARD_TRY(ProverKey key, decode_prover_key(file, path));
    return std::move(key.model);
  }
  return decode_model(file, path);
}

Result<std::string> run_one(const RunCommand& options, const CompiledModel& model, Stages& stages) {
  stages.start("read input");
  PROOFCARD_TRY(const std::vector<IntVector> inputs, load_inputs(model.graph, options.input, options.saturate));
  stages.start("inference");
  graph::Sink none;
  PROOFCARD_TRY(const std::vector<IntVector> values, graph::execute(model.graph, inputs, none));
  stages.stop();
  const std::vector<OutputValues> outputs = output_values(model.graph, values);
  if (!options.values_out.empty()) {
    OutputFiles files;
    PROOFCARD_RETURN_IF_ERROR(files.add(options.values_out, outputs_json(outputs), Access::kOwnerOnly));
    PROOFCARD_RETURN_IF_ERROR(files.commit());
  }
  return format_outputs(outputs);
}

Status run_run(const RunCommand& options) {
  PROOFCARD_TRY(const prover::Backend backend, use_machine(options.machine));
  static_cast<void>(backend);
  PROOFCARD_TRY(Trace trace, Trace::begin(options.trace, options.machine.device));
  Stages stages;
  stages.start("read model");
  PROOFCARD_TRY(const CompiledModel model, load_any_model(options.model));
  PROOFCARD_TRY(const Values values, load_values(options.input));
  const std::vector<graph::Shape>& shapes = model.graph.input_shapes;
  const bool single =
      values.inputs.size() == shapes.size() && (options.onnx.empty() || fits(values.inputs[0].shape, shapes[0]));
  if (single) {
    PROOFCARD_TRY(const std::string text, run_one(options, model, stages));
    fmt::print("{}", text);
  } else if (options.onnx.empty() || !options.values_out.empty()) {
    PROOFCARD_TRY(const auto sample, one_sample(values, shapes, options.input));  // the error says what was expected
    static_cast<void>(sample);
  }
  if (!options.onnx.empty()) {
    PROOFCARD_TRY(const LoadedOnnx onnx, load_onnx(options.onnx));
    if (input_shapes(onnx.graph) != shapes) {
      return bad_input(options.onnx,
                       "expected the model that {} was compiled from, found one with inputs of other shapes",
                       options.model);
    }
    PROOFCARD_TRY(const auto samples, many_samples(values, shapes, options.input));
    stages.start("compare");
    PROOFCARD_TRY(const graph::AccuracyReport accuracy, graph::compare(onnx.graph, model.graph, samples));
    fmt::print("{}", format_accuracy(accuracy));
  }
  stages.stop();
  trace.add(stages);
  OutputFiles files;
  PROOFCARD_RETURN_IF_ERROR(trace.add_to(files));
  return files.commit();
}

}  // namespace

void add_run(CLI::App& app, Command& selected) {
  auto options = std::make_shared<RunCommand>();
  CLI::App* command = app.add_subcommand("run", "Integer inference only, without a proof");
  command->add_option("model", options->model, "The compiled model (.pcm) or a prover key (.pk)")->required();
  command->add_option("input", options->input, "The input; or, with --compare-float, many samples")->required();
  command->add_option("--compare-float", options->onnx, "The ONNX model, to compare the outputs with");
  command->add_option("--save-output", options->values_out, "Write the output values as JSON");
  command->add_flag("--saturate", options->saturate, "Clip inputs beyond the model's range instead of refusing them");
  add_machine_options(*command, options->machine);
  add_trace_option(*command, options->trace);
  command->callback([options, &selected] { selected = [options] { return run_run(*options); }; });
}

}  // namespace proofcard::tools
