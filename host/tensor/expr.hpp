// Integer tensor expressions: sums of products of at most two tensors under affine index maps.
//
// One notation serves the executor (which evaluates them), the compiler (which turns them into relations) and the
// circuit (which states them), so that "what was computed" and "what is proved" cannot drift apart. Convolution, matrix
// product, addition, pooling sums, slices, transposes, reshapes, padding and concatenation are all terms of this form.
//
// An expression has *labels*: first the output labels (one an output axis), then the summed ones. Its value at an
// output index is the sum over the terms, and for each term over those summed labels that its operands use (a bias
// added to a convolution is not multiplied by the size of the kernel), of
//
//     coefficient * prod_w weights_w[label_w] * prod_k operand_k[maps of the labels]
//
// Operand axes are partitioned, in order, into *groups* of consecutive axes. A group addresses its axes by one flat
// row-major index (over the true dimensions): offset + sum_j stride_j * label_j. Out of [0, size) the operand is 0, or,
// with clamp, the index moves to the nearest end. Examples, with labels written as letters:
//
//     transpose      x[j, i]                      groups {axis 0: j}, {axis 1: i}
//     convolution    x[c, y*s + dy*d - p, ...]    group  {axis 1: offset -p, (y, s), (dy, d)}
//     flatten        x[c, h, w] by k              group  {axes 0..2: (k, 1)}
//     concat piece   x[i - 5]                     group  {axis 0: offset -5, (i, 1)}
//     broadcast      x[0]                         group  {axis 0: offset 0, no label}
#pragma once

#include <cstdint>
#include <vector>

#include "host/base/bytes.hpp"
#include "host/base/result.hpp"

namespace proofcard::tensor {

using Shape = std::vector<std::uint32_t>;  // true dimensions, row-major; a scalar has none

std::uint64_t num_elements(const Shape& shape);

struct LabelStride {
  std::uint32_t label = 0;
  std::int64_t stride = 1;
  bool operator==(const LabelStride&) const = default;
};

struct Group {
  std::uint32_t first_axis = 0;
  std::uint32_t num_axes = 1;
  std::int64_t offset = 0;
  std::vector<LabelStride> labels;
  bool clamp = false;
  bool operator==(const Group&) const = default;
};

struct Operand {
  std::uint32_t tensor = 0;   // an id in the owner's list of tensors
  std::vector<Group> groups;  // partition of the tensor's axes, in order
  bool operator==(const Operand&) const = default;
};

struct LabelWeights {
  std::uint32_t label = 0;
  std::vector<std::int64_t> values;  // one per true index of the label
  bool operator==(const LabelWeights&) const = default;
};

struct Term {
  std::int64_t coefficient = 1;
  std::vector<Operand> operands;      // none (a constant), one, or two
  std::vector<LabelWeights> weights;  // public, integer
  bool operator==(const Term&) const = default;
};

struct Expression {
  Shape out_dims;  // labels 0 .. out_dims.size() - 1
  Shape sum_dims;  // the labels after them
  std::vector<Term> terms;

  std::uint32_t num_labels() const { return static_cast<std::uint32_t>(out_dims.size() + sum_dims.size()); }
  std::uint32_t label_size(std::uint32_t label) const {
    return label < out_dims.size() ? out_dims[label] : sum_dims[label - out_dims.size()];
  }
  bool is_out(std::uint32_t label) const { return label < out_dims.size(); }
  bool operator==(const Expression&) const = default;
};

// The operand that reads tensor `id` of this shape with label i on axis i.
Operand identity_operand(std::uint32_t id, const Shape& shape);

// Number of elements that a group addresses.
std::uint64_t group_size(const Group& group, const Shape& shape);

// Whether some index of the labels falls outside [0, size) of the group.
bool can_leave_range(const Group& group, const Shape& shape, const Expression& labels);

// Whether everything is consistent: tensor ids, groups that partition the axes, labels and weights in range, at most
// two operands, no label twice in an operand's groups or in a term's weights, no weights on summed labels that the term
// does not sum over, dimensions positive, sizes below 2^31. Used on files, so it trusts nothing.
Status validate(const Expression& e, const std::vector<Shape>& tensor_shapes, const std::string& where);

void write(ByteWriter& out, const Expression& e);
Result<Expression> read_expression(ByteReader& in);
void write(ByteWriter& out, const Operand& operand);
Result<Operand> read_operand(ByteReader& in);
void write(ByteWriter& out, const Shape& shape);
Result<Shape> read_shape(ByteReader& in);

}  // namespace proofcard::tensor
