// Which tensors a node reads and writes.
#pragma once

#include <type_traits>
#include <variant>

#include "host/graph/graph.hpp"

namespace proofcard::graph {

inline std::uint32_t node_output(const Node& node) {
  return std::visit([](const auto& op) { return op.out; }, node.op);
}

// Calls body(tensor id) for everything that the node reads, then for what it writes. Of a Node that is not const, body may change
// the ids.
template <class AnyNode, class Body>
void for_each_tensor(AnyNode& node, Body&& body) {
  const auto of_expression = [&](auto& e) {
    for (auto& term : e.terms) {
      for (auto& operand : term.operands) {
        body(operand.tensor);
      }
    }
  };
  std::visit(
      [&](auto& op) {
        using Op = std::decay_t<decltype(op)>;
        if constexpr (std::is_same_v<Op, Linear>) {
          of_expression(op.acc);
        } else if constexpr (std::is_same_v<Op, Select>) {
          body(op.data);
          of_expression(op.index);
        } else if constexpr (std::is_same_v<Op, Max>) {
          body(op.a.tensor);
          body(op.b.tensor);
        } else if constexpr (std::is_same_v<Op, Divide>) {
          body(op.numerator.tensor);
          body(op.denominator.tensor);
        } else {
          body(op.in);
        }
        body(op.out);
      },
      node.op);
}

}  // namespace proofcard::graph
