"""Estimators and transformers of scikit-learn: every one that skl2onnx exports, alone and in pipelines."""

from sklearn import (calibration, cluster, compose, covariance, cross_decomposition, decomposition, discriminant_analysis, ensemble,
                     feature_selection, gaussian_process, impute, kernel_approximation, linear_model, mixture, model_selection, multiclass,
                     multioutput, naive_bayes, neighbors, neural_network, pipeline, preprocessing, random_projection, svm, tree)
from sklearn.experimental import enable_iterative_imputer  # noqa: F401

pipe = pipeline.make_pipeline
scaled = preprocessing.StandardScaler


def linear():
    m = linear_model
    for kind in (m.LinearRegression, m.Ridge, m.RidgeCV, m.Lasso, m.LassoCV, m.LassoLars, m.LassoLarsCV, m.LassoLarsIC, m.ElasticNet,
                 m.ElasticNetCV, m.BayesianRidge, m.ARDRegression, m.HuberRegressor, m.Lars, m.LarsCV, m.OrthogonalMatchingPursuit,
                 m.OrthogonalMatchingPursuitCV, m.QuantileRegressor, m.TheilSenRegressor, m.RANSACRegressor):
        yield kind.__name__, kind(), "diabetes"
    yield "SGDRegressor", m.SGDRegressor(random_state=1), "diabetes_scaled"
    yield "PassiveAggressiveRegressor", m.PassiveAggressiveRegressor(random_state=1), "diabetes_scaled"
    for kind in (m.PoissonRegressor, m.GammaRegressor, m.TweedieRegressor):
        yield kind.__name__, kind(), "positive_targets"
    for kind in (m.MultiTaskLasso, m.MultiTaskLassoCV, m.MultiTaskElasticNet, m.MultiTaskElasticNetCV):
        yield kind.__name__, kind(), "two_targets"
    for kind in (m.LogisticRegression, m.LogisticRegressionCV, m.SGDClassifier, m.Perceptron, m.PassiveAggressiveClassifier,
                 m.RidgeClassifier, m.RidgeClassifierCV, svm.LinearSVC):
        for data in ("cancer", "wine"):
            yield kind.__name__, pipe(scaled(), kind()), data
    yield "LogisticRegression, raw features", m.LogisticRegression(max_iter=5000), "cancer"
    for data in ("cancer", "wine"):
        yield "SGDClassifier, log loss", pipe(scaled(), m.SGDClassifier(loss="log_loss", random_state=1)), data
        yield "SGDClassifier, modified Huber loss", pipe(scaled(), m.SGDClassifier(loss="modified_huber", random_state=1)), data
    yield "SGDOneClassSVM", pipe(scaled(), m.SGDOneClassSVM(random_state=1)), "cancer"
    yield "LinearSVR", svm.LinearSVR(), "diabetes_scaled"
    yield "LinearDiscriminantAnalysis", discriminant_analysis.LinearDiscriminantAnalysis(), "wine"
    yield "QuadraticDiscriminantAnalysis", discriminant_analysis.QuadraticDiscriminantAnalysis(), "iris"
    yield "PLSRegression", cross_decomposition.PLSRegression(2), "diabetes"
    yield "CCA", cross_decomposition.CCA(1), "diabetes"


