// From an ONNX file to a compiled model, and integer inference with it.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "host/graph/onnx/float_graph.hpp"
#include "host/graph/quantize/quantize.hpp"
#include "host/tools/model_files.hpp"

namespace proofcard::tools {

struct ModelOptions {
  std::string name;                 // what keys call the model; empty: the file's name
  compile::CompileOptions compile;  // model_name is filled in from that
  std::uint32_t bits = 8;
  std::string calibration;  // a file of samples, or of a model's outputs; empty: synthetic samples
  std::uint32_t output_bits = 32;
  std::string input_like;  // a .vk, .pk or .pcm whose outputs the inputs are to be
};

struct LoadedOnnx {
  graph::FloatGraph graph;
  std::string name;  // the file's name without folder and extension
};
// `problems`, when given, gets everything in the file that is not supported.
Result<LoadedOnnx> load_onnx(const std::string& path, std::vector<std::string>* problems = nullptr);

// Samples for inputs of these shapes: input_data, or the outputs of another model as `run --save-output` writes them.
Result<std::vector<graph::Sample>> load_samples(const std::vector<graph::Shape>& shapes, const std::string& path);

struct Compilation {
  CompiledModel model;
  graph::FloatGraph float_graph;
  std::vector<graph::Sample> samples;  // of the calibration file, or synthetic ones
  bool synthetic = false;              // no calibration file was given
  std::vector<std::string> notes;
};
Result<Compilation> compile_onnx(const std::string& path, const ModelOptions& options);

// As the ONNX file declares them.
std::vector<graph::Shape> input_shapes(const graph::FloatGraph& graph);

// An input file, quantised for the model. Errors name elements by index.
Result<std::vector<IntVector>> load_inputs(const graph::Graph& graph, const std::string& path, bool saturate);

// An error of quantize_inputs, with the file and what to do about values out of range.
Error explain_range(Error error, const std::string& where, bool saturate);

struct OutputValues {
  std::string name;
  graph::Shape shape;
  double scale = 1.0;
  std::vector<std::int64_t> integers;
  std::vector<double> reals;
};
// outputs: as graph::execute returns them.
std::vector<OutputValues> output_values(const graph::Graph& graph, const std::vector<IntVector>& outputs);

// Readable: at most `max_values` of each output.
std::string format_outputs(const std::vector<OutputValues>& outputs, std::size_t max_values = 32);
// {"output_data": [[...]], "output_integers": [[...]]}: an array an output, sample after sample.
std::string outputs_json(const std::vector<std::vector<OutputValues>>& samples);
std::string shape_text(const graph::Shape& shape);

}  // namespace proofcard::tools
