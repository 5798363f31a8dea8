"""Models for activations, normalisations, ArgMax, casts and quantisation."""

import numpy as np
from onnx import TensorProto

from model_case import ModelCase, he, small


def activations(rng):
    def unary(name, op, low=-4.0, high=4.0, shape=(1, 24), opset=13, extra=False, **attributes):
        case = ModelCase(name, op, shape, opset=opset, low=low, high=high, extra=extra)
        return case.finish(case.node(op, "input", **attributes))

    yield unary("relu", "Relu")
    yield unary("relu_image", "Relu", shape=(1, 2, 3, 3))
    yield unary("leaky_relu", "LeakyRelu")
    yield unary("leaky_relu_alpha", "LeakyRelu", alpha=0.2)
    yield unary("sigmoid", "Sigmoid", low=-8.0, high=8.0)
    yield unary("tanh", "Tanh")
    yield unary("elu", "Elu")
    yield unary("elu_alpha", "Elu", alpha=0.5)
    yield unary("erf", "Erf", low=-3.0, high=3.0)
    yield unary("hard_swish", "HardSwish", opset=14)
    yield unary("hard_sigmoid", "HardSigmoid")
    yield unary("hard_sigmoid_alpha_beta", "HardSigmoid", alpha=1.0 / 6.0, beta=0.5)
    yield unary("exp", "Exp", low=-4.0, high=2.0)
    yield unary("sqrt", "Sqrt", low=0.05, high=4.0)
    yield unary("softplus", "Softplus", extra=True)
    yield unary("selu", "Selu", extra=True)
    yield unary("gelu_opset20", "Gelu", opset=20)
    yield unary("gelu_tanh_opset20", "Gelu", opset=20, approximate="tanh")

    case = ModelCase("gelu_from_erf", "Gelu", [1, 24], low=-4.0, high=4.0)
    erf = case.node("Erf", case.node("Div", "input", case.const(np.sqrt(2.0))))
    product = case.node("Mul", "input", case.node("Add", erf, case.const(1.0)))
    yield case.finish(case.node("Mul", product, case.const(0.5)))

    case = ModelCase("swish", "Sigmoid", [1, 24], low=-6.0, high=6.0)
    yield case.finish(case.node("Mul", "input", case.node("Sigmoid", "input")))

    yield unary("clip_opset9", "Clip", opset=9, min=0.0, max=2.5)
    for name, bounds in (("clip", (-1.0, 2.5)), ("clip_relu6", (0.0, 6.0))):
        case = ModelCase(name, "Clip", [1, 24], low=-8.0, high=8.0)
        yield case.finish(case.node("Clip", "input", *(case.const(b) for b in bounds)))
    case = ModelCase("clip_min_only", "Clip", [1, 24], low=-4.0, high=4.0)
    yield case.finish(case.node("Clip", "input", case.const(-0.5)))
    case = ModelCase("clip_max_only", "Clip", [1, 24], low=-4.0, high=4.0)
    yield case.finish(case.node("Clip", "input", "", case.const(0.5)))

    case = ModelCase("prelu", "PRelu", [1, 3, 4, 4], low=-3.0, high=3.0, extra=True)
    yield case.finish(case.node("PRelu", "input", case.const([[[0.1]], [[0.25]], [[0.5]]])))

    yield unary("softmax", "Softmax", shape=(1, 10), axis=-1)
    yield unary("softmax_inner_axis", "Softmax", shape=(1, 4, 3), axis=1)
    yield unary("softmax_rows", "Softmax", shape=(1, 4, 6), axis=-1)
    yield unary("softmax_opset11", "Softmax", shape=(1, 10), opset=11, axis=1)
    yield unary("softmax_opset11_coerced", "Softmax", shape=(1, 4, 3), opset=11, axis=1)


