#include "host/pcs/hyrax/verifier.hpp"

#include "host/field/fr_vector.hpp"
#include "host/sumcheck/verifier.hpp"
#include "host/transcript/hiding_key.hpp"

namespace proofcard::pcs::hyrax {
namespace {

// The commitment of v = sum_g delta^g v_g, as a sum over row commitments.
void add_rows(PointSum& sum, std::span<const ColumnCommitment> columns, std::span<const Claim<Value>> claims,
              std::span<const Fr> claim_factors) {
  std::vector<std::vector<Fr>> factors;
  for (const ColumnCommitment& column : columns) {
    factors.emplace_back(column.rows.size());
  }
  for (std::size_t k = 0; k < claims.size(); ++k) {
    const RowRange rows = row_range(claims[k], columns[claims[k].column].log_row_len);
    const std::vector<Fr> left = fr_eq_table(rows.point, claim_factors[k]);
    for (std::size_t i = 0; i < left.size(); ++i) {
      factors[claims[k].column][rows.first + i] += left[i];
    }
  }
  for (std::size_t c = 0; c < columns.size(); ++c) {
    for (std::size_t row = 0; row < factors[c].size(); ++row) {
      if (!factors[c][row].is_zero() && !columns[c].rows[row].is_infinity()) {
        sum.add(columns[c].rows[row], factors[c][row]);
      }
    }
  }
}

}  // namespace

Result<VectorEquation> verify_opening(VerifierChannel& channel, unsigned log_length,
                                      std::span<const ColumnCommitment> columns, std::span<const Claim<Value>> claims) {
  std::vector<unsigned> log_row_lens;
  for (const ColumnCommitment& column : columns) {
    log_row_lens.push_back(column.log_row_len);
  }
  const std::vector<Fr> gamma = powers(channel.challenge("open.gamma"), claims.size());
  const Groups groups = group_claims(claims, log_row_lens);
  const std::size_t num_groups = groups.weights.size();

  std::vector<sumcheck::Claim> sums(num_groups, {log_length, Value()});
  for (std::size_t k = 0; k < claims.size(); ++k) {
    sums[groups.of_claim[k]].sum += claims[k].value * gamma[k];
  }
  PROOFCARD_TRY(const sumcheck::Reduction reduction, sumcheck::verify_batched(channel, sums));
  const std::span<const Fr> s = reduction.point(num_groups == 0 ? 0 : log_length);
  PROOFCARD_TRY(const std::vector<Value> values, channel.message("open.values", num_groups));
  Value rows_equation = -reduction.final_claim;
  for (std::size_t g = 0; g < num_groups; ++g) {
    rows_equation += values[g] * (reduction.batch[g] * groups.weights[g].at(s));
  }
  PROOFCARD_RETURN_IF_ERROR(channel.require_zero(rows_equation, "opening (rows)"));

  const std::vector<Fr> delta = powers(channel.challenge("open.delta"), num_groups);
  Value inner_product;
  for (std::size_t g = 0; g < num_groups; ++g) {
    inner_product += values[g] * delta[g];
  }
  std::vector<Fr> claim_factors(claims.size());
  for (std::size_t k = 0; k < claims.size(); ++k) {
    claim_factors[k] = gamma[k] * delta[groups.of_claim[k]];
  }
  VectorEquation equation;
  add_rows(equation.commitment, columns, claims, claim_factors);

  // Folding: the commitment P = <v, G> + u <v, b> M_0 becomes P + x L + x^-1 R.
  std::vector<Fr>& b = equation.b;
  b = fr_eq_table(s);
  b.resize(std::size_t{1} << log_length);
  std::vector<Fr> inverses;
  if (b.size() > kFinalLength) {
    PROOFCARD_TRY(const Value product, channel.message("open.product"));
    PROOFCARD_RETURN_IF_ERROR(channel.require_zero(product - inner_product, "opening (inner product)"));
    const Fr u = channel.challenge("open.inner-product");
    equation.inner_product_factor = u;
    if (channel.hiding()) {
      equation.product_row = channel.num_rows() - 1;
    } else {
      equation.commitment.add(hiding_key().columns[0], u * product.constant());
    }
    while (b.size() > kFinalLength) {
      PROOFCARD_TRY(const std::vector<curve::G1Affine> lr, channel.points("open.fold", 2));
      const Fr x = channel.challenge("open.fold");
      inverses.push_back(x.inverse());
      equation.commitment.add(lr[0], x);
      equation.commitment.add(lr[1], inverses.back());
      const std::size_t half = b.size() / 2;
      for (std::size_t i = 0; i < half; ++i) {
        b[i] += inverses.back() * b[half + i];
      }
      b.resize(half);
    }
  }
  equation.factors = fold_factors(inverses);
  PROOFCARD_TRY(equation.last, channel.hidden_vector("open.vector", b.size()));
  if (!channel.hiding()) {
    PROOFCARD_TRY(equation.blinding, channel.message("open.blinding"));
  }
  if (inverses.empty()) {
    Value last_product;
    for (std::size_t i = 0; i < b.size(); ++i) {
      last_product += equation.last[i] * b[i];
    }
    PROOFCARD_RETURN_IF_ERROR(channel.require_zero(last_product - inner_product, "opening (inner product)"));
  }
  return equation;
}

Status check_vector_equation(const kernels::Msm& msm, const Generators& generators, VectorEquation equation) {
  std::vector<Fr> last;
  for (const Value& v : equation.last) {
    last.push_back(v.constant());
  }
  add_vector_side(equation.commitment, -Fr::one(), equation, last, generators);
  equation.commitment.add(hiding_key().blinding, -equation.blinding.constant());
  PROOFCARD_TRY(const curve::G1Affine total, msm.once(equation.commitment.points, equation.commitment.scalars));
  if (!total.is_infinity()) {
    return rejected("opening", "the commitments do not open to the claimed values");
  }
  return {};
}

}  // namespace proofcard::pcs::hyrax
