// Upper bounds on magnitudes from declared tensor ranges: what makes 64-bit evaluation free of overflow.
#pragma once

#include <cstdint>
#include <span>

#include "host/graph/graph.hpp"

namespace proofcard::graph {

// No accumulator, multiplied accumulator or scaled numerator reaches this magnitude in a valid graph.
inline constexpr std::int64_t kAccumulatorLimit = std::int64_t{1} << 62;

// Whether the label is used by one of the term's operands.
bool uses_label(const tensor::Term& term, std::uint32_t label);

// max(1, |lo|, |hi|), saturated to kAccumulatorLimit.
std::int64_t magnitude(const Tensor& t);

// max(1, largest |weight|) for an operand's or an output's label.
std::int64_t magnitude(const tensor::LabelWeights& w);

// A bound on the absolute value of the expression and of every partial sum and partial product of it, in any order;
// saturated to kAccumulatorLimit. Pre: the expression is valid for the tensors.
std::int64_t max_magnitude(const tensor::Expression& e, std::span<const Tensor> tensors);

// a * b saturated to kAccumulatorLimit. Pre: 0 <= a, b <= kAccumulatorLimit.
std::int64_t saturating_product(std::int64_t a, std::int64_t b);

}  // namespace proofcard::graph
