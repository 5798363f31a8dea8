"""Random convolutions and pools."""


def plane(v):
    return v.is_float and 3 <= v.rank <= 5


def window(g, x, kernel):
    """Strides, dilations and pads that fit x, as attributes."""
    spatial = len(kernel)
    out = {}
    if g.chance(0.4):
        out["strides"] = [g.integer(1, 3) for _ in range(spatial)]
    if g.chance(0.2):
        out["dilations"] = [g.integer(1, 2) for _ in range(spatial)]
    if g.chance(0.15):
        out["auto_pad"] = g.pick(["SAME_UPPER", "SAME_LOWER", "VALID"])
    elif g.chance(0.5):
        out["pads"] = [g.integer(0, k - 1) for k in [*kernel, *kernel]]
    return out


def kernel_of(g, x):
    return [g.integer(1, min(d, 4)) for d in x.shape[2:]]


def pool(g):
    x = g.operand(plane)
    if not x:
        return None
    op = g.pick(["MaxPool", "MaxPool", "AveragePool", "AveragePool", "LpPool"])
    kernel = kernel_of(g, x)
    attributes = window(g, x, kernel)
    if op == "LpPool":
        attributes["p"] = g.integer(1, 2)
    if op == "AveragePool":
        attributes["count_include_pad"] = g.integer(0, 1)
    if op != "MaxPool" and g.opset < 19:
        attributes.pop("dilations", None)
    if g.chance(0.3) and (op != "LpPool" or g.opset >= 18):
        attributes["ceil_mode"] = 1
    return g.node(op, x, kernel_shape=kernel, **attributes)


def global_pool(g):
    x = g.operand(plane)
    return x and g.node(g.pick(["GlobalAveragePool", "GlobalMaxPool", "GlobalLpPool"]), x)


def convolution(g):
    x = g.operand(plane)
    if not x:
        return None
    kernel = kernel_of(g, x)
    channels = x.shape[1]
    group = g.pick([n for n in range(1, channels + 1) if channels % n == 0]) if g.chance(0.3) else 1
    out = group * g.integer(1, 3)
    shape = [out, channels // group, *kernel]
    w = g.chance(0.15) and g.operand(lambda v: v.is_float and list(v.shape[1:]) == shape[1:] and v.shape[0] % group == 0)
    w = w or g.weight(shape)
    bias = [g.weight([w.shape[0]])] if g.chance(0.6) else []
    return g.node("Conv", x, w, *bias, group=group, **window(g, x, kernel))


def transposed_convolution(g):
    x = g.operand(plane)
    if not x:
        return None
    kernel = kernel_of(g, x)
    channels = x.shape[1]
    group = g.pick([n for n in range(1, channels + 1) if channels % n == 0]) if g.chance(0.3) else 1
    out = g.integer(1, 3)
    attributes = window(g, x, kernel)
    if "auto_pad" in attributes and attributes["auto_pad"] != "VALID":
        del attributes["auto_pad"]
    strides = attributes.get("strides")
    if strides and g.chance(0.4):
        attributes["output_padding"] = [g.integer(0, s - 1) for s in strides]
    bias = [g.weight([out * group])] if g.chance(0.6) else []
    return g.node("ConvTranspose", x, g.weight([channels, out, *kernel]), *bias, group=group, **attributes)


WINDOWS = [(pool, 4), (global_pool, 1), (convolution, 6), (transposed_convolution, 2)]
