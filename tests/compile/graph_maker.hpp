// Small integer graphs for tests: tensors with random weights, and operands for the usual layers.
#pragma once

#include <optional>
#include <random>
#include <string>
#include <vector>

#include "host/graph/graph.hpp"

namespace proofcard::compile {

class GraphMaker {
 public:
  explicit GraphMaker(std::uint64_t seed) : random_(seed) {}

  graph::Graph& graph() { return graph_; }
  std::uint32_t input(const tensor::Shape& shape, std::int64_t lo = -128, std::int64_t hi = 127);
  std::uint32_t weight(const tensor::Shape& shape, std::int64_t lo = -128, std::int64_t hi = 127);
  std::uint32_t intermediate(const tensor::Shape& shape, std::int64_t lo, std::int64_t hi);
  void output(std::uint32_t tensor);

  // y[o] = sum_k w[o, k] x[k] + bias[o], scaled; x of any shape is flattened.
  std::uint32_t gemm(std::uint32_t x, std::uint32_t outputs, std::vector<std::int64_t> multiplier, std::uint32_t shift);
  // x[c, h, w] with a kernel k x k.
  std::uint32_t conv(std::uint32_t x, std::uint32_t outputs, std::uint32_t k, std::uint32_t stride, std::uint32_t pad,
                     std::vector<std::int64_t> multiplier, std::uint32_t shift);
  // round((ca * a + cb * b) / 2^shift)
  std::uint32_t add(std::uint32_t a, std::int64_t ca, std::uint32_t b, std::int64_t cb, std::uint32_t shift);
  std::uint32_t lookup(std::uint32_t in, tensor::TableSpec spec);
  std::uint32_t clamp(std::uint32_t in, std::int64_t lo, std::int64_t hi);
  // 3 x 3, stride 2, padding 1, of x[c, h, w], as a chain of pairwise maxima; cells outside repeat the nearest one.
  std::uint32_t max_pool(std::uint32_t x);
  // Over the rows of x: c_t = (c_(t-1) h_(t-1) + 3 x_t) / 64, saturated, h_t = sigmoid(U h_(t-1) + 5 c_t + 100 x_t),
  // scaled. Returns h_t by row. initial: of h and c; none: steps before the first are left out.
  std::vector<std::uint32_t> recurrent(std::uint32_t x, std::optional<std::uint32_t> initial, bool reversed);
  // 14 steps a_t = clamp(3 p + 5 x_t + w), b_t = clamp(a_t + p) with p = a_(t-1), scaled, of which one is not like the
  // others. Returns the b_t.
  enum class Odd { kWeight, kRow, kTensor, kStep };  // reads another w, another row of x, b_(t-1) or a_(t-2)
  std::vector<std::uint32_t> almost_repeated(Odd odd);
  // The matrix of these rows.
  std::uint32_t joined(const std::vector<std::uint32_t>& rows);
  std::uint32_t max(tensor::Operand a, tensor::Operand b, const tensor::Shape& shape);

  std::vector<IntVector> random_inputs();
  // Every input at its smallest (or largest) value.
  std::vector<IntVector> constant_inputs(bool largest) const;

 private:
  std::uint32_t linear(tensor::Expression acc, std::vector<std::int64_t> multiplier, std::uint32_t label,
                       std::uint32_t shift, std::int64_t max_acc);
  std::int64_t magnitude(std::uint32_t t) const;
  std::uint32_t add_tensor(graph::Tensor t);

  std::mt19937_64 random_;
  graph::Graph graph_;
};

}  // namespace proofcard::compile
