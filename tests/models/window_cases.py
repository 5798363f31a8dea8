"""Models for windows with computed weights and for forms of ConvTranspose, pools and pads; Einsum."""

import numpy as np

from model_case import ModelCase, he, small


def computed_weights(rng):
    def conv(name, op, shape, weights, bias=False, **attributes):
        """The weights are the constant ones times a sigmoid of the input's first value."""
        case = ModelCase(f"{name}_computed_weights", op, shape)
        first = case.node("Slice", case.node("Reshape", "input", case.ints(-1)), case.ints(0), case.ints(1))
        factor = case.node("Sigmoid", first)
        given = [case.node("Mul", case.const(weights), factor)]
        if bias:
            given.append(case.node("Mul", case.const(small(rng, bias)), factor))
        return case.finish(case.node(op, "input", *given, **attributes))

    yield conv("conv", "Conv", [1, 2, 5, 5], he(rng, 3, 2, 3, 3), bias=3, pads=[1, 1, 1, 1])
    yield conv("conv_groups", "Conv", [1, 4, 4, 4], he(rng, 6, 2, 2, 2), group=2, strides=[2, 1])
    yield conv("conv_1d", "Conv", [1, 2, 1, 8], he(rng, 3, 2, 1, 3), dilations=[1, 2], pads=[0, 1, 0, 2])
    yield conv("conv_one_entry", "Conv", [1, 2, 1, 5], he(rng, 3, 2, 3, 3), pads=[1, 1, 1, 1])
    yield conv("conv_transpose", "ConvTranspose", [1, 3, 3, 3], he(rng, 3, 2, 3, 3), bias=2, strides=[2, 2],
               pads=[1, 0, 1, 0], output_padding=[1, 0])
    yield conv("conv_transpose_groups", "ConvTranspose", [1, 4, 3, 3], he(rng, 4, 2, 2, 2), group=2, dilations=[1, 2])


def transposed(rng):
    def case_of(name, shape=(1, 3, 3, 4), **attributes):
        case = ModelCase(f"conv_transpose_{name}", "ConvTranspose", shape)
        weights = case.const(he(rng, 3, 2, 3, 3))
        return case.finish(case.node("ConvTranspose", "input", weights, **attributes))

    yield case_of("same_upper", auto_pad="SAME_UPPER", strides=[2, 2])
    yield case_of("same_lower", auto_pad="SAME_LOWER", strides=[2, 2])
    yield case_of("output_shape", output_shape=[6, 8], strides=[2, 2])
    yield case_of("output_shape_larger", output_shape=[8, 10], strides=[2, 2])


def pools(rng):
    for name, attributes in (("", {}), ("_pads", dict(pads=[1, 1, 1, 1])), ("_strides", dict(strides=[2, 1]))):
        for p in (1, 2):
            case = ModelCase(f"lp_pool{p}{name}", "LpPool", [1, 2, 5, 5])
            yield case.finish(case.node("LpPool", "input", kernel_shape=[2, 3], p=p, **attributes))
    case = ModelCase("global_lp_pool", "GlobalLpPool", [1, 3, 4, 4])
    yield case.finish(case.node("GlobalLpPool", "input"))
    case = ModelCase("average_pool_ceil_include_pad", "AveragePool", [1, 2, 5, 6], opset=19)
    yield case.finish(case.node("AveragePool", "input", kernel_shape=[3, 3], strides=[2, 2], pads=[1, 0, 1, 1],
                                ceil_mode=1, count_include_pad=1))


def pads(rng):
    for mode in ("constant", "reflect", "edge", "wrap"):
        for name, values in (("", (0, 0, 1, 2, 0, 0, 1, 0)), ("_negative", (0, 0, -1, 1, 0, 0, 1, -1))):
            if mode == "wrap" and name:
                continue
            case = ModelCase(f"pad_{mode}{name}_forms", "Pad", [1, 2, 4, 4], opset=20 if mode == "wrap" else 13)
            yield case.finish(case.node("Pad", "input", case.ints(*values), mode=mode))
    case = ModelCase("center_crop_pad", "CenterCropPad", [1, 2, 5, 4], opset=18)
    yield case.finish(case.node("CenterCropPad", "input", case.ints(2, 7), axes=[2, 3]), shape=[1, 2, 2, 7])


def einsums(rng):
    for name, equation, shape, other in (("batched", "bij,bjk->bik", [2, 3, 4], [2, 4, 2]),
                                         ("heads", "blhd,bshd->bhls", [1, 3, 2, 4], [1, 5, 2, 4]),
                                         ("outer", "i,j->ij", [4], [3]), ("inner", "i,i", [6], [6]),
                                         ("dots", "...ij,jk->...ik", [2, 3, 4], [4, 2])):
        case = ModelCase(f"einsum_{name}", "Einsum", shape)
        yield case.finish(case.node("Einsum", "input", case.const(rng.uniform(-1, 1, other)), equation=equation))
    for name, equation, shape in (("transpose", "ij->ji", [3, 4]), ("sum", "ijk->j", [2, 3, 4]),
                                  ("diagonal", "bii->bi", [2, 3, 3]), ("trace", "ii", [4, 4])):
        case = ModelCase(f"einsum_{name}", "Einsum", shape)
        yield case.finish(case.node("Einsum", "input", equation=equation))
    case = ModelCase("einsum_computed", "Einsum", [2, 3, 4])
    yield case.finish(case.node("Einsum", "input", case.node("Relu", "input"), equation="bij,bkj->bik"))
    case = ModelCase("einsum_three", "Einsum", [3, 4])
    yield case.finish(case.node("Einsum", "input", case.const(rng.uniform(-1, 1, (4, 2))),
                                case.const(rng.uniform(-1, 1, (2, 5))), equation="ij,jk,kl->il"))


def all_cases(rng):
    for group in (computed_weights, transposed, pools, pads, einsums):
        yield from group(rng)
