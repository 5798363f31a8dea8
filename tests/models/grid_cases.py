"""Models for GridSample and AffineGrid."""

import numpy as np

from model_case import ModelCase


def all_cases(rng):
    grid = rng.uniform(-1.3, 1.3, (1, 3, 5, 2)).round(3)
    for mode in ("linear", "nearest", "cubic"):
        for padding in ("zeros", "border", "reflection"):
            for corners in (0, 1):
                case = ModelCase(f"grid_sample_{mode}_{padding}{'_corners' if corners else ''}", "GridSample", [1, 2, 4, 5],
                                 opset=20)
                yield case.finish(case.node("GridSample", "input", case.const(grid), mode=mode, padding_mode=padding,
                                            align_corners=corners))
    case = ModelCase("grid_sample_batches", "GridSample", [2, 1, 4, 4], opset=20)
    yield case.finish(case.node("GridSample", "input", case.const(rng.uniform(-1, 1, (2, 2, 2, 2)).round(3))))
    for padding in ("zeros", "border"):
        case = ModelCase(f"grid_sample_computed_{padding}", "GridSample", [1, 3, 4, 2], low=-0.9, high=0.9, opset=20)
        x = case.const(rng.uniform(-1, 1, (1, 2, 4, 5)))
        yield case.finish(case.node("GridSample", x, "input", padding_mode=padding))
    for name, size, corners in (("", [2, 3, 4, 5], 0), ("_corners", [2, 3, 4, 5], 1), ("_3d", [1, 2, 3, 2, 2], 0)):
        axes = len(size) - 2
        case = ModelCase(f"affine_grid{name}", "AffineGrid", [size[0], axes, axes + 1], opset=20)
        yield case.finish(case.node("AffineGrid", "input", case.ints(*size), align_corners=corners))
