#include "host/compile/witness_stream.hpp"

#include <atomic>

#include "host/base/mutex.hpp"
#include "host/base/parallel.hpp"
#include "host/circuit/access.hpp"
#include "host/compile/evaluate.hpp"
#include "host/compile/padding.hpp"
#include "host/compile/prepared.hpp"
#include "host/graph/node_tensors.hpp"

namespace proofcard::compile {

// What all inputs share.
class WitnessStream::Columns {
 public:
  Columns(const Prepared& prepared, std::span<const std::shared_ptr<const IntVector>> weights, RowsDone done)
      : p_(prepared),
        rows_done_(std::move(done)),
        filled_(p_.layout.columns.size()),
        missing_(p_.schedule.tensors_in_row) {
    for (std::size_t c = 0; c < p_.layout.columns.size(); ++c) {
      const circuit::Column& column = p_.layout.columns[c];
      if (column.owner == circuit::Column::Owner::kWeights) {
        assignment_.columns.push_back(weights[c]);
      } else {
        filled_[c] = std::make_shared<IntVector>(column.type, column.num_values());
        assignment_.columns.push_back(filled_[c]);
      }
    }
    assignment_.public_tensors.resize(p_.circuit.tensors.size());
    for (std::uint32_t id = 0; id < p_.circuit.tensors.size(); ++id) {
      if (p_.circuit.is_public(id)) {
        const circuit::Tensor& t = p_.circuit.tensors[id];
        assignment_.public_tensors[id] = IntVector(t.type, circuit::padded_size(t.shape));
      }
    }
  }

  // What stands beyond the last input of a batch.
  Status fill_padding() {
    for (std::uint32_t id = 0; id < p_.circuit.tensors.size(); ++id) {
      const std::size_t size = circuit::padded_size(p_.plan.one.tensors[id].shape);
      const std::size_t begin = p_.circuit.batch * size;
      const std::size_t end = circuit::padded_size(p_.circuit.tensors[id].shape);
      IntVector* const to = place(id);
      if (p_.padding[id] != 0 && to != nullptr && begin < end) {
        to->visit_mutable([&](auto values) {
          using Stored = typename decltype(values)::value_type;
          const auto padding = values.subspan(offset(id) + begin, end - begin);
          std::fill(padding.begin(), padding.end(), static_cast<Stored>(p_.padding[id]));
        });
      }
    }
    return begin_lookups({p_.circuit, p_.plan.one, p_.layout}, p_.tables, p_.padding, assignment_);
  }

  const Prepared& prepared() const { return p_; }
  circuit::Assignment& assignment() { return assignment_; }

  // False: a value does not fit the tensor's type.
  bool fill_tensor(std::uint32_t id, std::uint32_t input, const IntSpan& values) {
    const Shape& shape = p_.plan.one.tensors[id].shape;
    IntVector* const to = place(id);
    return to == nullptr ||
           pad_into(values, shape, p_.padding[id], *to, offset(id) + input * circuit::padded_size(shape));
  }

  Status report_rows(std::span<const std::uint32_t> tensors, std::uint32_t input) {
    const Lock lock(mutex_);
    for (const std::uint32_t id : tensors) {
      const std::uint32_t column = p_.layout.tensor_place[id].column;
      if (column == UINT32_MAX || missing_[column].empty()) {
        continue;
      }
      const Rows rows = rows_of(p_.plan, p_.layout, id, input);
      std::size_t first = rows.first;  // of the rows that are complete and not handed out
      for (std::size_t row = rows.first; row < rows.end; ++row) {
        if (--missing_[column][row] != 0) {
          PROOFCARD_RETURN_IF_ERROR(hand_out(column, first, row));
          first = row + 1;
        }
      }
      PROOFCARD_RETURN_IF_ERROR(hand_out(column, first, rows.end));
    }
    return {};
  }

  void end_input() { ++num_done_; }

  Result<circuit::Assignment> finish() {
    PROOFCARD_CHECK(num_done_ == p_.circuit.batch);
    for (std::size_t c = 0; c < p_.layout.columns.size(); ++c) {
      const circuit::Column& column = p_.layout.columns[c];
      if (column.owner == circuit::Column::Owner::kMultiplicities) {
        count_lookups(p_.circuit, p_.layout, assignment_, *filled_[c]);
        PROOFCARD_RETURN_IF_ERROR(hand_out(c, 0, column.num_rows()));
      }
    }
    return std::move(assignment_);
  }

 private:
  using Shape = circuit::Shape;

  // Where a tensor is written to. Null: a weight, which is there.
  IntVector* place(std::uint32_t id) {
    const std::uint32_t column = p_.layout.tensor_place[id].column;
    return column == UINT32_MAX ? &assignment_.public_tensors[id] : filled_[column].get();
  }
  std::size_t offset(std::uint32_t id) const {
    const circuit::TensorPlace& place = p_.layout.tensor_place[id];
    return place.column == UINT32_MAX ? 0 : place.offset;
  }

  Status hand_out(std::size_t column, std::size_t first, std::size_t end) {
    return first == end || !rows_done_ ? Status() : rows_done_(column, assignment_.columns[column], first, end - first);
  }

  const Prepared& p_;
  RowsDone rows_done_;
  std::vector<std::shared_ptr<IntVector>> filled_;  // by column; none for weights
  circuit::Assignment assignment_;
  std::atomic<std::uint32_t> num_done_ = 0;  // inputs

