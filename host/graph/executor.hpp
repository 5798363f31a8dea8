// Runs an integer graph and hands out every tensor and every rounding remainder when it is made: what the proof will
// commit to.
//
// Semantics: exactly those of graph.hpp, in 64-bit integers; validate(graph) rules out overflow.
// Order:     tensors by tensor id, remainders by node index, both row-major. Independent of threads and instruction
// set.
#pragma once

#include <span>
#include <vector>

#include "host/base/int_vector.hpp"
#include "host/base/result.hpp"
#include "host/graph/graph.hpp"

namespace proofcard::graph {

// Takes what an execution makes, in the order in which it is made. An error ends the execution, which returns it. This
// one keeps nothing, for those who want the outputs only.
class Sink {
 public:
  virtual ~Sink() = default;
  // An input, checked; every input comes before the first node. The values stay where they are until release(tensor).
  virtual Status input(std::uint32_t /*tensor*/, const IntSpan& /*values*/) { return {}; }
  // What a node has made. `out` stays where it is until the release of its tensor. Remainders: as in Trace.
  virtual Status node(std::size_t /*node*/, const IntSpan& /*out*/, IntVector /*remainders*/) { return {}; }
  // The executor reads this input or result of a node no more: it is the sink's to keep or to drop. Its values stay
  // where they are.
  virtual void release(std::uint32_t /*tensor*/, IntVector /*values*/) {}
};

struct Trace {
  // By tensor id, in narrowest_int_type(lo, hi). Those of weights are empty: they are in the graph.
  std::vector<IntVector> tensors;
  // By node. Linear with shift > 0: multiplier * acc + 2^(shift-1) - out * 2^shift, in [0, 2^shift).
  // Divide: 2 * numerator * 2^shift + denominator - out * 2 * denominator, in [0, 2 * denominator).
  // Others: empty.
  std::vector<IntVector> remainders;
};

// Values of one Lookup that the ends of its table cut off (Cut in graph.hpp), farther out than samples showed by more than
// an eighth and two steps. How far says something about the input, which may be secret.
struct CutOff {
  std::size_t node = 0;
  std::uint64_t values = 0;  // at least 1
  double times = 0;          // of the farthest: how many times as far out as what is kept, or as samples showed
};

// Returns the outputs, in the order of graph.outputs. Holds a tensor until its last use and no longer. `cut_off`, when
// given, gets what was lost, in the order of nodes; looking for it costs next to nothing where nothing is.
// Pre: validate(graph) is ok. One input for each of graph.inputs, of any stored type; then, where a tensor is fed back, its
// values, which the sink is not told of (its release it is).
// Errors: kBadInput for a wrong number or size of inputs, or a value outside the declared range, which is named by its
// index and never by its value; kBadInput "internal range analysis" if an intermediate value leaves its [lo, hi]; those
// of the sink.
Result<std::vector<IntVector>> execute(const Graph& graph, std::span<const IntVector> inputs, Sink& sink,
                                       std::vector<CutOff>* cut_off = nullptr);

// The same, and keeps everything.
Result<Trace> execute(const Graph& graph, std::span<const IntVector> inputs);

}  // namespace proofcard::graph
