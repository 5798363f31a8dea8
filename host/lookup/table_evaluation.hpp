// Table columns at a point: in closed form, O(log rows), where the column is piecewise linear (ranges, signs, clamps,
// first columns of all tables); from the rows otherwise, and then a sum over them with 3 sqrt(rows) products of coordinates.
//
// N: as in poly/multilinear.hpp; bodies are in table_evaluation_impl.hpp.
#pragma once

#include <span>
#include <vector>

#include "host/circuit/circuit.hpp"
#include "host/field/fr.hpp"
#include "host/poly/multilinear.hpp"

namespace proofcard::lookup {

// The multilinear extension of every padded column (circuit::table_column) at the point; of a table of tensors, of the
// columns before the tensors: an index goes on into the padding. Pre: 2^point.size() rows, padded.
template <class N = Fr>
std::vector<N> table_columns_at(const circuit::Table& table, poly::Coordinates<N> point);

// 1 on true indices of these dimensions and 0 on padding, at the point. Pre: log_padded(dims) coordinates.
template <class N = Fr>
N true_indices_at(const circuit::Shape& dims, poly::Coordinates<N> point);

// What is folded as the number of table `id` at the point: `id`, and in the padding of a table of tensors, which no
// lookup may hit, the number of all tables, which no table has.
template <class N = Fr>
N table_number_at(const circuit::Circuit& circuit, std::uint32_t id, poly::Coordinates<N> point);

extern template std::vector<Fr> table_columns_at<Fr>(const circuit::Table&, std::span<const Fr>);
extern template Fr true_indices_at<Fr>(const circuit::Shape&, std::span<const Fr>);
extern template Fr table_number_at<Fr>(const circuit::Circuit&, std::uint32_t, std::span<const Fr>);

}  // namespace proofcard::lookup
