"""Random nodes that move, copy or choose entries."""

import numpy as np


def any_value(v):
    return True


def axes_given(g, axes, as_input):
    """(more inputs, attributes) that name the axes; none of them at all where the list is empty."""
    if not axes:
        return [], {}
    return ([g.ints(*axes)], {}) if as_input else ([], {"axes": axes})


def factors(g, n, rank):
    """A shape of n elements."""
    shape = []
    for _ in range(rank - 1):
        d = g.pick([k for k in range(1, n + 1) if n % k == 0])
        shape.append(d)
        n //= d
    shape.append(n)
    return [shape[i] for i in g.rng.permutation(len(shape))]


def reshape(g):
    x = g.operand(any_value)
    if not x:
        return None
    size = int(np.prod(x.shape, initial=1))
    shape = factors(g, size, g.integer(1, 5))
    if g.chance(0.3):
        shape[g.integer(0, len(shape) - 1)] = -1
    return g.node("Reshape", x, g.ints(*shape))


def flatten(g):
    x = g.operand(any_value)
    return x and g.node("Flatten", x, axis=g.integer(-x.rank, x.rank))


def transpose(g):
    x = g.operand(lambda v: v.rank > 0)
    return x and g.node("Transpose", x, **({"perm": g.rng.permutation(x.rank).tolist()} if g.chance(0.8) else {}))


def squeeze(g):
    x = g.operand(lambda v: 1 in v.shape)
    if not x:
        return None
    ones = [i for i, d in enumerate(x.shape) if d == 1]
    extra, attributes = axes_given(g, sorted(ones[:g.integer(0, len(ones))]), g.opset >= 13)
    return g.node("Squeeze", x, *extra, **attributes)


def unsqueeze(g):
    x = g.operand(lambda v: v.rank < 5)
    if not x:
        return None
    extra, attributes = axes_given(g, [g.integer(-x.rank - 1, x.rank)], g.opset >= 13)
    return g.node("Unsqueeze", x, *extra, **attributes)


def slice_(g):
    x = g.operand(lambda v: v.rank > 0)
    if not x:
        return None
    axes = g.rng.permutation(x.rank)[:g.integer(1, min(x.rank, 3))].tolist()
    starts, ends, steps = [], [], []
    for a in axes:
        d = x.shape[a]
        step = g.pick([1, 1, 2, 3, -1, -2])
        lo, hi = sorted([g.integer(0, d), g.integer(0, d)])
        begin, end = (lo, hi + 1) if step > 0 else (hi, lo - 1 if lo > 0 else -(2**31))
        starts.append(begin - d if g.chance(0.2) and begin < d else begin)
        ends.append(2**31 - 1 if step > 0 and g.chance(0.2) else end)
        steps.append(step)
    return g.node("Slice", x, g.ints(*starts), g.ints(*ends), g.ints(*axes), g.ints(*steps))


def concat(g):
    x = g.operand(lambda v: v.rank > 0)
    if not x:
        return None
    axis = g.integer(0, x.rank - 1)

    def joins(v):
        return v.dtype == x.dtype and v.rank == x.rank and all(
            i == axis or a == b for i, (a, b) in enumerate(zip(v.shape, x.shape)))

    parts = [x] + [g.operand(joins) for _ in range(g.integer(0, 2))]
    if x.is_float and g.chance(0.4):
        shape = list(x.shape)
        shape[axis] = g.integer(1, 3)
        parts.append(g.weight(shape))
    parts = [parts[i] for i in g.rng.permutation(len(parts))]
    return g.node("Concat", *parts, axis=axis - x.rank if g.chance(0.3) else axis)


def split(g):
    x = g.operand(lambda v: v.rank > 0 and max(v.shape) > 1)
    if not x:
        return None
    axis = int(np.argmax(x.shape))
    first = g.integer(1, x.shape[axis] - 1)
    sizes = [first, x.shape[axis] - first]
    if g.opset >= 13:
        return g.node("Split", x, g.ints(*sizes), outputs=2, axis=axis)
    return g.node("Split", x, outputs=2, axis=axis, split=sizes)


def gather(g):
    x = g.operand(lambda v: v.rank > 0)
    if not x:
        return None
    axis = g.integer(0, x.rank - 1)
    d = x.shape[axis]
    shape = g.pick([[], [1], [3], [2, 2]])
    if g.chance(0.2) and x.is_float and sum(v.source == "input" for v in g.values) < 4:
        indices = g.add_indices(shape, d)
    else:
        indices = g.constant(g.rng.integers(-d, d, shape), np.int64)
    return g.node("Gather", x, indices, axis=axis)


def gather_elements(g):
    x = g.operand(lambda v: v.rank > 0)
    if not x:
        return None
    axis = g.integer(0, x.rank - 1)
    shape = [g.integer(1, d) for d in x.shape]
    d = x.shape[axis]
    return g.node("GatherElements", x, g.constant(g.rng.integers(-d, d, shape), np.int64), axis=axis)


