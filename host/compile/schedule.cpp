#include "host/compile/schedule.hpp"

#include <algorithm>

#include "host/base/check.hpp"
#include "host/circuit/access.hpp"
#include "host/graph/node_tensors.hpp"

namespace proofcard::compile {
namespace {

// By graph tensor: the step that makes it; 0 for weights.
std::vector<std::size_t> tensor_steps(const graph::Graph& graph) {
  std::vector<std::size_t> steps(graph.tensors.size(), 0);
  for (std::size_t i = 0; i < graph.inputs.size(); ++i) {
    steps[graph.inputs[i]] = input_step(i);
  }
  for (std::size_t n = 0; n < graph.nodes.size(); ++n) {
    steps[graph::node_output(graph.nodes[n])] = node_step(graph, n);
  }
  return steps;
}

// Calls body(tensor) for every tensor that the lookup reads; whole: its padded place in a column is read, as that of a
// table's tensors is.
template <class Body>
void for_each_read(const circuit::Circuit& circuit, const circuit::Lookup& lookup, Body&& body) {
  const circuit::Table& table = circuit.tables[lookup.table];
  for (const std::uint32_t id : table.tensors) {
    body(id, true);
  }
  for (const circuit::Expression& column : lookup.columns) {
    const bool whole = table.kind != circuit::TableKind::kTensors && circuit::whole_tensor(circuit, column).has_value();
    for (const circuit::Term& term : column.terms) {
      for (const circuit::Operand& operand : term.operands) {
        body(operand.tensor, whole);
      }
    }
  }
}

}  // namespace

std::size_t input_step(std::size_t input) { return 1 + input; }
std::size_t node_step(const graph::Graph& graph, std::size_t node) { return 1 + graph.inputs.size() + node; }

bool is_filled_by_tensor(const circuit::Column& column) {
  return column.owner == circuit::Column::Owner::kWitness || column.owner == circuit::Column::Owner::kTensor;
}

Rows rows_of(const Plan& plan, const circuit::Layout& layout, std::uint32_t tensor, std::uint32_t input) {
  const circuit::TensorPlace& place = layout.tensor_place[tensor];
  const unsigned log_row_len = layout.columns[place.column].log_row_len;
  const std::size_t size = circuit::padded_size(plan.one.tensors[tensor].shape);
  const std::size_t begin = place.offset + input * size;
  const bool last = input + 1 == plan.circuit.batch;
  const std::size_t end = last ? place.offset + circuit::padded_size(plan.circuit.tensors[tensor].shape) : begin + size;
  return {begin >> log_row_len, ((end - 1) >> log_row_len) + 1};
}

Schedule make_schedule(const graph::Graph& graph, const Plan& plan, const circuit::Layout& layout) {
  const circuit::Circuit& circuit = plan.one;
  Schedule out;
  out.steps.resize(1 + graph.inputs.size() + graph.nodes.size());
  out.value_of_trace.assign(graph.tensors.size(), UINT32_MAX);
  const std::vector<std::size_t> made = tensor_steps(graph);
  std::vector<std::size_t> known(plan.values.size(), 0);  // by value: the step
  for (std::uint32_t v = 0; v < plan.values.size(); ++v) {
    const Value& value = plan.values[v];
    if (value.op == Value::Op::kTrace) {
      PROOFCARD_CHECK(out.value_of_trace[value.source] == UINT32_MAX);
      out.value_of_trace[value.source] = v;
      known[v] = made[value.source];
    } else if (value.op == Value::Op::kRemainder) {
      known[v] = node_step(graph, value.source);
    }
    for (const std::uint32_t arg : value.args) {
      known[v] = std::max(known[v], known[arg]);
    }
    out.steps[known[v]].values.push_back(v);
  }
  out.last_use = known;
  for (std::uint32_t v = 0; v < plan.values.size(); ++v) {
    for (const std::uint32_t arg : plan.values[v].args) {
      out.last_use[arg] = std::max(out.last_use[arg], known[v]);
    }
  }
  for (std::uint32_t id = 0; id < circuit.tensors.size(); ++id) {
    out.steps[known[plan.tensor_value[id]]].tensors.push_back(id);
  }
  for (std::uint32_t i = 0; i < circuit.lookups.size(); ++i) {
    std::size_t step = 0;
    for_each_read(circuit, circuit.lookups[i], [&](std::uint32_t tensor, bool /*whole*/) {
      step = std::max(step, known[plan.tensor_value[tensor]]);
    });
    for_each_read(circuit, circuit.lookups[i], [&](std::uint32_t tensor, bool whole) {
      std::size_t& last = out.last_use[plan.tensor_value[tensor]];
      last = whole ? last : std::max(last, step);
    });
    out.steps[step].lookups.push_back(i);
  }
  for (std::uint32_t v = 0; v < plan.values.size(); ++v) {
    out.steps[out.last_use[v]].drops.push_back(v);
  }
  out.tensors_in_row.resize(layout.columns.size());
  for (std::size_t c = 0; c < layout.columns.size(); ++c) {
    if (is_filled_by_tensor(layout.columns[c])) {
      out.tensors_in_row[c].resize(layout.columns[c].num_rows(), 0);
      for (const std::uint32_t id : layout.columns[c].tensors) {
        for (std::uint32_t input = 0; input < plan.circuit.batch; ++input) {
          const Rows rows = rows_of(plan, layout, id, input);
          for (std::size_t row = rows.first; row < rows.end; ++row) {
            ++out.tensors_in_row[c][row];
          }
        }
      }
    }
  }
  return out;
}

}  // namespace proofcard::compile
