"""Models for operators that are linear in their input, or pool: convolutions, matrix products, arithmetic, pooling."""

import numpy as np

from model_case import ModelCase, he, small


def convolutions(rng):
    def conv(name, shape, weights, bias=True, op="Conv", outputs=None, **attributes):
        case = ModelCase(name, op, shape, extra=attributes.pop("extra", False))
        inputs = ["input", case.const(weights)]
        if bias:
            inputs.append(case.const(small(rng, outputs or weights.shape[0])))
        return case.finish(case.node(op, *inputs, **attributes))

    yield conv("conv_3x3", [1, 2, 6, 6], he(rng, 3, 2, 3, 3), kernel_shape=[3, 3])
    yield conv("conv_no_kernel_shape", [1, 2, 5, 5], he(rng, 3, 2, 3, 3))
    yield conv("conv_no_bias", [1, 2, 6, 6], he(rng, 3, 2, 3, 3), bias=False, kernel_shape=[3, 3])
    yield conv("conv_1x1", [1, 4, 3, 3], he(rng, 5, 4, 1, 1), kernel_shape=[1, 1])
    yield conv("conv_pads", [1, 2, 5, 5], he(rng, 3, 2, 3, 3), kernel_shape=[3, 3], pads=[1, 1, 1, 1])
    yield conv("conv_pads_uneven", [1, 2, 5, 4], he(rng, 3, 2, 3, 2), kernel_shape=[3, 2], pads=[0, 1, 2, 0])
    yield conv("conv_strides", [1, 2, 7, 7], he(rng, 3, 2, 3, 3), kernel_shape=[3, 3], strides=[2, 2], pads=[1] * 4)
    yield conv("conv_strides_uneven", [1, 2, 7, 8], he(rng, 3, 2, 3, 3), kernel_shape=[3, 3], strides=[1, 3])
    yield conv("conv_dilations", [1, 2, 7, 7], he(rng, 3, 2, 3, 3), kernel_shape=[3, 3], dilations=[2, 2])
    yield conv("conv_groups", [1, 4, 5, 5], he(rng, 6, 2, 3, 3), kernel_shape=[3, 3], group=2)
    yield conv("conv_depthwise", [1, 4, 5, 5], he(rng, 4, 1, 3, 3), kernel_shape=[3, 3], group=4, pads=[1] * 4)
    for mode in ("SAME_UPPER", "SAME_LOWER", "VALID"):
        yield conv(f"conv_auto_pad_{mode.lower()}", [1, 2, 6, 5], he(rng, 3, 2, 3, 2), kernel_shape=[3, 2],
                   strides=[2, 1], auto_pad=mode)
    yield conv("conv_1d", [1, 3, 12], he(rng, 4, 3, 5), kernel_shape=[5], pads=[2, 2], extra=True)

    transposed = dict(op="ConvTranspose")
    yield conv("conv_transpose", [1, 3, 4, 4], he(rng, 3, 2, 3, 3), outputs=2, kernel_shape=[3, 3], **transposed)
    yield conv("conv_transpose_strides", [1, 3, 3, 3], he(rng, 3, 2, 2, 2), outputs=2, kernel_shape=[2, 2],
               strides=[2, 2], **transposed)
    yield conv("conv_transpose_output_padding", [1, 3, 3, 3], he(rng, 3, 2, 3, 3), outputs=2, kernel_shape=[3, 3],
               strides=[2, 2], pads=[1] * 4, output_padding=[1, 1], **transposed)
    yield conv("conv_transpose_groups", [1, 4, 3, 3], he(rng, 4, 2, 3, 3), outputs=4, kernel_shape=[3, 3], group=2,
               **transposed)
    yield conv("conv_transpose_dilations", [1, 2, 3, 3], he(rng, 2, 2, 2, 2), outputs=2, kernel_shape=[2, 2],
               dilations=[2, 2], **transposed)


