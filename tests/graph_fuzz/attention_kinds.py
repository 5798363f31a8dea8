"""Random attention: products of computed values, softmax between them, positions."""

import numpy as np


def scores(g):
    """A value times its own transpose, and perhaps the softmax of it."""
    x = g.operand(lambda v: v.is_float and v.rank >= 2)
    t = x and g.node("Transpose", x, perm=[*range(x.rank - 2), x.rank - 1, x.rank - 2])
    made = t and g.node("MatMul", x, t[0])
    if made and g.chance(0.5):
        size = g.constant(np.sqrt(x.shape[-1]) * max(x.high, -x.low, 1e-9) ** 2, np.float32)
        scaled = g.node("Div", made[0], size)
        if scaled and g.chance(0.3):
            scaled = g.node("Add", scaled[0], mask(g, x.shape[-2], x.shape[-2])) or scaled
        made = scaled and g.node("Softmax", scaled[0], axis=-1)
        if made and g.chance(0.5):
            made = g.node("MatMul", made[0], x)
    return made


def mask(g, rows, columns):
    low = g.pick([-1e4, -1e9, float(np.finfo(np.float32).min), -3.0])
    seen = np.tril(np.ones((rows, columns))) if g.chance(0.5) else (g.rng.random((rows, columns)) < 0.7)
    seen = np.array(seen, bool)
    seen[:, 0] = True
    return g.constant(np.where(seen, 0, low), np.float32)


def attention(g):
    x = g.operand(lambda v: v.is_float and v.rank == 3 and v.shape[2] % 2 == 0)
    if not x or g.opset < 23:
        return None
    heads = g.pick([n for n in range(1, x.shape[2] + 1) if x.shape[2] % n == 0])
    kv = [x if g.chance(0.5) else g.operand(lambda v: v.is_float and v.shape == x.shape) or x for _ in range(2)]
    attributes = {"q_num_heads": heads, "kv_num_heads": heads, "is_causal": g.integer(0, 1)}
    if g.chance(0.3):
        attributes["scale"] = float(1 / max(x.high, -x.low, 1e-6) ** 2)
    masked = [mask(g, x.shape[1], x.shape[1])] if g.chance(0.3) and not attributes["is_causal"] else []
    return g.node("Attention", x, *kv, *masked, **attributes)


def rotary(g):
    x = g.operand(lambda v: v.is_float and v.rank == 4 and v.shape[3] % 2 == 0 and v.shape[3] >= 2)
    if not x or g.opset < 23:
        return None
    angles = g.rng.uniform(-3, 3, [x.shape[0], x.shape[2], x.shape[3] // 2])
    cos, sin = (g.constant(f(angles), np.float32, smooth=True) for f in (np.cos, np.sin))
    return g.node("RotaryEmbedding", x, cos, sin, interleaved=g.integer(0, 1))


def grid_sample(g):
    x = g.operand(lambda v: v.is_float and v.rank == 4)
    if not x or g.opset < 16:
        return None
    grid = g.rng.uniform(-1.3, 1.3, [x.shape[0], g.integer(1, 4), g.integer(1, 4), 2])
    modes = ["bilinear", "nearest", "bicubic"] if g.opset < 20 else ["linear", "nearest", "cubic"]
    return g.node("GridSample", x, g.constant(grid, np.float32), mode=g.pick(modes), align_corners=g.integer(0, 1),
                  padding_mode=g.pick(["zeros", "border", "reflection"]))


ATTENTION = [(scores, 2), (attention, 2), (rotary, 1), (grid_sample, 1)]
