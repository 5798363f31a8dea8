#include "host/tensor/error_function.hpp"

#include <array>
#include <memory>
#include <vector>

namespace proofcard::tensor {
namespace {

// h = 7 / 32: exp(-pi^2 / h^2) < 2^-297, and exp(-(k h)^2) is as small from k = 66 on.
constexpr unsigned long kStepNumerator = 7;
constexpr unsigned long kStepDenominatorBits = 5;
constexpr unsigned long kTerms = 66;
constexpr mpfr_prec_t kWorkingBits = 320;
// What is relied on: the rounding errors of 4 kTerms operations at 320 bits and the rule's error, with room to spare.
constexpr mpfr_exp_t kAccurateBits = 288;

// Beyond these arguments MPFR is quick: few terms below, asymptotic series or a constant above.
constexpr double kSmall = 0x1p-6;
constexpr double kConstantFrom = 14;    // erf, and erfc of the negative: 1 - 2^-256 at least
constexpr double kAsymptoticFrom = 60;  // erfc

struct Terms {
  std::vector<std::unique_ptr<Real>> squares;  // (k h)^2, exactly
  std::vector<std::unique_ptr<Real>> weights;  // 2 exp(-(k h)^2)
  Terms() {
    for (unsigned long k = 0; k <= kTerms; ++k) {
      squares.push_back(std::make_unique<Real>(kWorkingBits));
      weights.push_back(std::make_unique<Real>(kWorkingBits));
      mpfr_ptr square = *squares.back();
      mpfr_set_ui_2exp(square, kStepNumerator * kStepNumerator * k * k,
                       -static_cast<mpfr_exp_t>(2 * kStepDenominatorBits), MPFR_RNDN);
      mpfr_neg(*weights.back(), square, MPFR_RNDN);
      mpfr_exp(*weights.back(), *weights.back(), MPFR_RNDN);
      mpfr_mul_2ui(*weights.back(), *weights.back(), 1, MPFR_RNDN);
    }
  }
};

bool between(mpfr_srcptr x, double lo, double hi) { return mpfr_cmp_d(x, lo) > 0 && mpfr_cmp_d(x, hi) < 0; }

}  // namespace

ErrorFunction::ErrorFunction()
    : z_(kWorkingBits),
      square_(kWorkingBits),
      shifted_(kWorkingBits),
      numerator_(kWorkingBits),
      denominator_(kWorkingBits),
      result_(kWorkingBits),
      t_(kWorkingBits) {}

// result_ = (h z / pi) exp(-z^2) (1 / z^2 + 2 sum_k exp(-(k h)^2) / (z^2 + (k h)^2)) - 2 / (exp(2 pi z / h) - 1), the
// last only where the pole at i z lies below the line that bounds the rule's error. The sum is one fraction.
void ErrorFunction::approximate_erfc(mpfr_srcptr z) {
  static const Terms terms;
  mpfr_set(z_, z, MPFR_RNDN);
  mpfr_sqr(square_, z_, MPFR_RNDN);
  mpfr_set_ui(numerator_, 1, MPFR_RNDN);
  mpfr_set(denominator_, square_, MPFR_RNDN);
  for (unsigned long k = 1; k <= kTerms; ++k) {
    mpfr_add(shifted_, square_, *terms.squares[k], MPFR_RNDN);
    mpfr_mul(numerator_, numerator_, shifted_, MPFR_RNDN);
    mpfr_mul(t_, denominator_, *terms.weights[k], MPFR_RNDN);
    mpfr_add(numerator_, numerator_, t_, MPFR_RNDN);
    mpfr_mul(denominator_, denominator_, shifted_, MPFR_RNDN);
  }
  mpfr_div(result_, numerator_, denominator_, MPFR_RNDN);
  mpfr_mul(result_, result_, z_, MPFR_RNDN);
  mpfr_mul_ui(result_, result_, kStepNumerator, MPFR_RNDN);
  mpfr_div_2ui(result_, result_, kStepDenominatorBits, MPFR_RNDN);
  mpfr_neg(t_, square_, MPFR_RNDN);
  mpfr_exp(t_, t_, MPFR_RNDN);
  mpfr_mul(result_, result_, t_, MPFR_RNDN);
  mpfr_const_pi(t_, MPFR_RNDN);
  mpfr_div(result_, result_, t_, MPFR_RNDN);
  // pi / h, where the line is
  mpfr_mul_2ui(t_, t_, kStepDenominatorBits, MPFR_RNDN);
  mpfr_div_ui(t_, t_, kStepNumerator, MPFR_RNDN);
  if (mpfr_cmp(z_, t_) < 0) {
    mpfr_mul(t_, t_, z_, MPFR_RNDN);
    mpfr_mul_2ui(t_, t_, 1, MPFR_RNDN);
    mpfr_expm1(t_, t_, MPFR_RNDN);
    mpfr_ui_div(t_, 2, t_, MPFR_RNDN);
    mpfr_sub(result_, result_, t_, MPFR_RNDN);
  }
}

void ErrorFunction::erfc(mpfr_ptr out, mpfr_srcptr x) {
  const bool negative = between(x, -kConstantFrom, -kSmall);
  if (!negative && !between(x, kSmall, kAsymptoticFrom)) {
    mpfr_erfc(out, x, MPFR_RNDD);
    return;
  }
  mpfr_abs(shifted_, x, MPFR_RNDN);
  approximate_erfc(shifted_);
  if (negative) {
    mpfr_ui_sub(result_, 2, result_, MPFR_RNDN);
  }
  if (mpfr_can_round(result_, kAccurateBits, MPFR_RNDN, MPFR_RNDD, mpfr_get_prec(out))) {
    mpfr_set(out, result_, MPFR_RNDD);
  } else {
    mpfr_erfc(out, x, MPFR_RNDD);
  }
}

void ErrorFunction::erf(mpfr_ptr out, mpfr_srcptr x) {
  mpfr_abs(shifted_, x, MPFR_RNDN);
  if (!between(shifted_, kSmall, kConstantFrom)) {
    mpfr_erf(out, x, MPFR_RNDD);
    return;
  }
  approximate_erfc(shifted_);
  mpfr_ui_sub(result_, 1, result_, MPFR_RNDN);
  mpfr_setsign(result_, result_, mpfr_signbit(x), MPFR_RNDN);
  if (mpfr_can_round(result_, kAccurateBits - 8, MPFR_RNDN, MPFR_RNDD, mpfr_get_prec(out))) {
    mpfr_set(out, result_, MPFR_RNDD);
  } else {
    mpfr_erf(out, x, MPFR_RNDD);
  }
}

}  // namespace proofcard::tensor
