"""Models for Attention and RotaryEmbedding."""

import numpy as np

from onnx import TensorProto

from model_case import ModelCase


def parts(case, *sizes):
    """The last axis of the input in parts of these sizes."""
    return case.node("Split", "input", case.ints(*sizes), outputs=len(sizes), axis=-1)


def attentions(rng):
    def case_of(name, inputs, heads=2, kv_heads=None, masks=(), **attributes):
        case = ModelCase(f"attention_{name}", "Attention", [1, 4, 24], opset=23, low=-2.0, high=2.0)
        kv_heads = kv_heads or heads
        values = parts(case, *inputs)
        given = [case.const(m, np.asarray(m).dtype) for m in masks]
        return case.finish(case.node("Attention", *values, *given, q_num_heads=heads, kv_num_heads=kv_heads, **attributes))

    yield case_of("heads", (8, 8, 8))
    yield case_of("causal", (8, 8, 8), is_causal=1)
    yield case_of("scaled", (8, 8, 8), scale=0.1)
    yield case_of("softcap", (8, 8, 8), softcap=2.0)
    yield case_of("groups", (16, 4, 4), heads=4, kv_heads=1)
    yield case_of("mask", (8, 8, 8), masks=[rng.uniform(-1, 1, (4, 4)).astype(np.float32)])
    yield case_of("mask_bool", (8, 8, 8), masks=[np.tril(np.ones((4, 4), bool))])

    # A mask that is computed: keys that are positive at their first entry, and the query's own.
    case = ModelCase("attention_mask_computed", "Attention", [1, 4, 24], opset=23, low=-2.0, high=2.0,
                     extra=True)
    q, k, v = parts(case, 8, 8, 8)
    hot = case.node("OneHot", case.node("ArgMax", k, axis=-1, keepdims=0), case.const(4, np.int64),
                    case.ints(0, 1), axis=-1)
    hot = case.node("Unsqueeze", case.node("Cast", hot, to=TensorProto.BOOL), case.ints(1))
    yield case.finish(case.node("Attention", q, k, v, hot, q_num_heads=2, kv_num_heads=2))


def rotations(rng):
    angles = rng.uniform(0, 6, (1, 4, 2))
    for name, dim, attributes in (("", 2, {}), ("_interleaved", 2, dict(interleaved=1)),
                                  ("_partial", 2, dict(rotary_embedding_dim=4))):
        width = 12 if "partial" in name else 8
        case = ModelCase(f"rotary_embedding{name}", "RotaryEmbedding", [1, 4, width], opset=23)
        yield case.finish(case.node("RotaryEmbedding", "input", case.const(np.cos(angles)), case.const(np.sin(angles)),
                                    num_heads=2, **attributes))
    case = ModelCase("rotary_embedding_positions", "RotaryEmbedding", [1, 2, 3, 4], opset=23)
    angles = rng.uniform(0, 6, (8, 2))
    yield case.finish(case.node("RotaryEmbedding", "input", case.const(np.cos(angles)), case.const(np.sin(angles)),
                                case.const([[5, 0, 7]], np.int64)))


def all_cases(rng):
    for group in (attentions, rotations):
        yield from group(rng)
