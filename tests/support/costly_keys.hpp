// Circuits that make a verifier work as hard as it can while it reads a key of at most 1 MB: one kind of cost each.
#pragma once

#include <cmath>
#include <string>
#include <vector>

#include "host/circuit/circuit.hpp"
#include "host/tensor/table.hpp"
#include "tests/circuit/small_circuit.hpp"

namespace proofcard::testing {

struct CostlyKey {
  std::string name;
  circuit::Circuit circuit;
};

inline constexpr std::size_t kCostlyKeyBytes = 1'000'000;
inline constexpr std::uint64_t kVerifierWork = std::uint64_t{1} << 26;  // circuit/validate.cpp, kMaxWork

inline void add_table(circuit::Circuit& c, const tensor::TableSpec& spec) {
  c.tables.push_back({circuit::TableKind::kFunction, spec.lo, spec.rows, spec});
}

inline std::vector<double> some_params(tensor::Function f) {
  using tensor::Function;
  const bool one =
      f == Function::kElu || f == Function::kLeakyRelu || f == Function::kPower || f == Function::kThresholded;
  return f == Function::kHardSigmoid || f == Function::kShrink ? std::vector{0.3, 0.1}
         : one                                                 ? std::vector{1.1}
                                                               : std::vector<double>{};
}

// As many rows as `share` of the verifier's work admits, of which double precision decides none: every value is far
// more steps than it can tell apart. Arguments go from -span to 0 or from 0 to span.
inline CostlyKey exact_rows(tensor::Function f, double span, double share) {
  CostlyKey key{fmt::format("exact rows of {} up to {}", tensor::function_name(f), span), circuit::small_circuit()};
  const double work = share * static_cast<double>(kVerifierWork);
  auto left = static_cast<std::uint32_t>(work / static_cast<double>(tensor::exact_row_work(f) + tensor::kQuickRowWork));
  for (double out_scale = 1e-300; left > 0; out_scale *= 1.5) {
    const std::uint32_t rows = std::min(left, tensor::kMaxTableRows);
    const std::int64_t limit = (std::int64_t{1} << 40) - 1;
    add_table(key.circuit, {f, std::max(std::abs(span) / rows, 0x1p-1074), out_scale, some_params(f),
                            span < 0 ? -std::int64_t{rows} + 1 : 0, rows, -limit, limit});
    left -= rows;
  }
  return key;
}

// As many rows as are admitted, all decided in double precision.
inline CostlyKey quick_rows(tensor::Function f, double share) {
  CostlyKey key{fmt::format("rows of {}", tensor::function_name(f)), circuit::small_circuit()};
  auto left = static_cast<std::uint64_t>(share * static_cast<double>(kVerifierWork / tensor::kQuickRowWork) * 0.99);
  for (double scale = 1e-4; left > tensor::kMaxTableRows; scale *= 1.01) {
    add_table(key.circuit,
              {f, scale, 1e-3, some_params(f), -65536, tensor::kMaxTableRows, -(std::int64_t{1} << 20), 1 << 20});
    left -= tensor::kMaxTableRows;
  }
  return key;
}

// Many lookups of scalars in one table; `first` makes the padding of the tensor that all of them read.
inline CostlyKey lookups(const std::string& name, const tensor::TableSpec& first, const tensor::TableSpec& table,
                         std::size_t num_lookups) {
  using namespace circuit;
  CostlyKey key{name, small_circuit()};
  Circuit& c = key.circuit;
  const auto add_tensor = [&](std::int64_t lo, std::int64_t hi) {
    c.tensors.push_back({"", {}, Role::kWitness, IntType::kI64, lo, hi, 1.0});
    return static_cast<std::uint32_t>(c.tensors.size() - 1);
  };
  add_table(c, first);
  add_table(c, table);
  const auto tables = static_cast<std::uint32_t>(c.tables.size());
  const std::int64_t limit = (std::int64_t{1} << 40) - 1;
  const std::uint32_t in = add_tensor(-limit, limit);
  const std::uint32_t x = add_tensor(-limit, limit);
  c.lookups.push_back({"", tables - 2, {}, {whole(in, {}), whole(x, {})}});
  for (std::size_t i = 0; i < num_lookups; ++i) {
    c.lookups.push_back({"", tables - 1, {}, {whole(x, {}), whole(add_tensor(-limit, limit), {})}});
  }
  return key;
}

// Relations of as many terms as fit, each of two operands on many axes with a label each.
inline CostlyKey many_terms(std::size_t num_terms, std::size_t num_axes) {
  using namespace circuit;
  CostlyKey key{fmt::format("terms on {} axes", num_axes), small_circuit()};
  Circuit& c = key.circuit;
  const Shape shape(num_axes, 1);
  c.tensors.push_back({"", shape, Role::kWitness, IntType::kI8, 0, 15, 1.0});
  const auto id = static_cast<std::uint32_t>(c.tensors.size() - 1);
  c.lookups.push_back({"", 1, shape, {whole(id, shape)}});
  Expression zero{shape, {}, {}};
  for (std::size_t i = 0; i < num_terms; ++i) {
    zero.terms.push_back({1, {tensor::identity_operand(id, shape), tensor::identity_operand(id, shape)}, {}});
  }
  c.relations.push_back({"", zero});
  return key;
}

// Every kind; `share` of the budget for those that have one.
inline std::vector<CostlyKey> costly_keys(double share) {
  using tensor::Function;
  std::vector<CostlyKey> keys;
  for (std::uint8_t f = 0; tensor::function_name(static_cast<Function>(f)) != "?"; ++f) {
    for (const double span : {-0x1p-240, -0x1p-80, -1e-4, -3.0, -16.0, -40.0, -900.0, -1e9, 0x1p-240, 3.0, 14.0, 1e9}) {
      keys.push_back(exact_rows(static_cast<Function>(f), span, share));
    }
    keys.push_back(quick_rows(static_cast<Function>(f), share));
  }
  const std::int64_t limit = (std::int64_t{1} << 40) - 1;
  const tensor::TableSpec big_padding{Function::kExp, 1, 0x1p-30, {}, 0, 1, -limit, limit};
  keys.push_back(lookups("padding outside the domain", big_padding,
                         {Function::kElu, 0x1p-230, 0x1p-260, {-1.1}, 0, 1, -limit, limit}, 5000));
  keys.push_back(lookups("gelu's padding outside the domain", big_padding,
                         {Function::kGelu, 30 * 0x1p-30, 0x1p-260, {}, 0, 1, -limit, limit}, 7000));
  keys.push_back(lookups("many lookups of a large table", {Function::kClamp, 1, 1, {}, 0, 1, 0, 0},
                         {Function::kTanh, 1e-4, 1e-4, {}, -65536, tensor::kMaxTableRows, -limit, limit}, 7000));
  keys.push_back(many_terms(15000, 0));
  keys.push_back(many_terms(380, 32));
  return keys;
}

}  // namespace proofcard::testing
