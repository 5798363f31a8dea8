#include "host/pcs/hyrax/verifier.hpp"

#include <bit>

#include "host/field/fr_vector.hpp"
#include "host/sumcheck/verifier.hpp"

namespace proofcard::pcs::hyrax {
namespace {

// Points and scalars of the one sum that has to be the point at infinity.
struct PointSum {
  std::vector<curve::G1Affine> points;
  std::vector<Fr> scalars;

  void add(const curve::G1Affine& p, const Fr& k) {
    points.push_back(p);
    scalars.push_back(k);
  }
};

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

Status verify_opening(VerifierChannel& channel, const kernels::Msm& msm, const Generators& generators,
                      std::span<const ColumnCommitment> columns, std::span<const Claim<Value>> claims) {
  const std::size_t length = generators.rows.size();
  const auto log_length = static_cast<std::size_t>(std::countr_zero(length));
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
  Value equation = reduction.final_claim * -Fr::one();
  for (std::size_t g = 0; g < num_groups; ++g) {
    equation += values[g] * (reduction.batch[g] * groups.weights[g].at(s));
  }
  PROOFCARD_RETURN_IF_ERROR(channel.require_zero(equation, "opening (rows)"));

  const std::vector<Fr> delta = powers(channel.challenge("open.delta"), num_groups);
  Value inner_product;
  for (std::size_t g = 0; g < num_groups; ++g) {
    inner_product += values[g] * delta[g];
  }
  std::vector<Fr> claim_factors(claims.size());
  for (std::size_t k = 0; k < claims.size(); ++k) {
    claim_factors[k] = gamma[k] * delta[groups.of_claim[k]];
  }
  PointSum sum;
  add_rows(sum, columns, claims, claim_factors);

  // Folding: the commitment P = <v, G> + <v, b> U becomes P + x L + x^-1 R.
  std::size_t size = length;
  std::vector<Fr> b = fr_eq_table(s);
  b.resize(length);
  std::vector<Fr> inverses;
  Fr u;
  if (size > kFinalLength) {
    u = channel.challenge("open.inner-product");
    while (size > kFinalLength) {
      PROOFCARD_TRY(const std::vector<curve::G1Affine> lr, channel.points("open.fold", 2));
      const Fr x = channel.challenge("open.fold");
      inverses.push_back(x.inverse());
      sum.add(lr[0], x);
      sum.add(lr[1], inverses.back());
      size /= 2;
      for (std::size_t i = 0; i < size; ++i) {
        b[i] += inverses.back() * b[size + i];
      }
      b.resize(size);
    }
  }
  PROOFCARD_TRY(const std::vector<Value> last, channel.message("open.vector", size));
  Value last_product;
  for (std::size_t i = 0; i < size; ++i) {
    last_product += last[i] * b[i];
  }
  const std::vector<Fr> factors = fold_factors(inverses);
  for (std::size_t t = 0; t < factors.size(); ++t) {
    for (std::size_t i = 0; i < size; ++i) {
      sum.add(generators.rows[t * size + i], last[i].constant() * -factors[t]);
    }
  }
  if (inverses.empty()) {
    PROOFCARD_RETURN_IF_ERROR(channel.require_zero(last_product - inner_product, "opening (inner product)"));
  } else {
    sum.add(generators.inner_product, u * (inner_product - last_product).constant());
  }
  PROOFCARD_TRY(const curve::G1Affine total, msm.once(sum.points, sum.scalars));
  if (!total.is_infinity()) {
    return rejected("opening", "the commitments do not open to the claimed values");
  }
  return {};
}

}  // namespace proofcard::pcs::hyrax
