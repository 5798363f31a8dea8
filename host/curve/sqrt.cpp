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

void root_candidates(std::span<const Fq> values, std::span<Fq> roots) {
  PROOFCARD_CHECK(values.size() == roots.size());
#if defined(__x86_64__)
  if (active_isa() == Isa::kAvx512) {
    candidates_avx512(values, roots);
    return;
  }
#endif
  std::transform(values.begin(), values.end(), roots.begin(), root_candidate);
}

}  // namespace proofcard::curve
