"""Models of trees: TreeEnsembleRegressor and TreeEnsembleClassifier of ai.onnx.ml, with features on thresholds."""

import numpy as np
from onnx import TensorProto, helper, numpy_helper

from model_case import ML, ModelCase

LEQ = ["BRANCH_LEQ"]
ORDERS = ["BRANCH_LEQ", "BRANCH_LT", "BRANCH_GTE", "BRANCH_GT"]
MODES = ORDERS + ["BRANCH_EQ", "BRANCH_NEQ"]
NODE_LISTS = ("treeids", "nodeids", "featureids", "values", "modes", "truenodeids", "falsenodeids",
              "missing_value_tracks_true")


def doubles(values, name):
    return numpy_helper.from_array(np.asarray(values, np.float64), name)


class TreeCase(ModelCase):
    """Features and thresholds are multiples of 1/4, so that many are equal."""

    def sample(self, rng, count=8):
        return (rng.integers(-6, 7, (count, *self.shape)) / (4 if self.dtype == np.float32 else 10)).astype(self.dtype)


def ensemble(rng, prefix, features, trees, depth, ids, modes, stop=0.0, missing=False, positive=False):
    """Attributes of random trees: below the first branch a place is a leaf with probability `stop`."""
    nodes = {name: [] for name in NODE_LISTS}
    leaves = {name: [] for name in ("treeids", "nodeids", "ids", "weights")}
    for tree in range(trees):
        grow(rng, nodes, leaves, tree, depth, features, ids, modes, stop, missing, positive, True)
    return {**{f"nodes_{name}": values for name, values in nodes.items()},
            **{f"{prefix}_{name}": values for name, values in leaves.items()}}


def grow(rng, nodes, leaves, tree, depth, features, ids, modes, stop, missing, positive, is_root):
    row = len(nodes["treeids"])
    number = row - nodes["treeids"].index(tree) if tree in nodes["treeids"] else 0
    for values in nodes.values():
        values.append(0)
    nodes["treeids"][row], nodes["nodeids"][row] = tree, number
    nodes["values"][row] = 0.0
    if depth == 0 or (not is_root and rng.random() < stop):
        nodes["modes"][row] = "LEAF"
        for target in ids:
            leaves["treeids"].append(tree)
            leaves["nodeids"].append(number)
            leaves["ids"].append(target)
            weight = rng.random() if positive else rng.standard_normal()
            leaves["weights"].append(float(np.float32(weight)))
        return number
    nodes["modes"][row] = modes[rng.integers(len(modes))]
    nodes["featureids"][row] = int(rng.integers(features))
    nodes["values"][row] = float(rng.integers(-4, 5) / 4)
    nodes["missing_value_tracks_true"][row] = int(missing and rng.random() < 0.5)
    rest = (depth - 1, features, ids, modes, stop, missing, positive, False)
    nodes["truenodeids"][row] = grow(rng, nodes, leaves, tree, *rest)
    nodes["falsenodeids"][row] = grow(rng, nodes, leaves, tree, *rest)
    return number


def regressors(rng):
    def regressor(name, trees, depth, targets=1, rows=1, features=5, base=None, aggregate="SUM", transform="NONE", **kind):
        case = TreeCase(name, "TreeEnsembleRegressor", [rows, features])
        attributes = ensemble(rng, "target", features, trees, depth, range(targets), kind.pop("modes", LEQ), **kind)
        if base:
            attributes["base_values"] = base
        return case.finish(case.node("TreeEnsembleRegressor", "input", domain=ML, n_targets=targets,
                                     aggregate_function=aggregate, post_transform=transform, **attributes))

    case = TreeCase("trees_after_scaler", "TreeEnsembleRegressor", [2, 4])
    x = case.node("Imputer", "input", domain=ML, imputed_value_floats=[0.5], replaced_value_float=float("nan"))
    x = case.node("Scaler", x, domain=ML, offset=[0.1, -0.3, 0.0, 7.0], scale=[0.3, 1.7, 10.0, 0.01])
    yield case.finish(case.node("TreeEnsembleRegressor", x, domain=ML, n_targets=1,
                                **ensemble(rng, "target", 4, 3, 3, [0], ORDERS)))

    yield regressor("trees_stump", 1, 1)
    yield regressor("trees_full", 3, 3)
    yield regressor("trees_rows", 3, 3, targets=2, rows=3, modes=ORDERS)
    yield regressor("trees_one_feature", 2, 2, features=1, modes=ORDERS)
    yield regressor("trees_missing", 3, 3, modes=MODES, missing=True)
    yield regressor("trees_deep", 3, 9, targets=2, stop=0.4, modes=ORDERS)
    yield regressor("trees_deep_rows", 2, 8, rows=2, stop=0.4, modes=MODES, missing=True)
    yield regressor("trees_average", 4, 3, targets=2, base=[0.5, -1.0], aggregate="AVERAGE")
    yield regressor("trees_largest", 3, 2, targets=2, base=[0.5, -1.0], aggregate="MAX")
    yield regressor("trees_smallest", 3, 2, aggregate="MIN")
    yield regressor("trees_logistic", 3, 3, targets=2, transform="LOGISTIC")
    yield regressor("trees_softmax", 3, 3, targets=3, transform="SOFTMAX")


