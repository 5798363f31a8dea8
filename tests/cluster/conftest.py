"""A LeNet-5 and clusters of Ray on this machine, whose nodes are processes of their own. From an installed wheel with Ray."""

import json
import os
import pathlib

os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")

import numpy as np  # noqa: E402
import pytest  # noqa: E402
import ray  # noqa: E402
from ray.cluster_utils import Cluster  # noqa: E402

import proofcard as pc  # noqa: E402

LENET5 = pathlib.Path(__file__).resolve().parents[2] / "examples/lenet5"


@pytest.fixture(scope="session")
def samples():
    return np.array(json.loads((LENET5 / "samples.json").read_text())["input_data"]).reshape(-1, 1, 1, 28, 28)


@pytest.fixture(scope="session")
def keys(samples):
    return pc.setup(pc.compile(LENET5 / "model.onnx", calibration=samples[:20]))


@pytest.fixture()
def cluster():
    """Three nodes of one processor each; the second has a card, as far as Ray knows. The head runs no tasks."""
    made = Cluster(initialize_head=True, head_node_args={"num_cpus": 0})
    made.workers = [made.add_node(num_cpus=1, resources={"proofcard_card": 1} if i == 1 else {}) for i in range(3)]
    ray.init(address=made.address, log_to_driver=False)
    yield made
    ray.shutdown()
    made.shutdown()
