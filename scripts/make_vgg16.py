#!/usr/bin/env python3
"""Writes a VGG-16 of CIFAR shape with random weights, a load for benchmarks: 14,982,474 parameters, 313 million MACs.

    make_vgg16.py DIRECTORY [--seed N] [--samples N]

writes model.onnx (60 MB, opset 13, input [1,3,32,32]), input.json and samples.json into DIRECTORY.

The convolutions are 64,64,M,128,128,M,256x3,M,512x3,M,512x3,M (M: 2x2 max pooling), then 512-512-10. The weights are
He-initialised; after each convolution there is a batch normalisation with random gain and offset, folded into the
convolution as PyTorch's exporter folds it. Its mean and variance are measured on the images written to samples.json,
so that every layer's values have the scale of a trained network's. The images are smoothed noise, normalised with
CIFAR-10's customary mean and deviation. Nothing is downloaded; needs only numpy and onnx.
"""

import argparse
import json
import pathlib

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper
from numpy.lib.stride_tricks import sliding_window_view

CONVOLUTIONS = [64, 64, "M", 128, 128, "M", 256, 256, 256, "M", 512, 512, 512, "M", 512, 512, 512, "M"]
HIDDEN, CLASSES = 512, 10
SIDE = 32
CIFAR_MEAN = np.array([0.4914, 0.4822, 0.4465], np.float32).reshape(3, 1, 1)
CIFAR_DEVIATION = np.array([0.2470, 0.2435, 0.2616], np.float32).reshape(3, 1, 1)


def make_images(rng, count):
    """Noise of several scales in [0, 1], normalised; [count, 3, 32, 32]."""
    images = np.zeros((count, 3, SIDE, SIDE))
    for block in (16, 8, 4, 2, 1):
        noise = rng.standard_normal((count, 3, SIDE // block, SIDE // block))
        images += noise.repeat(block, axis=2).repeat(block, axis=3) * np.sqrt(block)
    low, high = images.min(axis=(1, 2, 3), keepdims=True), images.max(axis=(1, 2, 3), keepdims=True)
    return (((images - low) / (high - low)).astype(np.float32) - CIFAR_MEAN) / CIFAR_DEVIATION


def he_weights(rng, shape):
    fan_in = int(np.prod(shape[1:]))
    return rng.standard_normal(shape, np.float32) * np.float32(np.sqrt(2.0 / fan_in))


def normalise(rng, weights, values, axes):
    """Folds a batch normalisation of `values` into (weights, bias); returns the normalised values with them."""
    mean, deviation = values.mean(axis=axes), np.sqrt(values.var(axis=axes) + 1e-5)
    gain = rng.uniform(0.6, 1.4, len(mean)).astype(np.float32)
    offset = (0.2 * rng.standard_normal(len(mean))).astype(np.float32)
    factor = gain / deviation
    bias = offset - mean * factor
    along = (-1, *[1] * (values.ndim - 2))
    return (weights * factor.reshape(-1, *[1] * (weights.ndim - 1)), bias,
            values * factor.reshape(along) + bias.reshape(along))


def convolve(images, weights):
    """3x3 convolution with padding 1 and no bias."""
    windows = sliding_window_view(np.pad(images, ((0, 0), (0, 0), (1, 1), (1, 1))), (3, 3), axis=(2, 3))
    return np.einsum("nchwij,ocij->nohw", windows, weights, optimize=True)


def max_pool(images):
    n, c, h, w = images.shape
    return images.reshape(n, c, h // 2, 2, w // 2, 2).max(axis=(3, 5))


def build(rng, images):
    """The ONNX model and its number of parameters."""
    nodes, initializers, value, x = [], [], "input", images

    def add(op, name, weights=None, bias=None, **attributes):
        nonlocal value
        inputs = [value]
        for key, array in (("weight", weights), ("bias", bias)):
            if array is not None:
                initializers.append(numpy_helper.from_array(np.ascontiguousarray(array, np.float32), f"{name}.{key}"))
                inputs.append(f"{name}.{key}")
        value = "output" if name == "fc2" else f"{name}_out"
        nodes.append(helper.make_node(op, inputs, [value], name=name, **attributes))

    count = {"conv": 0, "pool": 0}
    for layer in CONVOLUTIONS:
        if layer == "M":
            count["pool"] += 1
            add("MaxPool", f"pool{count['pool']}", ceil_mode=0, kernel_shape=[2, 2], pads=[0] * 4, strides=[2, 2])
            x = max_pool(x)
            continue
        count["conv"] += 1
        weights = he_weights(rng, (layer, x.shape[1], 3, 3))
        weights, bias, x = normalise(rng, weights, convolve(x, weights), (0, 2, 3))
        add("Conv", f"conv{count['conv']}", weights, bias, dilations=[1, 1], group=1, kernel_shape=[3, 3], pads=[1] * 4,
            strides=[1, 1])
        add("Relu", f"relu{count['conv']}")
        x = np.maximum(x, 0)

    add("Flatten", "flatten", axis=1)
    x = x.reshape(len(x), -1)
    weights = he_weights(rng, (HIDDEN, x.shape[1]))
    bias = (0.1 * rng.standard_normal(HIDDEN)).astype(np.float32)
    add("Gemm", "fc1", weights, bias, alpha=1.0, beta=1.0, transB=1)
    add("Relu", "relu_fc1")
    add("Gemm", "fc2", he_weights(rng, (CLASSES, HIDDEN)), np.zeros(CLASSES), alpha=1.0, beta=1.0, transB=1)

    graph = helper.make_graph(
        nodes, "vgg16", [helper.make_tensor_value_info("input", TensorProto.FLOAT, [1, 3, SIDE, SIDE])],
        [helper.make_tensor_value_info("output", TensorProto.FLOAT, [1, CLASSES])], initializers)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)], ir_version=7,
                              producer_name="proofcard-examples")
    onnx.checker.check_model(model, full_check=True)
    return model, sum(int(np.prod(w.dims)) for w in initializers)


def write_json(path, rows):
    rows = [[round(float(v), 4) for v in row] for row in rows.reshape(len(rows), -1)]
    path.write_text(json.dumps({"input_data": rows}, separators=(",", ":")) + "\n")


def main():
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("directory", type=pathlib.Path)
    arguments.add_argument("--seed", type=int, default=16)
    arguments.add_argument("--samples", type=int, default=8, help="images in samples.json, at least 2")
    arguments = arguments.parse_args()
    if arguments.samples < 2:
        raise SystemExit(f"--samples: expected at least 2, found {arguments.samples}")

    rng = np.random.default_rng(arguments.seed)
    images = make_images(rng, arguments.samples)
    model, parameters = build(rng, images)
    arguments.directory.mkdir(parents=True, exist_ok=True)
    onnx.save(model, arguments.directory / "model.onnx")
    write_json(arguments.directory / "samples.json", images)
    write_json(arguments.directory / "input.json", images[:1])
    print(f"{parameters} parameters in {arguments.directory / 'model.onnx'}")


if __name__ == "__main__":
    main()
