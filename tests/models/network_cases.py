"""Small networks: several operators together, as a real model has them, but of a size that proves in a moment."""

import pathlib
import tempfile

import numpy as np
import onnx
from onnx import helper
from onnxruntime import quantization

from model_case import SAMPLES, ModelCase, he, run, small


def batch_norm(case, rng, x, channels):
    return case.node("BatchNormalization", x, case.const(rng.uniform(0.6, 1.4, channels)),
                     case.const(small(rng, channels)), case.const(small(rng, channels)),
                     case.const(rng.uniform(0.5, 1.5, channels)), epsilon=1e-5)


def conv(case, rng, x, inputs, outputs, kernel=3, group=1, stride=1, bias=True):
    names = [x, case.const(he(rng, outputs, inputs // group, kernel, kernel))]
    if bias:
        names.append(case.const(small(rng, outputs)))
    return case.node("Conv", *names, dilations=[1, 1], group=group, kernel_shape=[kernel, kernel],
                     pads=[kernel // 2] * 4, strides=[stride, stride])


def gemm(case, rng, x, inputs, outputs):
    return case.node("Gemm", x, case.const(he(rng, outputs, inputs)), case.const(small(rng, outputs)), alpha=1.0,
                     beta=1.0, transB=1)


def max_pool(case, x):
    return case.node("MaxPool", x, kernel_shape=[2, 2], strides=[2, 2])


def mlps(rng):
    for opset in (7, 9, 11, 13, 17):
        case = ModelCase(f"mlp_opset{opset}", "network", [1, 12], opset=opset)
        x = case.node("Relu", gemm(case, rng, "input", 12, 16))
        x = case.node("Relu", gemm(case, rng, x, 16, 8))
        yield case.finish(gemm(case, rng, x, 8, 4))

    case = ModelCase("mlp_dynamic_batch", "network", [1, 12], dynamic_batch=True)
    x = case.node("Relu", gemm(case, rng, "input", 12, 16))
    yield case.finish(gemm(case, rng, x, 16, 4))

    case = ModelCase("mlp_matmul_add", "network", [1, 12])
    x = case.node("Add", case.node("MatMul", "input", case.const(he(rng, 16, 12).T)), case.const(small(rng, 16)))
    x = case.node("Relu", x)
    x = case.node("Add", case.node("MatMul", x, case.const(he(rng, 4, 16).T)), case.const(small(rng, 4)))
    yield case.finish(case.node("Softmax", x, axis=-1))

    case = ModelCase("mlp_sigmoid", "network", [1, 12])
    x = case.node("Sigmoid", gemm(case, rng, "input", 12, 8))
    yield case.finish(case.node("Sigmoid", gemm(case, rng, x, 8, 1)))


def convolutional(rng):
    case = ModelCase("residual_net", "network", [1, 3, 8, 8], opset=15)
    stem = case.node("Relu", batch_norm(case, rng, conv(case, rng, "input", 3, 8, bias=False), 8))
    x = case.node("Relu", batch_norm(case, rng, conv(case, rng, stem, 8, 8, bias=False), 8))
    x = batch_norm(case, rng, conv(case, rng, x, 8, 8, bias=False), 8)
    x = case.node("Relu", case.node("Add", x, stem))
    x = case.node("Flatten", case.node("GlobalAveragePool", x), axis=1)
    yield case.finish(gemm(case, rng, x, 8, 10))

    case = ModelCase("residual_downsample_net", "network", [1, 4, 8, 8], opset=15)
    x = case.node("Relu", batch_norm(case, rng, conv(case, rng, "input", 4, 8, stride=2, bias=False), 8))
    x = batch_norm(case, rng, conv(case, rng, x, 8, 8, bias=False), 8)
    shortcut = batch_norm(case, rng, conv(case, rng, "input", 4, 8, kernel=1, stride=2, bias=False), 8)
    x = case.node("Relu", case.node("Add", x, shortcut))
    x = case.node("ReduceMean", x, axes=[2, 3], keepdims=0)
    yield case.finish(gemm(case, rng, x, 8, 5))

    case = ModelCase("cifar_net", "network", [1, 3, 16, 16])
    x = max_pool(case, case.node("Relu", conv(case, rng, "input", 3, 8)))
    x = max_pool(case, case.node("Relu", conv(case, rng, x, 8, 16)))
    x = case.node("Flatten", x, axis=1)
    x = case.node("Relu", gemm(case, rng, x, 256, 32))
    yield case.finish(gemm(case, rng, x, 32, 10))

    case = ModelCase("depthwise_separable_net", "network", [1, 3, 8, 8], opset=15)
    limits = [case.const(0.0), case.const(6.0)]
    x = case.node("Clip", batch_norm(case, rng, conv(case, rng, "input", 3, 8, stride=2, bias=False), 8), *limits)
    x = case.node("Clip", batch_norm(case, rng, conv(case, rng, x, 8, 8, group=8, bias=False), 8), *limits)
    x = case.node("Clip", batch_norm(case, rng, conv(case, rng, x, 8, 12, kernel=1, bias=False), 12), *limits)
    x = case.node("Flatten", case.node("GlobalAveragePool", x), axis=1)
    yield case.finish(gemm(case, rng, x, 12, 6))

    case = ModelCase("squeeze_excite_net", "network", [1, 3, 6, 6], opset=14)
    x = case.node("HardSwish", conv(case, rng, "input", 3, 8))
    gate = case.node("Relu", conv(case, rng, case.node("GlobalAveragePool", x), 8, 4, kernel=1))
    gate = case.node("HardSigmoid", conv(case, rng, gate, 4, 8, kernel=1), alpha=1.0 / 6.0)
    x = case.node("Flatten", case.node("GlobalAveragePool", case.node("Mul", x, gate)), axis=1)
    yield case.finish(gemm(case, rng, x, 8, 4))

    case = ModelCase("inception_net", "network", [1, 3, 6, 6])
    branches = [conv(case, rng, "input", 3, 4, kernel=1), conv(case, rng, "input", 3, 4, kernel=3),
                conv(case, rng, case.node("AveragePool", "input", kernel_shape=[3, 3], pads=[1] * 4), 3, 2, kernel=1)]
    x = case.node("Relu", case.node("Concat", *branches, axis=1))
    x = case.node("Flatten", max_pool(case, x), axis=1)
    yield case.finish(case.node("Softmax", gemm(case, rng, x, 90, 5), axis=1))

    case = ModelCase("decoder_net", "network", [1, 8])
    x = case.node("Relu", gemm(case, rng, "input", 8, 36))
    x = case.node("Reshape", x, case.ints(1, 4, 3, 3))
    x = case.node("ConvTranspose", x, case.const(he(rng, 4, 2, 2, 2)), case.const(small(rng, 2)), kernel_shape=[2, 2],
                  strides=[2, 2])
    yield case.finish(case.node("Tanh", x))

    case = ClearChoice("classifier_argmax_net", "network", [1, 12])
    x = case.node("Relu", gemm(case, rng, "input", 12, 16))
    yield case.finish(case.node("ArgMax", gemm(case, rng, x, 16, 4), axis=1, keepdims=0), onnx.TensorProto.INT64)


class ClearChoice(ModelCase):
    """A model that ends in ArgMax; its samples are those that it decides most clearly, not by a rounding error."""

    def sample(self, rng, count=SAMPLES):
        rows = super().sample(rng, 8 * count)
        scores = onnx.ModelProto()
        scores.CopyFrom(self.model)
        del scores.graph.output[:]
        scores.graph.output.append(helper.make_tensor_value_info(
            self.model.graph.node[-1].input[0], onnx.TensorProto.FLOAT, None))
        ordered = np.sort(np.stack(run(scores, rows)).reshape(len(rows), -1), axis=1)
        return rows[np.argsort(ordered[:, -2] - ordered[:, -1])[:count]]


class CalibrationRows(quantization.CalibrationDataReader):
    """Feeds samples to onnxruntime's quantiser."""

    def __init__(self, rows):
        self.rows = iter(rows)

    def get_next(self):
        row = next(self.rows, None)
        return None if row is None else {"input": row}


def quantised(rng):
    """Float networks quantised by onnxruntime itself to the QDQ form."""

    def convert(case, per_channel, activations):
        with tempfile.TemporaryDirectory() as folder:
            source, target = pathlib.Path(folder) / "float.onnx", pathlib.Path(folder) / "qdq.onnx"
            onnx.save(case.model, source)
            quantization.quantize_static(
                source, target, CalibrationRows(case.sample(rng, 64)), quant_format=quantization.QuantFormat.QDQ,
                per_channel=per_channel, activation_type=activations, weight_type=quantization.QuantType.QInt8)
            return case.use(onnx.load(target))

    case = ModelCase("qdq_mlp", "QuantizeLinear", [1, 12])
    x = case.node("Relu", gemm(case, rng, "input", 12, 16))
    yield convert(case.finish(gemm(case, rng, x, 16, 4)), False, quantization.QuantType.QInt8)

    for name, per_channel, activations in (("qdq_conv_net", True, quantization.QuantType.QInt8),
                                           ("qdq_conv_net_uint8", False, quantization.QuantType.QUInt8)):
        case = ModelCase(name, "QuantizeLinear", [1, 2, 6, 6])
        x = max_pool(case, case.node("Relu", conv(case, rng, "input", 2, 4)))
        x = case.node("Flatten", x, axis=1)
        yield convert(case.finish(gemm(case, rng, x, 36, 5)), per_channel, activations)


def all_cases(rng):
    for group in (mlps, convolutional, quantised):
        yield from group(rng)
