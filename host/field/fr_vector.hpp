// Loops over long vectors of Fr: what sumcheck, GKR and the openings spend their time in.
//
// Each function has a portable body and an AVX-512 IFMA body (8 products at a time, 52-bit limbs); the choice is made
// at run time by active_isa() (host/base/cpu_features.hpp) and both give the same field elements. Long vectors are
// split over the thread pool; sums are exact, so results do not depend on the split.
//
// Order: index bit 0 is variable 0; "pair i" is (t[2i], t[2i+1]), and binding variable 0 to r gives
// t[2i] + r*(t[2i+1]-t[2i]).
#pragma once

#include <array>
#include <span>
#include <vector>

#include "host/field/fr.hpp"

namespace proofcard {

// out[i] = a[i] * b[i]. Same sizes; out may alias a or b.
void fr_mul(std::span<Fr> out, std::span<const Fr> a, std::span<const Fr> b);
// acc[i] += k * a[i].
void fr_axpy(std::span<Fr> acc, const Fr& k, std::span<const Fr> a);
// sum of a[i] * b[i].
Fr fr_dot(std::span<const Fr> a, std::span<const Fr> b);

// Binds variable 0 to r and shrinks the table to half. Pre: table.size() is even.
void fr_bind_low(std::vector<Fr>& table, const Fr& r);
// The same into `out`, of half the size, which does not overlap the table.
void fr_bind_low(std::span<Fr> out, std::span<const Fr> table, const Fr& r);

// eq(point, .): 2^n values, out[x] = prod_i (x_i point_i + (1 - x_i)(1 - point_i)), times `scale`.
std::vector<Fr> fr_eq_table(std::span<const Fr> point, const Fr& scale = Fr::one());

// For g(X) = sum_i a_i(X) b_i(X), where a_i(X) = a[2i] + X (a[2i+1] - a[2i]): returns {g(0), g(infinity)}, the latter
// the coefficient of X^2. Pre: equal even sizes.
std::array<Fr, 2> fr_round_product2(std::span<const Fr> a, std::span<const Fr> b);

// For g(X) = sum_i e_i(X) a_i(X) b_i(X): returns {g(0), g(-1), g(infinity)}, the last the coefficient of X^3.
std::array<Fr, 3> fr_round_product3(std::span<const Fr> e, std::span<const Fr> a, std::span<const Fr> b);

// For t(X) = sum_i w[i] a_i(X) b_i(X): returns {t(0), t(infinity)}. Sizes: a, b: 2n; w: n.
std::array<Fr, 2> fr_round_weighted(std::span<const Fr> a, std::span<const Fr> b, std::span<const Fr> w);

// Two tables of fractions of one size, numerators p and denominators q.
struct FractionPairs {
  std::span<const Fr> p0, p1, q0, q1;
};

// One layer up in a tree of fractional sums: p[i] / q[i] = p0[i] / q0[i] + p1[i] / q1[i], as
//   p[i] = p0[i] q1[i] + p1[i] q0[i],   q[i] = q0[i] q1[i].
void fr_fraction_layer(std::span<Fr> p, std::span<Fr> q, const FractionPairs& children);

// For t(X) = sum_i w[i] (p0_i(X) q1_i(X) + p1_i(X) q0_i(X) + lambda q0_i(X) q1_i(X)): returns {t(0), t(infinity)}.
// Sizes: of the tables 2n; w: n.
std::array<Fr, 2> fr_round_fraction(const FractionPairs& tables, const Fr& lambda, std::span<const Fr> w);

}  // namespace proofcard
