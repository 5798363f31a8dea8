// What a model says about the values of its inputs, for those who give no samples.
//
// Read off what stands at the head of the graph, behind whatever only moves values:
//   type         integers of at most 16 bits and bool: all of the type; indices: those of the table that they choose from
//   clip         a Clip with both bounds
//   quantised    QuantizeLinear: what its scale, zero point and type can hold
//   normalised   subtracted and divided constants: pictures are from 0 to 1 or from 0 to 255, whichever their mean lies in; columns of
//                a table within four deviations of their means
// Everything else is made up: as if inputs were from 0 to 1, or normal.
#pragma once

#include <string>
#include <vector>

#include "host/graph/float_graph/float_graph.hpp"

namespace proofcard::graph {

struct InputRange {
  enum class Source : std::uint8_t { kMadeUp, kType, kClip, kQuantised, kNormalised };
  Source source = Source::kMadeUp;
  // One, or one a feature: entries of the last axis.
  std::vector<double> low{0};
  std::vector<double> high{1};

  bool is_made_up() const { return source == Source::kMadeUp; }
};

// For each input of a graph as it was imported, before it is simplified.
std::vector<InputRange> input_ranges(const FloatGraph& graph);

// "its type", "its normalisation": where a range comes from.
std::string source_text(const InputRange& range);

}  // namespace proofcard::graph
