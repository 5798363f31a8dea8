"""Models whose numbers differ much in size, or whose own rounding has to be kept: what symmetric integers with one scale a
tensor get wrong unless somebody takes care."""

import numpy as np
from onnx import TensorProto

from model_case import ModelCase, he, small


def gemm(case, rng, x, inputs, outputs, factor=1.0):
    weights = (factor * he(rng, outputs, inputs).T).T  # factor: one, or one an output
    return case.node("Gemm", x, case.const(weights), case.const(small(rng, outputs)), transB=1)


def raw_features(rng):
    """Features in their own units, standardised inside the model or not at all."""
    low = np.array([0.01, 20.0, -5.0, 900.0, 0.0, 1e4, -1.0, 3.0])
    high = np.array([0.02, 80.0, 5.0, 1100.0, 6e4, 1.1e4, 1.0, 3.5])
    mean, deviation = (low + high) / 2, (high - low) / np.sqrt(12)

    case = ModelCase("raw_features_standardised", "Gemm", [1, 8], low=low, high=high)
    x = case.node("Div", case.node("Sub", "input", case.const(mean)), case.const(deviation))
    x = case.node("Relu", gemm(case, rng, x, 8, 16))
    yield case.finish(gemm(case, rng, x, 16, 3))

    case = ModelCase("raw_features_scaled", "Gemm", [1, 8], low=-high, high=high)
    x = case.node("Mul", "input", case.const(1 / high))
    yield case.finish(case.node("Tanh", gemm(case, rng, x, 8, 4)))

    case = ModelCase("raw_features_matmul", "MatMul", [1, 8], low=low, high=high)
    yield case.finish(case.node("MatMul", "input", case.const((he(rng, 4, 8) / deviation).T)))

    case = ModelCase("raw_features_two_readers", "Gemm", [1, 8], low=low, high=high)
    first = case.node("MatMul", "input", case.const((he(rng, 4, 8) / deviation).T))
    second = case.node("MatMul", "input", case.const((he(rng, 4, 8) / deviation).T))
    yield case.finish(case.node("Add", first, second))

    sizes = np.repeat([1.0, 100.0, 1e4], 36)
    case = ModelCase("raw_channels", "Conv", [1, 3, 6, 6], low=-sizes, high=sizes)
    weights = he(rng, 4, 3, 3, 3) / np.array([1.0, 100.0, 1e4]).reshape(1, 3, 1, 1)
    yield case.finish(case.node("Relu", case.node("Conv", "input", case.const(weights), pads=[1] * 4)))


def products_and_weights(rng):
    """A product of two values in one sum with a weighted one: the product's own coefficient is small."""
    case = ModelCase("product_beside_weighted", "Mul", [1, 5])
    x, y = case.node("Sigmoid", "input"), case.node("Tanh", "input")
    total = case.node("Add", case.node("Mul", x, case.const(0.5 * rng.standard_normal((1, 5)))), case.node("Mul", x, y))
    yield case.finish(case.node("Tanh", total))


def unlike_channels(rng):
    """Channels of one tensor that differ a thousandfold, between two layers."""
    sizes = np.where(np.arange(16) == 3, 1000.0, 1.0)
    case = ModelCase("outlier_channel_mlp", "Gemm", [1, 8])
    x = case.node("Relu", gemm(case, rng, "input", 8, 16, sizes))
    weights = he(rng, 4, 16) / sizes
    yield case.finish(case.node("Gemm", x, case.const(weights), case.const(small(rng, 4)), transB=1))

    sizes = 10.0 ** rng.uniform(-1.5, 1.5, 8)
    case = ModelCase("unlike_depthwise", "Conv", [1, 8, 6, 6])
    x = case.node("Conv", "input", case.const(he(rng, 8, 1, 3, 3) * sizes.reshape(8, 1, 1, 1)), group=8, pads=[1] * 4)
    x = case.node("Relu", x)
    x = case.node("Conv", x, case.const(he(rng, 4, 8, 1, 1) / sizes.reshape(1, 8, 1, 1)))
    yield case.finish(x)

    case = ModelCase("unlike_channels_flattened", "Conv", [1, 2, 4, 4])
    x = case.node("Conv", "input", case.const(he(rng, 8, 2, 3, 3) * sizes.reshape(8, 1, 1, 1)), case.const(small(rng, 8)))
    x = case.node("MaxPool", case.node("LeakyRelu", x, alpha=0.1), kernel_shape=[2, 2])
    x = case.node("Flatten", x, axis=1)
    yield case.finish(case.node("MatMul", x, case.const((he(rng, 3, 8) / sizes).T)))


