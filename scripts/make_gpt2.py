#!/usr/bin/env python3
"""Writes a language model of GPT-2's shape with random weights, a load for benchmarks: 124 million parameters.

    make_gpt2.py DIRECTORY [--tokens N] [--layers N] [--width N] [--heads N] [--vocabulary N] [--samples N] [--seed N]

writes model.onnx (half a gigabyte, opset 20), input.json and samples.json into DIRECTORY.

The input is the sum of the tokens' and the positions' embeddings, [1, tokens, width]: which tokens they are stays with the
prover, as do the embeddings. What follows is GPT-2: layers of attention and of two products with a GELU between them, norms
before both, and at the end the scores of the whole vocabulary for every position. The matrix of scores is that of the tokens'
embeddings, as in GPT-2, so all weights but those of the positions are in the model. Weights are drawn as GPT-2's were: normal,
of deviation 0.02, those that end on the residual stream divided by the root of twice the layers. Nothing is downloaded; needs
only numpy and onnx.
"""

import argparse
import json
import pathlib

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

DEVIATION = 0.02


class Writer:
    def __init__(self, arguments):
        self.a = arguments
        self.rng = np.random.default_rng(arguments.seed)
        self.nodes, self.initializers, self.parameters = [], [], 0

    def constant(self, name, value):
        self.initializers.append(numpy_helper.from_array(np.ascontiguousarray(value), name))
        return name

    def weight(self, name, *shape, deviation=DEVIATION):
        self.parameters += int(np.prod(shape))
        return self.constant(name, self.rng.standard_normal(shape, np.float32) * np.float32(deviation))

    def node(self, op, inputs, **attributes):
        out = f"{op.lower()}_{len(self.nodes)}"
        self.nodes.append(helper.make_node(op, inputs, [out], name=out, **attributes))
        return out

    def norm(self, name, x):
        gain = self.constant(name + ".g", 1 + self.rng.standard_normal(self.a.width, np.float32) * np.float32(DEVIATION))
        self.parameters += self.a.width
        return self.node("LayerNormalization", [x, gain, self.weight(name + ".b", self.a.width)], epsilon=1e-5)

    def dense(self, name, x, rows, columns, deviation=DEVIATION):
        product = self.node("MatMul", [x, self.weight(name, rows, columns, deviation=deviation)])
        return self.node("Add", [product, self.weight(name + ".bias", columns)])

    def heads(self, name, x, permutation):
        x = self.dense(name, x, self.a.width, self.a.width)
        return self.node("Transpose", [self.node("Reshape", [x, "split"])], perm=permutation)

    def model(self):
        width, tokens, heads = self.a.width, self.a.tokens, self.a.heads
        self.constant("split", np.array([1, tokens, heads, width // heads]))
        self.constant("join", np.array([1, tokens, width]))
        scale = self.constant("scale", np.float32(1 / np.sqrt(width // heads)))
        mask = self.constant("mask", np.triu(np.full((tokens, tokens), -1e9, np.float32), 1))
        last = DEVIATION / np.sqrt(2 * self.a.layers)
        x = "embeddings"
        for layer in range(self.a.layers):
            at = f"h{layer}."
            y = self.norm(at + "ln1", x)
            q, k, v = (self.heads(at + part, y, [0, 2, 3, 1] if part == "k" else [0, 2, 1, 3]) for part in "qkv")
            scores = self.node("Mul", [self.node("MatMul", [q, k]), scale])
            p = self.node("Softmax", [self.node("Add", [scores, mask])], axis=-1)
            joined = self.node("Transpose", [self.node("MatMul", [p, v])], perm=[0, 2, 1, 3])
            joined = self.node("Reshape", [joined, "join"])
            x = self.node("Add", [x, self.dense(at + "out", joined, width, width, last)])
            a = self.node("Gelu", [self.dense(at + "up", self.norm(at + "ln2", x), width, 4 * width)], approximate="tanh")
            x = self.node("Add", [x, self.dense(at + "down", a, 4 * width, width, last)])
        head = self.weight("wte", width, self.a.vocabulary)
        self.nodes.append(helper.make_node("MatMul", [self.norm("ln", x), head], ["scores"], name="head"))
        graph = helper.make_graph(
            self.nodes, "gpt2", [helper.make_tensor_value_info("embeddings", TensorProto.FLOAT, [1, tokens, width])],
            [helper.make_tensor_value_info("scores", TensorProto.FLOAT, [1, tokens, self.a.vocabulary])],
            self.initializers)
        return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 20)], ir_version=9,
                                 producer_name="proofcard-examples")


def write_json(path, rows):
    rows = [[round(float(v), 5) for v in row] for row in rows.reshape(len(rows), -1)]
    path.write_text(json.dumps({"input_data": rows}, separators=(",", ":")) + "\n")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("directory", type=pathlib.Path)
    for name, default in (("tokens", 32), ("layers", 12), ("width", 768), ("heads", 12), ("vocabulary", 50257),
                          ("samples", 4), ("seed", 2)):
        parser.add_argument(f"--{name}", type=int, default=default)
    arguments = parser.parse_args()
    if arguments.width % arguments.heads != 0:
        raise SystemExit(f"--width: expected a multiple of {arguments.heads} heads, found {arguments.width}")
    writer = Writer(arguments)
    model = writer.model()
    rng = np.random.default_rng(arguments.seed + 1)
    shape = (arguments.samples, arguments.tokens, arguments.width)
    samples = rng.standard_normal(shape) * DEVIATION + rng.standard_normal(shape) * DEVIATION / 2  # of tokens and positions
    arguments.directory.mkdir(parents=True, exist_ok=True)
    onnx.save(model, arguments.directory / "model.onnx")
    write_json(arguments.directory / "samples.json", samples)
    write_json(arguments.directory / "input.json", samples[:1])
    print(f"{writer.parameters} parameters in {arguments.directory / 'model.onnx'}")


if __name__ == "__main__":
    main()
