// A small network of circomlib-ml: a dense layer, ReLU, a dense layer. Weights are private inputs.
pragma circom 2.0.0;

include "circomlib-ml/circuits/Dense.circom";
include "circomlib-ml/circuits/ReLU.circom";

template Layers(num_inputs, num_hidden, num_outputs) {
    signal input in[num_inputs];
    signal input weights_1[num_inputs][num_hidden];
    signal input bias_1[num_hidden];
    signal input weights_2[num_hidden][num_outputs];
    signal input bias_2[num_outputs];
    signal output scores[num_outputs];

    component dense_1 = Dense(num_inputs, num_hidden);
    component relu[num_hidden];
    component dense_2 = Dense(num_hidden, num_outputs);
    for (var i = 0; i < num_inputs; i++) {
        dense_1.in[i] <== in[i];
        for (var j = 0; j < num_hidden; j++) {
            dense_1.weights[i][j] <== weights_1[i][j];
        }
    }
    for (var j = 0; j < num_hidden; j++) {
        dense_1.bias[j] <== bias_1[j];
    }
    for (var j = 0; j < num_hidden; j++) {
        relu[j] = ReLU();
        relu[j].in <== dense_1.out[j];
        dense_2.in[j] <== relu[j].out;
        for (var k = 0; k < num_outputs; k++) {
            dense_2.weights[j][k] <== weights_2[j][k];
        }
    }
    for (var k = 0; k < num_outputs; k++) {
        dense_2.bias[k] <== bias_2[k];
    }
    for (var k = 0; k < num_outputs; k++) {
        scores[k] <== dense_2.out[k];
    }
}

component main = Layers(4, 2, 3);
