#include "host/session/model.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <filesystem>
#include <functional>
#include <iterator>
#include <map>

#include "host/base/text.hpp"
#include "host/circuit/batch.hpp"
#include "host/formats/atomic_files.hpp"
#include "host/formats/values.hpp"
#include "host/graph/onnx/import.hpp"
#include "host/graph/quantize/generation.hpp"
#include "host/session/cost.hpp"

namespace proofcard::tools {

namespace {

// "NAME=1x3x224x224"
Status add_shape(const std::string& text, std::map<std::string, graph::Dims>& shapes) {
  const std::size_t equals = text.rfind('=');
  graph::Dims shape;
  const char* at = equals == std::string::npos ? nullptr : text.data() + equals;
  const char* const end = text.data() + text.size();
  while (at != nullptr && at != end) {
    std::int64_t size = 0;
    const bool separated = *at == (shape.empty() ? '=' : 'x');
    const auto [stop, error] = std::from_chars(at + 1, end, size);
    at = separated && error == std::errc() && size > 0 ? stop : nullptr;
    shape.push_back(size);
  }
  if (at == nullptr || equals == 0 || !shapes.emplace(text.substr(0, equals), std::move(shape)).second) {
    return bad_input("--shape", "expected NAME=SIZExSIZE..., once for an input, found {}", text);
  }
  return {};
}

// The numbers between commas. Nothing: there is something else.
std::optional<std::vector<double>> read_numbers(std::string_view text) {
  std::vector<double> out;
  for (bool more = true; more;) {
    const std::size_t comma = text.find(',');
    const std::string_view one = text.substr(0, comma);
    double value = 0;
    const auto [stop, error] = std::from_chars(one.data(), one.data() + one.size(), value);
    if (one == "true" || one == "false") {
      value = one == "true" ? 1 : 0;
    } else if (error != std::errc() || stop != one.data() + one.size() || !std::isfinite(value)) {
      return std::nullopt;
    }
    out.push_back(value);
    more = comma != std::string_view::npos;
    text = more ? text.substr(comma + 1) : text;
  }
  return out;
}

}  // namespace

Result<std::vector<tensor::FixedInput>> read_fixed_inputs(const std::vector<std::string>& texts) {
  std::vector<tensor::FixedInput> out;
  std::size_t values_left = tensor::kMaxFixedValues;
  for (const std::string& text : texts) {
    const std::size_t equals = text.rfind('=');
    const auto values = read_numbers(equals == std::string::npos ? "" : std::string_view(text).substr(equals + 1));
    tensor::FixedInput input{text.substr(0, equals), values.value_or(std::vector<double>{})};
    if (!values || input.name.empty() || !is_name(input.name) ||
        std::ranges::count(out, input.name, &tensor::FixedInput::name) > 0) {
      return bad_input("--fix", "expected NAME=VALUE or NAME=VALUE,VALUE..., once for an input, found {}", text);
    }
    values_left -= std::min(values_left, input.values.size());
    if (out.size() == tensor::kMaxFixedInputs || values_left == 0) {
      return bad_input("--fix", "expected at most {} inputs, and fewer than {} values together, found more",
                       tensor::kMaxFixedInputs, tensor::kMaxFixedValues);
    }
    out.push_back(std::move(input));
  }
  return out;
}

namespace {

using ReadExternal = std::function<Result<Bytes>(const std::string& name)>;

Result<LoadedOnnx> import_model(ByteView file, const std::string& path, const OnnxInputs& inputs, ReadExternal external,
                                std::vector<std::string>* problems) {
  if (file_kind(file) != FileKind::kOther) {
    return bad_input(path, "expected an ONNX model, found {}", describe_content(file));
  }
  LoadedOnnx out;
  graph::ImportOptions options;
  for (const std::string& text : inputs.shapes) {
    PROOFCARD_RETURN_IF_ERROR(add_shape(text, options.shapes));
  }
  for (const graph::Shape& shape : inputs.of_another_file) {
    options.all_shapes.emplace_back(shape.begin(), shape.end());
  }
  options.fixed = inputs.fixed;
  options.read_external = std::move(external);
  auto graph = graph::import_onnx(file, path, problems, options);
  if (!graph.ok() && !may_be_onnx(file)) {
    return bad_input(path, "expected an ONNX model, found {}", describe_content(file));
  }
  PROOFCARD_TRY(out.graph, std::move(graph));
  out.name = std::filesystem::path(path).stem().string();
  out.name = to_name(out.name, kMaxModelNameBytes);
  out.fixed = inputs.fixed;
  return out;
}

}  // namespace

Result<LoadedOnnx> load_onnx(const std::string& path, const OnnxInputs& inputs, std::vector<std::string>* problems) {
  PROOFCARD_TRY(const Bytes file, read_file(path));
  return import_model(
      file, path, inputs, [&](const std::string& name) { return read_file(beside(path, name)); }, problems);
}

Result<LoadedOnnx> read_onnx(ByteView file, const std::string& path, const OnnxInputs& inputs,
                             std::vector<std::string>* problems) {
  return import_model(file, path, inputs, {}, problems);
}

namespace {

Result<std::vector<graph::InputFormat>> output_formats(const std::string& path) {
  PROOFCARD_TRY(circuit::Circuit of_all, load_circuit(path));
  const circuit::Circuit circuit = circuit::one_row(std::move(of_all));
  std::vector<graph::InputFormat> out;
  for (const std::uint32_t id : circuit.outputs) {
    const circuit::Tensor& t = circuit.tensors[id];
    out.push_back({t.shape, t.lo, t.hi, t.scale});
  }
  return out;
}

// The model and its samples become those of the sequence that it gives.
Status generate_tokens(Compilation& model, const graph::Generation& generation) {
  constexpr std::size_t kTried = 2;
  std::vector<graph::Sample> tried =
      model.samples.empty() ? graph::synthetic_samples(model.float_graph) : model.samples;
  tried.resize(std::min(tried.size(), kTried));
  PROOFCARD_TRY(graph::FloatGraph sequence, graph::make_generator(model.float_graph, generation));
  PROOFCARD_RETURN_IF_ERROR(graph::check_causal(model.float_graph, tried, generation));
  model.float_graph = std::move(sequence);
  for (graph::Sample& sample : model.samples) {
    sample = graph::generator_sample(sample, generation);
  }
  return {};
}

}  // namespace

Result<LoadedOnnx> load_onnx_of(const std::string& path, std::vector<graph::Shape> input_shapes,
                                const graph::QuantisationPlan& plan, const std::vector<tensor::FixedInput>& fixed) {
  if (!plan.generation) {
    return load_onnx(path, {{}, std::move(input_shapes), fixed});
  }
  for (graph::Shape& shape : input_shapes) {
    const graph::Dims whole = graph::model_shape(graph::Dims(shape.begin(), shape.end()), *plan.generation);
    shape.assign(whole.begin(), whole.end());
  }
  PROOFCARD_TRY(LoadedOnnx onnx, load_onnx(path, {{}, std::move(input_shapes), fixed}));
  PROOFCARD_TRY(onnx.graph, graph::make_generator(onnx.graph, *plan.generation));
  return onnx;
}

std::string beside(const std::string& path, const std::string& name) {
  return (std::filesystem::path(path).parent_path() / name).string();
}

graph::Sample to_floats(const RealSample& sample) {
  graph::Sample out;
  for (const std::vector<double>& values : sample) {
    out.emplace_back(values.begin(), values.end());
  }
  return out;
}

Result<std::vector<RealSample>> load_samples(const std::vector<graph::Shape>& shapes, const std::string& path) {
  PROOFCARD_TRY(Values values, load_values(path));
  return samples_of(std::move(values), shapes, path);
}

Result<std::vector<RealSample>> samples_of(Values values, const std::vector<graph::Shape>& shapes,
                                           const std::string& where) {
  if (!values.has_inputs && values.has_outputs) {
    values.inputs = std::move(values.outputs);
    values.has_inputs = true;
  }
  return many_samples(values, shapes, where);
}

namespace {

Status check_name(const ModelOptions& options) {
  if (!options.name.empty() && !(is_name(options.name) && options.name.size() <= kMaxModelNameBytes)) {
    return bad_input("--name",
                     "expected 1 to {} bytes of text without control characters and quotation marks, found another",
                     kMaxModelNameBytes);
  }
  return {};
}

}  // namespace

Status check(const ModelOptions& options) {
  if (options.bits != 0 && options.bits != 8 && options.bits != 16) {
    return bad_input("bits", "expected 8 or 16, or 0 for the cheapest, found {}", options.bits);
  }
  if (options.output_bits != 8 && options.output_bits != 16 && options.output_bits != 32) {
    return bad_input("output_bits", "expected 8, 16 or 32, found {}", options.output_bits);
  }
  if (!(options.target >= 50 && options.target <= 99.99)) {
    return bad_input("target_accuracy", "expected 50 to 99.99, found {}", options.target);
  }
  if (!options.measure.empty() && options.measure != "error" && options.measure != "prediction" &&
      options.measure != "cosine") {
    return bad_input("measure", "expected error, prediction or cosine, found {}", printable(options.measure));
  }
  return {};
}

Result<Compilation> compile_onnx(const std::string& path, const ModelOptions& options) {
  PROOFCARD_RETURN_IF_ERROR(check_name(options));
  PROOFCARD_TRY(std::vector<tensor::FixedInput> fixed, read_fixed_inputs(options.fixed));
  PROOFCARD_TRY(LoadedOnnx onnx, load_onnx(path, {options.shapes, {}, std::move(fixed)}));
  std::vector<RealSample> samples;
  if (!options.calibration.empty()) {
    PROOFCARD_TRY(samples, load_samples(input_shapes(onnx.graph), options.calibration));
  }
  return compile_onnx(std::move(onnx), samples, options);
}

Result<Compilation> compile_onnx(LoadedOnnx onnx, const std::vector<RealSample>& samples, const ModelOptions& options) {
  PROOFCARD_RETURN_IF_ERROR(check_name(options));
  Compilation out;
  out.float_graph = std::move(onnx.graph);
  std::ranges::transform(samples, std::back_inserter(out.samples), to_floats);
  std::optional<graph::Generation> generation;
  if (options.generate != 0) {
    generation = graph::Generation{options.generate, {}};
    if (options.end_token) {
      generation->end = static_cast<std::uint32_t>(std::min<std::uint64_t>(*options.end_token, UINT32_MAX));
    }
    PROOFCARD_RETURN_IF_ERROR(generate_tokens(out, *generation));
  } else if (options.end_token) {
    return bad_input("--end-token", "expected together with --generate, found it alone");
  }
  const bool private_weights = options.compile.weights != circuit::Visibility::kPublic;
  graph::QuantizeOptions quantize{options.bits, private_weights, options.output_bits, {}};
  if (!options.input_like.empty()) {
    PROOFCARD_TRY(quantize.inputs, output_formats(options.input_like));
  }
  std::optional<graph::Measure> measure;
  for (const graph::Measure m : {graph::Measure::kError, graph::Measure::kPrediction, graph::Measure::kCosine}) {
    measure = options.measure == graph::measure_name(m) ? std::optional(m) : measure;
  }
  const auto cost = [&](const graph::Graph& graph) -> Result<graph::PlanCost> {
    PROOFCARD_TRY(const circuit::Circuit circuit, compile::compile(graph, options.compile));
    return plan_cost(circuit);
  };
  const graph::TargetOptions target{options.target, cost, measure};
  PROOFCARD_TRY(graph::QuantisedModel made,
                options.bits == 0 ? graph::quantize_to_target(out.float_graph, out.samples, quantize, target)
                                  : graph::quantize_and_compare(out.float_graph, out.samples, quantize, target));
  out.model.graph = std::move(made.graph);
  out.model.plan = std::move(made.plan);
  out.model.plan.generation = generation;
  out.notes = std::move(made.notes);
  out.warnings = std::move(made.warnings);
  out.accuracy = std::move(made.accuracy);
  out.plan = {out.model.plan.bits,   options.bits == 0 ? std::optional(options.target) : std::nullopt,
              std::move(made.tried), std::move(made.wide),
              made.with_width,       made.search_runs};
  if (out.samples.empty()) {
    out.samples = graph::synthetic_samples(out.float_graph);
    out.synthetic = true;
  }
  out.model.options = options.compile;
  out.model.options.fixed = std::move(onnx.fixed);
  out.model.options.model_name = options.name.empty() ? onnx.name : options.name;
  return out;
}

Status expect_no_options(const ModelOptions& options, const std::string& path, FileKind kind) {
  if (!options.given.empty()) {
    return bad_input(options.given, "expected together with an ONNX model, found {}, {}, which has that fixed", path,
                     file_kind_name(kind));
  }
  return {};
}

std::vector<graph::Shape> input_shapes(const graph::FloatGraph& graph) {
  std::vector<graph::Shape> out;
  for (const std::uint32_t id : graph.inputs) {
    const graph::Dims& shape = graph.values[id].shape;
    out.emplace_back(shape.begin(), shape.end());
  }
  return out;
}

Result<std::vector<InputValues>> load_batch(const graph::Graph& graph, std::uint32_t batch, const std::string& path,
                                            bool saturate, ClippedTensors& clipped) {
  PROOFCARD_TRY(const Values values, load_values(path));
  return quantise_batch(graph, batch, values, path, saturate, clipped);
}

}  // namespace proofcard::tools