def products(rng):
    case = ModelCase("gemm", "Gemm", [1, 6])
    yield case.finish(case.node("Gemm", "input", case.const(he(rng, 6, 4)), case.const(small(rng, 4))))

    case = ModelCase("gemm_trans_b", "Gemm", [1, 6])
    yield case.finish(case.node("Gemm", "input", case.const(he(rng, 4, 6)), case.const(small(rng, 4)), alpha=1.0,
                                beta=1.0, transB=1))

    case = ModelCase("gemm_trans_a", "Gemm", [6, 2])
    yield case.finish(case.node("Gemm", "input", case.const(he(rng, 6, 4)), case.const(small(rng, 4)), transA=1))

    case = ModelCase("gemm_trans_both", "Gemm", [6, 2])
    yield case.finish(case.node("Gemm", "input", case.const(he(rng, 4, 6)), case.const(small(rng, 4)), transA=1,
                                transB=1))

    case = ModelCase("gemm_alpha_beta", "Gemm", [1, 6])
    yield case.finish(case.node("Gemm", "input", case.const(he(rng, 4, 6)), case.const(small(rng, 4)), alpha=0.5,
                                beta=1.5, transB=1))

    case = ModelCase("gemm_no_bias", "Gemm", [2, 6])
    yield case.finish(case.node("Gemm", "input", case.const(he(rng, 4, 6)), transB=1))

    case = ModelCase("gemm_scalar_bias", "Gemm", [2, 6])
    yield case.finish(case.node("Gemm", "input", case.const(he(rng, 4, 6)), case.const(0.25), transB=1))

    case = ModelCase("gemm_matrix_bias", "Gemm", [2, 6])
    yield case.finish(case.node("Gemm", "input", case.const(he(rng, 4, 6)), case.const(small(rng, 2, 4)), transB=1))

    case = ModelCase("matmul", "MatMul", [1, 6])
    yield case.finish(case.node("MatMul", "input", case.const(he(rng, 6, 4))))

    case = ModelCase("matmul_batch", "MatMul", [1, 3, 6])
    yield case.finish(case.node("MatMul", "input", case.const(he(rng, 6, 4))))

    case = ModelCase("matmul_batch_both", "MatMul", [2, 3, 6])
    yield case.finish(case.node("MatMul", "input", case.const(he(rng, 2, 6, 4))))

    case = ModelCase("matmul_const_left", "MatMul", [6, 3])
    yield case.finish(case.node("MatMul", case.const(he(rng, 4, 6)), "input"))

    case = ModelCase("matmul_vector", "MatMul", [1, 6])
    yield case.finish(case.node("MatMul", "input", case.const(he(rng, 6))))

    case = ModelCase("matmul_of_activations", "MatMul", [1, 3, 4], extra=True)
    yield case.finish(case.node("MatMul", "input", case.node("Transpose", "input", perm=[0, 2, 1])))


def arithmetic(rng):
    for op in ("Add", "Sub", "Mul", "Div"):
        for name, shape, operand in (
                ("scalar", [1, 6], np.float32(1.75)),
                ("vector", [1, 6], rng.uniform(0.5, 2.0, 6)),
                ("channel", [1, 3, 4, 4], rng.uniform(0.5, 2.0, (3, 1, 1))),
                ("same_shape", [1, 3, 2, 2], rng.uniform(0.5, 2.0, (1, 3, 2, 2)))):
            case = ModelCase(f"{op.lower()}_const_{name}", op, shape)
            yield case.finish(case.node(op, "input", case.const(operand)))

    case = ModelCase("sub_from_const", "Sub", [1, 6])
    yield case.finish(case.node("Sub", case.const(1.0), "input"))

    case = ModelCase("div_negative_const", "Div", [1, 6])
    yield case.finish(case.node("Div", "input", case.const([-0.5, 2.0, -3.0, 0.7, 1.0, -1.0])))

    for op in ("Add", "Sub", "Mul"):
        case = ModelCase(f"{op.lower()}_two_branches", op, [1, 2, 3, 3])
        yield case.finish(case.node(op, "input", case.node("Relu", "input")))

        case = ModelCase(f"{op.lower()}_broadcast_branches", op, [1, 2, 3, 3])
        yield case.finish(case.node(op, "input", case.node("GlobalAveragePool", "input")))

    case = ModelCase("neg", "Neg", [1, 6], extra=True)
    yield case.finish(case.node("Neg", "input"))

    case = ModelCase("abs", "Abs", [1, 6], extra=True)
    yield case.finish(case.node("Abs", "input"))

    case = ModelCase("pow_2", "Pow", [1, 6], extra=True)
    yield case.finish(case.node("Pow", "input", case.const(2.0)))

    case = ModelCase("max_const", "Max", [1, 6], extra=True)
    yield case.finish(case.node("Max", "input", case.const(0.1)))

    case = ModelCase("min_const", "Min", [1, 6], extra=True)
    yield case.finish(case.node("Min", "input", case.const(0.1)))


