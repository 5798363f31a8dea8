"""Models for sums of products of other people's integers: QLinearMatMul, QLinearConv, MatMulInteger, ConvInteger."""

import numpy as np
from onnx import TensorProto

from model_case import ModelCase


def sums(rng):
    for kind, zero, low, high in (("int8", 0, -128, 127), ("uint8", 7, 0, 255)):
        dtype = np.dtype(kind)
        case = ModelCase(f"mat_mul_integer_{kind}", "MatMulInteger", [3, 8], low=low, high=high, dtype=dtype)
        weights = case.const(rng.integers(-127, 128, (8, 5)), np.int8)
        yield case.finish(case.node("MatMulInteger", "input", weights, case.const(zero, dtype)), TensorProto.INT32)
    case = ModelCase("conv_integer", "ConvInteger", [1, 2, 5, 5], low=0, high=255, dtype=np.uint8)
    weights = case.const(rng.integers(0, 256, (3, 2, 3, 3)), np.uint8)
    yield case.finish(case.node("ConvInteger", "input", weights, case.const(128, np.uint8), case.const(120, np.uint8),
                                pads=[1, 1, 1, 1]), TensorProto.INT32)


def rounded(rng):
    def quantised(case, zero=3):
        scale, zero_point = case.const(1.0 / 64.0), case.const(zero, np.uint8)
        return [case.node("QuantizeLinear", "input", scale, zero_point), scale, zero_point]

    for output in ("real", "integer"):
        def end(case, y, scale, zero):
            if output == "integer":
                return case.finish(y, TensorProto.UINT8)
            return case.finish(case.node("DequantizeLinear", y, scale, zero))

        case = ModelCase(f"qlinear_mat_mul_{output}", "QLinearMatMul", [2, 8], low=-0.04, high=3.9)
        y = [case.const(0.03), case.const(110, np.uint8)]
        weights = [case.const(rng.integers(-127, 128, (8, 5)), np.int8), case.const(0.006), case.const(0, np.int8)]
        yield end(case, case.node("QLinearMatMul", *quantised(case), *weights, *y), *y)
        case = ModelCase(f"qlinear_conv_{output}", "QLinearConv", [1, 2, 5, 5], low=-0.04, high=3.9)
        y = [case.const(0.05), case.const(120, np.uint8)]
        weights = [case.const(rng.integers(-127, 128, (3, 2, 3, 3)), np.int8), case.const(0.006), case.const(0, np.int8)]
        bias = case.const(rng.integers(-3000, 3000, 3), np.int32)
        yield end(case, case.node("QLinearConv", *quantised(case), *weights, *y, bias, pads=[1, 1, 1, 1]), *y)

    case = ModelCase("qlinear_conv_per_channel", "QLinearConv", [1, 2, 5, 5], low=-0.04, high=3.9)
    y = [case.const(0.05), case.const(120, np.uint8)]
    weights = [case.const(rng.integers(-127, 128, (3, 2, 3, 3)), np.int8), case.const([0.002, 0.006, 0.004]),
               case.const(np.zeros(3), np.int8)]
    yield case.finish(case.node("DequantizeLinear", case.node("QLinearConv", *quantised(case), *weights, *y), *y))


def exact_sums(rng):
    """Of integers: nothing is rounded before the sums, and they are rounded as onnxruntime does, ties to even."""
    def product(name, scale, zero=3):
        case = ModelCase(name, "QLinearMatMul", [4, 16], low=0, high=255, dtype=np.uint8, exact=True)
        weights = [case.const(rng.integers(-127, 128, (16, 5)), np.int8), case.const(0.5), case.const(0, np.int8)]
        y = [case.const(scale), case.const(100, np.uint8)]
        return case.finish(case.node("QLinearMatMul", "input", case.const(0.25), case.const(zero, np.uint8), *weights, *y),
                           TensorProto.UINT8)

    yield product("qlinear_mat_mul_of_integers", 17.3)
    yield product("qlinear_mat_mul_ties", 16.0)  # every 128th sum is one
    yield product("qlinear_mat_mul_small_factor", 3e4)
    for name, scales in (("one_scale", [0.007]), ("scales", [0.002, 0.5, 0.004]), ("ties", [0.5, 0.25, 0.004])):
        case = ModelCase(f"qlinear_conv_of_integers_{name}", "QLinearConv", [1, 2, 6, 5], low=-128, high=127, dtype=np.int8,
                         exact=True)
        weights = [case.const(rng.integers(-127, 128, (3, 2, 3, 3)), np.int8),
                   case.const(scales if len(scales) > 1 else scales[0]),
                   case.const(np.zeros(3) if len(scales) > 1 else 0, np.int8)]
        y = [case.const(4.0), case.const(-5, np.int8)]
        bias = case.const(rng.integers(-3000, 3000, 3), np.int32)
        yield case.finish(case.node("QLinearConv", "input", case.const(0.25), case.const(7, np.int8), *weights, *y, bias,
                                    pads=[1, 0, 0, 1]), TensorProto.INT8)


