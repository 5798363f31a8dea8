#include "host/graph/quantize/argument_step.hpp"

#include <algorithm>
#include <cmath>
#include <vector>

#include "host/tensor/row_value.hpp"

namespace proofcard::graph {
namespace {

using tensor::Function;

constexpr int kProbes = 32;  // of each sign, in even ratios

bool is_smooth(Function f) {
  switch (f) {
    case Function::kClamp:
    case Function::kLeakyRelu:
    case Function::kHardSigmoid:
    case Function::kAbs:
    case Function::kFloor:
    case Function::kCeil:
    case Function::kRound:
    case Function::kSign:
    case Function::kTan:
    case Function::kShrink:
    case Function::kThresholded:
      return false;
    default:
      return true;
  }
}

// Where samples were: from the smallest magnitude to the largest, of each sign that they had.
std::vector<double> probes(const ValueRange& range) {
  std::vector<double> out;
  for (const double sign : {-1.0, 1.0}) {
    const double most = sign * static_cast<double>(sign < 0 ? range.min : range.max);
    const double least = std::min(static_cast<double>(range.least), most);
    if (!(least > 0)) {
      continue;
    }
    for (int k = 0; k <= kProbes; ++k) {
      out.push_back(sign * least * std::pow(most / least, static_cast<double>(k) / kProbes));
    }
  }
  return out;
}

}  // namespace

double argument_step(Function function, std::span<const double> params, const ValueRange& range, double error,
                     double coarsest, double finest) {
  double step = coarsest;
  if (!is_smooth(function)) {
    return step;
  }
  for (const double x : probes(range)) {
    const double value = tensor::function_value(function, params, x);
    const auto moves = [&](double by) {
      return !(std::abs(tensor::function_value(function, params, x + by) - value) <= error);
    };
    while (step > finest && std::isfinite(value) && (moves(step / 2) || moves(-step / 2))) {
      step /= 2;
    }
  }
  return std::max(step, finest);
}

}  // namespace proofcard::graph
