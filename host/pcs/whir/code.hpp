// The codes of WHIR: a vector of 2^log_size values as rows of a Reed-Solomon code word.
//
// Source:  Arnon, Chiesa, Fenzi, Yogev, "WHIR" (eprint 2024/1586), sec. 4 (constrained, interleaved Reed-Solomon codes).
// Deviation: the values themselves are the coefficients, not the coefficients of their multilinear extension, so that
//          small integers stay small; docs/hash-commitments.md says why folding and soundness are the same.
// Shape:   column j < 2^log_width is the polynomial with coefficients values[j + 2^log_width b], b ascending. Row i has
//          the values of all columns at w^i, w = root_of_unity(log_rows).
#pragma once

#include <algorithm>

#include "host/base/result.hpp"
#include "host/field/two_adic.hpp"
#include "host/hash/function.hpp"
#include "host/kernels/ntt.hpp"

namespace proofcard::pcs::whir {

struct Code {
  unsigned log_size = 0;
  unsigned log_width = 0;     // variables that are folded together
  unsigned log_inv_rate = 0;  // rows a coefficient of a column

  unsigned log_degree() const { return log_size - log_width; }  // coefficients of a column
  unsigned log_rows() const { return log_degree() + log_inv_rate; }
  bool operator==(const Code&) const = default;
};

// Width of committed vectors, and of what they are folded to.
inline constexpr unsigned kInputLogWidth = 4;
inline constexpr unsigned kRoundLogWidth = 3;
inline constexpr std::size_t kInputWidth = std::size_t{1} << kInputLogWidth;
// Shorter vectors are committed with zeros behind their values.
inline constexpr unsigned kMinLogSize = kInputLogWidth + 1;

// As many as transforms and the field's roots of unity allow.
inline constexpr unsigned kMaxLogRows = std::min(kernels::kMaxLogNtt, TwoAdic<Fr>::kLogOrder);

// Variables that are folded together in words that are not inputs.
constexpr unsigned round_log_width(hash::Function function) {
  return function == hash::Function::kPoseidon2 ? kInputLogWidth : kRoundLogWidth;
}

// The code of a committed vector; by its size and the hash alone. Errors: kBadInput for a vector that has no code, because its
// transform is longer than the kernels or the roots of unity of the field allow.
Result<Code> input_code(unsigned log_size, hash::Function function = hash::Function::kSha256);

}  // namespace proofcard::pcs::whir
