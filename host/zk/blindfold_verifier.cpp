#include <array>

#include "host/field/fr_vector.hpp"
#include "host/poly/multilinear.hpp"
#include "host/sumcheck/verifier.hpp"
#include "host/zk/blindfold.hpp"
#include "host/zk/r1cs.hpp"

namespace proofcard::zk {
namespace {

std::vector<Fr> constants(std::span<const Value> values) {
  std::vector<Fr> out;
  for (const Value& v : values) {
    out.push_back(v.constant());
  }
  return out;
}

Result<std::vector<Fr>> clear(VerifierChannel& channel, std::string_view label, std::size_t n) {
  PROOFCARD_TRY(const std::vector<Value> values, channel.message(label, n));
  return constants(values);
}

Fr multilinear(std::span<const Fr> table, std::span<const Fr> point) {
  return fr_dot(table, poly::eq_prefix(point, table.size()));
}

// A sum of scale * (<row, columns> + blinding H) over the hiding key.
class KeySide {
 public:
  void add(const Fr& scale, std::span<const Fr> row, const Fr& blinding) {
    for (std::size_t j = 0; j < row.size(); ++j) {
      columns_[j] += scale * row[j];
    }
    blinding_ += scale * blinding;
  }
  void add_to(pcs::hyrax::PointSum& sum) const {
    const HidingKey& key = hiding_key();
    for (std::size_t j = 0; j < columns_.size(); ++j) {
      sum.add(key.columns[j], columns_[j]);
    }
    sum.add(key.blinding, blinding_);
  }

