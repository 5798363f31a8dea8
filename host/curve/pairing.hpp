// The optimal ate pairing of BN254, e: G1 x G2 -> the r-th roots of unity in Fq12.
//
// Source:  Vercauteren, "Optimal pairings" (2010); final exponentiation by Scott, Benger, Charlemagne, Dominguez Perez
//          and Kachisa (2009), which is exactly the power (q^12 - 1) / r. Lines are affine on the twist: an inversion a
//          step, none for points that were prepared.
// Range:   points of G1, and of the group G2 (is_in_group), infinity included; a pair with infinity contributes 1.
// Timing:  variable time: for public values.
#pragma once

#include <span>
#include <vector>

#include "host/curve/g1.hpp"
#include "host/curve/g2.hpp"
#include "host/field/fq12.hpp"

namespace proofcard::curve {

// The curve's parameter: q and r are polynomials in it.
inline constexpr std::uint64_t kX = 4965661367192848881;

// The lines of the Miller loop of one point, for use with any number of points of G1.
class PreparedG2 {
 public:
  // The line through T and T', or the tangent at T, on the twist: y = slope x - offset.
  struct Line {
    Fq2 slope;
    Fq2 offset;
  };

  explicit PreparedG2(const G2Affine& point);

  bool is_infinity() const { return lines_.empty(); }
  // In the order in which the Miller loop takes them.
  std::span<const Line> lines() const { return lines_; }

 private:
  std::vector<Line> lines_;  // empty for infinity
};

struct PairingInput {
  G1Affine p;
  const PreparedG2* q;
};

// The product of the Miller functions of the pairs: one chain of squarings for all.
Fq12 miller_loop(std::span<const PairingInput> pairs);
// a^((q^12 - 1) / r). Pre: a is not zero.
Fq12 final_exponentiation(const Fq12& a);

// The product of the pairings.
Fq12 pairing_product(std::span<const PairingInput> pairs);
Fq12 pairing(const G1Affine& p, const G2Affine& q);

}  // namespace proofcard::curve