def trees():
    e = ensemble
    for data in ("iris", "cancer", "digits"):
        yield "DecisionTreeClassifier", tree.DecisionTreeClassifier(random_state=1), data
        yield "RandomForestClassifier", e.RandomForestClassifier(20, random_state=1), data
    yield "ExtraTreeClassifier", tree.ExtraTreeClassifier(random_state=1), "wine"
    yield "DecisionTreeClassifier, two labels", tree.DecisionTreeClassifier(random_state=1), "two_labels"
    yield "RandomForestClassifier, two labels", e.RandomForestClassifier(10, random_state=1), "two_labels"
    yield "DecisionTreeRegressor", tree.DecisionTreeRegressor(random_state=1), "diabetes"
    yield "DecisionTreeRegressor, two targets", tree.DecisionTreeRegressor(random_state=1, max_depth=5), "two_targets"
    yield "ExtraTreeRegressor", tree.ExtraTreeRegressor(random_state=1), "diabetes"
    yield "RandomForestRegressor", e.RandomForestRegressor(20, random_state=1), "diabetes"
    yield "RandomForestClassifier, missing values", e.RandomForestClassifier(20, random_state=1), "missing"
    yield "ExtraTreesClassifier", e.ExtraTreesClassifier(20, random_state=1), "wine"
    yield "ExtraTreesRegressor", e.ExtraTreesRegressor(20, random_state=1), "diabetes"
    yield "RandomTreesEmbedding", e.RandomTreesEmbedding(5, max_depth=3, sparse_output=False, random_state=1), "iris"
    yield "IsolationForest", e.IsolationForest(n_estimators=20, random_state=1), "cancer"
    for data in ("iris", "cancer"):
        yield "AdaBoostClassifier", e.AdaBoostClassifier(n_estimators=20, random_state=1), data
        yield "GradientBoostingClassifier", e.GradientBoostingClassifier(n_estimators=20, random_state=1), data
        yield "HistGradientBoostingClassifier", e.HistGradientBoostingClassifier(max_iter=20, random_state=1), data
        yield "BaggingClassifier", e.BaggingClassifier(n_estimators=5, random_state=1), data
    yield "GradientBoostingClassifier, exponential loss", e.GradientBoostingClassifier(n_estimators=20, loss="exponential"), "cancer"
    yield "AdaBoostRegressor", e.AdaBoostRegressor(n_estimators=10, random_state=1), "diabetes"
    yield "GradientBoostingRegressor", e.GradientBoostingRegressor(n_estimators=20, random_state=1), "diabetes"
    yield "HistGradientBoostingRegressor", e.HistGradientBoostingRegressor(max_iter=20, random_state=1), "diabetes"
    yield "HistGradientBoostingClassifier, missing values", e.HistGradientBoostingClassifier(max_iter=20, random_state=1), "missing"
    yield "HistGradientBoostingClassifier, categories", e.HistGradientBoostingClassifier(
        max_iter=10, categorical_features=[0, 2]), "categories"
    yield "BaggingRegressor", e.BaggingRegressor(n_estimators=5, random_state=1), "diabetes"
    yield "BaggingClassifier of logistic regressions", pipe(scaled(), e.BaggingClassifier(
        linear_model.LogisticRegression(), n_estimators=3, random_state=1)), "cancer"


