#!/usr/bin/env python3
"""From a small model to a verified proof: pip install 'proofcard[onnx]', then python3 first_proof.py

The model is a logistic regression on two features, fitted here with NumPy (and with scikit-learn where that and skl2onnx are
installed: --sklearn). Its weights and the input stay hidden; whoever has the verification key sees the answer only.
"""

import argparse
import tempfile
import time

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

import proofcard as pc


def make_data(rng, n):
    """Two overlapping clouds of points, and which cloud each is of."""
    y = rng.integers(0, 2, n)
    x = rng.normal(0, 0.6, (n, 2)) + np.where(y[:, None] == 1, 0.8, -0.8)
    return x, y


def fit(x, y, steps=500, rate=0.5):
    """Weights and bias of a logistic regression, by gradient descent."""
    w, b = np.zeros(2), 0.0
    for _ in range(steps):
        error = 1 / (1 + np.exp(-(x @ w + b))) - y
        w -= rate * x.T @ error / len(y)
        b -= rate * error.mean()
    return w, b


def as_onnx(w, b):
    """probability = sigmoid(x w + b)"""
    weights = [
        numpy_helper.from_array(w.reshape(2, 1).astype(np.float32), "w"),
        numpy_helper.from_array(np.array([b], dtype=np.float32), "b"),
    ]
    nodes = [helper.make_node("Gemm", ["x", "w", "b"], ["score"]), helper.make_node("Sigmoid", ["score"], ["probability"])]
    x = helper.make_tensor_value_info("x", TensorProto.FLOAT, [1, 2])
    out = helper.make_tensor_value_info("probability", TensorProto.FLOAT, [1, 1])
    return helper.make_model(helper.make_graph(nodes, "logistic", [x], [out], weights), opset_imports=[helper.make_opsetid("", 13)])


def fit_with_sklearn(x, y):
    from skl2onnx import to_onnx
    from sklearn.linear_model import LogisticRegression

    return to_onnx(LogisticRegression().fit(x, y), x[:1].astype(np.float32), options={"zipmap": False})


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--sklearn", action="store_true", help="fit with scikit-learn, exported by skl2onnx")
    arguments = parser.parse_args()
    rng = np.random.default_rng(1)
    x, y = make_data(rng, 400)
    float_model = fit_with_sklearn(x, y) if arguments.sklearn else as_onnx(*fit(x, y))
    onnx.checker.check_model(float_model)

    # The author: integers instead of floats, and keys. Some tens of typical inputs say what range they come from.
    model = pc.compile(float_model, calibration=x[:100].reshape(-1, 1, 2), name="logistic")
    print(f"compiled to integers of {model.report['plan']['bits']} bits")
    keys = pc.setup(model)

    # The prover: the model runs on an input, and a proof says so.
    begin = time.perf_counter()
    proof = keys.prove(x[0].reshape(1, 2))
    print(f"proved in {time.perf_counter() - begin:.2f} s: {len(proof.bytes)} bytes")

    # The verifier has the key and the proof, as files or over a network, and nothing else.
    with tempfile.TemporaryDirectory() as folder:
        keys.vk.save(f"{folder}/logistic.vk")
        vk = pc.load(f"{folder}/logistic.vk")
    statement = pc.verify(vk, proof.bytes)
    answer = statement.outputs[-1].value
    print(f"accepted: {statement.model_name} gave {answer.name} = {np.round(answer.reals.ravel(), 3).tolist()} for an input that stays hidden")

    # Whoever changes a byte is found out.
    forged = bytearray(proof.bytes)
    forged[-1] ^= 1
    try:
        pc.verify(vk, bytes(forged))
    except pc.Rejected as error:
        print(f"a forged proof is rejected at the stage {error.stage!r}")


if __name__ == "__main__":
    main()
