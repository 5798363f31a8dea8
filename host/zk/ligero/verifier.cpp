#include "host/zk/ligero/verifier.hpp"

#include "host/base/bits.hpp"
#include "host/field/fr_vector.hpp"
#include "host/field/two_adic.hpp"
#include "host/pcs/whir/protocol.hpp"
#include "host/pcs/whir/word.hpp"

namespace proofcard::zk::ligero {
namespace {

constexpr const char* kStage = "zero knowledge";

Result<std::vector<Fr>> read_clear(VerifierChannel& channel, std::string_view label, std::size_t n) {
  PROOFCARD_TRY(const std::vector<Value> message, channel.message(label, n));
  std::vector<Fr> out;
  out.reserve(n);
  for (const Value& v : message) {
    out.push_back(v.constant());
  }
  return out;
}

// sum over H: of the powers of X, those of multiples of the order count, each the order times.
Fr sum_over_values(const Parameters& parameters, std::span<const Fr> coefficients) {
  Fr sum;
  for (std::size_t i = 0; i < coefficients.size(); i += parameters.column_len()) {
    sum += coefficients[i];
  }
  return sum * Fr::from_u64(parameters.column_len());
}

// Rows of both words at one point x.
struct OpenedRow {
  std::vector<Fr> powers;  // of x, as many as the sum polynomial has coefficients or more
  std::span<const Fr> first;
  std::span<const Fr> second;

