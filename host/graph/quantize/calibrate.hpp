// What values of the float graph occur on sample inputs, and the scale that suits them.
#pragma once

#include <span>
#include <vector>

#include "host/base/result.hpp"
#include "host/graph/float_graph/float_graph.hpp"

namespace proofcard::graph {

using Sample = std::vector<std::vector<float>>;  // graph input -> flattened row-major values

struct ValueRange {
  float min = 0;
  float max = 0;
  float least = 0;  // smallest magnitude but 0; 0: there is none
  // Largest magnitude worth representing: the clipping threshold with the least mean square error, of integers with 8 bits
  double threshold = 0;
  double wide_threshold = 0;  // and with 16.
  bool free_below = false;    // what is below the range may be cut off: it is masked
};

// Ranges of all values (by id). Unless `clips`, thresholds are the largest magnitudes. Errors: samples of the wrong size, NaN
// or infinite values, in samples or computed.
Result<std::vector<ValueRange>> calibrate(const FloatGraph& graph, std::span<const Sample> samples, bool clips);

// Errors: kBadInput naming the value, the element and the sample, where one is NaN or infinite.
Status check_finite(const FloatGraph& graph, std::uint32_t id, const FloatTensor& t, std::size_t sample);

// Deterministic stand-in samples for the declared inputs, as input_ranges.hpp says: uniform between the ends of a range, columns of
// a table normal; made-up ones half uniform in [0, 1), half normal. Of a range that is not made up both ends occur.
// Pre: the graph as it was imported.
std::vector<Sample> synthetic_samples(const FloatGraph& graph);

// x rounded up to 12 significant bits, so that scales do not depend on the last bits of a machine's exp() or tanh().
double rounded_scale(double x);

}  // namespace proofcard::graph