def machines():
    """Support vectors, neighbours, Bayes, Gaussian processes, networks, clusters."""
    n, g = neighbors, gaussian_process
    for data in ("cancer", "wine"):
        yield "SVC", pipe(scaled(), svm.SVC()), data
        yield "SVC, linear", pipe(scaled(), svm.SVC(kernel="linear")), data
        yield "SVC, polynomial", pipe(scaled(), svm.SVC(kernel="poly")), data
        yield "NuSVC", pipe(scaled(), svm.NuSVC(nu=0.2)), data
    yield "SVC, probabilities", pipe(scaled(), svm.SVC(probability=True, random_state=1)), "cancer"
    yield "SVC, raw features", svm.SVC(), "wine"
    yield "SVR", pipe(scaled(), svm.SVR(C=100)), "diabetes"
    yield "NuSVR", pipe(scaled(), svm.NuSVR(C=100)), "diabetes"
    yield "OneClassSVM", pipe(scaled(), svm.OneClassSVM()), "cancer"
    for data in ("iris", "cancer"):
        yield "KNeighborsClassifier", n.KNeighborsClassifier(), data
    yield "KNeighborsClassifier, by distance", n.KNeighborsClassifier(weights="distance"), "iris"
    yield "KNeighborsRegressor", n.KNeighborsRegressor(), "diabetes"
    yield "KNeighborsTransformer", n.KNeighborsTransformer(n_neighbors=3), "iris"
    yield "RadiusNeighborsClassifier", n.RadiusNeighborsClassifier(3.0, outlier_label=0), "iris"
    yield "RadiusNeighborsRegressor", n.RadiusNeighborsRegressor(100.0), "diabetes"
    yield "NearestNeighbors", n.NearestNeighbors(n_neighbors=3, radius=None), "iris"
    yield "LocalOutlierFactor", n.LocalOutlierFactor(novelty=True), "iris"
    yield "NeighborhoodComponentsAnalysis", n.NeighborhoodComponentsAnalysis(2, random_state=1), "iris"
    yield "GaussianNB", naive_bayes.GaussianNB(), "iris"
    yield "GaussianNB", naive_bayes.GaussianNB(), "wine"
    yield "MultinomialNB", naive_bayes.MultinomialNB(), "counts"
    yield "ComplementNB", naive_bayes.ComplementNB(), "counts"
    yield "BernoulliNB", naive_bayes.BernoulliNB(), "flags"
    yield "BernoulliNB, of counts", naive_bayes.BernoulliNB(binarize=1.0), "counts"
    yield "CategoricalNB", naive_bayes.CategoricalNB(min_categories=6), "categories"
    kernel = g.kernels.RBF(2.0) + g.kernels.WhiteKernel(0.1)
    yield "GaussianProcessRegressor", pipe(scaled(), g.GaussianProcessRegressor(kernel, optimizer=None)), "iris"
    yield "GaussianProcessRegressor, Matern", pipe(scaled(), g.GaussianProcessRegressor(
        g.kernels.Matern(2.0, nu=1.5) + g.kernels.WhiteKernel(0.1), optimizer=None)), "iris"
    yield "GaussianProcessRegressor, rational", pipe(scaled(), g.GaussianProcessRegressor(
        g.kernels.RationalQuadratic(2.0) + g.kernels.WhiteKernel(0.1), optimizer=None)), "iris"
    yield "GaussianProcessClassifier", pipe(scaled(), g.GaussianProcessClassifier(1.0 * g.kernels.RBF(2.0), optimizer=None)), "cancer"
    yield "GaussianMixture", mixture.GaussianMixture(3, random_state=1), "iris"
    yield "GaussianMixture, spherical", mixture.GaussianMixture(3, covariance_type="spherical", random_state=1), "iris"
    yield "GaussianMixture, diagonal", mixture.GaussianMixture(3, covariance_type="diag", random_state=1), "iris"
    yield "BayesianGaussianMixture", mixture.BayesianGaussianMixture(n_components=3, random_state=1), "iris"
    yield "MLPClassifier", pipe(scaled(), neural_network.MLPClassifier((20,), max_iter=500, random_state=1)), "wine"
    yield "MLPClassifier, three hidden layers", pipe(scaled(), neural_network.MLPClassifier(
        (32, 16, 8), max_iter=500, random_state=1)), "cancer"
    yield "MLPClassifier, tanh", pipe(scaled(), neural_network.MLPClassifier(
        (16, 16), activation="tanh", max_iter=500, random_state=1)), "digits"
    yield "MLPRegressor", pipe(scaled(), neural_network.MLPRegressor(hidden_layer_sizes=(32, 16), max_iter=500, random_state=1)), "diabetes"
    yield "KMeans", cluster.KMeans(3, random_state=1, n_init=3), "iris"
    yield "KMeans", cluster.KMeans(8, random_state=1, n_init=3), "digits"
    yield "MiniBatchKMeans", cluster.MiniBatchKMeans(3, random_state=1, n_init=3), "wine"


