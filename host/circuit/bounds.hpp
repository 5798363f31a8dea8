// Soundness of a circuit as such: that its equations mean over the integers what they say in the field.
//
// A verifier reads circuits from keys it does not trust. For every relation and every lookup column this computes the
// largest absolute value its expression can take from *proved* ranges only - types of checked tensors, table columns -
// and refuses the circuit unless it stays below 2^250 < p/2. A witness tensor has a proved range when it is a whole
// column of a lookup, or when a relation or a lookup column gives it (with coefficient +-1, by identity, over its whole
// shape, nowhere else in the expression) from tensors of proved range. What is looked up in a tensor has the range that is
// proved for this tensor. Such a derivation is sound whatever the field:
// the values that are known small determine the tensor's value mod p, and that is the small integer itself.
//
// Pre: validate(circuit) is ok.
#pragma once

#include <utility>
#include <vector>

#include "host/circuit/circuit.hpp"

namespace proofcard::circuit {

struct Bounds {
  // By tensor id: log2 bound on the absolute value (every value is at most 2^bits - 1 in absolute value); proved.
  std::vector<unsigned> bits;
  // The largest bound over all relations and lookup columns.
  unsigned max_relation_bits = 0;
};

// Includes check_input_ranges.
Result<Bounds> check_soundness(const Circuit& circuit);

// That lookups prove the declared range of every private or committed input (input_range.cpp).
Status check_input_ranges(const Circuit& circuit);

}  // namespace proofcard::circuit
