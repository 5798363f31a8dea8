// What SVMRegressor and SVMClassifier share. Private to graph/onnx/ml.
#pragma once

#include <vector>

#include "host/graph/onnx/ml/import_ml.hpp"

namespace proofcard::graph {

inline constexpr std::int64_t kMaxSupportVectors = 1 << 20;

// Shape: vectors [num, features]; coefficients [outputs, num]; bias [outputs].
struct KernelMachine {
  std::vector<float> vectors;
  std::int64_t num = 0;
  std::vector<float> coefficients;
  std::vector<float> bias;
};

// Sums of coefficients times the kernel (attributes kernel_type, kernel_params) of each row of x, [N, features], and each vector,
// plus the bias: [N, outputs]. Pre: 0 < num <= kMaxSupportVectors. Errors: bad input where the lists do not fit; kUnsupported
// for other kernels than LINEAR, POLY of a whole degree, RBF and SIGMOID.
Result<std::uint32_t> kernel_sums(const NodeReader& node, std::uint32_t x, const KernelMachine& machine);

Status svm_classifier(const NodeReader& node);

}  // namespace proofcard::graph
