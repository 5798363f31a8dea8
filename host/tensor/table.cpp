#include "host/tensor/table.hpp"

#include <mpfr.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <numbers>

#include "host/base/check.hpp"
#include "host/base/parallel.hpp"

namespace proofcard::tensor {
namespace {

constexpr mpfr_prec_t kPrecisionBits = 256;
constexpr std::int64_t kMaxMagnitude = std::int64_t{1} << 40;

struct FunctionInfo {
  const char* name;
  std::size_t num_params;
};

constexpr std::array<FunctionInfo, 16> kFunctions = {{
    {"clamp", 0},
    {"leaky_relu", 1},
    {"sigmoid", 0},
    {"tanh", 0},
    {"elu", 1},
    {"gelu", 0},
    {"erf", 0},
    {"hard_sigmoid", 2},
    {"hard_swish", 0},
    {"exp", 0},
    {"sqrt", 0},
    {"reciprocal", 0},
    {"softplus", 0},
    {"square", 0},
    {"abs", 0},
    {"gelu_tanh", 0},
}};

bool is_function(Function f) { return static_cast<std::size_t>(f) < kFunctions.size(); }

// Owns one MPFR number.
class Real {
 public:
  Real() { mpfr_init2(value_, kPrecisionBits); }
  ~Real() { mpfr_clear(value_); }
  Real(const Real&) = delete;
  Real& operator=(const Real&) = delete;
  operator mpfr_ptr() { return value_; }  // NOLINT(google-explicit-constructor): used as the C type everywhere

 private:
  mpfr_t value_;
};

// Evaluates rows with MPFR. Rounding is downwards throughout: where only the last operations are inexact, floor(v +
// 1/2) is then exact, because every threshold (n - 1/2) * out_scale is representable.
class ExactEvaluator {
 public:
  explicit ExactEvaluator(const TableSpec& spec) : spec_(spec) {}

