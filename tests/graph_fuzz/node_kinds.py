"""Random nodes of every kind that the tool takes. Each maker adds nodes to a GraphMaker and returns their values, or None.

What onnxruntime refuses is not added, so makers need not know every rule; they only have to hit valid nodes often.
"""

import numpy as np

from attention_kinds import ATTENTION
from constant_kinds import CONSTANTS
from integer_kinds import INTEGERS
from recurrent_kinds import RECURRENT
from quantised_kinds import QUANTISED
from shape_kinds import SHAPES, axes_given
from window_kinds import WINDOWS

# Operator -> the operator set that has it, and what its operand must be above and below, if that matters.
UNARY = {
    "Abs": 6, "Acos": 7, "Acosh": 9, "Asin": 7, "Asinh": 9, "Atan": 7, "Atanh": 9, "Ceil": 6, "Cos": 7, "Cosh": 9, "Erf": 9,
    "Exp": 6, "Floor": 6, "HardSwish": 14, "Identity": 1, "Log": 6, "Mish": 18, "Neg": 6, "Reciprocal": 6, "Relu": 6, "Round": 11,
    "Sigmoid": 6, "Sign": 9, "Sin": 7, "Sinh": 9, "Softplus": 1, "Softsign": 1, "Sqrt": 6, "Tan": 7, "Tanh": 6,
}
PARAMETRIC = {
    "LeakyRelu": (6, {"alpha": (-0.5, 1.5)}), "Elu": (6, {"alpha": (0.1, 2)}), "Selu": (6, {}),
    "Celu": (12, {"alpha": (0.1, 2)}), "HardSigmoid": (6, {"alpha": (0.05, 1), "beta": (0, 1)}),
    "ThresholdedRelu": (10, {"alpha": (-1, 2)}), "Shrink": (9, {"bias": (0, 1), "lambd": (0, 2)}),
    "Swish": (24, {"alpha": (0.5, 2)}),
}


def is_bool(v):
    return v.dtype == np.bool_


def is_integer(v):
    return v.dtype in (np.int32, np.int64)


def is_number(v):
    return v.is_float or is_integer(v)


def known(g, table):
    return g.pick(sorted(op for op, since in table.items() if (since if isinstance(since, int) else since[0]) <= g.opset))


def broadcast_partner(g, v):
    """A constant of a shape that broadcasts with v's."""
    shape = [d if g.chance(0.6) else 1 for d in v.shape][g.integer(0, v.rank):] if v.rank else []
    if g.chance(0.1):
        shape = [g.integer(1, 3)] + [1] * (v.rank - len(shape)) + shape
    return shape


def constant_like(g, v, shape):
    """Numbers of about v's own size, mostly: those of any size make sums that one side rules."""
    if not v.is_float:
        return g.constant(g.rng.integers(-7, 8, shape), v.dtype)
    size = max(abs(v.low), abs(v.high))
    own = size * 10 ** g.rng.uniform(-1, 1) if size > 0 and g.chance(0.7) else None
    return g.weight(shape, own)


def second(g, v, accepts=None):
    """Another operand that may go with v: computed, or constant."""
    if g.chance(0.5):
        other = g.operand(lambda o: o.dtype == v.dtype and (accepts is None or accepts(o)) and fits(o.shape, v.shape))
        if other:
            return other
    return constant_like(g, v, broadcast_partner(g, v))


def fits(a, b):
    try:
        np.broadcast_shapes(a, b)
    except ValueError:
        return False
    return True


def unary(g):
    x = g.operand()
    return x and g.node(known(g, UNARY), x)


def parametric(g):
    x = g.operand()
    op = known(g, PARAMETRIC)
    ranges = PARAMETRIC[op][1]
    attributes = {k: float(g.rng.uniform(*ranges[k])) for k in ranges if g.chance(0.7)}
    return x and g.node(op, x, **attributes)


def gelu(g):
    x = g.operand()
    return x and g.opset >= 20 and g.node("Gelu", x, approximate=g.pick(["none", "tanh"]))


def prelu(g):
    x = g.operand()
    return x and g.node("PRelu", x, constant_like(g, x, broadcast_partner(g, x)) if g.chance(0.3) else
                        g.constant(g.rng.uniform(-1, 1, broadcast_partner(g, x)), np.float32, smooth=True))


def clip(g):
    x = g.operand(is_number)
    if not x:
        return None
    ends = np.sort(g.rng.uniform(x.low, x.high if x.high > x.low else x.low + 1, 2))
    low, high = (g.constant(e, x.dtype) if g.chance(0.8) else None for e in ends)
    return (low or high) and g.node("Clip", x, low, high)


def arithmetic(g):
    a = g.operand(is_number if g.chance(0.3) else lambda v: v.is_float)
    if not a:
        return None
    b = second(g, a)
    a, b = (a, b) if g.chance(0.7) else (b, a)
    return g.node(g.pick(["Add", "Add", "Sub", "Sub", "Mul", "Mul", "Div"]), a, b)


