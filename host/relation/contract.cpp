#include "host/relation/contract.hpp"

#include <algorithm>

#include "host/base/check.hpp"
#include "host/base/parallel.hpp"
#include "host/field/fr_vector.hpp"

namespace proofcard::relation {
namespace {

struct Extent {
  std::size_t prefix = 1;
  std::size_t suffix = 1;
};

Extent extent(std::span<const Block> blocks, std::size_t block) {
  Extent e;
  for (std::size_t i = 0; i < blocks.size(); ++i) {
    (i < block ? e.prefix : e.suffix) *= i == block ? 1 : blocks[i].size;
  }
  return e;
}

std::vector<Fr> dense(const std::vector<SparseMatrix::Entry>& row, std::size_t size) {
  std::vector<Fr> out(size);
  for (const auto& entry : row) {
    out[entry.column] += entry.weight;
  }
  return out;
}

// The block whose replacement leaves the least to do in the field; integer products want it first or last.
std::optional<std::size_t> choose_first(std::span<const Block> blocks) {
  std::optional<std::size_t> best;
  double best_cost = 0;
  for (std::size_t i = 0; i < blocks.size(); ++i) {
    if (!blocks[i].replace) {
      continue;
    }
    const Extent e = extent(blocks, i);
    const double inside = e.prefix > 1 && e.suffix > 1 ? 4.0 : 1.0;
    const double cost =
        inside * static_cast<double>(blocks[i].replace->rows.size()) / static_cast<double>(blocks[i].size);
    if (!best || cost < best_cost) {
      best = i;
      best_cost = cost;
    }
  }
  return best;
}

std::vector<Fr> replace_in_integers(const kernels::IntGemm& gemm, const IntSpan& tensor, std::span<const Block> blocks,
                                    std::size_t block) {
  const Extent e = extent(blocks, block);
  const std::size_t in = blocks[block].size;
  const auto& rows = blocks[block].replace->rows;
  std::vector<Fr> out(e.prefix * rows.size() * e.suffix);
  std::vector<Fr> product(e.suffix == 1 ? e.prefix : e.suffix);
  for (std::size_t f = 0; f < rows.size(); ++f) {
    if (rows[f].empty()) {
      continue;
    }
    const std::vector<Fr> weights = dense(rows[f], in);
    if (e.suffix == 1) {
      gemm.right(product, tensor, weights);
      for (std::size_t p = 0; p < e.prefix; ++p) {
        out[p * rows.size() + f] = product[p];
      }
      continue;
    }
    for (std::size_t p = 0; p < e.prefix; ++p) {
      gemm.left(std::span(out).subspan((p * rows.size() + f) * e.suffix, e.suffix), weights,
                int_subspan(tensor, p * in * e.suffix, in * e.suffix));
    }
  }
  return out;
}

std::vector<Fr> replace_in_field(std::span<const Fr> tensor, std::span<const Block> blocks, std::size_t block) {
  const Extent e = extent(blocks, block);
  const std::size_t in = blocks[block].size;
  const auto& rows = blocks[block].replace->rows;
  std::vector<Fr> out(e.prefix * rows.size() * e.suffix);
  parallel_for(e.prefix * rows.size(),
               std::max<std::size_t>(1, 1024 / (e.suffix * std::max<std::size_t>(1, rows[0].size()))),
               [&](std::size_t begin, std::size_t end) {
                 for (std::size_t i = begin; i < end; ++i) {
                   const std::size_t p = i / rows.size();
                   const std::span<Fr> target = std::span(out).subspan(i * e.suffix, e.suffix);
                   for (const auto& entry : rows[i % rows.size()]) {
                     const std::span<const Fr> source = tensor.subspan((p * in + entry.column) * e.suffix, e.suffix);
                     for (std::size_t s = 0; s < e.suffix; ++s) {
                       target[s] += entry.weight * source[s];
                     }
                   }
                 }
               });
  return out;
}

}  // namespace

SparseMatrix dense_row(std::span<const Fr> weights) {
  SparseMatrix m;
  auto& row = m.rows.emplace_back();
  row.reserve(weights.size());
  for (std::uint32_t i = 0; i < weights.size(); ++i) {
    row.push_back({i, weights[i]});
  }
  return m;
}

std::vector<Fr> contract(const kernels::IntGemm& gemm, const IntSpan& tensor, std::vector<Block> blocks) {
  std::vector<Fr> current;
  const auto first = choose_first(blocks);
  if (first) {
    current = replace_in_integers(gemm, tensor, blocks, *first);
    blocks[*first] = {blocks[*first].replace->rows.size(), std::nullopt};
  } else {
    current.resize(int_span_size(tensor));
    visit_ints(tensor, [&](auto values) {
      std::transform(values.begin(), values.end(), current.begin(), [](auto v) { return Fr::from_i64(v); });
    });
  }
  while (const auto next = choose_first(blocks)) {
    current = replace_in_field(current, blocks, *next);
    blocks[*next] = {blocks[*next].replace->rows.size(), std::nullopt};
  }
  return current;
}

Fr evaluate_at(const kernels::IntGemm& gemm, const IntSpan& tensor, std::span<const Fr> point) {
  const std::size_t low = std::min<std::size_t>(point.size(), std::max<std::size_t>(6, point.size() / 2));
  PROOFCARD_CHECK(int_span_size(tensor) == std::size_t{1} << point.size());
  const std::vector<Fr> right = fr_eq_table(point.first(low));
  std::vector<Fr> rows(std::size_t{1} << (point.size() - low));
  gemm.right(rows, tensor, right);
  return fr_dot(rows, fr_eq_table(point.subspan(low)));
}

}  // namespace proofcard::relation
