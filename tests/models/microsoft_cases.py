"""Operators that onnxruntime adds to ONNX, as its optimisers and quantisers leave them in models."""

import numpy as np
from onnx import TensorProto

from model_case import MICROSOFT, ModelCase, he


def add(case, op, *inputs, **attributes):
    return case.node(op, *inputs, domain=MICROSOFT, **attributes)


def activations(rng):
    for op in ("Gelu", "FastGelu", "QuickGelu"):
        case = ModelCase(f"microsoft_{op.lower()}", op, [1, 12], opset=17, low=-3, high=3)
        yield case.finish(add(case, op, "input"))
    case = ModelCase("microsoft_bias_gelu", "BiasGelu", [2, 6], opset=17, low=-2, high=2)
    yield case.finish(add(case, "BiasGelu", "input", case.const(rng.normal(size=6).round(2))))
    case = ModelCase("microsoft_fast_gelu_bias", "FastGelu", [2, 6], opset=17, low=-2, high=2)
    yield case.finish(add(case, "FastGelu", "input", case.const(rng.normal(size=6).round(2))))


def fused(rng):
    for name, attributes in (("relu", {"activation": "Relu"}),
                             ("leaky", {"activation": "LeakyRelu", "activation_params": [0.2]}),
                             ("clip", {"activation": "Clip", "activation_params": [-0.25, 0.5]}),
                             ("hard", {"activation": "HardSigmoid", "activation_params": [0.3, 0.4]})):
        case = ModelCase(f"microsoft_fused_conv_{name}", "FusedConv", [1, 2, 6, 6], opset=17)
        w, b = case.const(he(rng, 3, 2, 3, 3)), case.const(rng.normal(size=3).round(2))
        yield case.finish(add(case, "FusedConv", "input", w, b, pads=[1, 1, 1, 1], strides=[2, 2], **attributes))
    case = ModelCase("microsoft_fused_conv_sum", "FusedConv", [1, 2, 6, 6], opset=17)
    w, b = case.const(he(rng, 2, 2, 3, 3)), case.const(rng.normal(size=2).round(2))
    yield case.finish(add(case, "FusedConv", "input", w, b, "input", pads=[1, 1, 1, 1], activation="Relu"))
    case = ModelCase("microsoft_fused_gemm", "FusedGemm", [3, 5], opset=17)
    w, b = case.const(he(rng, 4, 5)), case.const(rng.normal(size=4).round(2))
    yield case.finish(add(case, "FusedGemm", "input", w, b, transB=1, alpha=0.5, beta=2.0, activation="LeakyRelu",
                          activation_alpha=0.1))
    case = ModelCase("microsoft_fused_product", "FusedMatMul", [3, 5], opset=17)
    yield case.finish(add(case, "FusedMatMul", "input", case.const(he(rng, 5, 4)), alpha=0.25))
    case = ModelCase("microsoft_skip_normalisation", "SkipLayerNormalization", [1, 4, 8], opset=17)
    gamma, beta, bias = (case.const(rng.uniform(0.5, 1.5, 8).round(2)) for _ in range(3))
    skip = case.const(rng.normal(size=(1, 4, 8)).round(2))
    y, _, _, total = case.node("SkipLayerNormalization", "input", skip, gamma, beta, bias, outputs=4, domain=MICROSOFT,
                               epsilon=1e-5)
    case.nodes[-1].output[1] = case.nodes[-1].output[2] = ""
    yield case.finish(case.node("Add", y, total))


