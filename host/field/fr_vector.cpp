#include "host/field/fr_vector.hpp"

#include <algorithm>
#include <array>

#include "host/base/check.hpp"
#include "host/base/mutex.hpp"
#include "host/base/parallel.hpp"
#include "host/field/fr_vector_kernels.hpp"

namespace proofcard {
namespace detail {

const FrVectorKernels& fr_vector_kernels() {
#if defined(__x86_64__)
  if (active_isa() == Isa::kAvx512) {
    return fr_vector_avx512();
  }
#endif
  return fr_vector_portable();
}

}  // namespace detail

namespace {

using detail::FrVectorKernels;
using detail::kLanes;
using detail::WideSum;

// Elements (or pairs) a task: some 20 microseconds of products, far above the cost of a task.
constexpr std::size_t kGrain = 2048;

static_assert(sizeof(Fr) == 32 && alignof(Fr) == 8);
const std::uint64_t* words(const Fr* f) { return f->montgomery().data(); }
std::uint64_t* words(Fr* f) { return const_cast<std::uint64_t*>(f->montgomery().data()); }

// S of fr_vector_kernels.hpp divided by 2^256, as a Montgomery form.
Fr reduce(const WideSum& s) {
  const auto& w = s.words;
  const Fr unit = Fr::from_montgomery({1, 0, 0, 0});  // a product with it divides by 2^256
  const Fr lo = Fr::from_u256_reduced({w[0], w[1], w[2], w[3]});
  const Fr hi = Fr::from_u256_reduced({w[4], w[5], w[6], w[7]});
  return (lo * unit + hi) * unit + Fr::from_u256_reduced({w[8], 0, 0, 0});
}

// Runs body(kernels, begin, end) over [0, n): the active kernels on multiples of kLanes, the portable ones on the rest.
template <class Body>
void for_range(std::size_t begin, std::size_t end, const Body& body) {
  const std::size_t split = begin + (end - begin) / kLanes * kLanes;
  if (split > begin) {
    body(detail::fr_vector_kernels(), begin, split);
  }
  if (end > split) {
    body(detail::fr_vector_portable(), split, end);
  }
}

template <class Body>
void for_each_range(std::size_t n, const Body& body) {
  if (n <= kGrain) {
    for_range(0, n, body);
    return;
  }
  const std::size_t lane_groups = (n + kLanes - 1) / kLanes;
  parallel_for(lane_groups, kGrain / kLanes,
               [&](std::size_t begin, std::size_t end) { for_range(begin * kLanes, std::min(n, end * kLanes), body); });
}

// Adds up body(kernels, WideSum out[Count], begin, end) over [0, n).
template <std::size_t Count, class Body>
std::array<Fr, Count> sum_ranges(std::size_t n, const Body& body) {
  std::array<Fr, Count> total{};
  Mutex mutex;
  for_each_range(n, [&](const FrVectorKernels& kernels, std::size_t begin, std::size_t end) {
    std::array<Fr, Count> partial{};
    for (std::size_t at = begin; at < end;) {
      const std::size_t next = std::min(end, at + detail::kMaxSumCount);
      std::array<WideSum, Count> sums;
      body(kernels, sums.data(), at, next);
      for (std::size_t k = 0; k < Count; ++k) {
        partial[k] += reduce(sums[k]);
      }
      at = next;
    }
    const Lock lock(mutex);
    for (std::size_t k = 0; k < Count; ++k) {
      total[k] += partial[k];
    }
  });
  return total;
}

}  // namespace

void fr_mul(std::span<Fr> out, std::span<const Fr> a, std::span<const Fr> b) {
  PROOFCARD_CHECK(out.size() == a.size() && out.size() == b.size());
  for_each_range(out.size(), [&](const FrVectorKernels& kernels, std::size_t begin, std::size_t end) {
    kernels.mul(words(&out[begin]), words(&a[begin]), words(&b[begin]), end - begin);
  });
}

void fr_axpy(std::span<Fr> acc, const Fr& k, std::span<const Fr> a) {
  PROOFCARD_CHECK(acc.size() == a.size());
  for_each_range(acc.size(), [&](const FrVectorKernels& kernels, std::size_t begin, std::size_t end) {
    kernels.axpy(words(&acc[begin]), words(&k), words(&a[begin]), end - begin);
  });
}

Fr fr_dot(std::span<const Fr> a, std::span<const Fr> b) {
  PROOFCARD_CHECK(a.size() == b.size());
  return sum_ranges<1>(a.size(), [&](const FrVectorKernels& kernels, WideSum* out, std::size_t begin, std::size_t end) {
    kernels.dot(out, words(&a[begin]), words(&b[begin]), end - begin);
  })[0];
}

void fr_bind_low(std::vector<Fr>& table, const Fr& r) {
  PROOFCARD_CHECK(table.size() % 2 == 0);
  const std::size_t half = table.size() / 2;
  const Fr point = r;  // r may be an element of the table
  const auto bind = [&](std::size_t begin, std::size_t end) {
    for_range(begin, end, [&](const FrVectorKernels& kernels, std::size_t from, std::size_t to) {
      kernels.bind_low(words(&table[from]), words(&table[2 * from]), words(&point), to - from);
    });
  };
  // In place: outputs [s, 2s) come from inputs [2s, 4s) and overwrite inputs that the steps before have used up.
  std::size_t done = std::min(half, kGrain);
  bind(0, done);
  while (done < half) {
    const std::size_t next = std::min(half, 2 * done);
    const std::size_t lane_groups = (next - done + kLanes - 1) / kLanes;
    parallel_for(lane_groups, kGrain / kLanes, [&](std::size_t begin, std::size_t end) {
      bind(done + begin * kLanes, std::min(next, done + end * kLanes));
    });
    done = next;
  }
  table.resize(half);
}

void fr_bind_low(std::span<Fr> out, std::span<const Fr> table, const Fr& r) {
  PROOFCARD_CHECK(table.size() == 2 * out.size());
  for_each_range(out.size(), [&](const FrVectorKernels& kernels, std::size_t begin, std::size_t end) {
    kernels.bind_low(words(&out[begin]), words(&table[2 * begin]), words(&r), end - begin);
  });
}

std::vector<Fr> fr_eq_table(std::span<const Fr> point, const Fr& scale) {
  PROOFCARD_CHECK(point.size() < 48);
  std::vector<Fr> table(std::size_t{1} << point.size());
  table[0] = scale;
  for (std::size_t k = 0; k < point.size(); ++k) {
    const std::size_t half = std::size_t{1} << k;
    for_each_range(half, [&](const FrVectorKernels& kernels, std::size_t begin, std::size_t end) {
      kernels.eq_step(words(&table[begin]), words(&table[half + begin]), words(&point[k]), end - begin);
    });
  }
  return table;
}

std::array<Fr, 2> fr_round_product2(std::span<const Fr> a, std::span<const Fr> b) {
  PROOFCARD_CHECK(a.size() == b.size() && a.size() % 2 == 0);
  return sum_ranges<2>(a.size() / 2,
                       [&](const FrVectorKernels& kernels, WideSum* out, std::size_t begin, std::size_t end) {
                         kernels.round_product2(out, words(&a[2 * begin]), words(&b[2 * begin]), end - begin);
                       });
}

std::array<Fr, 3> fr_round_product3(std::span<const Fr> e, std::span<const Fr> a, std::span<const Fr> b) {
  PROOFCARD_CHECK(a.size() == b.size() && a.size() == e.size() && a.size() % 2 == 0);
  return sum_ranges<3>(
      a.size() / 2, [&](const FrVectorKernels& kernels, WideSum* out, std::size_t begin, std::size_t end) {
        kernels.round_product3(out, words(&e[2 * begin]), words(&a[2 * begin]), words(&b[2 * begin]), end - begin);
      });
}

std::array<Fr, 2> fr_round_weighted(std::span<const Fr> a, std::span<const Fr> b, std::span<const Fr> w) {
  PROOFCARD_CHECK(a.size() == 2 * w.size() && b.size() == 2 * w.size());
  return sum_ranges<2>(w.size(), [&](const FrVectorKernels& kernels, WideSum* out, std::size_t begin, std::size_t end) {
    kernels.round_weighted(out, words(&a[2 * begin]), words(&b[2 * begin]), words(&w[begin]), end - begin);
  });
}

namespace {

bool all_have_size(const FractionPairs& t, std::size_t n) {
  return t.p0.size() == n && t.p1.size() == n && t.q0.size() == n && t.q1.size() == n;
}

}  // namespace

void fr_fraction_layer(std::span<Fr> p, std::span<Fr> q, const FractionPairs& children) {
  PROOFCARD_CHECK(q.size() == p.size() && all_have_size(children, p.size()));
  for_each_range(p.size(), [&](const FrVectorKernels& kernels, std::size_t begin, std::size_t end) {
    kernels.fraction_layer(words(&p[begin]), words(&q[begin]), words(&children.p0[begin]), words(&children.p1[begin]),
                           words(&children.q0[begin]), words(&children.q1[begin]), end - begin);
  });
}

std::array<Fr, 2> fr_round_fraction(const FractionPairs& tables, const Fr& lambda, std::span<const Fr> w) {
  PROOFCARD_CHECK(all_have_size(tables, 2 * w.size()));
  return sum_ranges<2>(w.size(), [&](const FrVectorKernels& kernels, WideSum* out, std::size_t begin, std::size_t end) {
    kernels.round_fraction(out, words(&tables.p0[2 * begin]), words(&tables.p1[2 * begin]),
                           words(&tables.q0[2 * begin]), words(&tables.q1[2 * begin]), words(&lambda), words(&w[begin]),
                           end - begin);
  });
}

}  // namespace proofcard
