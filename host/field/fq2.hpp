// Fq2 = Fq[u] / (u^2 + 1), the coordinates of G2.
//
// Source:  -1 is not a square mod q, because q = 3 mod 4. Products by Karatsuba: three of Fq.
// Form:    c0 + c1 u.
// Timing:  fixed, except where a name says otherwise.
#pragma once

#include "host/field/fq.hpp"

namespace proofcard {

struct Fq2 {
  Fq c0;
  Fq c1;

  static constexpr Fq2 zero() { return {}; }
  static constexpr Fq2 one() { return {Fq::one(), Fq::zero()}; }
  // xi = 9 + u, which is neither a square nor a cube: the towers above and the twist are made with it.
  static constexpr Fq2 xi() { return {Fq::from_u64(9), Fq::one()}; }

  constexpr bool is_zero() const { return c0.is_zero() && c1.is_zero(); }
  constexpr bool operator==(const Fq2&) const = default;

  constexpr Fq2 operator+(const Fq2& o) const { return {c0 + o.c0, c1 + o.c1}; }
  constexpr Fq2 operator-(const Fq2& o) const { return {c0 - o.c0, c1 - o.c1}; }
  constexpr Fq2 operator-() const { return {-c0, -c1}; }
  constexpr Fq2 operator*(const Fq2& o) const {
    const Fq low = c0 * o.c0;
    const Fq high = c1 * o.c1;
    return {low - high, (c0 + c1) * (o.c0 + o.c1) - low - high};
  }
  constexpr Fq2 operator*(const Fq& k) const { return {c0 * k, c1 * k}; }
  constexpr Fq2& operator+=(const Fq2& o) { return *this = *this + o; }
  constexpr Fq2& operator-=(const Fq2& o) { return *this = *this - o; }
  constexpr Fq2& operator*=(const Fq2& o) { return *this = *this * o; }
  constexpr Fq2 square() const {
    const Fq product = c0 * c1;
    return {(c0 + c1) * (c0 - c1), product.twice()};
  }
  constexpr Fq2 twice() const { return {c0.twice(), c1.twice()}; }
  // The power q.
  constexpr Fq2 conjugate() const { return {c0, -c1}; }
  // c0^2 + c1^2, the product with the conjugate.
  constexpr Fq norm() const { return c0.square() + c1.square(); }
  constexpr Fq2 times_xi() const {
    const Fq2 eight = twice().twice().twice();
    return {eight.c0 + c0 - c1, eight.c1 + c1 + c0};
  }
  // The inverse of zero is zero.
  constexpr Fq2 inverse() const { return conjugate() * norm().inverse(); }

  // Variable time in the exponent, which must be public.
  constexpr Fq2 pow_vartime(const U256& exponent) const {
    Fq2 result = one();
    for (int bit = 255; bit >= 0; --bit) {
      result = result.square();
      if ((exponent[static_cast<std::size_t>(bit) / 64] >> (bit % 64)) & 1) {
        result *= *this;
      }
    }
    return result;
  }
};

}  // namespace proofcard
