// What filling in columns needs and depends on the model only.
#pragma once

#include <cstdint>
#include <vector>

#include "host/compile/fill_lookups.hpp"
#include "host/compile/schedule.hpp"

namespace proofcard::compile {

struct Prepared {
  const graph::Graph& graph;
  const circuit::Circuit& circuit;
  const circuit::Layout& layout;
  Plan plan;
  Schedule schedule;
  TableColumns tables;
  std::vector<std::int64_t> padding;  // by tensor of the circuit
};

}  // namespace proofcard::compile
