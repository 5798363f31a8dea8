// ProductWeight: weights of a vector's values that are a product over the bits of their index, which is what a verifier
// keeps of a claim: it can bind variables of them without a table.
//
// Shape:  weight of index offset + b, b < 2^n, is coefficient * prod_i factors[i][bit i of b]; all others are 0. The
//         offset is a multiple of 2^n.
#pragma once

#include <array>
#include <cstddef>
#include <span>
#include <vector>

#include "host/field/fr.hpp"

namespace proofcard::pcs::whir {

struct ProductWeight {
  Fr coefficient;
  std::size_t offset = 0;
  std::vector<std::array<Fr, 2>> factors;
  std::size_t bound = 0;  // factors that are bound: the first ones

  // eq(point, .) on the slot at the offset.
  static ProductWeight at_point(const Fr& coefficient, std::size_t offset, std::span<const Fr> point);
  // The powers 1, x, x^2, .. on the slot of 2^n values.
  static ProductWeight powers(const Fr& coefficient, std::size_t offset, const Fr& x, unsigned n);

  // Fixes variable 0 of the vector to r; what was index 2 i or 2 i + 1 is i.
  void bind(const Fr& r);
  // sum_i weight(i) values[i]. Pre: the slot lies in the values.
  Fr sum(std::span<const Fr> values) const;
};

}  // namespace proofcard::pcs::whir
