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

#include "host/graph/float_graph/float_graph.hpp"
#include "host/graph/graph.hpp"
#include "host/graph/quantize/accuracy/accuracy.hpp"
#include "host/graph/quantize/calibrate.hpp"
#include "host/graph/quantize/input_ranges.hpp"
#include "host/graph/quantize/quantisation_plan.hpp"
#include "host/graph/real_values.hpp"

namespace proofcard::graph {

// An input that is what another model's output is.
struct InputFormat {
  Shape shape;  // without leading axes of 1
  std::int64_t lo = 0;
  std::int64_t hi = 0;
  double scale = 1.0;
  tensor::ChannelSteps channels{};
};

struct QuantizeOptions {
  unsigned bits = 8;                  // 8 or 16, or kMixedBits
  bool private_weights = true;        // ranges are rounded outwards to powers of two
  unsigned output_bits = 32;          // 32: outputs are accumulators, not rounded; 8, 16: rounded to a calibrated scale
  std::vector<InputFormat> inputs{};  // one an input; empty: from calibration
  std::vector<std::uint32_t> wide{};  // with kMixedBits: values of the simplified graph with 16 bits, ascending
};

// A model made ready to be lowered with many choices of widths: simplified, with its channels equalised, calibrated.
class Quantiser {
 public:
  // Of the options all but `bits` and `wide` are looked at. The samples have to outlive this.
  static Result<Quantiser> prepare(const FloatGraph& graph, std::span<const Sample> samples,
                                   const QuantizeOptions& options);

  struct Lowered {
    Graph graph;
    QuantisationPlan plan;
    std::vector<std::uint32_t> with_width;  // the values whose width says something about the graph, inputs first
  };
  Result<Lowered> lower(unsigned bits, std::vector<std::uint32_t> wide) const;

  // The float graph as it is lowered.
  const FloatGraph& prepared() const { return simple_; }
  // What the user should know: assumptions, approximations, differences.
  std::vector<std::string> notes(const Graph& lowered) const;
  // What the user has to know: inputs whose range is made up, since neither samples nor the model say it.
  std::vector<std::string> warnings(const Graph& lowered) const;

 private:
  Quantiser(const FloatGraph& graph, std::span<const Sample> samples, const QuantizeOptions& options)
      : graph_(&graph), options_(options), samples_(samples), choices_(Choices::derive(8, options.output_bits)) {}

  const FloatGraph* graph_;
  QuantizeOptions options_;
  std::span<const Sample> samples_;
  std::vector<Sample> synthetic_;  // where there are no samples
  std::vector<InputRange> said_;   // by the model
  FloatGraph simple_;
  std::vector<ValueRange> ranges_;
  Choices choices_;  // those of the equalisation
};

// `notes`, when given, receives what the user should know: assumptions, approximations, differences; `plan` receives the
// numbers that samples and hidden weights decided; `prepared` the float graph as it was lowered, simplified and with its
// channels equalised.
Result<Graph> quantize(const FloatGraph& graph, std::span<const Sample> samples, const QuantizeOptions& options,
                       std::vector<std::string>* notes = nullptr, QuantisationPlan* plan = nullptr,
                       FloatGraph* prepared = nullptr);

// The graph that quantize() makes of a model of this architecture and these numbers. Hidden weights are 0 in it: they are
// not looked at. Nothing is trusted. Errors: kRejected when the numbers are not such as quantize() chooses for the
// architecture; those of quantize().
Result<Graph> rebuild(const FloatGraph& graph, QuantisationPlan plan, bool private_weights);

}  // namespace proofcard::graph
