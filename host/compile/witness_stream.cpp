#include "host/compile/witness_stream.hpp"

#include "host/base/parallel.hpp"
#include "host/circuit/access.hpp"
#include "host/compile/evaluate.hpp"
#include "host/compile/padding.hpp"
#include "host/compile/prepared.hpp"
#include "host/graph/node_tensors.hpp"

namespace proofcard::compile {

struct WitnessStream::Impl {
  Impl(const Prepared& prepared, std::span<const std::shared_ptr<const IntVector>> weights, RowsDone done)
      : p(prepared),
        rows_done(std::move(done)),
        views(p.plan.values.size()),
        owned(p.plan.values.size()),
        by_tensor(p.circuit.tensors.size()),
        filled(p.layout.columns.size()),
        missing(p.schedule.tensors_in_row) {
    for (std::size_t c = 0; c < p.layout.columns.size(); ++c) {
      const circuit::Column& column = p.layout.columns[c];
      if (column.owner == circuit::Column::Owner::kWeights) {
        assignment.columns.push_back(weights[c]);
      } else {
        filled[c] = std::make_shared<IntVector>(column.type, column.num_values());
        assignment.columns.push_back(filled[c]);
      }
    }
    assignment.public_tensors.resize(p.circuit.tensors.size());
    assignment.lookup_rows.resize(p.circuit.lookups.size());
  }

  // Everything that can be filled in with the results of this step, which are in `views`.
  Status run_step(std::size_t index) {
    PROOFCARD_CHECK(index == next_step);
    const Step& step = p.schedule.steps[next_step++];
    PROOFCARD_RETURN_IF_ERROR(find_values(step));
    PROOFCARD_RETURN_IF_ERROR(fill_tensors(step));
    PROOFCARD_RETURN_IF_ERROR(report_rows(step));
    if (!step.lookups.empty()) {
      PROOFCARD_RETURN_IF_ERROR(fill_lookups(p.circuit, p.layout, p.tables, by_tensor, step.lookups, assignment,
                                             *filled[p.layout.table_place[0].column]));
    }
    for (const std::uint32_t v : step.drops) {
      views[v] = {};
      owned[v] = {};
    }
    return {};
  }

  Status find_values(const Step& step) {
    for (const std::uint32_t v : step.values) {
      const Value& value = p.plan.values[v];
      switch (value.op) {
        case Value::Op::kWeight:
          views[v] = p.graph.tensors[value.source].data.view();
          break;
        case Value::Op::kTrace:
          views[v] = result;
          break;
        case Value::Op::kRemainder:
          owned[v] = std::move(remainders);
          views[v] = owned[v].view();
          break;
        case Value::Op::kView:
        case Value::Op::kSum:
        case Value::Op::kProduct:
        case Value::Op::kBits:
        case Value::Op::kClamp:
        case Value::Op::kIsZero:
        case Value::Op::kIsPositive:
        case Value::Op::kStack:
          owned[v] = compute(value, p.plan.values, views);
          views[v] = owned[v].view();
      }
      if (int_span_size(views[v]) != tensor::num_elements(value.shape)) {
        return bad_input("trace", "expected {} elements for value {}, found {}", tensor::num_elements(value.shape), v,
                         int_span_size(views[v]));
      }
    }
    return {};
  }

  Status fill_tensors(const Step& step) {
    std::vector<char> ok(step.tensors.size(), 1);
    parallel_for(step.tensors.size(), 1, [&](std::size_t begin, std::size_t end) {
      for (std::size_t i = begin; i < end; ++i) {
        ok[i] = fill_tensor(step.tensors[i]) ? 1 : 0;
      }
    });
    for (std::size_t i = 0; i < ok.size(); ++i) {
      const circuit::Tensor& t = p.circuit.tensors[step.tensors[i]];
      if (ok[i] == 0) {
        return bad_input(t.name, "expected values of {} bytes, found larger ones: range analysis failed",
                         int_type_bytes(t.type));
      }
    }
    return {};
  }

