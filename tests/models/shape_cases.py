"""Models for operators that only move values: reshaping, slicing, joining, padding, and constants."""

import numpy as np
from onnx import helper, numpy_helper

from model_case import ModelCase, he, small


def reshaping(rng):
    def with_ints(name, op, shape, values, opset=13, **attributes):
        """An operator whose second input is a constant list of integers."""
        case = ModelCase(name, op, shape, opset=opset)
        return case.finish(case.node(op, "input", case.ints(*values), **attributes))

    def plain(name, op, shape, opset=13, **attributes):
        case = ModelCase(name, op, shape, opset=opset)
        return case.finish(case.node(op, "input", **attributes))

    yield plain("flatten", "Flatten", [1, 2, 3, 4])
    yield plain("flatten_axis2", "Flatten", [1, 2, 3, 4], axis=2)
    yield plain("flatten_axis_negative", "Flatten", [1, 2, 3, 4], axis=-1)
    yield with_ints("reshape", "Reshape", [1, 2, 6], [1, 3, 4])
    yield with_ints("reshape_minus_one", "Reshape", [1, 2, 6], [1, -1])
    yield with_ints("reshape_zero", "Reshape", [1, 2, 6], [0, 0, 3, 2])
    yield plain("transpose", "Transpose", [1, 2, 3, 4], perm=[0, 2, 3, 1])
    yield plain("transpose_default", "Transpose", [2, 3])
    yield plain("squeeze_opset11", "Squeeze", [1, 3, 1, 4], opset=11, axes=[2])
    yield with_ints("squeeze", "Squeeze", [1, 3, 1, 4], [2])
    yield plain("squeeze_all", "Squeeze", [1, 3, 1, 4])
    yield plain("unsqueeze_opset11", "Unsqueeze", [1, 6], opset=11, axes=[1])
    yield with_ints("unsqueeze", "Unsqueeze", [1, 6], [1, 3])
    yield with_ints("unsqueeze_negative", "Unsqueeze", [1, 6], [-1])

    yield plain("identity", "Identity", [1, 6])
    yield plain("dropout", "Dropout", [1, 6])
    yield plain("dropout_opset11", "Dropout", [1, 6], opset=11, ratio=0.5)
    case = ModelCase("dropout_ratio", "Dropout", [1, 6])
    yield case.finish(case.node("Dropout", "input", case.const(0.3)))


def slicing(rng):
    def slice_(name, shape, starts, ends, axes, steps=None, extra=False):
        case = ModelCase(name, "Slice", shape, extra=extra)
        lists = [starts, ends, axes] + ([steps] if steps else [])
        return case.finish(case.node("Slice", "input", *(case.ints(*values) for values in lists)))

    case = ModelCase("slice_opset9", "Slice", [1, 4, 5], opset=9)
    yield case.finish(case.node("Slice", "input", starts=[1, 0], ends=[3, 4], axes=[1, 2]))
    yield slice_("slice", [1, 4, 5], [1, 0], [3, 4], [1, 2])
    yield slice_("slice_negative", [1, 4, 5], [-3], [-1], [-1])
    yield slice_("slice_to_end", [1, 4, 5], [2], [2**63 - 1], [2])
    yield slice_("slice_steps", [1, 4, 7], [0, 1], [4, 7], [1, 2], [2, 3])
    yield slice_("slice_reverse", [1, 5], [-1], [-(2**63)], [1], [-1], extra=True)

    def split(name, shape, axis, outputs, opset, sizes=None, **attributes):
        """Splits, then joins the parts in reverse order, so that there is one output."""
        case = ModelCase(name, "Split", shape, opset=opset)
        inputs = ["input"]
        if sizes and opset >= 13:
            inputs.append(case.ints(*sizes))
        elif sizes:
            attributes["split"] = sizes
        parts = case.node("Split", *inputs, outputs=outputs, axis=axis, **attributes)
        return case.finish(case.node("Concat", *reversed(parts), axis=axis))

    yield split("split_opset11", [1, 6, 2], 1, 3, 11)
    yield split("split_sizes_opset11", [1, 6, 2], 1, 2, 11, sizes=[2, 4])
    yield split("split", [1, 6, 2], 1, 2, 13)
    yield split("split_sizes", [1, 6, 2], 1, 3, 13, sizes=[1, 3, 2])
    yield split("split_num_outputs", [1, 5, 2], 1, 2, 18, num_outputs=2)

    case = ModelCase("gather", "Gather", [1, 5, 2])
    yield case.finish(case.node("Gather", "input", case.ints(3, 0, 0), axis=1))
    case = ModelCase("gather_scalar", "Gather", [1, 5, 2])
    yield case.finish(case.node("Gather", "input", case.const(2, np.int64), axis=1))
    case = ModelCase("gather_negative", "Gather", [1, 5])
    yield case.finish(case.node("Gather", "input", case.ints(-1, 1), axis=-1))
    case = ModelCase("gather_matrix", "Gather", [1, 5])
    yield case.finish(case.node("Gather", "input", case.const([[0, 1], [4, 2]], np.int64), axis=1))