def gather_nd(g):
    x = g.operand(lambda v: v.rank > 0)
    if not x:
        return None
    width, rows = g.integer(1, x.rank), g.integer(1, 4)
    indices = np.stack([g.rng.integers(0, x.shape[i], rows) for i in range(width)], axis=1)
    return g.node("GatherND", x, g.constant(indices, np.int64))


def scatter(g):
    x = g.operand(lambda v: v.is_float and v.rank > 0)
    if not x:
        return None
    add = {"reduction": "add"} if g.opset >= 16 and g.chance(0.4) else {}
    if g.chance(0.5):
        axis = g.integer(0, x.rank - 1)
        shape = [g.integer(1, d) for d in x.shape]
        if add:
            indices = g.rng.integers(0, x.shape[axis], shape)
        else:  # one place is written once
            indices = np.argsort(g.rng.random([x.shape[axis] if i == axis else d for i, d in enumerate(shape)]), axis=axis)
            indices = np.take(indices, range(shape[axis]), axis=axis)
        return g.node("ScatterElements", x, g.constant(indices, np.int64), updates(g, x, shape), axis=axis, **add)
    rows = g.integer(1, x.shape[0])
    indices = g.rng.integers(0, x.shape[0], (rows, 1)) if add else g.rng.permutation(x.shape[0])[:rows, None]
    return g.node("ScatterND", x, g.constant(indices, np.int64), updates(g, x, [rows, *x.shape[1:]]), **add)


def updates(g, x, shape):
    return g.operand(lambda v: v.dtype == x.dtype and list(v.shape) == list(shape)) or g.weight(shape)


def expand(g):
    x = g.operand(lambda v: v.rank < 5)
    if not x:
        return None
    shape = [g.integer(2, 3) if d == 1 and g.chance(0.5) else d for d in x.shape]
    lead = [g.integer(1, 3)] if g.chance(0.3) else []
    return g.node("Expand", x, g.ints(*lead, *shape))


def tile(g):
    x = g.operand(lambda v: v.rank > 0)
    return x and g.node("Tile", x, g.ints(*[g.pick([1, 1, 2, 3]) for _ in x.shape]))


def pad(g):
    x = g.operand(lambda v: v.is_float and v.rank > 0)
    if not x:
        return None
    mode = g.pick(["constant", "constant", "reflect", "edge"] + (["wrap"] if g.opset >= 19 else []))
    low = -1 if mode == "constant" else 0
    pads = [g.integer(low, min(2, d - 1) if mode != "edge" else 2) if g.chance(0.6) else 0 for d in [*x.shape, *x.shape]]
    value = [g.constant(g.rng.uniform(x.low, x.high), np.float32)] if mode == "constant" and g.chance(0.5) else []
    return g.node("Pad", x, g.ints(*pads), *value, mode=mode)


def resize(g):
    x = g.operand(lambda v: v.is_float and v.rank >= 3)
    if not x:
        return None
    mode = g.pick(["nearest", "linear", "linear", "cubic"])
    modes = ["half_pixel", "asymmetric", "align_corners", "pytorch_half_pixel"]
    attributes = {"mode": mode, "coordinate_transformation_mode": g.pick(modes)}
    if mode == "nearest":
        attributes["nearest_mode"] = g.pick(["round_prefer_floor", "floor", "ceil", "round_prefer_ceil"])
    spatial = range(2, x.rank)
    none = g.constant([], np.float32)
    if g.chance(0.5):
        scales = [1.0, 1.0, *(g.pick([0.5, 1, 2, 3, 1.5]) for _ in spatial)]
        return g.node("Resize", x, none, g.constant(scales, np.float32), **attributes)
    sizes = [*x.shape[:2], *(max(1, g.integer(x.shape[i] // 2, x.shape[i] * 2)) for i in spatial)]
    return g.node("Resize", x, none, none, g.ints(*sizes), **attributes)


def depth_and_space(g):
    x = g.operand(lambda v: v.is_float and v.rank == 4)
    if not x:
        return None
    if g.chance(0.5):
        return g.node("SpaceToDepth", x, blocksize=g.integer(1, 3))
    return g.node("DepthToSpace", x, blocksize=g.integer(1, 3), mode=g.pick(["DCR", "CRD"]))


def trilu(g):
    x = g.operand(lambda v: v.rank >= 2 and v.dtype in (np.float32, np.int64))
    k = [g.constant(g.integer(-2, 2), np.int64)] if g.chance(0.6) else []
    return x and g.opset >= 14 and g.node("Trilu", x, *k, upper=g.integer(0, 1))


SHAPES = [
    (reshape, 2), (flatten, 1), (transpose, 2), (squeeze, 1), (unsqueeze, 1), (slice_, 3), (concat, 3), (split, 1), (gather, 2),
    (gather_elements, 1), (gather_nd, 1), (scatter, 1), (expand, 1), (tile, 1), (pad, 2), (resize, 2), (depth_and_space, 1),
    (trilu, 1),
]
