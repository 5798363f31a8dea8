// The simulator of Ligero (docs/hash-commitments.md): arguments from the equations alone, given the power to choose the challenges
// before the messages.
#pragma once

#include <functional>
#include <set>

#include "tests/zk/ligero_naive.hpp"

namespace proofcard::zk::ligero::testing {

// Without values or blinding, from the equations and challenges alone. Rows that are not opened are random here, which
// is how their digests look to whoever does not guess a row. begin: a transcript whose challenges do not depend on what is absorbed.
inline Proof simulate(const System& equations, const std::function<Transcript(const hash::Digest& root)>& begin,
                      std::uint64_t seed) {
  const Parameters p = equations.parameters();
  proofcard::testing::Random random(seed);
  // The challenges that the oracle is going to answer with.
  Transcript ahead = begin({});
  const Fr delta = ahead.challenge("ligero.equations");
  const Fr gamma = p.num_products != 0 ? ahead.challenge("ligero.factors") : Fr();
  const std::vector<Fr> fold = ahead.challenges("ligero.fold", p.num_fold_challenges());
  ahead.challenge("ligero.grind");
  std::set<std::size_t> opened;
  for (const Fr& drawn : ahead.challenges("ligero.queries", p.num_queries)) {
    opened.insert(drawn.canonical()[0] % p.rows());
  }

  const Polynomial word = random.frs(p.num_coefficients());
  Polynomial sum = random.frs(p.num_sum_coefficients());
  const JoinedSum joined = join(p, equations.constraints, delta, gamma);
  sum[0] = -joined.constant * Fr::from_u64(p.column_len()).inverse();
  for (std::size_t i = p.column_len(); i < sum.size(); i += p.column_len()) {
    sum[0] -= sum[i];
  }
  std::vector<std::vector<Fr>> first, second;
  for (std::size_t i = 0; i < p.rows(); ++i) {
    first.push_back(random.frs(p.num_columns()));
    second.push_back(random.frs(2 * p.num_factor_columns()));
  }
  for (const std::size_t i : opened) {
    const Fr x = kShift * pcs::whir::testing::power(root_of_unity<Fr>(p.log_rows), i);
    Fr needed = at(sum, x);
    const auto take_weighted = [&](std::span<const Fr> weights, std::span<const Fr> row) {
      for (std::size_t c = 0; c * p.column_len() < weights.size(); ++c) {
        needed -= row[c] * at(interpolate(weights.subspan(c * p.column_len(), p.column_len()), p.column_len()), x);
      }
    };
    const std::size_t num_factors = p.num_factor_columns();
    take_weighted(joined.values, first[i]);
    take_weighted(joined.left, second[i]);
    take_weighted(joined.right, std::span(second[i]).subspan(num_factors));
    for (std::size_t c = 0; c < num_factors; ++c) {
      needed -= second[i][c] * second[i][num_factors + c];
    }
    for (std::size_t m = 1; m < p.num_sum_masks(); ++m) {
      needed -= first[i][p.num_value_columns() + m] * pcs::whir::testing::power(x, p.mask_shift(m));
    }
    first[i][p.num_value_columns()] = needed;
    std::vector<Fr> row(first[i].begin(), first[i].end() - 1);
    row.insert(row.end(), second[i].begin(), second[i].end());
    Fr mask = at(word, x);
    for (std::size_t c = 0; c < row.size(); ++c) {
      Fr eq = fold.back();
      for (std::size_t k = 0; k + 1 < fold.size(); ++k) {
        eq *= (c >> k) % 2 == 1 ? fold[k] : Fr::one() - fold[k];
      }
      mask -= eq * row[c];
    }
    first[i].back() = mask;
  }

  const pcs::whir::testing::NaiveWord first_word({p.log_rows}, first), second_word({p.log_rows}, second);
  ProverChannel channel(begin(first_word.root()));
  channel.challenge("ligero.equations");
  if (p.num_products != 0) {
    channel.digest("ligero.root", second_word.root());
    channel.challenge("ligero.factors");
  }
  channel.challenges("ligero.fold", fold.size());
  channel.message("ligero.word", word);
  channel.message("ligero.sum", sum);
  channel.nonce("ligero.nonce",
                pcs::whir::testing::find_nonce(hash::Function::kSha256, channel.challenge("ligero.grind").to_bytes(),
                                               p.grinding_bits));
  channel.challenges("ligero.queries", p.num_queries);
  first_word.open(channel, opened, "ligero.rows", "ligero.nodes");
  if (p.num_products != 0) {
    second_word.open(channel, opened, "ligero.rows", "ligero.nodes");
  }
  return {first_word.root(), channel.take_proof()};
}

}  // namespace proofcard::zk::ligero::testing