def transformers():
    p, d, f = preprocessing, decomposition, feature_selection
    for kind in (p.StandardScaler, p.MinMaxScaler, p.MaxAbsScaler, p.RobustScaler):
        yield kind.__name__, kind(), "wine"
    for norm in ("l1", "l2", "max"):
        yield f"Normalizer, {norm}", p.Normalizer(norm), "wine"
    for encode in ("ordinal", "onehot-dense"):
        for strategy in ("uniform", "quantile", "kmeans"):
            yield f"KBinsDiscretizer, {encode}, {strategy}", p.KBinsDiscretizer(
                4, encode=encode, strategy=strategy, quantile_method="averaged_inverted_cdf", random_state=1), "wine"
    yield "Binarizer", p.Binarizer(threshold=3.0), "iris"
    yield "Binarizer, of counts", p.Binarizer(threshold=2.0), "counts"
    yield "PowerTransformer", p.PowerTransformer(), "wine"
    yield "PowerTransformer, Box-Cox", p.PowerTransformer("box-cox"), "wine"
    yield "PowerTransformer, not scaled", p.PowerTransformer(standardize=False), "iris"
    yield "PowerTransformer, negative values", p.PowerTransformer(), "diabetes_scaled"
    yield "QuantileTransformer", p.QuantileTransformer(n_quantiles=20, random_state=1), "wine"
    yield "QuantileTransformer, normal", p.QuantileTransformer(n_quantiles=20, output_distribution="normal"), "wine"
    yield "PolynomialFeatures", p.PolynomialFeatures(2), "iris"
    yield "PolynomialFeatures, degree 3", pipe(scaled(), p.PolynomialFeatures(3)), "iris"
    yield "SplineTransformer", p.SplineTransformer(4), "iris"
    yield "OneHotEncoder", p.OneHotEncoder(sparse_output=False, handle_unknown="ignore"), "categories"
    yield "OrdinalEncoder", p.OrdinalEncoder(), "categories"
    yield "TargetEncoder", p.TargetEncoder(random_state=1), "categories"
    yield "LabelBinarizer", p.LabelBinarizer(), "labels"
    yield "KernelCenterer", p.KernelCenterer(), "square"
    yield "FunctionTransformer", p.FunctionTransformer(), "iris"
    for strategy in ("mean", "median", "most_frequent", "constant"):
        more = {"fill_value": -1.0} if strategy == "constant" else {}
        yield f"SimpleImputer, {strategy}", impute.SimpleImputer(strategy=strategy, **more), "missing"
    yield "SimpleImputer, before a product", pipe(impute.SimpleImputer(), scaled(), linear_model.LogisticRegression()), "missing"
    yield "SimpleImputer, of zeros", impute.SimpleImputer(missing_values=0.0), "counts"
    yield "KNNImputer", impute.KNNImputer(n_neighbors=3), "missing"
    yield "IterativeImputer", impute.IterativeImputer(random_state=1), "missing"
    yield "MissingIndicator", impute.MissingIndicator(), "missing"
    for kind in (d.PCA, d.IncrementalPCA, d.TruncatedSVD):
        yield kind.__name__, kind(3), "wine"
    yield "PCA, whitened", pipe(scaled(), d.PCA(5, whiten=True)), "cancer"
    yield "KernelPCA", pipe(scaled(), d.KernelPCA(3, kernel="rbf")), "iris"
    yield "FastICA", d.FastICA(3, random_state=1), "iris"
    yield "NMF", d.NMF(n_components=3, random_state=1, max_iter=500), "digits"
    yield "Nystroem", pipe(scaled(), kernel_approximation.Nystroem(n_components=20, random_state=1)), "iris"
    yield "GaussianRandomProjection", random_projection.GaussianRandomProjection(3, random_state=1), "wine"
    yield "EmpiricalCovariance", covariance.EllipticEnvelope(random_state=1), "iris"
    for kind in (f.SelectKBest(k=3), f.SelectPercentile(), f.SelectFpr(), f.SelectFdr(), f.SelectFwe(), f.GenericUnivariateSelect(),
                 f.VarianceThreshold(0.1), f.RFE(tree.DecisionTreeClassifier(random_state=1)),
                 f.RFECV(tree.DecisionTreeClassifier(random_state=1)), f.SelectFromModel(ensemble.ExtraTreesClassifier(10, random_state=1))):
        yield type(kind).__name__, kind, "wine"


