// From an ONNX file to a compiled model, and integer inference with it.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "host/formats/model_files.hpp"
#include "host/formats/values.hpp"
#include "host/graph/float_graph/float_graph.hpp"
#include "host/graph/quantize/accuracy/target.hpp"
#include "host/graph/quantize/quantisation_plan.hpp"
#include "host/session/plan_report.hpp"
#include "host/session/values/input_values.hpp"

namespace proofcard::tools {

struct ModelOptions {
  std::string given;                      // the first of these options on the command line, as "--bits"; empty: none
  std::string name;                       // what keys call the model; empty: the file's name
  compile::CompileOptions compile;        // model_name is filled in from that
  std::uint32_t bits = 0;                 // 8 or 16; 0: as few as reach the target
  double target = graph::kDefaultTarget;  // per cent
  std::string calibration;                // a file of samples, or of a model's outputs; empty: synthetic samples
  std::string measure;                    // of outputs: error, prediction or cosine; empty: what suits each
  std::uint32_t output_bits = 32;
  std::string input_like;           // a .vk, .pk or .pcm whose outputs the inputs are to be
  std::vector<std::string> shapes;  // of inputs, as OnnxInputs::shapes
  std::vector<std::string> fixed;   // inputs that are constants, as OnnxInputs::fixed
  std::uint32_t generate = 0;       // tokens that the model is to give; 0: it is taken as it is
  std::optional<std::uint64_t> end_token;
};

struct LoadedOnnx {
  graph::FloatGraph graph;
  std::string name;                       // the file's name without folder and extension
  std::vector<tensor::FixedInput> fixed;  // inputs that became constants
};
// What stands in for dimensions that the file leaves open, and for inputs that are to be constants.
struct OnnxInputs {
  std::vector<std::string> shapes;            // NAME=1x3x224x224, as --shape gives them
  std::vector<graph::Shape> of_another_file;  // those of all inputs, in order: of what was made from the model
  std::vector<tensor::FixedInput> fixed;
};
// NAME=VALUE or NAME=VALUE,VALUE..., as --fix gives them. Errors: kBadInput naming what is no such text, and inputs that are
// given twice.
Result<std::vector<tensor::FixedInput>> read_fixed_inputs(const std::vector<std::string>& texts);
// `problems`, when given, gets everything in the file that is not supported. Files that weights are in are read from the
// folder of `path`.
Result<LoadedOnnx> load_onnx(const std::string& path, const OnnxInputs& inputs,
                             std::vector<std::string>* problems = nullptr);
// The same of bytes: `path` names them, and weights in other files are an error.
Result<LoadedOnnx> read_onnx(ByteView file, const std::string& path, const OnnxInputs& inputs,
                             std::vector<std::string>* problems = nullptr);
// The same for what a file was made from, with the shapes of its inputs, and those that are constants; the sequence, when
// it generates.
Result<LoadedOnnx> load_onnx_of(const std::string& path, std::vector<graph::Shape> input_shapes,
                                const graph::QuantisationPlan& plan, const std::vector<tensor::FixedInput>& fixed);

// The path of a file in the folder of another.
std::string beside(const std::string& path, const std::string& name);

// Samples for inputs of these shapes: input_data, or the outputs of another model as `run --save-output` writes them.
Result<std::vector<RealSample>> load_samples(const std::vector<graph::Shape>& shapes, const std::string& path);
// `where` names the values in errors.
Result<std::vector<RealSample>> samples_of(Values values, const std::vector<graph::Shape>& shapes,
                                           const std::string& where);

struct Compilation {
  CompiledModel model;
  graph::FloatGraph float_graph;       // of a model that generates, the whole sequence
  std::vector<graph::Sample> samples;  // of the calibration file, or synthetic ones
  bool synthetic = false;              // no calibration file was given
  std::vector<std::string> notes;
  std::vector<std::string> warnings;
  graph::AccuracyReport accuracy;  // on the samples
  PlanReport plan;
};
Result<Compilation> compile_onnx(const std::string& path, const ModelOptions& options);
// The same of a model in memory, with these samples instead of a file's: none are made up. Of the options, those are not
// looked at that say how to read the model and the samples.
Result<Compilation> compile_onnx(LoadedOnnx onnx, const std::vector<RealSample>& samples, const ModelOptions& options);

// What the command line's parser refuses: widths, target and measure that there are not. Errors: kBadInput naming the option.
Status check(const ModelOptions& options);

// For commands that take another file, `path`, in place of an ONNX model: options that would do nothing there.
// Errors: kBadInput naming the option.
Status expect_no_options(const ModelOptions& options, const std::string& path, FileKind kind);

// As floats, for calibration and comparison with the float model.
graph::Sample to_floats(const RealSample& sample);

// As the ONNX file declares them.
std::vector<graph::Shape> input_shapes(const graph::FloatGraph& graph);

// A file of as many inputs as a key proves at once, as quantise_batch() takes them.
Result<std::vector<InputValues>> load_batch(const graph::Graph& graph, std::uint32_t batch, const std::string& path,
                                            bool saturate, ClippedTensors& clipped);

}  // namespace proofcard::tools
