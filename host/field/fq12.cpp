#include "host/field/fq12.hpp"

#include <array>

namespace proofcard {
namespace {

// (q - 1) / 6 by long division, one limb a step.
U256 sixth_of_q_minus_one() {
  U256 out{};
  detail::U128 rest = 0;
  for (std::size_t i = 4; i-- > 0;) {
    const detail::U128 value = rest << 64 | (Fq::kModulus[i] - (i == 0 ? 1 : 0));
    out[i] = static_cast<std::uint64_t>(value / 6);
    rest = value % 6;
  }
  return out;
}

Fq12 frobenius_once(const Fq12& a) {
  return {{a.c0.c0.conjugate(), a.c0.c1.conjugate() * frobenius_factor(2), a.c0.c2.conjugate() * frobenius_factor(4)},
          {a.c1.c0.conjugate() * frobenius_factor(1), a.c1.c1.conjugate() * frobenius_factor(3),
           a.c1.c2.conjugate() * frobenius_factor(5)}};
}

}  // namespace

const Fq2& frobenius_factor(std::size_t k) {
  static const std::array<Fq2, 6> kFactors = [] {
    std::array<Fq2, 6> factors;
    factors[0] = Fq2::one();
    const Fq2 first = Fq2::xi().pow_vartime(sixth_of_q_minus_one());
    for (std::size_t i = 1; i < factors.size(); ++i) {
      factors[i] = factors[i - 1] * first;
    }
    return factors;
  }();
  return kFactors[k];
}

Fq12 frobenius(const Fq12& a, std::size_t n) {
  Fq12 out = a;
  for (std::size_t i = 0; i < n; ++i) {
    out = frobenius_once(out);
  }
  return out;
}

}  // namespace proofcard
