// Multilinear extensions: evaluation, and the sums that public index ranges and maps need.
//
// Order: a point lists the variables from index bit 0 upwards.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "host/base/int_vector.hpp"
#include "host/field/fr.hpp"

namespace proofcard::poly {

using Point = std::vector<Fr>;

// eq(a, b) = prod_i (a_i b_i + (1 - a_i)(1 - b_i)). Sizes equal.
Fr eq(std::span<const Fr> a, std::span<const Fr> b);

// eq(point, index written in binary).
Fr eq_index(std::span<const Fr> point, std::size_t index);

// The first n entries of the table eq(point, .). Pre: n <= 2^point.size().
std::vector<Fr> eq_prefix(std::span<const Fr> point, std::size_t n);

// sum over i < n of eq(point, i): the multilinear extension of the indicator of [0, n). O(point.size()).
Fr range_indicator(std::span<const Fr> point, std::uint64_t n);

// sum over i < n of i * eq(point, i). O(point.size()). Pre: n <= 2^point.size().
Fr range_index_sum(std::span<const Fr> point, std::uint64_t n);

// Value at the point of the function that is values[i] on index i and 0 from values.size() on.
Fr evaluate(std::span<const std::int64_t> values, std::span<const Fr> point);
Fr evaluate(const IntSpan& values, std::span<const Fr> point);

}  // namespace proofcard::poly
