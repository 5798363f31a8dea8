// Steps that repeat become one step with an axis more.
//
// The importer writes loops and recurrent layers out, step by step, and the executor runs them so. Lowered, every step is
// the same relations and lookups over tensors of its own. This pass finds such runs and states them once, over a new
// leading axis, time:
//
//     h_t - f(U h_(t-1) + x_t) = 0, t = 1 .. T   becomes   H[t] - f(U H[t - 1] + X[t]) = 0 with an output label t
//
// A tensor of a step becomes a slice of a stack H. A read of the step before is a read of the stack with offset -1, which
// is 0 at the first step (host/tensor/expr.hpp); what stood there instead is a term of its own with weights 1, 0, 0, ..
// on t. A read of a tensor from outside stays, with an offset that moves by the same stride every step. So the circuit,
// and with it the work of a verifier, does not grow with the number of steps; what is committed and looked up is the
// same, padded along one more axis.
//
// Which relations there are depends on the lowered relations only, never on values of weights.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "host/circuit/circuit.hpp"
#include "host/compile/value.hpp"

namespace proofcard::compile {

// What one node of the graph became, by index.
struct Segment {
  std::vector<std::uint32_t> tensors;  // that it makes, of the circuit
  std::vector<std::uint32_t> relations;
  std::vector<std::uint32_t> lookups;
};

struct Lowered {
  circuit::Circuit circuit;
  std::vector<Value> values;
  std::vector<std::uint32_t> tensor_value;  // by tensor of the circuit
  std::vector<Segment> segments;            // by node; of no meaning after roll()
};

// Fewer steps than this stay as they are.
inline constexpr std::size_t kMinRolledSteps = 8;

// The same statement with repeated steps rolled; nothing when no steps repeat.
std::optional<Lowered> roll(const Lowered& lowered);

}  // namespace proofcard::compile
