"""Writes the files of an example: model.onnx from a trained network, input.json and samples.json from its data."""

import json
import pathlib

import numpy as np
import onnx
import onnxruntime
from onnx import TensorProto, helper, numpy_helper

from numpy_training import Conv2d, Flatten, Linear, MaxPool2d, Relu

OPSET = 13
IR_VERSION = 7  # the one that came with opset 13


def _node_of(layer, name, inputs, output):
    """The ONNX node of a layer, with the attributes that PyTorch's exporter writes."""
    if isinstance(layer, Linear):
        return helper.make_node("Gemm", inputs, [output], name=name, alpha=1.0, beta=1.0, transB=1)
    if isinstance(layer, Conv2d):
        k, p = layer.kernel, layer.padding
        return helper.make_node("Conv", inputs, [output], name=name, dilations=[1, 1], group=1, kernel_shape=[k, k],
                                pads=[p] * 4, strides=[1, 1])
    if isinstance(layer, MaxPool2d):
        return helper.make_node("MaxPool", inputs, [output], name=name, ceil_mode=0, kernel_shape=[2, 2],
                                pads=[0] * 4, strides=[2, 2])
    if isinstance(layer, Flatten):
        return helper.make_node("Flatten", inputs, [output], name=name, axis=1)
    if isinstance(layer, Relu):
        return helper.make_node("Relu", inputs, [output], name=name)
    raise TypeError(f"no ONNX node for {type(layer).__name__}")


def write_model(path, network, input_shape, outputs, sigmoid=False):
    """Exports `network`; the first entry of `input_shape` is 1 or the name of a dynamic batch dimension.

    `sigmoid` appends the output activation that training folds into its loss.
    """
    nodes, initializers, value = [], [], "input"
    layers = list(network.layers.items())
    for position, (name, layer) in enumerate(layers):
        last = position + 1 == len(layers) and not sigmoid
        output = "output" if last else f"{name}_out"
        names = [f"{name}.{key}" for key in layer.weights]
        initializers += [numpy_helper.from_array(w, f"{name}.{key}") for key, w in layer.weights.items()]
        nodes.append(_node_of(layer, name, [value, *names], output))
        value = output
    if sigmoid:
        nodes.append(helper.make_node("Sigmoid", [value], ["output"], name="sigmoid"))
    graph = helper.make_graph(
        nodes, pathlib.Path(path).parent.name,
        [helper.make_tensor_value_info("input", TensorProto.FLOAT, input_shape)],
        [helper.make_tensor_value_info("output", TensorProto.FLOAT, [input_shape[0], outputs])], initializers)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", OPSET)], ir_version=IR_VERSION,
                              producer_name="proofcard-examples")
    onnx.checker.check_model(onnx.shape_inference.infer_shapes(model, strict_mode=True), full_check=True)
    onnx.save(model, path)


def run_model(path, rows, row_shape):
    """Outputs of model.onnx under onnxruntime, one row at a time, as a proof runs it."""
    session = onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])
    inputs = np.asarray(rows, np.float32).reshape(-1, 1, *row_shape)
    return np.stack([session.run(None, {"input": x})[0][0] for x in inputs])


def _write_json(path, value):
    pathlib.Path(path).write_text(json.dumps(value, separators=(",", ":")) + "\n")


def round_rows(x, digits=4):
    """Flattened rows rounded as they are written, so that the reported accuracy is that of the files."""
    return [[round(float(v), digits) for v in row] for row in np.asarray(x).reshape(len(x), -1)]


def write_samples(folder, rows, labels):
    """samples.json: all rows and their labels; input.json: the first row only."""
    _write_json(folder / "samples.json", {"input_data": rows, "labels": [int(v) for v in labels]})
    _write_json(folder / "input.json", {"input_data": rows[:1]})
