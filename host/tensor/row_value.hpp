// One row of a table (table.hpp): in double precision where that decides the rounding, and with MPFR anywhere.
#pragma once

#include <cstdint>
#include <optional>
#include <span>

#include "host/tensor/error_function.hpp"
#include "host/tensor/real.hpp"
#include "host/tensor/table.hpp"

namespace proofcard::tensor {

// f(x) in double precision. Shape: as many parameters as the function takes.
double function_value(Function function, std::span<const double> params, double x);

// The row where double precision already decides the rounding: the margin is 2^13 or more times the error of any usable
// libm, so that the outcome cannot depend on it. Whatever is closer to a rounding boundary is left to ExactRow.
std::optional<std::int64_t> quick_row(const TableSpec& spec, std::int64_t x);

// Evaluates rows with MPFR at 256 bits. Rounding is downwards throughout: where only the last operations are inexact,
// floor(v + 1/2) is then exact, because every threshold (n - 1/2) * out_scale is representable.
//
// Cost: exact_row_work() at most, for every scale and argument.
class ExactRow {
 public:
  explicit ExactRow(const TableSpec& spec);

  std::int64_t operator()(std::int64_t x);

 private:
  // Sets v_ and divisor_ so that f(x_) / out_scale = v_ / divisor_.
  void apply();
  // v_ = max(0, min(top, v_)).
  void clamp_to(unsigned long top);
  // t_ = max(low, min(high, x_)).
  void clamp_argument(long low, long high);

  const TableSpec& spec_;
  Real x_, v_, t_, divisor_;
  ErrorFunction erf_;
};

}  // namespace proofcard::tensor
