"""Models with operators of the domain ai.onnx.ml: linear ones, and what stands before a model."""

import numpy as np
from onnx import TensorProto, helper

from model_case import MICROSOFT, ML, ModelCase, small


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


def support_vectors(rng):
    def classifier(name, kernel, classes, output, per_class=3, features=4):
        case = ModelCase(name, "SVMClassifier", [2, features])
        vectors, pairs = classes * per_class, classes * (classes - 1) // 2
        names = case.node("SVMClassifier", "input", outputs=2, domain=ML, kernel_type=kernel,
                          kernel_params=[0.5, 0.25, 3.0], support_vectors=(5 * small(rng, vectors * features)).tolist(),
                          coefficients=(5 * small(rng, (classes - 1) * vectors)).tolist(), rho=small(rng, pairs).tolist(),
                          vectors_per_class=[per_class] * classes, classlabels_ints=list(range(10, 10 + classes)))
        return case.finish(names[0], TensorProto.INT64, [2]) if output == 0 else case.finish(names[1])

    for kernel in ("LINEAR", "POLY", "RBF", "SIGMOID"):
        yield classifier(f"svm_classifier_{kernel.lower()}", kernel, 3, 1)
    for classes in (2, 3, 5):
        yield classifier(f"svm_classifier_label_{classes}", "RBF", classes, 0)
    yield classifier("svm_classifier_two", "RBF", 2, 1)


def scan_of_differences(case, x, rows, measure):
    """What scikit-learn's exporter makes of distances: a Scan over rows, [n, F], with the state x, [N, F]: [n, N]."""
    axes = helper.make_tensor("axes", TensorProto.INT64, [1], [1])
    nodes = [helper.make_node("Identity", ["state"], ["same"]), helper.make_node("Sub", ["state", "row"], ["d"])]
    if measure == "ReduceSum":
        nodes += [helper.make_node("Abs", ["d"], ["m"]), helper.make_node("ReduceSum", ["m", "axes"], ["sum"], keepdims=0)]
    else:
        nodes.append(helper.make_node("ReduceSumSquare", ["d"], ["sum"], axes=[1], keepdims=0))
    body = helper.make_graph(nodes, "distances", [helper.make_tensor_value_info(n, TensorProto.FLOAT, None) for n in ("state", "row")],
                             [helper.make_tensor_value_info(n, TensorProto.FLOAT, None) for n in ("same", "sum")],
                             [axes] if measure == "ReduceSum" else [])
    return case.node("Scan", x, rows, outputs=2, body=body, num_scan_inputs=1)[1]


def neighbours(rng):
    for measure in ("ReduceSum", "ReduceSumSquare"):
        case = ModelCase(f"distances_by_scan_{measure.lower()}", "Scan", [2, 3])
        rows = case.const(3 * small(rng, 7, 3))
        yield case.finish(case.node("Transpose", scan_of_differences(case, "input", rows, measure), perm=[1, 0]))

    for metric in ("euclidean", "sqeuclidean"):
        case = ModelCase(f"distances_{metric}", "CDist", [2, 3])
        yield case.finish(case.node("CDist", "input", case.const(4 * small(rng, 6, 3)), domain=MICROSOFT, metric=metric))

    def nearest(name, output, dtype=TensorProto.FLOAT, rows=20, features=4, exact=True,
                measure="ReduceSumSquare"):
        """The values of the 3 rows that are nearest, and their distances."""
        case = ModelCase(name, "TopK", [1, features], exact=exact)
        known = case.const(4 * small(rng, rows, features))
        turned = case.node("Transpose", scan_of_differences(case, "input", known, measure), perm=[1, 0])
        apart = turned if measure == "ReduceSum" else case.node("Sqrt", turned)
        distances, places = case.node("TopK", apart, case.ints(3), outputs=2, largest=0)
        places = case.node("Flatten", places)
        if output == "distances":
            return case.finish(distances)
        if output == "labels":
            return case.finish(case.node("ArrayFeatureExtractor", case.ints(*rng.integers(0, 3, rows)), places, domain=ML), dtype)
        return case.finish(case.node("ArrayFeatureExtractor", case.const(small(rng, 1, rows)), places, domain=ML), dtype)

    yield nearest("nearest_labels", "labels", TensorProto.INT64)
    yield nearest("nearest_labels_manhattan", "labels", TensorProto.INT64, measure="ReduceSum")
    yield nearest("nearest_distances", "distances", exact=False)
    yield nearest("nearest_targets", "targets", exact=False)