class Qdq(ModelCase):
    """As quantize_static writes models: floats between QuantizeLinear and DequantizeLinear."""

    def there_and_back(self, x, scale, zero, dtype=np.uint8):
        step = [self.const(scale), self.const(zero, dtype)]
        return self.node("DequantizeLinear", self.node("QuantizeLinear", x, *step), *step)

    def weights(self, rng, shape, scales, dtype=np.int8, zero=0, axis=0):
        low, high = (-127, 127) if dtype == np.int8 else (0, 255)
        zeros = np.full(np.shape(scales), zero)
        attributes = {"axis": axis} if np.ndim(scales) else {}
        return self.node("DequantizeLinear", self.const(rng.integers(low, high + 1, shape), dtype), self.const(scales),
                         self.const(zeros, dtype), **attributes)

    def bias(self, rng, scales):
        numbers = self.const(rng.integers(-3000, 3000, np.shape(scales) or 3), np.int32)
        attributes = {"axis": 0} if np.ndim(scales) else {}
        return self.node("DequantizeLinear", numbers, self.const(scales), **attributes)

    def integer(self, y, scale, zero, dtype=np.uint8):
        to = TensorProto.UINT8 if dtype == np.uint8 else TensorProto.INT8
        return self.finish(self.node("QuantizeLinear", y, self.const(scale), self.const(zero, dtype)), to)


def products_of_their_integers(rng):
    """The integers of the file itself: weights are not rounded again."""
    def case(name, op, shape, dtype=np.float32):
        low, high = (-0.04, 3.9) if dtype == np.float32 else (0, 255)
        made = Qdq(f"qdq_{name}", op, shape, low=low, high=high, dtype=dtype, exact=True)
        step = [made.const(0.0157), made.const(3, np.uint8)]
        if dtype == np.uint8:
            return made, made.node("DequantizeLinear", "input", *step)
        return made, made.there_and_back("input", 0.0157, 3)

    scales = np.float32([0.0031, 0.0007, 0.0113])
    for dtype in (np.float32, np.uint8):
        made, x = case(f"conv_{np.dtype(dtype).name}", "Conv", [1, 2, 6, 5], dtype)
        y = made.node("Conv", x, made.weights(rng, (3, 2, 3, 3), scales), made.bias(rng, np.float32(0.0157) * scales),
                      pads=[1, 1, 1, 1])
        yield made.integer(y, 0.0301, 117)
    made, x = case("conv_relu", "Conv", [1, 2, 6, 5])
    y = made.node("Relu", made.node("Conv", x, made.weights(rng, (3, 2, 3, 3), np.float32(0.0031))))
    yield made.integer(y, 0.0201, 0)
    made, x = case("conv_clip", "Conv", [1, 4, 6, 5])  # a channel at a time
    y = made.node("Conv", x, made.weights(rng, (4, 1, 3, 3), np.float32([0.003, 0.01, 0.002, 0.004])), group=4)
    yield made.integer(made.node("Clip", y, made.const(0.0), made.const(6.0)), 0.0301, -90, np.int8)
    made, x = case("gemm", "Gemm", [4, 16])
    y = made.node("Gemm", x, made.weights(rng, (3, 16), scales), made.bias(rng, np.float32(0.0157) * scales), transB=1)
    yield made.integer(y, 0.0501, 110)
    made, x = case("mat_mul", "MatMul", [4, 16])
    y = made.node("MatMul", x, made.weights(rng, (16, 3), scales, axis=1))
    yield made.integer(y, 0.0501, 110)
    made, x = case("two_layers", "Conv", [1, 2, 6, 5])  # weights with zero points, and their result in the next
    y = made.node("Conv", x, made.weights(rng, (3, 2, 3, 3), np.float32(0.0031), np.uint8, 131))
    y = made.there_and_back(made.node("Relu", y), 0.0201, 0)
    y = made.node("Conv", y, made.weights(rng, (3, 3, 2, 2), scales), made.bias(rng, np.float32(0.0201) * scales))
    yield made.integer(y, 0.0601, 127)


    made, x = case("pool_between", "MaxPool", [1, 2, 8, 8])  # 256 values on one side of the zero point
    y = made.node("Conv", x, made.weights(rng, (3, 2, 3, 3), np.float32(0.0031), np.uint8, 131))
    y = made.node("MaxPool", made.there_and_back(made.node("Relu", y), 0.0201, -128, np.int8), kernel_shape=[2, 2],
                  strides=[2, 2])
    y = made.node("Conv", made.there_and_back(y, 0.0201, -128, np.int8), made.weights(rng, (3, 3, 2, 2), scales))
    yield made.integer(y, 0.0601, 127)


def dynamic(rng):
    """As onnxruntime's quantize_dynamic writes a layer."""
    case = ModelCase("dynamic_quantised_mat_mul", "DynamicQuantizeLinear", [3, 8], low=-0.5, high=2.0)
    x, scale, zero = case.node("DynamicQuantizeLinear", "input", outputs=3)
    weights = case.const(rng.integers(-127, 128, (8, 5)), np.int8)
    sums_ = case.node("MatMulInteger", x, weights, zero, case.const(0, np.int8))
    factor = case.node("Mul", scale, case.const(0.01))
    yield case.finish(case.node("Mul", case.node("Cast", sums_, to=TensorProto.FLOAT), factor))
    case = ModelCase("dynamic_quantised_and_back", "DynamicQuantizeLinear", [2, 3, 4], low=0.5, high=3.0)
    yield case.finish(case.node("DequantizeLinear", *case.node("DynamicQuantizeLinear", "input", outputs=3)))


def all_cases(rng):
    for group in (sums, rounded, exact_sums, products_of_their_integers, dynamic):
        yield from group(rng)
