// What trees compare, and how. Private to the lowering of trees.
#pragma once

#include <optional>

#include "host/graph/float_graph/trees.hpp"
#include "host/graph/quantize/lowering/lowering.hpp"

namespace proofcard::graph {

inline constexpr unsigned kFloatOrderBits = 32;                   // of float32 in order
inline constexpr std::int64_t kOrderEnd = std::int64_t{1} << 31;  // float32 in order are in [-2^31, 2^31)

struct Lowering::TreeInput {
  View x;  // [rows, columns]: features, and again with missing values below every number where some branch wants them
  std::size_t features = 0;
  bool in_order = false;  // as float32 in order, else as computed
  bool has_missing = false;
  bool rounded = false;          // an input's integers, which real numbers were rounded to
  std::int64_t lo = -kOrderEnd;  // of x, and of 0
  std::int64_t hi = kOrderEnd - 1;

  // The column of x that branch i of all trees' compares; none for a feature that there is not.
  std::optional<std::size_t> column(const TreesNode& trees, std::size_t i) const;
  // Makes the answer of a node whose accumulator is threshold - x: 1 for a threshold that is not below x, else 0.
  void compare(Linear& node) const;
};

Shape tree_shape(std::initializer_list<std::size_t> dims);

// The label of an axis of a value of this shape, kNoLabel for an axis of one entry.
int tree_label(const Dims& shape, std::size_t axis);

// The position along an axis that the label has; kNoLabel: that of the one entry.
AxisMap along_label(int label);

}  // namespace proofcard::graph
