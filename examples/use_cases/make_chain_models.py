"""Trains the two small models of the stories for a chain and writes them, with samples, here.

Both look at prices as an oracle's contract has them, a byte each, the latest last:

trading_agent.onnx   16 prices -> 0 hold, 1 buy, 2 sell
loan_to_value.onnx   32 prices -> per cent of a collateral's worth that may be borrowed, 30 to 90

Prices are simulated: a random walk with a drift and a volatility of its own for each series. Fixed seed; nothing is downloaded.
"""

import json
import pathlib
import sys

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

FOLDER = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(FOLDER.parent))
import numpy_training as nt  # noqa: E402

SEED = 14
MIDDLE, STEP = 128, 32  # of a byte: what the networks see is (price - MIDDLE) / STEP


def prices(rng, count, length):
    """Bytes [count, length], and each series' drift and volatility a step."""
    drift = rng.normal(0, 2.0, count)
    volatility = rng.uniform(0.5, 6.0, count)
    steps = drift[:, None] + volatility[:, None] * rng.standard_normal((count, length))
    series = MIDDLE + np.cumsum(steps, axis=1) - steps.sum(axis=1, keepdims=True) / 2
    return np.clip(np.round(series), 0, 255).astype(np.uint8), drift, volatility


def seen(rows):
    return ((rows.astype(np.float32) - MIDDLE) / STEP).astype(np.float32)


def write(name, network, rows, last, output):
    """last: nodes and constants behind the network, whose result is named "output"."""
    nodes = [helper.make_node("Cast", ["prices"], ["numbers"], name="numbers", to=TensorProto.FLOAT),
             helper.make_node("Sub", ["numbers", "middle"], ["centred"], name="centred"),
             helper.make_node("Div", ["centred", "step"], ["seen"], name="seen")]
    constants = [numpy_helper.from_array(np.array([MIDDLE], np.float32), "middle"),
                 numpy_helper.from_array(np.array([STEP], np.float32), "step")]
    value = "seen"
    for layer_name, layer in network.layers.items():
        inputs = [value]
        for key, weights in layer.weights.items():
            constants.append(numpy_helper.from_array(weights.astype(np.float32), f"{layer_name}.{key}"))
            inputs.append(f"{layer_name}.{key}")
        value = f"{layer_name}_out"
        kind, attributes = ("Gemm", {"transB": 1}) if layer.weights else ("Relu", {})
        nodes.append(helper.make_node(kind, inputs, [value], name=layer_name, **attributes))
    more_nodes, more_constants = last(value)
    graph = helper.make_graph(nodes + more_nodes, name,
                              [helper.make_tensor_value_info("prices", TensorProto.UINT8, [1, rows.shape[1]])],
                              [output], constants + more_constants)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)], ir_version=7,
                              producer_name="proofcard-examples")
    onnx.checker.check_model(onnx.shape_inference.infer_shapes(model, strict_mode=True), full_check=True)
    onnx.save(model, FOLDER / f"{name}.onnx")
    samples = {"input_data": [[int(v) for v in row] for row in rows[:64]]}
    (FOLDER / f"{name}_samples.json").write_text(json.dumps(samples, separators=(",", ":")) + "\n")


def agent(rng):
    rows, drift, _ = prices(rng, 4000, 16)
    labels = np.where(drift > 1, 1, np.where(drift < -1, 2, 0))
    network = nt.Network(fc1=nt.Linear(rng, 16, 16), relu=nt.Relu(), fc2=nt.Linear(rng, 16, 3))
    nt.train(network, nt.softmax_cross_entropy, seen(rows[500:]), labels[500:], rng, epochs=20, batch=50, rate=5e-3)
    right = (network.predict(seen(rows[:500])).argmax(axis=1) == labels[:500]).mean()
    print(f"trading_agent: {100 * right:.1f} % of 500 held-out series")
    write("trading_agent", network, rows[:500],
          lambda value: ([helper.make_node("ArgMax", [value], ["output"], name="decision", axis=1, keepdims=0)], []),
          helper.make_tensor_value_info("output", TensorProto.INT64, [1]))


def loan_to_value(rng):
    rows, _, volatility = prices(rng, 6000, 32)
    target = (95 - 10 * volatility).astype(np.float32)  # per cent

    def loss(found, wanted):
        return ((found - wanted[:, None]) / (50 * len(wanted))).astype(np.float32)

    network = nt.Network(fc1=nt.Linear(rng, 32, 24), relu=nt.Relu(), fc2=nt.Linear(rng, 24, 1))
    network.layers["fc2"].weights["bias"][:] = 60
    nt.train(network, loss, seen(rows[500:]), target[500:], rng, epochs=60, batch=50, rate=1e-2)
    error = np.abs(np.clip(network.predict(seen(rows[:500]))[:, 0], 30, 90) - np.clip(target[:500], 30, 90)).mean()
    print(f"loan_to_value: off by {error:.1f} per cent points on 500 held-out series")
    write("loan_to_value", network, rows[:500],
          lambda value: ([helper.make_node("Clip", [value, "least", "most"], ["output"], name="bounds")],
                         [numpy_helper.from_array(np.array(v, np.float32), n) for n, v in (("least", 30), ("most", 90))]),
          helper.make_tensor_value_info("output", TensorProto.FLOAT, [1, 1]))


def main():
    rng = np.random.default_rng(SEED)
    agent(rng)
    loan_to_value(rng)


if __name__ == "__main__":
    main()
