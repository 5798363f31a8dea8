#include "host/pcs/whir/protocol.hpp"

#include <algorithm>

#include "host/field/fr_vector.hpp"

namespace proofcard::pcs::whir {

std::vector<std::size_t> query_rows(std::span<const Fr> drawn, const Code& code) {
  const std::size_t mask = (std::size_t{1} << code.log_rows()) - 1;
  std::vector<std::size_t> rows;
  rows.reserve(drawn.size());
  for (const Fr& v : drawn) {
    rows.push_back(static_cast<std::size_t>(v.canonical()[0]) & mask);
  }
  std::ranges::sort(rows);
  rows.erase(std::unique(rows.begin(), rows.end()), rows.end());
  return rows;
}

Fr fold_row(std::span<const Fr> row, std::span<const Fr> eq_r) {
  Fr sum;
  for (std::size_t j = 0; j < row.size(); ++j) {
    sum += row[j] * eq_r[j];
  }
  return sum;
}

Value round_value(const Value& sum, std::span<const Value> round, const Fr& r) {
  const Value slope = sum - round[0] - round[0] - round[1];
  return round[0] + (slope + round[1] * r) * r;
}

std::vector<Fr> power_table(const Fr& x, unsigned log_n, const Fr& scale) {
  std::vector<Fr> out(std::size_t{1} << log_n);
  out[0] = scale;
  Fr step = x;  // x^size
  for (std::size_t size = 1; size < out.size(); size *= 2, step = step.square()) {
    fr_axpy(std::span(out).subspan(size, size), step, std::span(out).first(size));
  }
  return out;
}

}  // namespace proofcard::pcs::whir
