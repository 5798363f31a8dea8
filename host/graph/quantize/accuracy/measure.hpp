// What makes an output good enough, by what kind of output it is.
//
// An error says little about a classifier, and "the same prediction" says nothing about an image. Which measure an output gets
// follows from the node that makes it, behind whatever only moves values, and where that says nothing from its shape and name:
//   integers      of an integer type, as labels: they are equal
//   tokens        of a model that generates (generation.hpp): each is equal
//   prediction    scores of classes, one row of them a sample: the index of the largest is the same
//   positions     scores of classes at several positions (sequences, maps): the index of the largest at each
//   side          one probability: which side of 1/2 it is on
//   cosine        rows of norm 1, and what is called an embedding: the angle
//   error         everything else (maps, boxes, numbers; what exporters of scikit-learn call "variable"): the error, relative to the size of the output and to its range
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "host/graph/float_graph/float_graph.hpp"

namespace proofcard::graph {

enum class Measure : std::uint8_t { kError, kPrediction, kPositions, kSide, kIntegers, kCosine, kTokens };

// Of one output: the axis of its classes, or of the entries of a vector. Other measures look at no axis.
struct OutputMeasure {
  Measure measure = Measure::kError;
  std::size_t axis = 0;
};

// "error", "prediction", "positions", "side", "integers", "cosine", "tokens".
std::string_view measure_name(Measure measure);

// Whether labels, which are integers or indices of the largest, stand beside other outputs.
bool gives_labels(const FloatGraph& graph);

// For each output. `forced`: that one for all of them, as far as their shapes allow it; integers stay integers.
std::vector<OutputMeasure> output_measures(const FloatGraph& graph, std::optional<Measure> forced = std::nullopt);

}  // namespace proofcard::graph
