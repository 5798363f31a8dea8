// Puts a circuit together: shared tables, range proofs by table or by limbs, and the recipe of every tensor.
//
// Range proofs: a value of 2^b possible values is one lookup while b <= limits.limb_bits, and otherwise
// sum_i 2^(limb_bits * i) * limb_i, each limb with an exact range of its own, the top one the bits that are left.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "host/circuit/circuit.hpp"
#include "host/compile/limits.hpp"
#include "host/compile/value.hpp"

namespace proofcard::compile {

using circuit::Expression;
using circuit::Shape;
using circuit::Term;

// Smallest b with values 0 .. max representable in b bits.
unsigned unsigned_bits(std::int64_t max);

class Builder {
 public:
  explicit Builder(const Limits& limits) : limits_(limits) {}

  const Limits& limits() const { return limits_; }
  circuit::Circuit& circuit() { return circuit_; }
  std::vector<Value>& values() { return values_; }
  // By tensor of the circuit: its value.
  std::vector<std::uint32_t>& tensor_value() { return tensor_value_; }

  std::uint32_t add_value(Value value);
  std::uint32_t add_tensor(circuit::Tensor tensor, std::uint32_t value);
  // A witness tensor whose values lie in [lo, hi]; the caller proves it.
  std::uint32_t add_witness(const std::string& name, const Shape& shape, std::int64_t lo, std::int64_t hi,
                            std::uint32_t value);
  std::uint32_t value_of(std::uint32_t tensor) const { return tensor_value_[tensor]; }
  const Shape& shape_of(std::uint32_t tensor) const { return circuit_.tensors[tensor].shape; }

  std::uint32_t range_table(std::int64_t lo, std::uint32_t size);
  std::uint32_t sign_table(std::int64_t lo, std::uint32_t size);
  std::uint32_t function_table(const tensor::TableSpec& spec);
  // Pre: tensors of one shape.
  std::uint32_t tensor_table(std::vector<std::uint32_t> tensors);

  // coefficient * tensor, read by identity.
  Term plain(std::int64_t coefficient, std::uint32_t tensor) const;
  Expression whole(std::uint32_t tensor) const { return {shape_of(tensor), {}, {plain(1, tensor)}}; }

  void add_relation(const std::string& name, Expression zero);
  void add_lookup(const std::string& name, std::uint32_t table, std::vector<Expression> columns);

  // Proves value - offset in [0, 2^bits) by limbs: new witness tensors; returns them as terms of
  // coefficient * (value - offset), for the caller's relation to tie to the value.
  std::vector<Term> limbs(const std::string& name, std::uint32_t value, std::int64_t offset, unsigned bits,
                          std::int64_t coefficient);
  // Proves that the tensor's values are small: in [lo, hi] widened to a power of two, so that tables are shared.
  void prove_bounded(const std::string& name, std::uint32_t tensor, std::int64_t lo, std::int64_t hi);
  // Proves exactly [lo, hi].
  void prove_range(const std::string& name, std::uint32_t tensor, std::int64_t lo, std::int64_t hi);

 private:
  std::uint32_t add_table(circuit::Table table);

  Limits limits_;
  circuit::Circuit circuit_;
  std::vector<Value> values_;
  std::vector<std::uint32_t> tensor_value_;
};

}  // namespace proofcard::compile