def joining(rng):
    case = ModelCase("concat", "Concat", [1, 2, 3, 3])
    yield case.finish(case.node("Concat", "input", case.node("Relu", "input"), axis=1))
    case = ModelCase("concat_last", "Concat", [1, 2, 3])
    yield case.finish(case.node("Concat", "input", case.node("Relu", "input"), "input", axis=-1))
    case = ModelCase("concat_const", "Concat", [1, 4])
    yield case.finish(case.node("Concat", "input", case.const([[0.5, -0.25]]), axis=1))

    case = ModelCase("pad_opset9", "Pad", [1, 2, 3, 3], opset=9)
    yield case.finish(case.node("Pad", "input", mode="constant", pads=[0, 0, 1, 1, 0, 0, 1, 1], value=0.0))
    case = ModelCase("pad", "Pad", [1, 2, 3, 3])
    yield case.finish(case.node("Pad", "input", case.ints(0, 0, 1, 0, 0, 0, 2, 1)))
    case = ModelCase("pad_value", "Pad", [1, 2, 3])
    yield case.finish(case.node("Pad", "input", case.ints(0, 1, 0, 0, 0, 2), case.const(0.5)))
    case = ModelCase("pad_then_conv", "Pad", [1, 2, 4, 4])
    padded = case.node("Pad", "input", case.ints(0, 0, 1, 1, 0, 0, 1, 1))
    yield case.finish(case.node("Conv", padded, case.const(he(rng, 3, 2, 3, 3)), kernel_shape=[3, 3]))
    for mode in ("reflect", "edge"):
        case = ModelCase(f"pad_{mode}", "Pad", [1, 2, 4, 4], extra=True)
        yield case.finish(case.node("Pad", "input", case.ints(0, 0, 1, 1, 0, 0, 1, 1), mode=mode))


def constants(rng):
    def constant(case, array, dtype):
        name = f"constant_{len(case.nodes)}"
        return case.node("Constant", value=numpy_helper.from_array(np.asarray(array, dtype), name))

    case = ModelCase("constant_weights", "Constant", [1, 6])
    weights, bias = constant(case, he(rng, 4, 6), np.float32), constant(case, small(rng, 4), np.float32)
    yield case.finish(case.node("Gemm", "input", weights, bias, transB=1))

    case = ModelCase("constant_shape", "Constant", [1, 2, 3])
    yield case.finish(case.node("Reshape", "input", constant(case, [1, 6], np.int64)))

    case = ModelCase("constant_float", "Constant", [1, 6])
    yield case.finish(case.node("Mul", "input", case.node("Constant", value_float=0.75)))

    # Weights as little-endian float_data instead of raw bytes: both encodings occur in files.
    case = ModelCase("constant_float_data", "Constant", [1, 6])
    values = he(rng, 4, 6)
    case.initializers.append(helper.make_tensor("listed", 1, values.shape, values.reshape(-1).tolist()))
    yield case.finish(case.node("Gemm", "input", "listed", transB=1))

    # The batch size read from the input, as older PyTorch exports `x.view(x.size(0), -1)`.
    case = ModelCase("reshape_from_shape", "Reshape", [1, 2, 3], extra=True)
    batch = case.node("Gather", case.node("Shape", "input"), case.const(0, np.int64), axis=0)
    batch = case.node("Unsqueeze", batch, case.ints(0))
    yield case.finish(case.node("Reshape", "input", case.node("Concat", batch, case.ints(-1), axis=0)), shape=[1, 6])


def all_cases(rng):
    for group in (reshaping, slicing, joining, constants):
        yield from group(rng)