def variadic(g):
    a = g.operand(is_number if g.chance(0.2) else lambda v: v.is_float)
    if not a:
        return None
    op = g.pick(["Max", "Min"] + (["Mean", "Sum"] if a.is_float else []))
    return g.node(op, *[a, second(g, a), second(g, a)][:g.integer(1, 3)])


def power(g):
    x = g.operand()
    if not x:
        return None
    exponent = g.constant(g.pick([0, 0.5, 1, 2, 3, -1, -0.5, 1.5, 2.5]), np.float32) if g.chance(0.8) else second(g, x)
    return g.node("Pow", x, exponent)


def modulo(g):
    x = g.operand(is_number)
    return x and g.node("Mod", x, second(g, x), fmod=1 if x.is_float else g.integer(0, 1))


def comparison(g):
    a = g.operand(is_number)
    if not a:
        return None
    b = g.constant(g.pick([a.low, a.high, (a.low + a.high) / 2]), a.dtype) if g.chance(0.3) else second(g, a)
    ops = ["Less", "Greater", "Equal"] + (["LessOrEqual", "GreaterOrEqual"] if g.opset >= 12 else [])
    made = g.node(g.pick(ops), a, b)
    return made and (use_condition(g, made[0]) or made)


def use_condition(g, c):
    """Where by it, or as a number."""
    if g.chance(0.3):
        return g.node("Cast", c, to=g.pick([1, 7]))
    a = g.operand(lambda v: is_number(v) and fits(v.shape, c.shape))
    if not a:
        return None
    b = second(g, a)
    return g.node("Where", c, *((a, b) if g.chance(0.5) else (b, a)))


def logic(g):
    a = g.operand(is_bool)
    if not a:
        return None
    if g.chance(0.3):
        return g.node("Not", a)
    b = g.operand(lambda v: is_bool(v) and fits(v.shape, a.shape)) or g.constant(g.rng.random(a.shape) < 0.5)
    return g.node(g.pick(["And", "Or", "Xor"]), a, b)


# ONNX's number of a type, and where a float that is converted to it is not defined: integers wrap around.
TYPES = {1: None, 6: (-2**31, 2**31 - 1), 7: (-2**62, 2**62), 9: None, 3: (-128, 127), 2: (0, 255)}


def cast(g):
    x = g.operand(lambda v: True)
    to = g.pick(sorted(TYPES))
    if not x or x.is_float and TYPES[to] and not (TYPES[to][0] <= x.low and x.high <= TYPES[to][1]):
        return None
    return g.node("Cast", x, to=to)


REDUCTIONS = ["L1", "L2", "LogSum", "LogSumExp", "Max", "Mean", "Min", "Prod", "Sum", "SumSquare"]


def reduction(g):
    x = g.operand(is_number if g.chance(0.2) else lambda v: v.is_float)
    if not x:
        return None
    op = "Reduce" + g.pick(REDUCTIONS)
    axes = sorted(g.rng.permutation(x.rank)[:g.integer(0, x.rank)].tolist())
    axes = [a - x.rank if g.chance(0.3) else a for a in axes]
    extra, attributes = axes_given(g, axes, g.opset >= (13 if op == "ReduceSum" else 18))
    return g.node(op, x, *extra, keepdims=g.integer(0, 1), **attributes)


def arg_extremum(g):
    x = g.operand(lambda v: v.is_float and v.rank > 0)
    last = {"select_last_index": g.integer(0, 1)} if g.opset >= 12 else {}
    return x and g.node(g.pick(["ArgMax", "ArgMin"]), x, axis=axis_of(g, x), keepdims=g.integer(0, 1), **last)


def axis_of(g, x):
    return g.integer(-x.rank, x.rank - 1)


def along_axis(g):
    x = g.operand(lambda v: v.is_float and v.rank > 0)
    if not x:
        return None
    op = g.pick(["Softmax"] * 4 + ["LogSoftmax", "Hardmax", "CumSum", "LpNormalization", "TopK"])
    if op == "CumSum":
        return g.node(op, x, g.constant(axis_of(g, x), np.int64), exclusive=g.integer(0, 1), reverse=g.integer(0, 1))
    if op == "LpNormalization":
        return g.node(op, x, axis=axis_of(g, x), p=g.integer(1, 2))
    if op == "TopK":
        axis = axis_of(g, x)
        return g.node(op, x, g.ints(g.integer(1, x.shape[axis])), outputs=2, axis=axis, largest=g.integer(0, 1))
    return g.node(op, x, axis=axis_of(g, x))


def epsilon(g):
    return float(10 ** g.rng.uniform(-12 if g.wild else -6, -3))


