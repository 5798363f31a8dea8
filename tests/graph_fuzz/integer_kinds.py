"""Random arithmetic of integers, which the tool computes exactly."""

import numpy as np


def is_long(v):
    return v.dtype in (np.int32, np.int64)


def is_byte(v):
    return v.dtype in (np.int8, np.uint8)


def partner(g, x, low, high):
    if g.chance(0.3):
        other = g.operand(lambda v: v.dtype == x.dtype and v.shape == x.shape)
        if other and other.low >= low:
            return other
    return g.constant(g.rng.integers(low, high + 1, x.shape if g.chance(0.5) else []), x.dtype)


def quotient(g):
    x = g.operand(is_long)
    return x and g.node(g.pick(["Div", "Mod"]), x, partner(g, x, 1, 9))


def of_signs(g):
    x = g.operand(is_long)
    return x and g.node(g.pick(["Abs", "Neg", "Sign"]), x)


def sums(g):
    x = g.operand(is_long)
    return x and x.rank and g.node(g.pick(["ReduceSum", "ReduceMax", "ReduceMin"]), x, keepdims=g.integer(0, 1))


def product(g):
    x = g.operand(lambda v: is_long(v) and v.rank == 2)
    return x and g.node("MatMul", x, g.constant(g.rng.integers(-9, 10, [x.shape[1], g.integer(1, 4)]), x.dtype))


def bits(g):
    x = g.operand(lambda v: is_byte(v) or is_long(v))
    if not x or g.opset < 18:
        return None
    if x.dtype == np.uint8 and g.chance(0.5):
        by = g.constant(g.rng.integers(0, 8, x.shape), np.uint8)
        return g.node("BitShift", x, by, direction=g.pick(["LEFT", "RIGHT"]))
    if g.chance(0.3):
        return g.node("BitwiseNot", x)
    return g.node(g.pick(["BitwiseAnd", "BitwiseOr", "BitwiseXor"]), x, partner(g, x, 0, 100))


def byte_arithmetic(g):
    """Which wraps around."""
    x = g.operand(is_byte)
    return x and g.opset >= 14 and g.node(g.pick(["Add", "Sub", "Mul"]), x, partner(g, x, 0, 100))


def power(g):
    x = g.operand(lambda v: is_long(v) and max(abs(v.low), abs(v.high)) <= 100)
    return x and g.node("Pow", x, g.constant(g.integer(0, 3), x.dtype))


def one_hot(g):
    x = g.operand(lambda v: is_long(v) and v.rank < 4)
    values = g.constant(np.sort(g.rng.uniform(-1, 2, 2)), np.float32, smooth=True)
    return x and g.node("OneHot", x, g.constant(g.integer(1, 8), np.int64), values, axis=g.integer(-1, x.rank))


INTEGERS = [(quotient, 1), (of_signs, 1), (sums, 1), (product, 1), (bits, 1), (byte_arithmetic, 1), (power, 1), (one_hot, 1)]
