// Bodies of table_evaluation.hpp.
#pragma once

#include <algorithm>

#include "host/lookup/table_evaluation.hpp"
#include "host/poly/multilinear_impl.hpp"

namespace proofcard::lookup {
namespace tables {

// A column that is made of runs on which it is constant or the row's first entry; padded rows repeat row 0.
template <class N>
class PiecewiseLinear {
 public:
  PiecewiseLinear(const circuit::Table& table, std::span<const N> point) : table_(table), point_(point) {}

  // Adds the value on rows whose first entry x is in [from, to).
  void constant(std::int64_t from, std::int64_t to, std::int64_t value) {
    if (from < to) {
      sum_ += N(Fr::from_i64(value)) * (indicator(to) - indicator(from));
    }
  }
  void identity(std::int64_t from, std::int64_t to) {
    if (from < to) {
      const N indices = poly::range_index_sum<N>(point_, row(to)) - poly::range_index_sum<N>(point_, row(from));
      sum_ += indices + N(Fr::from_i64(table_.lo)) * (indicator(to) - indicator(from));
    }
  }
  N finish(std::int64_t value_of_row_0) const {
    return sum_ + N(Fr::from_i64(value_of_row_0)) * (N(Fr::one()) - poly::range_indicator<N>(point_, table_.size));
  }

 private:
  std::uint64_t row(std::int64_t x) const { return static_cast<std::uint64_t>(x - table_.lo); }
  N indicator(std::int64_t x) const { return poly::range_indicator<N>(point_, row(x)); }

  const circuit::Table& table_;
  std::span<const N> point_;
  N sum_;
};

template <class N>
N first_column(const circuit::Table& table, std::span<const N> point) {
  PiecewiseLinear<N> column(table, point);
  column.identity(table.lo, table.lo + table.size);
  return column.finish(table.lo);
}

template <class N>
N clamp_column(const circuit::Table& table, std::span<const N> point) {
  const std::int64_t end = table.lo + table.size;
  const std::int64_t low = std::clamp(table.function.out_lo, table.lo, end);
  const std::int64_t high = std::clamp(table.function.out_hi + 1, low, end);
  PiecewiseLinear<N> column(table, point);
  column.constant(table.lo, low, table.function.out_lo);
  column.identity(low, high);
  column.constant(high, end, table.function.out_hi);
  return column.finish(std::clamp(table.lo, table.function.out_lo, table.function.out_hi));
}

// Columns [x = 0] and [x > 0] of a sign table.
template <class N>
N sign_column(const circuit::Table& table, std::span<const N> point, bool positive) {
  const std::int64_t end = table.lo + table.size;
  const std::int64_t from = std::clamp<std::int64_t>(positive ? 1 : 0, table.lo, end);
  const std::int64_t to = positive ? end : std::clamp<std::int64_t>(1, table.lo, end);
  PiecewiseLinear<N> column(table, point);
  column.constant(from, to, 1);
  return column.finish(positive ? table.lo > 0 : table.lo == 0);
}

inline bool is_plain_clamp(const circuit::Table& table) {
  return table.function.function == tensor::Function::kClamp && table.function.in_scale == table.function.out_scale;
}

// Calls body(axis, coordinates of the axis): the last axis has the lowest variables.
template <class N, class Body>
void for_each_axis(const circuit::Shape& dims, std::span<const N> point, Body&& body) {
  for (std::size_t axis = dims.size(); axis-- > 0;) {
    const unsigned vars = circuit::log_padded(dims[axis]);
    body(axis, point.first(vars));
    point = point.subspan(vars);
  }
}

// By axis: the index along it.
template <class N>
std::vector<N> index_columns(const circuit::Shape& dims, std::span<const N> point) {
  std::vector<N> out(dims.size());
  for_each_axis(dims, point, [&](std::size_t axis, std::span<const N> of_axis) {
    Fr power = Fr::one();
    for (const N& x : of_axis) {
      out[axis] += x * N(power);
      power += power;
    }
  });
  return out;
}

}  // namespace tables

template <class N>
N true_indices_at(const circuit::Shape& dims, poly::Coordinates<N> point) {
  N out(Fr::one());
  tables::for_each_axis(dims, point, [&](std::size_t axis, std::span<const N> of_axis) {
    out *= poly::range_indicator<N>(of_axis, dims[axis]);
  });
  return out;
}

template <class N>
N table_number_at(const circuit::Circuit& circuit, std::uint32_t id, poly::Coordinates<N> point) {
  const circuit::Table& table = circuit.tables[id];
  if (table.kind != circuit::TableKind::kTensors) {
    return N(Fr::from_u64(id));
  }
  const N in_padding = N(Fr::one()) - true_indices_at<N>(table.dims, point);
  return N(Fr::from_u64(id)) + in_padding * N(Fr::from_u64(circuit.tables.size() - id));
}

template <class N>
std::vector<N> table_columns_at(const circuit::Table& table, poly::Coordinates<N> point) {
  if (table.kind == circuit::TableKind::kTensors) {
    return tables::index_columns(table.dims, point);
  }
  std::vector<N> out{tables::first_column(table, point)};
  switch (table.kind) {
    case circuit::TableKind::kTensors:
    case circuit::TableKind::kRange:
      break;
    case circuit::TableKind::kSign:
      out.push_back(tables::sign_column(table, point, false));
      out.push_back(tables::sign_column(table, point, true));
      break;
    case circuit::TableKind::kFunction:
      if (tables::is_plain_clamp(table)) {
        out.push_back(tables::clamp_column(table, point));
      } else {
        const std::vector<std::int64_t> rows = circuit::table_column(table, 1);
        out.push_back(poly::evaluate<N>(rows, point));
      }
  }
  return out;
}

}  // namespace proofcard::lookup
