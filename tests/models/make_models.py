#!/usr/bin/env python3
"""Generates small ONNX models with inputs and onnxruntime's float outputs, for differential tests.

    make_models.py DIRECTORY [--only NAME ...]

writes for each model NAME.onnx and NAME.json, {"inputs": [[...], ...], "outputs": [[...], ...]} with one flattened row
a sample, and manifest.json: a list of {"name", "file", "samples", "op", "opset", "input_shape", "output_shape",
"extra"}. op is the operator that the model is there to test, or "network"; extra marks forms beyond the required
operators, which an importer may refuse as long as its error names the operator. Every model has one input called
"input", one output called "output", and batch 1 as its samples use it. Needs examples/requirements.txt; downloads
nothing; the same seed gives the same files.
"""

import argparse
import json
import logging
import pathlib
import zlib

import numpy as np

import accuracy_cases
import attention_cases
import composed_cases
import folding_cases
import found_cases
import function_cases
import grid_cases
import integer_cases
import linear_cases
import logic_cases
import loss_cases
import microsoft_cases
import ml_cases
import network_cases
import nonlinear_cases
import normalise_cases
import quantised_cases
import recurrent_cases
import scatter_cases
import shape_cases
import transformer_cases
import tree_cases
import window_cases

SEED = 7
FAMILIES = (linear_cases, nonlinear_cases, shape_cases, network_cases, folding_cases, integer_cases,
            composed_cases, accuracy_cases, function_cases, normalise_cases,
            attention_cases, scatter_cases, window_cases, logic_cases, recurrent_cases, quantised_cases,
            grid_cases, loss_cases, ml_cases, tree_cases, transformer_cases, found_cases, microsoft_cases)


def main():
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("directory", type=pathlib.Path)
    arguments.add_argument("--only", nargs="+", metavar="NAME", help="only these models")
    arguments = arguments.parse_args()

    logging.getLogger().setLevel(logging.ERROR)  # the quantiser's advice on preprocessing is not for us
    arguments.directory.mkdir(parents=True, exist_ok=True)
    manifest, names = [], set()
    for family in FAMILIES:
        for case in family.all_cases(np.random.default_rng(SEED)):
            if case.name in names:
                raise ValueError(f"two models are called {case.name}")
            names.add(case.name)
            if not arguments.only or case.name in arguments.only:
                # A generator of its own for each model: adding one leaves the others' samples as they are.
                rng = np.random.default_rng([SEED, zlib.crc32(case.name.encode())])
                manifest.append(case.write(arguments.directory, rng))
    unknown = set(arguments.only or []) - names
    if unknown:
        raise SystemExit(f"no such model: {', '.join(sorted(unknown))}")
    (arguments.directory / "manifest.json").write_text(json.dumps(manifest, indent=1) + "\n")
    print(f"{len(manifest)} models in {arguments.directory}")


if __name__ == "__main__":
    main()