def likelihoods(rng):
    """Logarithms of likelihoods that are far apart, as naive Bayes and mixtures have them."""
    case = ModelCase("gaussian_likelihoods", "ReduceLogSumExp", [1, 4], high=100.0)
    x = case.node("Reshape", "input", case.ints(1, 1, 4))
    d = case.node("Sub", x, case.const(rng.uniform(0, 60, (1, 3, 4))))
    d = case.node("Div", case.node("Pow", d, case.const(2.0)), case.const(rng.uniform(1000, 9000, (1, 3, 4))))
    x = case.node("ReduceSum", d, case.ints(2), keepdims=0)
    x = case.node("Add", case.const(small(rng, 1, 3)), case.node("Mul", x, case.const(-0.5)))
    total = case.node("Reshape", case.node("ReduceLogSumExp", x, axes=[1], keepdims=0), case.ints(1, 1))
    yield case.finish(case.node("Exp", case.node("Sub", x, total)))

    case = ModelCase("sigmoid_written_out", "Div", [2, 5], low=-30.0, high=30.0)
    powers = case.node("Add", case.const(1.0), case.node("Exp", "input"))
    yield case.finish(case.node("Div", case.const(1.0), powers))

    case = ModelCase("sigmoid_by_reciprocal", "Reciprocal", [2, 5], low=-150.0, high=150.0)  # beyond what Exp can be
    powers = case.node("Add", case.node("Exp", case.node("Mul", "input", case.const([-1.0]))), case.const([1.0]))
    yield case.finish(case.node("Reciprocal", powers))

    case = ModelCase("log_of_softmax_written_out", "ReduceLogSumExp", [2, 5])
    x = case.node("MatMul", "input", case.const(10 * small(rng, 5, 4)))
    yield case.finish(case.node("Sub", x, case.node("ReduceLogSumExp", x, axes=[1], keepdims=1)))


class TableCase(ModelCase):
    """Features that differ much in size."""

    def sample(self, rng, count=8):
        return (super().sample(rng, count) * np.float32([0.02, 1.0, 40.0, 3000.0])).round(4).astype(np.float32)


def columns(rng):
    """Columns that are chosen, scaled and put together."""
    def transformed(case):
        parts = []
        for places, scale in (([3, 1], [0.0005, 1.5]), ([0, 2, 3], [80.0, 0.02, 0.0003])):
            part = case.node("ArrayFeatureExtractor", "input", case.ints(*places), domain=ML)
            parts.append(case.node("Scaler", part, domain=ML, offset=small(rng, len(places)).tolist(), scale=scale))
        return case.node("Concat", *parts, axis=1)

    case = TableCase("columns_before_a_product", "Concat", [2, 4])
    yield case.finish(case.node("LinearRegressor", transformed(case), domain=ML, coefficients=(5 * small(rng, 10)).tolist(),
                                targets=2))
    case = TableCase("columns_before_a_kernel", "Concat", [1, 4])
    yield case.finish(case.node("SVMRegressor", transformed(case), domain=ML, kernel_type="RBF", kernel_params=[0.3, 0.0, 3.0],
                                n_supports=6, support_vectors=(3 * small(rng, 30)).tolist(),
                                coefficients=(5 * small(rng, 6)).tolist(), rho=[0.1]))
    case = TableCase("scaler_before_a_kernel", "Scaler", [1, 4])
    x = case.node("Scaler", "input", domain=ML, offset=[0.001, 0.2, 3.0, 100.0], scale=[100.0, 1.0, 0.03, 0.0004])
    yield case.finish(case.node("SVMRegressor", x, domain=ML, kernel_type="RBF", kernel_params=[0.3, 0.0, 3.0], n_supports=6,
                                support_vectors=(3 * small(rng, 24)).tolist(), coefficients=(5 * small(rng, 6)).tolist(),
                                rho=[0.1]))


class QuarterCase(ModelCase):
    """Features are multiples of 1/4, so that many are a threshold."""

    def sample(self, rng, count=8):
        return (rng.integers(-6, 7, (count, *self.shape)) / 4).astype(np.float32)


def given_features(rng):
    """What compares features with numbers, some of which they equal."""
    case = QuarterCase("binarizer_at_ties", "Binarizer", [2, 6], exact=True)
    yield case.finish(case.node("Binarizer", "input", domain=ML, threshold=0.25))

    case = QuarterCase("bins_at_ties", "ArgMax", [1, 3], exact=True)  # as scikit-learn's exporter writes bins
    one = case.node("Add", case.node("Mul", case.node("ArrayFeatureExtractor", "input", case.ints(0), domain=ML), case.const([0])), case.const([1]))
    bins = []
    for column, edges in enumerate(([-0.5, 0.25, 1.0], [0.0], [-1.25, 1.25])):
        x = case.node("ArrayFeatureExtractor", "input", case.ints(column), domain=ML)
        below = case.node("Cast", case.node("Less", x, case.const(edges)), to=TensorProto.FLOAT)
        bins.append(case.node("Reshape", case.node("ArgMax", case.node("Concat", below, one, axis=1), axis=1), case.ints(-1, 1)))
    yield case.finish(case.node("Cast", case.node("Concat", *bins, axis=1), to=TensorProto.FLOAT))

    case = QuarterCase("label_encoder_of_floats", "LabelEncoder", [2, 5], exact=True)
    yield case.finish(case.node("LabelEncoder", "input", domain=ML, keys_floats=[-0.25, 0.5, 1.0, 3.0], values_int64s=[7, -2, 0, 5],
                                default_int64=-1), TensorProto.INT64)

    case = ModelCase("normalizer_max", "Normalizer", [2, 4], low=0.1)
    yield case.finish(case.node("Normalizer", "input", domain=ML, norm="MAX"))


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
    for family in (linear_models, support_vectors, neighbours, likelihoods, columns, features, categories, given_features):
        yield from family(rng)
