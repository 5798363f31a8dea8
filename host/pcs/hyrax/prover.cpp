#include "host/pcs/hyrax/prover.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "host/base/parallel.hpp"
#include "host/field/fr_vector.hpp"
#include "host/sumcheck/prover.hpp"
#include "host/transcript/hiding_key.hpp"

namespace proofcard::pcs::hyrax {
namespace {

// Rows of a column that follow each other, with a weight each.
struct WeightedRows {
  std::uint32_t column;
  std::size_t first;
  std::vector<Fr> weights;

  std::size_t end() const { return first + weights.size(); }
};

// Bytes of a column that a product may take up with a weight of 0: as long as a product of its own takes to begin (30 ns an
// element of a row against 0.1 ns a byte of the matrix, int_gemm.cpp).
constexpr std::size_t kMaxGap = 256;

// As few products as suit: what lies close together in a column becomes one. Pre: sorted by column and first row.
std::vector<WeightedRows> joined(std::vector<WeightedRows> parts, std::span<const ColumnValues> columns) {
  std::vector<WeightedRows> out;
  for (WeightedRows& part : parts) {
    const std::size_t gap = kMaxGap / int_type_bytes(int_span_type(columns[part.column].values));
    if (out.empty() || out.back().column != part.column || part.first > out.back().end() + gap) {
      out.push_back(std::move(part));
      continue;
    }
    WeightedRows& last = out.back();
    last.weights.resize(std::max(last.weights.size(), part.end() - last.first));
    for (std::size_t i = 0; i < part.weights.size(); ++i) {
      last.weights[part.first - last.first + i] += part.weights[i];
    }
  }
  return out;
}

// sum of factors[k] * L_k^T M_k over the claims of a group, in a vector that may be longer than their rows.
std::vector<Fr> left_products(const kernels::IntGemm& gemm, std::span<const ColumnValues> columns,
                              std::span<const Claim<Fr>> claims, std::span<const std::size_t> group,
                              std::span<const Fr> factors, std::size_t length) {
  std::vector<WeightedRows> parts;
  for (const std::size_t k : group) {
    const RowRange rows = row_range(claims[k], columns[claims[k].column].log_row_len);
    parts.push_back({claims[k].column, rows.first, fr_eq_table(rows.point, factors[k])});
  }
  std::ranges::sort(parts, {}, [](const WeightedRows& part) { return std::pair(part.column, part.first); });
  std::vector<Fr> out(length);
  std::vector<Fr> product;
  for (const WeightedRows& rows : joined(std::move(parts), columns)) {
    const std::size_t row_len = std::size_t{1} << columns[rows.column].log_row_len;
    product.resize(row_len);
    gemm.left(product, rows.weights,
              int_subspan(columns[rows.column].values, rows.first * row_len, rows.weights.size() * row_len));
    for (std::size_t i = 0; i < row_len; ++i) {
      out[i] += product[i];
    }
  }
  return out;
}

// Proves <v, b> against the commitment of v, whose blinding is given.
Result<OpenedVector> prove_inner_product(ProverChannel& channel, const kernels::Msm& msm,
                                         const kernels::MsmBases& bases, std::vector<Fr> v, std::vector<Fr> b,
                                         Fr blinding) {
  if (v.size() > kFinalLength) {
    channel.message("open.product", fr_dot(v, b));
    const Fr u = channel.challenge("open.inner-product");
    if (channel.hiding()) {
      blinding += u * channel.hidden().blindings.back();
    }
    const std::size_t length = v.size();
    std::vector<Fr> inverses;
    while (v.size() > kFinalLength) {
      const std::size_t half = v.size() / 2;
      const std::vector<Fr> factors = fold_factors(inverses);
      // L = <v_hi, G_lo> + u <v_hi, b_lo> M_0,  R = <v_lo, G_hi> + u <v_lo, b_hi> M_0, over the folded generators.
      std::vector<Fr> scalars(2 * length);
      for (std::size_t t = 0; t < factors.size(); ++t) {
        for (std::size_t i = 0; i < half; ++i) {
          scalars[t * v.size() + i] = factors[t] * v[half + i];
          scalars[length + t * v.size() + half + i] = factors[t] * v[i];
        }
      }
      std::array<curve::G1Affine, 2> sums;
      PROOFCARD_RETURN_IF_ERROR(msm.rows(sums, bases, scalars, length));
      const std::span<const Fr> vs(v);
      const std::span<const Fr> bs(b);
      const std::array<Fr, 2> cross{u * fr_dot(vs.subspan(half), bs.first(half)),
                                    u * fr_dot(vs.first(half), bs.subspan(half))};
      std::array<curve::G1, 2> lr;
      std::array<Fr, 2> lr_blinding;
      for (std::size_t k = 0; k < 2; ++k) {
        if (channel.hiding()) {
          lr_blinding[k] = channel.blinding().get("fold", 2 * inverses.size() + k);
        }
        const std::array<std::uint32_t, 2> indices{0, kHiddenRowLen};
        lr[k] = curve::G1(sums[k]) + hiding_tables().sum(indices, std::array{cross[k], lr_blinding[k]});
      }
      channel.points("open.fold", curve::batch_to_affine(lr));
      const Fr x = channel.challenge("open.fold");
      inverses.push_back(x.inverse());
      blinding += x * lr_blinding[0] + inverses.back() * lr_blinding[1];
      for (std::size_t i = 0; i < half; ++i) {
        v[i] += x * v[half + i];
        b[i] += inverses.back() * b[half + i];
      }
      v.resize(half);
      b.resize(half);
    }
  }
  if (!channel.hiding()) {
    channel.message("open.vector", v);
    channel.message("open.blinding", blinding);
  }
  return OpenedVector{std::move(v), blinding};
}

// sum_k factor_k sum_row L_k[row] blinding[row].
Fr combined_blinding(std::span<const ColumnValues> columns, std::span<const Claim<Fr>> claims,
                     std::span<const Fr> factors) {
  Fr sum;
  for (std::size_t k = 0; k < claims.size(); ++k) {
    const ColumnValues& column = columns[claims[k].column];
    if (column.blindings.empty()) {
      continue;
    }
    const RowRange rows = row_range(claims[k], column.log_row_len);
    const std::vector<Fr> left = fr_eq_table(rows.point, factors[k]);
    sum += fr_dot(left, column.blindings.subspan(rows.first, left.size()));
  }
  return sum;
}

}  // namespace

Result<OpenedVector> open(ProverChannel& channel, const Kernels& kernels, const Generators& generators,
                          const kernels::MsmBases& bases, std::span<const ColumnValues> columns,
                          std::span<const Claim<Fr>> claims) {
  const std::size_t length = generators.size();
  std::vector<unsigned> log_row_lens;
  for (const ColumnValues& column : columns) {
    log_row_lens.push_back(column.log_row_len);
  }
  const std::vector<Fr> gamma = powers(channel.challenge("open.gamma"), claims.size());
  const Groups groups = group_claims(claims, log_row_lens);

  std::vector<std::vector<std::size_t>> claims_of(groups.weights.size());
  for (std::size_t k = 0; k < claims.size(); ++k) {
    claims_of[groups.of_claim[k]].push_back(k);
  }
  std::vector<sumcheck::Instance> instances(groups.weights.size());
  std::vector<std::vector<Fr>> vectors(groups.weights.size());
  parallel_for(groups.weights.size(), 1, [&](std::size_t begin, std::size_t end) {
    for (std::size_t g = begin; g < end; ++g) {
      vectors[g] = left_products(kernels.gemm, columns, claims, claims_of[g], gamma, length);
      instances[g] = {{}, vectors[g], groups.weights[g].table(length)};
    }
  });
  const std::vector<Fr> s = sumcheck::prove_batched(channel, instances);
  std::vector<Fr> values;
  for (const sumcheck::Instance& instance : instances) {
    values.push_back(instance.a[0]);
  }
  channel.message("open.values", values);

  const std::vector<Fr> delta = powers(channel.challenge("open.delta"), vectors.size());
  std::vector<Fr> v(length);
  for (std::size_t g = 0; g < vectors.size(); ++g) {
    fr_axpy(v, delta[g], vectors[g]);
  }
  std::vector<Fr> factors(gamma);
  for (std::size_t k = 0; k < claims.size(); ++k) {
    factors[k] *= delta[groups.of_claim[k]];
  }
  return prove_inner_product(channel, kernels.msm, bases, std::move(v), fr_eq_table(s),
                             combined_blinding(columns, claims, factors));
}

}  // namespace proofcard::pcs::hyrax
