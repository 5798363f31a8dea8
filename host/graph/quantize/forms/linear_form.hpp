// A linear combination of integer tensors with real coefficients, and its realisation as one Linear node.
//
// Convolutions, matrix products, sums, means, concatenations and products of two activations are forms; Add of two
// forms is one form, so a residual block adds into the accumulator of its last convolution. Nothing is rounded until
// the scale of the result is known: then every coefficient becomes an integer, chosen so that the multiplier is 1 (or a
// power of two an output channel) and a shift alone requantises.
//
// Labels: out labels are 0 .. out_dims.size() - 1; sum label i is kFirstSumLabel + i until the node is made.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "host/graph/quantize/forms/graph_builder.hpp"
#include "host/graph/quantize/quantisation_plan.hpp"

namespace proofcard::graph {

inline constexpr std::uint32_t kFirstSumLabel = 1000;
inline constexpr int kNoLabel = -1;

// A scale that leaves fewer steps of what it is the scale of is too coarse, unless there is nothing to be left.
inline constexpr double kMinSteps = 8;

// A constant factor: a weight tensor whose axis i is indexed by axis_labels[i] (kNoLabel for an axis of one entry).
struct FormWeight {
  FloatTensor values;
  std::vector<int> axis_labels;
  std::optional<WeightSource> source = std::nullopt;  // when the values are those of a constant of the float graph
  bool wide = false;                                  // 16 bits instead of 8; not of biases, which have 32
};

// factor * weight * product of operands * product of label weights; operand_scale is the product of the operands'
// scales.
struct FormTerm {
  double factor = 1.0;
  double operand_scale = 1.0;
  std::vector<tensor::Operand> operands;
  std::optional<FormWeight> weight;
  std::vector<tensor::LabelWeights> label_weights;
  bool one_hot = false;  // at most one of the products that are summed is not 0

  double unit() const { return factor * operand_scale; }
};

struct LinearForm {
  std::string name;
  Dims shape;  // of the result as it is stored (grouped convolutions store (group, channel, ...))
  Shape out_dims;
  Shape sum_dims;
  std::vector<FormTerm> terms;
  std::vector<FormWeight> constants;  // biases, over out labels
  // Whether at most one term and constant is not 0 at any output position (a concatenation): ranges do not add up then.
  bool disjoint = false;
  // When not empty: the value is the part of the result, in this shape, that starts there (transposed convolutions).
  Dims whole;
  Dims crop;
};

// kUnsupported: a table's rows are counted in 32 bits.
Error too_many_steps(const std::string& where);

void negate(LinearForm& form);
// Adds b to a. Pre: equal shapes.
void add_form(LinearForm& a, const LinearForm& b);

// The label of axis a of a stored value of this shape, kNoLabel for a leading axis of 1.
int out_label(const Dims& shape, std::size_t axis);

// How every axis of a value of this shape is read by the labels of its own.
std::vector<AxisMap> out_maps(const Dims& shape);
// The operand that reads the view as if it had `out`'s shape (numpy broadcasting).
tensor::Operand broadcast_operand(const View& view, const Dims& out);

// What the result should look like.
struct Target {
  bool raw = false;    // keep the accumulator: shift 0, exact; fixed: of integers, with scale 1 exact to the last one
  double scale = 1.0;  // wanted scale of q otherwise; the realised one is between 0.75 and 1.5 times it
  bool fixed = false;  // the scale must be met exactly
  bool rounding_is_asked_for = false;  // by the model: coefficients are so precise that few results are off by one
  bool wide = false;                   // the result has 16 bits instead of 8: coefficients are as precise
  double tied = 0;  // taken, when coefficients are nearly exact with it: that of a value which is tied; 0: none
  unsigned weight_bits = 0;  // of weights without their sign, where activations do not say it
  std::int64_t added = 0;    // so many products are added at most, of all: the others are 0
};

// Adds the Linear node (and its weights) to the graph. The result's tensor has the realised scale. A replayed scale takes
// the place of the target's.
// Errors: kBadInput for NaN or infinite weights; kUnsupported when accumulators would not fit 62 bits, or operands
// differ too much in scale; kRejected for numbers of a plan that deriving cannot lead to.
Result<std::uint32_t> realise(GraphBuilder& builder, Choices& choices, const LinearForm& form, const Target& target);

}  // namespace proofcard::graph