def normalisation(g):
    op = g.pick(["LayerNormalization", "LayerNormalization", "BatchNormalization", "InstanceNormalization", "LRN",
                 "MeanVarianceNormalization", "GroupNormalization", "RMSNormalization"])
    since = {"LayerNormalization": 17, "GroupNormalization": 21, "RMSNormalization": 23}
    if g.opset < since.get(op, 1):
        return None
    if op in ("LayerNormalization", "RMSNormalization"):
        x = g.operand(lambda v: v.is_float and v.rank > 0)
        if not x:
            return None
        axis = axis_of(g, x)
        size = list(x.shape[axis:] if axis < 0 else x.shape[axis:])
        bias = [g.weight(size)] if op[0] == "L" and g.chance(0.7) else []
        return g.node(op, x, g.weight(size), *bias, axis=axis, epsilon=epsilon(g))
    x = g.operand(lambda v: v.is_float and v.rank >= 3 and v.rank < 6)
    if not x:
        return None
    channels = x.shape[1]
    if op == "LRN":
        return g.node(op, x, size=g.pick([1, 3, 5]), alpha=float(g.rng.uniform(1e-4, 1)), beta=0.75, bias=float(g.rng.uniform(0.5, 2)))
    if op == "MeanVarianceNormalization":
        return g.node(op, x, axes=sorted(g.rng.permutation(x.rank)[:g.integer(1, x.rank)].tolist()))
    affine = [g.weight([channels]), g.weight([channels])]
    if op == "BatchNormalization":
        size = max(abs(x.low), abs(x.high), 1e-6)
        moments = [g.weight([channels], size), g.constant(size**2 * g.rng.uniform(0.05, 2, channels), np.float32, smooth=True)]
        return g.node(op, x, *affine, *moments, epsilon=epsilon(g))
    if op == "GroupNormalization":
        groups = g.pick([n for n in range(1, channels + 1) if channels % n == 0])
        return g.node(op, x, *affine, num_groups=groups, epsilon=epsilon(g))
    return g.node(op, x, *affine, epsilon=epsilon(g))


def product(g):
    x = g.operand(lambda v: v.is_float and v.rank >= 1)
    if not x:
        return None
    other = None
    if g.chance(0.4):
        other = g.operand(lambda v: v.is_float and v.rank >= 2 and v.shape[-2] == x.shape[-1])
    if not other:
        out = g.integer(1, 9)
        lead = [g.pick([1, d]) for d in x.shape[:-2]] if g.chance(0.2) else []
        other = g.weight([*lead, x.shape[-1], out])
    return g.node("MatMul", x, other)


def gemm(g):
    x = g.operand(lambda v: v.is_float and v.rank == 2)
    if not x:
        return None
    a, b = g.integer(0, 1), g.integer(0, 1)
    inner, rows = x.shape[0 if a else 1], x.shape[1 if a else 0]
    out = g.integer(1, 9)
    w = g.weight([out, inner] if b else [inner, out])
    bias = [g.weight(g.pick([[out], [1, out], [rows, 1], [1], [rows, out]]))] if g.chance(0.7) else []
    numbers = {k: float(g.rng.uniform(-2, 2)) for k in ("alpha", "beta") if g.chance(0.4)}
    return g.node("Gemm", x, w, *bias, transA=a, transB=b, **numbers)


EINSUMS = ["ij->ji", "ij,ij->i", "ij,jk->ik", "ij,kj->ki", "i,i->", "i,j->ij", "bij,bjk->bik", "...ij,...ij->...i", "ij->j"]


def einsum(g):
    equation = g.pick(EINSUMS)
    first = equation.split("->")[0].split(",")
    x = g.operand(lambda v: v.is_float and (v.rank == len(first[0]) or first[0].startswith("...") and v.rank >= 2))
    if not x or g.opset < 12:
        return None
    if len(first) == 1:
        return g.node("Einsum", x, equation=equation)
    sizes = dict(zip(first[0], x.shape)) if not first[0].startswith("...") else {}
    other = g.weight([sizes.get(c, g.integer(1, 5)) for c in first[1]]) if sizes else g.weight(list(x.shape))
    return g.node("Einsum", x, other, equation=equation)


# Makers, and how often each is tried.
ELEMENTWISE = [(unary, 8), (parametric, 4), (gelu, 1), (prelu, 1), (clip, 2), (arithmetic, 10), (variadic, 2), (power, 2), (modulo, 1)]
TRUTHS = [(comparison, 3), (logic, 2), (cast, 2)]
ROWS = [(reduction, 4), (arg_extremum, 1), (along_axis, 4), (normalisation, 4)]
PRODUCTS = [(product, 4), (gemm, 2), (einsum, 1)]
ALL = ELEMENTWISE + TRUTHS + ROWS + PRODUCTS + SHAPES + WINDOWS + RECURRENT + QUANTISED + ATTENTION + INTEGERS + CONSTANTS


def add_random_node(g, kinds):
    weights = np.array([w for _, w in kinds], float)
    return kinds[int(g.rng.choice(len(kinds), p=weights / weights.sum()))][0](g)