def behind_columns(rng):
    """Trees behind what a ColumnTransformer makes: categories, scaled columns, one that is turned round, one that is binarized."""
    case = TreeCase("trees_behind_columns", "TreeEnsembleRegressor", [1, 4])
    first, others, last = (case.node("ArrayFeatureExtractor", "input", case.ints(*places), domain=ML) for places in ([0], [2, 1], [3]))
    whole = case.node("Cast", first, to=TensorProto.INT64)
    hot = case.node("Reshape", case.node("OneHotEncoder", whole, domain=ML, cats_int64s=[-1, 0, 1], zeros=1), case.ints(1, 3))
    scaled = case.node("Scaler", others, domain=ML, offset=[0.25, -0.5], scale=[2.0, -1.0])
    side = case.node("Binarizer", last, domain=ML, threshold=0.5)
    x = case.node("Concat", hot, scaled, side, axis=1)
    yield case.finish(case.node("TreeEnsembleRegressor", x, domain=ML, n_targets=1, **ensemble(rng, "target", 6, 4, 4, [0], LEQ)))


def of_64_bits(rng):
    """Features and thresholds of 64 bits, tenths, which float32 rounds; as lists and in the operator of operator set 5."""
    def tenths(values):
        return [round(4 * v) / 10 for v in values]

    case = TreeCase("trees_doubles", "TreeEnsembleRegressor", [2, 5], dtype=np.float64)
    attributes = ensemble(rng, "target", 5, 4, 4, [0, 1], ORDERS, stop=0.2)
    attributes["nodes_values_as_tensor"] = doubles(tenths(attributes.pop("nodes_values")), "splits")
    attributes["target_weights_as_tensor"] = doubles(attributes.pop("target_weights"), "weights")
    attributes["base_values_as_tensor"] = doubles([0.5, -0.25], "base")
    yield case.finish(case.node("TreeEnsembleRegressor", "input", domain=ML, n_targets=2, **attributes))

    case = TreeCase("trees_indexed_doubles", "TreeEnsemble", [2, 5], dtype=np.float64)
    case.ml_opset = 5
    listed = ensemble(rng, "target", 5, 3, 3, [0], LEQ)
    inner = [i for i, mode in enumerate(listed["nodes_modes"]) if mode != "LEAF"]
    leaves = [i for i, mode in enumerate(listed["nodes_modes"]) if mode == "LEAF"]
    places = {(listed["nodes_treeids"][i], listed["nodes_nodeids"][i]): i for i in range(len(listed["nodes_modes"]))}

    def children(which):
        found = [places[listed["nodes_treeids"][i], listed[f"nodes_{which}nodeids"][i]] for i in inner]
        return ([int(i in leaves) for i in found],
                [leaves.index(i) if i in leaves else inner.index(i) for i in found])

    (true_leafs, true_ids), (false_leafs, false_ids) = children("true"), children("false")
    roots = [k for k, i in enumerate(inner) if listed["nodes_nodeids"][i] == 0]
    yield case.finish(case.node(
        "TreeEnsemble", "input", domain=ML, n_targets=1, tree_roots=roots,
        nodes_featureids=[listed["nodes_featureids"][i] for i in inner],
        nodes_splits=doubles(tenths([listed["nodes_values"][i] for i in inner]), "splits"),
        nodes_modes=helper.make_tensor("modes", TensorProto.UINT8, [len(inner)], [0] * len(inner)),
        nodes_trueleafs=true_leafs, nodes_truenodeids=true_ids,
        nodes_falseleafs=false_leafs, nodes_falsenodeids=false_ids,
        leaf_targetids=[0] * len(leaves), leaf_weights=doubles(listed["target_weights"], "weights")),
        dtype=TensorProto.DOUBLE)


def classifiers(rng):
    def classifier(name, trees, depth, labels, output, ids=None, base=None, transform="NONE", features=5, **kind):
        case = TreeCase(name, "TreeEnsembleClassifier", [2, features])
        ids = range(len(labels)) if ids is None else ids
        attributes = ensemble(rng, "class", features, trees, depth, ids, kind.pop("modes", LEQ), **kind)
        if base:
            attributes["base_values"] = base
        names = case.node("TreeEnsembleClassifier", "input", outputs=2, domain=ML, classlabels_int64s=labels,
                          post_transform=transform, **attributes)
        return case.finish(names[0], TensorProto.INT64, [2]) if output == 0 else case.finish(names[1])

    yield classifier("trees_side", 3, 3, [0, 1], 0, ids=[0], base=[0.25], transform="LOGISTIC")
    yield classifier("trees_side_positive", 3, 3, [5, 2], 0, ids=[0], positive=True)
    yield classifier("trees_class", 3, 3, [0, 1, 2], 0, modes=ORDERS, stop=0.3)
    yield classifier("trees_label", 3, 3, [30, -10, 20], 0, base=[0.1, 0.2, 0.3])
    for transform in ("NONE", "LOGISTIC", "SOFTMAX"):
        yield classifier(f"trees_probabilities_{transform.lower()}", 3, 3, [0, 1, 2], 1, transform=transform)
        for positive in (False, True):
            name = f"trees_one_score_{transform.lower()}{'_positive' if positive else ''}"
            yield classifier(name, 3, 3, [0, 1], 1, ids=[0], transform=transform, positive=positive)
    yield classifier("trees_second_class", 3, 3, [0, 1], 1, ids=[1], transform="SOFTMAX")
    yield classifier("trees_both_classes", 3, 3, [0, 1], 1, transform="SOFTMAX")


def all_cases(rng):
    for family in (regressors, of_64_bits, classifiers, behind_columns):
        yield from family(rng)
