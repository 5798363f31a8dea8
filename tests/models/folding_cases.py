"""Models whose constants have to be worked out before anything else, in the types that they have."""

import numpy as np
import onnx
from onnx import TensorProto, helper

from model_case import IR_VERSIONS, ModelCase, he


def in_types(rng):
    def folded(name, op, a, b, dtype, opset=14, **attributes):
        """input + float(op(a, b)), scaled so that the constant matters as much as the input."""
        case = ModelCase(f"fold_{name}", op, [1, len(a)], opset=opset)
        value = case.node(op, case.const(a, dtype), case.const(b, dtype), **attributes)
        value = case.node("Cast", value, to=TensorProto.FLOAT)
        return case.finish(case.node("Add", "input", case.node("Mul", value, case.const(1 / 64))))

    yield folded("add_uint8_wraps", "Add", [200, 255, 0, 100], [100, 255, 0, 100], np.uint8)
    yield folded("sub_uint8_wraps", "Sub", [3, 0, 9, 1], [5, 1, 9, 0], np.uint8)
    yield folded("mul_int8_wraps", "Mul", [100, -100, 16, 7], [2, 3, 16, -7], np.int8)
    yield folded("div_int32_truncates", "Div", [-7, 7, -9, 100], [2, -2, 4, 7], np.int32, opset=13)
    yield folded("mod_int32", "Mod", [-7, 7, -9, 100], [2, -2, 4, 7], np.int32, opset=13)
    yield folded("fmod_int32", "Mod", [-7, 7, -9, 100], [2, -2, 4, 7], np.int32, opset=13, fmod=1)
    yield folded("bit_shift_uint8", "BitShift", [200, 1, 3, 255], [1, 7, 0, 9], np.uint8, opset=13, direction="LEFT")
    yield folded("sub_int64_beyond_floats", "Sub", [2**40 + 3, -(2**53) - 1, 2**62 + 5, 0], [2**40, -(2**53), 2**62, 1],
                 np.int64, opset=13)
    yield folded("div_int64_beyond_floats", "Div", [2**55 + 9, 3, -(2**45) - 1, 8], [2**50, 2, 2**40, 8], np.int64, opset=13)
    yield folded("max_int32", "Max", [-7, 7, -9, 10], [2, -2, 4, 7], np.int32, opset=13)
    yield folded("pow_int64", "Pow", [2, -3, 5, 7], [3, 3, 0, 1], np.int64, opset=13)
    yield folded("add_float16", "Add", [100, 0.5, 1, 30], [0.0625, 0.25, 2, 0.5], np.float16, opset=13)
    yield folded("sub_double", "Sub", [1e9 + 1, 3, 1e15 + 2, 0.5], [1e9, 2, 1e15, 1], np.float64, opset=13)

    case = ModelCase("fold_cast_wraps", "Cast", [1, 4])
    value = case.node("Cast", case.const([300, -1, 128, 5], np.int64), to=TensorProto.INT8)
    value = case.node("Cast", value, to=TensorProto.FLOAT)
    yield case.finish(case.node("Add", "input", case.node("Mul", value, case.const(1 / 64))))

    case = ModelCase("fold_logic", "Where", [1, 4])
    a, b = case.const([1, 5, 3, 4], np.int64), case.const([2, 5, 1, 4], np.int64)
    either = case.node("Or", case.node("Less", a, b), case.node("Not", case.node("Equal", a, b)))
    value = case.node("Where", either, case.const([0.5, 0.25, -0.5, 0.75]), case.const(2.0))
    yield case.finish(case.node("Add", "input", value))


