"""Whole layers of transformers over tokens, as exporters write them: masks of every form, sequences of 1 to 64 tokens."""

import numpy as np
from onnx import TensorProto

from model_case import ModelCase

LETTERS, WIDTH, HEADS = 13, 8, 2
LENGTHS = (1, 2, 3, 5, 8, 17, 31, 64)


def gelu(case, x, form):
    if form == "erf":
        inner = case.node("Erf", case.node("Div", x, case.const(np.sqrt(2.0))))
        return case.node("Mul", case.node("Mul", x, case.node("Add", inner, case.const(1.0))), case.const(0.5))
    if form == "operator":
        return case.node("Gelu", x, approximate="tanh")
    cube = case.node("Pow", x, case.const(3.0)) if form == "pow" else case.node("Mul", case.node("Mul", x, x), x)
    inner = case.node("Add", x, case.node("Mul", cube, case.const(0.044715)))
    inner = case.node("Tanh", case.node("Mul", inner, case.const(np.sqrt(2 / np.pi))))
    inner = case.node("Add", case.const(1.0), inner)
    if form == "pow":
        return case.node("Mul", case.node("Mul", case.const(0.5), x), inner)
    return case.node("Mul", case.const(0.5), case.node("Mul", x, inner))


def shown(case, length):
    """1 where a token is no padding, which is token 0; the first one is never."""
    first = case.const(np.arange(length)[None] == 0, bool)
    return case.node("Or", first, case.node("Not", case.node("Equal", "input", case.const(0, np.int64))))


def hide(case, scores, form, length):
    below = np.tril(np.ones((length, length), bool))
    if form == "where":
        return case.node("Where", case.const(below[None, None], bool), scores, case.const(-np.inf))
    if form == "where_hidden":
        return case.node("Where", case.const(~below, bool), case.const(-1e9), scores)
    if form == "added":
        return case.node("Add", scores, case.const(np.where(below, 0, -3.4028235e38)))
    if form == "window":
        near = below & ~np.tril(np.ones((length, length), bool), -4)
        return case.node("Add", scores, case.const(np.where(near, 0, -10000.0)))
    if form in ("padding", "padding_added"):
        one = case.node("Cast", shown(case, length), to=TensorProto.FLOAT)
        one = case.node("Unsqueeze", one, case.ints(1, 2))
        lowest = case.const(-3.4028235e38 if form == "padding" else -10000.0)
        hidden = case.node("Mul", case.node("Sub", case.const(1.0), one), lowest)
        return case.node("Add", scores, hidden)
    if form == "padding_where":
        return case.node("Where", case.node("Unsqueeze", shown(case, length), case.ints(1, 2)), scores, case.const(-1e9))
    if form == "padding_hidden":
        one = case.node("Cast", case.node("Not", shown(case, length)), to=TensorProto.FLOAT)
        return case.node("Add", scores, case.node("Mul", case.node("Unsqueeze", one, case.ints(1, 2)), case.const(-1e9)))
    return scores


def layer(name, rng, length, mask, activation="pow", opset=17):
    case = ModelCase(f"transformer_{name}_{length}", "Softmax", [1, length], opset=opset, low=0, high=LETTERS - 1,
                     dtype=np.int64)
    weight = lambda *shape: case.const(rng.normal(0, 1 / np.sqrt(shape[0]), shape))
    norm = lambda x: case.node("LayerNormalization", x, case.const(rng.uniform(0.5, 1.5, WIDTH)),
                               case.const(rng.normal(0, 0.2, WIDTH)), epsilon=1e-5)
    x = case.node("Gather", case.const(rng.normal(0, 1, (LETTERS, WIDTH))), "input")
    x = case.node("Add", x, case.const(rng.normal(0, 0.5, (length, WIDTH))))
    parts = case.node("Split", case.node("MatMul", norm(x), weight(WIDTH, 3 * WIDTH)), case.ints(*[WIDTH] * 3), outputs=3,
                      axis=-1)
    shape = case.ints(1, length, HEADS, WIDTH // HEADS)
    q, k, v = (case.node("Transpose", case.node("Reshape", p, shape), perm=[0, 2, 3, 1] if i == 1 else [0, 2, 1, 3])
               for i, p in enumerate(parts))
    scores = case.node("Div", case.node("MatMul", q, k), case.const(np.sqrt(WIDTH / HEADS)))
    p = case.node("Softmax", hide(case, scores, mask, length), axis=-1)
    joined = case.node("Transpose", case.node("MatMul", p, v), perm=[0, 2, 1, 3])
    joined = case.node("Reshape", joined, case.ints(1, length, WIDTH))
    x = case.node("Add", x, case.node("MatMul", joined, weight(WIDTH, WIDTH)))
    up = case.node("Add", case.node("MatMul", norm(x), weight(WIDTH, 2 * WIDTH)), case.const(rng.normal(0, 0.1, 2 * WIDTH)))
    x = case.node("Add", x, case.node("MatMul", gelu(case, up, activation), weight(2 * WIDTH, WIDTH)))
    return case.finish(case.node("MatMul", norm(x), weight(WIDTH, LETTERS)))


def all_cases(rng):
    for length in LENGTHS:
        yield layer("causal", rng, length, "where")
    for mask in ("none", "where_hidden", "added", "window", "padding", "padding_added", "padding_where", "padding_hidden"):
        for length in (1, 6, 33) if mask == "padding" else (1, 6):
            yield layer(mask, rng, length, mask)
    for activation in ("erf", "products"):
        yield layer(activation, rng, 4, "added", activation)
    yield layer("gelu", rng, 4, "added", "operator", 20)
    # A table of so many rows that the index is proved in two parts.
    case = ModelCase("embedding_large", "Gather", [1, 5], low=0, high=2999, dtype=np.int64)
    yield case.finish(case.node("Gather", case.const(rng.normal(0, 1, (3000, 4))), "input"))
