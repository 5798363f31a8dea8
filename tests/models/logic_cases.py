"""Comparisons, logic, choices, quotients and integer arithmetic of computed values.

Models whose answer jumps are compared where it does not: samples are whole numbers, or far from a tie.
"""

import numpy as np
from onnx import TensorProto

from model_case import ModelCase, he, small


def as_float(case, x):
    return case.node("Cast", x, to=TensorProto.FLOAT)


def split(case, x="input"):
    """The halves of the last axis of [1, 8] or [3, 8]."""
    return case.node("Split", x, case.ints(4, 4), outputs=2, axis=-1)


def comparisons(rng):
    for op in ("Equal", "Greater", "GreaterOrEqual", "Less", "LessOrEqual"):
        case = ModelCase(f"{op.lower()}_of_integers", op, [3, 8], opset=16, low=-3, high=3, dtype=np.int32)
        yield case.finish(as_float(case, case.node(op, *split(case))))
    case = ModelCase("less_than_row", "Less", [3, 4], low=-2, high=2, distinct=True)
    yield case.finish(as_float(case, case.node("Less", "input", case.const([0.05, -0.4, 1.03, 0.6]))))
    case = ModelCase("greater_of_product", "Greater", [1, 6], distinct=True)
    x = case.node("MatMul", "input", case.const([[1, 0], [0, 1], [1, 0], [0, -1], [0, 0], [0, 0]]))
    yield case.finish(as_float(case, case.node("Greater", x, case.const(0.1))), shape=[1, 2])


def logic(rng):
    for op in ("And", "Or", "Xor"):
        case = ModelCase(f"{op.lower()}_of_flags", op, [3, 8], low=0, high=1, dtype=bool)
        yield case.finish(as_float(case, case.node("Not", case.node(op, *split(case)))))
    case = ModelCase("and_of_constants", "And", [3, 4], low=0, high=1, dtype=bool)
    yield case.finish(as_float(case, case.node("And", "input", case.const([True, False, True, True], bool))))

    case = ModelCase("where_of_values", "Where", [3, 8], low=-2, high=2, distinct=True)
    a, b = split(case)
    chosen = case.node("Greater", a, case.const(0.1))
    yield case.finish(case.node("Where", chosen, case.node("Mul", b, case.const(3.0)), a))
    case = ModelCase("where_of_constants", "Where", [3, 4], distinct=True)
    chosen = case.node("Less", "input", case.const(0.15))
    x = case.node("Where", chosen, case.const(2.0), "input")
    yield case.finish(case.node("Where", chosen, x, case.const(small(rng, 4))))
    case = ModelCase("where_masks_softmax", "Where", [1, 2, 6], distinct=True)
    chosen = case.node("Greater", "input", case.const(-0.2))
    x = case.node("Where", chosen, "input", case.const(-1e9))
    yield case.finish(case.node("Softmax", x, axis=-1))
    case = ModelCase("clip_by_computed", "Clip", [1, 6], opset=13, distinct=True)
    low = case.node("ReduceMean", "input", axes=[1], keepdims=0)
    yield case.finish(case.node("Clip", "input", case.node("Squeeze", low, case.ints(0)), case.const(0.5)))
    case = ModelCase("prelu_computed", "PRelu", [1, 8])
    yield case.finish(case.node("PRelu", *split(case)))


def quotients(rng):
    case = ModelCase("quotient_of_values", "Div", [3, 8], low=0.5, high=2)
    yield case.finish(case.node("Div", *split(case)))
    case = ModelCase("quotient_with_signs", "Div", [3, 8], low=-2, high=2)
    a, b = split(case)
    b = case.node("Mul", case.node("Sign", b), case.node("Add", case.node("Abs", b), case.const(0.5)))
    yield case.finish(case.node("Div", a, b))
    case = ModelCase("quotient_by_norm", "Div", [2, 6])
    norm = case.node("ReduceL2", "input", axes=[1], keepdims=1)
    yield case.finish(case.node("MatMul", case.node("Div", "input", norm), case.const(he(rng, 6, 3))))
    case = ModelCase("constant_over_value", "Div", [1, 6], low=0.5, high=3)
    yield case.finish(case.node("Div", case.const([1, 2, 3, 4, 5, 6]), "input"))
    case = ModelCase("power_of_values", "Pow", [3, 8], low=0.5, high=2)
    yield case.finish(case.node("Pow", *split(case)))
    case = ModelCase("fmod_of_values", "Mod", [1, 4], low=-3.9, high=3.9, distinct=True)
    yield case.finish(case.node("Mod", "input", case.const([2.7, -2.7, 2.7, 5.0]), fmod=1))


def rounding(rng):
    for op in ("Floor", "Ceil", "Round"):
        case = ModelCase(f"{op.lower()}_of_halves", op, [1, 8], low=-10, high=10, dtype=np.int32)
        yield case.finish(case.node(op, case.node("Mul", as_float(case, "input"), case.const(0.5))))
    for low in (-7.3, 0.2):
        case = ModelCase(f"cast_truncates_{'signed' if low < 0 else 'positive'}", "Cast", [1, 16], low=low, high=7.6,
                         distinct=True)
        yield case.finish(as_float(case, case.node("Cast", "input", to=TensorProto.INT32)))


