// Table columns at a point: in closed form, O(log rows), where the column is piecewise linear (ranges, signs, clamps,
// first columns of all tables); from the rows otherwise.
#pragma once

#include <span>
#include <vector>

#include "host/circuit/circuit.hpp"
#include "host/field/fr.hpp"

namespace proofcard::lookup {

// The multilinear extension of every padded column (circuit::table_column) at the point; of a table of tensors, of the
// columns before the tensors: an index goes on into the padding. Pre: 2^point.size() rows, padded.
std::vector<Fr> table_columns_at(const circuit::Table& table, std::span<const Fr> point);

// 1 on true indices of these dimensions and 0 on padding, at the point. Pre: log_padded(dims) coordinates.
Fr true_indices_at(const circuit::Shape& dims, std::span<const Fr> point);

// What is folded as the number of table `id` at the point: `id`, and in the padding of a table of tensors, which no
// lookup may hit, the number of all tables, which no table has.
Fr table_number_at(const circuit::Circuit& circuit, std::uint32_t id, std::span<const Fr> point);

}  // namespace proofcard::lookup
