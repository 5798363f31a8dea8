// What an integer model falls short of, in words: nothing is wrong without a word.
//
// Every output is looked at, whatever it is judged by: beside its own measure (target.hpp) the values of all outputs but
// integers are compared, so scores whose order is right and whose size is not are told, too. What does not reach a target
// falls short of it.
#pragma once

#include <string>

#include "host/graph/quantize/accuracy/accuracy.hpp"

namespace proofcard::graph {

// Fewer samples say little: one more or less is over 5 % of them.
inline constexpr std::size_t kFewSamples = 20;

// How the model was made, as far as advice depends on it.
struct Made {
  unsigned bits = 8;       // of the plan; kMixedBits: both
  bool calibrated = true;  // from samples
};

// Which outputs are further from the float model's than `percent` says, by how much, where it begins and what to do; empty:
// none is. An output falls short when
//   - it is 0 or the same for every sample, and the float model's is not
//   - of its predictions, sides, positions, integers or tokens less than `percent` per cent are the same
//   - its least cosine is below 1 - (100 - percent) / 1000
//   - its error, but for integers and tokens, is above 100 - percent per cent of its size (twice that of scores whose order
//     counts), or at one place of twice that of its largest value (once, where labels are an output of their own); judged by
//     the error, also of its range
//   - of one judged by the error a part (output_parts.hpp) is off by ten times that of its own size
std::string shortfall(const AccuracyReport& report, double percent, const Made& made);

// Whether a part of the output is off by more than its own size allows.
bool loses_part(const AccuracyReport::Output& output, double percent);
// Whether labels are an output of their own: then scores are there for their values.
bool has_labels(const AccuracyReport& report);

// In words, of an output that says nothing about its input.
std::string degenerate_text(const AccuracyReport::Output& output);

}  // namespace proofcard::graph
