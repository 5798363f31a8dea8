"""Trains an LSTM on the weather of Seattle and writes model.onnx, input.json, samples.json and features.json here."""

import csv
import importlib.util
import json
import pathlib
import sys

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

FOLDER = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(FOLDER.parent))
import model_files as files  # noqa: E402
import numpy_training as nn  # noqa: E402

SEED = 31
DAYS, HIDDEN = 30, 16
FEATURES = ["precipitation", "temp_max", "temp_min", "wind"]  # mm, degrees Celsius twice, m/s
TARGET = 1
HELD = 300  # days at the end


def read_days():
    """[days, features]; the package is located, not imported."""
    package = importlib.util.find_spec("vega_datasets").submodule_search_locations[0]
    with open(pathlib.Path(package) / "_data" / "seattle-weather.csv", newline="", encoding="utf-8") as file:
        return np.array([[float(row[name]) for name in FEATURES] for row in csv.DictReader(file)], np.float32)


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


class Lstm(nn.Layer):
    """[n, days, features] -> the state after the last day, [n, hidden]; gates in the order of ONNX: input, output, forget, cell."""

    def __init__(self, rng, inputs, hidden):
        super().__init__()
        reach = 1 / np.sqrt(hidden)
        uniform = lambda *shape: rng.uniform(-reach, reach, shape).astype(np.float32)  # noqa: E731
        self.weights = {"weight": uniform(4 * hidden, inputs), "recurrent": uniform(4 * hidden, hidden),
                        "bias": np.zeros(4 * hidden, np.float32)}
        self.weights["bias"][2 * hidden : 3 * hidden] = 1

    def forward(self, x):
        w, r, b = self.weights["weight"], self.weights["recurrent"], self.weights["bias"]
        h = c = np.zeros((len(x), r.shape[1]), np.float32)
        self.tape = []
        for t in range(x.shape[1]):
            i, o, f, g = np.split(x[:, t] @ w.T + h @ r.T + b, 4, axis=1)
            i, o, f, g = sigmoid(i), sigmoid(o), sigmoid(f), np.tanh(g)
            before, c = c, f * c + i * g
            self.tape.append((x[:, t], h, before, c, i, o, f, g))
            h = o * np.tanh(c)
        return h

    def backward(self, dh):
        r = self.weights["recurrent"]
        self.gradients = {key: np.zeros_like(w) for key, w in self.weights.items()}
        dc = np.zeros_like(dh)
        for x, h, before, c, i, o, f, g in reversed(self.tape):
            bend = np.tanh(c)
            dc = dc + dh * o * (1 - bend * bend)
            d = np.concatenate([dc * g * i * (1 - i), dh * bend * o * (1 - o), dc * before * f * (1 - f),
                                dc * i * (1 - g * g)], axis=1)
            self.gradients["weight"] += d.T @ x
            self.gradients["recurrent"] += d.T @ h
            self.gradients["bias"] += d.sum(axis=0)
            dh, dc = d @ r, dc * f
        return None


def squared_error(predicted, wanted):
    return 2 * (predicted - wanted[:, None]) / len(wanted)


def write_model(path, network, mean, scale):
    """Standardises, runs the layer and gives degrees; days come first for the operator."""
    lstm, head = network.layers["lstm"].weights, network.layers["head"].weights
    hidden = lstm["recurrent"].shape[1]
    constants = {
        "mean": mean, "scale": scale, "W": lstm["weight"][None], "R": lstm["recurrent"][None],
        "B": np.concatenate([lstm["bias"], np.zeros(4 * hidden, np.float32)])[None],
        "head.weight": head["weight"] * scale[TARGET], "head.bias": head["bias"] * scale[TARGET] + mean[TARGET]}
    nodes = [
        helper.make_node("Sub", ["input", "mean"], ["centred"], name="centre"),
        helper.make_node("Div", ["centred", "scale"], ["standard"], name="standardise"),
        helper.make_node("Transpose", ["standard"], ["days"], name="days_first", perm=[1, 0, 2]),
        helper.make_node("LSTM", ["days", "W", "R", "B"], ["", "state"], name="lstm", hidden_size=hidden),
        helper.make_node("Squeeze", ["state", "direction"], ["last"], name="last"),
        helper.make_node("Gemm", ["last", "head.weight", "head.bias"], ["output"], name="head", transB=1)]
    initializers = [numpy_helper.from_array(np.asarray(v, np.float32), name) for name, v in constants.items()]
    initializers.append(numpy_helper.from_array(np.array([0], np.int64), "direction"))
    graph = helper.make_graph(
        nodes, "weather", [helper.make_tensor_value_info("input", TensorProto.FLOAT, ["N", DAYS, len(FEATURES)])],
        [helper.make_tensor_value_info("output", TensorProto.FLOAT, ["N", 1])], initializers)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", files.OPSET)], ir_version=files.IR_VERSION,
                              producer_name="proofcard-examples")
    onnx.checker.check_model(onnx.shape_inference.infer_shapes(model, strict_mode=True), full_check=True)
    onnx.save(model, path)


def main():
    days = read_days()
    windows = np.stack([days[i : i + DAYS] for i in range(len(days) - DAYS)])
    tomorrow = days[DAYS:, TARGET]
    train = slice(0, len(windows) - HELD)
    mean, scale = days[: len(days) - HELD].mean(axis=0), days[: len(days) - HELD].std(axis=0)
    rng = np.random.default_rng(SEED)
    network = nn.Network(lstm=Lstm(rng, len(FEATURES), HIDDEN), head=nn.Linear(rng, HIDDEN, 1))
    wanted = (tomorrow - mean[TARGET]) / scale[TARGET]
    nn.train(network, squared_error, ((windows - mean) / scale)[train], wanted[train], rng, epochs=40, batch=32,
             rate=5e-3, weight_decay=0.02)
    write_model(FOLDER / "model.onnx", network, mean, scale)
    order = rng.permutation(HELD) + len(windows) - HELD
    rows = files.round_rows(windows[order], 1)  # as the weather station gives them
    (FOLDER / "samples.json").write_text(json.dumps(
        {"input_data": rows, "tomorrow": [round(float(v), 1) for v in tomorrow[order]]}, separators=(",", ":")) + "\n")
    (FOLDER / "input.json").write_text(json.dumps({"input_data": rows[:1]}, separators=(",", ":")) + "\n")
    (FOLDER / "features.json").write_text(json.dumps(
        {"names": FEATURES, "days": DAYS, "output": "tomorrow's highest temperature in degrees Celsius"}, indent=1) + "\n")
    found = files.run_model(FOLDER / "model.onnx", rows, [DAYS, len(FEATURES)])[:, 0]
    error = lambda guess: float(np.sqrt(np.mean((guess - tomorrow[order]) ** 2)))  # noqa: E731
    print(f"parameters: {sum(layer.weights[key].size for _, key, layer in network.parameters())}")
    print(f"held-out days: off by {error(found):.2f} degrees; saying today's, {error(windows[order][:, -1, TARGET]):.2f}")


if __name__ == "__main__":
    main()
