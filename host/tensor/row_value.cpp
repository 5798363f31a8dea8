#include "host/tensor/row_value.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "host/base/check.hpp"

namespace proofcard::tensor {
namespace {

constexpr mpfr_prec_t kPrecisionBits = 256;

// f(x) in double precision, for the shortcut below.
double approximate(const TableSpec& spec, double x) {
  switch (spec.function) {
    case Function::kClamp:
      return x;
    case Function::kLeakyRelu:
      return x < 0 ? spec.params[0] * x : x;
    case Function::kSigmoid:
      return 1 / (1 + std::exp(-x));
    case Function::kTanh:
      return std::tanh(x);
    case Function::kElu:
      return x < 0 ? spec.params[0] * std::expm1(x) : x;
    case Function::kGelu:
      return x * std::erfc(-x / std::numbers::sqrt2) / 2;
    case Function::kErf:
      return std::erf(x);
    case Function::kHardSigmoid:
      return std::clamp(spec.params[0] * x + spec.params[1], 0.0, 1.0);
    case Function::kHardSwish:
      return x * std::clamp(x + 3, 0.0, 6.0) / 6;
    case Function::kExp:
      return std::exp(x);
    case Function::kSqrt:
      return std::sqrt(std::max(x, 0.0));
    case Function::kReciprocal:
      return x == 0 ? 0 : 1 / x;
    case Function::kSoftplus:
      return std::max(x, 0.0) + std::log1p(std::exp(-std::abs(x)));
    case Function::kSquare:
      return x * x;
    case Function::kAbs:
      return std::abs(x);
    case Function::kGeluTanh: {
      const double u = std::sqrt(2 * std::numbers::inv_pi) * (x + 0.044715 * x * x * x);
      return x * (1 + std::tanh(u)) / 2;
    }
  }
  return std::nan("");
}

}  // namespace

std::optional<std::int64_t> quick_row(const TableSpec& spec, std::int64_t x) {
  const bool exact = spec.in_scale == spec.out_scale;
  if (exact && (spec.function == Function::kClamp || spec.function == Function::kAbs ||
                (spec.function == Function::kLeakyRelu && (x >= 0 || spec.params[0] == 0)))) {
    const std::int64_t v = spec.function == Function::kAbs     ? std::abs(x)
                           : spec.function == Function::kClamp ? x
                                                               : std::max<std::int64_t>(x, 0);
    return std::clamp(v, spec.out_lo, spec.out_hi);
  }
  const double real = static_cast<double>(x) * spec.in_scale;
  const double value = approximate(spec, real);
  double magnitude = (1 + std::abs(real)) * (1 + std::abs(value));
  for (const double p : spec.params) {
    magnitude *= 1 + std::abs(p);
  }
  const double margin = 0x1p-38 * magnitude / spec.out_scale;
  const double scaled = value / spec.out_scale + 0.5;
  if (!std::isfinite(scaled) || !(margin < 0.25)) {
    return std::nullopt;
  }
  if (scaled - margin >= static_cast<double>(spec.out_hi)) {
    return spec.out_hi;
  }
  if (scaled + margin < static_cast<double>(spec.out_lo)) {
    return spec.out_lo;
  }
  const double floor = std::floor(scaled - margin);
  if (floor != std::floor(scaled + margin)) {
    return std::nullopt;
  }
  return std::clamp(static_cast<std::int64_t>(floor), spec.out_lo, spec.out_hi);
}

ExactRow::ExactRow(const TableSpec& spec)
    : spec_(spec), x_(kPrecisionBits), v_(kPrecisionBits), t_(kPrecisionBits), divisor_(kPrecisionBits) {}

std::int64_t ExactRow::operator()(std::int64_t x) {
  mpfr_set_d(x_, spec_.in_scale, MPFR_RNDD);
  mpfr_mul_si(x_, x_, static_cast<long>(x), MPFR_RNDD);  // exact: 53 + 41 bits
  mpfr_set_d(divisor_, spec_.out_scale, MPFR_RNDD);
  apply();
  mpfr_div(v_, v_, divisor_, MPFR_RNDD);
  mpfr_add_d(v_, v_, 0.5, MPFR_RNDD);
  if (mpfr_cmp_si(v_, static_cast<long>(spec_.out_lo)) < 0) {
    return spec_.out_lo;
  }
  if (mpfr_cmp_si(v_, static_cast<long>(spec_.out_hi)) >= 0) {
    return spec_.out_hi;
  }
  return mpfr_get_si(v_, MPFR_RNDD);
}

void ExactRow::apply() {
  const bool negative = mpfr_sgn(static_cast<mpfr_ptr>(x_)) < 0;
  switch (spec_.function) {
    case Function::kClamp:
      mpfr_set(v_, x_, MPFR_RNDD);
      return;
    case Function::kLeakyRelu:
      mpfr_set(v_, x_, MPFR_RNDD);
      if (negative) {
        mpfr_mul_d(v_, v_, spec_.params[0], MPFR_RNDD);
      }
      return;
    case Function::kSigmoid:
      mpfr_neg(v_, x_, MPFR_RNDD);
      mpfr_exp(v_, v_, MPFR_RNDD);
      mpfr_add_ui(v_, v_, 1, MPFR_RNDD);
      mpfr_ui_div(v_, 1, v_, MPFR_RNDD);
      return;
    case Function::kTanh:
      mpfr_tanh(v_, x_, MPFR_RNDD);
      return;
    case Function::kElu:
      if (negative) {
        mpfr_expm1(v_, x_, MPFR_RNDD);
        mpfr_mul_d(v_, v_, spec_.params[0], MPFR_RNDD);
      } else {
        mpfr_set(v_, x_, MPFR_RNDD);
      }
      return;
    case Function::kGelu:
      mpfr_sqrt_ui(t_, 2, MPFR_RNDD);
      mpfr_div(v_, x_, t_, MPFR_RNDD);
      mpfr_neg(v_, v_, MPFR_RNDD);
      erf_.erfc(v_, v_);  // 1 + erf(u) = erfc(-u), without cancellation
      mpfr_mul(v_, v_, x_, MPFR_RNDD);
      mpfr_div_2ui(v_, v_, 1, MPFR_RNDD);
      return;
    case Function::kErf:
      erf_.erf(v_, x_);
      return;
    case Function::kHardSigmoid:
      mpfr_mul_d(v_, x_, spec_.params[0], MPFR_RNDD);
      mpfr_add_d(v_, v_, spec_.params[1], MPFR_RNDD);
      clamp_to(1);
      return;
    case Function::kHardSwish:  // x * clamp(x + 3, 0, 6) / 6
      mpfr_add_ui(v_, x_, 3, MPFR_RNDD);
      clamp_to(6);
      mpfr_mul(v_, v_, x_, MPFR_RNDD);
      mpfr_mul_ui(divisor_, divisor_, 6, MPFR_RNDD);
      return;
    case Function::kExp:
      mpfr_exp(v_, x_, MPFR_RNDD);
      return;
    case Function::kSqrt:
      if (negative) {
        mpfr_set_zero(v_, 1);
      } else {
        mpfr_sqrt(v_, x_, MPFR_RNDD);
      }
      return;
    case Function::kReciprocal:
      mpfr_set_ui(v_, mpfr_zero_p(static_cast<mpfr_ptr>(x_)) ? 0 : 1, MPFR_RNDD);
      if (!mpfr_zero_p(static_cast<mpfr_ptr>(x_))) {
        mpfr_mul(divisor_, divisor_, x_, MPFR_RNDD);
      }
      return;
    case Function::kSoftplus:  // max(x, 0) + log(1 + exp(-|x|))
      mpfr_abs(v_, x_, MPFR_RNDD);
      mpfr_neg(v_, v_, MPFR_RNDD);
      mpfr_exp(v_, v_, MPFR_RNDD);
      mpfr_log1p(v_, v_, MPFR_RNDD);
      if (!negative) {
        mpfr_add(v_, v_, x_, MPFR_RNDD);
      }
      return;
    case Function::kSquare:
      mpfr_sqr(v_, x_, MPFR_RNDD);
      return;
    case Function::kAbs:
      mpfr_abs(v_, x_, MPFR_RNDD);
      return;
    case Function::kGeluTanh:  // x * (1 + tanh(sqrt(2 / pi) * (x + 0.044715 x^3))) / 2
      mpfr_sqr(v_, x_, MPFR_RNDD);
      mpfr_mul_ui(v_, v_, 44715, MPFR_RNDD);
      mpfr_div_ui(v_, v_, 1000000, MPFR_RNDD);
      mpfr_add_ui(v_, v_, 1, MPFR_RNDD);
      mpfr_mul(v_, v_, x_, MPFR_RNDD);
      mpfr_const_pi(t_, MPFR_RNDD);
      mpfr_ui_div(t_, 2, t_, MPFR_RNDD);
      mpfr_sqrt(t_, t_, MPFR_RNDD);
      mpfr_mul(v_, v_, t_, MPFR_RNDD);
      mpfr_tanh(v_, v_, MPFR_RNDD);
      mpfr_add_ui(v_, v_, 1, MPFR_RNDD);
      mpfr_mul(v_, v_, x_, MPFR_RNDD);
      mpfr_div_2ui(v_, v_, 1, MPFR_RNDD);
      return;
  }
  PROOFCARD_CHECK(false);
}

void ExactRow::clamp_to(unsigned long top) {
  if (mpfr_sgn(static_cast<mpfr_ptr>(v_)) < 0) {
    mpfr_set_zero(v_, 1);
  } else if (mpfr_cmp_ui(v_, top) > 0) {
    mpfr_set_ui(v_, top, MPFR_RNDD);
  }
}

}  // namespace proofcard::tensor
