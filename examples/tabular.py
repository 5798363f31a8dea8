"""What the two tabular examples share: a stratified split, standardisation and a small binary classifier."""

import argparse
import dataclasses
import json

import numpy as np

import model_files as files
import numpy_training as nn


@dataclasses.dataclass
class Task:
    """A binary classification of the rows of a table."""

    names: list  # of the features
    values: np.ndarray  # [rows, features]
    labels: np.ndarray  # [rows], 0 or 1
    meaning: str  # of the output, for features.json
    held_out: int
    hidden: list  # widths of the ReLU layers in front of the sigmoid
    epochs: int
    rate: float
    weight_decay: float


def split(labels, held_out, rng):
    """Row numbers (train, held-out); both have the same share of each label; held-out rows are in random order."""
    held = []
    for label in np.unique(labels):
        rows = rng.permutation(np.flatnonzero(labels == label))
        held.append(rows[: round(held_out * len(rows) / len(labels))])
    held = rng.permutation(np.concatenate(held))
    return rng.permutation(np.setdiff1d(np.arange(len(labels)), held)), held


def fit(task, rng):
    """(network, inputs of all rows, held-out row numbers, mean, scale); 0/1 features are left as they are."""
    train, held = split(task.labels, task.held_out, rng)
    numeric = ((task.values != 0) & (task.values != 1)).any(axis=0)
    mean = np.where(numeric, task.values[train].mean(axis=0), 0.0)
    scale = np.where(numeric, task.values[train].std(axis=0), 1.0)
    x = ((task.values - mean) / scale).astype(np.float32)

    layers, width = {}, x.shape[1]
    for i, size in enumerate(task.hidden, 1):
        layers[f"fc{i}"], layers[f"relu{i}"] = nn.Linear(rng, width, size), nn.Relu()
        width = size
    layers[f"fc{len(task.hidden) + 1}"] = nn.Linear(rng, width, 1)
    network = nn.Network(**layers)
    nn.train(network, nn.sigmoid_cross_entropy, x[train], task.labels[train].astype(np.float32), rng,
             epochs=task.epochs, batch=32, rate=task.rate, weight_decay=task.weight_decay)
    return network, x, held, mean, scale


def quality(score, labels, threshold):
    """(share of rows on the right side of the threshold, area under the ROC curve)."""
    positive, negative = score[labels == 1], score[labels == 0]
    area = (positive[:, None] > negative).mean() + 0.5 * (positive[:, None] == negative).mean()
    return ((score > threshold) == (labels == 1)).mean(), area


def write_example(folder, task, seed):
    """Trains on one split and writes the example's files.

    features.json tells how to make an input of one's own: input = (value - mean) / scale, feature by feature.
    """
    network, x, held, mean, scale = fit(task, np.random.default_rng(seed))
    model = folder / "model.onnx"
    files.write_model(model, network, ["N", x.shape[1]], 1, sigmoid=True)
    rows = files.round_rows(x[held])
    files.write_samples(folder, rows, task.labels[held])
    (folder / "features.json").write_text(json.dumps({
        "names": task.names, "mean": [round(float(v), 6) for v in mean], "scale": [round(float(v), 6) for v in scale],
        "output": task.meaning}, indent=1) + "\n")
    right, area = quality(files.run_model(model, rows, [x.shape[1]])[:, 0], task.labels[held], 0.5)
    print(f"parameters: {sum(layer.weights[key].size for _, key, layer in network.parameters())}")
    print(f"held-out rows right: {right * len(held):.0f} of {len(held)}; area under the ROC curve: {area:.3f}")


def report_splits(task, count):
    """Prints the spread over `count` other splits: one split of a small table says little."""
    results = []
    for seed in range(count):
        network, x, held, _, _ = fit(task, np.random.default_rng(1000 + seed))
        results.append(quality(network.predict(x[held])[:, 0], task.labels[held], 0.0))
    (right, area), (right_spread, area_spread) = np.mean(results, axis=0), np.std(results, axis=0)
    print(f"over {count} splits: right {right:.3f} +- {right_spread:.3f}, area {area:.3f} +- {area_spread:.3f}")


def main(folder, task, seed, description):
    arguments = argparse.ArgumentParser(description=description)
    arguments.add_argument("--splits", type=int, help="only report the accuracy over this many other splits")
    arguments = arguments.parse_args()
    if arguments.splits:
        report_splits(task, arguments.splits)
    else:
        write_example(folder, task, seed)
