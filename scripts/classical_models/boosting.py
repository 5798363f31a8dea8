"""Models of XGBoost and LightGBM: every objective, missing values, categories, and features that lie on a threshold."""

import json

import lightgbm
import numpy as np
import xgboost


def xgboost_cases():
    c, r = xgboost.XGBClassifier, xgboost.XGBRegressor
    few = {"n_estimators": 20, "max_depth": 4, "random_state": 1}
    yield "XGBClassifier", c(**few), "cancer"
    yield "XGBClassifier", c(**few), "iris"
    yield "XGBClassifier", c(**few), "digits"
    yield "XGBClassifier, missing values", c(**few), "missing"
    yield "XGBClassifier, softmax", c(**few, objective="multi:softmax"), "wine"
    yield "XGBClassifier, hinge", c(**few, objective="binary:hinge"), "cancer"
    yield "XGBClassifier, DART", c(**few, booster="dart", rate_drop=0.2), "cancer"
    yield "XGBClassifier, forest", xgboost.XGBRFClassifier(n_estimators=20, max_depth=4), "cancer"
    yield "XGBClassifier, categories", c(**few, enable_categorical=True, feature_types=["c", "c", "c"]), "categories"
    yield "XGBClassifier, one category a branch", c(**few, enable_categorical=True, feature_types=["c", "c", "c"],
                                                   max_cat_to_onehot=10), "categories"
    yield "XGBClassifier, a base score", c(**few, base_score=0.3), "cancer"
    yield "XGBRegressor", r(**few), "diabetes"
    for objective in ("reg:absoluteerror", "reg:pseudohubererror", "reg:gamma", "reg:tweedie", "count:poisson",
                      "reg:squaredlogerror", "reg:quantileerror"):
        more = {"quantile_alpha": 0.7} if "quantile" in objective else {}
        yield f"XGBRegressor, {objective}", r(**few, objective=objective, **more), "positive_targets"
    yield "XGBRegressor, two targets", r(**few), "two_targets"
    yield "XGBRegressor, linear booster", r(booster="gblinear", n_estimators=20), "diabetes"
    yield "XGBRanker", xgboost.XGBRanker(**few), "ranked"
    yield "XGBRegressor, 100 trees of depth 6", r(n_estimators=100, max_depth=6), "diabetes"


def lightgbm_cases():
    c, r = lightgbm.LGBMClassifier, lightgbm.LGBMRegressor
    few = {"n_estimators": 20, "random_state": 1, "verbose": -1, "min_child_samples": 5}
    yield "LGBMClassifier", c(**few), "cancer"
    yield "LGBMClassifier", c(**few), "iris"
    yield "LGBMClassifier", c(**few), "digits"
    yield "LGBMClassifier, one against the rest", c(**few, objective="multiclassova"), "wine"
    yield "LGBMClassifier, DART", c(**few, boosting_type="dart"), "cancer"
    yield "LGBMClassifier, forest", c(**few, boosting_type="rf", bagging_freq=1, bagging_fraction=0.8), "cancer"
    yield "LGBMClassifier, GOSS", c(**few, data_sample_strategy="goss"), "cancer"
    yield "LGBMClassifier, NaN is missing", c(**few), "missing"
    yield "LGBMClassifier, zero is missing", c(**few, zero_as_missing=True), "counts"
    yield "LGBMClassifier, nothing is missing", c(**few, use_missing=False), "missing"
    yield "LGBMClassifier, categories", c(**few, categorical_feature=[0, 1, 2], min_data_per_group=5, cat_smooth=1.0), "categories"
    yield "LGBMClassifier, one category a branch", c(**few, categorical_feature=[0, 1, 2], min_data_per_group=5, cat_smooth=1.0,
                                                    max_cat_to_onehot=10), "categories"
    yield "LGBMRegressor", r(**few), "diabetes"
    yield "LGBMRegressor, DART", r(**few, boosting_type="dart"), "diabetes"
    yield "LGBMRegressor, linear trees", r(**few, linear_tree=True), "diabetes"
    for objective in ("regression_l1", "huber", "fair", "quantile", "mape", "poisson", "gamma", "tweedie", "cross_entropy"):
        yield f"LGBMRegressor, {objective}", r(**few, objective=objective), "fractions" if objective == "cross_entropy" else "positive_targets"
    yield "LGBMRanker", lightgbm.LGBMRanker(**few), "ranked"


def fit(estimator, x, y):
    if isinstance(estimator, (xgboost.XGBRanker, lightgbm.LGBMRanker)):
        groups = np.full(len(x) // 10, 10)
        return estimator.fit(x, y, group=groups)
    if isinstance(estimator, lightgbm.LGBMModel):
        columns = estimator.get_params().get("categorical_feature")
        return estimator.fit(x, y, **({"categorical_feature": columns} if columns else {}))
    return estimator.fit(x, y)


def thresholds(estimator):
    """(feature, threshold) of branches that compare numbers, as the library's own description of its trees has them."""
    if isinstance(estimator, xgboost.XGBModel):
        if estimator.get_params().get("booster") == "gblinear":
            return []
        return _xgboost_splits(estimator.get_booster())
    return [(s["split_feature"], s["threshold"]) for t in estimator.booster_.dump_model()["tree_info"]
            for s in _branches(t["tree_structure"]) if s["decision_type"] == "<="]


def _branches(node):
    if "split_feature" in node:
        yield node
        yield from _branches(node["left_child"])
        yield from _branches(node["right_child"])


def _xgboost_splits(booster):
    found, open_nodes = [], [json.loads(tree) for tree in booster.get_dump(dump_format="json")]
    while open_nodes:
        node = open_nodes.pop()
        if "children" in node:
            if not isinstance(node["split_condition"], list) and str(node["split"]).startswith("f"):
                found.append((int(node["split"][1:]), node["split_condition"]))
            open_nodes += node["children"]
    return found


def all_cases():
    for family in (xgboost_cases, lightgbm_cases):
        for name, estimator, data in family():
            yield {"family": family.__name__.removesuffix("_cases"), "name": name, "estimator": estimator, "data": data}
