#include "host/tensor/row_value.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "host/base/check.hpp"

namespace proofcard::tensor {
namespace {

constexpr mpfr_prec_t kPrecisionBits = 256;

}  // namespace

double function_value(Function function, std::span<const double> params, double x) {
  switch (function) {
    case Function::kClamp:
      return x;
    case Function::kLeakyRelu:
      return x < 0 ? params[0] * x : x;
    case Function::kSigmoid:
      return 1 / (1 + std::exp(-x));
    case Function::kTanh:
      return std::tanh(x);
    case Function::kElu:
      return x < 0 ? params[0] * std::expm1(x) : x;
    case Function::kGelu:
      return x * std::erfc(-x / std::numbers::sqrt2) / 2;
    case Function::kErf:
      return std::erf(x);
    case Function::kHardSigmoid:
      return std::clamp(params[0] * x + params[1], 0.0, 1.0);
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
    case Function::kLog:
      return x > 0 ? std::log(x) : -HUGE_VAL;
    case Function::kPower: {
      const double v = std::pow(x, params[0]);
      return std::isnan(v) || (x == 0 && params[0] < 0) ? 0 : v;
    }
    case Function::kFloor:
      return std::floor(x);
    case Function::kCeil:
      return std::ceil(x);
    case Function::kRound:
      return std::nearbyint(x);
    case Function::kSign:
      return x > 0 ? 1 : x < 0 ? -1 : 0;
    case Function::kSin:
      return std::sin(x);
    case Function::kCos:
      return std::cos(x);
    case Function::kTan:
      return std::tan(x);
    case Function::kAsin:
      return std::asin(std::clamp(x, -1.0, 1.0));
    case Function::kAcos:
      return std::acos(std::clamp(x, -1.0, 1.0));
    case Function::kAtan:
      return std::atan(x);
    case Function::kSinh:
      return std::sinh(x);
    case Function::kCosh:
      return std::cosh(x);
    case Function::kAsinh:
      return std::asinh(x);
    case Function::kAcosh:
      return std::acosh(std::max(x, 1.0));
    case Function::kAtanh:
      return std::atanh(std::clamp(x, -1.0, 1.0));
    case Function::kSoftsign:
      return x / (1 + std::abs(x));
    case Function::kMish:
      return x * std::tanh(std::max(x, 0.0) + std::log1p(std::exp(-std::abs(x))));
    case Function::kShrink:
      return x < -params[0] ? x + params[1] : x > params[0] ? x - params[1] : 0;
    case Function::kThresholded:
      return x > params[0] ? x : 0;
  }
  return std::nan("");
}

namespace {

// How far x is from the nearest argument where the function jumps, or where it is steeper than any bound.
double distance_to_jump(const TableSpec& spec, double x) {
  switch (spec.function) {
    case Function::kFloor:
    case Function::kCeil:
      return std::abs(x - std::nearbyint(x));
    case Function::kRound:
      return std::abs(x - std::floor(x) - 0.5);
    case Function::kSign:
      return std::abs(x);
    case Function::kThresholded:
      return std::abs(x - spec.params[0]);
    case Function::kShrink:
      return std::min(std::abs(x - spec.params[0]), std::abs(x + spec.params[0]));
    case Function::kLog:
    case Function::kPower:
      return std::abs(x);
    case Function::kAsin:
    case Function::kAcos:
    case Function::kAtanh:
      return std::abs(std::abs(x) - 1);
    case Function::kAcosh:
      return std::abs(x - 1);
    case Function::kTan:
      return std::abs(std::cos(x)) * 0x1p-12;  // its slope is 1 / cos^2
    case Function::kClamp:
    case Function::kLeakyRelu:
    case Function::kSigmoid:
    case Function::kTanh:
    case Function::kElu:
    case Function::kGelu:
    case Function::kErf:
    case Function::kHardSigmoid:
    case Function::kHardSwish:
    case Function::kExp:
    case Function::kSqrt:
    case Function::kReciprocal:
    case Function::kSoftplus:
    case Function::kSquare:
    case Function::kAbs:
    case Function::kGeluTanh:
    case Function::kSin:
    case Function::kCos:
    case Function::kAtan:
    case Function::kSinh:
    case Function::kCosh:
    case Function::kAsinh:
    case Function::kSoftsign:
    case Function::kMish:
      break;
  }
  return HUGE_VAL;
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
  const double value = function_value(spec.function, spec.params, real);
  // The product has an error, beside which a jump or a pole may be on either side.
  if (!(distance_to_jump(spec, real) > 0x1p-16 * (1 + std::abs(real)))) {
    return std::nullopt;
  }
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
    case Function::kLog:
      if (mpfr_sgn(static_cast<mpfr_ptr>(x_)) > 0) {
        mpfr_log(v_, x_, MPFR_RNDD);
      } else {
        mpfr_set_inf(v_, -1);
      }
      return;
    case Function::kPower:
      mpfr_set_d(t_, spec_.params[0], MPFR_RNDD);
      mpfr_pow(v_, x_, t_, MPFR_RNDD);
      if (mpfr_nan_p(static_cast<mpfr_ptr>(v_)) || (mpfr_zero_p(static_cast<mpfr_ptr>(x_)) && spec_.params[0] < 0)) {
        mpfr_set_zero(v_, 1);
      }
      return;
    case Function::kFloor:
      mpfr_floor(v_, x_);
      return;
    case Function::kCeil:
      mpfr_ceil(v_, x_);
      return;
    case Function::kRound:
      mpfr_roundeven(v_, x_);
      return;
    case Function::kSign:
      mpfr_set_si(v_, mpfr_sgn(static_cast<mpfr_ptr>(x_)), MPFR_RNDD);
      return;
    case Function::kSin:
      mpfr_sin(v_, x_, MPFR_RNDD);
      return;
    case Function::kCos:
      mpfr_cos(v_, x_, MPFR_RNDD);
      return;
    case Function::kTan:
      mpfr_tan(v_, x_, MPFR_RNDD);
      return;
    case Function::kAsin:
      clamp_argument(-1, 1);
      mpfr_asin(v_, t_, MPFR_RNDD);
      return;
    case Function::kAcos:
      clamp_argument(-1, 1);
      mpfr_acos(v_, t_, MPFR_RNDD);
      return;
    case Function::kAtan:
      mpfr_atan(v_, x_, MPFR_RNDD);
      return;
    case Function::kSinh:
      mpfr_sinh(v_, x_, MPFR_RNDD);
      return;
    case Function::kCosh:
      mpfr_cosh(v_, x_, MPFR_RNDD);
      return;
    case Function::kAsinh:
      mpfr_asinh(v_, x_, MPFR_RNDD);
      return;
    case Function::kAcosh:
      mpfr_set(t_, x_, MPFR_RNDD);
      if (mpfr_cmp_si(static_cast<mpfr_ptr>(t_), 1) < 0) {
        mpfr_set_si(t_, 1, MPFR_RNDD);
      }
      mpfr_acosh(v_, t_, MPFR_RNDD);
      return;
    case Function::kAtanh:
      clamp_argument(-1, 1);
      mpfr_atanh(v_, t_, MPFR_RNDD);
      return;
    case Function::kSoftsign:
      mpfr_abs(t_, x_, MPFR_RNDD);
      mpfr_add_ui(t_, t_, 1, MPFR_RNDD);
      mpfr_div(v_, x_, t_, MPFR_RNDD);
      return;
    case Function::kMish:  // with log(1 + exp(x)) as for Softplus
      mpfr_abs(v_, x_, MPFR_RNDD);
      mpfr_neg(v_, v_, MPFR_RNDD);
      mpfr_exp(v_, v_, MPFR_RNDD);
      mpfr_log1p(v_, v_, MPFR_RNDD);
      if (!negative) {
        mpfr_add(v_, v_, x_, MPFR_RNDD);
      }
      mpfr_tanh(v_, v_, MPFR_RNDD);
      mpfr_mul(v_, v_, x_, MPFR_RNDD);
      return;
    case Function::kShrink:
      mpfr_set_zero(v_, 1);
      if (mpfr_cmp_d(static_cast<mpfr_ptr>(x_), -spec_.params[0]) < 0) {
        mpfr_add_d(v_, x_, spec_.params[1], MPFR_RNDD);
      } else if (mpfr_cmp_d(static_cast<mpfr_ptr>(x_), spec_.params[0]) > 0) {
        mpfr_sub_d(v_, x_, spec_.params[1], MPFR_RNDD);
      }
      return;
    case Function::kThresholded:
      mpfr_set_zero(v_, 1);
      if (mpfr_cmp_d(static_cast<mpfr_ptr>(x_), spec_.params[0]) > 0) {
        mpfr_set(v_, x_, MPFR_RNDD);
      }
      return;
  }
  PROOFCARD_CHECK(false);
}

void ExactRow::clamp_argument(long low, long high) {
  mpfr_set(t_, x_, MPFR_RNDD);
  if (mpfr_cmp_si(static_cast<mpfr_ptr>(t_), low) < 0) {
    mpfr_set_si(t_, low, MPFR_RNDD);
  } else if (mpfr_cmp_si(static_cast<mpfr_ptr>(t_), high) > 0) {
    mpfr_set_si(t_, high, MPFR_RNDD);
  }
}

void ExactRow::clamp_to(unsigned long top) {
  if (mpfr_sgn(static_cast<mpfr_ptr>(v_)) < 0) {
    mpfr_set_zero(v_, 1);
  } else if (mpfr_cmp_ui(v_, top) > 0) {
    mpfr_set_ui(v_, top, MPFR_RNDD);
  }
}

}  // namespace proofcard::tensor
