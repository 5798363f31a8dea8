"""Models for operators that the importer writes in others."""

import numpy as np
from onnx import TensorProto

from model_case import ModelCase


def several_values(rng):
    for op in ("Max", "Min", "Mean", "Sum"):
        case = ModelCase(f"{op.lower()}_of_values", op, [1, 2, 3, 3])
        yield case.finish(case.node(op, "input", case.node("GlobalAveragePool", "input"), case.node("Neg", "input")))

        case = ModelCase(f"{op.lower()}_with_constant_tensor", op, [1, 6])
        yield case.finish(case.node(op, case.const(rng.uniform(-1, 1, 6)), "input"))

    case = ModelCase("mean_of_one", "Mean", [1, 6])
    yield case.finish(case.node("Mean", "input"))


def functions(rng):
    def unary(name, op, opset=13, low=-4.0, high=4.0, **attributes):
        case = ModelCase(name, op, [1, 24], opset=opset, low=low, high=high)
        return case.finish(case.node(op, "input", **attributes))

    yield unary("celu", "Celu")
    yield unary("swish_opset24", "Swish", opset=24, alpha=1.5)
    yield unary("celu_alpha", "Celu", alpha=2.5)
    for exponent in (3.0, 4.0, 5.0, 8.0, 1.0):
        case = ModelCase(f"pow_{exponent:.0f}", "Pow", [1, 24], low=-1.5, high=1.5)
        yield case.finish(case.node("Pow", "input", case.const(exponent)))
    case = ModelCase("pow_int64", "Pow", [1, 24], low=-1.5, high=1.5)
    yield case.finish(case.node("Pow", "input", case.const(3, np.int64)))


def choices(rng):
    for name, attributes in (("argmin", dict(axis=1, keepdims=0)), ("argmin_keepdims", dict(axis=-1))):
        case = ModelCase(name, "ArgMin", [1, 10], distinct=True)
        yield case.finish(case.node("ArgMin", "input", **attributes), TensorProto.INT64)

    case = ModelCase("one_hot_int64", "OneHot", [2, 3], low=0, high=4, dtype=np.int64)
    yield case.finish(case.node("OneHot", "input", case.const(5, np.int64), case.const([0.25, 2.0]), axis=1))
    case = ModelCase("one_hot_last", "OneHot", [1, 4], low=0, high=1, dtype=np.int64)
    yield case.finish(case.node("OneHot", "input", case.const(2, np.int64), case.const([0.0, 1.0])))


def planes(rng):
    for mode in ("DCR", "CRD"):
        case = ModelCase(f"depth_to_space_{mode.lower()}", "DepthToSpace", [1, 8, 2, 3])
        yield case.finish(case.node("DepthToSpace", "input", blocksize=2, mode=mode))
    case = ModelCase("space_to_depth", "SpaceToDepth", [1, 2, 4, 6])
    yield case.finish(case.node("SpaceToDepth", "input", blocksize=2))

    for name, repeats in (("tile", (1, 2, 3)), ("tile_rows", (3, 1, 1))):
        case = ModelCase(name, "Tile", [1, 2, 3])
        yield case.finish(case.node("Tile", "input", case.ints(*repeats)))
    case = ModelCase("expand_value", "Expand", [1, 2, 1, 3])
    yield case.finish(case.node("Expand", "input", case.ints(2, 2, 4, 1)))

    case = ModelCase("upsample_opset9", "Upsample", [1, 2, 3, 3], opset=9)
    yield case.finish(case.node("Upsample", "input", case.const([1, 1, 2, 3]), mode="nearest"))

    case = ModelCase("upsample_linear", "Upsample", [1, 2, 3, 3], opset=9)
    yield case.finish(case.node("Upsample", "input", case.const([1, 1, 2, 3]), mode="linear"))

    def resize(name, shape, scales=None, sizes=None, opset=13, **attributes):
        case = ModelCase(f"resize_{name}", "Resize", shape, opset=opset)
        if opset == 10:
            return case.finish(case.node("Resize", "input", case.const(scales), **attributes))
        given = ["input", "", case.const(scales) if scales else "", case.ints(*sizes) if sizes else ""]
        return case.finish(case.node("Resize", *given[:4 if sizes else 3], **attributes))

    yield resize("opset10", [1, 2, 3, 3], [1, 1, 2, 2], opset=10)
    yield resize("doubles", [1, 2, 3, 4], [1, 1, 2, 2], coordinate_transformation_mode="asymmetric",
                 nearest_mode="floor")
    yield resize("default", [1, 2, 3, 4], [1, 1, 2, 2])
    yield resize("halves", [1, 2, 6, 4], [1, 1, 0.5, 0.5], coordinate_transformation_mode="asymmetric")
    for mode in ("half_pixel", "pytorch_half_pixel", "align_corners", "asymmetric"):
        for rounding in ("round_prefer_floor", "round_prefer_ceil", "floor", "ceil"):
            yield resize(f"{mode}_{rounding}", [1, 1, 5, 4], sizes=(1, 1, 7, 9), coordinate_transformation_mode=mode,
                         nearest_mode=rounding)
    for coordinates in ("half_pixel", "pytorch_half_pixel", "align_corners", "asymmetric"):
        for mode in ("linear", "cubic"):
            yield resize(f"{mode}_{coordinates}", [1, 2, 5, 4], sizes=(1, 2, 7, 3), mode=mode,
                         coordinate_transformation_mode=coordinates)
    yield resize("linear_doubles", [1, 3, 4, 4], [1, 1, 2, 2], mode="linear")
    yield resize("cubic_excluded", [1, 1, 5, 4], [1, 1, 2, 2], mode="cubic", exclude_outside=1, cubic_coeff_a=-0.5)
    yield resize("axes", [1, 2, 3, 4], [2.0], opset=18, axes=[3], coordinate_transformation_mode="asymmetric",
                 nearest_mode="floor")


def all_cases(rng):
    for group in (several_values, functions, choices, planes):
        yield from group(rng)
