#include "host/poly/multilinear.hpp"

#include <algorithm>

#include "host/field/fr_vector.hpp"

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

Fr eq(std::span<const Fr> a, std::span<const Fr> b) {
  Fr product = Fr::one();
  for (std::size_t i = 0; i < a.size(); ++i) {
    const Fr ab = a[i] * b[i];
    product *= ab + ab + Fr::one() - a[i] - b[i];
  }
  return product;
}

Fr eq_index(std::span<const Fr> point, std::size_t index) {
  Fr product = Fr::one();
  for (std::size_t i = 0; i < point.size(); ++i) {
    product *= ((index >> i) & 1) != 0 ? point[i] : Fr::one() - point[i];
  }
  return product;
}

std::vector<Fr> eq_prefix(std::span<const Fr> point, std::size_t n) {
  std::vector<Fr> table = fr_eq_table(point);
  table.resize(n);
  return table;
}

Fr range_indicator(std::span<const Fr> point, std::uint64_t n) {
  // From the top variable down: the block of indices that share n's higher bits splits in a lower half, wholly inside
  // when n's bit is 1, and an upper half that continues.
  Fr sum;
  Fr prefix = Fr::one();
  if (point.size() < 64 && n >= (std::uint64_t{1} << point.size())) {
    return Fr::one();
  }
  for (std::size_t i = point.size(); i-- > 0;) {
    const bool bit = ((n >> i) & 1) != 0;
    if (bit) {
      sum += prefix * (Fr::one() - point[i]);
      prefix *= point[i];
    } else {
      prefix *= Fr::one() - point[i];
    }
  }
  return sum;
}

Fr range_index_sum(std::span<const Fr> point, std::uint64_t n) {
  // As in range_indicator: each 1 of n ends a block [base, base + 2^i), over which index sums to base + sum_{k<i} 2^k
  // point_k.
  std::vector<Fr> low(point.size() + 1);  // sum_{k<i} 2^k point_k
  for (std::size_t k = 0; k < point.size(); ++k) {
    low[k + 1] = low[k] + Fr::from_u64(std::uint64_t{1} << k) * point[k];
  }
  if (point.size() < 64 && n >= (std::uint64_t{1} << point.size())) {
    return low[point.size()];
  }
  Fr sum;
  Fr prefix = Fr::one();
  std::uint64_t base = 0;
  for (std::size_t i = point.size(); i-- > 0;) {
    if (((n >> i) & 1) != 0) {
      sum += prefix * (Fr::one() - point[i]) * (Fr::from_u64(base) + low[i]);
      prefix *= point[i];
      base |= std::uint64_t{1} << i;
    } else {
      prefix *= Fr::one() - point[i];
    }
  }
  return sum;
}

Fr evaluate(std::span<const std::int64_t> values, std::span<const Fr> point) { return weighted_sum(values, point); }

Fr evaluate(const IntSpan& values, std::span<const Fr> point) {
  return visit_ints(values, [&](auto v) { return weighted_sum(v, point); });
}

}  // namespace proofcard::poly
