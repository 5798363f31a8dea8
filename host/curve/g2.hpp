// G2 of BN254: the points of order r of the twist y^2 = x^3 + 3 / xi over Fq2. The twist has other points too.
//
// Source:  Jacobian formulas with a = 0 from the Explicit-Formulas Database: dbl-2009-l, madd-2007-bl, add-2007-bl;
//          generator as in EIP-197.
// Range:   G2Affine may be built from any coordinates; is_on_curve() and is_in_group() tell. Operations expect points
//          of the curve, of any order. Infinity is (0, 0) in affine form, which is not on the curve, and any Z = 0 in
//          Jacobian form.
// Timing:  additions and scalar_mul are variable time.
#pragma once

#include <span>
#include <vector>

#include "host/field/fq2.hpp"
#include "host/field/fr.hpp"

namespace proofcard::curve {

struct G2Affine {
  Fq2 x;
  Fq2 y;

  static G2Affine infinity() { return {}; }
  static G2Affine generator();

  bool is_infinity() const { return x.is_zero() && y.is_zero(); }
  // Infinity counts as on the curve.
  bool is_on_curve() const;
  // On the curve and of order r (or infinity).
  bool is_in_group() const;
  G2Affine operator-() const { return {x, -y}; }
  bool operator==(const G2Affine&) const = default;
};

// (X, Y, Z) stands for (X / Z^2, Y / Z^3).
class G2 {
 public:
  G2() = default;         // infinity
  G2(const G2Affine& p);  // NOLINT(google-explicit-constructor): every affine point is one of these

  static G2 infinity() { return {}; }
  static G2 generator() { return G2Affine::generator(); }

  bool is_infinity() const { return z_.is_zero(); }
  bool operator==(const G2& other) const;

  G2 twice() const;
  G2 operator-() const;
  G2 operator+(const G2& other) const;
  G2 operator+(const G2Affine& other) const;
  G2 operator-(const G2& other) const { return *this + -other; }
  G2& operator+=(const G2& other) { return *this = *this + other; }
  G2& operator+=(const G2Affine& other) { return *this = *this + other; }

  // One inversion; prefer batch_to_affine for many points.
  G2Affine to_affine() const;

 private:
  friend std::vector<G2Affine> batch_to_affine(std::span<const G2> points);

  Fq2 x_, y_, z_;
};

G2 scalar_mul(const G2& p, const Fr& scalar);
// The multiple by an integer that is not reduced modulo r.
G2 scalar_mul(const G2& p, const U256& scalar);

// One inversion in all.
std::vector<G2Affine> batch_to_affine(std::span<const G2> points);

}  // namespace proofcard::curve