  std::int64_t operator()(std::int64_t x) {
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

 private:
  // Sets v_ and divisor_ so that f(x_) / out_scale = v_ / divisor_.
  void apply() {
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
        mpfr_erfc(v_, v_, MPFR_RNDD);  // 1 + erf(u) = erfc(-u), without cancellation
        mpfr_mul(v_, v_, x_, MPFR_RNDD);
        mpfr_div_2ui(v_, v_, 1, MPFR_RNDD);
        return;
      case Function::kErf:
        mpfr_erf(v_, x_, MPFR_RNDD);
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

  // v_ = max(0, min(top, v_)).
  void clamp_to(unsigned long top) {
    if (mpfr_sgn(static_cast<mpfr_ptr>(v_)) < 0) {
      mpfr_set_zero(v_, 1);
    } else if (mpfr_cmp_ui(v_, top) > 0) {
      mpfr_set_ui(v_, top, MPFR_RNDD);
    }
  }

  const TableSpec& spec_;
  Real x_, v_, t_, divisor_;
};

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

// The row where double precision already decides the rounding: the margin is 2^13 or more times the error of any usable
// libm, so that the outcome cannot depend on it. Whatever is closer to a rounding boundary is left to MPFR.
bool try_shortcut(const TableSpec& spec, std::int64_t x, std::int64_t& out) {
  const bool exact = spec.in_scale == spec.out_scale;
  if (exact && (spec.function == Function::kClamp || spec.function == Function::kAbs ||
                (spec.function == Function::kLeakyRelu && (x >= 0 || spec.params[0] == 0)))) {
    const std::int64_t v = spec.function == Function::kAbs     ? std::abs(x)
                           : spec.function == Function::kClamp ? x
                                                               : std::max<std::int64_t>(x, 0);
    out = std::clamp(v, spec.out_lo, spec.out_hi);
    return true;
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
    return false;
  }
  if (scaled - margin >= static_cast<double>(spec.out_hi)) {
    out = spec.out_hi;
    return true;
  }
  if (scaled + margin < static_cast<double>(spec.out_lo)) {
    out = spec.out_lo;
    return true;
  }
  const double floor = std::floor(scaled - margin);
  if (floor != std::floor(scaled + margin)) {
    return false;
  }
  out = std::clamp(static_cast<std::int64_t>(floor), spec.out_lo, spec.out_hi);
  return true;
}

bool scale_ok(double v) { return std::isfinite(v) && v > 0; }
bool magnitude_ok(std::int64_t v) { return v > -kMaxMagnitude && v < kMaxMagnitude; }

}  // namespace

std::string function_name(Function f) { return is_function(f) ? kFunctions[static_cast<std::size_t>(f)].name : "?"; }

Status validate(const TableSpec& spec, const std::string& where) {
  if (!is_function(spec.function)) {
    return bad_input(where, "expected a function below {}, found {}", kFunctions.size(),
                     static_cast<unsigned>(spec.function));
  }
  if (!scale_ok(spec.in_scale) || !scale_ok(spec.out_scale)) {
    return bad_input(where, "expected finite positive scales, found {} and {}", spec.in_scale, spec.out_scale);
  }
  const FunctionInfo& info = kFunctions[static_cast<std::size_t>(spec.function)];
  if (spec.params.size() != info.num_params) {
    return bad_input(where, "expected {} parameters for {}, found {}", info.num_params, info.name, spec.params.size());
  }
  for (const double p : spec.params) {
    if (!std::isfinite(p)) {
      return bad_input(where, "expected finite parameters, found {}", p);
    }
  }
  if (spec.rows == 0 || !magnitude_ok(spec.lo) || !magnitude_ok(spec.lo + std::int64_t{spec.rows})) {
    return bad_input(where, "expected a domain within 2^40, found {} rows from {}", spec.rows, spec.lo);
  }
  if (spec.out_lo > spec.out_hi || !magnitude_ok(spec.out_lo) || !magnitude_ok(spec.out_hi)) {
    return bad_input(where, "expected output bounds in order and within 2^40, found [{}, {}]", spec.out_lo,
                     spec.out_hi);
  }
  return {};
}

std::int64_t table_value_exact(const TableSpec& spec, std::int64_t x) { return ExactEvaluator(spec)(x); }

std::int64_t table_value(const TableSpec& spec, std::int64_t x) {
  std::int64_t out = 0;
  return try_shortcut(spec, x, out) ? out : table_value_exact(spec, x);
}

std::vector<std::int64_t> table_rows(const TableSpec& spec) {
  PROOFCARD_CHECK(spec.rows <= kMaxTableRows);
  std::vector<std::int64_t> rows(spec.rows);
  parallel_for(rows.size(), 1024, [&](std::size_t begin, std::size_t end) {
    for (std::size_t i = begin; i < end; ++i) {
      rows[i] = table_value(spec, spec.lo + static_cast<std::int64_t>(i));
    }
  });
  return rows;
}

std::size_t num_exact_rows(const TableSpec& spec) {
  PROOFCARD_CHECK(spec.rows <= kMaxTableRows);
  std::size_t n = 0;
  for (std::size_t i = 0; i < spec.rows; ++i) {
    std::int64_t row = 0;
    n += try_shortcut(spec, spec.lo + static_cast<std::int64_t>(i), row) ? 0 : 1;
  }
  return n;
}

void write(ByteWriter& out, const TableSpec& spec) {
  out.u8(static_cast<std::uint8_t>(spec.function));
  out.u64(std::bit_cast<std::uint64_t>(spec.in_scale));
  out.u64(std::bit_cast<std::uint64_t>(spec.out_scale));
  out.u32(static_cast<std::uint32_t>(spec.params.size()));
  for (const double p : spec.params) {
    out.u64(std::bit_cast<std::uint64_t>(p));
  }
  out.i64(spec.lo);
  out.u32(spec.rows);
  out.i64(spec.out_lo);
  out.i64(spec.out_hi);
}

Result<TableSpec> read_table_spec(ByteReader& in) {
  TableSpec spec;
  PROOFCARD_TRY(const std::uint8_t function, in.u8("table.function"));
  spec.function = static_cast<Function>(function);
  PROOFCARD_TRY(const std::uint64_t in_scale, in.u64("table.in_scale"));
  spec.in_scale = std::bit_cast<double>(in_scale);
  PROOFCARD_TRY(const std::uint64_t out_scale, in.u64("table.out_scale"));
  spec.out_scale = std::bit_cast<double>(out_scale);
  PROOFCARD_TRY(const std::uint32_t params, in.count("table.params", 8));
  for (std::uint32_t i = 0; i < params; ++i) {
    PROOFCARD_TRY(const std::uint64_t p, in.u64("table.param"));
    spec.params.push_back(std::bit_cast<double>(p));
  }
  PROOFCARD_TRY(spec.lo, in.i64("table.lo"));
  PROOFCARD_TRY(spec.rows, in.u32("table.rows"));
  PROOFCARD_TRY(spec.out_lo, in.i64("table.out_lo"));
  PROOFCARD_TRY(spec.out_hi, in.i64("table.out_hi"));
  return spec;
}

}  // namespace proofcard::tensor
