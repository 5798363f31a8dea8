"""The tables that models are fitted to: scikit-learn's own, with raw features, and a few made of them. All float32."""

import functools

import numpy as np
from sklearn import datasets

SEED = 12
TRAINING = 100  # rows; the others are held out


class Table:
    """x [rows, features], y [rows]; the first rows are for fitting, the others are held out."""

    def __init__(self, x, y, training=TRAINING):
        order = np.random.default_rng(SEED).permutation(len(x))
        self.x, self.y = np.asarray(x, np.float32)[order], np.asarray(y)[order]
        self.training = training

    @property
    def fitted(self):
        return self.x[: self.training], self.y[: self.training]

    def held_out(self, most):
        """Rows within the range of the fitted ones, so that no model is asked beyond what it has seen."""
        low, high = np.nanmin(self.fitted[0], 0), np.nanmax(self.fitted[0], 0)
        return np.clip(self.x[self.training: self.training + most], low, high)


def iris():
    return Table(*datasets.load_iris(return_X_y=True))


def wine():
    return Table(*datasets.load_wine(return_X_y=True))


def cancer():
    return Table(*datasets.load_breast_cancer(return_X_y=True), training=150)


def diabetes():
    return Table(*datasets.load_diabetes(return_X_y=True, scaled=False), training=150)


def diabetes_scaled():
    return Table(*datasets.load_diabetes(return_X_y=True), training=150)


def digits():
    x, y = datasets.load_digits(return_X_y=True)
    return Table(x, y, training=300)


def two_targets():
    x, y = datasets.load_diabetes(return_X_y=True, scaled=False)
    return Table(x[:, :8], np.stack([y, 3 * x[:, 8] + x[:, 2]], 1), training=150)


def two_labels():
    x, y = datasets.load_iris(return_X_y=True)
    return Table(x, np.stack([y, (x[:, 0] > 5.8).astype(int)], 1))


def positive_targets():
    x, y = datasets.load_diabetes(return_X_y=True)
    return Table(x, y / 100, training=150)


def counts():
    """Counts of words, as naive Bayes has them."""
    rng = np.random.default_rng(SEED)
    y = rng.integers(0, 3, 250)
    return Table(rng.poisson(np.array([[1, 4, 2, 0.5, 3], [3, 1, 2, 2, 0.5], [2, 2, 0.5, 4, 1]])[y]), y)


def flags():
    table = counts()
    return Table(table.x > 1, table.y)


def categories():
    """Numbers of categories, the last of each 5 rows another label."""
    rng = np.random.default_rng(SEED)
    x = np.stack([rng.integers(0, 4, 250), rng.integers(0, 3, 250), rng.integers(0, 6, 250)], 1)
    return Table(x, (x[:, 0] + x[:, 2] > 4).astype(int) ^ (rng.random(250) < 0.1))


def missing():
    """Breast cancer with every tenth value missing."""
    table = cancer()
    x = table.x[:, :8].copy()
    x[np.random.default_rng(SEED).random(x.shape) < 0.1] = np.nan
    out = Table(x, table.y, training=150)
    return out


def mixed():
    """Two columns of categories, a column of few steps, and four of measurements."""
    x, y = datasets.load_breast_cancer(return_X_y=True)
    rng = np.random.default_rng(SEED)
    few = np.round(x[:, 4] * 50) / 50
    return Table(np.column_stack([rng.integers(0, 3, len(x)), np.digitize(x[:, 0], [12, 15, 20]), few, x[:, [0, 3, 5, 9]]]), y,
                 training=150)


def words():
    table = wine()
    return Table(table.x, np.array(["Barolo", "Grignolino", "Barbera"])[table.y])


def labels():
    """One column of labels, which is what LabelBinarizer takes."""
    table = wine()
    return Table(table.y[:, None], table.y)


def square():
    """As many features as fitted rows, as a kernel's matrix has them."""
    x = wine().x
    return Table(x @ x[:20].T / 1e6, np.zeros(len(x)), training=20)


def ranked():
    """Grades from 0 to 4; every ten rows are one query."""
    table = diabetes()
    return Table(table.x, np.digitize(table.y, [80, 120, 170, 230]), training=150)


def fractions():
    table = diabetes()
    return Table(table.x, table.y / 400, training=150)


@functools.cache
def table(name):
    return globals()[name]()
