// Bodies of multilinear.hpp. For Fr they are instantiated in multilinear.cpp.
#pragma once

#include <algorithm>

#include "host/base/bits.hpp"
#include "host/poly/multilinear.hpp"

namespace proofcard::poly {

template <class N>
N eq(Coordinates<N> a, Coordinates<N> b) {
  const N one(Fr::one());
  N product = one;
  for (std::size_t i = 0; i < a.size(); ++i) {
    const N ab = a[i] * b[i];
    product *= ab + ab + one - a[i] - b[i];
  }
  return product;
}

template <class N>
N eq_index(Coordinates<N> point, std::size_t index) {
  const N one(Fr::one());
  N product = one;
  for (std::size_t i = 0; i < point.size(); ++i) {
    product *= ((index >> i) & 1) != 0 ? point[i] : one - point[i];
  }
  return product;
}

// From the top variable down, so that only what leads to the first n entries is multiplied: at most one product an entry.
template <class N>
std::vector<N> eq_prefix(Coordinates<N> point, std::size_t n) {
  std::vector<N> table(std::min<std::size_t>(n, 1), N(Fr::one()));
  for (std::size_t i = point.size(); i-- > 0 && n > 0;) {
    std::vector<N> next(((n - 1) >> i) + 1);
    for (std::size_t x = 0; x < table.size(); ++x) {
      const N upper = table[x] * point[i];
      next[2 * x] = table[x] - upper;
      if (2 * x + 1 < next.size()) {
        next[2 * x + 1] = upper;
      }
    }
    table = std::move(next);
  }
  return table;
}

template <class N>
N range_indicator(Coordinates<N> point, std::uint64_t n) {
  // From the top variable down: the block of indices that share n's higher bits splits in a lower half, wholly inside
  // when n's bit is 1, and an upper half that continues.
  const N one(Fr::one());
  N sum;
  N prefix = one;
  if (point.size() < 64 && n >= (std::uint64_t{1} << point.size())) {
    return one;
  }
  for (std::size_t i = point.size(); i-- > 0 && n != 0;) {
    const N upper = prefix * point[i];
    if (((n >> i) & 1) != 0) {
      sum += prefix - upper;
      prefix = upper;
      n ^= std::uint64_t{1} << i;
    } else {
      prefix -= upper;
    }
  }
  return sum;
}

template <class N>
N range_index_sum(Coordinates<N> point, std::uint64_t n) {
  // As in range_indicator: each 1 of n ends a block [base, base + 2^i), over which index sums to base + sum_{k<i} 2^k
  // point_k.
  std::vector<N> low(point.size() + 1);  // sum_{k<i} 2^k point_k
  for (std::size_t k = 0; k < point.size(); ++k) {
    low[k + 1] = low[k] + point[k] * N(Fr::from_u64(std::uint64_t{1} << k));
  }
  if (point.size() < 64 && n >= (std::uint64_t{1} << point.size())) {
    return low[point.size()];
  }
  N sum;
  N prefix(Fr::one());
  std::uint64_t base = 0;
  for (std::size_t i = point.size(); i-- > 0 && n != 0;) {
    const N upper = prefix * point[i];
    if (((n >> i) & 1) != 0) {
      sum += (prefix - upper) * (N(Fr::from_u64(base)) + low[i]);
      prefix = upper;
      base |= std::uint64_t{1} << i;
      n ^= std::uint64_t{1} << i;
    } else {
      prefix -= upper;
    }
  }
  return sum;
}

template <class N>
N range_eq(Coordinates<N> a, Coordinates<N> b, std::uint64_t n) {
  // From the bottom variable up: below[i] is the sum over what is below n's lowest i bits, all[i] over all of them.
  const N one(Fr::one());
  N all = one;
  N below;
  for (std::size_t i = 0; i < a.size(); ++i) {
    const N upper = a[i] * b[i];
    const N lower = one - a[i] - b[i] + upper;
    below = ((n >> i) & 1) != 0 ? lower * all + upper * below : lower * below;
    all *= lower + upper;
  }
  return (n >> a.size()) != 0 ? all : below;
}

// Rows of 2^low values are sums of constants times one table, so that only the tables and a product a row are products of numbers.
template <class N>
N evaluate(std::span<const std::int64_t> values, Coordinates<N> point) {
  const std::size_t low = std::min<std::size_t>(point.size(), (ceil_log2(values.size()) + 1) / 2);
  const std::size_t block = std::size_t{1} << low;
  const std::vector<N> eq_low = eq_prefix<N>(point.first(low), std::min(block, values.size()));
  const std::vector<N> eq_high = eq_prefix<N>(point.subspan(low), (values.size() + block - 1) / block);
  N sum;
  for (std::size_t b = 0; b < eq_high.size(); ++b) {
    N inner;
    for (std::size_t i = 0; i < std::min(block, values.size() - b * block); ++i) {
      inner += eq_low[i] * N(Fr::from_i64(values[b * block + i]));
    }
    sum += inner * eq_high[b];
  }
  return sum;
}

template <class N>
N evaluate_numbers(std::vector<N> values, Coordinates<N> point) {
  const N one(Fr::one());
  for (const N& r : point) {
    const std::size_t pairs = values.size() / 2;
    for (std::size_t i = 0; i < pairs; ++i) {
      values[i] = values[2 * i] + (values[2 * i + 1] - values[2 * i]) * r;
    }
    if (values.size() % 2 == 1) {
      values[pairs] = values.back() * (one - r);
    }
    values.resize((values.size() + 1) / 2);
  }
  return values.empty() ? N() : values[0];
}

}  // namespace proofcard::poly