def integers(rng):
    for op, values in (("Div", {}), ("Mod", {}), ("Mod", {"fmod": 1})):
        case = ModelCase(f"{op.lower()}_of_integers{'_fmod' if values else ''}", op, [3, 4], low=-20, high=20,
                         dtype=np.int64)
        yield case.finish(as_float(case, case.node(op, "input", case.ints(3, -3, 7, -1), **values)))
    case = ModelCase("div_of_bytes", "Div", [3, 4], opset=14, low=0, high=255, dtype=np.uint8)
    yield case.finish(as_float(case, case.node("Div", "input", case.const([3, 1, 16, 255], np.uint8))))
    for op in ("Add", "Sub", "Mul"):
        case = ModelCase(f"{op.lower()}_wraps_around", op, [3, 8], opset=14, low=-128, high=127, dtype=np.int8)
        yield case.finish(as_float(case, case.node(op, *split(case))))
    case = ModelCase("cast_wraps_around", "Cast", [3, 4], low=-700, high=700, dtype=np.int32)
    yield case.finish(as_float(case, case.node("Cast", "input", to=TensorProto.INT8)))
    for op in ("BitwiseAnd", "BitwiseOr", "BitwiseXor"):
        case = ModelCase(f"{op.lower()}_of_integers", op, [3, 8], opset=18, low=-30, high=30, dtype=np.int16)
        yield case.finish(as_float(case, case.node(op, *split(case))))
    case = ModelCase("bitwise_not_of_bytes", "BitwiseNot", [3, 4], opset=18, low=0, high=255, dtype=np.uint8)
    yield case.finish(as_float(case, case.node("BitwiseNot", "input")))
    for direction in ("LEFT", "RIGHT"):
        case = ModelCase(f"bit_shift_{direction.lower()}", "BitShift", [3, 4], low=0, high=255, dtype=np.uint8)
        by = case.const([0, 1, 3, 7], np.uint8)
        yield case.finish(as_float(case, case.node("BitShift", "input", by, direction=direction)))
    for op in ("Max", "Min"):
        case = ModelCase(f"{op.lower()}_of_integers", op, [3, 8], low=-90, high=90, dtype=np.int32)
        yield case.finish(as_float(case, case.node(op, *split(case))))
    case = ModelCase("power_of_integers", "Pow", [3, 4], opset=15, low=-3, high=3, dtype=np.int64)
    yield case.finish(as_float(case, case.node("Pow", "input", case.ints(0, 1, 2, 5))))


def cumulative(rng):
    for exclusive, reverse in ((0, 0), (1, 0), (0, 1)):
        case = ModelCase(f"cumsum_{exclusive}{reverse}", "CumSum", [2, 5], opset=14)
        yield case.finish(case.node("CumSum", "input", case.const(1, np.int64), exclusive=exclusive, reverse=reverse))
    case = ModelCase("cumsum_of_integers", "CumSum", [3, 4], opset=14, low=-9, high=9, dtype=np.int32)
    yield case.finish(as_float(case, case.node("CumSum", "input", case.const(0, np.int64))))
    case = ModelCase("reduce_prod", "ReduceProd", [2, 3, 3], low=0.5, high=1.5)
    yield case.finish(case.node("ReduceProd", "input", axes=[1], keepdims=0))
    for upper in (0, 1):
        case = ModelCase(f"trilu_{upper}", "Trilu", [1, 4, 5], opset=14)
        yield case.finish(case.node("Trilu", "input", case.const(1 - upper, np.int64), upper=upper))
    case = ModelCase("hardmax", "Hardmax", [2, 3, 4], distinct=True)
    yield case.finish(case.node("Hardmax", "input", axis=1))


def fourier(rng):
    case = ModelCase("dft", "DFT", [1, 6, 2], opset=20)
    yield case.finish(case.node("DFT", "input", "", case.const(1, np.int64)))
    case = ModelCase("dft_one_sided", "DFT", [2, 5, 1], opset=20)
    yield case.finish(case.node("DFT", "input", "", case.const(1, np.int64), onesided=1))
    case = ModelCase("dft_inverse_padded", "DFT", [1, 2, 4, 2], opset=17)
    yield case.finish(case.node("DFT", "input", case.const(6, np.int64), axis=2, inverse=1))
    case = ModelCase("stft", "STFT", [1, 12, 1], opset=17)
    yield case.finish(case.node("STFT", "input", case.const(4, np.int64), case.const([0.2, 0.9, 0.9, 0.2])))
    case = ModelCase("log_of_sum_of_exponentials", "Log", [2, 5], opset=13, low=-9, high=9)
    x = case.node("ReduceSum", case.node("Exp", "input"), case.ints(1), keepdims=0)
    yield case.finish(case.node("Log", x))


def all_cases(rng):
    for group in (comparisons, logic, quotients, rounding, integers, cumulative, fourier):
        yield from group(rng)
