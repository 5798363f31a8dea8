// Parameters of one argument: the code, queries and grinding, from the number of values and of products alone; and the
// soundness that is proved for them.
//
// Terms:   those of pcs/whir. A *column* is a polynomial of which column_len() values are given, those on the subgroup H
//          of that order; a *row* of the word has the values of all columns at one point outside of H, and rows are what
//          is opened. (Ames, Hazay, Ishai, Venkitasubramaniam, "Ligero", eprint 2022/1608, call the first rows and the
//          second columns.)
// Radius:  Johnson's, with multiplicity kMultiplicity (pcs/whir/bounds.hpp); docs/hash-commitments.md, "Proving the
//          equations". Nothing is conjectured.
#pragma once

#include <cstddef>
#include <vector>

#include "host/pcs/whir/bounds.hpp"
#include "host/pcs/whir/parameters.hpp"

namespace proofcard::zk::ligero {

inline constexpr unsigned kMultiplicity = 256;
inline constexpr std::size_t kMaxValues = std::size_t{1} << 20;
inline constexpr std::size_t kMaxProducts = std::size_t{1} << 18;
inline constexpr std::size_t kMaxConstraints = std::size_t{1} << 20;  // what soundness is counted for

struct Parameters {
  unsigned security_bits = 0;
  unsigned grinding_bits = 0;
  std::size_t num_values = 0;
  std::size_t num_products = 0;
  unsigned log_column_len = 0;
  unsigned log_rows = 0;
  unsigned num_queries = 0;

  std::size_t column_len() const { return std::size_t{1} << log_column_len; }
  std::size_t rows() const { return std::size_t{1} << log_rows; }
  // Random coefficients of a column: with them so many of its rows are uniform, whatever the values. One more than are
  // opened, so that every other row is uniform too and nobody guesses what its digest is of.
  std::size_t num_random() const { return num_queries + 1; }
  // Coefficients of a column.
  std::size_t num_coefficients() const { return column_len() + num_random(); }
  // Coefficients of the sum polynomial (protocol.hpp).
  std::size_t num_sum_coefficients() const {
    return num_coefficients() + (num_products == 0 ? column_len() : num_coefficients()) - 1;
  }

  // The first word: columns of values, then the masks of the sum, then the mask of the combined word.
  std::size_t num_value_columns() const { return columns_for(num_values); }
  std::size_t num_sum_masks() const;
  std::size_t num_columns() const { return num_value_columns() + num_sum_masks() + 1; }
  // The mask of the sum is sum_i X^shift(i) mask_i(X). Shifts are at most column_len() apart, so neighbours have at
  // least num_random() powers in common, and the last mask reaches to the highest one.
  std::size_t mask_shift(std::size_t i) const;

  // The second word, when there are products: columns of left factors, then of right factors.
  std::size_t num_factor_columns() const { return columns_for(num_products); }

  // Of the combined word: one a variable of eq(r, .) over all columns but its mask, and rho.
  std::size_t num_fold_challenges() const;

  bool operator==(const Parameters&) const = default;

 private:
  std::size_t columns_for(std::size_t n) const { return (n + column_len() - 1) >> log_column_len; }
};

// The code with the fewest bytes (proof_bytes) among those of rate 1/4 or less whose words have at most 2^16 elements, or
// 32 a value and factor if that is more. Errors: kBadInput for no values, for more than kMaxValues or kMaxProducts, and
// for security that no such code has.
Result<Parameters> make_parameters(std::size_t num_values, std::size_t num_products, unsigned security_bits);

// Bytes of the argument and of the first root, if all queries were different and no two paths met below the level that
// has a node for each query; a proof is rarely longer.
std::size_t proof_bytes(const Parameters& parameters);

// log2 of how many vectors of values the first root may stand for. Whatever else is proved about the values has that
// many times its error.
double log2_list_size(const Parameters& parameters);

// Upper bounds of all errors, one by one, for kMaxConstraints.
std::vector<pcs::whir::Step> soundness(const Parameters& parameters);

}  // namespace proofcard::zk::ligero
