"""Models for normalisations, with parameters that are constant or computed."""

import numpy as np

from model_case import ModelCase, small


def rows(rng):
    for op, opset in (("LayerNormalization", 17), ("RMSNormalization", 23)):
        stem = "layer_norm" if op[0] == "L" else "rms_norm"
        for axis in (1, 2):
            case = ModelCase(f"{stem}_axis{axis}", op, [2, 3, 8], opset=opset, low=-2.0, high=2.0)
            shape = case.shape[axis:]
            yield case.finish(case.node(op, "input", case.const(rng.uniform(0.5, 1.5, shape)), axis=axis))
        case = ModelCase(f"{stem}_computed_scale", op, [1, 4, 8], opset=opset, low=-2.0, high=2.0)
        scale = case.node("Sigmoid", case.node("Slice", "input", case.ints(0), case.ints(1), case.ints(1)))
        scale = case.node("Reshape", scale, case.ints(8))
        yield case.finish(case.node(op, "input", scale))

    for output in (1, 2):
        case = ModelCase(f"layer_norm_output{output}", "LayerNormalization", [1, 4, 8], opset=17, low=-2.0, high=2.0)
        yield case.finish(case.node("LayerNormalization", "input", case.const(np.ones(8)), outputs=3)[output],
                          shape=[1, 4, 1])

    # Rows that differ by orders of magnitude.
    for name, op, opset, factors in (("layer_norm", "LayerNormalization", 17, [0.001, 1.0, -10.0, 1000.0]),
                                     ("rms_norm", "RMSNormalization", 23, [0.01, 1.0, 300.0, 0.0])):
        case = ModelCase(f"{name}_rows_of_different_size", op, [1, 4, 16], opset=opset, low=-2.0, high=2.0)
        rows_ = case.node("Mul", "input", case.const(np.reshape(factors, (1, 4, 1))))
        yield case.finish(case.node(op, rows_, case.const(rng.uniform(0.5, 1.5, 16))))

    case = ModelCase("rms_norm_written_out", "RMSNormalization", [1, 4, 8], low=-2.0, high=2.0)
    mean = case.node("ReduceMean", case.node("Mul", "input", "input"), axes=[-1])
    yield case.finish(case.node("Div", "input", case.node("Sqrt", case.node("Add", mean, case.const(1e-5)))))
    case = ModelCase("l2_norm_written_out", "LpNormalization", [1, 8], low=-2.0, high=2.0)
    yield case.finish(case.node("Div", "input", case.node("ReduceL2", "input", axes=[1])))
    for axis in (1, -1):
        case = ModelCase(f"l2_norm_axis{axis % 3}", "LpNormalization", [1, 4, 6], low=-2.0, high=2.0)
        yield case.finish(case.node("LpNormalization", "input", axis=axis, p=2))


def planes(rng):
    for name, shape in (("instance_norm", [2, 3, 4, 4]), ("instance_norm_1d", [1, 2, 12])):
        case = ModelCase(name, "InstanceNormalization", shape, low=-2.0, high=2.0)
        channels = shape[1]
        yield case.finish(case.node("InstanceNormalization", "input", case.const(rng.uniform(0.5, 1.5, channels)),
                                    case.const(small(rng, channels)), epsilon=1e-4))
    # The scale is each group's until operator set 20, each channel's from 21 on.
    case = ModelCase("group_norm", "GroupNormalization", [1, 6, 3, 3], opset=21, low=-2.0, high=2.0)
    yield case.finish(case.node("GroupNormalization", "input", case.const(rng.uniform(0.5, 1.5, 6)),
                                case.const(small(rng, 6)), num_groups=2), shape=[1, 6, 3, 3])
    for name, axes in (("mean_variance_norm", dict(axes=[0, 2, 3])), ("mean_variance_norm_axes", dict(axes=[0, 2]))):
        case = ModelCase(name, "MeanVarianceNormalization", [2, 3, 4, 2], low=-2.0, high=2.0)
        yield case.finish(case.node("MeanVarianceNormalization", "input", **axes))
    for name, attributes in (("lrn", dict(size=3)), ("lrn_five", dict(size=5, alpha=0.5, beta=0.5, bias=2.0))):
        case = ModelCase(name, "LRN", [1, 6, 3, 3], low=-2.0, high=2.0)
        yield case.finish(case.node("LRN", "input", **attributes))
    case = ModelCase("batch_norm_computed", "BatchNormalization", [1, 3, 2, 8], opset=15, low=0.2, high=2.0)
    mean = case.node("Reshape", case.node("ReduceMean", "input", axes=[0, 2, 3]), case.ints(3))
    yield case.finish(case.node("BatchNormalization", "input", case.const(rng.uniform(0.5, 1.5, 3)),
                                case.const(small(rng, 3)), mean, mean))


def all_cases(rng):
    for group in (rows, planes):
        yield from group(rng)
