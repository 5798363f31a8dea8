"""Models for elementwise functions that a table does, and reductions and normalisations that are made of them."""

import numpy as np

from model_case import ModelCase


def functions(rng):
    def unary(op, low=-4.0, high=4.0, opset=13, name=None, **attributes):
        case = ModelCase(name or f"function_{op.lower()}", op, [1, 24], opset=opset, low=low, high=high)
        return case.finish(case.node(op, "input", **attributes))

    yield unary("Acos", -1.0, 1.0)
    yield unary("Acosh", 1.05, 6.0)
    yield unary("Asin", -1.0, 1.0)
    yield unary("Asinh")
    yield unary("Atan")
    yield unary("Atanh", -0.95, 0.95)
    yield unary("Ceil")
    yield unary("Cos")
    yield unary("Cosh", -2.0, 2.0)
    yield unary("Floor")
    yield unary("Log", 0.05, 8.0)
    yield unary("Mish", opset=18)
    yield unary("Round")
    yield unary("Shrink")
    yield unary("Shrink", name="function_shrink_attributes", lambd=1.25, bias=0.5)
    yield unary("Sign")
    yield unary("Sin")
    yield unary("Sinh", -2.0, 2.0)
    yield unary("Softsign")
    yield unary("Tan", -1.2, 1.2)
    yield unary("ThresholdedRelu")
    yield unary("ThresholdedRelu", name="function_thresholded_relu_alpha", alpha=-1.5)

    for name, exponent, low in (("pow_2.5", 2.5, 0.05), ("pow_-2", -2.0, 0.6), ("pow_0", 0.0, 0.1), ("pow_11", 11.0, -1.2)):
        case = ModelCase(name, "Pow", [1, 24], low=low, high=1.4)
        yield case.finish(case.node("Pow", "input", case.const(exponent)))

    # Steep near 0, of arguments over three orders of magnitude.
    for name, op, exponent in (("reciprocal", "Reciprocal", None), ("log", "Log", None), ("pow_-0.5", "Pow", -0.5)):
        case = ModelCase(f"{name}_over_decades", op, [1, 24], low=0.04, high=1.0)
        x = case.node("Mul", "input", "input")
        yield case.finish(case.node(op, x, *([] if exponent is None else [case.const(exponent)])))
    case = ModelCase("quotient_over_decades", "Div", [1, 24], low=0.04, high=1.0)
    yield case.finish(case.node("Div", case.const(rng.uniform(-1, 1, (1, 24))), case.node("Mul", "input", "input")))

    # A function of what a convolution computes, which is rounded for it.
    case = ModelCase("function_of_conv", "Atan", [1, 2, 5, 5])
    x = case.node("Conv", "input", case.const(rng.uniform(-0.5, 0.5, (3, 2, 3, 3))), kernel_shape=[3, 3])
    yield case.finish(case.node("Atan", x))


def reductions(rng):
    def reduce(op, axes, keepdims, opset=13, low=-1.0):
        case = ModelCase(f"{op.lower()}_{'_'.join(map(str, axes))}_opset{opset}", op, [1, 3, 4, 5], opset=opset, low=low)
        if opset >= 18:
            return case.finish(case.node(op, "input", case.ints(*axes), keepdims=keepdims))
        return case.finish(case.node(op, "input", axes=axes, keepdims=keepdims))

    for op in ("ReduceMin", "ReduceL1", "ReduceL2", "ReduceSumSquare", "ReduceLogSumExp"):
        yield reduce(op, [2, 3], 0)
        yield reduce(op, [1], 1, opset=18)
    yield reduce("ReduceLogSum", [2, 3], 0, low=0.1)
    yield reduce("ReduceMax", [1], 1, opset=18)

    for name, shape, opset, axis in (("log_softmax", [1, 10], 13, -1), ("log_softmax_rows", [1, 4, 6], 13, 1),
                                     ("log_softmax_opset11", [1, 4, 3], 11, 1)):
        case = ModelCase(name, "LogSoftmax", shape, opset=opset, low=-4.0, high=4.0)
        yield case.finish(case.node("LogSoftmax", "input", axis=axis))


def all_cases(rng):
    for group in (functions, reductions):
        yield from group(rng)
