"""Models with an input of integers or booleans."""

import numpy as np
from onnx import TensorProto

from model_case import ModelCase, he, small


def pictures(rng):
    for dtype, low, high in ((np.uint8, 0, 255), (np.int8, -128, 127)):
        case = ModelCase(f"{np.dtype(dtype)}_picture", "Cast", [1, 2, 5, 5], low=low, high=high, dtype=dtype)
        x = case.node("Mul", case.node("Cast", "input", to=TensorProto.FLOAT), case.const(1 / 255))
        x = case.node("Conv", x, case.const(he(rng, 3, 2, 3, 3)), case.const(small(rng, 3)), kernel_shape=[3, 3])
        yield case.finish(case.node("Relu", x))

    case = ModelCase("uint8_transposed", "Cast", [1, 4, 4, 2], low=0, high=255, dtype=np.uint8)
    x = case.node("Cast", case.node("Transpose", "input", perm=[0, 3, 1, 2]), to=TensorProto.FLOAT)
    x = case.node("Div", case.node("Sub", x, case.const([[[127.5]], [[100.0]]])), case.const(64.0))
    yield case.finish(case.node("GlobalAveragePool", x))

    case = ModelCase("bool_flags", "Cast", [1, 8], low=0, high=1, dtype=bool)
    yield case.finish(case.node("Gemm", case.node("Cast", "input", to=TensorProto.FLOAT), case.const(he(rng, 4, 8)),
                                transB=1))

    case = ModelCase("int32_features", "Cast", [1, 6], low=-900, high=3000, dtype=np.int32)
    yield case.finish(case.node("Gemm", case.node("Cast", "input", to=TensorProto.FLOAT), case.const(he(rng, 4, 6)),
                                case.const(100 * small(rng, 4)), transB=1))

    case = ModelCase("int64_arithmetic", "Add", [1, 6], low=-50, high=50, dtype=np.int64)
    x = case.node("Add", case.node("Mul", "input", case.ints(3)), case.ints(1, 2, 3, 4, 5, 6))
    yield case.finish(case.node("Cast", x, to=TensorProto.FLOAT))


def embeddings(rng):
    for dtype in (np.int64, np.int32):
        case = ModelCase(f"embedding_{np.dtype(dtype)}", "Gather", [1, 5], low=0, high=19, dtype=dtype)
        x = case.node("Gather", case.const(rng.standard_normal((20, 6))), "input")
        yield case.finish(case.node("MatMul", x, case.const(he(rng, 6, 4))))

    case = ModelCase("embedding_uint8_cast", "Gather", [1, 5], low=0, high=9, dtype=np.uint8)
    index = case.node("Cast", "input", to=TensorProto.INT64)
    yield case.finish(case.node("Gather", case.const(rng.standard_normal((10, 3))), index))

    case = ModelCase("embedding_inner_axis", "Gather", [2, 3], low=0, high=4, dtype=np.int64)
    x = case.node("Gather", case.const(rng.standard_normal((2, 5, 3))), "input", axis=1)
    yield case.finish(case.node("Tanh", x))

    case = ModelCase("embedding_with_positions", "Gather", [1, 4], low=0, high=11, dtype=np.int64)
    x = case.node("Gather", case.const(rng.standard_normal((12, 8))), "input")
    positions = case.node("Range", case.const(0, np.int64),
                          case.node("Gather", case.node("Shape", "input"), case.const(1, np.int64)),
                          case.const(1, np.int64))
    x = case.node("Add", x, case.node("Gather", case.const(rng.standard_normal((6, 8))), positions))
    yield case.finish(case.node("MatMul", x, case.const(he(rng, 8, 3))), shape=[1, 4, 3])

    case = ModelCase("gather_by_argmax", "Gather", [1, 6], distinct=True)
    best = case.node("ArgMax", "input", axis=1, keepdims=0)
    yield case.finish(case.node("Gather", case.const(rng.standard_normal((6, 4))), best))


def all_cases(rng):
    for group in (pictures, embeddings):
        yield from group(rng)
