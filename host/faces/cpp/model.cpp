#include "host/session/model.hpp"

#include <proofcard/model.hpp>

#include "host/base/timer.hpp"
#include "host/faces/cpp/content.hpp"
#include "host/faces/cpp/convert.hpp"
#include "host/formats/atomic_files.hpp"
#include "host/report/run_report.hpp"
#include "host/session/cost.hpp"
#include "host/session/inference.hpp"

namespace proofcard {
namespace {

using faces::or_throw;

tools::ModelOptions options_of(const CompileOptions& options) {
  tools::ModelOptions out;
  out.name = options.name;
  out.compile.input = faces::visibility(options.input);
  out.compile.output = faces::visibility(options.output);
  out.compile.weights = faces::visibility(options.weights);
  out.bits = options.bits;
  out.target = options.target_accuracy;
  out.calibration = options.samples_file;
  out.measure = options.measure;
  out.output_bits = options.output_bits;
  out.input_like = options.input_like;
  out.shapes = options.shapes;
  out.fixed = options.fixed;
  out.generate = options.generate;
  out.end_token = options.end_token;
  return out;
}

std::vector<std::string> names_of(const graph::FloatGraph& graph) {
  std::vector<std::string> out;
  for (const std::uint32_t id : graph.inputs) {
    out.push_back(graph.values[id].name);
  }
  return out;
}

// read: gives the tools::LoadedOnnx.
template <class Read>
std::shared_ptr<const Model::Content> compiled(const CompileOptions& options, const Control& control, Read read) {
  if (!options.samples.empty() && !options.samples_file.empty()) {
    faces::raise(bad_input("samples", "expected arrays or a file of them, found both"));
  }
  const tools::ModelOptions session_options = options_of(options);
  or_throw(tools::check(session_options));
  tools::Report report;
  report.command = "compile";
  return faces::controlled(control, report.stages, [&](Stages& stages) {
    const Timer timer;
    stages.start("import, quantise and compare");
    const auto fixed = or_throw(tools::read_fixed_inputs(options.fixed));
    tools::LoadedOnnx onnx = read(tools::OnnxInputs{options.shapes, {}, fixed});
    const std::vector<graph::Shape> shapes = tools::input_shapes(onnx.graph);
    std::vector<tools::RealSample> samples;
    if (!options.samples.empty()) {
      tools::Values values = faces::values_of(options.samples, names_of(onnx.graph), "samples");
      samples = or_throw(tools::samples_of(std::move(values), shapes, "samples"));
    } else if (!options.samples_file.empty()) {
      samples = or_throw(tools::load_samples(shapes, options.samples_file));
    }
    tools::Compilation made = or_throw(tools::compile_onnx(std::move(onnx), samples, session_options));
    stages.start("circuit");
    const circuit::Circuit circuit = or_throw(compile::compile(made.model.graph, made.model.options));
    report.compile_ms = timer.milliseconds();
    stages.start("estimate");
    tools::add_to_report(report, made, tools::estimate_cost(circuit));
    stages.stop();
    report.model_bytes = tools::encode_model(made.model).size();
    return std::make_shared<const Model::Content>(Model::Content{std::move(made.model), std::move(made.notes),
                                                                 std::move(made.warnings), tools::report_json(report)});
  });
}

std::shared_ptr<const Model::Content> loaded(tools::CompiledModel model) {
  tools::Report report;
  report.command = "compile";
  report.model = model.options.model_name;
  return std::make_shared<const Model::Content>(Model::Content{std::move(model), {}, {}, tools::report_json(report)});
}

std::vector<TensorInfo> infos(const graph::Graph& graph, const std::vector<std::uint32_t>& ids,
                              const std::vector<graph::Shape>& shapes, circuit::Visibility visibility) {
  std::vector<TensorInfo> out;
  for (std::size_t i = 0; i < shapes.size(); ++i) {
    const graph::Tensor& t = graph.tensors[ids[i]];
    out.push_back({t.name, {shapes[i].begin(), shapes[i].end()}, faces::visibility(visibility), t.scale});
  }
  return out;
}

}  // namespace

Model Model::compile(BytesView onnx, const CompileOptions& options, const Control& control) {
  return Model(compiled(options, control, [&](const tools::OnnxInputs& inputs) {
    return or_throw(tools::read_onnx(onnx, "model", inputs));
  }));
}

Model Model::compile_file(const std::string& path, const CompileOptions& options, const Control& control) {
  return Model(compiled(options, control,
                        [&](const tools::OnnxInputs& inputs) { return or_throw(tools::load_onnx(path, inputs)); }));
}

Model Model::from_bytes(BytesView file, const std::string& name) {
  return Model(loaded(or_throw(tools::decode_model(file, name))));
}

Model Model::load(const std::string& path) { return Model(loaded(or_throw(tools::load_model(path)))); }

Bytes Model::bytes() const { return tools::encode_model(content_->model); }

void Model::save(const std::string& path) const {
  tools::OutputFiles files;
  or_throw(files.add(path, bytes(), tools::Access::kOwnerOnly));
  or_throw(files.commit());
}

const std::string& Model::name() const { return content_->model.options.model_name; }

std::vector<TensorInfo> Model::inputs() const {
  const graph::Graph& graph = content_->model.graph;
  return infos(graph, graph.inputs, graph.input_shapes, content_->model.options.input);
}

std::vector<TensorInfo> Model::outputs() const {
  const graph::Graph& graph = content_->model.graph;
  return infos(graph, graph.outputs, graph.output_shapes, content_->model.options.output);
}

const std::vector<std::string>& Model::notes() const { return content_->notes; }
const std::vector<std::string>& Model::warnings() const { return content_->warnings; }
const std::string& Model::report() const { return content_->report; }

std::vector<Output> Model::run(const Inputs& inputs, bool saturate) const {
  or_throw(isa_status());
  const graph::Graph& graph = content_->model.graph;
  std::vector<std::string> names;
  for (const TensorInfo& info : this->inputs()) {
    names.push_back(info.name);
  }
  const tools::Values values = faces::values_of(inputs, names, "input");
  tools::ClippedTensors clipped;
  const auto rows = or_throw(tools::quantise_batch(graph, 1, values, "input", saturate, clipped));
  return faces::outputs_of(or_throw(tools::infer(graph, rows)));
}

}  // namespace proofcard
