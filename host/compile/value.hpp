// How every tensor of a circuit is computed from what an execution makes: a list of elementwise recipes.
//
// The compiler writes one for each witness tensor next to the relations that constrain it, so that what is proved and
// what is filled in stand side by side. Values that are needed on the way but are not committed (a remainder before it
// is cut into limbs) are in the list too.
//
// Order: a value uses only earlier ones. Elements are row-major over the true shape.
#pragma once

#include <cstdint>
#include <vector>

#include "host/tensor/expr.hpp"

namespace proofcard::compile {

struct Value {
  enum class Op : std::uint8_t {
    kTrace,       // trace.tensors[source]
    kWeight,      // graph.tensors[source].data
    kRemainder,   // trace.remainders[source]
    kView,        // args[0] read through `view` with labels = the axes of `shape`
    kSum,         // constant + sum coefficients_i * args_i
    kProduct,     // args[0] * args[1]
    kBits,        // floor((args[0] - constant) / 2^shift), its low `bits` bits; bits = 63: all of it
    kClamp,       // min(max(args[0], constant), upper)
    kIsZero,      // [args[0] = 0]
    kIsPositive,  // [args[0] > 0]
    kStack,       // args[0], args[1], ..: all of one shape, along a new first axis
  };

  Op op = Op::kTrace;
  tensor::Shape shape;
  std::uint32_t source = 0;
  std::vector<std::uint32_t> args;
  std::vector<std::int64_t> coefficients;
  std::int64_t constant = 0;
  std::int64_t upper = 0;
  unsigned shift = 0;
  unsigned bits = 63;
  tensor::Operand view;
};

}  // namespace proofcard::compile