def shapes(rng):
    # A view as PyTorch exports it with dynamic shapes, and a batch size that is read back.
    case = ModelCase("fold_shape_arithmetic", "Reshape", [1, 4, 6])
    size = case.node("Shape", "input")
    rows = case.node("Gather", size, case.const(1, np.int64), axis=0)
    columns = case.node("Gather", size, case.const(2, np.int64), axis=0)
    both = case.node("Div", case.node("Mul", rows, columns), case.const(2, np.int64))
    one = case.node("ReduceProd", case.node("Slice", size, case.ints(0), case.ints(1)), keepdims=1, axes=[0])
    target = case.node("Concat", one, case.node("Unsqueeze", both, case.ints(0)), case.ints(-1), axis=0)
    yield case.finish(case.node("Reshape", "input", target), shape=[1, 12, 2])

    case = ModelCase("fold_range", "Range", [1, 6])
    steps = case.node("Range", case.const(0, np.int64), case.node("Size", "input"), case.const(1, np.int64))
    angles = case.node("Mul", case.node("Cast", steps, to=TensorProto.FLOAT), case.const(0.5))
    yield case.finish(case.node("Add", "input", case.node("Sin", angles)))

    case = ModelCase("fold_causal_mask", "Trilu", [1, 4, 4], opset=14)
    ones = case.node("ConstantOfShape", case.node("Shape", "input"),
                     value=helper.make_tensor("one", TensorProto.FLOAT, [1], [1.0]))
    yield case.finish(case.node("Mul", "input", case.node("Trilu", ones, upper=0)))

    case = ModelCase("fold_non_zero", "NonZero", [1, 5])
    places = case.node("NonZero", case.const([0, 3, 0, 1, 2], np.int64))
    yield case.finish(case.node("Gather", "input", case.node("Squeeze", places, case.ints(0)), axis=1), shape=[1, 3])

    case = ModelCase("fold_tile_expand", "Tile", [1, 2, 3])
    tiled = case.node("Tile", case.const([[0.5], [-0.25]]), case.ints(1, 3))
    wide = case.node("Expand", case.const([[0.1]]), case.ints(2, 3))
    yield case.finish(case.node("Add", case.node("Add", "input", tiled), wide))

    case = ModelCase("fold_one_hot", "OneHot", [1, 4])
    rows = case.node("OneHot", case.const([2, 0, -1], np.int64), case.const(4, np.int64), case.const([0.0, 1.0]))
    yield case.finish(case.node("Gemm", "input", rows, transB=1))

    case = ModelCase("fold_sums", "CumSum", [1, 4], opset=14)
    total = case.node("CumSum", case.const([[0.1, 0.2, -0.3, 0.4]]), case.const(1, np.int64))
    largest = case.node("ReduceMax", case.const([[1.0, 3.0, 2.0, -1.0]]), axes=[1])
    yield case.finish(case.node("Mul", case.node("Add", "input", total), largest))

    case = ModelCase("fold_gather_scatter", "ScatterND", [1, 4], opset=13)
    value = case.node("ScatterND", case.const([0.1, 0.2, 0.3, 0.4]), case.const([[1], [3]], np.int64),
                      case.const([0.9, -0.9]))
    value = case.node("GatherElements", value, case.const([3, 3, 0, -3], np.int64), axis=0)
    yield case.finish(case.node("Add", "input", case.node("GatherND", value, case.const([[1], [0], [2], [3]], np.int64))))


def empties(rng):
    case = ModelCase("empty_slice", "Slice", [1, 4, 2])
    none = case.node("Slice", "input", case.ints(2), case.ints(2), case.ints(1))
    yield case.finish(case.node("Concat", "input", none, case.node("Relu", "input"), axis=1))

    case = ModelCase("empty_pads", "Pad", [1, 2, 3])
    none = case.node("ConstantOfShape", case.ints(0), value=helper.make_tensor("zero", TensorProto.INT64, [1], [0]))
    yield case.finish(case.node("Pad", "input", case.node("Concat", none, case.ints(0, 0, 1, 0, 0, 0), axis=0)))

    case = ModelCase("empty_sum", "ReduceSum", [1, 3])
    none = case.node("ReduceSum", case.const(np.zeros((0, 3))), case.ints(0), keepdims=1)
    yield case.finish(case.node("Add", "input", none))


def unused(rng):
    case = ModelCase("unused_branch", "Relu", [1, 6])
    case.node("NonZero", "input")
    yield case.finish(case.node("Relu", "input"))

    case = ModelCase("factor_of_0", "Mul", [1, 6])
    yield case.finish(case.node("Add", case.node("Mul", "input", case.const(0.0)), "input"))

    case = ModelCase("constant_output", "Mul", [1, 6])
    yield case.finish(case.node("Add", case.node("Mul", "input", case.const(0.0)), case.const([1, -2, 3, 0, 0.5, 4])))

    case = ModelCase("constant_output_of_zeros", "Mul", [1, 6])
    yield case.finish(case.node("Mul", "input", case.const(0.0)))

    case = ModelCase("factor_of_0_first", "Mul", [1, 2, 3])
    nothing = case.node("Mul", case.const(0.0), case.node("Relu", "input"))
    yield case.finish(case.node("Sub", case.node("Tanh", "input"), nothing))


def branch(name, nodes, output):
    return helper.make_graph(nodes, name, [], [helper.make_tensor_value_info(output, TensorProto.FLOAT, None)])


