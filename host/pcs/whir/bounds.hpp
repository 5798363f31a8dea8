// Bounds on Reed-Solomon codes that soundness rests on, as bits: -log2 of a probability. docs/hash-commitments.md
// derives them and names sources.
//
// Notation: n rows, K coefficients a column, rho = K / n, rho' = (K - 1) / n; agreement (1 + 1 / (2 m)) sqrt(rho).
#pragma once

#include <cstddef>

#include "host/pcs/whir/parameters.hpp"

namespace proofcard::pcs::whir {

inline constexpr double kLog2Modulus = 253.596;  // of Fr, rounded down
inline constexpr unsigned kMinMultiplicity = 3;  // of the theorem
inline constexpr unsigned kMaxMultiplicity = 1024;
inline constexpr std::size_t kMaxClaims = std::size_t{1} << 20;
// Room that the shares of queries leave to all other errors together.
inline constexpr double kOtherErrorsBits = 0.02;

// -log2 of the share of rows that a word far from a vector may agree with it in.
double bits_a_query(const Oracle& oracle, hash::Function function);
double bits_a_query(double log2_inv_rate, unsigned multiplicity);

// With kPoseidon2 several rows come from one element: low bits of a number below p, of which each value has at most
// 1 + 2^238 / p times its share (p > 2^253.5). Bits that an element's rows are worth less for that, at most: 2^-15.5 log2(e), here of
// each row.
inline constexpr double kDrawingBits = 3.2e-5;

// log2 of how many vectors a word can be near to: (m + 1/2) / sqrt(rho), which bounds Johnson's
// a / (a^2 - rho) for agreement a.
double log2_list_size(const Oracle& oracle);
double log2_list_size(double log2_inv_rate, unsigned multiplicity);

// Of a line u_0 + r u_1 through two columns: at most (m + 1/2)^7 n^2 / (3 rho'^(3/2)) bad challenges r.
double line_bits(double num_coefficients, unsigned log_rows, unsigned multiplicity);

// Of a fold of one more coordinate, when `bound` coordinates of the rows are bound: 2^(log_width - bound - 1) pairs of
// columns, each with the bad challenges of a line.
double folding_bits(const Code& code, unsigned multiplicity, unsigned bound);

// Of a fold of what is left of the columns with the mask's: one pair.
double masking_bits(const Oracle& oracle);

}  // namespace proofcard::pcs::whir