def pipelines():
    """What stands around models: votes, stacks, columns, chains."""
    e, p, m = ensemble, preprocessing, linear_model
    logistic = pipe(scaled(), m.LogisticRegression())
    forest = e.RandomForestClassifier(10, random_state=1)
    for data in ("cancer", "wine"):
        for voting in ("soft", "hard"):
            yield f"VotingClassifier, {voting}", e.VotingClassifier(
                [("logistic", logistic), ("forest", forest), ("bayes", naive_bayes.GaussianNB())], voting=voting, flatten_transform=False), data
        yield "StackingClassifier", e.StackingClassifier([("logistic", logistic), ("forest", forest)], cv=3), data
        yield "OneVsRestClassifier", pipe(scaled(), multiclass.OneVsRestClassifier(m.LogisticRegression())), data
    yield "VotingRegressor", e.VotingRegressor([("ridge", m.Ridge()), ("tree", tree.DecisionTreeRegressor(max_depth=5))]), "diabetes"
    yield "StackingRegressor", e.StackingRegressor([("ridge", m.Ridge()), ("tree", tree.DecisionTreeRegressor(max_depth=5))]), "diabetes"
    yield "OneVsRestClassifier of trees", multiclass.OneVsRestClassifier(tree.DecisionTreeClassifier(max_depth=4, random_state=1)), "iris"
    yield "OneVsOneClassifier", pipe(scaled(), multiclass.OneVsOneClassifier(m.LogisticRegression())), "wine"
    yield "MultiOutputClassifier", multioutput.MultiOutputClassifier(m.LogisticRegression(max_iter=1000)), "two_labels"
    yield "MultiOutputRegressor", multioutput.MultiOutputRegressor(m.Ridge()), "two_targets"
    yield "ClassifierChain", multioutput.ClassifierChain(m.LogisticRegression(max_iter=1000)), "two_labels"
    for method in ("sigmoid", "isotonic"):
        yield f"CalibratedClassifierCV, {method}", calibration.CalibratedClassifierCV(logistic, method=method, cv=3), "cancer"
    yield "CalibratedClassifierCV of forests", calibration.CalibratedClassifierCV(forest, cv=3), "iris"
    yield "GridSearchCV", model_selection.GridSearchCV(pipe(scaled(), svm.SVC()), {"svc__C": [0.5, 2]}, cv=3), "wine"
    yield "TunedThresholdClassifierCV", model_selection.TunedThresholdClassifierCV(logistic, cv=3), "cancer"

    def columns(last):
        return pipe(compose.ColumnTransformer([("categories", p.OneHotEncoder(handle_unknown="ignore", sparse_output=False), [0, 1]),
                                               ("numbers", scaled(), [2, 3, 4, 5, 6])]), last)
    yield "ColumnTransformer before a forest", columns(forest), "mixed"
    yield "ColumnTransformer before boosting", columns(e.GradientBoostingClassifier(n_estimators=20, random_state=1)), "mixed"
    yield "ColumnTransformer before a logistic regression", columns(m.LogisticRegression()), "mixed"
    yield "scaler before a forest", pipe(scaled(), forest), "cancer"
    yield "imputer and scaler before a forest", pipe(impute.SimpleImputer(), scaled(), forest), "missing"
    yield "PCA before a forest", pipe(scaled(), decomposition.PCA(5), forest), "cancer"
    yield "bins before a logistic regression", pipe(p.KBinsDiscretizer(
        4, encode="onehot-dense", quantile_method="averaged_inverted_cdf"), m.LogisticRegression()), "cancer"
    yield "power before a logistic regression", pipe(p.PowerTransformer(), m.LogisticRegression()), "cancer"
    yield "quantiles before a logistic regression", pipe(p.QuantileTransformer(n_quantiles=20), m.LogisticRegression()), "cancer"
    yield "polynomials before ridge", pipe(scaled(), p.PolynomialFeatures(2), m.Ridge()), "diabetes"
    yield "FeatureUnion", pipe(pipeline.make_union(scaled(), decomposition.PCA(3)), m.LogisticRegression()), "cancer"
    yield "labels that are words", logistic, "words"
    yield "forest, labels that are words", forest, "words"


def all_cases():
    for family in (linear, trees, machines, transformers, pipelines):
        for name, estimator, data in family():
            yield {"family": family.__name__, "name": name, "estimator": estimator, "data": data}