def saturation(rng):
    case = ModelCase("clip_wider_below", "Clip", [1, 8])
    x = gemm(case, rng, "input", 8, 16, 4.0)
    yield case.finish(case.node("Clip", x, case.const(-3.0), case.const(2.0)))

    case = ModelCase("clip_below_only", "Clip", [1, 8])
    x = gemm(case, rng, "input", 8, 16, 4.0)
    yield case.finish(case.node("Clip", x, "", case.const(0.25)))

    case = ModelCase("leaky_relu_steep", "LeakyRelu", [1, 24], low=-2.0, high=1.0)
    yield case.finish(case.node("LeakyRelu", "input", alpha=5.0))

    case = ModelCase("leaky_relu_mostly_negative", "LeakyRelu", [1, 8])
    x = case.node("Add", gemm(case, rng, "input", 8, 16), case.const(-4.0))
    yield case.finish(case.node("LeakyRelu", x, alpha=0.2))

    case = ModelCase("tanh_of_little", "Tanh", [1, 8], low=-1e-1, high=1e-1)
    yield case.finish(case.node("Tanh", case.node("Mul", "input", case.const(1e-4))))


def masks(rng):
    """Attention of four tokens with a mask added before the softmax."""
    for name, masked in (("1e4", -1e4), ("1e9", -1e9), ("float_min", np.finfo(np.float32).min), ("infinity", -np.inf)):
        case = ModelCase(f"mask_of_{name}", "Softmax", [1, 4, 8])
        q, k, v = (case.node("MatMul", "input", case.const(he(rng, 8, 8))) for _ in range(3))
        scores = case.node("MatMul", q, case.node("Transpose", k, perm=[0, 2, 1]))
        mask = np.where(np.arange(4)[None] > np.arange(4)[:, None], masked, 0.0)
        scores = case.node("Add", scores, case.const(mask[None]))
        yield case.finish(case.node("MatMul", case.node("Softmax", scores, axis=-1), v))


def kept_rounding(rng):
    for name, dtype, zero, kind in (("int8", np.int8, 3, TensorProto.INT8), ("uint8", np.uint8, 128, TensorProto.UINT8)):
        case = ModelCase(f"quantised_output_{name}", "QuantizeLinear", [1, 24], low=-3.0, high=3.0)
        yield case.finish(case.node("QuantizeLinear", "input", case.const(0.03), case.const(zero, dtype)), kind)

    case = ModelCase("quantised_coarsely", "QuantizeLinear", [1, 24], low=-3.0, high=3.0)
    scale, zero = case.const(0.7), case.const(0, np.int8)
    yield case.finish(case.node("DequantizeLinear", case.node("QuantizeLinear", "input", scale, zero), scale, zero))

    case = ModelCase("quantised_and_saturated", "QuantizeLinear", [1, 24], low=-3.0, high=3.0)
    scale, zero = case.const(0.01), case.const(0, np.int8)
    yield case.finish(case.node("DequantizeLinear", case.node("QuantizeLinear", "input", scale, zero), scale, zero))

    for op, attributes in (("Relu", {}), ("Sigmoid", {}), ("LeakyRelu", {"alpha": 0.3})):
        case = ModelCase(f"quantised_{op.lower()}", "QuantizeLinear", [1, 8], low=-2.0, high=2.0)
        x = case.node(op, gemm(case, rng, "input", 8, 12), **attributes)
        scale, zero = case.const(0.01), case.const(0, np.uint8 if op == "Sigmoid" else np.int8)
        yield case.finish(case.node("DequantizeLinear", case.node("QuantizeLinear", x, scale, zero), scale, zero))

    case = ModelCase("quantised_integers_move", "DequantizeLinear", [1, 2, 4, 4], low=-2.0, high=2.0)
    scale, zero = case.const(0.02), case.const(10, np.int8)
    x = case.node("QuantizeLinear", "input", scale, zero)
    x = case.node("Reshape", case.node("Transpose", x, perm=[0, 2, 3, 1]), case.ints(1, 32))
    yield case.finish(case.node("DequantizeLinear", x, scale, zero))


def magnitudes(rng):
    """Spectra: what is small beside the largest, in a root of squares, is made large after it."""
    sizes = np.array([1, 1, 0.3, 0.3, 0.3, 0.3])
    case = ModelCase("magnitude", "Sqrt", [1, 12])
    parts = case.node("Mul", "input", case.const(np.concatenate([sizes, sizes])))
    squares = [case.node("Pow", case.node("Slice", parts, case.ints(at), case.ints(at + 6), case.ints(1)),
                         case.const(2.0)) for at in (0, 6)]
    yield case.finish(case.node("Mul", case.node("Sqrt", case.node("Add", *squares)), case.const(1 / sizes)))


def all_cases(rng):
    for group in (raw_features, magnitudes, unlike_channels, saturation, masks, kept_rounding):
        yield from group(rng)
    yield from products_and_weights(np.random.default_rng(11))
