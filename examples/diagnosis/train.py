"""Trains a breast-cancer classifier and writes model.onnx, input.json, samples.json and features.json here."""

import pathlib
import sys

import numpy as np
from sklearn.datasets import load_breast_cancer

FOLDER = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(FOLDER.parent))
import tabular  # noqa: E402

SEED = 22


def main():
    data = load_breast_cancer()
    malignant = (data.target == list(data.target_names).index("malignant")).astype(np.int64)
    task = tabular.Task(
        names=[str(name) for name in data.feature_names], values=data.data, labels=malignant,
        meaning="probability that the tumour is malignant (label 1)", held_out=143, hidden=[16, 8], epochs=60,
        rate=3e-3, weight_decay=0.1)
    tabular.main(FOLDER, task, SEED, __doc__)


if __name__ == "__main__":
    main()
