#include "host/pcs/hyrax/opening.hpp"

#include <algorithm>
#include <bit>

#include "host/field/fr_vector.hpp"
#include "host/transcript/hiding_key.hpp"

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

void add_vector_side(PointSum& sum, const Fr& scale, const VectorEquation& equation, std::span<const Fr> last,
                     std::span<const curve::G1Affine> generators) {
  for (std::size_t t = 0; t < equation.factors.size(); ++t) {
    const Fr factor = scale * equation.factors[t];
    for (std::size_t i = 0; i < last.size(); ++i) {
      sum.add(generators[t * last.size() + i], last[i] * factor);
    }
  }
  if (!equation.inner_product_factor.is_zero()) {
    sum.add(hiding_key().columns[0], scale * equation.inner_product_factor * fr_dot(last, equation.b));
  }
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
