// ProductWeight: weights of a vector's values that are a product over the bits of their index, which is what a verifier
// keeps of a claim: it can bind variables of them without a table.
//
// Shape:  weight of index offset + b, b < 2^n, is coefficient * prod_i f_i(bit i of b), f_i(1) = factors[i]; f_i(0) is 1 for powers and
//         1 - factors[i] for a point. All others are 0. The offset is a multiple of 2^n.
// N:      Fr, or what else a verifier runs over (host/transcript/checking_channel.hpp).
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "host/field/fr.hpp"
#include "host/poly/multilinear.hpp"

namespace proofcard::pcs::whir {

enum class WeightKind : std::uint8_t { kPoint, kPowers };

template <class N>
struct ProductWeightOver {
  N coefficient;
  std::size_t offset = 0;
  WeightKind kind = WeightKind::kPoint;
  std::vector<N> factors;
  std::size_t bound = 0;  // factors that are bound: the first ones

  // eq(point, .) on the slot at the offset.
  static ProductWeightOver at_point(const N& coefficient, std::size_t offset, poly::Coordinates<N> point) {
    return {coefficient, offset, WeightKind::kPoint, {point.begin(), point.end()}};
  }
  // The powers 1, x, x^2, .. on the slot of 2^n values.
  static ProductWeightOver powers(const N& coefficient, std::size_t offset, const N& x, unsigned n) {
    ProductWeightOver out{coefficient, offset, WeightKind::kPowers, {}};
    N power = x;
    for (unsigned i = 0; i < n; ++i) {
      out.factors.push_back(power);
      if (i + 1 < n) {
        power *= power;
      }
    }
    return out;
  }

  // Fixes variable 0 of the vector to r; what was index 2 i or 2 i + 1 is i.
  void bind(const N& r) {
    const N one(Fr::one());
    if (bound < factors.size()) {
      const N& f = factors[bound++];
      const N product = r * f;
      coefficient *= kind == WeightKind::kPowers ? one - r + product : one - r - f + product + product;
    } else {
      coefficient *= offset % 2 == 1 ? r : one - r;
    }
    offset /= 2;
  }

  // sum_i weight(i) values[i]. Pre: the slot lies in the values.
  N sum(std::span<const N> values) const {
    std::size_t size = std::size_t{1} << (factors.size() - bound);
    const auto slot = values.subspan(offset, size);
    std::vector<N> left(slot.begin(), slot.end());
    for (std::size_t i = bound; i < factors.size(); ++i) {
      size /= 2;
      for (std::size_t b = 0; b < size; ++b) {
        const N& at_0 = left[2 * b];
        const N& at_1 = left[2 * b + 1];
        left[b] = at_0 + factors[i] * (kind == WeightKind::kPowers ? at_1 : at_1 - at_0);
      }
    }
    return coefficient * left[0];
  }
};
using ProductWeight = ProductWeightOver<Fr>;

}  // namespace proofcard::pcs::whir
