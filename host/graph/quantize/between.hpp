// What lies between samples: half of one and half of another.
//
// Of the samples that a classifier was fitted to it is sure: probabilities are next to 0 and 1, where the logistic function
// and softmax are flat, and hide how far off scores are. Half way from one class to another it is not.
#pragma once

#include <span>
#include <vector>

#include "host/base/result.hpp"
#include "host/graph/float_graph/float_graph.hpp"
#include "host/graph/quantize/calibrate.hpp"

namespace proofcard::graph {

struct BetweenSamples {
  std::vector<Sample> inputs;
  std::vector<std::vector<FloatTensor>> outputs;  // of the float model, all finite
};

// Whether the model takes rows of a table: inputs of at most two axes and 1,024 numbers together.
bool takes_rows(const FloatGraph& graph);

// Of a classifier of tables (rows in, labels beside scores out) as many as there are samples, at most 64, each half of one and
// half of the one that is half of their number further on; integers, and what is beside no number, are the first one's. Else none.
// What has no finite answer is left out: it need not be an input at all.
// Errors: those of run().
Result<BetweenSamples> between_samples(const FloatGraph& graph, std::span<const Sample> samples);

// What samples and the values between them show: ranges of all, but no smaller least magnitudes than 2^-8 of the samples'.
// Errors: those of calibrate().
Result<std::vector<ValueRange>> calibrate_between(const FloatGraph& graph, std::span<const Sample> samples,
                                                  const BetweenSamples& between);

}  // namespace proofcard::graph
