// Nodes that are never all in memory: made of others whenever they are read, by blocks that stay in a cache.
#pragma once

#include <vector>

#include "host/lookup/fraction_tables.hpp"

namespace proofcard::lookup {

// The parents of nodes that outlive this, of which nothing is known. Pre: children.half() is 2 or more, and their denominators have
// scale 1 and shift 0 whenever these are read.
class ComputedParents final : public Nodes {
 public:
  explicit ComputedParents(const Nodes& children);

  std::size_t half() const override { return children_.half() / 2; }
  std::span<const Run> runs() const override { return runs_; }
  FractionPairs read(const Run& part, Scratch& scratch) const override;
  void scale_denominators(const Fr& scale, const Fr& shift) override;

 private:
  const Nodes& children_;
  std::vector<Run> runs_;
};

// Nodes that outlive this, with their lowest variable bound to r.
class ComputedBound final : public Nodes {
 public:
  // Whether nothing but a table in memory could hold them: too few, or runs that would be cut between a pair of the next round.
  static bool is_possible(const Nodes& nodes);
  // Pre: is_possible(nodes).
  ComputedBound(const Nodes& nodes, const Fr& r);

  std::size_t half() const override { return nodes_.half() / 2; }
  std::span<const Run> runs() const override { return runs_; }
  FractionPairs read(const Run& part, Scratch& scratch) const override;
  // Pre: never called: they have those of the nodes.
  void scale_denominators(const Fr& scale, const Fr& shift) override;

 private:
  const Nodes& nodes_;
  Fr r_;
  std::vector<Run> runs_;
};

}  // namespace proofcard::lookup
