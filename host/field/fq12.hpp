// Fq12 = Fq6[w] / (w^2 - v), the field in which the pairing takes its values.
//
// Form:    c0 + c1 w; so w^6 = xi and the coefficient of w^(2 i + j) is coefficient i of c_j.
#pragma once

#include <cstddef>
#include <cstdint>

#include "host/field/fq6.hpp"

namespace proofcard {

struct Fq12 {
  Fq6 c0;
  Fq6 c1;

  static constexpr Fq12 one() { return {Fq6::one(), {}}; }

  constexpr bool is_one() const { return *this == one(); }
  constexpr bool is_zero() const { return c0.is_zero() && c1.is_zero(); }
  constexpr bool operator==(const Fq12&) const = default;

  constexpr Fq12 operator*(const Fq12& o) const {
    const Fq6 t0 = c0 * o.c0;
    const Fq6 t1 = c1 * o.c1;
    return {t0 + t1.times_v(), (c0 + c1) * (o.c0 + o.c1) - t0 - t1};
  }
  constexpr Fq12& operator*=(const Fq12& o) { return *this = *this * o; }
  constexpr Fq12 square() const {
    // (c0 + c1 w)^2 = (c0 + c1)(c0 + v c1) - (1 + v) c0 c1 + 2 c0 c1 w
    const Fq6 t = c0 * c1;
    return {(c0 + c1) * (c0 + c1.times_v()) - t - t.times_v(), t + t};
  }
  // The product with a + b w + c w^3, which is what a line of the Miller loop is.
  constexpr Fq12 times_line(const Fq& a, const Fq2& b, const Fq2& c) const {
    const Fq6 t0 = c0 * a;
    const Fq6 t1 = c1.times_sparse(b, c);
    return {t0 + t1.times_v(), (c0 + c1).times_sparse(b + Fq2{a, {}}, c) - t0 - t1};
  }
  // The power q^6; the inverse, where the norm to Fq6 is 1.
  constexpr Fq12 conjugate() const { return {c0, -c1}; }
  // The inverse of zero is zero.
  constexpr Fq12 inverse() const {
    const Fq6 k = (c0.square() - c1.square().times_v()).inverse();
    return {c0 * k, -(c1 * k)};
  }
  // Variable time in the exponent, which must be public.
  constexpr Fq12 pow_vartime(std::uint64_t exponent) const {
    Fq12 result = one();
    for (int bit = 63; bit >= 0; --bit) {
      result = result.square();
      if ((exponent >> bit) & 1) {
        result *= *this;
      }
    }
    return result;
  }
};

// xi^(k (q - 1) / 6): what the power q makes of w^k, as a multiple of w^k. Pre: 1 <= k <= 5.
const Fq2& frobenius_factor(std::size_t k);

// The power q^n for n = 1, 2, 3.
Fq12 frobenius(const Fq12& a, std::size_t n);

}  // namespace proofcard
