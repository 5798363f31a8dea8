// Names, tables and derived shapes of a circuit. Checks are in validate.cpp, bytes in serialise.cpp.
#include "host/circuit/circuit.hpp"

#include <algorithm>

#include "host/base/check.hpp"
#include "host/tensor/table_cache.hpp"

namespace proofcard::circuit {
namespace {

using tensor::Function;

std::int64_t table_hi(const Table& table) { return table.lo + static_cast<std::int64_t>(table.size) - 1; }

// Rows of a column, without padding.
std::vector<std::int64_t> true_rows(const Table& table, std::size_t column) {
  if (table.kind == TableKind::kFunction && column == 1) {
    return tensor::cached_table(table.function)->values;
  }
  std::vector<std::int64_t> rows(table.size);
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const std::int64_t x = table.lo + static_cast<std::int64_t>(i);
    rows[i] = column == 0 ? x : (column == 1 ? x == 0 : x > 0);
  }
  return rows;
}

}  // namespace

std::string role_name(Role role) {
  switch (role) {
    case Role::kInput:
      return "input";
    case Role::kOutput:
      return "output";
    case Role::kWeight:
      return "weight";
    case Role::kWitness:
      return "witness";
  }
  return "unknown";
}

std::string visibility_name(Visibility visibility) {
  switch (visibility) {
    case Visibility::kPrivate:
      return "private";
    case Visibility::kPublic:
      return "public";
    case Visibility::kCommitted:
      return "committed";
  }
  return "unknown";
}

std::size_t tuple_width(const Table& table) {
  switch (table.kind) {
    case TableKind::kRange:
      return 1;
    case TableKind::kFunction:
      return 2;
    case TableKind::kSign:
      return 3;
    case TableKind::kTensors:
      return table.dims.size() + table.tensors.size();
  }
  return 0;
}

std::optional<std::uint32_t> column_tensor(const Table& table, std::size_t column) {
  return table.kind == TableKind::kTensors && column >= table.dims.size()
             ? std::optional(table.tensors[column - table.dims.size()])
             : std::nullopt;
}

std::vector<std::int64_t> table_column(const Table& table, std::size_t column) {
  PROOFCARD_CHECK(column < tuple_width(table) && table.kind != TableKind::kTensors);
  std::vector<std::int64_t> rows = true_rows(table, column);
  rows.resize(std::size_t{1} << log_padded(table.size), rows[0]);
  return rows;
}

std::pair<std::int64_t, std::int64_t> column_range(const Table& table, std::size_t column) {
  PROOFCARD_CHECK(column < tuple_width(table) && !column_tensor(table, column));
  if (table.kind == TableKind::kTensors) {
    return {0, std::int64_t{table.dims[column]} - 1};
  }
  if (column == 0) {
    return {table.lo, table_hi(table)};
  }
  if (table.kind == TableKind::kSign) {
    const bool has_one = column == 1 ? table.lo <= 0 && table_hi(table) >= 0 : table_hi(table) > 0;
    const bool has_zero = column == 1 ? table.size > 1 || !has_one : table.lo <= 0;
    return {has_zero ? 0 : 1, has_one ? 1 : 0};
  }
  if (table.function.function == Function::kClamp) {  // monotone
    return {tensor::table_value(table.function, table.lo), tensor::table_value(table.function, table_hi(table))};
  }
  const auto rows = tensor::cached_table(table.function);
  return {rows->min, rows->max};
}

std::pair<std::int64_t, std::int64_t> weight_range(IntType type) {
  return type == IntType::kI64 ? std::pair{-kWideWeightLimit, kWideWeightLimit - 1}
                               : std::pair{int_type_min(type), int_type_max(type)};
}

std::vector<Shape> Circuit::tensor_shapes() const {
  std::vector<Shape> shapes;
  shapes.reserve(tensors.size());
  for (const Tensor& t : tensors) {
    shapes.push_back(t.shape);
  }
  return shapes;
}

Visibility Circuit::visibility(std::uint32_t tensor) const {
  switch (tensors[tensor].role) {
    case Role::kInput:
      return input_visibility;
    case Role::kOutput:
      return output_visibility;
    case Role::kWeight:
      return weight_visibility;
    case Role::kWitness:
      return Visibility::kPrivate;
  }
  return Visibility::kPrivate;
}

}  // namespace proofcard::circuit
