#include "host/graph/quantize/factors_of_squares.hpp"

#include <algorithm>
#include <cmath>

namespace proofcard::graph {
namespace {

// The node that computes the value, when that is a square which nothing else reads; nullptr otherwise.
FloatNode* square_of(FloatGraph& graph, std::uint32_t value) {
  FloatNode* square = nullptr;
  std::size_t readers = static_cast<std::size_t>(std::count(graph.outputs.begin(), graph.outputs.end(), value));
  for (FloatNode& n : graph.nodes) {
    readers += static_cast<std::size_t>(std::count(n.inputs.begin(), n.inputs.end(), value));
    square = n.output == value && n.op == FloatOp::kSquare ? &n : square;
  }
  return readers == 1 ? square : nullptr;
}

}  // namespace

Status move_factors_into_squares(FloatGraph& graph, Choices& choices) {
  for (FloatNode& n : graph.nodes) {
    if (n.op != FloatOp::kMul && n.op != FloatOp::kDiv) {
      continue;
    }
    const std::optional<FloatTensor>& c = graph.values[n.inputs[1]].constant;
    FloatNode* square = c && c->data.size() > 1 ? square_of(graph, n.inputs[0]) : nullptr;
    if (square == nullptr || graph.values[square->output].shape != graph.values[n.output].shape) {
      continue;
    }
    bool moves = std::all_of(c->data.begin(), c->data.end(), [](float v) { return v > 0; });
    if (choices.replaying()) {
      PROOFCARD_TRY(moves, choices.take_decision(node_name(n)));
    } else {
      choices.record_decision(moves);
    }
    if (!moves) {
      continue;
    }
    // A plan that says so of a factor that is not positive was made of other numbers than these: any root will do.
    FloatTensor roots = *c;
    for (float& v : roots.data) {
      v = v > 0 ? std::sqrt(v) : 1.0F;
    }
    square->op = n.op;
    square->inputs.push_back(static_cast<std::uint32_t>(graph.values.size()));
    graph.values.push_back({"root", roots.shape, std::move(roots)});
    n.op = FloatOp::kSquare;
    n.inputs.pop_back();
  }
  return {};
}

}  // namespace proofcard::graph
