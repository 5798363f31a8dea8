// Small graphs for tests.
#pragma once

#include <random>
#include <string>
#include <vector>

#include "host/graph/graph.hpp"

namespace proofcard::graph {

inline IntVector int_vector(std::int64_t lo, std::int64_t hi, const std::vector<std::int64_t>& values) {
  IntVector v(narrowest_int_type(lo, hi), values.size());
  for (std::size_t i = 0; i < values.size(); ++i) {
    v.set(i, values[i]);
  }
  return v;
}

inline std::vector<std::int64_t> random_values(std::mt19937_64& rng, std::size_t n, std::int64_t lo, std::int64_t hi) {
  std::uniform_int_distribution<std::int64_t> any(lo, hi);
  std::vector<std::int64_t> values(n);
  for (std::int64_t& v : values) {
    const auto kind = rng() % 8;  // ends of the range often
    v = kind == 0 ? lo : kind == 1 ? hi : any(rng);
  }
  return values;
}

class GraphBuilder {
 public:
  std::uint32_t input(Shape shape, std::int64_t lo, std::int64_t hi) {
    const std::uint32_t id = tensor("input", std::move(shape), TensorKind::kInput, lo, hi);
    graph_.inputs.push_back(id);
    graph_.input_shapes.push_back(graph_.tensors[id].shape);
    return id;
  }
  std::uint32_t weight(Shape shape, std::int64_t lo, std::int64_t hi, const std::vector<std::int64_t>& values) {
    const std::uint32_t id = tensor("weight", std::move(shape), TensorKind::kWeight, lo, hi);
    graph_.tensors[id].data = int_vector(lo, hi, values);
    return id;
  }
  std::uint32_t intermediate(Shape shape, std::int64_t lo, std::int64_t hi) {
    return tensor("value", std::move(shape), TensorKind::kIntermediate, lo, hi);
  }
  template <class Op>
  void node(const std::string& name, Op op) {
    graph_.nodes.push_back({name, std::move(op)});
  }
  void output(std::uint32_t id) {
    graph_.outputs.push_back(id);
    graph_.output_shapes.push_back(graph_.tensors[id].shape);
  }

  Graph& graph() { return graph_; }
  tensor::Operand whole(std::uint32_t id) const { return tensor::identity_operand(id, graph_.tensors[id].shape); }

 private:
  std::uint32_t tensor(std::string name, Shape shape, TensorKind kind, std::int64_t lo, std::int64_t hi) {
    graph_.tensors.push_back({std::move(name), std::move(shape), kind, lo, hi, 1.0, {}});
    return static_cast<std::uint32_t>(graph_.tensors.size() - 1);
  }

  Graph graph_;
};

}  // namespace proofcard::graph
