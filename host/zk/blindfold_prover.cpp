#include <algorithm>
#include <array>
#include <numeric>

#include "host/base/parallel.hpp"
#include "host/field/fr_vector.hpp"
#include "host/sumcheck/prover.hpp"
#include "host/zk/blindfold.hpp"
#include "host/zk/r1cs.hpp"

namespace proofcard::zk {
namespace {

// Field elements committed in full rows of kHiddenRowLen.
struct ErrorRows {
  std::vector<Fr> values;
  std::vector<Fr> blindings;
  std::vector<curve::G1Affine> commitments;
};

ErrorRows commit_error(const hash::BlindingSource& blinding, std::string_view label, std::vector<Fr> values) {
  const std::size_t rows = (values.size() + kHiddenRowLen - 1) / kHiddenRowLen;
  values.resize(rows * kHiddenRowLen);
  ErrorRows out{std::move(values), {}, {}};
  std::vector<std::uint64_t> numbers(rows);
  std::iota(numbers.begin(), numbers.end(), std::uint64_t{0});
  out.blindings = blinding.get_all(label, numbers);
  const std::vector<std::uint32_t> counts(rows, kHiddenRowLen);
  out.commitments = commit_hidden_rows(out.values, counts, out.blindings);
  return out;
}

// A, B, C of every row at z.
struct RowValues {
  std::vector<Fr> a;
  std::vector<Fr> b;
  std::vector<Fr> c;
};

RowValues evaluate_rows(const R1cs& r1cs, std::span<const Fr> z, const Fr& u) {
  const std::size_t padded = std::size_t{1} << r1cs.log_rows;
  RowValues out{std::vector<Fr>(padded), std::vector<Fr>(padded), std::vector<Fr>(padded)};
  for (std::size_t x = 0; x < r1cs.rows.size(); ++x) {
    out.a[x] = evaluate(r1cs, r1cs.rows[x].a, z, u);
    out.b[x] = evaluate(r1cs, r1cs.rows[x].b, z, u);
    out.c[x] = evaluate(r1cs, r1cs.rows[x].c, z, u);
  }
  return out;
}

std::vector<Fr> auxiliary_values(const VerifierChannel& checked, std::span<const Fr> hidden,
                                 std::span<const Fr> vector) {
  const R1cs plain = build({}, {}, checked.num_rows(), vector.size());
  const std::vector<Fr> z = make_z(plain, hidden, vector);
  std::vector<Fr> out;
  for (const auto& constraint : checked.constraints()) {
    for (std::size_t i = 1; i < constraint.products.size(); ++i) {
      out.push_back(evaluate(plain, constraint.products[i].a, z, Fr::one()) *
                    evaluate(plain, constraint.products[i].b, z, Fr::one()));
    }
  }
  return out;
}

// v' G + u <v', b> M_0 + blinding H, over the folded generators.
Result<curve::G1Affine> commit_vector(const pcs::hyrax::VectorEquation& equation, std::span<const Fr> vector,
                                      const Fr& blinding, const kernels::Msm& msm, const kernels::MsmBases& bases) {
  std::vector<Fr> scalars;
  for (const Fr& factor : equation.factors) {
    for (const Fr& v : vector) {
      scalars.push_back(factor * v);
    }
  }
  std::array<curve::G1Affine, 1> sum;
  PROOFCARD_RETURN_IF_ERROR(msm.rows(sum, bases, scalars, scalars.size()));
  const std::array<std::uint32_t, 2> indices{0, kHiddenRowLen};
  const std::array<Fr, 2> rest{equation.inner_product_factor * fr_dot(vector, equation.b), blinding};
  return (curve::G1(sum[0]) + hiding_tables().sum(indices, rest)).to_affine();
}

// sum_row weights[row] (values + r random)[row], and the same of blindings.
struct CombinedRows {
  std::vector<Fr> row = std::vector<Fr>(kHiddenRowLen);
  Fr blinding;

