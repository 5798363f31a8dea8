// Transforms of points: from the powers of a secret tau in a group to the Lagrange polynomials' values at tau, which the
// columns of a circuit are sums of.
//
// Notation: w = root_of_unity(log_n), n = 2^log_n. L_i is the polynomial of degree below n with L_i(w^i) = 1 and 0 at
//           the other n-th roots of unity: n L_i = sum_j w^(-i j) x^j.
// Order:    natural on both sides.
#pragma once

#include <vector>

#include "host/curve/g1.hpp"
#include "host/curve/g2.hpp"
#include "host/field/fr.hpp"

namespace proofcard::groth16 {

// [L_i(tau)] from [tau^j], i, j < n. Pre: powers.size() is a power of two up to 2^28.
std::vector<curve::G1Affine> lagrange_points(std::vector<curve::G1Affine> powers);
std::vector<curve::G2Affine> lagrange_points(std::vector<curve::G2Affine> powers);

// [K_i(tau)] from [tau^j], j < 2 n, where K_i is the Lagrange polynomial of degree below 2 n at the odd power 2 i + 1 of
// root_of_unity(log_n + 1): the bases H of a key. Pre: powers.size() = 2 n, a power of two up to 2^28.
std::vector<curve::G1Affine> odd_lagrange_points(std::span<const curve::G1Affine> powers);

}  // namespace proofcard::groth16
