#include "host/circuit/layout.hpp"

#include <algorithm>
#include <map>
#include <numeric>

#include "host/base/bits.hpp"

namespace proofcard::circuit {
namespace {

// Rows of about the square root of all committed values: an opening reads every row commitment once and works on
// vectors of one row's length. The bounds keep tiny circuits cheap to open and generators of huge ones few.
unsigned choose_log_row_len(std::size_t num_values) { return std::clamp((ceil_log2(num_values) + 1) / 2, 4U, 12U); }

}  // namespace

unsigned log_padded(std::uint32_t n) { return ceil_log2(n); }

unsigned log_padded(const Shape& shape) {
  unsigned bits = 0;
  for (const std::uint32_t n : shape) {
    bits += log_padded(n);
  }
  return bits;
}

unsigned log_table_size(const Table& table) {
  return table.kind == TableKind::kTensors ? log_padded(table.dims) : ceil_log2(table.size);
}

SlotMap pack_slots(const std::vector<unsigned>& log_sizes) {
  std::vector<std::size_t> order(log_sizes.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(),
                   [&](std::size_t a, std::size_t b) { return log_sizes[a] > log_sizes[b]; });
  SlotMap map;
  map.offsets.resize(log_sizes.size());
  for (const std::size_t slot : order) {
    map.offsets[slot] = map.total;
    map.total += std::size_t{1} << log_sizes[slot];
  }
  return map;
}

Column make_tensor_column(std::uint32_t tensor, const Shape& shape, IntType type) {
  Column column{Column::Owner::kTensor, type, {tensor}, pack_slots({log_padded(shape)}), 0};
  column.log_row_len = choose_log_row_len(column.slots.total);
  return column;
}

Layout make_layout(const Circuit& circuit, std::optional<unsigned> log_row_len) {
  Layout layout;
  layout.tensor_place.resize(circuit.tensors.size());
  layout.table_place.resize(circuit.tables.size());

  // Groups in a fixed order: weights by type, witness by type, committed tensors by id, multiplicities.
  std::map<std::pair<Column::Owner, IntType>, std::vector<std::uint32_t>> groups;
  std::vector<std::uint32_t> own_column;
  for (std::uint32_t id = 0; id < circuit.tensors.size(); ++id) {
    const Tensor& t = circuit.tensors[id];
    if (circuit.is_public(id)) {
      continue;
    }
    if (t.role == Role::kWeight) {
      groups[{Column::Owner::kWeights, t.type}].push_back(id);
    } else if (circuit.visibility(id) == Visibility::kCommitted) {
      own_column.push_back(id);
    } else {
      groups[{Column::Owner::kWitness, t.type}].push_back(id);
    }
  }
  for (auto& [key, ids] : groups) {
    layout.columns.push_back({key.first, key.second, std::move(ids), {}, 0});
  }
  for (const std::uint32_t id : own_column) {
    layout.columns.push_back(make_tensor_column(id, circuit.tensors[id].shape, circuit.tensors[id].type));
  }
  std::vector<unsigned> leaf_sizes;
  for (const Lookup& lookup : circuit.lookups) {
    leaf_sizes.push_back(log_padded(lookup.dims));
  }
  if (!circuit.tables.empty()) {
    Column multiplicities{Column::Owner::kMultiplicities, IntType::kI32, {}, {}, 0};
    for (std::uint32_t id = 0; id < circuit.tables.size(); ++id) {
      multiplicities.tensors.push_back(id);
      leaf_sizes.push_back(log_table_size(circuit.tables[id]));
    }
    layout.columns.push_back(std::move(multiplicities));
  }
  layout.leaves = pack_slots(leaf_sizes);
  layout.log_num_leaves = ceil_log2(layout.leaves.total);

  std::size_t total = 0;
  for (std::uint32_t c = 0; c < layout.columns.size(); ++c) {
    Column& column = layout.columns[c];
    const bool tables = column.owner == Column::Owner::kMultiplicities;
    std::vector<unsigned> sizes;
    for (const std::uint32_t id : column.tensors) {
      sizes.push_back(tables ? log_table_size(circuit.tables[id]) : log_padded(circuit.tensors[id].shape));
    }
    column.slots = pack_slots(sizes);
    total += column.slots.total;
    for (std::size_t i = 0; i < column.tensors.size(); ++i) {
      (tables ? layout.table_place : layout.tensor_place)[column.tensors[i]] = {c, column.slots.offsets[i]};
    }
  }
  layout.log_row_len = log_row_len.value_or(choose_log_row_len(total));
  const unsigned shared_log_row_len = layout.log_row_len;
  for (Column& column : layout.columns) {
    if (column.owner != Column::Owner::kTensor) {
      column.log_row_len = shared_log_row_len;
    }
    layout.log_row_len = std::max(layout.log_row_len, column.log_row_len);
  }
  return layout;
}

}  // namespace proofcard::circuit
