// proofcard run MODEL.pcm INPUT: integer inference without a proof
#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <span>

#include "host/base/text.hpp"
#include "host/cli/commands.hpp"
#include "host/cli/console.hpp"
#include "host/formats/atomic_files.hpp"
#include "host/formats/json_text.hpp"
#include "host/graph/float_graph/float_executor.hpp"
#include "host/graph/generate.hpp"
#include "host/graph/quantize/accuracy/shortfall.hpp"
#include "host/graph/quantize/accuracy/target.hpp"
#include "host/graph/real_values.hpp"
#include "host/report/text/accuracy_text.hpp"
#include "host/report/text/cut_off_text.hpp"
#include "host/report/text/outputs_text.hpp"
#include "host/report/trace.hpp"
#include "host/session/values/output_values.hpp"

namespace proofcard::tools {
namespace {

struct RunCommand {
  std::string model;
  std::string input;
  std::string onnx;
  std::string values_out;
  std::string trace;
  bool saturate = false;
  bool json = false;
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

// The outputs of every sample.
Result<std::vector<std::vector<OutputValues>>> run_all(const RunCommand& options, const CompiledModel& model,
                                                       std::span<const RealSample> samples, CutOffSteps& cut_off,
                                                       ClippedTensors& clipped) {
  std::vector<std::vector<OutputValues>> out;
  graph::Sink none;
  for (std::size_t i = 0; i < samples.size(); ++i) {
    PROOFCARD_TRY(const InputValues inputs,
                  quantise_row(model.graph, i, samples[i], fmt::format("{}: sample {}", options.input, i),
                               options.saturate, clipped));
    PROOFCARD_TRY(const std::vector<IntVector> all, graph::with_fed_back(model.graph, inputs));
    std::vector<graph::CutOff> found;
    PROOFCARD_TRY(const std::vector<IntVector> values, graph::execute(model.graph, all, none, &found));
    cut_off.add(i, found);
    out.push_back(output_values(model.graph, values));
  }
  return out;
}

nlohmann::ordered_json samples_json(const CompiledModel& model, const std::vector<std::vector<OutputValues>>& samples) {
  nlohmann::ordered_json out{{"model", model.options.model_name}, {"outputs", nlohmann::ordered_json::array()}};
  for (const OutputValues& o : samples[0]) {
    out["outputs"].push_back({{"name", o.name}, {"shape", o.shape}, {"scale", o.scale}});
  }
  out["samples"] = nlohmann::ordered_json::array();
  for (const std::vector<OutputValues>& sample : samples) {
    nlohmann::ordered_json values{{"output_data", nlohmann::ordered_json::array()},
                                  {"output_integers", nlohmann::ordered_json::array()}};
    for (const OutputValues& o : sample) {
      values["output_data"].push_back(o.reals);
      values["output_integers"].push_back(o.integers);
    }
    out["samples"].push_back(std::move(values));
  }
  return out;
}

Result<graph::AccuracyReport> compare_with_float(const RunCommand& options, const CompiledModel& model,
                                                 std::span<const RealSample> samples) {
  PROOFCARD_TRY(const LoadedOnnx onnx,
                load_onnx_of(options.onnx, model.graph.input_shapes, model.plan, model.options.fixed));
  const bool is_fed_back = graph::fed_back(model.graph).has_value();
  std::vector<graph::Shape> shapes = input_shapes(onnx.graph);
  shapes.resize(shapes.size() - (is_fed_back && shapes.size() > 1 ? 1 : 0));
  if (shapes != model.graph.input_shapes) {
    return bad_input(options.onnx,
                     "expected the model that {} was compiled from, found one with inputs of other shapes",
                     options.model);
  }
  std::vector<graph::Sample> floats;
  std::transform(samples.begin(), samples.end(), std::back_inserter(floats), to_floats);
  // The float model says what comes next after the same tokens.
  for (std::size_t i = 0; is_fed_back && i < samples.size(); ++i) {
    PROOFCARD_TRY(const std::vector<IntVector> inputs, graph::quantize_reals(model.graph, samples[i], true));
    PROOFCARD_TRY(const std::vector<IntVector> all, graph::with_fed_back(model.graph, inputs));
    all.back().visit([&](auto tokens) { floats[i].emplace_back(tokens.begin(), tokens.end()); });
  }
  return graph::compare(onnx.graph, model.graph, floats);
}

Status run_run(const RunCommand& options) {
  PROOFCARD_TRY(const prover::Backend backend, use_machine(options.machine));
  static_cast<void>(backend);
  PROOFCARD_TRY(Trace trace, Trace::begin(options.trace, options.machine.device));
  Stages stages;
  stages.start("read model");
  PROOFCARD_TRY(const CompiledModel model, load_any_model(options.model));
  stages.start("read input");
  PROOFCARD_TRY(const std::vector<RealSample> samples, load_samples(model.graph.input_shapes, options.input));
  // With --compare-float alone many samples are for statistics, which clips what is out of range.
  std::vector<std::vector<OutputValues>> outputs;
  CutOffSteps cut_off(model.graph);
  ClippedTensors clipped;
  if (samples.size() == 1 || options.onnx.empty() || !options.values_out.empty() || options.json) {
    stages.start("inference");
    PROOFCARD_TRY(outputs, run_all(options, model, samples, cut_off, clipped));
    warn(clipped_warning(clipped, samples.size()));
    warn(cut_off_warning(cut_off.steps(), samples.size()));
  }
  std::optional<graph::AccuracyReport> accuracy;
  if (!options.onnx.empty()) {
    stages.start("compare");
    PROOFCARD_TRY(accuracy, compare_with_float(options, model, samples));
    warn(graph::shortfall(*accuracy, graph::kDefaultTarget, {model.plan.bits, true}));
  }
  stages.stop();
  trace.add(stages);
  OutputFiles files;
  if (!options.values_out.empty()) {
    PROOFCARD_RETURN_IF_ERROR(files.add(options.values_out, outputs_json(outputs), Access::kOwnerOnly));
  }
  PROOFCARD_RETURN_IF_ERROR(trace.add_to(files));
  if (options.json) {
    nlohmann::ordered_json json = samples_json(model, outputs);
    json["cut_off"] = to_json(cut_off.steps());
    json["clipped"] = to_json(clipped);
    json["accuracy"] = accuracy ? to_json(*accuracy) : nlohmann::ordered_json(nullptr);
    return print_and_commit(json_text(json) + "\n", files);
  }
  std::string text = samples.size() > 1 && accuracy ? "" : format_samples(outputs);
  text += accuracy ? format_accuracy(*accuracy) : "";
  if (!options.values_out.empty()) {
    text += fmt::format("wrote {} ({} sample(s))\n", printable(options.values_out), samples.size());
  }
  return print_and_commit(text, files);
}

}  // namespace

void add_run(const Options& app) {
  auto options = std::make_shared<RunCommand>();
  const Options command = app.command("run", "Integer inference only, without a proof");
  command.input("model", options->model, "The compiled model (.pcm) or a prover key (.pk)").required();
  command.input("input", options->input, "The input, or many samples").required();
  command.input("--compare-float", options->onnx, "The ONNX model, to compare the outputs with");
  command.output("--save-output", options->values_out,
                 "Write the outputs of all samples as JSON, which the next model's --calibrate takes");
  command.flag("--json", options->json, "Print the outputs as JSON");
  command.flag("--saturate", options->saturate, "Clip inputs beyond the model's range instead of refusing them");
  add_machine_options(command, options->machine);
  add_trace_option(command, options->trace);
  command.runs([options] { return run_run(*options); });
}

}  // namespace proofcard::tools
