// How far an integer model is from the float model that it came from, on sample inputs.
//
// Errors: those of the executors; kBadInput for samples of the wrong size, and for those of which the float model makes
//         no finite numbers.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "host/base/result.hpp"
#include "host/graph/float_graph/float_graph.hpp"
#include "host/graph/graph.hpp"
#include "host/graph/quantize/accuracy/measure.hpp"
#include "host/graph/quantize/accuracy/output_parts.hpp"
#include "host/graph/quantize/between.hpp"
#include "host/graph/quantize/calibrate.hpp"

namespace proofcard::graph {

struct AccuracyReport {
  std::size_t samples = 0;
  bool of_rows = false;  // of a table
  struct Output {
    std::string name;
    Measure measure = Measure::kError;
    double max_abs_error = 0;
    double mean_abs_error = 0;
    double max_abs_value = 0;   // of the float output
    double relative_error = 0;  // root mean square of the error over that of the float output (1 if that is 0)
    double range_error = 0;     // the same over the range of the float output, when it has one
    // Of predictions, sides, integers and positions: how many are the same, of how many.
    std::size_t same = 0;
    std::size_t compared = 0;
    double least_cosine = 1;                 // of kCosine: of the angle between both models' vectors
    std::optional<OutputPart> worst_part{};  // of kError: beside its own size
    double between_error = 0;                // between samples: the largest error, of the largest value
    bool all_zero = false;                   // every integer is 0 in every sample, and the float output is not
    bool constant = false;                   // no integer differs between samples, and the float output does
    bool unvaried = false;  // of several samples: what is compared is the same in all of them in the float model, too

    double same_share() const { return static_cast<double>(same) / static_cast<double>(compared > 0 ? compared : 1); }
    // Says nothing about its input, so that agreement would mean nothing either.
    bool degenerate() const { return all_zero || constant; }
    double error() const { return relative_error > range_error ? relative_error : range_error; }
  };
  std::vector<Output> outputs;
  // The first node whose own result is off by at least half of what the worst node's is, in the same measure.
  struct Node {
    std::string name;
    double relative_error = 0;
  };
  std::optional<Node> worst_node;
};

// Samples and what the float model makes of them, for comparisons with several integer models.
struct Reference {
  std::span<const Sample> samples;
  std::vector<std::vector<FloatTensor>> outputs;  // by sample
  std::vector<OutputMeasure> measures;
  // Of classifiers of tables what lies between samples, too, for the values of their scores.
  BetweenSamples between{};
  bool of_rows = false;
};
// The samples have to outlive the result.
Result<Reference> reference(const FloatGraph& graph, std::span<const Sample> samples,
                            std::optional<Measure> measure = std::nullopt);

// Runs the integer graph on the first `samples` of the reference; inputs beyond the range saturate. `prepared`: the float graph
// as it was lowered, whose nodes are compared with the integer ones, too, on some samples.
Result<AccuracyReport> compare(const Reference& reference, const Graph& graph, std::size_t samples,
                               const FloatGraph* prepared = nullptr);
// With all of them.
Result<AccuracyReport> compare(const FloatGraph& float_graph, const Graph& graph, std::span<const Sample> samples,
                               const FloatGraph* prepared = nullptr);

}  // namespace proofcard::graph
