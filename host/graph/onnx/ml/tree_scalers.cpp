#include <algorithm>
#include <cmath>
#include <limits>
#include <set>

#include "host/graph/onnx/ml/tree_model.hpp"
#include "host/graph/quantize/moves.hpp"
#include "host/tensor/encoding.hpp"

namespace proofcard::graph {
namespace {

// One step of a scaler, in float32 as it is computed.
struct ScalerStep {
  FloatOp op = FloatOp::kAdd;  // kReshape: what takes the place of NaN
  std::vector<float> values;   // one for each feature, or one for all

  float apply(float x, std::size_t feature) const {
    const float v = values[values.size() == 1 ? 0 : feature];
    if (op == FloatOp::kReshape) {
      return std::isnan(x) ? v : x;
    }
    return op == FloatOp::kAdd ? x + v : op == FloatOp::kSub ? x - v : op == FloatOp::kMul ? x * v : x / v;
  }
};

bool rises_with_feature(const FloatNode& n, const FloatTensor& values) {
  const bool sum = n.op == FloatOp::kAdd || n.op == FloatOp::kSub;
  const bool product = n.op == FloatOp::kMul || n.op == FloatOp::kDiv;
  return (sum || product) && std::all_of(values.data.begin(), values.data.end(),
                                         [&](float v) { return std::isfinite(v) && (sum || v > 0); });
}

float scaled_feature(const std::vector<ScalerStep>& steps, float x, std::size_t feature) {
  for (const ScalerStep& step : steps) {
    x = step.apply(x, feature);
  }
  return x;
}

// The largest float32 for which the steps give at most the threshold. Minus infinity stays itself.
float threshold_before(const std::vector<ScalerStep>& steps, std::size_t feature, float threshold) {
  const auto holds = [&](std::int64_t order) {
    return scaled_feature(steps, tensor::from_float_order(order), feature) <= threshold;
  };
  std::int64_t low = tensor::float_order(-std::numeric_limits<float>::infinity());
  std::int64_t high = tensor::float_order(std::numeric_limits<float>::infinity());
  while (low < high) {
    const std::int64_t middle = low + (high - low + 1) / 2;
    if (holds(middle)) {
      low = middle;
    } else {
      high = middle - 1;
    }
  }
  return tensor::from_float_order(low);
}

// Whether the features are inputs, or moved inputs.
bool are_given_features(const NodeReader& node, std::uint32_t x) {
  std::set<std::uint32_t> seen;
  for (std::vector<std::uint32_t> open = {x}; !open.empty();) {
    const FloatNode* n = node.producer(open.back());
    const bool is_new = seen.insert(open.back()).second;
    open.pop_back();
    if (n == nullptr || !is_new) {
      continue;
    }
    if (!is_move(n->op) || !n->params.empty()) {
      return false;
    }
    open.insert(open.end(), n->inputs.begin(), n->inputs.end());
  }
  return true;
}

}  // namespace

std::uint32_t without_scalers(const NodeReader& node, std::uint32_t x, std::vector<Tree>& trees) {
  const Dims shape = node.shape_of(x);
  std::vector<ScalerStep> steps;
  std::uint32_t given = x;
  for (const FloatNode* n = node.producer(x); n != nullptr; n = node.producer(given)) {
    if (n->op == FloatOp::kReshape && !n->params.empty()) {
      ScalerStep step{n->op, {}};
      for (const double v : n->params) {
        step.values.push_back(static_cast<float>(v));
      }
      steps.insert(steps.begin(), std::move(step));
      given = n->inputs[0];
      continue;
    }
    if (n->inputs.size() != 2 || !node.is_constant(n->inputs[1]) || node.shape_of(n->inputs[0]) != shape) {
      break;
    }
    const FloatTensor& values = node.float_value(n->inputs[1]);
    const auto size = static_cast<std::int64_t>(values.data.size());
    if ((size != 1 && (size != shape[1] || values.shape.back() != size)) || !rises_with_feature(*n, values)) {
      break;
    }
    steps.insert(steps.begin(), ScalerStep{n->op, values.data});
    given = n->inputs[0];
  }
  if (!are_given_features(node, given)) {
    node.note(node.where() +
              ": its features are computed, so they are compared as the integers that they are rounded to; near a "
              "threshold the answer may be another");
    return x;
  }
  for (Tree& tree : trees) {
    for (TreeBranch& b : tree.branches) {
      const auto feature = static_cast<std::size_t>(b.feature);
      const float missing = scaled_feature(steps, std::numeric_limits<float>::quiet_NaN(), feature);
      b.takes_missing = std::isnan(missing) ? b.takes_missing : missing <= b.threshold;
      b.threshold = steps.empty() ? b.threshold : threshold_before(steps, feature, b.threshold);
    }
  }
  return given;
}

}  // namespace proofcard::graph
