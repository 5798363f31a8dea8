// Where the features of trees come from: which given feature each is computed of, and how. Private to graph/onnx/ml.
//
// Scalers, imputers, one-hot encoders and binarizers make every feature of one given feature alone, so that a question about it
// is one about the given feature, exactly: float32 by float32.
#pragma once

#include <optional>
#include <vector>

#include "host/graph/onnx/ml/import_ml.hpp"

namespace proofcard::graph {

// One step from a given feature to a computed one, in float32 as it is computed.
struct FeatureStep {
  enum class Kind : std::uint8_t {
    kArithmetic,  // `op` with `value`: a sum, difference, product or quotient
    kMissing,     // `value` in the place of NaN
    kCategory,    // 1 where the feature, truncated, is `value`; else 0
    kAbove,       // 1 where it is above `value`; else 0
  };
  Kind kind = Kind::kArithmetic;
  FloatOp op = FloatOp::kAdd;
  float value = 0.0F;

  float apply(float x) const;
};

struct FeatureSource {
  std::uint32_t value = 0;  // an input, or moved inputs
  std::int64_t column = 0;  // of its rows
  std::vector<FeatureStep> steps;

  float apply(float x) const;
};

// Of feature `column` of x, [rows, features]; none where it is computed otherwise.
std::optional<FeatureSource> source_of_feature(const NodeReader& node, std::uint32_t x, std::int64_t column);

// What "the computed feature is at most a threshold" says of the given one, x, where that is a number:
// always or never; or lower < x <= upper, or the opposite.
struct FeatureQuestion {
  std::optional<bool> always;
  std::optional<float> lower;
  float upper = 0.0F;
  bool opposite = false;
};
// Errors: none where a threshold or a step has no finite one before it.
std::optional<FeatureQuestion> question_before(const std::vector<FeatureStep>& steps, float threshold);

}  // namespace proofcard::graph
