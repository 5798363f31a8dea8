#include "host/curve/sqrt.hpp"

#include <algorithm>
#include <array>

#include "host/base/check.hpp"
#include "host/base/cpu_features.hpp"
#include "host/curve/sqrt_exponent.hpp"

namespace proofcard::curve {
namespace {

using sqrt_internal::kExponent;
using sqrt_internal::kNumDigits;
using sqrt_internal::kSqrtGroup;

Fq root_candidate(const Fq& a) {
  std::array<Fq, 16> power;
  power[0] = Fq::one();
  for (std::size_t i = 1; i < power.size(); ++i) {
    power[i] = power[i - 1] * a;
  }
  Fq root = Fq::one();
  for (int i = kNumDigits; i-- > 0;) {
    root = root.square().square().square().square() * power[kExponent.digit[i]];
  }
  return root;
}

#if defined(__x86_64__)
void candidates_avx512(std::span<const Fq> values, std::span<Fq> roots) {
  static_assert(sizeof(Fq) == 4 * sizeof(std::uint64_t));
  const std::size_t whole = values.size() / kSqrtGroup * kSqrtGroup;
  const auto run = [](const Fq* from, std::size_t count, Fq* to) {
    sqrt_internal::root_candidates_avx512(reinterpret_cast<const std::uint64_t*>(from), count,
                                          reinterpret_cast<std::uint64_t*>(to));
  };
  run(values.data(), whole, roots.data());
  if (whole < values.size()) {
    std::array<Fq, kSqrtGroup> rest{}, rest_roots;
    std::copy(values.begin() + static_cast<std::ptrdiff_t>(whole), values.end(), rest.begin());
    run(rest.data(), kSqrtGroup, rest_roots.data());
    std::copy_n(rest_roots.begin(), values.size() - whole, roots.begin() + static_cast<std::ptrdiff_t>(whole));
  }
}
#endif

}  // namespace

std::optional<Fq> sqrt(const Fq& a) {
  const Fq root = root_candidate(a);
  if (root.square() != a) {
    return std::nullopt;
  }
  return root;
}

// (x + y u)^2 = a: x^2 is (c0 + n) / 2 or (c0 - n) / 2, where n^2 = c0^2 + c1^2, and y = c1 / (2 x).
std::optional<Fq2> sqrt(const Fq2& a) {
  if (a.c1.is_zero()) {  // of c0 and -c0 one has a root
    const std::optional<Fq> root = sqrt(a.c0);
    return root ? Fq2{*root, Fq::zero()} : Fq2{Fq::zero(), *sqrt(-a.c0)};
  }
  const std::optional<Fq> norm = sqrt(a.norm());
  if (!norm) {
    return std::nullopt;
  }
  const Fq half = Fq::from_u64(2).inverse();
  std::optional<Fq> x = sqrt((a.c0 + *norm) * half);
  if (!x) {
    x = sqrt((a.c0 - *norm) * half);
  }
  if (!x) {
    return std::nullopt;
  }
  return Fq2{*x, a.c1 * half * x->inverse()};
}

void root_candidates(std::span<const Fq> values, std::span<Fq> roots) {
  PROOFCARD_CHECK(values.size() == roots.size());
#if defined(__x86_64__)
  if (active_isa() == Isa::kAvx512) {
    candidates_avx512(values, roots);
    return;
  }
#endif
#if defined(__wasm_simd128__)
  for (std::size_t i = 0; i < values.size(); i += 2) {
    const std::size_t last = std::min(i + 1, values.size() - 1);
    sqrt_internal::root_candidates_simd128(values[i], values[last], roots[i], roots[last]);
  }
#else
  std::transform(values.begin(), values.end(), roots.begin(), root_candidate);
#endif
}

}  // namespace proofcard::curve
