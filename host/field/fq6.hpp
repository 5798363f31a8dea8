// Fq6 = Fq2[v] / (v^3 - xi), the middle of the tower of the pairing.
//
// Source:  Devegili, O hEigeartaigh, Scott, Dahab, "Multiplication and squaring on pairing-friendly fields" (2006):
//          products with six of Fq2.
// Form:    c0 + c1 v + c2 v^2.
#pragma once

#include "host/field/fq2.hpp"

namespace proofcard {

struct Fq6 {
  Fq2 c0;
  Fq2 c1;
  Fq2 c2;

  static constexpr Fq6 zero() { return {}; }
  static constexpr Fq6 one() { return {Fq2::one(), {}, {}}; }

  constexpr bool is_zero() const { return c0.is_zero() && c1.is_zero() && c2.is_zero(); }
  constexpr bool operator==(const Fq6&) const = default;

  constexpr Fq6 operator+(const Fq6& o) const { return {c0 + o.c0, c1 + o.c1, c2 + o.c2}; }
  constexpr Fq6 operator-(const Fq6& o) const { return {c0 - o.c0, c1 - o.c1, c2 - o.c2}; }
  constexpr Fq6 operator-() const { return {-c0, -c1, -c2}; }
  constexpr Fq6 operator*(const Fq6& o) const {
    const Fq2 t0 = c0 * o.c0;
    const Fq2 t1 = c1 * o.c1;
    const Fq2 t2 = c2 * o.c2;
    return {((c1 + c2) * (o.c1 + o.c2) - t1 - t2).times_xi() + t0, (c0 + c1) * (o.c0 + o.c1) - t0 - t1 + t2.times_xi(),
            (c0 + c2) * (o.c0 + o.c2) - t0 - t2 + t1};
  }
  constexpr Fq6 operator*(const Fq& k) const { return {c0 * k, c1 * k, c2 * k}; }
  constexpr Fq6 square() const { return *this * *this; }
  // The product with a + b v.
  constexpr Fq6 times_sparse(const Fq2& a, const Fq2& b) const {
    const Fq2 t0 = c0 * a;
    const Fq2 t1 = c1 * b;
    return {(c2 * b).times_xi() + t0, (c0 + c1) * (a + b) - t0 - t1, c2 * a + t1};
  }
  constexpr Fq6 times_v() const { return {c2.times_xi(), c0, c1}; }
  // The inverse of zero is zero.
  constexpr Fq6 inverse() const {
    // The adjugate of the matrix of multiplication by this element.
    const Fq2 a = c0.square() - (c1 * c2).times_xi();
    const Fq2 b = c2.square().times_xi() - c0 * c1;
    const Fq2 c = c1.square() - c0 * c2;
    const Fq2 k = (c0 * a + (c2 * b + c1 * c).times_xi()).inverse();
    return {a * k, b * k, c * k};
  }
};

}  // namespace proofcard
