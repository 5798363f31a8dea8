#include "host/lookup/computed_nodes.hpp"

#include <algorithm>

#include "host/base/check.hpp"

namespace proofcard::lookup {

ComputedParents::ComputedParents(const Nodes& children)
    : children_(children), runs_{{0, children.half() / 2, Known::kNothing}} {}

FractionPairs ComputedParents::read(const Run& part, Scratch& scratch) const {
  const std::size_t size = part.end - part.begin;
  const std::span<Fr> p0 = scratch.part(0, size), p1 = scratch.part(1, size);
  const std::span<Fr> q0 = scratch.part(2, size), q1 = scratch.part(3, size);
  fill_parents(children_, part.begin, p0, q0, scratch.below());
  fill_parents(children_, half() + part.begin, p1, q1, scratch.below());
  return {p0, p1, q0, q1};
}

void ComputedParents::scale_denominators(const Fr& /*scale*/, const Fr& /*shift*/) {}  // nothing is known of any

bool ComputedBound::is_possible(const Nodes& nodes) {
  return nodes.half() >= 4 &&
         std::ranges::all_of(nodes.runs(), [](const Run& run) { return run.begin % 4 == 0 && run.end % 4 == 0; });
}

ComputedBound::ComputedBound(const Nodes& nodes, const Fr& r)
    : nodes_(nodes), r_(r), runs_(nodes.runs().begin(), nodes.runs().end()) {
  PROOFCARD_CHECK(is_possible(nodes));
  for (Run& run : runs_) {
    run.begin /= 2;
    run.end /= 2;
  }
}

FractionPairs ComputedBound::read(const Run& part, Scratch& scratch) const {
  const std::size_t size = part.end - part.begin;
  FractionPairs out;
  for (std::size_t at = part.begin; at < part.end; at += kInnerBlock) {
    const std::size_t end = std::min(part.end, at + kInnerBlock);
    const FractionPairs from = nodes_.read({2 * at, 2 * end, part.known}, scratch.below());
    const auto bind = [&](std::size_t k, std::span<const Fr> table) -> std::span<const Fr> {
      if (table.empty()) {
        return {};
      }
      const std::span<Fr> all = scratch.part(k, size);
      fr_bind_low(all.subspan(at - part.begin, end - at), table, r_);
      return all;
    };
    out = {bind(0, from.p0), bind(1, from.p1), bind(2, from.q0), bind(3, from.q1)};
  }
  return out;
}

void ComputedBound::scale_denominators(const Fr& /*scale*/, const Fr& /*shift*/) { PROOFCARD_CHECK(false); }

}  // namespace proofcard::lookup
