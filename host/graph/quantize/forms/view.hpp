// How a float value is found in an integer tensor: a view.
//
// Reshape, Transpose, Slice, Split, Squeeze, zero Pad and Flatten change only the view; what a view cannot express is
// copied first. A view is an operand (host/tensor/expr.hpp) whose labels are the axes of the float value, with their
// float shape (batch dimension included).
//
// Range: integer = tensor[groups of the axes], 0 outside; real value = scale * integer.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "host/graph/float_graph/float_graph.hpp"
#include "host/graph/graph.hpp"

namespace proofcard::graph {

struct View {
  std::uint32_t tensor = 0;
  std::vector<tensor::Group> groups;
  Dims shape;
  double scale = 1.0;
};

// Position along one axis of a value as an affine function of labels.
struct AxisMap {
  std::int64_t offset = 0;
  std::vector<tensor::LabelStride> labels;
};

// The tensor shape that a value of this shape is stored with: leading dimensions of 1 are dropped.
Shape storage_shape(const Dims& shape);

// The view of a tensor that stores a value of this shape.
View identity_view(std::uint32_t tensor, const Dims& shape, double scale);

// The operand that reads the view at axis positions given by maps (one an axis of the value).
tensor::Operand read_view(const View& view, const std::vector<AxisMap>& maps);

// Whether positions outside the value along `axis` read as 0, so that a window may leave it there.
bool zero_outside(const View& view, std::size_t axis, const Shape& tensor_shape);

// Whether the view reads every element of the tensor along `axis` exactly: no offset, no stride, nothing outside.
bool whole_axis(const View& view, std::size_t axis, const Shape& tensor_shape);

// The view of the same elements in another shape of as many; nothing when groups cannot express it.
std::optional<View> reshape_view(const View& view, const Dims& shape, const Shape& tensor_shape);

View transpose_view(const View& view, const Dims& permutation);

// Along each axis: start, step, count.
View slice_view(const View& view, const Dims& starts, const Dims& steps, const Dims& counts);

// Nothing when padding cannot be told from other elements of the tensor.
std::optional<View> pad_view(const View& view, const Dims& begins, const Dims& ends, const Shape& tensor_shape);

// Whether the tensor holds exactly the value, in row-major order.
bool is_row_major(const View& view, const Shape& tensor_shape);

// Whether the view can read outside the tensor (and so zeros).
bool reads_outside(const View& view, const Shape& tensor_shape);

}  // namespace proofcard::graph
