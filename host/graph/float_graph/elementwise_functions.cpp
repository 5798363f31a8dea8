#include "host/graph/float_graph/elementwise_functions.hpp"

#include <algorithm>
#include <numbers>

#include "host/base/check.hpp"

namespace proofcard::graph {

std::span<const ElementwiseFunction> elementwise_functions() {
  using tensor::Function;
  constexpr double kPi = std::numbers::pi;
  // operator, function, attributes, caps of argument and result, never negative
  static const std::vector<ElementwiseFunction> table = {
      {"Acos", Function::kAcos, {}, 1, kPi, true},
      {"Acosh", Function::kAcosh, {}, 0, 0, true},
      {"Asin", Function::kAsin, {}, 1, kPi / 2, false},
      {"Asinh", Function::kAsinh, {}, 0, 0, false},
      {"Atan", Function::kAtan, {}, 0, kPi / 2, false},
      {"Atanh", Function::kAtanh, {}, 1, 0, false},
      {"Ceil", Function::kCeil, {}, 0, 0, false},
      {"Cos", Function::kCos, {}, 0, 1, false},
      {"Cosh", Function::kCosh, {}, 0, 0, true},
      {"Floor", Function::kFloor, {}, 0, 0, false},
      {"Log", Function::kLog, {}, 0, 0, false},
      {"Mish", Function::kMish, {}, 0, 0, false},
      {"", Function::kPower, {}, 0, 0, false},
      {"Round", Function::kRound, {}, 0, 0, false},
      {"Shrink", Function::kShrink, {{"lambd", 0.5F}, {"bias", 0.0F}}, 0, 0, false},
      {"Sign", Function::kSign, {}, 0, 1, false},
      {"Sin", Function::kSin, {}, 0, 1, false},
      {"Sinh", Function::kSinh, {}, 0, 0, false},
      {"Softsign", Function::kSoftsign, {}, 0, 1, false},
      {"Tan", Function::kTan, {}, 0, 0, false},
      {"ThresholdedRelu", Function::kThresholded, {{"alpha", 1.0F}}, 0, 0, false},
  };
  return table;
}

const ElementwiseFunction& elementwise_function(tensor::Function function) {
  const auto all = elementwise_functions();
  const auto found = std::find_if(all.begin(), all.end(), [&](const auto& f) { return f.function == function; });
  PROOFCARD_CHECK(found != all.end());
  return *found;
}

}  // namespace proofcard::graph
