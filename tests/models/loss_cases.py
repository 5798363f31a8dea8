"""Models for losses of classifiers, whose targets are where the input is largest."""

import numpy as np

from model_case import ModelCase


def all_cases(rng):
    for op in ("SoftmaxCrossEntropyLoss", "NegativeLogLikelihoodLoss"):
        stem = "cross_entropy" if op[0] == "S" else "log_likelihood"
        for reduction in ("none", "sum", "mean"):
            case = ModelCase(f"{stem}_{reduction}", op, [3, 5], low=-2.0, high=2.0, distinct=True)
            target = case.node("ArgMax", "input", axis=1, keepdims=0)
            shape = [3] if reduction == "none" else []
            yield case.finish(case.node(op, "input", target, reduction=reduction), shape=shape)
        case = ModelCase(f"{stem}_weights", op, [3, 5], low=-2.0, high=2.0, distinct=True)
        target = case.node("ArgMax", "input", axis=1, keepdims=0)
        weights = case.const(rng.uniform(0.5, 1.5, 5))
        yield case.finish(case.node(op, "input", target, weights, ignore_index=2, reduction="sum"), shape=[])
