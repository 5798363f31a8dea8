"""Trains gradient-boosted trees for credit risk and writes model.onnx, input.json, samples.json and features.json here."""

import importlib.util
import json
import pathlib
import sys

import numpy as np
import onnx
from onnx import TensorProto, helper
from sklearn.ensemble import GradientBoostingClassifier

FOLDER = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(FOLDER.parent))
import model_files as files  # noqa: E402
import tabular  # noqa: E402

SEED = 23
TREES, DEPTH, RATE = 100, 4, 0.05
ML = "ai.onnx.ml"


def credit_table():
    """The module of the example next door, which reads and encodes the table."""
    spec = importlib.util.spec_from_file_location("credit_train", FOLDER.parent / "credit" / "train.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def float32_at_most(thresholds):
    """The largest float32 that is not above: float32 features compare with it as with the threshold itself."""
    rounded = thresholds.astype(np.float32)
    return np.where(rounded > thresholds, np.nextafter(rounded, np.float32(-np.inf)), rounded)


def tree_attributes(model):
    """The attributes of TreeEnsembleClassifier for a boosted model of two classes: one score, that of label 1."""
    nodes = {name: [] for name in ("treeids", "nodeids", "featureids", "values", "modes", "truenodeids", "falsenodeids")}
    leaves = {name: [] for name in ("treeids", "nodeids", "ids", "weights")}
    for number, (estimator,) in enumerate(model.estimators_):
        tree = estimator.tree_
        is_leaf = tree.children_left < 0
        thresholds = float32_at_most(tree.threshold)
        for node in range(tree.node_count):
            row = (number, node, 0, 0.0, "LEAF", 0, 0) if is_leaf[node] else (
                number, node, int(tree.feature[node]), float(thresholds[node]), "BRANCH_LEQ",
                int(tree.children_left[node]), int(tree.children_right[node]))
            for values, value in zip(nodes.values(), row):
                values.append(value)
            if is_leaf[node]:
                weight = float(np.float32(model.learning_rate * tree.value[node, 0, 0]))
                for values, value in zip(leaves.values(), (number, node, 0, weight)):
                    values.append(value)
    return {**{f"nodes_{name}": values for name, values in nodes.items()},
            **{f"class_{name}": values for name, values in leaves.items()}}


def write_model(path, model, features):
    odds = np.log(model.init_.class_prior_[1] / model.init_.class_prior_[0])
    node = helper.make_node("TreeEnsembleClassifier", ["input"], ["label", "probabilities"], name="trees", domain=ML,
                            base_values=[float(odds)], classlabels_int64s=[0, 1], post_transform="LOGISTIC",
                            **tree_attributes(model))
    graph = helper.make_graph(
        [node], "credit_trees", [helper.make_tensor_value_info("input", TensorProto.FLOAT, ["N", features])],
        [helper.make_tensor_value_info("label", TensorProto.INT64, ["N"]),
         helper.make_tensor_value_info("probabilities", TensorProto.FLOAT, ["N", 2])])
    made = helper.make_model(graph, opset_imports=[helper.make_opsetid("", files.OPSET), helper.make_opsetid(ML, 1)],
                             ir_version=files.IR_VERSION, producer_name="proofcard-examples")
    onnx.checker.check_model(made)
    onnx.save(made, path)


def main():
    credit = credit_table()
    table = credit.read_table()
    names, values = credit.encode(table)
    bad = np.array([int(row[credit.TARGET] == "bad") for row in table])
    train, held = tabular.split(bad, 200, np.random.default_rng(SEED))
    x = values.astype(np.float32)
    model = GradientBoostingClassifier(n_estimators=TREES, max_depth=DEPTH, learning_rate=RATE, subsample=0.5,
                                       random_state=SEED).fit(x[train], bad[train])
    write_model(FOLDER / "model.onnx", model, x.shape[1])
    rows = [[float(v) for v in row] for row in x[held]]
    files.write_samples(FOLDER, rows, bad[held])
    (FOLDER / "features.json").write_text(json.dumps(
        {"names": names, "output": "label 1: a bad risk; probabilities of labels 0 and 1"}, indent=1) + "\n")
    score = model.predict_proba(x[held])[:, 1]
    right, area = tabular.quality(score, bad[held], 0.5)
    print(f"branches: {sum(int((e.tree_.children_left >= 0).sum()) for (e,) in model.estimators_)}")
    print(f"held-out rows right: {right * len(held):.0f} of {len(held)}; area under the ROC curve: {area:.3f}")


if __name__ == "__main__":
    main()
