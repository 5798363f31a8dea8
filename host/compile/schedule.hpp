// When a proof's values, columns and lookups can be filled in, while the network runs.
//
// Steps: 0 needs weights only; then one for each input of the graph, then one for each node, in order. Of a batch, every
// input is a run of all steps.
#pragma once

#include <cstdint>
#include <vector>

#include "host/circuit/layout.hpp"
#include "host/compile/plan.hpp"

namespace proofcard::compile {

struct Step {
  std::vector<std::uint32_t> values;   // that become known, in order
  std::vector<std::uint32_t> tensors;  // of the circuit, whose values these are
  std::vector<std::uint32_t> lookups;  // whose tensors are all known now
  std::vector<std::uint32_t> drops;    // values that no later step reads
};

struct Schedule {
  std::vector<Step> steps;
  std::vector<std::size_t> last_use;          // by value: a step
  std::vector<std::uint32_t> value_of_trace;  // by graph tensor: its kTrace value; UINT32_MAX: none
  // By column, by row: how many tensors stand in it, those of every input of a batch. Only for the columns that a proof
  // fills tensor by tensor.
  std::vector<std::vector<std::uint32_t>> tensors_in_row;
};

std::size_t input_step(std::size_t input);
std::size_t node_step(const graph::Graph& graph, std::size_t node);

// Whether a proof fills the column tensor by tensor: not weights, which are shared, nor multiplicities.
bool is_filled_by_tensor(const circuit::Column& column);

// The rows of its column, [first, end), that a tensor's values for one input touch; those of the last input with the
// padding after them.
struct Rows {
  std::size_t first = 0;
  std::size_t end = 0;
};
Rows rows_of(const Plan& plan, const circuit::Layout& layout, std::uint32_t tensor, std::uint32_t input);

// Pre: the plan is the graph's.
Schedule make_schedule(const graph::Graph& graph, const Plan& plan, const circuit::Layout& layout);

}  // namespace proofcard::compile
