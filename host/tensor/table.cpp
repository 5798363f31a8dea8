#include "host/tensor/table.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <limits>

#include "host/base/check.hpp"
#include "host/base/parallel.hpp"
#include "host/tensor/magnitude.hpp"
#include "host/tensor/row_value.hpp"

namespace proofcard::tensor {
namespace {

struct FunctionInfo {
  const char* name;
  std::size_t num_params;
  std::uint64_t exact_work;  // exact_row_work(): about twice what the slowest argument was seen to take
};

constexpr std::array<FunctionInfo, 37> kFunctions = {{
    {"clamp", 0, 256},       {"leaky_relu", 1, 256}, {"sigmoid", 0, 1024}, {"tanh", 0, 1024},
    {"elu", 1, 4096},        {"gelu", 0, 2048},      {"erf", 0, 2048},     {"hard_sigmoid", 2, 256},
    {"hard_swish", 0, 256},  {"exp", 0, 1024},       {"sqrt", 0, 256},     {"reciprocal", 0, 256},
    {"softplus", 0, 1024},   {"square", 0, 256},     {"abs", 0, 256},      {"gelu_tanh", 0, 1024},
    {"log", 0, 1024},        {"power", 1, 4096},     {"floor", 0, 256},    {"ceil", 0, 256},
    {"round", 0, 256},       {"sign", 0, 256},       {"sin", 0, 4096},     {"cos", 0, 4096},
    {"tan", 0, 4096},        {"asin", 0, 4096},      {"acos", 0, 4096},    {"atan", 0, 4096},
    {"sinh", 0, 2048},       {"cosh", 0, 2048},      {"asinh", 0, 2048},   {"acosh", 0, 2048},
    {"atanh", 0, 2048},      {"softsign", 0, 256},   {"mish", 0, 2048},    {"shrink", 2, 256},
    {"thresholded", 1, 256},
}};

static_assert(kFunctions.size() == static_cast<std::size_t>(Function::kThresholded) + 1);

bool is_function(Function f) { return static_cast<std::size_t>(f) < kFunctions.size(); }

bool scale_ok(double v) { return std::isfinite(v) && v > 0; }

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

std::uint64_t exact_row_work(Function f) { return kFunctions[static_cast<std::size_t>(f)].exact_work; }
std::uint64_t exact_row_work(const TableSpec& spec, std::int64_t x) {
  return exact_row_work(spec.function == Function::kElu && x >= 0 ? Function::kLeakyRelu : spec.function);
}

std::int64_t table_value_exact(const TableSpec& spec, std::int64_t x) { return ExactRow(spec)(x); }

std::int64_t table_value(const TableSpec& spec, std::int64_t x) {
  const std::optional<std::int64_t> quick = quick_row(spec, x);
  return quick ? *quick : table_value_exact(spec, x);
}

std::optional<TableRows> table_rows_within(const TableSpec& spec, std::uint64_t max_work) {
  PROOFCARD_CHECK(spec.rows <= kMaxTableRows);
  TableRows rows{std::vector<std::int64_t>(spec.rows), std::uint64_t{spec.rows} * kQuickRowWork, 0, 0};
  std::vector<std::uint8_t> undecided(spec.rows, 0);
  parallel_for(spec.rows, 1024, [&](std::size_t begin, std::size_t end) {
    for (std::size_t i = begin; i < end; ++i) {
      const std::optional<std::int64_t> quick = quick_row(spec, spec.lo + static_cast<std::int64_t>(i));
      rows.values[i] = quick.value_or(0);
      undecided[i] = quick ? 0 : 1;
    }
  });
  std::vector<std::uint32_t> exact;
  for (std::uint32_t i = 0; i < spec.rows; ++i) {
    if (undecided[i] != 0) {
      exact.push_back(i);
      rows.work += exact_row_work(spec, spec.lo + std::int64_t{i});
    }
  }
  if (rows.work > max_work) {
    return std::nullopt;
  }
  parallel_for(exact.size(), 64, [&](std::size_t begin, std::size_t end) {
    ExactRow exact_row(spec);
    for (std::size_t k = begin; k < end; ++k) {
      rows.values[exact[k]] = exact_row(spec.lo + std::int64_t{exact[k]});
    }
  });
  const auto [min, max] = std::minmax_element(rows.values.begin(), rows.values.end());
  rows.min = *min;
  rows.max = *max;
  return rows;
}

std::vector<std::int64_t> table_rows(const TableSpec& spec) {
  return table_rows_within(spec, std::numeric_limits<std::uint64_t>::max())->values;
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
