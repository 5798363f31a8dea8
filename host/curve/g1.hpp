// G1 of BN254: y^2 = x^3 + 3 over Fq. Its order is the prime of Fr, so every point of the curve is in the group.
//
// Source:  Jacobian formulas with a = 0 from the Explicit-Formulas Database: dbl-2009-l, madd-2007-bl, add-2007-bl.
// Range:   G1Affine may be built from any coordinates; is_on_curve() tells. All operations expect points on the curve.
//          Infinity is (0, 0) in affine form, which is not on the curve, and any Z = 0 in Jacobian form.
// Timing:  additions and scalar_mul are variable time.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "host/field/fq.hpp"
#include "host/field/fr.hpp"

namespace proofcard::curve {

struct G1Affine {
  Fq x;
  Fq y;

  static constexpr G1Affine infinity() { return {}; }
  static constexpr G1Affine generator() { return {Fq::one(), Fq::one().twice()}; }

  constexpr bool is_infinity() const { return x.is_zero() && y.is_zero(); }
  // Infinity counts as on the curve.
  constexpr bool is_on_curve() const {
    return is_infinity() || y.square() == x.square() * x + Fq::one().twice() + Fq::one();
  }
  constexpr G1Affine operator-() const { return {x, -y}; }
  constexpr bool operator==(const G1Affine&) const = default;
};

// (X, Y, Z) stands for (X / Z^2, Y / Z^3).
class G1 {
 public:
  constexpr G1() = default;        // infinity
  constexpr G1(const G1Affine& p)  // NOLINT(google-explicit-constructor): every affine point is one of these
      : x_(p.x), y_(p.y), z_(p.is_infinity() ? Fq::zero() : Fq::one()) {}

  static constexpr G1 infinity() { return {}; }
  static constexpr G1 generator() { return G1Affine::generator(); }

  constexpr bool is_infinity() const { return z_.is_zero(); }
  bool operator==(const G1& other) const;

  G1 twice() const;
  G1 operator-() const;
  G1 operator+(const G1& other) const;
  G1 operator+(const G1Affine& other) const;
  G1 operator-(const G1& other) const { return *this + -other; }
  G1& operator+=(const G1& other) { return *this = *this + other; }
  G1& operator+=(const G1Affine& other) { return *this = *this + other; }

  // One inversion; prefer batch_to_affine for many points.
  G1Affine to_affine() const;

 private:
  friend void batch_to_affine(std::span<const G1> points, std::span<G1Affine> out);

  Fq x_, y_, z_;
};

G1 scalar_mul(const G1& p, const Fr& scalar);
G1 scalar_mul(const G1& p, std::int64_t scalar);

// One inversion in all. Sizes equal.
void batch_to_affine(std::span<const G1> points, std::span<G1Affine> out);
std::vector<G1Affine> batch_to_affine(std::span<const G1> points);

}  // namespace proofcard::curve
