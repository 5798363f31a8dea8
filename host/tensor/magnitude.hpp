// Bounds on offsets, strides, coefficients and weights of expressions, on every flat index that their labels can reach, and on the
// integers of a table.
#pragma once

#include <cstdint>

namespace proofcard::tensor {

constexpr std::int64_t kMaxMagnitude = std::int64_t{1} << 40;

constexpr bool magnitude_ok(std::int64_t v) { return v > -kMaxMagnitude && v < kMaxMagnitude; }

}  // namespace proofcard::tensor
