// A small sound circuit with every kind of part, for tests that break it.
//
//   x private int8 input [3], w int8 weight [3], q = (x * w - rem) / 2^4 range-checked, z = relu(q) public output
#pragma once

#include "host/circuit/circuit.hpp"

namespace proofcard::circuit {

inline Term plain(std::int64_t coefficient, std::uint32_t tensor, const Shape& shape) {
  return {coefficient, {tensor::identity_operand(tensor, shape)}, {}};
}

inline Expression whole(std::uint32_t tensor, const Shape& shape) { return {shape, {}, {plain(1, tensor, shape)}}; }

enum : std::uint32_t { kX, kW, kQ, kRem, kZ };

inline Circuit small_circuit() {
  const Shape shape{3};
  Circuit c;
  c.model_name = "small";
  c.tensors = {{"x", shape, Role::kInput, IntType::kI8, -128, 127, 0.5},
               {"w", shape, Role::kWeight, IntType::kI8, -128, 127, 0.25},
               {"q", shape, Role::kWitness, IntType::kI16, -1024, 1024, 1.0},
               {"rem", shape, Role::kWitness, IntType::kI8, 0, 15, 1.0},
               {"z", shape, Role::kOutput, IntType::kI8, 0, 127, 1.0}};
  tensor::TableSpec relu;
  relu.lo = -2048;
  relu.rows = 4096;
  relu.out_hi = 127;
  c.tables = {{TableKind::kRange, -128, 256, {}},
              {TableKind::kRange, 0, 16, {}},
              {TableKind::kFunction, relu.lo, relu.rows, relu}};
  const Term product{1, {tensor::identity_operand(kX, shape), tensor::identity_operand(kW, shape)}, {}};
  c.relations = {{"requantise", {shape, {}, {product, {8, {}, {}}, plain(-16, kQ, shape), plain(-1, kRem, shape)}}}};
  c.lookups = {{"x range", 0, shape, {whole(kX, shape)}},
               {"rem range", 1, shape, {whole(kRem, shape)}},
               {"relu", 2, shape, {whole(kQ, shape), whole(kZ, shape)}}};
  c.inputs = {kX};
  c.outputs = {kZ};
  c.input_shapes = {{1, 3}};
  c.output_shapes = {{1, 3}};
  return c;
}

}  // namespace proofcard::circuit
