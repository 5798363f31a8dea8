#include "host/curve/sqrt.hpp"

#include <array>

namespace proofcard::curve {
namespace {

// (q + 1) / 4.
constexpr U256 root_exponent() {
  U256 e = Fq::kModulus;
  e[0] += 1;
  for (std::size_t i = 0; i < 4; ++i) {
    e[i] = (e[i] >> 2) | (i + 1 < 4 ? e[i + 1] << 62 : 0);
  }
  return e;
}
static_assert((Fq::kModulus[0] & 3) == 3);

}  // namespace

std::optional<Fq> sqrt(const Fq& a) {
  constexpr U256 kExponent = root_exponent();
  std::array<Fq, 16> power;
  power[0] = Fq::one();
  for (std::size_t i = 1; i < power.size(); ++i) {
    power[i] = power[i - 1] * a;
  }
  Fq root = Fq::one();
  for (std::size_t digit = 63; digit-- > 0;) {
    root = root.square().square().square().square();
    const std::size_t d = (kExponent[digit / 16] >> (4 * (digit % 16))) & 15;
    if (d != 0) {
      root *= power[d];
    }
  }
  if (root.square() != a) {
    return std::nullopt;
  }
  return root;
}

}  // namespace proofcard::curve