  // False: a value does not fit the tensor's type.
  bool fill_tensor(std::uint32_t id) {
    const circuit::Tensor& t = p.circuit.tensors[id];
    const circuit::TensorPlace& place = p.layout.tensor_place[id];
    by_tensor[id] = views[p.plan.tensor_value[id]];
    if (place.column == UINT32_MAX) {
      assignment.public_tensors[id] = IntVector(t.type, circuit::padded_size(t.shape));
      return pad_into(by_tensor[id], t.shape, p.padding[id], assignment.public_tensors[id], 0);
    }
    return filled[place.column] == nullptr ||  // a weight
           pad_into(by_tensor[id], t.shape, p.padding[id], *filled[place.column], place.offset);
  }

  Status report_rows(const Step& step) {
    for (const std::uint32_t id : step.tensors) {
      const std::uint32_t column = p.layout.tensor_place[id].column;
      if (column == UINT32_MAX || missing[column].empty()) {
        continue;
      }
      const Rows rows = rows_of(p.circuit, p.layout, id);
      std::size_t first = rows.first;  // of the rows that are complete and not handed out
      for (std::size_t row = rows.first; row < rows.end; ++row) {
        if (--missing[column][row] != 0) {
          PROOFCARD_RETURN_IF_ERROR(hand_out(column, first, row));
          first = row + 1;
        }
      }
      PROOFCARD_RETURN_IF_ERROR(hand_out(column, first, rows.end));
    }
    return {};
  }

  Status hand_out(std::size_t column, std::size_t first, std::size_t end) {
    return first == end || !rows_done ? Status() : rows_done(column, assignment.columns[column], first, end - first);
  }

  const Prepared& p;
  RowsDone rows_done;
  std::vector<IntSpan> views;      // by value: into the graph, the executor, or `owned`; until its last use
  std::vector<IntVector> owned;    // by value
  std::vector<IntSpan> by_tensor;  // of the circuit: likewise
  std::vector<std::shared_ptr<IntVector>> filled;   // by column; none for weights
  std::vector<std::vector<std::uint32_t>> missing;  // by column, by row: tensors that are not there yet
  circuit::Assignment assignment;
  std::size_t next_step = 0;
  // What the step that begins brings.
  IntSpan result;
  IntVector remainders;
};

WitnessStream::WitnessStream(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
WitnessStream::~WitnessStream() = default;

Result<std::unique_ptr<WitnessStream>> WitnessStream::begin(const Prepared& prepared,
                                                            std::span<const std::shared_ptr<const IntVector>> weights,
                                                            RowsDone rows_done) {
  std::unique_ptr<WitnessStream> out(
      new WitnessStream(std::make_unique<Impl>(prepared, weights, std::move(rows_done))));
  PROOFCARD_RETURN_IF_ERROR(out->impl_->run_step(0));
  return out;
}

Status WitnessStream::input(std::uint32_t tensor, const IntSpan& values) {
  PROOFCARD_CHECK(impl_->next_step <= impl_->p.graph.inputs.size() &&
                  impl_->p.graph.inputs[impl_->next_step - 1] == tensor);
  impl_->result = values;
  return impl_->run_step(impl_->next_step);
}

Status WitnessStream::node(std::size_t node, const IntSpan& out, IntVector remainders) {
  impl_->result = out;
  impl_->remainders = std::move(remainders);
  return impl_->run_step(node_step(impl_->p.graph, node));
}

void WitnessStream::release(std::uint32_t tensor, IntVector values) {
  const std::uint32_t v = impl_->p.schedule.value_of_trace[tensor];
  if (v != UINT32_MAX && impl_->p.schedule.last_use[v] >= impl_->next_step) {
    impl_->owned[v] = std::move(values);  // which stay where views[v] points
  }
}

Result<circuit::Assignment> WitnessStream::finish() {
  PROOFCARD_CHECK(impl_->next_step == impl_->p.schedule.steps.size());
  for (std::size_t c = 0; c < impl_->p.layout.columns.size(); ++c) {
    const circuit::Column& column = impl_->p.layout.columns[c];
    if (column.owner == circuit::Column::Owner::kMultiplicities) {
      PROOFCARD_RETURN_IF_ERROR(impl_->hand_out(c, 0, column.num_rows()));
    }
  }
  return std::move(impl_->assignment);
}

}  // namespace proofcard::compile
