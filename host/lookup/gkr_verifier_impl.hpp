// Body of gkr_verifier.hpp.
#pragma once

#include "host/lookup/gkr_verifier.hpp"
#include "host/transcript/value_chain.hpp"

namespace proofcard::lookup {
namespace gkr {

// What a layer's part of the transcript says: its sumcheck's messages {t(0), t(infinity)} and challenges, the children.
template <class C>
struct Layer {
  using Number = typename C::Number;
  using Value = typename C::Value;

  Number lambda;
  std::vector<std::vector<Value>> rounds;
  std::vector<Number> challenges;
  std::vector<Value> children;
  Number tau;

  // Where the next layer's claim is.
  std::vector<Number> next_point() const {
    std::vector<Number> point = challenges;
    point.push_back(tau);
    return point;
  }
};

template <class C>
Result<std::vector<Layer<C>>> read_layers(C& channel, unsigned log_leaves) {
  std::vector<Layer<C>> layers(log_leaves);
  for (unsigned k = 0; k < log_leaves; ++k) {
    Layer<C>& layer = layers[k];
    layer.lambda = channel.challenge("gkr.lambda");
    for (unsigned round = 0; round < k; ++round) {
      PROOFCARD_TRY(std::vector<typename C::Value> t, channel.message("gkr.round", 2));
      layer.rounds.push_back(std::move(t));
      layer.challenges.push_back(channel.challenge("gkr.round"));
    }
    PROOFCARD_TRY(layer.children, channel.message("gkr.children", 4));
    layer.tau = channel.challenge("gkr.child");
  }
  return layers;
}

// Inverses of the coordinates of every layer's claim, with one inversion in all.
template <class C>
std::vector<std::vector<typename C::Number>> inverse_points(C& channel, std::span<const Layer<C>> layers) {
  std::vector<typename C::Number> all;
  for (const Layer<C>& layer : layers) {
    const std::vector<typename C::Number> point = layer.next_point();
    all.insert(all.end(), point.begin(), point.end());
  }
  channel.invert(all);
  std::vector<std::vector<typename C::Number>> out;
  auto next = all.begin();
  for (const Layer<C>& layer : layers) {
    const auto end = next + static_cast<std::ptrdiff_t>(layer.challenges.size() + 1);
    out.emplace_back(next, end);
    next = end;
  }
  return out;
}

}  // namespace gkr

template <class C>
Result<LeafClaimOver<C>> verify_fraction_sum(C& channel, unsigned log_leaves) {
  using Number = typename C::Number;
  using Value = typename C::Value;
  const Number one(Fr::one());
  PROOFCARD_TRY(const std::vector<Value> root, channel.message("gkr.root", 2));
  // A non-zero root denominator has an inverse.
  const typename C::Product invertible[] = {{root[0], root[1]}};
  PROOFCARD_RETURN_IF_ERROR(channel.require_zero(invertible, Value(-one), "lookup (root)"));

  PROOFCARD_TRY(std::vector<gkr::Layer<C>> layers, gkr::read_layers(channel, log_leaves));
  const std::vector<std::vector<Number>> inverses =
      gkr::inverse_points<C>(channel, std::span(layers).first(log_leaves == 0 ? 0 : log_leaves - 1));
  LeafClaimOver<C> claim{{}, Value(), root[0]};  // the numerator of the root is 0: that is the statement
  for (unsigned k = 0; k < log_leaves; ++k) {
    gkr::Layer<C>& layer = layers[k];
    ValueChain<Value, Number> running;
    running.add(std::move(claim.p));
    running.add(std::move(claim.q), layer.lambda);
    for (unsigned round = 0; round < k; ++round) {
      // running = (1 - point) t(0) + point t(1) gives t(1), and t(r) = t(0) + (t(1) - t(0) - t(inf)) r + t(inf) r^2.
      const Number& r = layer.challenges[round];
      const Number ratio = r * inverses[k - 1][round];
      running.scale(ratio);
      running.add(std::move(layer.rounds[round][0]), one - ratio);
      running.add(std::move(layer.rounds[round][1]), r * r - r);
    }
    const std::vector<Value>& child = layer.children;
    const typename C::Product node[] = {
        {child[0], child[3]}, {child[1], child[2]}, {child[2] * layer.lambda, child[3]}};
    PROOFCARD_RETURN_IF_ERROR(channel.require_zero(node, -running.value(), fmt::format("lookup (layer {})", k)));
    claim.p = child[0] + (child[1] - child[0]) * layer.tau;
    claim.q = child[2] + (child[3] - child[2]) * layer.tau;
  }
  if (log_leaves > 0) {
    claim.point = layers.back().next_point();
  }
  return claim;
}

}  // namespace proofcard::lookup
