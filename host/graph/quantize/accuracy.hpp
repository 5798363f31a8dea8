// How far an integer model is from the float model that it came from, on sample inputs.
//
// Errors: those of the executors; kBadInput for samples of the wrong size.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "host/base/result.hpp"
#include "host/graph/graph.hpp"
#include "host/graph/onnx/float_graph.hpp"
#include "host/graph/quantize/calibrate.hpp"

namespace proofcard::graph {

// What the first output predicts, as far as its form tells.
enum class Prediction : std::uint8_t {
  kNone,     // nothing: an image, a sequence, a number
  kLargest,  // scores along one axis: the index of the largest
  kSide,     // one value, from 0 to 1 in every sample: which side of 1/2
};

struct AccuracyReport {
  std::size_t samples = 0;
  Prediction prediction = Prediction::kNone;
  std::size_t same_prediction = 0;  // samples in which both models predict the same
  struct Output {
    std::string name;
    double max_abs_error = 0;
    double mean_abs_error = 0;
    double max_abs_value = 0;   // of the float output
    double relative_error = 0;  // root mean square of the error over that of the float output (1 if that is 0)
    bool all_zero = false;      // every integer is 0 in every sample, and the float output is not
    bool constant = false;      // no integer differs between samples, and the float output does
  };
  std::vector<Output> outputs;
  // The first node whose own result is off by at least half of what the worst node's is, in the same measure.
  struct Node {
    std::string name;
    double relative_error = 0;
  };
  std::optional<Node> worst_node;

  // The first output says nothing about its input, so agreement in predictions would mean nothing either.
  bool degenerate() const { return !outputs.empty() && (outputs[0].all_zero || outputs[0].constant); }
};

// Runs both graphs on the samples; inputs beyond the range saturate. Nodes are compared on the first samples only.
Result<AccuracyReport> compare(const FloatGraph& float_graph, const Graph& graph, std::span<const Sample> samples);

}  // namespace proofcard::graph