def pooling(rng):
    def pool(name, op, shape, opset=13, extra=False, **attributes):
        case = ModelCase(name, op, shape, opset=opset, extra=extra)
        return case.finish(case.node(op, "input", **attributes))

    image = [1, 2, 6, 6]
    yield pool("max_pool", "MaxPool", image, kernel_shape=[2, 2], strides=[2, 2])
    yield pool("max_pool_default_strides", "MaxPool", image, kernel_shape=[3, 2])
    yield pool("max_pool_pads", "MaxPool", image, kernel_shape=[3, 3], strides=[2, 2], pads=[1] * 4)
    yield pool("max_pool_pads_uneven", "MaxPool", image, kernel_shape=[3, 3], strides=[1, 2], pads=[0, 1, 2, 0])
    yield pool("max_pool_ceil", "MaxPool", [1, 2, 6, 7], kernel_shape=[3, 3], strides=[2, 2], ceil_mode=1)
    yield pool("max_pool_same_upper", "MaxPool", [1, 2, 5, 6], kernel_shape=[2, 3], strides=[2, 2],
               auto_pad="SAME_UPPER")
    yield pool("max_pool_dilations", "MaxPool", image, kernel_shape=[2, 2], dilations=[2, 2], extra=True)
    yield pool("average_pool", "AveragePool", image, kernel_shape=[2, 2], strides=[2, 2])
    yield pool("average_pool_3x3", "AveragePool", image, kernel_shape=[3, 3], strides=[3, 3])
    yield pool("average_pool_overlap", "AveragePool", image, kernel_shape=[3, 2], strides=[1, 1])
    for include in (0, 1):
        yield pool(f"average_pool_pads_{'in' if include else 'ex'}clude", "AveragePool", image, kernel_shape=[3, 3],
                   strides=[2, 2], pads=[1] * 4, count_include_pad=include)
    yield pool("average_pool_ceil", "AveragePool", [1, 2, 6, 7], kernel_shape=[3, 3], strides=[2, 2], ceil_mode=1)
    yield pool("global_average_pool", "GlobalAveragePool", [1, 3, 4, 4])
    yield pool("global_average_pool_7x7", "GlobalAveragePool", [1, 2, 7, 7])
    yield pool("global_max_pool", "GlobalMaxPool", [1, 3, 4, 4], extra=True)

    def reduce(name, op, shape, axes, keepdims, opset):
        case = ModelCase(name, op, shape, opset=opset)
        by_input = opset >= (13 if op == "ReduceSum" else 18)
        if by_input:
            return case.finish(case.node(op, "input", case.ints(*axes), keepdims=keepdims))
        return case.finish(case.node(op, "input", axes=axes, keepdims=keepdims))

    for op, opsets in (("ReduceMean", (11, 13, 18)), ("ReduceSum", (11, 13))):
        stem = op.lower().replace("reduce", "reduce_")
        for opset in opsets:
            yield reduce(f"{stem}_opset{opset}", op, [1, 3, 4, 5], [2, 3], 0, opset)
        yield reduce(f"{stem}_keepdims", op, [1, 3, 4, 5], [1], 1, 13)
        yield reduce(f"{stem}_last", op, [1, 3, 8], [-1], 0, 13)
        case = ModelCase(f"{stem}_all", op, [1, 3, 4], opset=13)
        yield case.finish(case.node(op, "input", keepdims=1))


def all_cases(rng):
    for group in (convolutions, products, arithmetic, pooling):
        yield from group(rng)
