// Which integers a model was given, and what else was tried.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "host/graph/quantize/accuracy/target.hpp"

namespace proofcard::tools {

// What compiling chose, and what else it tried. Fields as in graph::QuantisedModel.
struct PlanReport {
  unsigned bits = 8;
  std::optional<double> target;  // per cent; nothing: the bits were asked for
  std::vector<graph::TriedPlan> tried;
  std::vector<std::string> wide;
  std::size_t with_width = 0;
  std::size_t search_runs = 0;
};

}  // namespace proofcard::tools