def bodies(rng):
    case = ModelCase("if_constant", "If", [1, 6])
    long = case.node("Greater", case.node("Size", "input"), case.const(4, np.int64))
    yes = branch("then", [helper.make_node("Relu", ["input"], ["a"]), helper.make_node("Neg", ["a"], ["b"])], "b")
    no = branch("else", [helper.make_node("NonZero", ["input"], ["d"]),
                         helper.make_node("Cast", ["d"], ["e"], to=TensorProto.FLOAT)], "e")
    yield case.finish(case.node("If", long, then_branch=yes, else_branch=no), shape=[1, 6])

    # On an input, a condition is a choice between what both branches compute; the middle of three is nested.
    case = ModelCase("if_computed", "If", [1, 6])
    half = helper.make_tensor("half", TensorProto.FLOAT, [1, 6], [0.5, -0.5, 1, 0.25, 2, -1])
    small = branch("small", [helper.make_node("Constant", [], ["g"], value=half)], "g")
    large = branch("large", [helper.make_node("Add", ["input", "level"], ["h"])], "h")
    yes = branch("then", [helper.make_node("Relu", ["input"], ["a"]), helper.make_node("Neg", ["a"], ["b"])], "b")
    no = branch("else", [helper.make_node("Less", ["level", "zero"], ["c"]),
                         helper.make_node("If", ["c"], ["e"], then_branch=small, else_branch=large)], "e")
    level = case.node("ReduceSum", "input", case.ints(1), keepdims=1)
    case.nodes[-1].output[0] = "level"
    case.node("Constant", value=helper.make_tensor("zero", TensorProto.FLOAT, [], [0.0]))
    case.nodes[-1].output[0] = "zero"
    high = case.node("Greater", "level", case.const(0.7))
    yield case.finish(case.node("If", high, then_branch=yes, else_branch=no), shape=[1, 6])

    case = ModelCase("loop_constant", "Loop", [1, 6])
    info = helper.make_tensor_value_info
    body = helper.make_graph(
        [helper.make_node("Identity", ["cond_in"], ["cond_out"]),
         helper.make_node("Cast", ["turn"], ["number"], to=TensorProto.FLOAT),
         helper.make_node("Mul", ["x_in", "half"], ["scaled"]),
         helper.make_node("Add", ["scaled", "number"], ["x_out"]),
         helper.make_node("Relu", ["x_out"], ["seen"])],
        "body", [info("turn", TensorProto.INT64, []), info("cond_in", TensorProto.BOOL, []),
                 info("x_in", TensorProto.FLOAT, [1, 6])],
        [info("cond_out", TensorProto.BOOL, []), info("x_out", TensorProto.FLOAT, [1, 6]),
         info("seen", TensorProto.FLOAT, [1, 6])],
        [helper.make_tensor("half", TensorProto.FLOAT, [], [0.5])])
    last, every = case.node("Loop", case.const(3, np.int64), case.const(True, bool), "input", outputs=2, body=body)
    yield case.finish(case.node("Add", every, last), shape=[3, 1, 6])

    case = ModelCase("local_function", "function", [1, 6], opset=17)
    scaled = helper.make_function(
        "tests", "ScaledRelu", ["x", "unused"], ["y"],
        [helper.make_node("Constant", [], ["factor"]), helper.make_node("LeakyRelu", ["x"], ["n0_0"]),
         helper.make_node("Mul", ["n0_0", "factor"], ["y"])],
        [helper.make_opsetid("", 17)], ["factor", "slope"])
    for node, attribute, reference in ((0, "value_float", "factor"), (1, "alpha", "slope")):
        given = scaled.node[node].attribute.add()
        given.name, given.ref_attr_name, given.type = attribute, reference, onnx.AttributeProto.FLOAT
    first = case.node("ScaledRelu", "input", domain="tests", factor=0.5, slope=0.25)
    second = case.node("ScaledRelu", case.node("Neg", first), domain="tests", factor=3.0, slope=0.5)
    case.node("Add", first, second)
    case.nodes[-1].output[0] = "output"
    graph = helper.make_graph(case.nodes, case.name, [info("input", TensorProto.FLOAT, [1, 6])],
                              [info("output", TensorProto.FLOAT, [1, 6])])
    yield case.use(helper.make_model(graph, functions=[scaled], ir_version=IR_VERSIONS[17],
                                     opset_imports=[helper.make_opsetid("", 17), helper.make_opsetid("tests", 1)]))


def all_cases(rng):
    for group in (in_types, shapes, empties, unused, bodies):
        yield from group(rng)
