// A Poseidon hash of two secret numbers, and whether the first is less than a public bound. What is in `context` is only
// bound to the proof: no constraint uses it.
pragma circom 2.1.0;

include "circomlib/circuits/comparators.circom";
include "circomlib/circuits/poseidon.circom";

template HashAndBound() {
    signal input secret[2];
    signal input bound;
    signal input context[2];
    signal output hash;
    signal output below;

    component poseidon = Poseidon(2);
    poseidon.inputs[0] <== secret[0];
    poseidon.inputs[1] <== secret[1];
    hash <== poseidon.out;

    component less = LessThan(32);
    less.in[0] <== secret[0];
    less.in[1] <== bound;
    below <== less.out;
}

component main {public [bound, context]} = HashAndBound();
