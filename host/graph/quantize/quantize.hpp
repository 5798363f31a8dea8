// Float graph -> integer graph, and input and output conversion.
//
// Quantisation is symmetric and free of zero points: real = scale * integer. Activations are int8 (or int16) over the
// whole type, weights int8 (or int16) on scales chosen so that requantisation is a shift, biases int32. Calibration
// sets scales only; every range in the graph comes from interval analysis, so no input inside the declared type can
// leave it.
//
// Source: docs/protocol.md, "Integer semantics".
// Errors: kBadInput for samples or inputs of the wrong size, NaN or infinite values, and values beyond the range, by
//         name and index, never by value; kUnsupported for a graph that cannot be lowered.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "host/graph/graph.hpp"
#include "host/graph/onnx/float_graph.hpp"
#include "host/graph/quantize/accuracy.hpp"
#include "host/graph/quantize/calibrate.hpp"
#include "host/graph/quantize/quantisation_plan.hpp"

namespace proofcard::graph {

// An input that is what another model's output is.
struct InputFormat {
  Shape shape;  // without leading axes of 1
  std::int64_t lo = 0;
  std::int64_t hi = 0;
  double scale = 1.0;
};

struct QuantizeOptions {
  unsigned bits = 8;                  // 8 or 16
  bool private_weights = true;        // ranges are rounded outwards to powers of two
  unsigned output_bits = 32;          // 32: outputs are accumulators, not rounded; 8, 16: rounded to a calibrated scale
  std::vector<InputFormat> inputs{};  // one an input; empty: from calibration
};

// `notes`, when given, receives what the user should know: assumptions, approximations, differences; `plan` receives the
// numbers that samples and hidden weights decided.
Result<Graph> quantize(const FloatGraph& graph, std::span<const Sample> samples, const QuantizeOptions& options,
                       std::vector<std::string>* notes = nullptr, QuantisationPlan* plan = nullptr);

// The graph that quantize() makes of a model of this architecture and these numbers. Hidden weights are 0 in it: they are
// not looked at. Nothing is trusted. Errors: kRejected when the numbers are not such as quantize() chooses for the
// architecture; those of quantize().
Result<Graph> rebuild(const FloatGraph& graph, QuantisationPlan plan, bool private_weights);

// Canonical quantisation of one tensor: round half up of x / scale. Beyond [lo, hi]: an error, or the nearest end when
// saturating.
struct Quantisation {
  std::int64_t lo = 0;
  std::int64_t hi = 0;
  double scale = 1.0;
};
Result<IntVector> quantize_values(const Quantisation& q, std::span<const double> values, bool saturate,
                                  const std::string& where);

// The same for all inputs. `inputs` are flattened row-major, one for each graph input.
Result<std::vector<IntVector>> quantize_inputs(const Graph& graph, std::span<const std::vector<float>> inputs,
                                               bool saturate);

// Real values of output tensors, given in the order of graph.outputs.
std::vector<std::vector<double>> dequantize_outputs(const Graph& graph, std::span<const IntVector> outputs);

}  // namespace proofcard::graph
