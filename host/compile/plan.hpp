// The circuit of a graph together with the recipe of every tensor, and the cost model that chooses between equivalent
// ones.
//
// Cost model: leaves of the lookup argument (lookups and table rows, padded) plus committed values, both of which are
//             proved at about the same cost a value. Large tables save lookups on large models and dominate small ones,
//             so every pair of limits is compiled and the cheapest kept; ties go to the smaller tables.
#pragma once

#include <cstdint>
#include <vector>

#include "host/base/result.hpp"
#include "host/compile/builder.hpp"
#include "host/compile/compile.hpp"

namespace proofcard::compile {

struct Plan {
  Limits limits;
  circuit::Circuit circuit;  // of all rows
  circuit::Circuit one;      // of one row: what the recipes are for
  std::vector<Value> values;
  std::vector<std::uint32_t> tensor_value;  // by tensor of the circuit
  std::uint64_t cost = 0;
};

// Pre of all: validate(graph) is ok.
Result<Plan> build_plan(const graph::Graph& graph, const CompileOptions& options, const Limits& limits);
// With the limits that the options ask for, else the cheapest; passes validate and check_soundness.
Result<Plan> choose_plan(const graph::Graph& graph, const CompileOptions& options);
// The plan whose circuit this is, whatever the limits were. Errors: there is none.
Result<Plan> find_plan(const graph::Graph& graph, const circuit::Circuit& circuit);

}  // namespace proofcard::compile
