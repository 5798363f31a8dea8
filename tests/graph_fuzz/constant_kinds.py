"""Random parts that are worked out when a model is imported: shapes, branches and loops with constant conditions."""

import numpy as np
from onnx import TensorProto, helper


def reshape_by_shape(g):
    """A reshape as exporters write it: to [first dimension, -1], read from the value's own shape."""
    x = g.operand(lambda v: v.rank > 1)
    shape = x and g.node("Shape", x)
    if not shape:
        return None
    first = g.node("Gather", shape[0], g.ints(0), axis=0)
    wanted = first and g.node("Concat", first[0], g.ints(-1), axis=0)
    return wanted and g.node("Reshape", x, wanted[0])


def filled(g):
    """A constant of a value's shape beside the value."""
    x = g.operand(lambda v: v.is_float and v.rank > 0)
    shape = x and g.node("Shape", x)
    value = helper.make_tensor("value", TensorProto.FLOAT, [1], [float(g.rng.uniform(-2, 2))])
    made = shape and g.node("ConstantOfShape", shape[0], value=value)
    return made and g.node(g.pick(["Add", "Mul", "Max"]), x, made[0])


def positions(g):
    """A range of the last axis' length beside the value."""
    x = g.operand(lambda v: v.is_float and v.rank > 0)
    shape = x and g.node("Shape", x)
    last = shape and g.node("Gather", shape[0], g.constant(-1, np.int64), axis=0)
    numbers = last and g.node("Range", g.constant(0, np.int64), last[0], g.constant(1, np.int64))
    reals = numbers and g.node("Cast", numbers[0], to=TensorProto.FLOAT)
    return reals and g.node("Mul", x, reals[0])


def branch(g):
    x = g.operand()
    if not x:
        return None

    def body(op):
        y = helper.make_empty_tensor_value_info("y")
        return helper.make_graph([helper.make_node(op, [x.name], ["y"])], op, [], [y])

    first, second = g.pick(["Relu", "Neg", "Abs"]), g.pick(["Sigmoid", "Tanh"])
    return g.node("If", g.constant(g.chance(0.5)), then_branch=body(first), else_branch=body(second), reads=[x])


def loop(g):
    """x, two to four times halved and made smaller by one value."""
    x = g.operand(lambda v: v.is_float)
    if not x:
        return None
    declared = [helper.make_tensor_value_info("i", TensorProto.INT64, []), helper.make_tensor_value_info("c", TensorProto.BOOL, [])]
    carried = helper.make_tensor_value_info("h", TensorProto.FLOAT, x.shape)
    half = helper.make_node("Constant", [], ["half"], value=helper.make_tensor("v", TensorProto.FLOAT, [], [0.5]))
    body = helper.make_graph(
        [half, helper.make_node("Mul", ["h", "half"], ["m"]), helper.make_node("Sub", ["m", x.name], ["o"]),
         helper.make_node("Identity", ["c"], ["goes_on"]), helper.make_node("Identity", ["o"], ["each"])],
        "body", [*declared, carried],
        [helper.make_tensor_value_info("goes_on", TensorProto.BOOL, []), helper.make_tensor_value_info("o", TensorProto.FLOAT, x.shape),
         helper.make_tensor_value_info("each", TensorProto.FLOAT, x.shape)])
    return g.node("Loop", g.constant(g.integer(1, 4), np.int64), g.constant(True), x, outputs=2, body=body, reads=[x])


CONSTANTS = [(reshape_by_shape, 1), (filled, 1), (positions, 1), (branch, 1), (loop, 1)]