 private:
  std::array<Fr, kHiddenRowLen> columns_;
  Fr blinding_;
};

}  // namespace

Status verify(VerifierChannel& channel, const pcs::hyrax::VectorEquation& equation, const kernels::Msm& msm,
              std::span<const curve::G1Affine> generators) {
  const std::span<const VerifierChannel::Constraint> constraints = channel.constraints();  // no more come
  PROOFCARD_TRY(const std::vector<Value> auxiliary, channel.message("zk.products", num_auxiliary(constraints)));
  channel.stop_hiding();
  const std::size_t num_rows = channel.num_rows();
  const std::size_t vector_size = equation.b.size();
  const R1cs r1cs = build(constraints, auxiliary, num_rows, vector_size);
  const std::size_t num_error_rows = (r1cs.rows.size() + kHiddenRowLen - 1) / kHiddenRowLen;

  PROOFCARD_RETURN_IF_ERROR(channel.points_for_later("zk.random-rows", num_rows));
  PROOFCARD_RETURN_IF_ERROR(channel.points_for_later("zk.random-vector", 1));
  PROOFCARD_TRY(const std::vector<Fr> random_u, clear(channel, "zk.random-u", 1));
  PROOFCARD_RETURN_IF_ERROR(channel.points_for_later("zk.random-error", num_error_rows));
  PROOFCARD_RETURN_IF_ERROR(channel.points_for_later("zk.cross-terms", num_error_rows));
  const Fr r = channel.challenge("zk.fold");
  const Fr u = Fr::one() + r * random_u[0];

  const std::vector<Fr> tau = channel.challenges("zk.rows", r1cs.log_rows);
  PROOFCARD_TRY(const std::vector<Fr> sum, clear(channel, "zk.sum", 1));
  const sumcheck::Claim row_claims[] = {{r1cs.log_rows, Value(sum[0])}, {r1cs.log_rows, Value(sum[0])}};
  PROOFCARD_TRY(const sumcheck::Reduction row_reduction, sumcheck::verify_batched(channel, row_claims));
  const std::span<const Fr> row_point = row_reduction.point(r1cs.log_rows);
  PROOFCARD_TRY(const std::vector<Fr> at, clear(channel, "zk.constraint", 4));
  const Fr eq = poly::eq(tau, row_point);
  const Fr expected = eq * (row_reduction.batch[0] * at[0] * at[1] + row_reduction.batch[1] * (u * at[2] + at[3]));
  PROOFCARD_RETURN_IF_ERROR(
      channel.require_zero(row_reduction.final_claim - Value(expected), "zero knowledge (constraints)"));

  const Fr rho = channel.challenge("zk.matrices");
  const std::vector<Fr> row_weights = fr_eq_table(row_point);
  const Fr matrix_sum = at[0] + rho * at[1] + rho.square() * at[2] - combined_constant(r1cs, row_weights, rho) * u;
  const sumcheck::Claim column_claim[] = {{r1cs.log_half + 1, Value(matrix_sum)}};
  PROOFCARD_TRY(const sumcheck::Reduction columns, sumcheck::verify_batched(channel, column_claim));
  const std::span<const Fr> point = columns.point(r1cs.log_half + 1);

  PROOFCARD_TRY(const std::vector<Fr> row, clear(channel, "zk.row", kHiddenRowLen));
  PROOFCARD_TRY(const std::vector<Fr> row_blinding, clear(channel, "zk.row-blinding", 1));
  PROOFCARD_TRY(const std::vector<Fr> vector, clear(channel, "zk.vector", vector_size));
  PROOFCARD_TRY(const std::vector<Fr> vector_blinding, clear(channel, "zk.vector-blinding", 1));
  PROOFCARD_TRY(const std::vector<Fr> error_row, clear(channel, "zk.error-row", kHiddenRowLen));
  PROOFCARD_TRY(const std::vector<Fr> error_blinding, clear(channel, "zk.error-blinding", 1));

  // z* at the point: lower half from the combined row, upper half from the vector.
  const Fr& top = point.back();
  const std::span<const Fr> low = point.first(r1cs.log_half);
  const Fr z_at = (Fr::one() - top) * multilinear(row, low.first(kHiddenRowVars)) + top * multilinear(vector, low);
  const Fr matrix_at = combined_at(r1cs, row_weights, rho, point);
  PROOFCARD_RETURN_IF_ERROR(channel.require_zero(columns.final_claim - Value(columns.batch[0] * matrix_at * z_at),
                                                 "zero knowledge (messages)"));
  const std::vector<Fr> error_position = error_row_position(r1cs, row_point);
  PROOFCARD_RETURN_IF_ERROR(
      channel.require_zero(Value(fr_dot(error_row, error_position) - at[3]), "zero knowledge (error)"));

  PROOFCARD_TRY(const std::vector<curve::G1Affine> received, channel.rows_and_later_points());
  std::span<const curve::G1Affine> left = received;
  const auto next_points = [&left](std::size_t n) {
    const std::span<const curve::G1Affine> out = left.first(n);
    left = left.subspan(n);
    return out;
  };
  const auto rows = next_points(num_rows);
  const auto random_rows = next_points(num_rows);
  const auto random_vector = next_points(1);
  const auto error_rows = next_points(num_error_rows);
  const auto cross_rows = next_points(num_error_rows);

  // Three openings, weighted: the vector, the hidden rows, the error rows.
  const Fr sigma = channel.challenge("zk.equations");
  pcs::hyrax::PointSum total = equation.commitment;
  if (!equation.inner_product_factor.is_zero()) {
    total.add(rows[equation.product_row], equation.inner_product_factor);
  }
  total.add(random_vector[0], r);
  add_vector_side(total, -Fr::one(), equation, vector, generators);
  KeySide shown;
  shown.add(-Fr::one(), {}, vector_blinding[0]);
  const std::vector<Fr> hidden_weights = fr_eq_table(low.subspan(kHiddenRowVars));
  const Fr sigma_r = sigma * r;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    total.add(rows[i], sigma * hidden_weights[i]);
    total.add(random_rows[i], sigma_r * hidden_weights[i]);
  }
  shown.add(-sigma, row, row_blinding[0]);
  const std::vector<Fr> error_weights = error_row_weights(r1cs, row_point);
  const Fr sigma2 = sigma.square();
  for (std::size_t i = 0; i < num_error_rows; ++i) {
    total.add(cross_rows[i], sigma2 * r * error_weights[i]);
    total.add(error_rows[i], sigma2 * r.square() * error_weights[i]);
  }
  shown.add(-sigma2, error_row, error_blinding[0]);
  shown.add_to(total);
  PROOFCARD_TRY(const curve::G1Affine zero, msm.once(total.points, total.scalars));
  if (!zero.is_infinity()) {
    return rejected("zero knowledge", "the commitments do not open to what the folded instance shows");
  }
  return {};
}

}  // namespace proofcard::zk
