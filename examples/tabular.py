"""What the two tabular examples share: a stratified split, standardisation and a small binary classifier."""

import json

import numpy as np

import model_files as files
import numpy_training as nn


def split(labels, held_out, rng):
    """Row numbers (train, held-out); both have the same share of each label; held-out rows are in random order."""
    held = []
    for label in np.unique(labels):
        rows = rng.permutation(np.flatnonzero(labels == label))
        held.append(rows[: round(held_out * len(rows) / len(labels))])
    held = rng.permutation(np.concatenate(held))
    return rng.permutation(np.setdiff1d(np.arange(len(labels)), held)), held


def write_example(folder, rng, names, raw, labels, held_out, hidden, epochs, rate, weight_decay, meaning):
    """Trains `hidden` ReLU layers and a sigmoid on `raw` [n, features] and writes the example's files.

    features.json tells how to make an input of one's own: input = (raw - mean) / scale, feature by feature.
    """
    train, held = split(labels, held_out, rng)
    mean, scale = raw[train].mean(axis=0), raw[train].std(axis=0)
    x = ((raw - mean) / scale).astype(np.float32)

    layers, width = {}, x.shape[1]
    for i, size in enumerate(hidden, 1):
        layers[f"fc{i}"], layers[f"relu{i}"] = nn.Linear(rng, width, size), nn.Relu()
        width = size
    layers[f"fc{len(hidden) + 1}"] = nn.Linear(rng, width, 1)
    network = nn.Network(**layers)
    nn.train(network, nn.sigmoid_cross_entropy, x[train], labels[train].astype(np.float32), rng, epochs=epochs,
             batch=32, rate=rate, weight_decay=weight_decay)

    model = folder / "model.onnx"
    files.write_model(model, network, ["N", x.shape[1]], 1, sigmoid=True)
    rows = files.round_rows(x[held])
    files.write_samples(folder, rows, labels[held])
    (folder / "features.json").write_text(json.dumps({
        "names": names, "mean": [round(float(v), 6) for v in mean], "scale": [round(float(v), 6) for v in scale],
        "output": meaning}, indent=1) + "\n")

    score = files.run_model(model, rows, [x.shape[1]])[:, 0]
    right = (score > 0.5) == (labels[held] == 1)
    positive, negative = score[labels[held] == 1], score[labels[held] == 0]
    area = ((positive[:, None] > negative).mean() + 0.5 * (positive[:, None] == negative).mean())
    print(f"parameters: {sum(layer.weights[key].size for _, key, layer in network.parameters())}")
    print(f"held-out rows right: {right.sum()} of {len(right)} ({right.mean():.3f}); label 1: "
          f"{(labels[held] == 1).sum()}; area under the ROC curve: {area:.3f}")
