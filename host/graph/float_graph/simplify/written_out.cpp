#include "host/graph/float_graph/simplify/written_out.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <optional>
#include <set>

#include "host/graph/float_graph/float_executor.hpp"

namespace proofcard::graph {
namespace {

class Recogniser {
 public:
  explicit Recogniser(FloatGraph& graph) : graph_(graph) {
    for (std::size_t i = 0; i < graph.nodes.size(); ++i) {
      producer_[graph.nodes[i].output] = i;
      for (const std::uint32_t in : graph.nodes[i].inputs) {
        readers_[in].insert(i);
      }
    }
  }

  void run() {
    for (std::size_t i = 0; i < graph_.nodes.size(); ++i) {
      if (graph_.nodes[i].op == FloatOp::kTanh) {
        recognise(i);
      }
    }
  }

 private:
  static constexpr std::size_t kMostNodes = 16;
  static constexpr double kEnd = 8;
  static constexpr std::int64_t kPoints = 257;

  bool is_number(std::uint32_t value) const {
    const auto& c = graph_.values[value].constant;
    return c && c->data.size() == 1;
  }

  // A node that computes each entry from the same entries of values of its shape, and numbers.
  bool is_elementwise(const FloatNode& n) const {
    const bool known = n.op == FloatOp::kAdd || n.op == FloatOp::kSub || n.op == FloatOp::kMul ||
                       n.op == FloatOp::kDiv || n.op == FloatOp::kTanh || n.op == FloatOp::kSquare ||
                       n.op == FloatOp::kFunction;
    return known && std::all_of(n.inputs.begin(), n.inputs.end(), [&](std::uint32_t in) {
             return is_number(in) || graph_.values[in].shape == graph_.values[n.output].shape;
           });
  }

  // The nodes between the values and `last`, in order, when `last` depends on nothing else.
  std::optional<std::set<std::size_t>> between(std::uint32_t x, std::uint32_t last) const {
    std::set<std::size_t> nodes;
    std::vector<std::uint32_t> open{last};
    while (!open.empty()) {
      const std::uint32_t value = open.back();
      open.pop_back();
      if (value == x || is_number(value)) {
        continue;
      }
      const auto found = producer_.find(value);
      if (found == producer_.end() || !is_elementwise(graph_.nodes[found->second])) {
        return std::nullopt;
      }
      if (nodes.insert(found->second).second) {
        const FloatNode& n = graph_.nodes[found->second];
        open.insert(open.end(), n.inputs.begin(), n.inputs.end());
      }
      if (nodes.size() > kMostNodes) {
        return std::nullopt;
      }
    }
    return nodes;
  }

  // Whether the nodes compute GeluTanh of x.
  bool is_gelu(const std::set<std::size_t>& nodes, std::uint32_t x, std::uint32_t last) const {
    std::map<std::uint32_t, FloatTensor> values;
    std::map<std::uint32_t, FloatTensor> numbers;  // without the axes of one entry that they may have
    FloatTensor& points = values[x] = {{kPoints}, {}, false};
    for (std::int64_t i = 0; i < kPoints; ++i) {
      points.data.push_back(static_cast<float>(kEnd * (2.0 * static_cast<double>(i) / (kPoints - 1) - 1)));
    }
    for (const std::size_t i : nodes) {
      const FloatNode& n = graph_.nodes[i];
      std::vector<const FloatTensor*> in;
      for (const std::uint32_t id : n.inputs) {
        if (is_number(id)) {
          numbers[id] = FloatTensor{{}, graph_.values[id].constant->data, false};
        }
        in.push_back(is_number(id) ? &numbers.at(id) : &values.at(id));
      }
      values[n.output] = evaluate(n, in, {kPoints});
    }
    FloatNode gelu;
    gelu.op = FloatOp::kGeluTanh;
    const FloatTensor expected = evaluate(gelu, {&values.at(x)}, {kPoints});
    const FloatTensor& found = values.at(last);
    for (std::size_t i = 0; i < expected.data.size(); ++i) {
      if (!(std::abs(found.data[i] - expected.data[i]) <= 1e-4F)) {
        return false;
      }
    }
    return true;
  }

  // Values that the node's own operand is computed from, nearest first.
  std::vector<std::uint32_t> origins(std::size_t node) const {
    std::vector<std::uint32_t> out;
    std::vector<std::uint32_t> open = graph_.nodes[node].inputs;
    for (std::size_t k = 0; k < open.size() && out.size() < kMostNodes; ++k) {
      if (is_number(open[k]) || std::find(out.begin(), out.end(), open[k]) != out.end()) {
        continue;
      }
      out.push_back(open[k]);
      const auto found = producer_.find(open[k]);
      if (found != producer_.end() && is_elementwise(graph_.nodes[found->second])) {
        const FloatNode& n = graph_.nodes[found->second];
        open.insert(open.end(), n.inputs.begin(), n.inputs.end());
      }
    }
    return out;
  }

  // Nodes that the node's result goes into.
  std::vector<std::size_t> ends(std::size_t node) const {
    std::vector<std::size_t> out{node};
    for (std::size_t k = 0; k < out.size() && out.size() < kMostNodes; ++k) {
      const auto found = readers_.find(graph_.nodes[out[k]].output);
      for (const std::size_t reader : found == readers_.end() ? std::set<std::size_t>() : found->second) {
        if (is_elementwise(graph_.nodes[reader]) && std::find(out.begin(), out.end(), reader) == out.end()) {
          out.push_back(reader);
        }
      }
    }
    return out;
  }

  void recognise(std::size_t tanh) {
    for (const std::uint32_t x : origins(tanh)) {
      for (const std::size_t end : ends(tanh)) {
        FloatNode& n = graph_.nodes[end];
        const auto nodes = between(x, n.output);
        if (n.op == FloatOp::kMul && nodes && nodes->size() > 1 && is_gelu(*nodes, x, n.output)) {
          n.op = FloatOp::kGeluTanh;
          n.inputs = {x};
          return;
        }
      }
    }
  }

  FloatGraph& graph_;
  std::map<std::uint32_t, std::size_t> producer_;           // by value: the node
  std::map<std::uint32_t, std::set<std::size_t>> readers_;  // by value
};

}  // namespace

void recognise_functions(FloatGraph& graph) { Recogniser(graph).run(); }

}  // namespace proofcard::graph
