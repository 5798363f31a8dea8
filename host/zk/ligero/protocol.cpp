#include "host/zk/ligero/protocol.hpp"

namespace proofcard::zk::ligero {
namespace {

// Adds scale * form to the sum.
void add(JoinedSum& sum, const Value& form, const Fr& scale) {
  sum.constant += scale * form.constant();
  for (const auto& [variable, coefficient] : form.terms()) {
    sum.values[variable] += scale * coefficient;
  }
}

}  // namespace

std::size_t num_products(Constraints constraints) {
  std::size_t out = 0;
  for (const auto& constraint : constraints) {
    out += constraint.products.size();
  }
  return out;
}

pcs::whir::Code code_of_rows(const Parameters& parameters) { return {.log_size = parameters.log_rows}; }

std::vector<Fr> equation_scales(Constraints constraints, const Fr& delta) {
  std::vector<Fr> out;
  out.reserve(constraints.size());
  Fr power = delta;
  for (std::size_t e = 0; e < constraints.size(); ++e, power *= delta) {
    out.push_back(power);
  }
  return out;
}

JoinedSum join(const Parameters& parameters, Constraints constraints, const Fr& delta, const Fr& gamma) {
  const std::size_t num_factors = parameters.num_factor_columns() << parameters.log_column_len;
  JoinedSum sum;
  sum.values.resize(parameters.num_value_columns() << parameters.log_column_len);
  sum.left.resize(num_factors);
  sum.right.resize(num_factors);
  Fr power = gamma;
  for (std::size_t j = 0; j < num_factors; ++j) {
    sum.left[j] = power;
    power *= gamma;
    sum.right[j] = power;
    power *= gamma;
  }
  const std::vector<Fr> scales = equation_scales(constraints, delta);
  std::size_t j = 0;
  for (std::size_t e = 0; e < constraints.size(); ++e) {
    add(sum, constraints[e].rest, scales[e]);
    for (const VerifierChannel::Product& product : constraints[e].products) {
      add(sum, product.a, -sum.left[j] * scales[e]);
      add(sum, product.b, -sum.right[j]);
      ++j;
    }
  }
  return sum;
}

}  // namespace proofcard::zk::ligero
