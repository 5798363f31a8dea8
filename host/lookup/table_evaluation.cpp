#include "host/lookup/table_evaluation.hpp"

#include <algorithm>

#include "host/poly/multilinear.hpp"

namespace proofcard::lookup {
namespace {

// A column that is made of runs on which it is constant or the row's first entry; padded rows repeat row 0.
class PiecewiseLinear {
 public:
  PiecewiseLinear(const circuit::Table& table, std::span<const Fr> point) : table_(table), point_(point) {}

  // Adds the value on rows whose first entry x is in [from, to).
  void constant(std::int64_t from, std::int64_t to, std::int64_t value) {
    if (from < to) {
      sum_ += Fr::from_i64(value) * (indicator(to) - indicator(from));
    }
  }
  void identity(std::int64_t from, std::int64_t to) {
    if (from < to) {
      const Fr indices = poly::range_index_sum(point_, row(to)) - poly::range_index_sum(point_, row(from));
      sum_ += indices + Fr::from_i64(table_.lo) * (indicator(to) - indicator(from));
    }
  }
  Fr finish(std::int64_t value_of_row_0) const {
    return sum_ + Fr::from_i64(value_of_row_0) * (Fr::one() - poly::range_indicator(point_, table_.size));
  }

 private:
  std::uint64_t row(std::int64_t x) const { return static_cast<std::uint64_t>(x - table_.lo); }
  Fr indicator(std::int64_t x) const { return poly::range_indicator(point_, row(x)); }

  const circuit::Table& table_;
  std::span<const Fr> point_;
  Fr sum_;
};

Fr first_column(const circuit::Table& table, std::span<const Fr> point) {
  PiecewiseLinear column(table, point);
  column.identity(table.lo, table.lo + table.size);
  return column.finish(table.lo);
}

Fr clamp_column(const circuit::Table& table, std::span<const Fr> point) {
  const std::int64_t end = table.lo + table.size;
  const std::int64_t low = std::clamp(table.function.out_lo, table.lo, end);
  const std::int64_t high = std::clamp(table.function.out_hi + 1, low, end);
  PiecewiseLinear column(table, point);
  column.constant(table.lo, low, table.function.out_lo);
  column.identity(low, high);
  column.constant(high, end, table.function.out_hi);
  return column.finish(std::clamp(table.lo, table.function.out_lo, table.function.out_hi));
}

// Columns [x = 0] and [x > 0] of a sign table.
Fr sign_column(const circuit::Table& table, std::span<const Fr> point, bool positive) {
  const std::int64_t end = table.lo + table.size;
  const std::int64_t from = std::clamp<std::int64_t>(positive ? 1 : 0, table.lo, end);
  const std::int64_t to = positive ? end : std::clamp<std::int64_t>(1, table.lo, end);
  PiecewiseLinear column(table, point);
  column.constant(from, to, 1);
  return column.finish(positive ? table.lo > 0 : table.lo == 0);
}

bool is_plain_clamp(const circuit::Table& table) {
  return table.function.function == tensor::Function::kClamp && table.function.in_scale == table.function.out_scale;
}

// Calls body(axis, coordinates of the axis): the last axis has the lowest variables.
template <class Body>
void for_each_axis(const circuit::Shape& dims, std::span<const Fr> point, Body&& body) {
  for (std::size_t axis = dims.size(); axis-- > 0;) {
    const unsigned vars = circuit::log_padded(dims[axis]);
    body(axis, point.first(vars));
    point = point.subspan(vars);
  }
}

// By axis: the index along it.
std::vector<Fr> index_columns(const circuit::Shape& dims, std::span<const Fr> point) {
  std::vector<Fr> out(dims.size());
  for_each_axis(dims, point, [&](std::size_t axis, std::span<const Fr> of_axis) {
    Fr power = Fr::one();
    for (const Fr& x : of_axis) {
      out[axis] += x * power;
      power += power;
    }
  });
  return out;
}

}  // namespace

Fr true_indices_at(const circuit::Shape& dims, std::span<const Fr> point) {
  Fr out = Fr::one();
  for_each_axis(dims, point, [&](std::size_t axis, std::span<const Fr> of_axis) {
    out *= poly::range_indicator(of_axis, dims[axis]);
  });
  return out;
}

Fr table_number_at(const circuit::Circuit& circuit, std::uint32_t id, std::span<const Fr> point) {
  const circuit::Table& table = circuit.tables[id];
  if (table.kind != circuit::TableKind::kTensors) {
    return Fr::from_u64(id);
  }
  const Fr in_padding = Fr::one() - true_indices_at(table.dims, point);
  return Fr::from_u64(id) + in_padding * Fr::from_u64(circuit.tables.size() - id);
}

std::vector<Fr> table_columns_at(const circuit::Table& table, std::span<const Fr> point) {
  if (table.kind == circuit::TableKind::kTensors) {
    return index_columns(table.dims, point);
  }
  std::vector<Fr> out{first_column(table, point)};
  switch (table.kind) {
    case circuit::TableKind::kTensors:
    case circuit::TableKind::kRange:
      break;
    case circuit::TableKind::kSign:
      out.push_back(sign_column(table, point, false));
      out.push_back(sign_column(table, point, true));
      break;
    case circuit::TableKind::kFunction:
      if (is_plain_clamp(table)) {
        out.push_back(clamp_column(table, point));
      } else {
        const std::vector<std::int64_t> rows = circuit::table_column(table, 1);
        out.push_back(poly::evaluate(std::span(rows), point));
      }
  }
  return out;
}

}  // namespace proofcard::lookup