  Mutex mutex_;                                      // of what follows, and of handing out
  std::vector<std::vector<std::uint32_t>> missing_;  // by column, by row: tensors that are not there yet
};

// What one input makes on the way.
class WitnessStream::InputSink final : public graph::Sink {
 public:
  InputSink(Columns& columns, std::uint32_t input)
      : columns_(columns),
        p_(columns.prepared()),
        input_(input),
        views_(p_.plan.values.size()),
        owned_(p_.plan.values.size()),
        by_tensor_(p_.circuit.tensors.size()) {}

  // Everything that can be filled in with the results of this step, which are in result_ and remainders_.
  Status run_step(std::size_t index) {
    PROOFCARD_CHECK(index == next_step_);
    const Step& step = p_.schedule.steps[next_step_++];
    PROOFCARD_RETURN_IF_ERROR(find_values(step));
    PROOFCARD_RETURN_IF_ERROR(fill_tensors(step));
    PROOFCARD_RETURN_IF_ERROR(columns_.report_rows(step.tensors, input_));
    if (!step.lookups.empty()) {
      PROOFCARD_RETURN_IF_ERROR(fill_lookups({p_.circuit, p_.plan.one, p_.layout, input_}, p_.tables, by_tensor_,
                                             step.lookups, columns_.assignment()));
    }
    for (const std::uint32_t v : step.drops) {
      views_[v] = {};
      owned_[v] = {};
    }
    if (next_step_ == p_.schedule.steps.size()) {
      columns_.end_input();
    }
    return {};
  }

  Status input(std::uint32_t tensor, const IntSpan& values) override {
    PROOFCARD_CHECK(next_step_ <= p_.graph.inputs.size() && p_.graph.inputs[next_step_ - 1] == tensor);
    result_ = values;
    return run_step(next_step_);
  }

  Status node(std::size_t node, const IntSpan& out, IntVector remainders) override {
    result_ = out;
    remainders_ = std::move(remainders);
    return run_step(node_step(p_.graph, node));
  }

  void release(std::uint32_t tensor, IntVector values) override {
    const std::uint32_t v = p_.schedule.value_of_trace[tensor];
    if (v != UINT32_MAX && p_.schedule.last_use[v] >= next_step_) {
      owned_[v] = std::move(values);  // which stay where views_[v] points
    }
  }

 private:
  Status find_values(const Step& step) {
    for (const std::uint32_t v : step.values) {
      const Value& value = p_.plan.values[v];
      switch (value.op) {
        case Value::Op::kWeight:
          views_[v] = p_.graph.tensors[value.source].data.view();
          break;
        case Value::Op::kTrace:
          views_[v] = result_;
          break;
        case Value::Op::kRemainder:
          owned_[v] = std::move(remainders_);
          views_[v] = owned_[v].view();
          break;
        case Value::Op::kView:
        case Value::Op::kSum:
        case Value::Op::kProduct:
        case Value::Op::kBits:
        case Value::Op::kClamp:
        case Value::Op::kIsZero:
        case Value::Op::kIsPositive:
        case Value::Op::kStack:
          owned_[v] = compute(value, p_.plan.values, views_);
          views_[v] = owned_[v].view();
      }
      if (int_span_size(views_[v]) != tensor::num_elements(value.shape)) {
        return bad_input("trace", "expected {} elements for value {}, found {}", tensor::num_elements(value.shape), v,
                         int_span_size(views_[v]));
      }
    }
    return {};
  }

  Status fill_tensors(const Step& step) {
    std::vector<char> ok(step.tensors.size(), 1);
    parallel_for(step.tensors.size(), 1, [&](std::size_t begin, std::size_t end) {
      for (std::size_t i = begin; i < end; ++i) {
        const std::uint32_t id = step.tensors[i];
        by_tensor_[id] = views_[p_.plan.tensor_value[id]];
        ok[i] = columns_.fill_tensor(id, input_, by_tensor_[id]) ? 1 : 0;
      }
    });
    for (std::size_t i = 0; i < ok.size(); ++i) {
      const circuit::Tensor& t = p_.circuit.tensors[step.tensors[i]];
      if (ok[i] == 0) {
        return bad_input(t.name, "expected values of {} bytes, found larger ones: range analysis failed",
                         int_type_bytes(t.type));
      }
    }
    return {};
  }

  Columns& columns_;
  const Prepared& p_;
  std::uint32_t input_;
  std::vector<IntSpan> views_;      // by value: into the graph, the executor, or owned_; until its last use
  std::vector<IntVector> owned_;    // by value
  std::vector<IntSpan> by_tensor_;  // of the circuit: likewise
  std::size_t next_step_ = 0;
  // What the step that begins brings.
  IntSpan result_;
  IntVector remainders_;
};

WitnessStream::WitnessStream(std::unique_ptr<Columns> columns) : columns_(std::move(columns)) {}
WitnessStream::~WitnessStream() = default;

Result<std::unique_ptr<WitnessStream>> WitnessStream::begin(const Prepared& prepared,
                                                            std::span<const std::shared_ptr<const IntVector>> weights,
                                                            RowsDone rows_done) {
  auto columns = std::make_unique<Columns>(prepared, weights, std::move(rows_done));
  PROOFCARD_RETURN_IF_ERROR(columns->fill_padding());
  return std::unique_ptr<WitnessStream>(new WitnessStream(std::move(columns)));
}

Result<std::unique_ptr<graph::Sink>> WitnessStream::begin_input(std::uint32_t input) {
  PROOFCARD_CHECK(input < columns_->prepared().circuit.batch);
  auto sink = std::make_unique<InputSink>(*columns_, input);
  PROOFCARD_RETURN_IF_ERROR(sink->run_step(0));
  return std::unique_ptr<graph::Sink>(std::move(sink));
}

Result<circuit::Assignment> WitnessStream::finish() { return columns_->finish(); }

}  // namespace proofcard::compile
