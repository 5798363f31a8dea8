// The verifier's constraints on hidden messages as a relaxed rank-1 constraint system.
//
// Row x:     A_x(z) B_x(z) = u C_x(z) + E_x, with A, B, C affine in z, their constants multiplied by u. Honest: u = 1,
// E = 0. Vector z:  two halves of equal power-of-two size. Lower: hidden rows, row * kHiddenRowLen + position. Upper:
// the opening's last vector. Products:  a constraint with k > 1 products has k - 1 auxiliary variables, its later
// products, sent as hidden rows of their own. Source:    Kothapalli, Setty, Tzialla, "Nova" (eprint 2021/370), sec. 4,
// for relaxed R1CS.
#pragma once

#include <span>
#include <vector>

#include "host/transcript/channel.hpp"

namespace proofcard::zk {

inline constexpr unsigned kHiddenRowVars = 4;
static_assert(std::size_t{1} << kHiddenRowVars == kHiddenRowLen);

struct R1csRow {
  Value a;
  Value b;
  Value c;
};

struct R1cs {
  std::vector<R1csRow> rows;
  unsigned log_rows = 0;  // rows, padded
  unsigned log_half = 0;  // of each half of z
  std::size_t num_hidden_rows = 0;
  std::size_t vector_size = 0;
};

// Number of auxiliary variables that the constraints need.
std::size_t num_auxiliary(std::span<const VerifierChannel::Constraint> constraints);

// auxiliary: their variables, in order of constraints and products. num_hidden_rows counts all rows, auxiliary ones
// included.
R1cs build(std::span<const VerifierChannel::Constraint> constraints, std::span<const Value> auxiliary,
           std::size_t num_hidden_rows, std::size_t vector_size);

// z from the hidden rows' values (stride kHiddenRowLen) and the vector.
std::vector<Fr> make_z(const R1cs& r1cs, std::span<const Fr> hidden_values, std::span<const Fr> vector);

// E is committed in rows of kHiddenRowLen: weights of those rows, and of positions in a row, for E's extension at a row
// point.
std::vector<Fr> error_row_weights(const R1cs& r1cs, std::span<const Fr> row_point);
std::vector<Fr> error_row_position(const R1cs& r1cs, std::span<const Fr> row_point);

std::size_t index_of(const R1cs& r1cs, std::uint32_t variable);

// The value of an affine form at z, its constant times u.
Fr evaluate(const R1cs& r1cs, const Value& form, std::span<const Fr> z, const Fr& u);

// sum_x weights[x] (A_x + rho B_x + rho^2 C_x) as coefficients on z and on u.
struct CombinedRow {
  std::vector<Fr> coefficients;
  Fr constant;
};
CombinedRow combine(const R1cs& r1cs, std::span<const Fr> weights, const Fr& rho);
// Its parts without the table of coefficients: the constant, and the multilinear extension of the coefficients at a
// point of log_half + 1 coordinates.
Fr combined_constant(const R1cs& r1cs, std::span<const Fr> weights, const Fr& rho);
Fr combined_at(const R1cs& r1cs, std::span<const Fr> weights, const Fr& rho, std::span<const Fr> point);

}  // namespace proofcard::zk
