#include "host/graph/float_graph/simplify/masks.hpp"

#include <algorithm>
#include <cmath>
#include <iterator>

#include "host/graph/float_graph/moves.hpp"

namespace proofcard::graph {
namespace {

constexpr float kMasked = -1e4F;

class Masks {
 public:
  explicit Masks(FloatGraph& graph)
      : graph_(graph), readers_(graph.values.size()), masked_(graph.values.size(), false) {
    for (std::size_t i = 0; i < graph.nodes.size(); ++i) {
      for (const std::uint32_t in : graph.nodes[i].inputs) {
        readers_[in].push_back(i);
      }
    }
  }

  void saturate() {
    for (FloatNode& n : graph_.nodes) {
      const bool has_masks = std::any_of(n.inputs.begin(), n.inputs.end(), [&](auto in) { return is_mask(n, in); });
      if (has_masks && only_softmax_reads(n.output)) {
        for (std::uint32_t& in : n.inputs) {
          if (is_mask(n, in)) {
            in = saturated(in);
          }
        }
        masked_[n.output] = true;
      } else if (passes_on(n)) {
        masked_[n.output] =
            std::any_of(n.inputs.begin(), n.inputs.end(), [&](auto in) { return in < masked_.size() && masked_[in]; });
      } else if (n.op == FloatOp::kEqual) {
        answer(n);
      }
    }
    give_each_reader_its_own();
  }

 private:
  const FloatTensor* constant(std::uint32_t value) const {
    const auto& c = graph_.values[value].constant;
    return c ? &*c : nullptr;
  }

  static bool passes_on(const FloatNode& n) {
    return n.op == FloatOp::kAdd || n.op == FloatOp::kWhere || n.op == FloatOp::kReduceMax || is_move(n.op);
  }

  bool is_mask(const FloatNode& n, std::uint32_t value) const {
    const bool takes = n.op == FloatOp::kAdd || n.op == FloatOp::kWhere || n.op == FloatOp::kConcat;
    const FloatTensor* c = takes ? constant(value) : nullptr;
    return c != nullptr && *std::min_element(c->data.begin(), c->data.end()) < kMasked;
  }

  // A constant that is minus infinity.
  bool is_lowest(std::uint32_t value) const {
    const FloatTensor* c = constant(value);
    return c != nullptr && std::all_of(c->data.begin(), c->data.end(), [](float v) { return v == -INFINITY; });
  }

  bool only_softmax_reads(std::uint32_t value) const {
    if (std::find(graph_.outputs.begin(), graph_.outputs.end(), value) != graph_.outputs.end()) {
      return false;
    }
    return std::all_of(readers_[value].begin(), readers_[value].end(), [&](std::size_t i) {
      const FloatNode& n = graph_.nodes[i];
      const bool asks = n.op == FloatOp::kEqual && (is_lowest(n.inputs[0]) || is_lowest(n.inputs[1]));
      return n.op == FloatOp::kSoftmax || n.op == FloatOp::kArgMax || asks ||
             (passes_on(n) && only_softmax_reads(n.output));
    });
  }

  std::uint32_t add_constant(FloatTensor t) {
    graph_.values.push_back({"mask", t.shape, std::move(t)});
    return static_cast<std::uint32_t>(graph_.values.size() - 1);
  }

  std::uint32_t saturated(std::uint32_t mask) {
    FloatTensor t = *constant(mask);
    for (float& v : t.data) {
      v = std::max(v, kMasked);
    }
    return add_constant(std::move(t));
  }

  // Whether x is minus infinity: where it is masked; nowhere, when no mask is in it.
  void answer(FloatNode& n) {
    if (is_lowest(n.inputs[0])) {
      std::swap(n.inputs[0], n.inputs[1]);
    }
    if (!is_lowest(n.inputs[1])) {
      return;
    }
    const bool asks = masked_[n.inputs[0]];
    n.op = asks ? FloatOp::kLessEqual : FloatOp::kLess;
    n.inputs[1] = asks ? add_constant(FloatTensor{{}, {kMasked / 2}, false}) : n.inputs[0];
  }

  // A sum that one node reads is a part of it, and rounded to what that one needs.
  void give_each_reader_its_own() {
    for (std::size_t i = graph_.nodes.size(); i-- > 0;) {
      const FloatNode n = graph_.nodes[i];
      if (!masked_[n.output] || n.op == FloatOp::kReduceMax || std::size(readers_of(n.output)) < 2) {
        continue;
      }
      std::vector<FloatNode> copies;
      const std::vector<std::size_t> readers = readers_of(n.output);
      for (std::size_t k = 1; k < readers.size(); ++k) {
        FloatNode copy = n;
        graph_.values.push_back(graph_.values[n.output]);
        masked_.resize(graph_.values.size(), false);
        copy.output = static_cast<std::uint32_t>(graph_.values.size() - 1);
        std::replace(graph_.nodes[readers[k]].inputs.begin(), graph_.nodes[readers[k]].inputs.end(), n.output,
                     copy.output);
        copies.push_back(std::move(copy));
      }
      graph_.nodes.insert(graph_.nodes.begin() + static_cast<std::ptrdiff_t>(i), copies.begin(), copies.end());
    }
  }

  std::vector<std::size_t> readers_of(std::uint32_t value) const {
    std::vector<std::size_t> out;
    for (std::size_t i = 0; i < graph_.nodes.size(); ++i) {
      if (std::find(graph_.nodes[i].inputs.begin(), graph_.nodes[i].inputs.end(), value) !=
          graph_.nodes[i].inputs.end()) {
        out.push_back(i);
      }
    }
    return out;
  }

  FloatGraph& graph_;
  std::vector<std::vector<std::size_t>> readers_;  // as the file has them
  std::vector<bool> masked_;
};

}  // namespace

void saturate_masks(FloatGraph& graph) { Masks(graph).saturate(); }

}  // namespace proofcard::graph
