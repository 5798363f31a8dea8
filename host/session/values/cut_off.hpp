// Inner values that are cut off because they lie beyond those that samples showed: what a model computes of such an input is
// not what the float model does. How far they lie says something about the input.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "host/graph/executor.hpp"

namespace proofcard::tools {

// Of one step, over all executions.
struct CutOffStep {
  std::string name;
  std::uint64_t values = 0;  // that were cut off
  std::uint64_t of = 0;      // so many, of the executions in which some were
  std::uint64_t samples = 0;
  std::size_t first_sample = 0;  // of these, from 0
  double times = 0;              // as far out as what is kept, or as samples showed
};

// The farthest first.
class CutOffSteps {
 public:
  explicit CutOffSteps(const graph::Graph& graph) : graph_(graph) {}
  void add(std::size_t sample, const std::vector<graph::CutOff>& found);
  std::vector<CutOffStep> steps() const;

 private:
  const graph::Graph& graph_;
  std::vector<std::pair<std::size_t, CutOffStep>> found_;  // by node
};

}  // namespace proofcard::tools
