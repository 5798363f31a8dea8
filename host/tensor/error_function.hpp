// The error function with MPFR's results, in a time that does not depend on the argument.
//
// mpfr_erf and mpfr_erfc sum series whose length and precision grow with the argument: up to 12 ms a value at 256 bits
// (erfc near 30). Between the arguments where they are quick, this uses the trapezoidal rule on
//   erfc(z) = (z exp(-z^2) / pi) * integral over the real line of exp(-t^2) / (t^2 + z^2) dt,
// which converges so fast for an integrand analytic around the line that kTerms terms give more bits than needed.
//
// Source: Matta, Reichel, "Uniform computation of the error function and other related functions", Math. Comp. 25
//         (1971): with step h and the poles' residue, the relative error is about exp(-pi^2 / h^2).
// Range:  results are rounded down at the precision of `out`, 256 bits or fewer; where the approximation is too close
//         to a rounding boundary to tell, MPFR's own function decides (never seen; about one argument in 2^30).
#pragma once

#include <mpfr.h>

#include "host/tensor/real.hpp"

namespace proofcard::tensor {

class ErrorFunction {
 public:
  ErrorFunction();
  void erf(mpfr_ptr out, mpfr_srcptr x);
  void erfc(mpfr_ptr out, mpfr_srcptr x);

 private:
  void approximate_erfc(mpfr_srcptr z);

  Real z_, square_, shifted_, numerator_, denominator_, result_, t_;
};

}  // namespace proofcard::tensor
