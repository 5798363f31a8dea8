// What values of the float graph occur on sample inputs, and the scale that suits them.
#pragma once

#include <span>
#include <vector>

#include "host/base/result.hpp"
#include "host/graph/onnx/float_graph.hpp"

namespace proofcard::graph {

using Sample = std::vector<std::vector<float>>;  // graph input -> flattened row-major values

struct ValueRange {
  float min = 0;
  float max = 0;
  // Largest magnitude worth representing: the clipping threshold with the least mean square error.
  double threshold = 0;
};

// Ranges of all values (by id). Values are clipped for `levels` steps a side; with 0 levels, not at all. Errors:
// samples of the wrong size, NaN or infinite values, in samples or computed.
Result<std::vector<ValueRange>> calibrate(const FloatGraph& graph, std::span<const Sample> samples, double levels);

// Deterministic stand-in samples for the declared inputs: half uniform in [0, 1), half normal.
std::vector<Sample> synthetic_samples(const FloatGraph& graph);

// x rounded up to 12 significant bits, so that scales do not depend on the last bits of a machine's exp() or tanh().
double rounded_scale(double x);

}  // namespace proofcard::graph
