#include "tests/compile/reference_assign.hpp"

#include <algorithm>

#include "host/circuit/access.hpp"
#include "tests/compile/checker.hpp"

namespace proofcard::compile::reference {
namespace {

using Values = std::vector<std::int64_t>;

Values list(const IntVector& v) {
  Values out(v.size());
  for (std::size_t i = 0; i < out.size(); ++i) {
    out[i] = v[i];
  }
  return out;
}

std::vector<std::uint32_t> index_of(std::size_t element, const tensor::Shape& shape) {
  std::vector<std::uint32_t> index(shape.size());
  for (std::size_t axis = shape.size(); axis-- > 0;) {
    index[axis] = static_cast<std::uint32_t>(element % shape[axis]);
    element /= shape[axis];
  }
  return index;
}

std::int64_t read(const Values& values, const tensor::Shape& shape, const tensor::Operand& operand,
                  const std::vector<std::uint32_t>& labels) {
  std::int64_t flat = 0;
  for (const tensor::Group& group : operand.groups) {
    std::int64_t at = group.offset;
    for (const tensor::LabelStride& l : group.labels) {
      at += l.stride * labels[l.label];
    }
    std::int64_t size = 1;
    for (std::uint32_t axis = group.first_axis; axis < group.first_axis + group.num_axes; ++axis) {
      size *= shape[axis];
    }
    if (group.clamp) {
      at = std::clamp<std::int64_t>(at, 0, size - 1);
    } else if (at < 0 || at >= size) {
      return 0;
    }
    flat = flat * size + at;
  }
  return values[static_cast<std::size_t>(flat)];
}

std::int64_t element(const Value& v, const Plan& plan, const std::vector<Values>& known, std::size_t i) {
  const auto arg = [&](std::size_t k) { return known[v.args[k]][i]; };
  switch (v.op) {
    case Value::Op::kView:
      return read(known[v.args[0]], plan.values[v.args[0]].shape, v.view, index_of(i, v.shape));
    case Value::Op::kSum: {
      std::int64_t sum = v.constant;
      for (std::size_t k = 0; k < v.args.size(); ++k) {
        sum += v.coefficients[k] * arg(k);
      }
      return sum;
    }
    case Value::Op::kProduct:
      return arg(0) * arg(1);
    case Value::Op::kBits: {
      const std::int64_t all = (arg(0) - v.constant) >> v.shift;
      return v.bits == 63 ? all : all & ((std::int64_t{1} << v.bits) - 1);
    }
    case Value::Op::kClamp:
      return std::min(std::max(arg(0), v.constant), v.upper);
    case Value::Op::kIsZero:
      return arg(0) == 0 ? 1 : 0;
    case Value::Op::kIsPositive:
      return arg(0) > 0 ? 1 : 0;
    case Value::Op::kStack: {
      const std::size_t part = known[v.args[0]].size();
      return known[v.args[i / part]][i % part];
    }
    case Value::Op::kTrace:
    case Value::Op::kWeight:
    case Value::Op::kRemainder:
      break;
  }
  PROOFCARD_CHECK(false);
}

}  // namespace

circuit::Assignment assign(const graph::Graph& graph, const Plan& plan, const circuit::Layout& layout,
                           const WeightColumns& weights, const graph::Trace& trace) {
  const circuit::Circuit& circuit = plan.circuit;
  std::vector<Values> known;
  for (const Value& v : plan.values) {
    if (v.op == Value::Op::kTrace || v.op == Value::Op::kWeight || v.op == Value::Op::kRemainder) {
      known.push_back(list(v.op == Value::Op::kTrace    ? trace.tensors[v.source]
                           : v.op == Value::Op::kWeight ? graph.tensors[v.source].data
                                                        : trace.remainders[v.source]));
      continue;
    }
    Values made(tensor::num_elements(v.shape));
    for (std::size_t i = 0; i < made.size(); ++i) {
      made[i] = element(v, plan, known, i);
    }
    known.push_back(std::move(made));
  }
  const std::vector<std::int64_t> padding = circuit::honest_padding(circuit);
  circuit::Assignment out;
  std::vector<IntVector> columns;
  for (const circuit::Column& column : layout.columns) {
    columns.emplace_back(column.type, column.num_values());
  }
  out.public_tensors.resize(circuit.tensors.size());
  for (std::uint32_t id = 0; id < circuit.tensors.size(); ++id) {
    const circuit::Tensor& t = circuit.tensors[id];
    const circuit::TensorPlace& place = layout.tensor_place[id];
    if (t.role == circuit::Role::kWeight) {
      continue;
    }
    if (place.column == UINT32_MAX) {
      out.public_tensors[id] = IntVector(t.type, circuit::padded_size(t.shape));
    }
    IntVector& to = place.column == UINT32_MAX ? out.public_tensors[id] : columns[place.column];
    for (std::size_t i = 0; i < circuit::padded_size(t.shape); ++i) {
      to.set(place.offset + i, padding[id]);
    }
    for (std::size_t i = 0; i < tensor::num_elements(t.shape); ++i) {
      const std::vector<std::uint32_t> index = index_of(i, t.shape);
      std::size_t at = 0;
      for (std::size_t axis = 0; axis < t.shape.size(); ++axis) {
        at = (at << circuit::log_padded(t.shape[axis])) + index[axis];
      }
      to.set(place.offset + at, known[plan.tensor_value[id]][i]);
    }
  }
  for (std::size_t c = 0; c < columns.size(); ++c) {
    const bool is_weights = layout.columns[c].owner == circuit::Column::Owner::kWeights;
    out.columns.push_back(is_weights ? weights[c] : std::make_shared<const IntVector>(columns[c]));
  }
  const Checker checker(circuit, layout, out);
  for (const circuit::Lookup& lookup : circuit.lookups) {
    const circuit::Table& table = circuit.tables[lookup.table];
    const circuit::TensorPlace& place = layout.table_place[lookup.table];
    std::vector<std::uint32_t>& rows = out.lookup_rows.emplace_back();
    const auto of_table = checker.rows(lookup.table);
    const std::vector<bool> counted = checker.counts(lookup);
    for (const std::vector<Int128>& tuple : checker.tuples(lookup)) {
      if (!counted[rows.size()]) {
        rows.push_back(circuit::kNoRow);
        continue;
      }
      const bool of_tensors = table.kind == circuit::TableKind::kTensors;
      rows.push_back(static_cast<std::uint32_t>(
          of_tensors ? std::ranges::find(of_table, std::optional(tuple)) - of_table.begin() : tuple[0] - table.lo));
      const std::size_t at = place.offset + rows.back();
      columns[place.column].set(at, columns[place.column][at] + 1);
    }
  }
  for (std::size_t c = 0; c < columns.size(); ++c) {
    if (layout.columns[c].owner == circuit::Column::Owner::kMultiplicities) {
      out.columns[c] = std::make_shared<const IntVector>(columns[c]);
    }
  }
  return out;
}

}  // namespace proofcard::compile::reference
