#include "host/pcs/whir/weight.hpp"

namespace proofcard::pcs::whir {

ProductWeight ProductWeight::at_point(const Fr& coefficient, std::size_t offset, std::span<const Fr> point) {
  ProductWeight out{coefficient, offset, {}};
  for (const Fr& p : point) {
    out.factors.push_back({Fr::one() - p, p});
  }
  return out;
}

ProductWeight ProductWeight::powers(const Fr& coefficient, std::size_t offset, const Fr& x, unsigned n) {
  ProductWeight out{coefficient, offset, {}};
  Fr power = x;
  for (unsigned i = 0; i < n; ++i, power = power.square()) {
    out.factors.push_back({Fr::one(), power});
  }
  return out;
}

void ProductWeight::bind(const Fr& r) {
  if (bound < factors.size()) {
    const auto& [at_0, at_1] = factors[bound++];
    coefficient *= at_0 + r * (at_1 - at_0);
  } else {
    coefficient *= offset % 2 == 1 ? r : Fr::one() - r;
  }
  offset /= 2;
}

Fr ProductWeight::sum(std::span<const Fr> values) const {
  std::size_t size = std::size_t{1} << (factors.size() - bound);
  std::vector<Fr> left(values.begin() + static_cast<std::ptrdiff_t>(offset),
                       values.begin() + static_cast<std::ptrdiff_t>(offset + size));
  for (std::size_t i = bound; i < factors.size(); ++i) {
    size /= 2;
    for (std::size_t b = 0; b < size; ++b) {
      left[b] = factors[i][0] * left[2 * b] + factors[i][1] * left[2 * b + 1];
    }
  }
  return coefficient * left[0];
}

}  // namespace proofcard::pcs::whir
