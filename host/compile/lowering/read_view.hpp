// Reads an operand at every output index.
#pragma once

#include <cstdint>
#include <span>

#include "host/base/int_vector.hpp"
#include "host/tensor/expr.hpp"

namespace proofcard::compile {

// out[i] += coefficient * element of `data` (of this shape) that the operand reads at output index i of out_dims.
void add_view(const IntSpan& data, const tensor::Shape& shape, const tensor::Operand& operand,
              const tensor::Shape& out_dims, std::int64_t coefficient, std::span<std::int64_t> out);

}  // namespace proofcard::compile
