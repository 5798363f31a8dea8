#include <algorithm>

#include "host/base/parallel.hpp"
#include "host/circuit/access.hpp"
#include "host/circuit/weight_range.hpp"
#include "host/compile/compile.hpp"
#include "host/compile/fill_lookups.hpp"
#include "host/compile/lowering/lower.hpp"
#include "host/compile/padding.hpp"
#include "host/compile/plan.hpp"
#include "host/compile/prepared.hpp"
#include "host/graph/node_tensors.hpp"

namespace proofcard::compile {
namespace {

using circuit::Column;

bool is_weight_column(const Column& column) { return column.owner == Column::Owner::kWeights; }

// Pads the true values of every tensor of the column. Errors name a tensor with a value outside its type.
template <class TrueValues>
Result<IntVector> make_column(const circuit::Circuit& circuit, const Column& column,
                              const std::vector<std::int64_t>& padding, TrueValues&& true_values) {
  IntVector out(column.type, column.num_values());
  std::vector<char> ok(column.tensors.size(), 1);
  parallel_for(column.tensors.size(), 1, [&](std::size_t begin, std::size_t end) {
    for (std::size_t i = begin; i < end; ++i) {
      const std::uint32_t id = column.tensors[i];
      ok[i] = pad_into(true_values(id), circuit.tensors[id].shape, padding[id], out, column.slots.offsets[i]) ? 1 : 0;
    }
  });
  for (std::size_t i = 0; i < ok.size(); ++i) {
    if (ok[i] == 0) {
      return bad_input(circuit.tensors[column.tensors[i]].name,
                       "expected values of {} bytes, found larger ones: range analysis failed",
                       int_type_bytes(column.type));
    }
  }
  return out;
}

Status check_weights(const circuit::Layout& layout, std::span<const std::shared_ptr<const IntVector>> weights) {
  if (weights.size() != layout.columns.size()) {
    return bad_input("weights", "expected an entry for each of {} columns, found {}", layout.columns.size(),
                     weights.size());
  }
  for (std::size_t c = 0; c < layout.columns.size(); ++c) {
    const Column& column = layout.columns[c];
    if (is_weight_column(column) &&
        (weights[c] == nullptr || weights[c]->size() != column.num_values() || weights[c]->type() != column.type)) {
      return bad_input("weights", "expected {} values of {} bytes in column {}, found another column",
                       column.num_values(), int_type_bytes(column.type), c);
    }
  }
  return {};
}

}  // namespace

Assigner::Assigner(std::unique_ptr<const Prepared> prepared) : prepared_(std::move(prepared)) {}
Assigner::Assigner(Assigner&&) noexcept = default;
Assigner& Assigner::operator=(Assigner&&) noexcept = default;
Assigner::~Assigner() = default;

Result<Assigner> Assigner::make(const graph::Graph& graph, const circuit::Circuit& circuit,
                                const circuit::Layout& layout) {
  PROOFCARD_RETURN_IF_ERROR(graph::validate(graph));
  PROOFCARD_TRY(Plan plan, find_plan(graph, circuit));
  Schedule schedule = make_schedule(graph, plan, layout);
  return Assigner(
      std::unique_ptr<const Prepared>(new Prepared{graph, circuit, layout, std::move(plan), std::move(schedule),
                                                   make_table_columns(circuit), circuit::honest_padding(circuit)}));
}

Result<std::unique_ptr<WitnessStream>> Assigner::begin(std::span<const std::shared_ptr<const IntVector>> weights,
                                                       RowsDone rows_done) const {
  PROOFCARD_RETURN_IF_ERROR(check_weights(prepared_->layout, weights));
  return WitnessStream::begin(*prepared_, weights, std::move(rows_done));
}

Result<circuit::Assignment> Assigner::assign(std::span<const std::shared_ptr<const IntVector>> weights,
                                             std::span<const graph::Trace> traces) const {
  const graph::Graph& graph = prepared_->graph;
  if (traces.size() != prepared_->circuit.batch) {
    return bad_input("trace", "expected one for each of {} inputs, found {}", prepared_->circuit.batch, traces.size());
  }
  PROOFCARD_TRY(const std::unique_ptr<WitnessStream> stream, begin(weights));
  for (std::uint32_t input = 0; input < traces.size(); ++input) {
    const graph::Trace& trace = traces[input];
    if (trace.tensors.size() != graph.tensors.size() || trace.remainders.size() != graph.nodes.size()) {
      return bad_input("trace", "expected {} tensors and {} nodes, found {} and {}", graph.tensors.size(),
                       graph.nodes.size(), trace.tensors.size(), trace.remainders.size());
    }
    PROOFCARD_TRY(const std::unique_ptr<graph::Sink> sink, stream->begin_input(input));
    for (const std::uint32_t id : graph.inputs) {
      PROOFCARD_RETURN_IF_ERROR(sink->input(id, trace.tensors[id].view()));
    }
    for (std::size_t n = 0; n < graph.nodes.size(); ++n) {
      const IntVector& out = trace.tensors[graph::node_output(graph.nodes[n])];
      PROOFCARD_RETURN_IF_ERROR(sink->node(n, out.view(), trace.remainders[n]));
    }
  }
  return stream->finish();
}

Result<circuit::Assignment> assign(const graph::Graph& graph, const circuit::Circuit& circuit,
                                   const circuit::Layout& layout,
                                   std::span<const std::shared_ptr<const IntVector>> weights,
                                   const graph::Trace& trace) {
  PROOFCARD_TRY(const Assigner assigner, Assigner::make(graph, circuit, layout));
  return assigner.assign(weights, trace);
}

Result<WeightColumns> weight_columns(const graph::Graph& graph, const circuit::Circuit& circuit,
                                     const circuit::Layout& layout) {
  std::vector<std::uint32_t> graph_weights;  // in the order of the circuit's weight tensors
  const std::vector<bool> used = used_tensors(graph);
  for (std::uint32_t t = 0; t < graph.tensors.size(); ++t) {
    if (used[t] && graph.tensors[t].kind == graph::TensorKind::kWeight) {
      graph_weights.push_back(t);
    }
  }
  std::vector<IntSpan> by_tensor(circuit.tensors.size());
  std::size_t next = 0;
  for (std::uint32_t id = 0; id < circuit.tensors.size(); ++id) {
    const circuit::Tensor& t = circuit.tensors[id];
    if (t.role != circuit::Role::kWeight) {
      continue;
    }
    if (next == graph_weights.size() || graph.tensors[graph_weights[next]].shape != t.shape) {
      return bad_input("circuit", "weight tensor {}: expected one of the graph's, found another shape", id);
    }
    by_tensor[id] = graph.tensors[graph_weights[next++]].data.view();
  }
  const std::vector<std::int64_t> zeros(circuit.tensors.size(), 0);
  WeightColumns columns(layout.columns.size());
  for (std::size_t c = 0; c < layout.columns.size(); ++c) {
    if (is_weight_column(layout.columns[c])) {
      PROOFCARD_TRY(IntVector made,
                    make_column(circuit, layout.columns[c], zeros, [&](std::uint32_t id) { return by_tensor[id]; }));
      columns[c] = std::make_shared<const IntVector>(std::move(made));
    }
  }
  return columns;
}

Result<circuit::Assignment> assign_weight_range(const circuit::Circuit& range_circuit, const circuit::Layout& layout,
                                                std::span<const std::shared_ptr<const IntVector>> weights) {
  // A committed column holds the weights in padded layout; its limbs are cut from the true positions only.
  circuit::Assignment out;
  out.public_tensors.resize(range_circuit.tensors.size());
  out.columns.resize(layout.columns.size());
  for (std::size_t c = 0; c < layout.columns.size(); ++c) {
    const Column& column = layout.columns[c];
    if (!is_weight_column(column)) {
      continue;
    }
    const auto found = std::find_if(weights.begin(), weights.end(), [&](const auto& w) {
      return w != nullptr && w->type() == column.type && w->size() == column.num_values();
    });
    if (found == weights.end()) {
      return bad_input("weights", "expected a column of {} values of {} bytes, found none", column.num_values(),
                       int_type_bytes(column.type));
    }
    out.columns[c] = *found;
  }
  std::vector<IntVector> limbs(range_circuit.tensors.size());
  std::uint32_t next_limb = 0;
  while (next_limb < limbs.size() && range_circuit.tensors[next_limb].role == circuit::Role::kWeight) {
    ++next_limb;
  }
  const std::uint32_t num_weights = next_limb;
  for (std::uint32_t id = 0; id < num_weights; ++id) {
    const circuit::Tensor& t = range_circuit.tensors[id];
    const IntSpan padded = out.tensor(range_circuit, layout, id);
    for (unsigned k = 0; k < circuit::num_weight_limbs(t.type); ++k, ++next_limb) {
      IntVector& limb = limbs[next_limb] = IntVector(IntType::kI16, tensor::num_elements(t.shape));
      const std::span<std::int16_t> to = limb.mutable_span<std::int16_t>();
      visit_ints(padded, [&](auto from) {
        for_each_run(t.shape, [&](std::size_t true_offset, std::size_t offset, std::size_t count) {
          for (std::size_t i = 0; i < count; ++i) {
            const std::int64_t above = static_cast<std::int64_t>(from[offset + i]) - t.lo;
            to[true_offset + i] = static_cast<std::int16_t>((above >> (circuit::kWeightLimbBits * k)) &
                                                            ((1 << circuit::kWeightLimbBits) - 1));
          }
        });
      });
    }
  }
  const std::vector<std::int64_t> zeros(range_circuit.tensors.size(), 0);
  for (std::size_t c = 0; c < layout.columns.size(); ++c) {
    if (layout.columns[c].owner == Column::Owner::kWitness) {
      PROOFCARD_TRY(IntVector made, make_column(range_circuit, layout.columns[c], zeros,
                                                [&](std::uint32_t id) { return limbs[id].view(); }));
      out.columns[c] = std::make_shared<const IntVector>(std::move(made));
    }
  }
  out.lookup_rows.resize(range_circuit.lookups.size());  // all of whole tensors, so the rows follow from these
  if (!range_circuit.tables.empty()) {
    const std::uint32_t column = layout.table_place[0].column;
    IntVector counts(layout.columns[column].type, layout.columns[column].num_values());
    count_lookups(range_circuit, layout, out, counts);
    out.columns[column] = std::make_shared<const IntVector>(std::move(counts));
  }
  return out;
}

}  // namespace proofcard::compile
