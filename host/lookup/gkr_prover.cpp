#include "host/lookup/gkr_prover.hpp"

#include <array>
#include <bit>
#include <memory>
#include <optional>

#include "host/base/check.hpp"
#include "host/lookup/computed_nodes.hpp"
#include "host/lookup/layer_sumcheck.hpp"

namespace proofcard::lookup {
namespace {

using Children = std::array<Fr, 4>;
constexpr Run kOnlyPair{0, 1, Known::kNothing};  // of a layer of two nodes

// The sumcheck of one layer, whose first variables are bound in passing. Returns its point; {p0, p1, q0, q1} there go to
// `children`.
std::vector<Fr> prove_layer(ProverChannel& channel, const Nodes& nodes, const Folding& folding,
                            std::span<const Fr> point, unsigned in_passing, Children& children) {
  std::vector<Fr> next_point;
  std::vector<std::unique_ptr<Nodes>> computed;  // each of the one before
  std::optional<NodesInMemory> bound;
  const auto current = [&]() -> const Nodes& { return bound ? *bound : computed.empty() ? nodes : *computed.back(); };
  Round round{};
  for (std::size_t k = 0; k < point.size(); ++k) {
    if (k == 0) {
      round = first_round(nodes, folding, point.subspan(1));
    }
    channel.message("gkr.round", round);
    const Fr r = channel.challenge("gkr.round");
    next_point.push_back(r);
    if (k < in_passing && ComputedBound::is_possible(current())) {
      computed.push_back(std::make_unique<ComputedBound>(current(), r));
      round = first_round(*computed.back(), folding, point.subspan(k + 2));
      continue;
    }
    const std::span<const Fr> rest = point.subspan(std::min(k + 2, point.size()));
    if (bound) {
      round = bind_in_place(*bound, folding, r, rest);
      continue;
    }
    Bound first = bind(current(), folding, r, rest);
    bound.emplace(std::move(first.nodes));
    round = first.next;
  }
  Nodes::Scratch scratch;
  const FractionPairs last = current().read(kOnlyPair, scratch);
  children = {last.p0[0], last.p1[0], last.q0[0], last.q1[0]};
  return next_point;
}

}  // namespace

std::vector<Fr> prove_fraction_sum(ProverChannel& channel, const LeafSource& source, const TreePlan& plan) {
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
      layers.push_back(std::make_unique<ParentsOfLeaves>(source, plan.first_kept <= 1));
    } else if (layers.size() < plan.first_kept) {
      layers.push_back(std::make_unique<ComputedParents>(*layers.back()));
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
    point = prove_layer(channel, layer, {lambda, something_known ? lambda.inverse() : Fr::zero()}, point,
                        plan.bound_in_passing(layers.size() - 1), children);
    layers.pop_back();
    channel.message("gkr.children", children);
    point.push_back(channel.challenge("gkr.child"));
  }
  return point;
}

std::vector<std::uint32_t> message_sizes(std::size_t log_size) {
  std::vector<std::uint32_t> out{2};  // the root and its inverse
  for (std::size_t layer = 0; layer < log_size; ++layer) {
    out.insert(out.end(), layer, static_cast<std::uint32_t>(Round{}.size()));
    out.push_back(static_cast<std::uint32_t>(Children{}.size()));
  }
  return out;
}

}  // namespace proofcard::lookup
