"""Writes a TreeEnsembleRegressor of random full trees, and inputs for it.

    make_tree_model.py TREES DEPTH FEATURES INPUTS FOLDER

Seed 1. Writes FOLDER/model.onnx and FOLDER/inputs.json, whose rows are inputs of one proof each.
"""

import json
import sys
from pathlib import Path

import numpy as np
from onnx import TensorProto, helper, save


def ensemble(rng, trees, depth, features):
    """Attributes of full trees; the children of node i are 2 i + 1 and 2 i + 2."""
    branches, nodes = 2**depth - 1, 2**(depth + 1) - 1
    number = np.arange(nodes)
    is_branch = number < branches
    leaves = trees * (nodes - branches)
    return {
        "nodes_treeids": np.repeat(np.arange(trees), nodes).tolist(),
        "nodes_nodeids": np.tile(number, trees).tolist(),
        "nodes_featureids": np.where(np.tile(is_branch, trees), rng.integers(0, features, trees * nodes), 0).tolist(),
        "nodes_values": rng.standard_normal(trees * nodes).astype(np.float32).tolist(),
        "nodes_modes": np.tile(np.where(is_branch, "BRANCH_LEQ", "LEAF"), trees).tolist(),
        "nodes_truenodeids": np.tile(np.where(is_branch, 2 * number + 1, 0), trees).tolist(),
        "nodes_falsenodeids": np.tile(np.where(is_branch, 2 * number + 2, 0), trees).tolist(),
        "target_treeids": np.repeat(np.arange(trees), nodes - branches).tolist(),
        "target_nodeids": np.tile(number[branches:], trees).tolist(),
        "target_ids": [0] * leaves,
        "target_weights": rng.standard_normal(leaves).astype(np.float32).tolist(),
    }


def main(trees, depth, features, inputs, folder):
    rng = np.random.default_rng(1)
    node = helper.make_node("TreeEnsembleRegressor", ["x"], ["y"], domain="ai.onnx.ml", n_targets=1,
                            **ensemble(rng, trees, depth, features))
    graph = helper.make_graph([node], "trees", [helper.make_tensor_value_info("x", TensorProto.FLOAT, [1, features])],
                              [helper.make_tensor_value_info("y", TensorProto.FLOAT, [1, 1])])
    opsets = [helper.make_opsetid("", 13), helper.make_opsetid("ai.onnx.ml", 3)]
    folder.mkdir(parents=True, exist_ok=True)
    save(helper.make_model(graph, opset_imports=opsets, ir_version=8), folder / "model.onnx")
    rows = rng.standard_normal((inputs, features)).astype(np.float32)
    (folder / "inputs.json").write_text(json.dumps({"input_data": [row.tolist() for row in rows]}))


if __name__ == "__main__":
    main(*map(int, sys.argv[1:5]), Path(sys.argv[5]))
