#include "host/poly/multilinear.hpp"

#include <algorithm>

#include "host/field/fr_vector.hpp"
#include "host/poly/multilinear_impl.hpp"

namespace proofcard::poly {
namespace {

template <class Int>
Fr weighted_sum(std::span<const Int> values, std::span<const Fr> point) {
  // Products of the low variables are shared by all blocks of 2^kLow values.
  constexpr std::size_t kLow = 10;
  const std::size_t low = std::min<std::size_t>(kLow, point.size());
  const std::vector<Fr> eq_low = fr_eq_table(point.first(low));
  const std::size_t block = std::size_t{1} << low;
  const std::vector<Fr> eq_high = eq_prefix(point.subspan(low), (values.size() + block - 1) / block);
  Fr sum;
  for (std::size_t b = 0; b < eq_high.size(); ++b) {
    Fr inner;
    const std::size_t n = std::min(block, values.size() - b * block);
    for (std::size_t i = 0; i < n; ++i) {
      const std::int64_t v = values[b * block + i];
      if (v == 1) {
        inner += eq_low[i];
      } else if (v != 0) {
        inner += eq_low[i] * Fr::from_i64(v);
      }
    }
    sum += inner * eq_high[b];
  }
  return sum;
}

}  // namespace

template <>
std::vector<Fr> eq_prefix<Fr>(Coordinates<Fr> point, std::size_t n) {
  std::vector<Fr> table = fr_eq_table(point);
  table.resize(n);
  return table;
}

template <>
Fr evaluate<Fr>(std::span<const std::int64_t> values, Coordinates<Fr> point) {
  return weighted_sum(values, point);
}

Fr evaluate(const IntSpan& values, std::span<const Fr> point) {
  return visit_ints(values, [&](auto v) { return weighted_sum(v, point); });
}

template Fr eq<Fr>(Coordinates<Fr>, Coordinates<Fr>);
template Fr eq_index<Fr>(Coordinates<Fr>, std::size_t);
template Fr range_indicator<Fr>(Coordinates<Fr>, std::uint64_t);
template Fr range_index_sum<Fr>(Coordinates<Fr>, std::uint64_t);
template Fr range_eq<Fr>(Coordinates<Fr>, Coordinates<Fr>, std::uint64_t);

}  // namespace proofcard::poly
