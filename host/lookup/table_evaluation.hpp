// Table columns at a point: in closed form, O(log rows), where the column is piecewise linear (ranges, signs, clamps,
// first columns of all tables); from the rows otherwise.
#pragma once

#include <span>
#include <vector>

#include "host/circuit/circuit.hpp"
#include "host/field/fr.hpp"

namespace proofcard::lookup {

// The multilinear extension of every padded column (circuit::table_column) at the point. Pre: 2^point.size() rows,
// padded.
std::vector<Fr> table_columns_at(const circuit::Table& table, std::span<const Fr> point);

}  // namespace proofcard::lookup
