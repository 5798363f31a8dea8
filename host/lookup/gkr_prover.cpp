#include "host/lookup/gkr_prover.hpp"

#include <array>
#include <bit>
#include <memory>

#include "host/base/check.hpp"
#include "host/lookup/layer_sumcheck.hpp"

namespace proofcard::lookup {
namespace {

using Children = std::array<Fr, 4>;
constexpr Run kOnlyPair{0, 1, Known::kNothing};  // of a layer of two nodes

// The sumcheck of one layer. Returns its point; {p0, p1, q0, q1} there go to `children`.
std::vector<Fr> prove_layer(ProverChannel& channel, const Nodes& nodes, const Folding& folding,
                            std::span<const Fr> point, Children& children) {
  std::vector<Fr> next_point;
  std::unique_ptr<NodesInMemory> bound;
  Round round{};
  for (std::size_t k = 0; k < point.size(); ++k) {
    if (k == 0) {
      round = first_round(nodes, folding, point.subspan(1));
    }
    channel.message("gkr.round", round);
    const Fr r = channel.challenge("gkr.round");
    next_point.push_back(r);
    Bound next = bind(bound != nullptr ? *bound : nodes, folding, r, point.subspan(std::min(k + 2, point.size())));
    bound = std::make_unique<NodesInMemory>(std::move(next.nodes));
    round = next.next;
  }
  Nodes::Scratch scratch;
  const FractionPairs last = (bound != nullptr ? *bound : nodes).read(kOnlyPair, scratch);
  children = {last.p0[0], last.p1[0], last.q0[0], last.q1[0]};
  return next_point;
}

}  // namespace

std::vector<Fr> prove_fraction_sum(ProverChannel& channel, const LeafSource& source) {
  PROOFCARD_CHECK(std::has_single_bit(source.size()));
  if (source.size() == 1) {
    Fr p;
    Fr q;
    source.fill(0, {&p, 1}, {&q, 1});
    channel.message("gkr.root", std::array{q, q.inverse()});
    return {};
  }
  const auto log_size = static_cast<std::size_t>(std::countr_zero(source.size()));
  std::vector<std::unique_ptr<Nodes>> layers;  // the leaves first, the root's children last
  layers.push_back(std::make_unique<Leaves>(source));
  while (layers.back()->half() > 1) {
    if (layers.size() == 1) {
      layers.push_back(std::make_unique<ParentsOfLeaves>(source));
    } else {
      layers.push_back(std::make_unique<NodesInMemory>(parents(*layers.back())));
    }
    layers.back()->scale_denominators(Fr::one(), Fr::zero());
  }
  Nodes::Scratch scratch;
  const FractionPairs top = layers.back()->read(kOnlyPair, scratch);
  const Fr root = top.q0[0] * top.q1[0];
  channel.message("gkr.root", std::array{root, root.inverse()});

  std::vector<Fr> point;
  while (point.size() < log_size) {
    const Fr lambda = channel.challenge("gkr.lambda");
    Children children;
    Nodes& layer = *layers.back();
    layer.scale_denominators(lambda, Fr::one());
    const bool something_known = layer.runs().size() > 1 || layer.runs()[0].known != Known::kNothing;
    point = prove_layer(channel, layer, {lambda, something_known ? lambda.inverse() : Fr::zero()}, point, children);
    layers.pop_back();
    channel.message("gkr.children", children);
    point.push_back(channel.challenge("gkr.child"));
  }
  return point;
}

}  // namespace proofcard::lookup
