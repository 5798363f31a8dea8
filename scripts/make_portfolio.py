#!/usr/bin/env python3
"""Writes a portfolio optimiser unrolled into a network: returns of some days in, weights of assets out.

    make_portfolio.py DIRECTORY

writes model.onnx (opset 13, input [1,DAYS,ASSETS]), input.json and samples.json. Mean-variance: from equal weights STEPS steps of mirror descent
on risk_aversion/2 w^T C w - (mean + view)^T w, so that w is a softmax after each. The view of each asset is the model's secret. Returns are
simulated. Nothing is downloaded; needs only numpy and onnx.
"""

import json
import pathlib
import sys

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

DAYS, ASSETS, STEPS = 16, 6, 4
RISK_AVERSION, RATE = 4.0, 0.8


def simulate(rng, count):
    """Per cent a day, with a common factor; [count, DAYS, ASSETS]."""
    factor = rng.normal(0, 0.6, (count, DAYS, 1))
    own = rng.normal(0, 1, (count, DAYS, ASSETS)) * rng.uniform(0.3, 1.2, (count, 1, ASSETS))
    return np.clip(rng.normal(0.05, 0.2, (count, 1, ASSETS)) + factor + own, -4, 4).astype(np.float32)


def model(rng):
    nodes, constants = [], []

    def constant(name, value):
        constants.append(numpy_helper.from_array(np.asarray(value, np.float32), name))
        return name

    def node(kind, inputs, output, **attributes):
        nodes.append(helper.make_node(kind, inputs, [output], name=output, **attributes))
        return output

    mean = node("ReduceMean", ["returns"], "mean", axes=[1], keepdims=1)  # [1, 1, ASSETS]
    centred = node("Sub", ["returns", mean], "centred")
    turned = node("Transpose", [centred], "turned", perm=[0, 2, 1])
    products = node("MatMul", [turned, centred], "products")
    covariance = node("Mul", [products, constant("risk", [RATE * RISK_AVERSION / DAYS])], "covariance")
    expected = node("Add", [mean, constant("view", rng.normal(0, 0.3, (1, 1, ASSETS)))], "expected")
    wanted = node("Mul", [expected, constant("rate", [RATE])], "wanted")
    equal = constant("equal", np.full((1, 1, ASSETS), 1 / ASSETS))
    weights, logits = equal, None
    for step in range(STEPS):
        risk = node("MatMul", [weights, covariance], f"risk{step}")
        move = node("Sub", [wanted, risk], f"move{step}")
        logits = move if logits is None else node("Add", [logits, move], f"logits{step}")
        weights = node("Softmax", [logits], f"weights{step}" if step + 1 < STEPS else "output", axis=2)
    graph = helper.make_graph(nodes, "portfolio", [helper.make_tensor_value_info("returns", TensorProto.FLOAT, [1, DAYS, ASSETS])],
                              [helper.make_tensor_value_info("output", TensorProto.FLOAT, [1, 1, ASSETS])], constants)
    out = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)], ir_version=7, producer_name="proofcard")
    onnx.checker.check_model(onnx.shape_inference.infer_shapes(out, strict_mode=True), full_check=True)
    return out


def main():
    folder = pathlib.Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    rng = np.random.default_rng(21)
    onnx.save(model(rng), folder / "model.onnx")
    rows = [[round(float(v), 4) for v in row] for row in simulate(rng, 64).reshape(64, -1)]
    for name, chosen in (("samples", rows), ("input", rows[:1])):
        (folder / f"{name}.json").write_text(json.dumps({"input_data": chosen}, separators=(",", ":")) + "\n")


if __name__ == "__main__":
    main()
