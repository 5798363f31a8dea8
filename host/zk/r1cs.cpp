#include "host/zk/r1cs.hpp"

#include <algorithm>

#include "host/base/bits.hpp"
#include "host/field/fr_vector.hpp"
#include "host/poly/multilinear.hpp"

namespace proofcard::zk {
namespace {

// f(form, weight) for every form of sum_x weights[x] (A_x + rho B_x + rho^2 C_x).
template <class F>
void for_each_form(const R1cs& r1cs, std::span<const Fr> weights, const Fr& rho, F f) {
  const Fr rho2 = rho.square();
  for (std::size_t x = 0; x < r1cs.rows.size(); ++x) {
    f(r1cs.rows[x].a, weights[x]);
    f(r1cs.rows[x].b, weights[x] * rho);
    f(r1cs.rows[x].c, weights[x] * rho2);
  }
}

}  // namespace

std::size_t num_auxiliary(std::span<const VerifierChannel::Constraint> constraints) {
  std::size_t n = 0;
  for (const auto& constraint : constraints) {
    n += std::max<std::size_t>(1, constraint.products.size()) - 1;
  }
  return n;
}

R1cs build(std::span<const VerifierChannel::Constraint> constraints, std::span<const Value> auxiliary,
           std::size_t num_hidden_rows, std::size_t vector_size) {
  R1cs out;
  out.num_hidden_rows = num_hidden_rows;
  out.vector_size = vector_size;
  out.log_half = std::max({kHiddenRowVars, ceil_log2(num_hidden_rows * kHiddenRowLen), ceil_log2(vector_size)});
  std::size_t next = 0;
  for (const auto& constraint : constraints) {
    Value rest = constraint.rest;
    for (std::size_t i = 1; i < constraint.products.size(); ++i) {
      out.rows.push_back({constraint.products[i].a, constraint.products[i].b, auxiliary[next]});
      rest += auxiliary[next++];
    }
    rest = -rest;
    if (constraint.products.empty()) {
      out.rows.push_back({Value(), Value(), std::move(rest)});
    } else {
      out.rows.push_back({constraint.products[0].a, constraint.products[0].b, std::move(rest)});
    }
  }
  out.log_rows = ceil_log2(out.rows.size());
  return out;
}

std::size_t index_of(const R1cs& r1cs, std::uint32_t variable) {
  return variable < kVectorVariables ? variable : (std::size_t{1} << r1cs.log_half) + (variable - kVectorVariables);
}

std::vector<Fr> error_row_weights(const R1cs& r1cs, std::span<const Fr> row_point) {
  return r1cs.log_rows <= kHiddenRowVars ? std::vector<Fr>{Fr::one()} : fr_eq_table(row_point.subspan(kHiddenRowVars));
}

std::vector<Fr> error_row_position(const R1cs& r1cs, std::span<const Fr> row_point) {
  std::vector<Fr> out = fr_eq_table(row_point.first(std::min(r1cs.log_rows, kHiddenRowVars)));
  out.resize(kHiddenRowLen);
  return out;
}

std::vector<Fr> make_z(const R1cs& r1cs, std::span<const Fr> hidden_values, std::span<const Fr> vector) {
  std::vector<Fr> z(std::size_t{2} << r1cs.log_half);
  std::copy(hidden_values.begin(), hidden_values.end(), z.begin());
  std::copy(vector.begin(), vector.end(), z.begin() + (std::ptrdiff_t{1} << r1cs.log_half));
  return z;
}

Fr evaluate(const R1cs& r1cs, const Value& form, std::span<const Fr> z, const Fr& u) {
  Fr sum = form.constant() * u;
  for (const auto& [variable, coefficient] : form.terms()) {
    sum += coefficient * z[index_of(r1cs, variable)];
  }
  return sum;
}

CombinedRow combine(const R1cs& r1cs, std::span<const Fr> weights, const Fr& rho) {
  CombinedRow out{std::vector<Fr>(std::size_t{2} << r1cs.log_half), combined_constant(r1cs, weights, rho)};
  for_each_form(r1cs, weights, rho, [&](const Value& form, const Fr& weight) {
    for (const auto& [variable, coefficient] : form.terms()) {
      out.coefficients[index_of(r1cs, variable)] += coefficient * weight;
    }
  });
  return out;
}

Fr combined_constant(const R1cs& r1cs, std::span<const Fr> weights, const Fr& rho) {
  Fr out;
  for_each_form(r1cs, weights, rho, [&](const Value& form, const Fr& weight) { out += form.constant() * weight; });
  return out;
}

Fr combined_at(const R1cs& r1cs, std::span<const Fr> weights, const Fr& rho, std::span<const Fr> point) {
  const Fr& top = point.back();
  const std::span<const Fr> low = point.first(r1cs.log_half);
  const std::vector<Fr> positions = fr_eq_table(low.first(kHiddenRowVars), Fr::one() - top);
  const std::vector<Fr> rows = poly::eq_prefix(low.subspan(kHiddenRowVars), r1cs.num_hidden_rows);
  const std::vector<Fr> vector = poly::eq_prefix(low, r1cs.vector_size);
  Fr hidden_part;
  Fr vector_part;
  for_each_form(r1cs, weights, rho, [&](const Value& form, const Fr& weight) {
    Fr hidden_sum;
    Fr vector_sum;
    for (const auto& [variable, coefficient] : form.terms()) {
      if (variable < kVectorVariables) {
        hidden_sum += coefficient * (rows[variable / kHiddenRowLen] * positions[variable % kHiddenRowLen]);
      } else {
        vector_sum += coefficient * vector[variable - kVectorVariables];
      }
    }
    hidden_part += hidden_sum * weight;
    vector_part += vector_sum * weight;
  });
  return hidden_part + top * vector_part;
}

}  // namespace proofcard::zk
