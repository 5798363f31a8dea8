#include "host/lookup/gkr_prover.hpp"

#include <array>
#include <bit>

#include "host/base/check.hpp"
#include "host/field/fr_vector.hpp"

namespace proofcard::lookup {
namespace {

// All layers but that of the leaves, from the widest up to the root.
std::vector<Fractions> build_tree(const Fractions& leaves) {
  std::vector<Fractions> layers;
  const Fractions* below = &leaves;
  while (below->q.size() > 1) {
    Fractions above{std::vector<Fr>(below->q.size() / 2), std::vector<Fr>(below->q.size() / 2)};
    fr_fraction_layer(above.p, above.q, below->p, below->q);
    layers.push_back(std::move(above));
    below = &layers.back();
  }
  return layers;
}

// Weights for the next variable: eq over one variable fewer, by eq(r, 0) + eq(r, 1) = 1.
void sum_pairs(std::vector<Fr>& w) {
  for (std::size_t i = 0; i < w.size() / 2; ++i) {
    w[i] = w[2 * i] + w[2 * i + 1];
  }
  w.resize(w.size() / 2);
}

}  // namespace

std::vector<Fr> prove_fraction_sum(ProverChannel& channel, const std::function<Fractions()>& make_leaves) {
  Fractions leaves = make_leaves();
  const std::size_t num_leaves = leaves.q.size();
  PROOFCARD_CHECK(std::has_single_bit(num_leaves) && leaves.p.size() == num_leaves);
  std::vector<Fractions> layers = build_tree(leaves);
  const Fr root = layers.empty() ? leaves.q[0] : layers.back().q[0];
  if (num_leaves >= kRemakeLeaves) {
    leaves = {};
  }
  channel.message("gkr.root", std::array{root, root.inverse()});

  std::vector<Fr> point;
  for (std::size_t width = 2; width <= num_leaves; width *= 2) {
    layers.pop_back();
    if (width == num_leaves && leaves.q.empty()) {
      leaves = make_leaves();
    }
    Fractions& layer = width == num_leaves ? leaves : layers.back();
    const Fr lambda = channel.challenge("gkr.lambda");
    std::vector<Fr> next_point;
    std::vector<Fr> weights = point.empty() ? std::vector<Fr>{} : fr_eq_table(std::span<const Fr>(point).subspan(1));
    for (std::size_t round = 0; round < point.size(); ++round) {
      channel.message("gkr.round", fr_round_fraction(layer.p, layer.q, lambda, weights));
      const Fr r = channel.challenge("gkr.round");
      next_point.push_back(r);
      fr_bind_low(layer.p, r);
      fr_bind_low(layer.q, r);
      if (weights.size() > 1) {
        sum_pairs(weights);
      }
    }
    channel.message("gkr.children", std::array{layer.p[0], layer.p[1], layer.q[0], layer.q[1]});
    next_point.push_back(channel.challenge("gkr.child"));
    point = std::move(next_point);
  }
  return point;
}

}  // namespace proofcard::lookup