  const Fr& x() const { return powers[1]; }
  Fr evaluate(std::span<const Fr> coefficients) const {
    return fr_dot(coefficients, std::span(powers).first(coefficients.size()));
  }
};

// The value at x of the polynomial with values v on H is <lagrange, v>:
// lagrange_j = (x^n - 1) / n * h^j / (x - h^j), n the order of H. h: its powers.
std::vector<Fr> lagrange(const OpenedRow& row, std::span<const Fr> h) {
  std::vector<Fr> out;
  out.reserve(h.size() + 1);
  for (const Fr& v : h) {
    out.push_back(row.x() - v);
  }
  out.push_back(Fr::from_u64(h.size()));
  batch_inverse<Fr>(out);
  const Fr scale = (row.powers[h.size()] - Fr::one()) * out.back();
  out.pop_back();
  for (std::size_t j = 0; j < out.size(); ++j) {
    out[j] *= h[j] * scale;
  }
  return out;
}

// What V has to be there. eq: with rho, by column.
Fr combine(const Parameters& parameters, const OpenedRow& row, std::span<const Fr> eq) {
  const std::size_t mask = parameters.num_columns() - 1;
  return row.first[mask] + fr_dot(row.first.first(mask), eq.first(mask)) +
         fr_dot(row.second, eq.subspan(mask, row.second.size()));
}

// What F has to be there.
Fr sum_at(const Parameters& parameters, const OpenedRow& row, const JoinedSum& joined, std::span<const Fr> h) {
  const std::vector<Fr> weights_at = lagrange(row, h);
  const auto weighted = [&](std::span<const Fr> weights, std::span<const Fr> columns) {
    Fr sum;
    for (std::size_t at = 0; at < weights.size(); at += weights_at.size()) {
      sum += fr_dot(weights.subspan(at, weights_at.size()), weights_at) * columns[at >> parameters.log_column_len];
    }
    return sum;
  };
  const std::span<const Fr> left = row.second.first(parameters.num_factor_columns());
  const std::span<const Fr> right = row.second.subspan(left.size());
  Fr sum = weighted(joined.values, row.first) + weighted(joined.left, left) + weighted(joined.right, right);
  for (std::size_t c = 0; c < left.size(); ++c) {
    sum += left[c] * right[c];
  }
  for (std::size_t i = 0; i < parameters.num_sum_masks(); ++i) {
    sum += row.powers[parameters.mask_shift(i)] * row.first[parameters.num_value_columns() + i];
  }
  return sum;
}

// Rows of a word, one after the other, which lead to its root.
Result<std::vector<Fr>> opened_rows(VerifierChannel& channel, const kernels::MerkleHash& hash,
                                    const Parameters& parameters, std::span<const std::size_t> rows,
                                    std::size_t num_columns, const hash::Digest& root) {
  const pcs::whir::Code code = code_of_rows(parameters);
  pcs::whir::OpenedRows opened;
  PROOFCARD_TRY(opened.elements, channel.opened_elements("ligero.rows", rows.size() * num_columns));
  PROOFCARD_TRY(opened.nodes, channel.opened_nodes("ligero.nodes", pcs::whir::num_nodes(hash.function(), code, rows)));
  if (!pcs::whir::lead_to_root(hash, code, rows, opened, root)) {
    return rejected(kStage, "rows of {} columns do not lead to their root", num_columns);
  }
  return std::move(opened.elements);
}

}  // namespace

Status verify(VerifierChannel& channel, const kernels::MerkleHash& hash, const hash::Digest& root,
              std::size_t num_values, Constraints constraints, unsigned security_bits) {
  PROOFCARD_TRY(const Parameters parameters, make_parameters(num_values, num_products(constraints), security_bits));
  const Fr delta = channel.challenge("ligero.equations");
  Fr gamma;
  hash::Digest factors_root{};
  if (parameters.num_products != 0) {
    PROOFCARD_TRY(factors_root, channel.digest("ligero.root"));
    gamma = channel.challenge("ligero.factors");
  }
  const std::vector<Fr> fold = channel.challenges("ligero.fold", parameters.num_fold_challenges());
  PROOFCARD_TRY(const std::vector<Fr> word, read_clear(channel, "ligero.word", parameters.num_coefficients()));
  PROOFCARD_TRY(const std::vector<Fr> sum, read_clear(channel, "ligero.sum", parameters.num_sum_coefficients()));
  const JoinedSum joined = join(parameters, constraints, delta, gamma);
  if (!(joined.constant + sum_over_values(parameters, sum)).is_zero()) {
    return rejected(kStage, "the joined equations do not have the sum 0");
  }

  const hash::Digest seed = channel.challenge("ligero.grind").to_bytes();
  PROOFCARD_TRY(const std::uint64_t nonce, channel.nonce("ligero.nonce"));
  if (!kernels::nonce_fits(hash.function(), seed, nonce, parameters.grinding_bits)) {
    return rejected(kStage, "nonce: expected one with a digest that has {} zero bits, found {}",
                    parameters.grinding_bits, nonce);
  }
  const std::vector<std::size_t> rows =
      pcs::whir::query_rows(channel.challenges("ligero.queries", parameters.num_queries), code_of_rows(parameters));
  const std::size_t num_columns = parameters.num_columns();
  PROOFCARD_TRY(const std::vector<Fr> first, opened_rows(channel, hash, parameters, rows, num_columns, root));
  const std::size_t num_factors = 2 * parameters.num_factor_columns();
  std::vector<Fr> second;
  if (parameters.num_products != 0) {
    PROOFCARD_TRY(second, opened_rows(channel, hash, parameters, rows, num_factors, factors_root));
  }
  const std::vector<Fr> eq = fr_eq_table(std::span(fold).first(fold.size() - 1), fold.back());
  const std::vector<Fr> h =
      pcs::whir::power_table(root_of_unity<Fr>(parameters.log_column_len), parameters.log_column_len);
  const Fr w = root_of_unity<Fr>(parameters.log_rows);
  const unsigned log_powers = ceil_log2(parameters.num_sum_coefficients());
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const OpenedRow row{pcs::whir::power_table(kShift * w.pow_vartime({rows[i]}), log_powers),
                        std::span(first).subspan(i * num_columns, num_columns),
                        std::span(second).subspan(i * num_factors, num_factors)};
    if (row.evaluate(word) != combine(parameters, row, eq)) {
      return rejected(kStage, "row {} does not fit the combined word", rows[i]);
    }
    if (row.evaluate(sum) != sum_at(parameters, row, joined, h)) {
      return rejected(kStage, "row {} does not fit the sum of the joined equations", rows[i]);
    }
  }
  return {};
}

}  // namespace proofcard::zk::ligero
