"""Models for operators that take or put entries by indices of several axes, constant and computed."""

import numpy as np
from onnx import TensorProto

from model_case import ModelCase


def computed_indices(case, axis=-1):
    """Integers of the input: where its rows are largest."""
    return case.node("ArgMax", "input", axis=axis, keepdims=0)


def taking(rng):
    for axis, indices in ((0, [[0, 2, 1, 0], [1, 1, 0, 2]]), (1, [[3, -1, 0], [0, 0, 1], [2, 2, 2]])):
        case = ModelCase(f"gather_elements_axis{axis}", "GatherElements", [3, 4])
        yield case.finish(case.node("GatherElements", "input", case.const(indices, np.int64), axis=axis))
    case = ModelCase("gather_elements_computed", "GatherElements", [3, 4], distinct=True)
    indices = case.node("Unsqueeze", computed_indices(case), case.ints(1))
    yield case.finish(case.node("GatherElements", "input", indices, axis=1))
    for name, indices, batch in (("", [[1, 0], [0, -1]], 0), ("_rows", [[1], [2], [0]], 0),
                                 ("_batch", [[[1]], [[0]], [[3]]], 1)):
        case = ModelCase(f"gather_nd{name}", "GatherND", [3, 4, 2])
        yield case.finish(case.node("GatherND", "input", case.const(indices, np.int64), batch_dims=batch))
    case = ModelCase("gather_nd_computed", "GatherND", [4, 4], distinct=True)
    indices = case.node("Concat", *(case.node("Unsqueeze", computed_indices(case, a), case.ints(1)) for a in (0, 1)),
                        axis=1)
    yield case.finish(case.node("GatherND", "input", indices))
    case = ModelCase("compress", "Compress", [1, 5, 2])
    yield case.finish(case.node("Compress", "input", case.const([True, False, True, True], bool), axis=1))
    # Runs and single indices.
    case = ModelCase("gather_runs", "Gather", [1, 12])
    yield case.finish(case.node("Gather", "input", case.ints(0, 1, 2, 3, 9, 9, 9, 8, 6, 4, 11), axis=1))


def putting(rng):
    updates = rng.uniform(-1, 1, (2, 3))
    for reduction in ("none", "add"):
        name = "" if reduction == "none" else "_add"
        case = ModelCase(f"scatter_elements{name}", "ScatterElements", [3, 4], opset=18)
        yield case.finish(case.node("ScatterElements", "input", case.const([[0, 3, 1], [2, 0, 3]], np.int64),
                                    case.const(updates), axis=1, reduction=reduction))
        case = ModelCase(f"scatter_elements{name}_computed", "ScatterElements", [3, 4], opset=18, distinct=True)
        indices = case.node("Unsqueeze", computed_indices(case), case.ints(1))
        yield case.finish(case.node("ScatterElements", "input", indices, case.const(rng.uniform(-1, 1, (3, 1))), axis=1,
                                    reduction=reduction))
        case = ModelCase(f"scatter_nd{name}", "ScatterND", [4, 3], opset=18)
        yield case.finish(case.node("ScatterND", "input", case.const([[3], [1]], np.int64), case.const(updates),
                                    reduction=reduction))
        case = ModelCase(f"scatter_nd{name}_computed", "ScatterND", [4, 3], opset=18, distinct=True)
        indices = case.node("Reshape", case.node("ArgMax", "input", axis=0, keepdims=0), case.ints(3, 1))
        indices = case.node("Slice", indices, case.ints(0), case.ints(1), case.ints(0))
        yield case.finish(case.node("ScatterND", "input", indices, case.const(rng.uniform(-1, 1, (1, 3))),
                                    reduction=reduction))


def repeating(rng):
    """Six indices of at most three places: of those that are the same, the last counts."""
    case = ModelCase("scatter_elements_repeated", "ScatterElements", [6, 3], opset=18, distinct=True)
    indices = case.node("ArgMax", "input", axis=1, keepdims=1)
    yield case.finish(case.node("ScatterElements", "input", indices, case.const(rng.uniform(-1, 1, (6, 1))), axis=0))
    case = ModelCase("scatter_nd_repeated", "ScatterND", [6, 3], opset=18, distinct=True)
    indices = case.node("ArgMax", "input", axis=1, keepdims=1)
    yield case.finish(case.node("ScatterND", "input", indices, case.const(rng.uniform(-1, 1, (6, 3)))))


def largest(rng):
    for name, shape, k, attributes in (("", [1, 12], 4, {}), ("_smallest", [3, 6], 2, dict(largest=0)),
                                       ("_axis", [4, 3], 3, dict(axis=0))):
        for output, kind in ((0, TensorProto.FLOAT), (1, TensorProto.INT64)):
            case = ModelCase(f"top_k{name}_output{output}", "TopK", shape, distinct=True)
            yield case.finish(case.node("TopK", "input", case.ints(k), outputs=2, **attributes)[output], kind)


def all_cases(rng):
    for group in (taking, putting, repeating, largest):
        yield from group(rng)
