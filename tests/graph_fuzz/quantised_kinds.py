"""Random nodes of other people's quantisation."""

import numpy as np


def is_byte(v):
    return v.dtype in (np.int8, np.uint8)


def step_for(g, low, high, dtype):
    """Scale and zero point that cover about what occurs."""
    reach = max(high - low if dtype == np.uint8 else 2 * max(abs(low), abs(high)), 1e-6) * g.rng.uniform(0.5, 1.5)
    scale = np.float32(reach / 255)
    if dtype == np.int8:
        return scale, np.int8(0 if g.chance(0.6) else g.integer(-128, 127))
    return scale, np.uint8(np.clip(round(-low / scale), 0, 255))


def quantise(g):
    x = g.operand()
    if not x:
        return None
    dtype = g.pick([np.int8, np.uint8])
    scale, zero = (g.constant(v) for v in step_for(g, x.low, x.high, dtype))
    made = g.node("QuantizeLinear", x, scale, zero)
    return g.node("DequantizeLinear", made[0], scale, zero) if made and g.chance(0.7) else made


def dequantise(g):
    q = g.operand(is_byte)
    return q and g.node("DequantizeLinear", q, g.constant(g.scale(), np.float32), g.constant(g.integer(0, 100), q.dtype))


def weights(g, shape, dtype):
    """Signed ones of 7 bits: without VNNI, onnxruntime adds two products of unsigned and signed bytes in 16 bits."""
    least, most = (-63, 63) if dtype == np.int8 else (0, 255)
    return g.constant(g.rng.integers(least, most + 1, shape), dtype)


def weighted_product(g):
    """QLinearMatMul, MatMulInteger, QLinearConv, ConvInteger of integers with constant weights."""
    op = g.pick(["QLinearMatMul", "MatMulInteger", "QLinearConv", "ConvInteger"])
    conv = "Conv" in op
    q = g.operand(lambda v: is_byte(v) and (v.rank in (3, 4) if conv else v.rank >= 2))
    if not q:
        return None
    out = g.integer(1, 5)
    kind = g.pick([np.int8, np.uint8])
    if conv:
        shape = [out, q.shape[1], *(g.integer(1, min(d, 3)) for d in q.shape[2:])]
    else:
        shape = [q.shape[-1], out]
    w = weights(g, shape, kind)
    qz, wz = g.constant(g.integer(0, 100), q.dtype), g.constant(0 if kind == np.int8 else 128, kind)
    if op == "MatMulInteger" or op == "ConvInteger":
        return g.node(op, q, w, qz, wz)
    size = float(np.sqrt(np.prod(shape) / out)) * 64 * 64
    scales = [g.constant(s, np.float32) for s in (0.02, 0.01, 0.02 * 0.01 * size / g.rng.uniform(20, 100))]
    bias = [g.constant(g.rng.integers(-1000, 1000, out), np.int32)] if conv and g.chance(0.5) else []
    oz = g.constant(g.integer(0, 100), q.dtype)
    return g.node(op, q, scales[0], qz, w, scales[1], wz, scales[2], oz, *bias)


def float_product(g):
    """As quantize_static writes a layer: floats between integers, weights of integers with one scale or one a channel."""
    conv = g.chance(0.5)
    x = g.operand(lambda v: v.is_float and (v.rank in (3, 4) if conv else v.rank == 2))
    if not x:
        return None
    there = [g.constant(v) for v in step_for(g, x.low, x.high, np.uint8)]
    q = g.node("QuantizeLinear", x, *there)
    x = q and g.node("DequantizeLinear", q[0], *there)
    if not x:
        return None
    out, kind = g.integer(1, 5), g.pick([np.int8, np.uint8])
    shape = [out, x[0].shape[1], *(g.integer(1, min(d, 3)) for d in x[0].shape[2:])] if conv else [x[0].shape[1], out]
    per_channel = g.opset >= 13 and g.chance(0.5)
    scales = np.float32(10 ** g.rng.uniform(-3, -1, [out] if per_channel else []))
    zero = np.full(scales.shape, 0 if kind == np.int8 else 128, kind)
    axis = {"axis": 0 if conv else 1} if per_channel else {}
    w = g.node("DequantizeLinear", weights(g, shape, kind), g.constant(scales), g.constant(zero), **axis)
    if not w:
        return None
    bias = []
    if g.chance(0.5):
        steps = np.float32(there[0].arrays[0]) * (scales if per_channel else np.full(1, scales))
        numbers = g.constant(g.rng.integers(-3000, 3000, out), np.int32)
        bias = g.node("DequantizeLinear", numbers, g.constant(steps if per_channel else steps[0]),
                      **({"axis": 0} if per_channel else {}))
        if not bias:
            return None
    for v in (*w, *bias):
        v.source = "constant"  # not an operand for other nodes, nor an output
    y = g.node("Conv", x[0], w[0], *bias) if conv else g.node("Gemm", x[0], w[0], *bias)
    if y and g.chance(0.4):
        y = g.node("Relu", y[0])
    if not y:
        return None
    back = [g.constant(v) for v in step_for(g, y[0].low, y[0].high, np.uint8)]
    made = g.node("QuantizeLinear", y[0], *back)
    return g.node("DequantizeLinear", made[0], *back) if made and g.chance(0.7) else made


def dynamic(g):
    x = g.operand()
    made = x and g.node("DynamicQuantizeLinear", x, outputs=3)
    return made and (g.node("DequantizeLinear", *made) or made)


QUANTISED = [(quantise, 3), (dequantise, 1), (weighted_product, 3), (float_product, 3), (dynamic, 1)]
