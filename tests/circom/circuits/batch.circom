// A batch of three numbers that stay private: their Poseidon hash and, for a public r, the sum of their products with powers of r.
// What packaging/contracts/Batches.sol expects of a circuit.
pragma circom 2.1.0;

include "circomlib/circuits/poseidon.circom";

template Batch(size) {
    signal input outputs[size];
    signal input r;
    signal output digest;
    signal output value;

    component hash = Poseidon(size);
    signal partial[size];
    for (var i = 0; i < size; i++) {
        hash.inputs[i] <== outputs[i];
    }
    digest <== hash.out;
    partial[size - 1] <== outputs[size - 1];
    for (var i = size - 2; i >= 0; i--) {
        partial[i] <== partial[i + 1] * r + outputs[i];
    }
    value <== partial[0];
}

component main {public [r]} = Batch(3);
