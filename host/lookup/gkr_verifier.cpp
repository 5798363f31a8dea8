#include "host/lookup/gkr_verifier.hpp"

#include "host/transcript/value_chain.hpp"

namespace proofcard::lookup {
namespace {

// What a layer's part of the transcript says: its sumcheck's messages {t(0), t(infinity)} and challenges, the children.
struct Layer {
  Fr lambda;
  std::vector<std::vector<Value>> rounds;
  std::vector<Fr> challenges;
  std::vector<Value> children;
  Fr tau;

  // Where the next layer's claim is.
  std::vector<Fr> next_point() const {
    std::vector<Fr> point = challenges;
    point.push_back(tau);
    return point;
  }
};

Result<std::vector<Layer>> read_layers(VerifierChannel& channel, unsigned log_leaves) {
  std::vector<Layer> layers(log_leaves);
  for (unsigned k = 0; k < log_leaves; ++k) {
    Layer& layer = layers[k];
    layer.lambda = channel.challenge("gkr.lambda");
    for (unsigned round = 0; round < k; ++round) {
      PROOFCARD_TRY(std::vector<Value> t, channel.message("gkr.round", 2));
      layer.rounds.push_back(std::move(t));
      layer.challenges.push_back(channel.challenge("gkr.round"));
    }
    PROOFCARD_TRY(layer.children, channel.message("gkr.children", 4));
    layer.tau = channel.challenge("gkr.child");
  }
  return layers;
}

// Inverses of the coordinates of every layer's claim, with one inversion in all.
std::vector<std::vector<Fr>> inverse_points(std::span<const Layer> layers) {
  std::vector<Fr> all;
  for (const Layer& layer : layers) {
    const std::vector<Fr> point = layer.next_point();
    all.insert(all.end(), point.begin(), point.end());
  }
  batch_inverse<Fr>(all);
  std::vector<std::vector<Fr>> out;
  auto next = all.begin();
  for (const Layer& layer : layers) {
    const auto end = next + static_cast<std::ptrdiff_t>(layer.challenges.size() + 1);
    out.emplace_back(next, end);
    next = end;
  }
  return out;
}

}  // namespace

Result<LeafClaim> verify_fraction_sum(VerifierChannel& channel, unsigned log_leaves) {
  PROOFCARD_TRY(const std::vector<Value> root, channel.message("gkr.root", 2));
  // A non-zero root denominator has an inverse.
  const VerifierChannel::Product invertible[] = {{root[0], root[1]}};
  PROOFCARD_RETURN_IF_ERROR(channel.require_zero(invertible, Value(-Fr::one()), "lookup (root)"));

  PROOFCARD_TRY(std::vector<Layer> layers, read_layers(channel, log_leaves));
  const std::vector<std::vector<Fr>> inverses = inverse_points(layers);
  LeafClaim claim{{}, Value(), root[0]};  // the numerator of the root is 0: that is the statement
  for (unsigned k = 0; k < log_leaves; ++k) {
    Layer& layer = layers[k];
    ValueChain running;
    running.add(std::move(claim.p));
    running.add(std::move(claim.q), layer.lambda);
    for (unsigned round = 0; round < k; ++round) {
      // running = (1 - point) t(0) + point t(1) gives t(1), and t(r) = t(0) + (t(1) - t(0) - t(inf)) r + t(inf) r^2.
      const Fr& r = layer.challenges[round];
      const Fr ratio = r * inverses[k - 1][round];
      running.scale(ratio);
      running.add(std::move(layer.rounds[round][0]), Fr::one() - ratio);
      running.add(std::move(layer.rounds[round][1]), r.square() - r);
    }
    const std::vector<Value>& child = layer.children;
    const VerifierChannel::Product node[] = {
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
