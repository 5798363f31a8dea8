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


def integers_that_wrap(rng):
    """Of 32 bits, beyond their ends: multiples of powers of two, which floats hold, divided by them in the end.

    Reductions do not wrap around in onnxruntime: they saturate.
    """
    def case(name, op, bits, high=2000, dtype=np.int32):
        made = ModelCase(f"wrapping_{name}", op, (3, 4), low=-2000, high=high, dtype=dtype, exact=True)
        return made, made.node("Mul", "input", made.const(2**bits, dtype))

    def end(made, y, bits, dtype=np.int32, to=TensorProto.INT32):
        return made.finish(made.node("Div", y, made.const(2**bits, dtype)), to)

    made, x = case("product", "Mul", 10)
    yield end(made, made.node("Mul", x, x), 20)
    made, x = case("sum", "Add", 20)  # within the type before it is added
    yield end(made, made.node("Add", made.node("Add", x, x), x), 20)
    made, x = case("difference", "Sub", 20)
    yield end(made, made.node("Sub", made.const(2**30 + 2**29, np.int32), x), 20)
    made, x = case("negative", "Neg", 20)
    yield end(made, made.node("Neg", made.node("Add", x, x)), 20)
    made, x = case("reduced_sum", "ReduceSum", 20, high=100)  # floats hold the lower end
    yield end(made, made.node("ReduceSum", x, made.ints(1), keepdims=0), 20)
    made, x = case("matrix_product", "MatMul", 10)
    yield end(made, made.node("MatMul", x, made.const(2**10 * rng.integers(-9, 10, (4, 3)), np.int32)), 20)
    made, x = case("power", "Pow", 5)
    yield end(made, made.node("Pow", x, made.const(2, np.int32)), 10)
    made, x = case("cumulated_sum", "CumSum", 20)
    yield end(made, made.node("CumSum", x, made.ints(1)), 20)
    made, x = case("cast", "Cast", 22, dtype=np.int64)
    yield end(made, made.node("Cast", x, to=TensorProto.INT32), 22)
    made, x = case("product_with_a_vector", "Einsum", 10)
    yield end(made, made.node("Einsum", x, x, equation="ij,ij->i"), 20)


def roots_of_sums_of_squares(rng):
    """Where small ones matter to what comes after them."""
    sizes = 10.0 ** rng.uniform(-2.5, 0.3, (1, 1, 6, 6))

    def case(name, op, opset=18):
        made = ModelCase(f"small_roots_{name}", op, sizes.shape, opset=opset)
        return made, made.node("Mul", "input", made.const(sizes))

    made, x = case("lp_pool", "LpPool")
    yield made.finish(made.node("Erf", made.node("LpPool", x, kernel_shape=[1, 2], pads=[0, 1, 0, 0], p=2)))
    made, x = case("global_lp_pool", "GlobalLpPool")
    yield made.finish(made.node("Erf", made.node("GlobalLpPool", made.node("Reshape", x, made.ints(1, 18, 1, 2)), p=2)))
    made, x = case("reduce_l2", "ReduceL2")
    yield made.finish(made.node("Erf", made.node("ReduceL2", made.node("Reshape", x, made.ints(18, 2)), made.ints(1))))
    made, x = case("written_out", "Sqrt")
    squares = made.node("Mul", x, x)
    mean = made.node("ReduceMean", made.node("Reshape", squares, made.ints(18, 2)), made.ints(1))
    yield made.finish(made.node("Erf", made.node("Sqrt", mean)))


def functions_written_out(rng):
    # Numbers with axes of their own were read as if the function's sample points had as many.
    case = ModelCase("gelu_of_numbers_with_axes", "Tanh", [2, 3, 5], low=-4, high=4)

    def number(v):
        return case.const(np.full((1, 1, 1), v))

    cube = case.node("Mul", case.node("Mul", "input", "input"), "input")
    inner = case.node("Add", "input", case.node("Mul", cube, number(0.044715)))
    tanh = case.node("Tanh", case.node("Mul", inner, number(np.sqrt(2 / np.pi))))
    half = case.node("Mul", "input", number(0.5))
    yield case.finish(case.node("Mul", half, case.node("Add", tanh, number(1))))


def masks_of_other_kinds(rng):
    """Of minus infinity, and what is no number where nothing reads it."""
    seen = np.tril(np.ones((2, 6)), 3).astype(bool)
    case = ModelCase("masked_argmax", "ArgMax", [2, 6], distinct=True, exact=True)
    masked = case.node("Where", case.const(seen, bool), "input", case.const(-np.inf))
    yield case.finish(case.node("ArgMax", masked, axis=1), TensorProto.INT64)
    case = ModelCase("softmax_of_masked_columns", "Softmax", [2, 6])
    yield case.finish(case.node("Softmax", case.node("Concat", "input", case.const(np.full((2, 2), -np.inf)), axis=1), axis=1))
    case = ModelCase("where_no_number_is_read", "Where", [2, 6])
    numbers = np.where(seen, np.nan, 0.5)
    yield case.finish(case.node("Where", case.const(seen, bool), "input", case.const(numbers)))
    case = ModelCase("product_over_nothing", "MatMul", [2, 6])
    none = case.node("Slice", "input", case.ints(0), case.ints(0), case.ints(1))
    yield case.finish(case.node("Add", case.node("MatMul", none, case.const(np.zeros((0, 6)))), "input"))


def all_cases(rng):
    for group in (sums_before_products, constants_where_values_are_usual, integers_that_wrap, roots_of_sums_of_squares,
                  functions_written_out, masks_of_other_kinds):
        yield from group(rng)
