"""Trains a one-hidden-layer digit classifier and writes model.onnx, input.json and samples.json beside this file."""

import argparse
import pathlib
import sys

import numpy as np

FOLDER = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(FOLDER.parent))
import mnist_digits as digits  # noqa: E402
import model_files as files  # noqa: E402
import numpy_training as nn  # noqa: E402

SEED = 21
SAMPLES = 200
PIXELS = digits.SIDE * digits.SIDE


def main():
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--digits", default=digits.DEFAULT_FOLDER, help="folder with 0.json ... 9.json")
    arguments.add_argument("--epochs", type=int, default=80)
    arguments = arguments.parse_args()

    rng = np.random.default_rng(SEED)
    (images, labels), (held_images, held_labels) = digits.split_digits(arguments.digits, rng)
    network = nn.Network(fc1=nn.Linear(rng, PIXELS, 128), relu1=nn.Relu(), fc2=nn.Linear(rng, 128, 10))
    nn.train(network, nn.softmax_cross_entropy, images, labels, rng, epochs=arguments.epochs, batch=64, rate=2e-3,
             weight_decay=0.01, augment=lambda x, rng: digits.distort(x, rng).reshape(len(x), -1))

    model = FOLDER / "model.onnx"
    files.write_model(model, network, ["N", PIXELS], 10)
    rows = files.round_rows(held_images)
    files.write_samples(FOLDER, rows[:SAMPLES], held_labels[:SAMPLES])
    right = files.run_model(model, rows, [PIXELS]).argmax(axis=1) == held_labels
    print(f"parameters: {sum(layer.weights[key].size for _, key, layer in network.parameters())}")
    print(f"held-out digits right: {right.sum()} of {len(right)}; "
          f"of samples.json: {right[:SAMPLES].sum()} of {SAMPLES}")


if __name__ == "__main__":
    main()
