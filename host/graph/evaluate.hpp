// Evaluates tensor expressions (host/tensor/expr.hpp) exactly, in 64-bit integers.
//
// Each term runs in one of two ways, whichever is estimated to be faster:
//   rows of the output   for views, sums and elementwise products: tabulate the positions of a run of output elements
//                        once, then gather and accumulate for each value of the summed labels;
//   matrix product       for matrix products and convolutions: output labels fall into batch (in both operands), rows
//                        and columns (in one); both operands are gathered into panels with the summed labels innermost,
//                        and panels are multiplied (int_product.hpp) in 16-bit integers where bounds allow.
// Results do not depend on the choice or on the number of threads.
#pragma once

#include <cstdint>
#include <span>

#include "host/graph/graph.hpp"

namespace proofcard::graph {

// acc[i] = value of the expression at output index i, row-major.
// Pre: the expression is valid for the tensors, max_magnitude(e, tensors) < kAccumulatorLimit, data[id] holds the
// values of every tensor id that it reads, each in the tensor's [lo, hi]; acc has one element an output index.
void evaluate(const tensor::Expression& e, std::span<const Tensor> tensors, std::span<const IntSpan> data,
              std::span<std::int64_t> acc);

enum class Strategy : std::uint8_t { kRows, kMatrix };

// acc += the term, in the given way. kMatrix needs a term with an operand. For evaluate() and its tests.
void accumulate_term(const tensor::Expression& e, const tensor::Term& term, std::span<const Tensor> tensors,
                     std::span<const IntSpan> data, Strategy strategy, std::span<std::int64_t> acc);

}  // namespace proofcard::graph