def normalisations(rng):
    for name, shape, opset in (("batch_norm_opset9", [1, 3, 4, 4], 9), ("batch_norm", [1, 3, 4, 4], 15),
                               ("batch_norm_flat", [1, 6], 15)):
        channels = shape[1]
        case = ModelCase(name, "BatchNormalization", shape, opset=opset)
        yield case.finish(case.node(
            "BatchNormalization", "input", case.const(rng.uniform(0.5, 1.5, channels)),
            case.const(small(rng, channels)), case.const(small(rng, channels)),
            case.const(rng.uniform(0.3, 2.0, channels)), epsilon=1e-5))

    case = ModelCase("conv_batch_norm_relu", "BatchNormalization", [1, 2, 5, 5], opset=15)
    x = case.node("Conv", "input", case.const(he(rng, 4, 2, 3, 3)), kernel_shape=[3, 3])
    x = case.node("BatchNormalization", x, case.const(rng.uniform(0.5, 1.5, 4)), case.const(small(rng, 4)),
                  case.const(small(rng, 4)), case.const(rng.uniform(0.3, 2.0, 4)))
    yield case.finish(case.node("Relu", x))

    case = ModelCase("layer_norm", "LayerNormalization", [1, 4, 8], opset=17, low=-2.0, high=2.0)
    yield case.finish(case.node("LayerNormalization", "input", case.const(rng.uniform(0.5, 1.5, 8)),
                                case.const(small(rng, 8)), axis=-1, epsilon=1e-5))

    case = ModelCase("layer_norm_no_bias", "LayerNormalization", [1, 16], opset=17, low=-2.0, high=2.0)
    yield case.finish(case.node("LayerNormalization", "input", case.const(rng.uniform(0.5, 1.5, 16))))

    case = ModelCase("layer_norm_two_axes", "LayerNormalization", [1, 4, 6], opset=17, low=-2.0, high=2.0)
    yield case.finish(case.node("LayerNormalization", "input", case.const(rng.uniform(0.5, 1.5, (4, 6))),
                                case.const(small(rng, 4, 6)), axis=1))

    # What PyTorch exports below opset 17: a division by a value that is not constant.
    case = ModelCase("layer_norm_decomposed", "LayerNormalization", [1, 4, 8], low=-2.0, high=2.0, extra=True)
    centred = case.node("Sub", "input", case.node("ReduceMean", "input", axes=[-1]))
    variance = case.node("ReduceMean", case.node("Pow", centred, case.const(2.0)), axes=[-1])
    deviation = case.node("Sqrt", case.node("Add", variance, case.const(1e-5)))
    scaled = case.node("Mul", case.node("Div", centred, deviation), case.const(rng.uniform(0.5, 1.5, 8)))
    yield case.finish(case.node("Add", scaled, case.const(small(rng, 8))))


def selections(rng):
    for name, shape, attributes in (
            ("argmax", [1, 10], dict(axis=1, keepdims=0)), ("argmax_keepdims", [1, 10], dict(axis=-1, keepdims=1)),
            ("argmax_rows", [1, 4, 6], dict(axis=2, keepdims=0)),
            ("argmax_channels", [1, 4, 3, 3], dict(axis=1, keepdims=0))):
        case = ModelCase(name, "ArgMax", shape, distinct=True)
        yield case.finish(case.node("ArgMax", "input", **attributes), TensorProto.INT64)

    case = ModelCase("reduce_max", "ReduceMax", [1, 3, 4, 4], extra=True)
    yield case.finish(case.node("ReduceMax", "input", axes=[2, 3], keepdims=0))


def casts(rng):
    case = ModelCase("cast_double", "Cast", [1, 6])
    wide = case.node("Mul", case.node("Cast", "input", to=TensorProto.DOUBLE), case.const(1.5, np.float64))
    yield case.finish(case.node("Cast", wide, to=TensorProto.FLOAT))

    case = ModelCase("cast_same", "Cast", [1, 6])
    yield case.finish(case.node("Relu", case.node("Cast", "input", to=TensorProto.FLOAT)))

    case = ModelCase("cast_int", "Cast", [1, 12], low=-4.0, high=4.0, extra=True)
    yield case.finish(case.node("Cast", case.node("Cast", "input", to=TensorProto.INT32), to=TensorProto.FLOAT))

    for kind, dtype, zero in (("int8", np.int8, 0), ("uint8", np.uint8, 128), ("int8_offset", np.int8, -7)):
        case = ModelCase(f"quantize_dequantize_{kind}", "QuantizeLinear", [1, 24], low=-2.5, high=2.5)
        scale, offset = case.const(1.0 / 64.0), case.const(zero, dtype)
        yield case.finish(case.node("DequantizeLinear", case.node("QuantizeLinear", "input", scale, offset), scale,
                                    offset))

    case = ModelCase("dequantize_weights_per_channel", "DequantizeLinear", [1, 6])
    weights = case.const(rng.integers(-127, 128, (4, 6)), np.int8)
    scale = case.const(rng.uniform(0.004, 0.01, 4))
    weights = case.node("DequantizeLinear", weights, scale, case.const(np.zeros(4), np.int8), axis=0)
    yield case.finish(case.node("Gemm", "input", weights, transB=1))


def all_cases(rng):
    for group in (activations, normalisations, selections, casts):
        yield from group(rng)
