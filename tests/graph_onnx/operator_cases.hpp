// The cases of operators_test.cpp: models of one operator each, or of a few.
#pragma once

#include <functional>
#include <ostream>
#include <string>
#include <vector>

#include "tests/graph_onnx/model_builder.hpp"

namespace proofcard::graph {

// Bounds: of the largest error, as a fraction of the largest float output, with 8 and with 16 bits.
struct OperatorCase {
  std::string name;
  std::function<void(ModelBuilder&)> build;
  double bound8 = 0.03;
  double bound16 = 0.001;
  int opset = 13;
};

inline void PrintTo(const OperatorCase& c, std::ostream* os) { *os << c.name; }

std::vector<OperatorCase> linear_operator_cases();
std::vector<OperatorCase> elementwise_operator_cases();
std::vector<OperatorCase> normalise_operator_cases();
std::vector<OperatorCase> shape_operator_cases();

// A convolution of an 8-channel plane, then `op` on its result.
inline std::function<void(ModelBuilder&)> after_conv(
    const std::string& op, const std::function<void(ModelBuilder::NodeBuilder)>& attributes = {}) {
  return [=](ModelBuilder& m) {
    m.input("x", {1, 3, 8, 8}).random("w", {8, 3, 3, 3}, 0.5F).random("b", {8}, 0.5F).output("y");
    m.node("Conv", {"x", "w", "b"}, {"c"}).ints("pads", {1, 1, 1, 1});
    const auto node = m.node(op, {"c"}, {"y"});
    if (attributes) attributes(node);
  };
}

// `op` alone on an input of 300 values.
inline std::function<void(ModelBuilder&)> alone(const std::string& op, const Dims& shape,
                                                const std::function<void(ModelBuilder::NodeBuilder)>& attributes = {}) {
  return [=](ModelBuilder& m) {
    m.input("x", shape).output("y");
    const auto node = m.node(op, {"x"}, {"y"});
    if (attributes) attributes(node);
  };
}

}  // namespace proofcard::graph
