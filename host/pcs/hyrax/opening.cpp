#include "host/pcs/hyrax/opening.hpp"

#include <algorithm>
#include <bit>

#include "host/field/fr_vector.hpp"

namespace proofcard::pcs::hyrax {

std::vector<Fr> RowWeights::table(std::size_t length) const {
  std::vector<Fr> out(length);
  const std::vector<Fr> eq = fr_eq_table(point);
  std::copy(eq.begin(), eq.end(), out.begin() + static_cast<std::ptrdiff_t>(position));
  return out;
}

Fr RowWeights::at(std::span<const Fr> s) const {
  return poly::eq(point, s.first(point.size())) * poly::eq_index(s.subspan(point.size()), position >> point.size());
}

std::vector<Fr> powers(const Fr& x, std::size_t n) {
  std::vector<Fr> out(n);
  Fr p = Fr::one();
  for (Fr& v : out) {
    v = p;
    p *= x;
  }
  return out;
}

std::vector<Fr> fold_factors(std::span<const Fr> inverse_challenges) {
  // The first fold splits the top bit of the position, which is the top bit of t.
  std::vector<Fr> factors{Fr::one()};
  for (const Fr& inverse : inverse_challenges) {
    std::vector<Fr> next;
    next.reserve(2 * factors.size());
    for (const Fr& f : factors) {
      next.push_back(f);
      next.push_back(f * inverse);
    }
    factors = std::move(next);
  }
  return factors;
}

}  // namespace proofcard::pcs::hyrax
