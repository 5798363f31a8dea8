// One integer graph as several that follow each other: what one part makes and a later one reads is an output of the one and
// an input of the other, with the same shape, range and scale. Nodes are the whole graph's, so all integers are.
//
// A cut is the number of a node, before which a part ends: with cuts {a, b} the parts are nodes [0, a), [a, b) and [b, end).
// Order: inputs and outputs of a part between others by tensor id of the whole graph. The first part has all inputs of the
//        whole, in its order, and the last one its outputs.
// Errors: kBadInput for cuts that are not ascending, or where cut_obstacle() says why there can be none.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "host/base/result.hpp"
#include "host/graph/graph.hpp"
#include "host/tensor/source.hpp"

namespace proofcard::graph {

struct SplitRules {
  // Parts may have the same weight tensor, each for itself: what binds them together is that everybody knows the weights.
  bool shared_weights = false;
  // Inputs of the whole may be read by later parts: what binds them together is a commitment.
  bool shared_inputs = false;
};

// What is read on both sides of each place where a graph could be cut, and why it must not be.
class CutPoints {
 public:
  explicit CutPoints(const Graph& graph, const SplitRules& rules);

  // Tensors made before the node and read by it or after it, ascending.
  std::vector<std::uint32_t> crossing(std::uint32_t node) const;
  // Empty: the graph can be cut before this node. Else what is in the way, as an error's text.
  std::string obstacle(std::uint32_t node) const;

 private:
  const Graph* graph_;
  SplitRules rules_;
  std::vector<std::uint32_t> made_;        // by tensor: the node after which it is there; 0 for inputs
  std::vector<std::uint32_t> first_read_;  // by tensor; the number of nodes when it is not read
  std::vector<std::uint32_t> last_read_;
};

struct SplitGraph {
  std::vector<Graph> parts;
  std::vector<std::vector<tensor::Source>> sources;  // by part, by input
};
// Pre: validate(graph) is ok.
Result<SplitGraph> split(const Graph& graph, std::span<const std::uint32_t> cuts, const SplitRules& rules);

// What nodes [begin, end) read and do not make, but for weights; ascending.
std::vector<std::uint32_t> inputs_of(const Graph& graph, std::uint32_t begin, std::uint32_t end);
// Nodes [begin, end) alone, with these of the tensors that are there before as inputs, and these as outputs.
Graph extract(const Graph& graph, std::uint32_t begin, std::uint32_t end, std::span<const std::uint32_t> inputs,
              std::span<const std::uint32_t> outputs);

}  // namespace proofcard::graph