def quantised(rng):
    for op, step in (("QLinearAdd", 0.0171), ("QLinearMul", 0.0071)):
        case = ModelCase(f"microsoft_{op.lower()}", op, [2, 6], opset=17)
        x = case.node("QuantizeLinear", "input", case.const(1 / 64), case.const(3, np.int8))
        other = case.const(rng.integers(-128, 128, 6), np.int8)
        y = [case.const(step), case.const(5, np.int8)]
        out = add(case, op, x, case.const(1 / 64), case.const(3, np.int8), other, case.const(1 / 128),
                  case.const(-4, np.int8), *y)
        yield case.finish(case.node("DequantizeLinear", out, *y))
    case = ModelCase("microsoft_qlinear_pool", "QLinearGlobalAveragePool", [1, 3, 4, 4], opset=17)
    x = case.node("QuantizeLinear", "input", case.const(1 / 64), case.const(120, np.uint8))
    x = add(case, "QLinearSigmoid", x, case.const(1 / 64), case.const(120, np.uint8), case.const(1 / 256),
            case.const(0, np.uint8))
    x = add(case, "QLinearGlobalAveragePool", x, case.const(1 / 256), case.const(0, np.uint8), case.const(1 / 256),
            case.const(0, np.uint8))
    yield case.finish(case.node("DequantizeLinear", x, case.const(1 / 256), case.const(0, np.uint8)))
    # Scales with which no quotient is halfway between two integers: this tool rounds such ones up, onnxruntime to even.
    case = ModelCase("microsoft_qlinear_concat", "QLinearConcat", [1, 6], opset=17)
    x = case.node("QuantizeLinear", "input", case.const(1 / 63), case.const(120, np.uint8))
    leaky = add(case, "QLinearLeakyRelu", x, case.const(1 / 63), case.const(120, np.uint8), case.const(1 / 97),
                case.const(40, np.uint8), alpha=0.31)
    y = add(case, "QLinearConcat", case.const(1 / 61), case.const(100, np.uint8), x, case.const(1 / 63),
            case.const(120, np.uint8), leaky, case.const(1 / 97), case.const(40, np.uint8), axis=1)
    yield case.finish(case.node("DequantizeLinear", y, case.const(1 / 61), case.const(100, np.uint8)))


def quantised_gemm(rng):
    for name, turned, scales, real in (("", 0, [0.006], False), ("_by_channel", 1, rng.uniform(0.002, 0.007, 5), False),
                                       ("_real", 0, [0.006], True)):
        case = ModelCase(f"microsoft_qgemm{name}", "QGemm", [3, 8], opset=17, low=0, high=255, dtype=np.uint8,
                         exact=not real)
        weights = case.const(rng.integers(-127, 128, (5, 8) if turned else (8, 5)), np.int8)
        w_scale = case.const(scales if len(scales) > 1 else scales[0])
        zero = case.const(np.zeros(5) if len(scales) > 1 else 0, np.int8)
        y = ["", ""] if real else [case.const(0.11), case.const(110, np.uint8)]
        out = add(case, "QGemm", "input", case.const(0.02), case.const(7, np.uint8), weights, w_scale, zero,
                  case.const(rng.integers(-4000, 4000, 5), np.int32), *y, transB=turned)
        yield case.finish(out) if real else case.finish(out, TensorProto.UINT8, [3, 5])


def dynamic(rng):
    """Values from 0 to 1 in steps of 1/15, so that rounding them to 255 steps changes nothing: it is left out."""
    case = ModelCase("microsoft_dynamic_product", "DynamicQuantizeMatMul", [2, 8], opset=17, low=0, distinct=True)
    w = case.const(rng.integers(-127, 128, (8, 4)), np.int8)
    yield case.finish(add(case, "DynamicQuantizeMatMul", "input", w, case.const(rng.uniform(0.002, 0.01, 4)),
                          case.const(np.zeros(4), np.int8), case.const(rng.normal(size=4).round(2))))
    for direction, count in (("forward", 1), ("bidirectional", 2)):
        case = ModelCase(f"microsoft_dynamic_lstm_{direction}", "DynamicQuantizeLSTM", [1, 2, 8], opset=17, low=0,
                         distinct=True)
        weights = [case.const(rng.integers(-127, 128, (count, rows, 20)), np.int8) for rows in (8, 5)]
        bias = case.const(rng.normal(scale=0.1, size=(count, 40)))
        state = case.const(np.broadcast_to([0, 0.2, 0.4, 0.6, 1], (count, 2, 5)))
        before = case.const(rng.normal(size=(count, 2, 5)).round(2))
        scales = [case.const(rng.uniform(0.002, 0.006, count)) for _ in range(2)]
        zero = case.const(np.zeros(count), np.int8)
        y, last, cell = case.node("DynamicQuantizeLSTM", "input", *weights, bias, "", state, before, "", scales[0],
                                  zero, scales[1], zero, outputs=3, domain=MICROSOFT, hidden_size=5,
                                  direction=direction)
        yield case.finish(case.node("Concat", *(case.node("Reshape", v, case.ints(1, -1)) for v in (y, last, cell)),
                                    axis=1))


def all_cases(rng):
    for group in (activations, fused, quantised, quantised_gemm, dynamic):
        yield from group(rng)
