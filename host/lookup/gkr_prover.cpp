#include "host/lookup/gkr_prover.hpp"

#include <array>
#include <bit>

#include "host/base/check.hpp"
#include "host/field/fr_vector.hpp"

namespace proofcard::lookup {
namespace {

struct Fractions {
  explicit Fractions(std::size_t size) : p(size), q(size) {}
  std::vector<Fr> p;
  std::vector<Fr> q;
};

Fractions layer_above(const Fractions& below) {
  Fractions above(below.q.size() / 2);
  fr_fraction_layer(above.p, above.q, below.p, below.q);
  return above;
}

// The layer over the leaves, without holding all of them.
Fractions layer_above_leaves(std::size_t num_leaves, const FillLeaves& fill) {
  constexpr std::size_t kPiece = std::size_t{1} << 18;
  Fractions above(num_leaves / 2);
  Fractions piece(2 * kPiece);
  for (std::size_t first = 0; first < above.q.size(); first += kPiece) {
    fill(first, std::span(piece.p).first(kPiece), std::span(piece.q).first(kPiece));
    fill(first + above.q.size(), std::span(piece.p).last(kPiece), std::span(piece.q).last(kPiece));
    fr_fraction_layer(std::span(above.p).subspan(first, kPiece), std::span(above.q).subspan(first, kPiece), piece.p,
                      piece.q);
  }
  return above;
}

Fractions make_leaves(std::size_t num_leaves, const FillLeaves& fill) {
  Fractions leaves(num_leaves);
  fill(0, leaves.p, leaves.q);
  return leaves;
}

// Weights for the next variable: eq over one variable fewer, by eq(r, 0) + eq(r, 1) = 1.
void sum_pairs(std::vector<Fr>& w) {
  for (std::size_t i = 0; i < w.size() / 2; ++i) {
    w[i] = w[2 * i] + w[2 * i + 1];
  }
  w.resize(w.size() / 2);
}

}  // namespace

std::vector<Fr> prove_fraction_sum(ProverChannel& channel, std::size_t num_leaves, const FillLeaves& fill) {
  PROOFCARD_CHECK(std::has_single_bit(num_leaves));
  const bool remake = num_leaves >= kRemakeLeaves;
  std::vector<Fractions> layers;  // the root last
  layers.push_back(remake ? layer_above_leaves(num_leaves, fill) : make_leaves(num_leaves, fill));
  while (layers.back().q.size() > 1) {
    layers.push_back(layer_above(layers.back()));
  }
  const Fr root = layers.back().q[0];
  channel.message("gkr.root", std::array{root, root.inverse()});

  std::vector<Fr> point;
  for (std::size_t width = 2; width <= num_leaves; width *= 2) {
    layers.pop_back();
    if (layers.empty()) {
      layers.push_back(make_leaves(num_leaves, fill));
    }
    Fractions& layer = layers.back();
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
