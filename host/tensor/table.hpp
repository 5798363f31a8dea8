// Lookup tables by formula and parameters: prover and verifier rebuild the same rows from a few numbers.
//
// A table maps every integer x of its domain [lo, lo + rows) to an integer. Real functions are evaluated with MPFR at
// 256 bits and rounded half up, so the rows are the same on every machine; scales enter as exact doubles (m * 2^e).
// Double precision is used only as a shortcut, where the result is so far from a rounding boundary that MPFR could not
// differ.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "host/base/bytes.hpp"
#include "host/base/result.hpp"

namespace proofcard::tensor {

enum class Function : std::uint8_t {
  kClamp,        // x
  kLeakyRelu,    // x < 0 ? a * x : x                       (a = params[0]); Relu is kClamp with out_lo = 0
  kSigmoid,      // 1 / (1 + exp(-x))
  kTanh,         // tanh(x)
  kElu,          // x < 0 ? a * (exp(x) - 1) : x            (a = params[0])
  kGelu,         // x * (1 + erf(x / sqrt 2)) / 2
  kErf,          // erf(x)
  kHardSigmoid,  // max(0, min(1, a * x + b))               (a = params[0], b = params[1])
  kHardSwish,    // x * max(0, min(1, x / 6 + 1/2))
  kExp,          // exp(x)
  kSqrt,         // sqrt(max(x, 0))
  kReciprocal,   // 1 / x, and 0 for x = 0
  kSoftplus,     // log(1 + exp(x))
  kSquare,       // x * x
  kAbs,          // |x|
  kGeluTanh,     // the tanh approximation of kGelu
  kLog,          // log(x); below any number for x <= 0
  kPower,        // x^a, and 0 where that is no number        (a = params[0])
  kFloor,        // the largest integer that is not above x
  kCeil,         // the smallest integer that is not below x
  kRound,        // the nearest integer, of two the even one
  kSign,         // -1, 0, 1
  kSin,          // sin(x)
  kCos,          // cos(x)
  kTan,          // tan(x)
  kAsin,         // asin(max(-1, min(1, x)))
  kAcos,         // acos(max(-1, min(1, x)))
  kAtan,         // atan(x)
  kSinh,         // sinh(x)
  kCosh,         // cosh(x)
  kAsinh,        // asinh(x)
  kAcosh,        // acosh(max(1, x))
  kAtanh,        // atanh(max(-1, min(1, x)))
  kSoftsign,     // x / (1 + |x|)
  kMish,         // x * tanh(log(1 + exp(x)))
  kShrink,       // x < -l ? x + b : x > l ? x - b : 0         (l = params[0], b = params[1])
  kThresholded,  // x > a ? x : 0                              (a = params[0])
};

// Row x (an integer of the domain) is  clamp(round_half_up(f(x * in_scale) / out_scale), out_lo, out_hi).
struct TableSpec {
  Function function = Function::kClamp;
  double in_scale = 1.0;
  double out_scale = 1.0;
  std::vector<double> params;
  std::int64_t lo = 0;     // domain
  std::uint32_t rows = 0;  // at most kMaxTableRows
  std::int64_t out_lo = 0;
  std::int64_t out_hi = 0;
  bool operator==(const TableSpec&) const = default;
};

inline constexpr std::uint32_t kMaxTableRows = std::uint32_t{1} << 17;

std::string function_name(Function f);

// Scales finite and positive, parameters finite and as many as the function takes, out_lo <= out_hi, magnitudes below
// 2^40. Does not bound rows: the graph allows any domain, the compiler splits wide ones.
Status validate(const TableSpec& spec, const std::string& where);

// Row for one x, by the formula above; x need not be in the domain, but |x| < 2^40. Pre: validate(spec) is ok.
std::int64_t table_value(const TableSpec& spec, std::int64_t x);
// The same without the shortcut: the definition that the tests compare with.
std::int64_t table_value_exact(const TableSpec& spec, std::int64_t x);

// All rows in order of x. Pre: validate(spec) is ok and rows <= kMaxTableRows.
std::vector<std::int64_t> table_rows(const TableSpec& spec);

// What rows cost, in units of about 20 ns of one core: every row kQuickRowWork, and exact_row_work() more where double
// precision cannot decide. These bound every table that validate() admits (tests/tensor/table_work_test.cpp).
inline constexpr std::uint64_t kQuickRowWork = 8;
std::uint64_t exact_row_work(Function f);
// The same for the row of x: where a function is a line it costs what a line costs.
std::uint64_t exact_row_work(const TableSpec& spec, std::int64_t x);

struct TableRows {
  std::vector<std::int64_t> values;
  std::uint64_t work = 0;
  std::int64_t min = 0;
  std::int64_t max = 0;
};

// The rows, unless they cost more than max_work: then none needs MPFR before that is known. Same preconditions.
std::optional<TableRows> table_rows_within(const TableSpec& spec, std::uint64_t max_work);

void write(ByteWriter& out, const TableSpec& spec);
Result<TableSpec> read_table_spec(ByteReader& in);

}  // namespace proofcard::tensor
