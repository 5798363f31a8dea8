#include "host/tools/model.hpp"

#include <algorithm>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "host/base/text.hpp"
#include "host/graph/onnx/import.hpp"
#include "host/tools/files.hpp"
#include "host/tools/values.hpp"

namespace proofcard::tools {

Result<LoadedOnnx> load_onnx(const std::string& path, std::vector<std::string>* problems) {
  PROOFCARD_TRY(const Bytes file, read_file(path));
  if (file_kind(file) != FileKind::kOther) {
    return bad_input(path, "expected an ONNX model, found {}", describe_content(file));
  }
  LoadedOnnx out;
  auto graph = graph::import_onnx(file, path, problems);
  if (!graph.ok() && !may_be_onnx(file)) {
    return bad_input(path, "expected an ONNX model, found {}", describe_content(file));
  }
  PROOFCARD_TRY(out.graph, std::move(graph));
  out.name = std::filesystem::path(path).stem().string();
  out.name = to_name(out.name, kMaxModelNameBytes);
  return out;
}

namespace {

Result<std::vector<graph::InputFormat>> output_formats(const std::string& path) {
  PROOFCARD_TRY(const circuit::Circuit circuit, load_circuit(path));
  std::vector<graph::InputFormat> out;
  for (const std::uint32_t id : circuit.outputs) {
    const circuit::Tensor& t = circuit.tensors[id];
    out.push_back({t.shape, t.lo, t.hi, t.scale});
  }
  return out;
}

}  // namespace

Result<std::vector<graph::Sample>> load_samples(const std::vector<graph::Shape>& shapes, const std::string& path) {
  PROOFCARD_TRY(Values values, load_values(path));
  if (!values.has_inputs && values.has_outputs) {
    values.inputs = std::move(values.outputs);
    values.has_inputs = true;
  }
  return many_samples(values, shapes, path);
}

Result<Compilation> compile_onnx(const std::string& path, const ModelOptions& options) {
  Compilation out;
  if (!options.name.empty() && !(is_name(options.name) && options.name.size() <= kMaxModelNameBytes)) {
    return bad_input("--name",
                     "expected at most {} bytes of text without control characters and quotation marks, found another",
                     kMaxModelNameBytes);
  }
  PROOFCARD_TRY(LoadedOnnx onnx, load_onnx(path));
  out.float_graph = std::move(onnx.graph);
  if (!options.calibration.empty()) {
    PROOFCARD_TRY(out.samples, load_samples(input_shapes(out.float_graph), options.calibration));
  }
  const bool private_weights = options.compile.weights != circuit::Visibility::kPublic;
  graph::QuantizeOptions quantize{options.bits, private_weights, options.output_bits, {}};
  if (!options.input_like.empty()) {
    PROOFCARD_TRY(quantize.inputs, output_formats(options.input_like));
  }
  PROOFCARD_TRY(out.model.graph, graph::quantize(out.float_graph, out.samples, quantize, &out.notes, &out.model.plan));
  if (out.samples.empty()) {
    out.samples = graph::synthetic_samples(out.float_graph);
    out.synthetic = true;
  }
  out.model.options = options.compile;
  out.model.options.model_name = options.name.empty() ? onnx.name : options.name;
  return out;
}

std::vector<graph::Shape> input_shapes(const graph::FloatGraph& graph) {
  std::vector<graph::Shape> out;
  for (const std::uint32_t id : graph.inputs) {
    const graph::Dims& shape = graph.values[id].shape;
    out.emplace_back(shape.begin(), shape.end());
  }
  return out;
}

Result<std::vector<IntVector>> load_inputs(const graph::Graph& graph, const std::string& path, bool saturate) {
  PROOFCARD_TRY(const Values values, load_values(path));
  PROOFCARD_TRY(const auto sample, one_sample(values, graph.input_shapes, path));
  auto inputs = graph::quantize_inputs(graph, sample, saturate);
  if (!inputs.ok()) {
    return explain_range(inputs.error(), path, saturate);
  }
  return inputs;
}

Error explain_range(Error error, const std::string& where, bool saturate) {
  if (!saturate) {
    error.where = where + ": " + error.where;
    error.what += " (compile with --calibrate FILE of samples like this one, or allow clipping with --saturate)";
  }
  return error;
}

std::vector<OutputValues> output_values(const graph::Graph& graph, const std::vector<IntVector>& outputs) {
  const std::vector<std::vector<double>> reals = graph::dequantize_outputs(graph, outputs);
  std::vector<OutputValues> out;
  for (std::size_t i = 0; i < outputs.size(); ++i) {
    const graph::Tensor& t = graph.tensors[graph.outputs[i]];
    OutputValues values{t.name, graph.output_shapes[i], t.scale, {}, reals[i]};
    for (std::size_t k = 0; k < outputs[i].size(); ++k) {
      values.integers.push_back(outputs[i][k]);
    }
    out.push_back(std::move(values));
  }
  return out;
}

std::string shape_text(const graph::Shape& shape) { return fmt::format("[{}]", fmt::join(shape, ",")); }

std::string format_outputs(const std::vector<OutputValues>& outputs, std::size_t max_values) {
  std::string out;
  for (const OutputValues& o : outputs) {
    out += fmt::format("output \"{}\" {}, scale {:.6g}\n", printable(o.name), shape_text(o.shape), o.scale);
    const std::size_t shown = std::min(o.reals.size(), max_values);
    for (std::size_t i = 0; i < shown; ++i) {
      out += fmt::format("  [{}] {:>12.6g}   (integer {})\n", i, o.reals[i], o.integers[i]);
    }
    if (shown < o.reals.size()) {
      out += fmt::format("  ... {} more\n", o.reals.size() - shown);
    }
    if (o.reals.size() > 1) {
      const auto best = std::max_element(o.integers.begin(), o.integers.end());
      out += fmt::format("  largest: index {}\n", best - o.integers.begin());
    }
  }
  return out;
}

std::string outputs_json(const std::vector<std::vector<OutputValues>>& samples) {
  nlohmann::json json = {{"output_data", nlohmann::json::array()}, {"output_integers", nlohmann::json::array()}};
  for (const std::vector<OutputValues>& outputs : samples) {
    for (const OutputValues& o : outputs) {
      json["output_data"].push_back(o.reals);
      json["output_integers"].push_back(o.integers);
    }
  }
  return json.dump() + "\n";
}

}  // namespace proofcard::tools
