// Multilinear extensions: evaluation, and the sums that public index ranges and maps need.
//
// Order:  a point lists the variables from index bit 0 upwards.
// N:      the numbers that coordinates are: Fr, or what else a verifier runs over (host/transcript/checking_channel.hpp). A point of Fr
//         needs no mention of N; bodies for others are in multilinear_impl.hpp.
#pragma once

#include <cstdint>
#include <span>
#include <type_traits>
#include <vector>

#include "host/base/int_vector.hpp"
#include "host/field/fr.hpp"

namespace proofcard::poly {

using Point = std::vector<Fr>;

// What converts to a span of N, which the caller names unless it is Fr.
template <class N>
using Coordinates = std::type_identity_t<std::span<const N>>;

// eq(a, b) = prod_i (a_i b_i + (1 - a_i)(1 - b_i)). Sizes equal.
template <class N = Fr>
N eq(Coordinates<N> a, Coordinates<N> b);

// eq(point, index written in binary).
template <class N = Fr>
N eq_index(Coordinates<N> point, std::size_t index);

// The first n entries of the table eq(point, .). Pre: n <= 2^point.size().
template <class N = Fr>
std::vector<N> eq_prefix(Coordinates<N> point, std::size_t n);

// sum over i < n of eq(point, i): the multilinear extension of the indicator of [0, n). O(point.size()).
template <class N = Fr>
N range_indicator(Coordinates<N> point, std::uint64_t n);

// sum over i < n of i * eq(point, i). O(point.size()). Pre: n <= 2^point.size().
template <class N = Fr>
N range_index_sum(Coordinates<N> point, std::uint64_t n);

// sum over i < n of eq(a, i) * eq(b, i): eq() of the points on the range [0, n). O(a.size()). Pre: sizes equal, n <= 2^a.size().
template <class N = Fr>
N range_eq(Coordinates<N> a, Coordinates<N> b, std::uint64_t n);

// Value at the point of the function that is values[i] on index i and 0 from values.size() on. Pre: at most 2^point.size() values.
template <class N = Fr>
N evaluate(std::span<const std::int64_t> values, Coordinates<N> point);
Fr evaluate(const IntSpan& values, std::span<const Fr> point);
// The same of values that are numbers, for a product a value.
template <class N>
N evaluate_numbers(std::vector<N> values, Coordinates<N> point);

// For Fr: with the loops of fr_vector.hpp.
template <>
std::vector<Fr> eq_prefix<Fr>(Coordinates<Fr> point, std::size_t n);
template <>
Fr evaluate<Fr>(std::span<const std::int64_t> values, Coordinates<Fr> point);
extern template Fr eq<Fr>(Coordinates<Fr>, Coordinates<Fr>);
extern template Fr eq_index<Fr>(Coordinates<Fr>, std::size_t);
extern template Fr range_indicator<Fr>(Coordinates<Fr>, std::uint64_t);
extern template Fr range_index_sum<Fr>(Coordinates<Fr>, std::uint64_t);
extern template Fr range_eq<Fr>(Coordinates<Fr>, Coordinates<Fr>, std::uint64_t);

}  // namespace proofcard::poly