  void add(std::span<const Fr> values, std::span<const Fr> blindings, std::span<const Fr> weights, const Fr& scale) {
    for (std::size_t i = 0; i < blindings.size(); ++i) {
      const Fr w = weights[i] * scale;
      fr_axpy(row, w, values.subspan(i * kHiddenRowLen, kHiddenRowLen));
      blinding += w * blindings[i];
    }
  }
};

}  // namespace

Status prove(ProverChannel& channel, const VerifierChannel& checked, const pcs::hyrax::VectorEquation& equation,
             const pcs::hyrax::OpenedVector& opened, const kernels::Msm& msm, const kernels::MsmBases& bases) {
  RandomInstance random(channel.blinding());
  return prove(channel, checked, equation, opened, msm, bases, random);
}

Status prove(ProverChannel& channel, const VerifierChannel& checked, const pcs::hyrax::VectorEquation& equation,
             const pcs::hyrax::OpenedVector& opened, const kernels::Msm& msm, const kernels::MsmBases& bases,
             RandomInstance& random) {
  // Auxiliary variables, and the whole witness.
  const std::size_t first_auxiliary_row = channel.hidden().counts.size();
  const std::vector<Fr> auxiliary = auxiliary_values(checked, channel.hidden().values, opened.last);
  channel.message("zk.products", auxiliary);
  channel.stop_hiding();
  std::vector<Value> auxiliary_variables;
  for (std::size_t i = 0; i < auxiliary.size(); ++i) {
    auxiliary_variables.push_back(Value::variable(static_cast<std::uint32_t>(first_auxiliary_row * kHiddenRowLen + i)));
  }
  const HiddenMessages& hidden = channel.hidden();
  const std::size_t num_rows = hidden.counts.size();
  const R1cs r1cs = build(checked.constraints(), auxiliary_variables, num_rows, opened.last.size());
  const std::vector<Fr> z = make_z(r1cs, hidden.values, opened.last);

  // A random instance of the same shape.
  random.complete_rows(hidden.counts);
  random.draw_vector(opened.last.size());
  const Fr random_vector_blinding = channel.blinding().get("random-vector-blinding", 0);
  const Fr random_u = channel.blinding().get("random-u", 0);
  channel.points("zk.random-rows", random.commitments());
  PROOFCARD_TRY(const curve::G1Affine vector_commitment,
                commit_vector(equation, random.vector(), random_vector_blinding, msm, bases));
  channel.points("zk.random-vector", std::span(&vector_commitment, 1));
  channel.message("zk.random-u", random_u);
  const std::vector<Fr> random_z = make_z(r1cs, random.rows(), random.vector());
  const RowValues one = evaluate_rows(r1cs, z, Fr::one());
  const RowValues other = evaluate_rows(r1cs, random_z, random_u);
  std::vector<Fr> error(r1cs.rows.size());
  std::vector<Fr> cross(r1cs.rows.size());
  for (std::size_t x = 0; x < error.size(); ++x) {
    error[x] = other.a[x] * other.b[x] - random_u * other.c[x];
    cross[x] = one.a[x] * other.b[x] + other.a[x] * one.b[x] - other.c[x] - random_u * one.c[x];
  }
  ErrorRows error_rows, cross_rows;
  parallel_invoke([&] { error_rows = commit_error(channel.blinding(), "zk.random-error", std::move(error)); },
                  [&] { cross_rows = commit_error(channel.blinding(), "zk.cross-terms", std::move(cross)); });
  channel.points("zk.random-error", error_rows.commitments);
  channel.points("zk.cross-terms", cross_rows.commitments);

  // Fold.
  const Fr r = channel.challenge("zk.fold");
  const Fr u = Fr::one() + r * random_u;
  std::vector<Fr> folded_z(z);
  fr_axpy(folded_z, r, random_z);
  const RowValues folded = evaluate_rows(r1cs, folded_z, u);

  // Rows: sum eq (A B - u C - E) = 0.
  const std::vector<Fr> tau = channel.challenges("zk.rows", r1cs.log_rows);
  std::vector<Fr> uc_plus_e(folded.c.size());
  std::vector<Fr> folded_error(uc_plus_e.size());
  for (std::size_t x = 0; x < r1cs.rows.size(); ++x) {
    folded_error[x] = r * cross_rows.values[x] + r.square() * error_rows.values[x];
    uc_plus_e[x] = u * folded.c[x] + folded_error[x];
  }
  const std::vector<Fr> eq = fr_eq_table(tau);
  channel.message("zk.sum", fr_dot(eq, uc_plus_e));
  std::array<sumcheck::Instance, 2> rows{sumcheck::Instance{eq, folded.a, folded.b},
                                         sumcheck::Instance{{}, eq, uc_plus_e}};
  const std::vector<Fr> row_point = sumcheck::prove_batched(channel, rows);
  const std::vector<Fr> row_weights = fr_eq_table(row_point);
  channel.message("zk.constraint", std::array{rows[0].a[0], rows[0].b[0], fr_dot(row_weights, folded.c),
                                              fr_dot(row_weights, folded_error)});

  // Columns: (A + rho B + rho^2 C) z.
  const Fr rho = channel.challenge("zk.matrices");
  std::array<sumcheck::Instance, 1> columns{
      sumcheck::Instance{{}, combine(r1cs, row_weights, rho).coefficients, folded_z}};
  const std::vector<Fr> point = sumcheck::prove_batched(channel, columns);

  // Openings at the points.
  const std::span<const Fr> row_coordinates = std::span<const Fr>(point).first(r1cs.log_half);
  const std::vector<Fr> hidden_weights = fr_eq_table(row_coordinates.subspan(kHiddenRowVars));
  CombinedRows w;
  w.add(hidden.values, hidden.blindings, hidden_weights, Fr::one());
  w.add(random.rows(), random.blindings(), hidden_weights, r);
  channel.message("zk.row", w.row);
  channel.message("zk.row-blinding", w.blinding);
  channel.message("zk.vector",
                  std::span<const Fr>(folded_z).subspan(std::size_t{1} << r1cs.log_half, opened.last.size()));
  channel.message("zk.vector-blinding", opened.blinding + r * random_vector_blinding);
  const std::vector<Fr> error_weights = error_row_weights(r1cs, row_point);
  CombinedRows e;
  e.add(cross_rows.values, cross_rows.blindings, error_weights, r);
  e.add(error_rows.values, error_rows.blindings, error_weights, r.square());
  channel.message("zk.error-row", e.row);
  channel.message("zk.error-blinding", e.blinding);
  return {};
}

}  // namespace proofcard::zk
