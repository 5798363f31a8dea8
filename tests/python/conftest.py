"""What the tests of the package share. They run from an installed wheel; PROOFCARD names the command to exchange files with."""

import json
import os
import pathlib
import subprocess

import numpy as np
import pytest

import proofcard as pc

EXAMPLES = pathlib.Path(__file__).resolve().parents[2] / "examples"


class Example:
    """One of the models of examples/."""

    def __init__(self, name, shape):
        self.onnx = EXAMPLES / name / "model.onnx"
        self.samples_file = EXAMPLES / name / "samples.json"
        self.input_file = EXAMPLES / name / "input.json"
        self.samples = np.array(json.loads(self.samples_file.read_text())["input_data"]).reshape(-1, *shape)
        self.input = np.array(json.loads(self.input_file.read_text())["input_data"]).reshape(shape)


@pytest.fixture(scope="session")
def diagnosis():
    return Example("diagnosis", (1, 30))


@pytest.fixture(scope="session")
def lenet5():
    return Example("lenet5", (1, 1, 28, 28))


@pytest.fixture(scope="session")
def model(diagnosis):
    return pc.compile(diagnosis.onnx, calibration=diagnosis.samples)


@pytest.fixture(scope="session")
def keys(model):
    return pc.setup(model)


@pytest.fixture(scope="session")
def command():
    program = os.environ.get("PROOFCARD")
    if not program:
        pytest.skip("PROOFCARD does not name the command to exchange files with")

    def run(*arguments, code=0):
        done = subprocess.run([program, *map(str, arguments)], capture_output=True, text=True)
        assert done.returncode == code, done.stderr
        return done

    return run
