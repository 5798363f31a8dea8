// Builds the integer graph: tensors with ranges, nodes, weights. Ranges that come from hidden weights are rounded outwards
// to powers of two, so that the public graph says no more about them than that.
#pragma once

#include <string>
#include <vector>

#include "host/graph/graph.hpp"
#include "host/graph/quantize/forms/view.hpp"

namespace proofcard::graph {

// Inclusive range of integers, per index of one label of an expression (label >= 0) or one for all (label = -1).
struct Interval {
  int label = -1;
  std::vector<std::int64_t> lo{0};
  std::vector<std::int64_t> hi{0};

  std::int64_t min() const;
  std::int64_t max() const;
};

Interval sum(const Interval& a, const Interval& b);
Interval times(const Interval& a, std::int64_t factor);

// Range of floor((multiplier * x + 2^(shift-1)) / 2^shift); multipliers go with the interval's label or are one for
// all.
Interval requantised(const Interval& acc, const std::vector<std::int64_t>& multiplier, unsigned shift);

// Of ranges that come from hidden weights: a layer of small or no weights looks like any other then.
inline constexpr unsigned kMinHiddenRangeBits = 3;

// [-2^b, 2^b - 1], or [0, 2^b - 1] for ranges without negative values, the smallest that holds the interval, with b of at
// least kMinHiddenRangeBits.
Interval rounded_outwards(const Interval& range);

// The constant of the float graph whose values a weight has, and whether with the last two axes exchanged.
struct WeightSource {
  std::uint32_t constant = 0;
  bool transposed = false;
  bool operator==(const WeightSource&) const = default;
};

// What integers a weight tensor gets, but for its values in the float graph: one tensor serves all steps of a model that read one
// constant alike. Nothing here depends on the values, so that hidden weights are shared or not by what is public.
struct WeightUse {
  WeightSource source;
  Shape shape;
  double factor = 1.0;                      // from real values to integers, of channels with multiplier 1
  std::vector<std::int64_t> multiplier{1};  // one, or one a channel
  double scale = 1.0;
};

class GraphBuilder {
 public:
  explicit GraphBuilder(bool private_weights) : private_weights_(private_weights) {}

  std::uint32_t add_tensor(std::string name, Shape shape, TensorKind kind, std::int64_t lo, std::int64_t hi,
                           double scale);
  std::uint32_t add_weight(std::string name, Shape shape, IntVector data, double scale);
  // The same, or the tensor that an earlier call added for the same use.
  std::uint32_t add_shared_weight(std::string name, IntVector data, const WeightUse& use);

  const Tensor& tensor(std::uint32_t id) const { return graph_.tensors[id]; }
  bool private_weights() const { return private_weights_; }

  // Adds a Linear node and its output tensor. `range` is the range of the accumulator.
  std::uint32_t linear(const std::string& name, Linear node, const Interval& range, double scale);
  // The same with the range of the result.
  std::uint32_t linear_within(const std::string& name, Linear node, const Interval& result, double scale);
  std::uint32_t lookup(const std::string& name, tensor::TableSpec table, std::uint32_t in, double scale);
  // That the last node, a Lookup, cuts off more than its function does.
  void set_cut(const Cut& cut) { std::get<Lookup>(graph_.nodes.back().op).cut = cut; }
  std::uint32_t max(const std::string& name, tensor::Operand a, tensor::Operand b, Shape shape, double scale);
  std::uint32_t divide(const std::string& name, tensor::Operand numerator, tensor::Operand denominator, unsigned shift,
                       Shape shape, std::int64_t hi, double scale);
  std::uint32_t square_root(const std::string& name, std::uint32_t in, double scale);
  // The result has the scale of the data, and values in [lo, hi].
  std::uint32_t select(const std::string& name, Select node, std::int64_t lo, std::int64_t hi);
  std::uint32_t low_bits(const std::string& name, std::uint32_t in, unsigned bits);
  void set_range(std::uint32_t id, std::int64_t lo, std::int64_t hi);

  // A tensor that holds the value of the view in row-major order (copied when it does not yet), of any shape.
  View materialised(const std::string& name, const View& view);
  // The same with the value's own shape, so that every axis is a tensor axis.
  View exact(const std::string& name, const View& view);

  // What was added since `mark` can be taken back: a tensor scale that turns out too fine is tried again.
  struct Mark {
    std::size_t tensors = 0;
    std::size_t nodes = 0;
  };
  Mark mark() const { return {graph_.tensors.size(), graph_.nodes.size()}; }
  void roll_back(const Mark& to) {
    graph_.tensors.resize(to.tensors);
    graph_.nodes.resize(to.nodes);
    std::erase_if(shared_, [&](const auto& use) { return use.first >= to.tensors; });
  }

  Graph& graph() { return graph_; }

 private:
  View copy(const std::string& name, const View& view);

  bool private_weights_;
  Graph graph_;
  std::vector<std::pair<std::uint32_t, WeightUse>> shared_;
};

}  // namespace proofcard::graph
