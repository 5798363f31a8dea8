// Finds steps that repeat among the nodes of a lowered graph. Private to host/compile.
#pragma once

#include <cstddef>
#include <optional>
#include <span>

#include "host/compile/roll.hpp"

namespace proofcard::compile {

// Steps of `period` nodes each: step s is nodes [begin + s * period, begin + (s + 1) * period).
struct Run {
  std::size_t begin = 0;
  std::size_t period = 0;
  std::size_t steps = 0;

  std::size_t node(std::size_t step, std::size_t position) const { return begin + step * period + position; }
};

// Where a tensor of a step stands.
struct Slot {
  std::size_t step = 0;
  std::size_t position = 0;  // of the node in its step
  std::size_t index = 0;     // of the tensor among those of the node
  bool same_slot(const Slot& other) const { return position == other.position && index == other.index; }
};

// By tensor of the circuit: the node that makes it, and which of its tensors it is.
class Owners {
 public:
  Owners(std::span<const Segment> segments, std::size_t num_tensors);
  std::optional<Slot> slot(const Run& run, std::uint32_t tensor) const;

 private:
  std::vector<std::size_t> node_;  // SIZE_MAX: none
  std::vector<std::size_t> index_;
};

// Calls body(expression, expression of the same place in the other node, whether it is of a lookup). Stops at false.
template <class Body>
bool for_each_pair(const Lowered& l, std::size_t a, std::size_t b, Body&& body) {
  const Segment& x = l.segments[a];
  const Segment& y = l.segments[b];
  for (std::size_t i = 0; i < x.relations.size(); ++i) {
    if (!body(l.circuit.relations[x.relations[i]].zero, l.circuit.relations[y.relations[i]].zero, false)) {
      return false;
    }
  }
  for (std::size_t i = 0; i < x.lookups.size(); ++i) {
    const circuit::Lookup& p = l.circuit.lookups[x.lookups[i]];
    const circuit::Lookup& q = l.circuit.lookups[y.lookups[i]];
    for (std::size_t c = 0; c < p.columns.size(); ++c) {
      if (!body(p.columns[c], q.columns[c], true)) {
        return false;
      }
    }
  }
  return true;
}

// Runs that begin at `from` or later, the first one. The last step is the pattern of all: what it reads of the step
// before, or of an earlier one, every step reads so, but for those so early that there is none in the run.
std::optional<Run> find_run(const Lowered& lowered, std::span<const std::uint32_t> kinds, std::size_t from);

// By node: nodes with equal numbers differ in which tensors they read and write, and in offsets of reads, only. Nodes that
// look something up in a table of tensors, or make such a tensor, have numbers of their own: tables are not stacked.
std::vector<std::uint32_t> node_kinds(const Lowered& lowered);

}  // namespace proofcard::compile
