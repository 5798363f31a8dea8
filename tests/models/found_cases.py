"""Models in which tests/graph_fuzz found something wrong, each as small as it still showed it."""

import numpy as np
from onnx import TensorProto

from model_case import ModelCase, small


def sums_before_products(rng):
    # A scalar was read as if it had an axis, because the matrix has one row.
    case = ModelCase("scalar_before_row", "MatMul", [1, 4, 1])
    yield case.finish(case.node("MatMul", case.node("Sub", "input", case.const(0.25)), case.const(small(rng, 1, 8))))


def constants_where_values_are_usual(rng):
    case = ModelCase("constant_convolved_with_computed", "Conv", [3, 2, 3, 3])
    yield case.finish(case.node("Conv", case.const(small(rng, 1, 2, 5, 5)), "input", kernel_shape=[3, 3]))
    case = ModelCase("integers_times_computed", "MatMul", [4, 3], low=-9, high=9, dtype=np.int32, exact=True)
    table = case.const(rng.integers(-50, 50, (2, 4)), np.int32)
    yield case.finish(case.node("MatMul", table, "input"), TensorProto.INT32)


def all_cases(rng):
    for group in (sums_before_products, constants_where_values_are_usual):
        yield from group(rng)
