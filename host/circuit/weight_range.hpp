// The circuit that states "every weight lies in the range of its type" (weight_range() in circuit.hpp). Proved once, at
// setup; the proof travels with the key, and the verifier rebuilds this circuit from the key's.
//
// Tensors: first the weight tensors of the original circuit in their order, then the limbs. With the layout below, the
//          columns of the weights, and so their commitments, are those of the original.
// Lookups: int8 weights in the table of their range; wider ones w - lo = sum_k 2^(8k) * limb_k, limbs in [0, 256).
#pragma once

#include "host/circuit/circuit.hpp"
#include "host/circuit/layout.hpp"

namespace proofcard::circuit {

inline constexpr unsigned kWeightLimbBits = 8;

// Number of limbs of a weight of this type; 0: none, the weight itself is looked up.
unsigned num_weight_limbs(IntType type);

// Pre: validate(circuit) is ok.
Circuit weight_range_circuit(const Circuit& circuit);

// The layout of weight_range_circuit(circuit). `layout` is that of `circuit`.
Layout weight_range_layout(const Circuit& range_circuit, const Layout& layout);

}  // namespace proofcard::circuit
