"""Models with operators of the domain ai.onnx.ml: linear ones, and what stands before a model."""

import numpy as np
from onnx import TensorProto

from model_case import ML, ModelCase, small


def linear_models(rng):
    def numbers(*shape):
        return [float(v) for v in small(rng, *shape).reshape(-1)]

    case = ModelCase("linear_regressor", "LinearRegressor", [3, 5])
    yield case.finish(case.node("LinearRegressor", "input", domain=ML, coefficients=numbers(2, 5),
                                intercepts=numbers(2), targets=2))

    case = ModelCase("linear_regressor_softmax", "LinearRegressor", [1, 5])
    yield case.finish(case.node("LinearRegressor", "input", domain=ML, coefficients=numbers(3, 5), targets=3,
                                post_transform="SOFTMAX"))

    def classifier(name, rows, labels, output, transform="NONE", features=4):
        case = ModelCase(name, "LinearClassifier", [2, features], distinct=True)
        names = case.node("LinearClassifier", "input", outputs=2, domain=ML, coefficients=numbers(rows, features),
                          intercepts=numbers(rows), classlabels_ints=labels, post_transform=transform)
        if output == 0:
            return case.finish(names[0], TensorProto.INT64, [2])
        return case.finish(names[1])

    yield classifier("linear_classifier_side", 1, [3, 5], 0)
    yield classifier("linear_classifier_side_zero", 1, [0, 1], 0, "LOGISTIC")
    yield classifier("linear_classifier_class", 3, [0, 1, 2], 0, "SOFTMAX")
    yield classifier("linear_classifier_label", 4, [7, -3, 20, 1], 0, "LOGISTIC")
    for transform in ("NONE", "LOGISTIC", "SOFTMAX"):
        yield classifier(f"linear_classifier_one_score_{transform.lower()}", 1, [0, 1], 1, transform)
        yield classifier(f"linear_classifier_scores_{transform.lower()}", 3, [0, 1, 2], 1, transform)


def features(rng):
    case = ModelCase("scaler", "Scaler", [2, 4])
    x = case.node("Scaler", "input", domain=ML, offset=[0.1, -0.2, 0.3, 0.0], scale=[1.0, 2.0, 0.5, 4.0])
    yield case.finish(case.node("LinearRegressor", x, domain=ML, coefficients=[0.1, -0.2, 0.3, 0.4], targets=1))

    case = ModelCase("scaler_of_all", "Scaler", [1, 4])
    yield case.finish(case.node("Scaler", "input", domain=ML, offset=[0.25], scale=[2.0]))

    case = ModelCase("scaler_of_integers", "Scaler", [1, 3], low=0, high=100, dtype=np.int64)
    yield case.finish(case.node("Scaler", "input", domain=ML, offset=[50.0, 20.0, 0.0], scale=[0.02, 0.01, 0.01]))

    case = ModelCase("binarizer", "Binarizer", [1, 9], distinct=True)
    yield case.finish(case.node("Binarizer", "input", domain=ML, threshold=0.1))

    for norm in ("L1", "L2"):
        case = ModelCase(f"normalizer_{norm.lower()}", "Normalizer", [3, 5])
        yield case.finish(case.node("Normalizer", "input", domain=ML, norm=norm))
    case = ModelCase("normalizer_of_positive", "Normalizer", [2, 4], low=0.0)
    yield case.finish(case.node("Normalizer", case.node("Sigmoid", "input"), domain=ML, norm="L1"))

    case = ModelCase("imputer_of_nan", "Imputer", [1, 4])
    yield case.finish(case.node("Imputer", "input", domain=ML, imputed_value_floats=[1.0, 2.0, 3.0, 4.0],
                                replaced_value_float=float("nan")))

    case = ModelCase("feature_vectorizer", "FeatureVectorizer", [1, 4])
    x = case.node("Scaler", "input", domain=ML, offset=[0.5], scale=[0.5])
    yield case.finish(case.node("FeatureVectorizer", "input", x, domain=ML, inputdimensions=[4, 4]))

    case = ModelCase("array_feature_extractor", "ArrayFeatureExtractor", [2, 5])
    yield case.finish(case.node("ArrayFeatureExtractor", "input", case.ints(3, 0, 0), domain=ML))

    case = ModelCase("array_feature_extractor_labels", "ArrayFeatureExtractor", [1, 5], distinct=True)
    best = case.node("ArgMax", "input", axis=1, keepdims=0)
    yield case.finish(case.node("ArrayFeatureExtractor", case.ints(4, 9, -2, 7, 100), best, domain=ML),
                      TensorProto.INT64)


def categories(rng):
    def integers(name, op, low, high, shape=(1, 6)):
        return ModelCase(name, op, list(shape), low=low, high=high, dtype=np.int64)

    case = integers("one_hot_encoder", "OneHotEncoder", 0, 6, [3, 1])
    yield case.finish(case.node("OneHotEncoder", "input", domain=ML, cats_int64s=[1, 5, 2], zeros=1),
                      shape=[3, 1, 3])

    case = integers("one_hot_encoder_of_one", "OneHotEncoder", 0, 2, [2, 2])
    yield case.finish(case.node("OneHotEncoder", "input", domain=ML, cats_int64s=[2], zeros=1), shape=[2, 2, 1])

    case = integers("label_encoder", "LabelEncoder", -3, 6)
    yield case.finish(case.node("LabelEncoder", "input", domain=ML, keys_int64s=[-2, 0, 5, 1],
                                values_int64s=[10, -20, 30, 7], default_int64=-5), TensorProto.INT64)

    case = integers("label_encoder_to_floats", "LabelEncoder", -1, 4)
    yield case.finish(case.node("LabelEncoder", "input", domain=ML, keys_int64s=[0, 2, 3],
                                values_floats=[0.25, -1.5, 0.75], default_float=0.5))


def all_cases(rng):
    for family in (linear_models, features, categories):
        yield from family(rng)
